import CLinux
import Glibc

/// A counter's LED sign at the far end of a serial line: remembers every byte, shows the last text.
final class VirtualSign: Watched {
  let gadget: Gadget
  private(set) var descriptor: Int32 = -1
  private(set) var face = SignFace()
  private(set) var received_bytes = 0
  private let record: ByteRecord

  init(_ gadget: Gadget, record: ByteRecord) {
    self.gadget = gadget
    self.record = record
  }

  func tick() {
    guard descriptor < 0 else { return }
    descriptor = kioskd_open(gadget.path, O_RDWR | O_NOCTTY | O_NONBLOCK, 0)
    guard descriptor >= 0 else { return }
    // A fresh tty echoes; a sign does not.
    var settings = termios()
    tcgetattr(descriptor, &settings)
    cfmakeraw(&settings)
    tcsetattr(descriptor, TCSANOW, &settings)
  }

  func serve() {
    guard let bytes = readSome(descriptor, upTo: 4096) else {
      return errno == EAGAIN ? () : hangUp()
    }
    // A pull of the cable reads as the end of the line.
    if bytes.isEmpty { return hangUp() }
    received_bytes += bytes.count
    record.append(bytes)
    face.receive(bytes)
  }

  /// A sign that lost its power is dark until it is told again.
  func losePower() {
    hangUp()
    face = SignFace()
  }

  private func hangUp() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }
}
