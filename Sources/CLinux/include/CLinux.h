// What Glibc's module map does not bring to Swift: epoll, timerfd, eventfd, signalfd, netlink,
// input_event, and inline wrappers for macros and variadic calls.
#ifndef KIOSKD_CLINUX_H
#define KIOSKD_CLINUX_H
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <linux/netlink.h>
#include <linux/serial.h>
#include <linux/uinput.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "bytes.h"

static inline int kioskd_open(const char *path, int flags, unsigned mode) {
  return open(path, flags | O_CLOEXEC, mode);
}

// flock(2): Swift takes the name for the struct.
static inline int kioskd_lock_exclusively(int fd) { return flock(fd, LOCK_EX | LOCK_NB); }
static inline int kioskd_unlock(int fd) { return flock(fd, LOCK_UN); }

// GNU calls, in clinux.c: _GNU_SOURCE here would change struct names that Glibc's own module has.
int kioskd_accept4(int fd, int flags);
int kioskd_pipe2(int fds[2], int flags);
int kioskd_fallocate(int fd, long long offset, long long length);
int kioskd_name_thread(const char *name);
// The master of a new pseudo terminal, non-blocking; the path of its slave goes into the buffer.
int kioskd_open_pty(char *slave_path, int size);

// evdev: the EVIOC* macros do not import.
static inline int kioskd_evdev_grab(int fd, int on) { return ioctl(fd, EVIOCGRAB, (long)on); }
static inline int kioskd_evdev_id(int fd, struct input_id *id) { return ioctl(fd, EVIOCGID, id); }
static inline int kioskd_evdev_name(int fd, char *buffer, int size) {
  return ioctl(fd, EVIOCGNAME(size), buffer);
}
static inline int kioskd_evdev_phys(int fd, char *buffer, int size) {
  return ioctl(fd, EVIOCGPHYS(size), buffer);
}
static inline int kioskd_evdev_uniq(int fd, char *buffer, int size) {
  return ioctl(fd, EVIOCGUNIQ(size), buffer);
}
// Time stamps of this client's events in CLOCK_MONOTONIC, which nobody sets back.
static inline int kioskd_evdev_monotonic(int fd) {
  int clock = CLOCK_MONOTONIC;
  return ioctl(fd, EVIOCSCLOCKID, &clock);
}
// Keys that are down now, one bit each; returns bytes filled or -1.
static inline int kioskd_evdev_keys(int fd, unsigned char *bits, int size) {
  return ioctl(fd, EVIOCGKEY(size), bits);
}
// LEDs that are lit now, one bit each; returns bytes filled or -1.
static inline int kioskd_evdev_leds(int fd, unsigned char *bits, int size) {
  return ioctl(fd, EVIOCGLED(size), bits);
}
// This client gets events of these types only, one bit each; reports (SYN) always come. The kernel
// takes whole words (drivers/input/evdev.c, bits_from_user).
static inline int kioskd_evdev_hear_only(int fd, unsigned long types) {
  struct input_mask mask = {EV_SYN, sizeof types, (unsigned long)&types};
  return ioctl(fd, EVIOCSMASK, &mask);
}
// Codes of one event type that the device can send (type 0: the types).
static inline int kioskd_evdev_bits(int fd, int type, unsigned char *bits, int size) {
  return ioctl(fd, EVIOCGBIT(type, size), bits);
}

// uinput: input devices that a program makes (Documentation/input/uinput.rst).
static inline int kioskd_uinput_type(int fd, int type) { return ioctl(fd, UI_SET_EVBIT, type); }
static inline int kioskd_uinput_code(int fd, int type, int code) {
  switch (type) {
  case EV_KEY: return ioctl(fd, UI_SET_KEYBIT, code);
  case EV_REL: return ioctl(fd, UI_SET_RELBIT, code);
  case EV_ABS: return ioctl(fd, UI_SET_ABSBIT, code);
  case EV_MSC: return ioctl(fd, UI_SET_MSCBIT, code);
  case EV_SW: return ioctl(fd, UI_SET_SWBIT, code);
  case EV_LED: return ioctl(fd, UI_SET_LEDBIT, code);
  case EV_SND: return ioctl(fd, UI_SET_SNDBIT, code);
  default: errno = EINVAL; return -1;
  }
}
// Since Linux 4.5.
static inline int kioskd_uinput_axis(int fd, int code, int minimum, int maximum) {
  struct uinput_abs_setup axis = {0};
  axis.code = (unsigned short)code;
  axis.absinfo.minimum = minimum;
  axis.absinfo.maximum = maximum;
  return ioctl(fd, UI_ABS_SETUP, &axis);
}
static inline int kioskd_uinput_create(int fd, const char *name, const struct input_id *id) {
  struct uinput_setup device = {0};
  device.id = *id;
  strncpy(device.name, name, UINPUT_MAX_NAME_SIZE - 1);
  return ioctl(fd, UI_DEV_SETUP, &device) < 0 ? -1 : ioctl(fd, UI_DEV_CREATE);
}
// `input12`, its directory's name in sysfs.
static inline int kioskd_uinput_name(int fd, char *buffer, int size) {
  return ioctl(fd, UI_GET_SYSNAME(size), buffer);
}

// serial lines
static inline int kioskd_tiocexcl(int fd) { return ioctl(fd, TIOCEXCL); }
static inline int kioskd_tiocnxcl(int fd) { return ioctl(fd, TIOCNXCL); }
// Bytes that the kernel still has to send.
static inline int kioskd_tty_unsent(int fd, int *count) { return ioctl(fd, TIOCOUTQ, count); }
static inline int kioskd_modem_lines(int fd, int *bits) { return ioctl(fd, TIOCMGET, bits); }

// Who drives a line of two wires; the kernel gives back what the driver made of it.
static inline int kioskd_set_rs485(int fd, struct serial_rs485 *settings) {
  return ioctl(fd, TIOCSRS485, settings);
}

// malloc.h is not in Glibc's module map.
static inline void kioskd_trim_heap(void) { malloc_trim(0); }
// Takes code and constants out of this process's memory (madvise(2), MADV_DONTNEED); what is used
// again comes back from the page cache, or from disk.
void kioskd_forget_pages(void);

#endif
