public import Branch

extension Fact {
  /// One JSON object on one line: kind, whose fact it is, `at` in ISO 8601, then the fact's fields
  /// under their names on the wire; counts and durations as numbers, all else as strings.
  /// - Parameter identity: members with numbers or names, as `"epoch":1,"seq":2`.
  public func json(identity: String) -> String {
    var out = "{\"kind\":\(Self.quoted(kind.rawValue)),\(identity)"
    out += ",\"at\":\(Self.quoted(at.description))"
    for field in fields.dropFirst() {
      out += ",\(Self.quoted(field.key)):"
      out +=
        Self.numeric.contains(field.key)
        ? (Int64(field.value).map(String.init) ?? "null")
        : Self.quoted(field.value)
    }
    return out + "}"
  }

  /// One line for people: when, whose, what, and the fields as they stand on the wire.
  public func text(identity: String) -> String {
    let rest = fields.dropFirst().map { Line("X", [], [$0]).description.dropFirst(2) }
    return "\(at) \(identity) \(kind.rawValue) " + rest.joined(separator: " ")
  }

  private static let numeric: Set<String> = [
    "rating", "waiting_ms", "transaction_ms", "job", "bytes", "first", "last", "of_epoch",
    "corrects", "about", "count",
  ]

  /// A JSON string.
  public static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": out += "\\\(scalar)"
      case "\u{0}"..<" ", "\u{7F}":
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
