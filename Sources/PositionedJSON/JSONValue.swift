/// A value as it stands in a file: what it is and where.
public struct JSONValue: Equatable, Sendable {
  public enum Content: Equatable, Sendable {
    case null
    case bool(Bool)
    /// Exact; a number without fraction and exponent that fits 64 bits.
    case integer(Int64)
    /// Any other number, as it was written.
    case decimal(String)
    case string(String)
    case array([JSONValue])
    /// In the order of the file. Each key once: of doubled keys the first is kept.
    case object([JSONMember])
  }

  public let content: Content
  public let range: SourceRange

  public init(_ content: Content, range: SourceRange) {
    self.content = content
    self.range = range
  }

  public var start: SourcePosition { range.start }

  public var members: [JSONMember]? {
    if case .object(let members) = content { members } else { nil }
  }

  public var elements: [JSONValue]? {
    if case .array(let elements) = content { elements } else { nil }
  }

  public var string: String? {
    if case .string(let text) = content { text } else { nil }
  }

  public subscript(_ key: String) -> JSONValue? {
    members?.first { $0.key == key }?.value
  }

  /// What a person would call it: `the text "x"`, `the number 5`, `a list`.
  public var spokenKind: String {
    switch content {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let number): "the number \(number)"
    case .decimal(let text): "the number \(text)"
    case .string(let text): "the text \(quoted(text))"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

/// One `"key": value` of an object.
public struct JSONMember: Equatable, Sendable {
  public let key: String
  public let keyRange: SourceRange
  public let value: JSONValue

  public init(key: String, keyRange: SourceRange, value: JSONValue) {
    self.key = key
    self.keyRange = keyRange
    self.value = value
  }
}

/// A text of a file inside of a message: in quotes, and no longer than a person wants to read.
public func quoted(_ text: String) -> String {
  let shown_max = 40
  let cut = text.unicodeScalars.prefix(shown_max)
  let tail = text.unicodeScalars.count > shown_max ? "…" : ""
  return "\"\(String(String.UnicodeScalarView(cut)))\(tail)\""
}
