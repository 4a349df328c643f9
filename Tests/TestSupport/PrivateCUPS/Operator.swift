import Glibc
import LinuxIO

/// What a person does with `cupsdisable`, `cupsenable`, `lp` and `cancel`, which are in no package
/// of the tests.
extension PrivateCUPS {
  /// Pause-Printer (RFC 8011, 4.2.7).
  public func disable() throws { _ = try operate(0x0010, at: "/admin/") }
  /// Resume-Printer (RFC 8011, 4.2.8).
  public func enable() throws { _ = try operate(0x0011, at: "/admin/") }
  /// Cancel-Job (RFC 8011, 4.3.3).
  public func cancel(job: Int) throws {
    let id = [0x21] + length("job-id") + Array("job-id".utf8) + [0, 4]
    let number = stride(from: 24, through: 0, by: -8).map { UInt8(job >> $0 & 0xFF) }
    _ = try operate(0x0008, at: "/jobs/", id + number)
  }

  /// Print-Job (RFC 8011, 4.2.1), whether the queue is stopped or not; the job's number.
  public func submit(_ document: [UInt8]) throws -> Int {
    let format = attribute(0x49, "document-format", "application/vnd.cups-raw")
    let answer = try operate(0x0002, at: "/printers/\(Self.queue)", format, document)
    let name = length("job-id") + Array("job-id".utf8) + [0, 4]
    let end = answer.indices.first { answer[$0...].starts(with: name) }.map { $0 + name.count }
    guard let end else { throw NoCUPS(description: "cupsd takes no job: \(answer.count) bytes") }
    return answer[end..<end + 4].reduce(0) { $0 << 8 | Int($1) }
  }

  private func operate(
    _ operation: UInt8, at path: String, _ more: [UInt8] = [], _ document: [UInt8] = []
  ) throws -> [UInt8] {
    // RFC 8010, 3.1: version, operation, request id, then the operation attributes.
    let body =
      [2, 0, 0, operation, 0, 0, 0, 1, 0x01]
      + attribute(0x47, "attributes-charset", "utf-8")
      + attribute(0x48, "attributes-natural-language", "en-us")
      + attribute(0x45, "printer-uri", "ipp://localhost/printers/\(Self.queue)")
      + attribute(0x42, "requesting-user-name", "root") + more + [0x03] + document
    let head =
      "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\n"
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
    return answer
  }

  private func attribute(_ tag: UInt8, _ name: String, _ value: String) -> [UInt8] {
    [tag] + length(name) + Array(name.utf8) + length(value) + Array(value.utf8)
  }

  private func length(_ text: String) -> [UInt8] {
    [UInt8(text.utf8.count >> 8), UInt8(text.utf8.count & 0xFF)]
  }
}
