import Glibc

// One free function: closures made here would belong to the main actor (and C callbacks would trap).
exit(queuehubMain())
