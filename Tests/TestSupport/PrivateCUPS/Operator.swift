import Glibc
import LinuxIO

/// What a person does with `cupsdisable` and `cupsenable`, which are in no package of the tests.
extension PrivateCUPS {
  /// Pause-Printer (RFC 8011, 4.2.7).
  public func disable() throws { try operate(0x0010) }
  /// Resume-Printer (RFC 8011, 4.2.8).
  public func enable() throws { try operate(0x0011) }

  private func operate(_ operation: UInt8) throws {
    // RFC 8010, 3.1: version, operation, request id, then the operation attributes.
    let body =
      [2, 0, 0, operation, 0, 0, 0, 1, 0x01]
      + attribute(0x47, "attributes-charset", "utf-8")
      + attribute(0x48, "attributes-natural-language", "en-us")
      + attribute(0x45, "printer-uri", "ipp://localhost/printers/\(Self.queue)")
      + attribute(0x42, "requesting-user-name", "root") + [0x03]
    let head =
      "POST /admin/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\n"
      + "Connection: close\r\nContent-Length: \(body.count)\r\n\r\n"
    let client = try UnixSocket.connect(socket)
    defer { close(client) }
    let request = Array(head.utf8) + body
    let transfer = request.withUnsafeBytes { SystemCall.send(client, $0) }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case .bytes(let count) = buffer.withUnsafeMutableBytes({
      SystemCall.read(client, into: $0)
    }) { answer += buffer[0..<count] }
    let text = String(decoding: answer, as: UTF8.self)
    guard transfer == .bytes(request.count), text.hasPrefix("HTTP/1.1 200") else {
      throw NoCUPS(description: "cupsd refuses: \(text.prefix(80))")
    }
  }

  private func attribute(_ tag: UInt8, _ name: String, _ value: String) -> [UInt8] {
    [tag] + length(name) + Array(name.utf8) + length(value) + Array(value.utf8)
  }

  private func length(_ text: String) -> [UInt8] {
    [UInt8(text.utf8.count >> 8), UInt8(text.utf8.count & 0xFF)]
  }
}
