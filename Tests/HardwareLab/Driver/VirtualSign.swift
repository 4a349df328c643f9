import CLinux
import Glibc

/// LED signs at the far end of a serial line, mostly one: remembers each byte, shows the last text.
final class VirtualSign: Watched {
  /// Whose the node is that the line's bytes come out of.
  enum Wire {
    /// The gadget's tty, which hangs up when the cable is pulled.
    case gadget(String)
    /// A port of the machine, which stays: what comes while the cable is pulled is lost.
    case machine(String)
  }

  private(set) var descriptor: Int32 = -1
  /// By name; each obeys its own address.
  private(set) var faces: [String: SignFace]
  var trap: ByteTrap?
  private(set) var received_bytes = 0
  /// At the last pull a frame had begun and not ended.
  private(set) var wasTorn = false
  private let wire: Wire
  private let record: ByteRecord
  private let boards: [LabDevice]
  private var wasPulled = false

  /// What was under way at a pull has come out of the machine when nothing came for so long.
  static let silence_ms: Int32 = 50

  /// - Parameter boards: what hangs on the line.
  init(_ wire: Wire, boards: [LabDevice], record: ByteRecord) {
    self.wire = wire
    self.boards = boards
    faces = Self.dark(boards)
    self.record = record
  }

  func tick() {
    guard descriptor < 0 else { return }
    switch wire {
    case .gadget(let path): openTerminal(path)
    case .machine(let path): descriptor = kioskd_open(path, O_RDWR | O_NONBLOCK, 0)
    }
  }

  private func openTerminal(_ path: String) {
    descriptor = kioskd_open(path, O_RDWR | O_NOCTTY | O_NONBLOCK, 0)
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
    if wasPulled { return }
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
    wasTorn = faces.values.contains { $0.isWithinFrame }
    wasPulled = true
    faces = Self.dark(boards)
    if case .gadget = wire { hangUp() }
  }

  /// Before the cable is plugged in again.
  func gainPower() {
    guard case .machine = wire, wasPulled else { return }
    var list = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
    while poll(&list, 1, Self.silence_ms) > 0, readSome(descriptor, upTo: 4096)?.isEmpty == false {}
    wasPulled = false
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
