/// Blanks, comments, words and numbers.
extension JSONParser {
  var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  func peek(ahead: Int) -> UInt8? {
    offset + ahead < bytes.count ? bytes[offset + ahead] : nil
  }

  /// One byte on. Continuation bytes of UTF-8 take no column; CR LF, LF and a lone CR end a line.
  mutating func advance() {
    let byte = bytes[offset]
    offset += 1
    if byte == 0x0A || (byte == 0x0D && peek != 0x0A) {
      here = SourcePosition(line: here.line + 1, column: 1)
    } else if byte & 0xC0 != 0x80 {
      here.column += 1
    }
  }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: scalar) else { return false }
    advance()
    return true
  }

  mutating func skipBlanks() throws(Broken) {
    while let byte = peek {
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D: advance()
      case UInt8(ascii: "/"): try skipComment()
      default: return
      }
    }
  }

  private mutating func skipComment() throws(Broken) {
    switch peek(ahead: 1) {
    case UInt8(ascii: "/"):
      while let byte = peek, byte != 0x0A, byte != 0x0D { advance() }
    case UInt8(ascii: "*"):
      let open = here
      advance()
      advance()
      while !(peek == UInt8(ascii: "*") && peek(ahead: 1) == UInt8(ascii: "/")) {
        guard peek != nil else {
          throw broken(
            "json-comment", "the comment that begins here is never closed",
            "Close it with */ .", at: open)
        }
        advance()
      }
      advance()
      advance()
    default:
      throw broken(
        "json-comment", "a lone / stands here", "Begin a comment with // or /* .")
    }
  }

  mutating func parseWord() throws(Broken) -> JSONValue.Content {
    let start = here
    var word = ""
    while let byte = peek, isWordByte(byte) {
      word.unicodeScalars.append(Unicode.Scalar(byte))
      advance()
    }
    switch word {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    case "":
      throw broken(
        "json-value", "a value is expected, found \(spokenHere)",
        "Write a text in double quotes, a number, true, false, a list or an object.")
    default:
      throw broken(
        "json-value", "\(quoted(word)) is no value",
        "Write texts in double quotes; the only bare words are true, false and null.", at: start)
    }
  }

  /// RFC 8259, section 6: an optional minus, no leading zeros, optional fraction and exponent.
  mutating func parseNumber() throws(Broken) -> JSONValue.Content {
    let start = here
    var text: [UInt8] = []
    while let byte = peek, isNumberByte(byte) || isWordByte(byte) {
      guard text.count < JSONDocument.numberLength_max else {
        throw broken(
          "json-number", "the number has more than \(JSONDocument.numberLength_max) characters",
          "Shorten it.", at: start)
      }
      text.append(byte)
      advance()
    }
    let written = String(decoding: text, as: UTF8.self)
    guard let isWhole = numberShape(text) else {
      throw broken(
        "json-number", "\(quoted(written)) is no number",
        "Write decimal digits such as 12, -3 or 0.5, without leading zeros.", at: start)
    }
    if isWhole, let number = Int64(written) { return .integer(number) }
    return .decimal(written)
  }
}

private func isWordByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
    true
  default: false
  }
}

private func isNumberByte(_ byte: UInt8) -> Bool {
  isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
    || byte == UInt8(ascii: ".")
}

private func isDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

/// true: a whole number. false: one with fraction or exponent. nil: no number at all.
private func numberShape(_ text: [UInt8]) -> Bool? {
  var rest = text[...]
  func digits() -> Int {
    let run = rest.prefix(while: isDigit)
    rest = rest.dropFirst(run.count)
    return run.count
  }
  if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
  let leadsWithZero = rest.first == UInt8(ascii: "0")
  let whole = digits()
  guard whole > 0, whole == 1 || !leadsWithZero else { return nil }
  if rest.isEmpty { return true }
  if rest.first == UInt8(ascii: ".") {
    rest = rest.dropFirst()
    guard digits() > 0 else { return nil }
  }
  if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
    rest = rest.dropFirst()
    if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") {
      rest = rest.dropFirst()
    }
    guard digits() > 0 else { return nil }
  }
  return rest.isEmpty ? false : nil
}
