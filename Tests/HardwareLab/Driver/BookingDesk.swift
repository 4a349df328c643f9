import CLinux
import Glibc

/// A booking system: tells the hub of an appointment, as PROTOCOL.md's BOOK has it.
enum BookingDesk {
  static let port: UInt16 = 7557
  static let answer_ms: Int64 = 10_000

  /// The appointment is now. Asks again while the hub does not know the service yet, which a node
  /// declares in its first session.
  static func book(
    _ code: String, _ service: String, branch: String, pump: Pump
  ) throws(LabError) {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let line = "BOOK branch=\(branch) code=\"\(code)\" service=\(service) at=\(now.tv_sec * 1000)\n"
    let end = monotonic_ms() + answer_ms
    while true {
      let answer = try ask(line, pump: pump)
      if answer.hasPrefix("OK") { return }
      guard monotonic_ms() < end else { throw LabError("the hub does not book \(code): \(answer)") }
      try pump.run(for: Judge.look_ms)
    }
  }

  private static func ask(_ line: String, pump: Pump) throws(LabError) -> String {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw failed("make a socket") }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw failed("connect to the hub") }
    try writeAll(descriptor, Array(line.utf8), to: "the hub")
    var answer: [UInt8] = []
    _ = try pump.run(for: answer_ms) { () throws(LabError) in
      var wire = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&wire, 1, 0) > 0 else { return false }
      answer += readSome(descriptor, upTo: 4096) ?? []
      return answer.isEmpty || answer.contains(0x0a)
    }
    return String(decoding: answer.prefix { $0 != 0x0a }, as: UTF8.self)
  }
}
