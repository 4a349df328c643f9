import Branch

/// A value together with its dotted path and the place where mistakes are gathered. Every reading
/// method gives the typed value, or reports what is wrong and gives nil.
public struct JSONField {
  public let value: JSONValue
  /// `printers[0].usb.serial`; empty for the root.
  public let path: String
  public let findings: Findings

  public init(value: JSONValue, path: String, findings: Findings) {
    self.value = value
    self.path = path
    self.findings = findings
  }

  /// The root of a document whose own diagnostics are in `findings` already; nil without a value.
  public init?(root document: JSONDocument, findings: Findings) {
    guard let value = document.value else { return nil }
    self.init(value: value, path: "", findings: findings)
  }

  /// Says at this value's place what is wrong with it.
  public func report(code: String, _ message: String, cure: String) {
    findings.report(at: value.start, field: path, code: code, message: message, cure: cure)
  }

  /// What can be made of this value, or the problem at its place.
  public func usable<Made>(_ make: () throws(Problem) -> Made) -> Made? {
    do throws(Problem) {
      return try make()
    } catch {
      report(code: error.code, error.cause, cure: error.cure)
      return nil
    }
  }

  public var isNull: Bool { value.content == .null }

  func reportKind(expected: String, cure: String) {
    report(code: "type", "\(expected) is expected, found \(value.spokenKind)", cure: cure)
  }

  public func bool() -> Bool? {
    if case .bool(let value) = value.content { return value }
    reportKind(expected: "true or false", cure: "Write true or false without quotes.")
    return nil
  }

  public func integer(in range: ClosedRange<Int>) -> Int? {
    let cure = "Give a whole number from \(range.lowerBound) to \(range.upperBound)."
    switch value.content {
    case .integer(let number):
      if let number = Int(exactly: number), range.contains(number) { return number }
      report(
        code: "range", "\(number) is outside of \(range.lowerBound) to \(range.upperBound)",
        cure: cure)
    case .decimal(let text):
      report(code: "range", "\(text) is no whole number in the range", cure: cure)
    default:
      reportKind(expected: "a whole number", cure: cure)
    }
    return nil
  }

  /// A text of so many characters (Unicode scalars) without control characters.
  public func text(length: ClosedRange<Int>) -> String? { plainText(length) { _ in true } }

  /// The same with line feeds.
  public func linesOfText(length: ClosedRange<Int>) -> String? {
    plainText(length) { $0 != "\n" }
  }

  private func plainText(
    _ length: ClosedRange<Int>, isRefused: (UnicodeScalar) -> Bool
  ) -> String? {
    guard let text = anyText() else { return nil }
    if let control = text.unicodeScalars.first(where: { isControl($0) && isRefused($0) }) {
      report(
        code: "text-control",
        "the control character U+\(String(control.value, radix: 16, uppercase: true)) stands in it",
        cure: "Remove it.")
      return nil
    }
    let count = text.unicodeScalars.count
    guard length.contains(count) else {
      report(
        code: "text-length",
        count == 0 ? "the text is empty" : "the text has \(count) characters",
        cure: "Give \(length.lowerBound) to \(length.upperBound) characters.")
      return nil
    }
    return text
  }

  func anyText() -> String? {
    if case .string(let text) = value.content { return text }
    reportKind(expected: "a text", cure: "Write it in double quotes.")
    return nil
  }

  /// An id of `Branch`.
  public func name<Tag>(_ tag: Tag.Type = Tag.self) -> Name<Tag>? {
    guard let text = anyText() else { return nil }
    if let name = Name<Tag>(text) { return name }
    report(
      code: "name", "\(quoted(text)) cannot be an id",
      cure: "Use 1 to \(Name<Tag>.length_max) of the characters a-z A-Z 0-9 . _ - .")
    return nil
  }

  /// One of the words of an enumeration.
  public func choice<Choice>(_ type: Choice.Type = Choice.self) -> Choice?
  where Choice: RawRepresentable<String> & CaseIterable {
    guard let text = anyText() else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    reportUnknown(text, code: "choice", known: Choice.allCases.map(\.rawValue))
    return nil
  }

  /// A word that is none of the known ones.
  public func reportUnknown(_ text: String, code: String, known: [String]) {
    report(
      code: code, "\(quoted(text)) is not known here", cure: cure(for: text, known: known))
  }

  /// The elements of a list; longer lists are reported, and cut.
  public func elements(count_max: Int) -> [JSONField]? {
    guard let elements = value.elements else {
      reportKind(expected: "a list", cure: "Put the elements between [ and ].")
      return nil
    }
    if elements.count > count_max {
      report(
        code: "list-length", "the list has \(elements.count) elements",
        cure: "Give at most \(count_max).")
    }
    return elements.prefix(count_max).enumerated().map { index, element in
      JSONField(value: element, path: "\(path)[\(index)]", findings: findings)
    }
  }

  /// The members of an object whose keys are free; larger ones are reported, and cut.
  public func members(count_max: Int) -> [(member: JSONMember, field: JSONField)]? {
    guard let members = value.members else {
      reportKind(expected: "an object", cure: "Put \"key\": value pairs between { and }.")
      return nil
    }
    if members.count > count_max {
      report(
        code: "list-length", "the object has \(members.count) keys",
        cure: "Give at most \(count_max).")
    }
    return members.prefix(count_max).map { member in
      let field = JSONField(
        value: member.value, path: dotted(path, member.key), findings: findings)
      return (member, field)
    }
  }

  /// Reads an object with known keys; keys that `body` did not ask for are reported behind it.
  public func object<Result>(_ body: (ObjectReader) -> Result?) -> Result? {
    guard let members = value.members else {
      reportKind(expected: "an object", cure: "Put \"key\": value pairs between { and }.")
      return nil
    }
    let reader = ObjectReader(self, members: members)
    let result = body(reader)
    reader.reportUnknownKeys()
    return result
  }
}

/// `Did you mean "x"?` when one is near, else the whole list when it is short enough to read.
func cure(for text: String, known: [String]) -> String {
  if let near = nearestName(to: text, among: known) { return "Did you mean \(quoted(near))?" }
  let listed_max = 20
  guard !known.isEmpty else { return "Remove it; nothing is known here." }
  let tail = known.count > listed_max ? ", …" : ""
  return "Use one of: \(known.prefix(listed_max).joined(separator: ", "))\(tail)."
}
