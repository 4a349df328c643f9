/// A value to print with `--json`. Members keep the order in which they are written down, so that
/// two runs can be compared line by line.
public indirect enum OutputJSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// Finite; JSON has no infinity, so others are written as null.
  case number(Double)
  case string(String)
  case array([OutputJSON])
  case object([Member])

  /// One `"key": value` of an object.
  public struct Member: Sendable, Equatable {
    public let key: String
    public let value: OutputJSON

    public init(_ key: String, _ value: OutputJSON) {
      self.key = key
      self.value = value
    }
  }

  /// Null when there is nothing.
  public static func optional(_ text: String?) -> OutputJSON { text.map { .string($0) } ?? .null }

  /// On one line, for lines of a log or a stream.
  public var compact: String {
    var text = ""
    write(to: &text, indent: nil)
    return text
  }

  /// Over several lines, for people.
  public var indented: String {
    var text = ""
    write(to: &text, indent: 0)
    return text
  }

  private func write(to text: inout String, indent: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value): text += value.isFinite ? value.description : "null"
    case .string(let value): text += Self.quoted(value)
    case .array(let values):
      Self.list("[", "]", values, &text, indent) { value, text, indent in
        value.write(to: &text, indent: indent)
      }
    case .object(let members):
      Self.list("{", "}", members, &text, indent) { member, text, indent in
        text += Self.quoted(member.key) + (indent == nil ? ":" : ": ")
        member.value.write(to: &text, indent: indent)
      }
    }
  }

  private static func list<Item>(
    _ open: String, _ close: String, _ items: [Item], _ text: inout String, _ indent: Int?,
    _ write: (Item, inout String, Int?) -> Void
  ) {
    let inner = indent.map { $0 + 2 }
    func startLine(_ indent: Int?) {
      if let indent { text += "\n" + String(repeating: " ", count: indent) }
    }
    text += open
    for (index, item) in items.enumerated() {
      if index > 0 { text += "," }
      startLine(inner)
      write(item, &text, inner)
    }
    if !items.isEmpty { startLine(indent) }
    text += close
  }

  /// A JSON string with its quotes (RFC 8259, 7). Escapes more than it must: DEL and the C1
  /// controls too, so that a device's name cannot steer the terminal that shows it.
  public static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\u{00}"..."\u{1F}", "\u{7F}"..."\u{9F}":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

extension OutputJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: OutputJSON...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, OutputJSON)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}
