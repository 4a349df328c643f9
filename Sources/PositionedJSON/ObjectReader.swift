import Branch

/// Reads the known keys of one object. A key that is asked for is known from then on; what was
/// never asked for is reported as unknown when the object is left. Made by `JSONField.object`.
public final class ObjectReader {
  public let field: JSONField
  private let members: [String: JSONField]
  private let order: [JSONMember]
  private var known: [String] = []

  init(_ field: JSONField, members: [JSONMember]) {
    self.field = field
    order = members
    self.members = Dictionary(
      members.map { member in
        let path = dotted(field.path, member.key)
        return (
          member.key, JSONField(value: member.value, path: path, findings: field.findings)
        )
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The value of a key that may be left out.
  public func optional(_ key: String) -> JSONField? {
    if !known.contains(key) { known.append(key) }
    return members[key]
  }

  /// The value of a key that may be left out, or be null because nobody knows it.
  public func known(_ key: String) -> JSONField? {
    optional(key).flatMap { $0.isNull ? nil : $0 }
  }

  /// The value of a key that must be there. `example` shows in the cure what to write.
  public func required(_ key: String, example: String) -> JSONField? {
    if let field = optional(key) { return field }
    reportMissing(key, "the key is missing", cure: "Add \"\(key)\": \(example).")
    return nil
  }

  /// Reports at the object's place that a key is not there.
  public func reportMissing(_ key: String, _ message: String, cure: String) {
    field.findings.report(
      at: field.value.start, field: dotted(field.path, key), code: "missing", message: message,
      cure: cure)
  }

  /// Exactly one of the keys must be there.
  public func exactlyOne(of keys: [String], example: String) -> (key: String, field: JSONField)? {
    let found = keys.compactMap { key in optional(key).map { (key, $0) } }
    if let first = found.first, found.count == 1 { return first }
    let list = keys.joined(separator: ", ")
    if found.isEmpty {
      field.report(
        code: "missing", "one of \(list) is needed here", cure: "Add \(example).")
    } else {
      found[1].1.report(
        code: "conflict", "only one of \(list) may stand here", cure: "Keep one of them.")
    }
    return nil
  }

  /// Reports no unknown keys for this object, because it is not clear which are known.
  public func acceptAnyKey() { known = order.map(\.key) }

  func reportUnknownKeys() {
    for member in order where !known.contains(member.key) {
      field.findings.report(
        at: member.keyRange.start, field: dotted(field.path, member.key), code: "unknown-key",
        message: "the key \(quoted(member.key)) is not known here",
        cure: cure(for: member.key, known: known))
    }
  }
}
