#define _GNU_SOURCE 1
#include "CLinux.h"
#include <stdlib.h>

int kioskd_accept4(int fd, int flags) { return accept4(fd, 0, 0, flags); }
int kioskd_pipe2(int fds[2], int flags) { return pipe2(fds, flags); }
int kioskd_fallocate(int fd, long long offset, long long length) {
  return fallocate(fd, 0, offset, length);
}
int kioskd_name_thread(const char *name) { return pthread_setname_np(pthread_self(), name); }
int kioskd_open_pty(char *slave_path, int size) {
  int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (master < 0) return -1;
  if (grantpt(master) == 0 && unlockpt(master) == 0) {
    int problem = ptsname_r(master, slave_path, size);
    if (problem == 0) return master;
    errno = problem;
  }
  int problem = errno;
  close(master);
  errno = problem;
  return -1;
}
