import CLinux
import Glibc

/// The self-test's stand-in for kioskd: reads keys from evdev, writes to usblp and the tty.
final class HostSide: Watched {
  struct Heard: Equatable {
    let code: UInt16
    let down: Bool
  }

  private(set) var descriptor: Int32 = -1
  private(set) var heard: [Heard] = []
  /// Size of struct input_event on a 64-bit kernel.
  private static let eventSize_bytes = 24

  func tick() {}

  /// Opens and grabs the box, as kioskd does.
  func listen(to cable: any Cable) throws(LabError) {
    let node = try eventNode(of: cable)
    hangUp()
    heard = []
    descriptor = kioskd_open(node, O_RDONLY | O_NONBLOCK, 0)
    guard descriptor >= 0 else { throw failed("open \(node)") }
    guard kioskd_evdev_grab(descriptor, 1) == 0 else { throw failed("grab \(node)") }
  }

  private func eventNode(of cable: any Cable) throws(LabError) -> String {
    guard let node = cable.nodes.first(where: { $0.hasPrefix("/dev/input/event") }) else {
      throw LabError("the box has no event node")
    }
    return node
  }

  /// An LED is lit by writing an event; SYN_REPORT sends it off.
  func light(_ lamp: Lamp, of cable: any Cable) throws(LabError) {
    let node = try eventNode(of: cable)
    let code = UInt8(Lamp.allCases.firstIndex(of: lamp) ?? 0)
    var events = [UInt8](repeating: 0, count: 2 * Self.eventSize_bytes)
    (events[16], events[18], events[20]) = (UInt8(EV_LED), code, 1)
    try writeFile(node, events)
  }

  func serve() {
    guard let bytes = readSome(descriptor, upTo: Self.eventSize_bytes * 64) else {
      return errno == EAGAIN ? () : hangUp()
    }
    if bytes.isEmpty { return hangUp() }
    for start in stride(
      from: 0, to: bytes.count - Self.eventSize_bytes + 1, by: Self.eventSize_bytes)
    {
      let type = UInt16(bytes[start + 16]) | UInt16(bytes[start + 17]) << 8
      let code = UInt16(bytes[start + 18]) | UInt16(bytes[start + 19]) << 8
      // Value 2 is the kernel's own repeat of a held key.
      guard type == UInt16(EV_KEY), bytes[start + 20] != 2 else { continue }
      heard.append(Heard(code: code, down: bytes[start + 20] == 1))
    }
  }

  private func hangUp() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  func write(_ bytes: [UInt8], to node: String) throws(LabError) {
    let descriptor = kioskd_open(node, O_WRONLY | O_NOCTTY, 0)
    guard descriptor >= 0 else { throw failed("open \(node)") }
    defer { close(descriptor) }
    var settings = termios()
    if tcgetattr(descriptor, &settings) == 0 {
      cfmakeraw(&settings)
      tcsetattr(descriptor, TCSANOW, &settings)
    }
    try writeAll(descriptor, bytes, to: node)
  }

  /// ESC @, the text, a line feed, a partial cut.
  static func ticket(_ text: String) -> [UInt8] {
    [0x1b, 0x40] + text.utf8 + [0x0a, 0x1d, 0x56, 0x01]
  }

  /// Alpha: write TEXT file A of all signs, middle line, hold.
  static func alphaFrame(_ text: String) -> [UInt8] {
    [0, 0, 0, 0, 0, 0x01] + "Z00".utf8 + [0x02, 0x41, 0x41, 0x1b, 0x20, 0x62] + text.utf8 + [0x04]
  }
}
