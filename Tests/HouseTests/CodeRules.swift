/// What code may not say.
enum CodeRules {
  static let columns_max = 100
  /// From here on a product file is worth a thought…
  static let lines_soft = 300
  /// …and here it is too long.
  static let lines_max = 400
  /// The floor from which on a clock may be asked for the date.
  static let runtimeFloor = 5

  static func check(_ file: HouseFile) -> [Finding] {
    size(file) + phrases(file) + unexplained(file) + undocumented(file)
  }

  static func size(_ file: HouseFile) -> [Finding] {
    var findings = file.text.lines.enumerated().compactMap { index, line in
      line.count <= columns_max
        ? nil : file.finding(index + 1, "\(line.count) columns; at most \(columns_max)")
    }
    let count = lineCount(file)
    if file.room?.isTest == false && count > lines_max {
      findings.append(file.finding(0, "\(count) lines; at most \(lines_max)"))
    }
    return findings
  }

  static func lineCount(_ file: HouseFile) -> Int {
    file.text.lines.last == "" ? file.text.lines.count - 1 : file.text.lines.count
  }

  /// A run of tokens that may not appear, where it may not, and why.
  private struct Phrase: Sendable {
    let tokens: [String]
    let why: String
    let applies: @Sendable (PackageMap.Room) -> Bool

    init(_ tokens: String..., why: String, applies: @escaping @Sendable (PackageMap.Room) -> Bool) {
      self.tokens = tokens
      self.why = why
      self.applies = applies
    }
  }

  private static let everywhere = { @Sendable (_: PackageMap.Room) in true }
  private static let product = { @Sendable (room: PackageMap.Room) in !room.isTest }
  private static let wait = "wait for a state or a timer of the event loop"
  private static let runtime = "the default executor wakes an idle process once a second"

  private static let phrases: [Phrase] = [
    Phrase("try!", why: "an error is a value", applies: everywhere),
    Phrase("Task", ".", "sleep", why: wait, applies: everywhere),
    Phrase("sleep", "(", why: wait, applies: everywhere),
    Phrase("usleep", "(", why: wait, applies: everywhere),
    Phrase("nanosleep", "(", why: wait, applies: everywhere),
    Phrase("await", why: runtime, applies: product),
    Phrase("Task", "{", why: runtime, applies: product),
    Phrase("Task", ".", why: runtime, applies: product),
    Phrase(
      "Date", "(", ")", why: "time is an input below floor \(runtimeFloor)",
      applies: { ($0.floor ?? runtimeFloor) < runtimeFloor }),
    Phrase("print", "(", why: "a library does not talk", applies: { $0.isLibrary }),
    Phrase("debugPrint", "(", why: "a library does not talk", applies: { $0.isLibrary }),
  ]

  static func phrases(_ file: HouseFile) -> [Finding] {
    guard let room = file.room else { return [] }
    let words = file.text.tokens
    return phrases.filter { $0.applies(room) }.flatMap { phrase in
      words.indices.filter { start in
        words[start].kind == .word && words[start...].starts(with: phrase.tokens) { $0.text == $1 }
          && !isDeclared(words, start)
      }.map { file.finding(words[$0].line, "`\(phrase.tokens.joined())`: \(phrase.why)") }
    }
  }

  /// `func print(`, `case print(`, or a method: `canvas.print(`, but not `Swift.print(`.
  private static func isDeclared(_ words: [Token], _ index: Int) -> Bool {
    guard index > 0 else { return false }
    if words[index - 1].text == "." {
      return index < 2 || !["Glibc", "Swift", "Foundation"].contains(words[index - 2].text)
    }
    return ["func", "case"].contains(words[index - 1].text)
  }

  /// Promises to the compiler that it cannot check stand under a line that says why they hold.
  static func unexplained(_ file: HouseFile) -> [Finding] {
    let words = file.text.tokens
    return words.indices.compactMap { index in
      let isPromise =
        words[index...].starts(with: ["@", "unchecked", "Sendable"]) { $0.text == $1 }
        || words[index...].starts(with: ["nonisolated", "(", "unsafe", ")"]) { $0.text == $1 }
      guard isPromise, !isExplained(words[index].line, file.text) else { return nil }
      return file.finding(words[index].line, "a promise to the compiler without a reason above it")
    }
  }

  private static func isExplained(_ line: Int, _ text: SwiftText) -> Bool {
    text.isOnlyComment(lineAboveAttributes(line, text))
  }

  /// The line above a declaration and the attributes that stand on lines of their own.
  private static func lineAboveAttributes(_ line: Int, _ text: SwiftText) -> Int {
    var above = line - 1
    while above >= 1, text.lines[above - 1].drop(while: { $0 == " " }).hasPrefix("@"),
      !text.isOnlyComment(above)
    {
      above -= 1
    }
    return above
  }

  /// Public types and functions on the top level of a file say what they are. What stands within
  /// them may be plain from there. A tag, `public enum NodeTag {}`, has nothing to say.
  static func undocumented(_ file: HouseFile) -> [Finding] {
    guard file.room?.isTest == false else { return [] }
    var depth = 0
    var findings: [Finding] = []
    for (line, tokens) in file.text.tokensByLine {
      if depth == 0, let name = documentable(tokens),
        !isDocumented(lineAboveAttributes(line, file.text), file.text)
      {
        findings.append(file.finding(line, "public \(name) has no doc comment"))
      }
      for token in tokens where token.kind == .sign {
        if token.text == "{" { depth += 1 }
        if token.text == "}" { depth -= 1 }
      }
    }
    return findings
  }

  private static func isDocumented(_ line: Int, _ text: SwiftText) -> Bool {
    text.isOnlyComment(line) && text.comments[line]?.hasPrefix("///") == true
  }

  private static func documentable(_ tokens: ArraySlice<Token>) -> String? {
    let texts = tokens.map(\.text)
    let before: Set = ["final", "indirect", "public", "open"]
    guard let access = texts.firstIndex(where: { $0 == "public" || $0 == "open" }) else {
      return nil
    }
    // Only attributes may stand in front: otherwise `public` is part of something else.
    guard access == 0 || texts[0] == "@" || before.contains(texts[0]) else { return nil }
    let rest = texts[access...].drop { before.contains($0) }
    guard let keyword = rest.first else { return nil }
    let isType = ["struct", "enum", "class", "protocol", "actor"].contains(keyword)
    guard isType || keyword == "func" else { return nil }
    if isType && texts.suffix(2) == ["{", "}"] { return nil }
    return rest.prefix(2).joined(separator: " ")
  }
}
