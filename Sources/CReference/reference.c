#define _GNU_SOURCE
#include "reference.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (long long)time.tv_sec * 1000000000 + time.tv_nsec;
}

// Zeros are written and not only reserved: extents that are marked unwritten would make every
// flush of a record flush metadata too.
int kioskd_reference_preallocate(const char *path, long long file_bytes) {
  int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return -1;
  char zeros[65536];
  memset(zeros, 0, sizeof zeros);
  for (long long done = 0; done < file_bytes;) {
    long long left = file_bytes - done;
    size_t part = left < (long long)sizeof zeros ? (size_t)left : sizeof zeros;
    ssize_t written = pwrite(fd, zeros, part, done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) goto failed;
    done += written;
  }
  if (fsync(fd) == 0) return fd;
failed: {
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}
}

long long kioskd_reference_append(int fd, const unsigned char *group, long long group_bytes,
                                  long long count, long long file_bytes, long long *offset,
                                  long long *nanoseconds) {
  long long start = now();
  long long before = start;
  for (long long index = 0; index < count; index++) {
    if (*offset + group_bytes > file_bytes) *offset = 0;
    if (pwrite(fd, group, (size_t)group_bytes, *offset) != group_bytes) return -1;
    if (fdatasync(fd) != 0) return -1;
    *offset += group_bytes;
    if (nanoseconds == NULL) continue;
    long long after = now();
    nanoseconds[index] = after - before;
    before = after;
  }
  return now() - start;
}

long kioskd_reference_file_system(const char *path) {
  struct statfs status;
  return statfs(path, &status) == 0 ? (long)status.f_type : 0;
}
