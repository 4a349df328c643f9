import CLinux
import Glibc
import PositionedJSON

/// QEMU's monitor, on a port of the guest's own: hands on the outside of the machine. Speaks QMP
/// (QEMU, docs/interop/qmp-spec.txt): one JSON object a line, a greeting first.
final class Monitor {
  static let path = "/dev/virtio-ports/monitor"
  static let answer_ms_max: Int64 = 5000

  private let descriptor: Int32
  /// Bytes behind the last whole line.
  private var unread: [UInt8] = []

  init() throws(LabError) {
    descriptor = kioskd_open(Self.path, O_RDWR | O_NONBLOCK, 0)
    guard descriptor >= 0 else { throw failed("open \(Self.path)") }
    try run("qmp_capabilities")
  }

  /// Waits for the answer, which comes from outside: no virtual device has to be served for it.
  func run(_ command: String, _ arguments: [(String, String)] = []) throws(LabError) {
    let members = arguments.map { "\"\($0.0)\": \"\($0.1)\"" }.joined(separator: ", ")
    let line = "{\"execute\": \"\(command)\", \"arguments\": {\(members)}}\n"
    try writeAll(descriptor, Array(line.utf8), to: "QEMU's monitor")
    let end = monotonic_ms() + Self.answer_ms_max
    while true {
      switch MonitorLine(try nextLine(until: end)) {
      case .done: return
      case .refused(let why): throw LabError("QEMU does not \(command): \(why)")
      case .news: continue
      }
    }
  }

  private func nextLine(until end: Int64) throws(LabError) -> [UInt8] {
    while true {
      if let index = unread.firstIndex(of: UInt8(ascii: "\n")) {
        defer { unread.removeFirst(index + 1) }
        return Array(unread[..<index])
      }
      var list = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
      let left_ms = Int32(max(0, end - monotonic_ms()))
      guard poll(&list, 1, left_ms) > 0 else { throw LabError("QEMU's monitor does not answer") }
      guard let bytes = readSome(descriptor, upTo: 4096), !bytes.isEmpty else {
        throw failed("read QEMU's monitor")
      }
      unread += bytes
    }
  }
}

/// What QEMU says in one line.
enum MonitorLine: Equatable {
  case done
  case refused(String)
  /// The greeting, or an event.
  case news

  init(_ line: [UInt8]) {
    let members = JSONDocument(file: "monitor", bytes: line).value?.members ?? []
    func value(_ key: String) -> JSONValue? { members.first { $0.key == key }?.value }
    if value("return") != nil {
      self = .done
    } else if let error = value("error") {
      let text = error.members?.first { $0.key == "desc" }?.value.content
      if case .string(let why)? = text { self = .refused(why) } else { self = .refused("?") }
    } else {
      self = .news
    }
  }
}
