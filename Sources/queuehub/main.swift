import Glibc

// One free function: closures made here would belong to the main actor and trap in C callbacks.
exit(queuehubMain())
