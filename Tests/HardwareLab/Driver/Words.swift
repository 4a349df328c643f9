/// The words of one scenario line, taken from the front.
struct Words {
  private var rest: ArraySlice<String>

  /// Splits at blanks; "double quotes" keep blanks; # starts a comment.
  init(_ line: some StringProtocol) throws(LabError) {
    var words: [String] = []
    var word: String?
    var isQuoted = false
    scan: for character in line {
      switch character {
      case "\"":
        isQuoted.toggle()
        word = word ?? ""
      case "#" where !isQuoted && word == nil: break scan
      case " ", "\t":
        if isQuoted {
          word?.append(character)
        } else if let done = word {
          words.append(done)
          word = nil
        }
      default: word = (word ?? "") + String(character)
      }
    }
    if isQuoted { throw LabError("a quote is not closed") }
    if let word { words.append(word) }
    rest = words[...]
  }

  var isEmpty: Bool { rest.isEmpty }
  var next: String? { rest.first }

  mutating func take(_ what: String) throws(LabError) -> String {
    guard let word = rest.popFirst() else { throw LabError("\(what) is missing") }
    return word
  }

  /// Takes the word if it stands next.
  mutating func takes(_ word: String) -> Bool {
    guard rest.first == word else { return false }
    rest.removeFirst()
    return true
  }

  mutating func need(_ word: String) throws(LabError) {
    guard takes(word) else { throw LabError("'\(word)' must stand before '\(next ?? "the end")'") }
  }

  /// Everything up to the end of the line, with single blanks.
  mutating func takeRest(_ what: String) throws(LabError) -> String {
    guard !rest.isEmpty else { throw LabError("\(what) is missing") }
    defer { rest = [] }
    return rest.joined(separator: " ")
  }

  /// One of a few words, by its raw value.
  mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ what: String, _: Choice.Type = Choice.self
  ) throws(LabError) -> Choice {
    let word = try take(what)
    guard let choice = Choice(rawValue: word) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw LabError("no \(what) is called '\(word)'; there are: \(known)")
    }
    return choice
  }

  mutating func number(_ what: String) throws(LabError) -> Int {
    let word = try take(what)
    guard let number = Int(word), number >= 0 else { throw LabError("'\(word)' is no \(what)") }
    return number
  }

  /// `3`, `>=3` or `<=3`.
  mutating func comparison(_ what: String) throws(LabError) -> Comparison {
    let word = try take(what)
    let relation: Comparison.Relation =
      word.hasPrefix(">=") ? .atLeast : word.hasPrefix("<=") ? .atMost : .exactly
    guard let number = Int(word.dropFirst(relation.rawValue.count)), number >= 0 else {
      throw LabError("'\(word)' is no \(what): write 3, >=3 or <=3")
    }
    return Comparison(relation: relation, number: number)
  }

  /// `250ms`, `2s`; milliseconds.
  mutating func span_ms(_ what: String) throws(LabError) -> Int64 {
    let word = try take(what)
    let digits = word.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int64(digits) else { throw LabError("'\(word)' is no \(what)") }
    switch word.dropFirst(digits.count) {
    case "ms": return number
    case "s": return number * 1000
    default: throw LabError("'\(word)' needs a unit, ms or s")
    }
  }
}
