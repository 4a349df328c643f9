/// How the parser says that it can go no further.
extension JSONParser {
  /// Reports, and gives the error to throw.
  func broken(
    _ code: String, _ message: String, _ cure: String, at position: SourcePosition? = nil
  ) -> Broken {
    findings.report(
      at: position ?? here, field: pathText, code: code, message: message, cure: cure)
    return Broken()
  }

  func unexpectedEnd(_ expected: String) -> Broken {
    broken(
      "json-end", "the file ends where \(expected) is expected",
      "Complete the file; perhaps its end was lost in copying.")
  }

  func neverClosed(
    _ bracket: Unicode.Scalar, _ closing: Unicode.Scalar, _ open: SourcePosition
  ) -> Broken {
    broken(
      "json-end", "the file ends, and the \(bracket) of line \(open.line) is still open",
      "Close it with \(closing) .")
  }

  /// Where the parser stands, `printers[0].usb`.
  var pathText: String {
    var text = ""
    for step in path {
      switch step {
      case .key(let key): text = dotted(text, key)
      case .index(let index): text += "[\(index)]"
      }
    }
    return text
  }

  /// The character at the parser's place, for a message.
  var spokenHere: String {
    guard let byte = peek else { return "the end of the file" }
    if byte < 0x20 || byte == 0x7F { return "the control character 0x\(hex(byte))" }
    // Well-formed UTF-8 was checked, so that a scalar ends where the next lead byte stands.
    var end = offset + 1
    while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    return quoted(String(decoding: bytes[offset..<end], as: UTF8.self))
  }
}

/// A key behind the path of its object.
func dotted(_ path: String, _ key: String) -> String {
  let keyLength_max = 64
  let shown = String(String.UnicodeScalarView(key.unicodeScalars.prefix(keyLength_max)))
  return path.isEmpty ? shown : "\(path).\(shown)"
}
