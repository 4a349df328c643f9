#define _GNU_SOURCE 1
#include "CLinux.h"

int kioskd_accept4(int fd, int flags) { return accept4(fd, 0, 0, flags); }
int kioskd_pipe2(int fds[2], int flags) { return pipe2(fds, flags); }
int kioskd_fallocate(int fd, long long offset, long long length) {
  return fallocate(fd, 0, offset, length);
}
int kioskd_name_thread(const char *name) { return pthread_setname_np(pthread_self(), name); }
