import CLinux
import Glibc

/// An input device that nobody asked for: it takes a free event number, so that a button box
/// comes back under another one.
final class Occupier {
  private let descriptor: Int32

  /// Takes the lowest free event number (Linux, drivers/input/input.c: input_get_new_minor).
  init() throws(LabError) {
    let descriptor = kioskd_open("/dev/uinput", O_WRONLY | O_NONBLOCK, 0)
    guard descriptor >= 0 else { throw failed("open /dev/uinput") }
    self.descriptor = descriptor
    // struct uinput_user_dev: name[80], bus, vendor, product, version, then 1,028 bytes of axes.
    var device = [UInt8](repeating: 0, count: 1116)
    for (index, byte) in "kioskd lab occupier".utf8.enumerated() { device[index] = byte }
    guard ioctl(descriptor, 0x4004_5564, CInt(EV_KEY)) == 0,  // UI_SET_EVBIT
      ioctl(descriptor, 0x4004_5565, CInt(KEY_SLEEP)) == 0,  // UI_SET_KEYBIT
      write(descriptor, device, device.count) == device.count,
      ioctl(descriptor, 0x5501, CInt(0)) == 0  // UI_DEV_CREATE
    else { throw failed("make an input device") }
  }

  deinit { close(descriptor) }
}
