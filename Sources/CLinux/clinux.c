#define _GNU_SOURCE 1
#include "CLinux.h"
#include <link.h>
#include <stdlib.h>
#include <sys/mman.h>

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

static int unmap_unwritable(struct dl_phdr_info *object, size_t size, void *data) {
  (void)size, (void)data;
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
    // What was never written is in the file as it is in memory. Pages that relocation wrote to are
    // in writable segments.
    if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = object->dlpi_addr + segment->p_vaddr;
    uintptr_t end = (start + segment->p_memsz) / page * page;
    start = start / page * page;
    // The vDSO is an object too, but no file; there the kernel refuses, and nothing happens.
    if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 0;
}
void kioskd_forget_pages(void) { dl_iterate_phdr(unmap_unwritable, NULL); }
