import CLinux
import Glibc

/// LED signs at the far end of a serial line, mostly one: remembers each byte, shows the last text.
final class VirtualSign: Watched {
  let gadget: Gadget
  private(set) var descriptor: Int32 = -1
  /// By name; each obeys its own address.
  private(set) var faces: [String: SignFace]
  var trap: ByteTrap?
  private(set) var received_bytes = 0
  private let record: ByteRecord
  private let boards: [LabDevice]
  private var wasPulled = false

  /// - Parameter boards: what hangs on the line.
  init(_ gadget: Gadget, boards: [LabDevice], record: ByteRecord) {
    self.gadget = gadget
    self.boards = boards
    faces = Self.dark(boards)
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
    // What was in flight at a pull is nowhere.
    if wasPulled { tcflush(descriptor, TCIFLUSH) }
    wasPulled = false
  }

  func serve() {
    let most = min(4096, trap.map { max(1, $0.left_bytes) } ?? 4096)
    guard let bytes = readSome(descriptor, upTo: most) else {
      return errno == EAGAIN ? () : hangUp()
    }
    // A pull of the cable reads as the end of the line.
    if bytes.isEmpty { return hangUp() }
    received_bytes += bytes.count
    record.append(bytes)
    for name in faces.keys { faces[name]?.receive(bytes) }
    countDown(bytes.count)
  }

  private func countDown(_ count: Int) {
    guard var armed = trap else { return }
    armed.left_bytes -= count
    trap = armed.left_bytes > 0 ? armed : nil
    if armed.left_bytes <= 0 { armed.spring() }
  }

  /// A sign that lost its power is dark until it is told again.
  func losePower() {
    hangUp()
    wasPulled = true
    faces = Self.dark(boards)
  }

  /// All of them see every byte.
  var faults: [String] { faces.values.first?.faults ?? [] }

  private static func dark(_ boards: [LabDevice]) -> [String: SignFace] {
    Dictionary(
      uniqueKeysWithValues: boards.map { ($0.name, SignFace(address: $0.signAddress)) })
  }

  private func hangUp() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }
}
