#include <libusb-1.0/libusb.h>

// libusb_set_option is variadic, which Swift does not import. Must run before libusb_init; the
// contexts made after it neither scan the buses nor start libusb's hotplug thread.
static inline int kioskd_libusb_without_discovery(void) {
  return libusb_set_option(NULL, LIBUSB_OPTION_NO_DEVICE_DISCOVERY);
}
