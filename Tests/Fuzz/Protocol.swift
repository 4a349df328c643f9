import QueueProtocol

extension FuzzTarget {
  /// Bytes of a connection: the same lines come of any split; a line that can be read is written
  /// as one that means the same.
  static let lines = FuzzTarget(name: "lines") { bytes in
    func framed(_ parts: [ArraySlice<UInt8>]) -> [[UInt8]] {
      var framer = LineFramer()
      var lines: [[UInt8]] = []
      for part in parts {
        do { try framer.feed(part) { lines.append($0) } } catch { break }
      }
      return lines
    }
    let lines = framed([bytes[...]])
    always(lines == framed(pieces(of: bytes)), "another split gives other lines")
    for text in lines + [bytes] {
      guard let line = try? Line(parsing: text) else { continue }
      var written = line.encoded()
      if written.last == UInt8(ascii: "\n") { written.removeLast() }
      always((try? Line(parsing: written)) == line, "written otherwise than read: \(line)")
    }
  }

  static let nodeMessages = FuzzTarget(name: "node-messages") { bytes in
    guard let message = try? NodeMessage(parsing: bytes) else { return }
    let again = try? NodeMessage(message.line)
    always(again == message, "\(message) comes back as \(String(describing: again))")
  }

  static let hubMessages = FuzzTarget(name: "hub-messages") { bytes in
    if let line = try? Line(parsing: bytes), let whom = try? Addressee(ofHub: line) {
      let again = try? Addressee(ofHub: Line(line.verb, [], whom.fields))
      always(again == whom, "\(whom) comes back as \(String(describing: again))")
    }
    if let message = try? HubMessage(parsing: bytes) {
      let again = try? HubMessage(message.line)
      always(again == message, "\(message) comes back as \(String(describing: again))")
    }
    if let command = try? HubCommand(parsing: bytes) {
      let again = try? HubCommand(parsing: Array(command.text.utf8))
      always(again == command, "\(command) comes back as \(String(describing: again))")
    }
  }
}
