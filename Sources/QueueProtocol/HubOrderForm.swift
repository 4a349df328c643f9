/// What an order takes, for those who type one by hand. Machines may send fields that are not
/// known yet; a person who does has mistyped one.
public struct HubOrderForm: Sendable {
  /// A key and how its value is written, as a person reads it: `for_ms=1000…86400000`.
  public struct Value: Sendable {
    public let key: String
    public let form: String
    let isRequired: Bool
  }

  public let word: String
  public let values: [Value]

  /// Of all orders; PROTOCOL.md, *Commands*.
  public static let all: [HubOrderForm] = [
    HubOrderForm("show", ["sign=NAME", "text=TEXT (256 bytes at most)"], standing),
    HubOrderForm("message", ["text=TEXT (256 bytes at most)"], standing),
    HubOrderForm(
      "print", ["printer=NAME", "ticket=A012", "service=NAME", "day=2026-11-22"],
      [
        "reprint=yes|no", "ahead=NUMBER", "issued_at=MILLISECONDS", "wait_ms=MILLISECONDS",
        "priority=yes|no", "appointment=MILLISECONDS", "code=CODE", "notes=TEXT", "counter=TEXT",
        "url=TEXT",
      ]),
    HubOrderForm("configure", ["key=NAME", "value=TEXT"]),
    HubOrderForm("roll", ["printer=NAME"]),
    HubOrderForm("ask", ["what=state"]),
  ]
  private static let standing = ["for_ms=1000…86400000", "layer=info|alert"]
  /// Those that each order may have besides.
  private static let ofEach: Set<String> = ["id", "expires"]

  private init(_ word: String, _ required: [String], _ optional: [String] = []) {
    func value(_ text: String, _ isRequired: Bool) -> Value {
      let key = text.prefix { $0 != "=" }
      return Value(
        key: String(key), form: String(text.dropFirst(key.count + 1)), isRequired: isRequired)
    }
    self.word = word
    values = required.map { value($0, true) } + optional.map { value($0, false) }
  }

  /// The whole order, what may be left out in brackets.
  public var usage: String {
    ([word]
      + values.map { value in
        let text = "\(value.key)=\(value.form)"
        return value.isRequired ? text : "[\(text)]"
      }).joined(separator: " ")
  }

  /// What is wrong with an order that a person typed, and what was meant; nil when all that can be
  /// said without reading the values is right.
  public static func mistake(in text: String) -> String? {
    guard let line = try? Line(parsing: Array("TELL \(text)".utf8)), let word = line.words.first
    else { return "it is no word with fields, as in: \(all[0].usage)" }
    guard let form = all.first(where: { $0.word == word }) else {
      return "'\(word)' is none of: \(all.map(\.word).joined(separator: ", "))"
    }
    if let more = line.words.dropFirst().first {
      return "'\(more)' is no field; it takes: \(form.usage)"
    }
    let known = ofEach.union(form.values.map(\.key))
    if let unknown = line.fields.first(where: { !known.contains($0.key) }) {
      return "it has no field '\(unknown.key)'; it takes: \(form.usage)"
    }
    if let missing = form.values.first(where: { $0.isRequired && line[$0.key] == nil }) {
      return "it needs '\(missing.key)'; it takes: \(form.usage)"
    }
    return nil
  }

  /// The form of the order that a text begins with.
  public static func form(of text: String) -> HubOrderForm? {
    let word = text.prefix { $0 != " " }
    return all.first { $0.word == word }
  }
}
