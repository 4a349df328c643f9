/// Texts in double quotes, RFC 8259, section 7.
extension JSONParser {
  mutating func parseString() throws(Broken) -> String {
    let open = here
    advance()
    var text: [UInt8] = []
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        advance()
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        text.append(contentsOf: try parseEscape())
      case 0x0A, 0x0D:
        throw broken(
          "json-string", "the text that begins here is not closed in its line",
          "Put a double quote at its end; write a line break as \\n.", at: open)
      case 0..<0x20:
        throw broken(
          "json-string", "the control character 0x\(hex(byte)) stands in a text",
          "Write a tab as \\t and other control characters as \\u00\(hex(byte)).")
      default:
        text.append(byte)
        advance()
      }
    }
    throw broken(
      "json-string", "the text that begins here is never closed",
      "Put a double quote at its end.", at: open)
  }

  private mutating func parseEscape() throws(Broken) -> [UInt8] {
    let start = here
    advance()
    guard let byte = peek else { throw unexpectedEnd("the rest of an escape") }
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      advance()
      return [byte]
    case UInt8(ascii: "u"):
      return try parseUnicodeEscape(start)
    default:
      guard let control = controlEscapes[byte] else {
        throw broken(
          "json-escape", "\\\(spokenEscape) is no escape",
          "Write a backslash itself as \\\\ .", at: start)
      }
      advance()
      return [control]
    }
  }

  private var spokenEscape: String {
    guard let byte = peek, byte > 0x20, byte < 0x7F else { return "" }
    return String(Unicode.Scalar(byte))
  }

  /// `\u` and four hex digits; characters beyond U+FFFF as two of them, a surrogate pair.
  private mutating func parseUnicodeEscape(_ start: SourcePosition) throws(Broken) -> [UInt8] {
    let first = try parseHexUnit(start)
    var value = UInt32(first)
    if (0xD800...0xDBFF).contains(first) {
      guard peek == UInt8(ascii: "\\"), peek(ahead: 1) == UInt8(ascii: "u") else {
        throw halfPair(start)
      }
      advance()
      let second = try parseHexUnit(start)
      guard (0xDC00...0xDFFF).contains(second) else { throw halfPair(start) }
      value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw halfPair(start) }
    return Array(String(Character(scalar)).utf8)
  }

  private func halfPair(_ start: SourcePosition) -> Broken {
    broken(
      "json-escape", "half of a surrogate pair stands alone",
      "Write the character itself instead of its \\u escape.", at: start)
  }

  /// From the `u` over its four digits.
  private mutating func parseHexUnit(_ start: SourcePosition) throws(Broken) -> UInt16 {
    advance()
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = hexDigit(byte) else {
        throw broken(
          "json-escape", "\\u needs four hex digits", "Write it as \\u00E9.", at: start)
      }
      unit = unit << 4 | UInt16(digit)
      advance()
    }
    return unit
  }
}

private let controlEscapes: [UInt8: UInt8] = [
  UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A,
  UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
]

private func hexDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}
