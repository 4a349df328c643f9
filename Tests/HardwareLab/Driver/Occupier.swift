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
    var id = input_id()
    guard kioskd_uinput_type(descriptor, EV_KEY) == 0,
      kioskd_uinput_code(descriptor, EV_KEY, KEY_SLEEP) == 0,
      kioskd_uinput_create(descriptor, "kioskd lab occupier", &id) == 0
    else { throw failed("make an input device") }
  }

  deinit { close(descriptor) }
}
