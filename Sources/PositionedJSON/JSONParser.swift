/// Recursive descent over bytes that were checked to be UTF-8. Its recursion is bounded by
/// `JSONDocument.depth_max`. The first break of the grammar ends it.
struct JSONParser {
  /// The grammar is broken; the diagnostic was reported.
  struct Broken: Error {}

  enum PathStep {
    case key(String)
    case index(Int)
  }

  let bytes: [UInt8]
  let findings: Findings
  var offset = 0
  var here = SourcePosition.start
  var path: [PathStep] = []
  private var depth = 0

  init(file: String, bytes: [UInt8]) {
    self.bytes = bytes
    findings = Findings(file: file)
  }

  mutating func parseDocument() -> JSONValue? {
    do throws(Broken) {
      try refuseBrokenUTF8()
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
      try skipBlanks()
      let value = try parseValue()
      try skipBlanks()
      guard offset == bytes.count else {
        throw broken(
          "json-trailing", "text follows the end of the value",
          "Remove it, or look for a bracket that closes too early.")
      }
      return value
    } catch {
      return nil
    }
  }

  private mutating func refuseBrokenUTF8() throws(Broken) {
    guard let bad = firstOffsetOutsideUTF8(bytes) else { return }
    while offset < bad { advance() }
    throw broken(
      "json-utf8", "the byte 0x\(hex(bytes[bad])) is not UTF-8 text",
      "Save the file as UTF-8.")
  }

  // MARK: values

  mutating func parseValue() throws(Broken) -> JSONValue {
    let start = here
    guard let byte = peek else { throw unexpectedEnd("a value") }
    let content: JSONValue.Content
    switch byte {
    case UInt8(ascii: "{"): content = try nested { (p) throws(Broken) in try p.parseObject() }
    case UInt8(ascii: "["): content = try nested { (p) throws(Broken) in try p.parseArray() }
    case UInt8(ascii: "\""): content = .string(try parseString())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): content = try parseNumber()
    default: content = try parseWord()
    }
    return JSONValue(content, range: SourceRange(start: start, end: here))
  }

  private mutating func nested(
    _ parse: (inout JSONParser) throws(Broken) -> JSONValue.Content
  ) throws(Broken) -> JSONValue.Content {
    guard depth < JSONDocument.depth_max else {
      throw broken(
        "json-too-deep", "more than \(JSONDocument.depth_max) brackets are open",
        "Check that this is the right file, or that brackets close where they should.")
    }
    depth += 1
    defer { depth -= 1 }
    return try parse(&self)
  }

  private mutating func parseArray() throws(Broken) -> JSONValue.Content {
    let open = here
    advance()
    var elements: [JSONValue] = []
    while true {
      try skipBlanks()
      if take("]") { return .array(elements) }
      guard peek != nil else { throw neverClosed("[", "]", open) }
      path.append(.index(elements.count))
      elements.append(try parseValue())
      path.removeLast()
      try separator(closing: "]", open: open)
    }
  }

  private mutating func parseObject() throws(Broken) -> JSONValue.Content {
    let open = here
    advance()
    var members: [JSONMember] = []
    var firstPlaces: [String: SourcePosition] = [:]
    while true {
      try skipBlanks()
      if take("}") { return .object(members) }
      guard peek != nil else { throw neverClosed("{", "}", open) }
      let member = try parseMember()
      if let first = firstPlaces[member.key] {
        reportDoubled(member, first: first)
      } else {
        firstPlaces[member.key] = member.keyRange.start
        members.append(member)
      }
      path.removeLast()
      try separator(closing: "}", open: open)
    }
  }

  /// Leaves the member's key on `path`.
  private mutating func parseMember() throws(Broken) -> JSONMember {
    let start = here
    guard peek == UInt8(ascii: "\"") else {
      throw broken(
        "json-key", "a key is expected, found \(spokenHere)",
        "Write the key in double quotes, as in \"name\": … .")
    }
    let key = try parseString()
    let keyRange = SourceRange(start: start, end: here)
    path.append(.key(key))
    try skipBlanks()
    guard take(":") else {
      throw broken(
        "json-colon", "a colon is expected behind the key, found \(spokenHere)",
        "Put a colon between key and value.")
    }
    try skipBlanks()
    return JSONMember(key: key, keyRange: keyRange, value: try parseValue())
  }

  private mutating func separator(
    closing: Unicode.Scalar, open: SourcePosition
  ) throws(Broken) {
    try skipBlanks()
    if take(",") || peek == UInt8(ascii: closing) { return }
    guard peek != nil else { throw neverClosed(closing == "]" ? "[" : "{", closing, open) }
    throw broken(
      "json-comma", "a comma or \(closing) is expected, found \(spokenHere)",
      "Put a comma between two elements.")
  }

  private func reportDoubled(_ member: JSONMember, first: SourcePosition) {
    findings.report(
      at: member.keyRange.start, field: pathText, code: "json-doubled-key",
      message: "the key \(quoted(member.key)) stands here again, first in line \(first.line)",
      cure: "Keep one of the two.")
  }
}

func hex(_ byte: UInt8) -> String {
  let digits = String(byte, radix: 16, uppercase: true)
  return digits.utf8.count == 1 ? "0" + digits : digits
}
