import Branch
import Configuration
import DeviceProfiles
import PositionedJSON

/// Takes the words of one line from left to right. What it does not find, it tells with the place
/// and what could stand there.
struct WordReader {
  private let words: [ScriptWord]
  private var place = 0
  let configuration: NodeConfiguration

  init(words: [ScriptWord], configuration: NodeConfiguration) {
    self.words = words
    self.configuration = configuration
  }

  /// Where the next word stands, or would stand.
  var column: Int { place < words.count ? words[place].column : (words.last?.end ?? 0) + 1 }

  /// The next word if it is this bare one; takes nothing.
  func isNext(_ keyword: String) -> Bool {
    place < words.count && !words[place].isQuoted && words[place].text == keyword
  }

  var isAtEnd: Bool { place == words.count }

  mutating func word(_ what: String) throws(ScriptMistake) -> ScriptWord {
    guard place < words.count else {
      throw ScriptMistake(
        column: column, code: "missing-word", message: "\(what) is missing",
        cure: "Write \(what) here.")
    }
    defer { place += 1 }
    return words[place]
  }

  func end() throws(ScriptMistake) {
    guard place < words.count else { return }
    throw ScriptMistake(
      column: column, code: "extra-word",
      message: "\"\(words[place].text)\" is one word too many",
      cure: "Remove it, or put words that belong together in quotes.")
  }

  mutating func keyword(_ known: [String], _ what: String) throws(ScriptMistake) -> String {
    let word = try self.word(what)
    guard !word.isQuoted, known.contains(word.text) else {
      throw unknown(word, what, known, code: "unknown-word")
    }
    return word.text
  }

  private func unknown(_ word: ScriptWord, _ what: String, _ known: [String], code: String)
    -> ScriptMistake
  {
    let nearest = nearestName(to: word.text, among: known)
    let cure =
      nearest.map { "Did you mean \"\($0)\"?" }
      ?? (known.isEmpty ? "The branch has none." : "Use one of: \(known.joined(separator: ", ")).")
    return ScriptMistake(
      column: word.column, code: code, message: "\"\(word.text)\" is not \(what)", cure: cure)
  }

  private mutating func id<Tag>(_ what: String, _ known: [Name<Tag>]) throws(ScriptMistake)
    -> Name<Tag>
  {
    let word = try self.word(what)
    guard let found = known.first(where: { $0.text == word.text }) else {
      throw unknown(word, "\(what) of this branch", known.map(\.text), code: "unknown-name")
    }
    return found
  }

  mutating func terminal() throws(ScriptMistake) -> TerminalID {
    try id("a terminal", configuration.terminals.map(\.id))
  }

  mutating func printer() throws(ScriptMistake) -> PrinterID {
    try id("a printer", configuration.printers.map(\.id))
  }

  mutating func sign() throws(ScriptMistake) -> SignID {
    try id("a sign", configuration.signs.map(\.id))
  }

  mutating func service() throws(ScriptMistake) -> ServiceID {
    try id("a service", configuration.services.map(\.id))
  }

  mutating func counter() throws(ScriptMistake) -> CounterID {
    try id("a counter", configuration.counters.map(\.id))
  }

  mutating func device() throws(ScriptMistake) -> DeviceRef {
    let word = try self.word("a device")
    let devices = configuration.devices
    guard let found = devices.first(where: { $0.description == word.text }) else {
      let names = devices.map(\.description)
      throw unknown(word, "a device of this branch", names, code: "unknown-name")
    }
    return found
  }

  /// `button1`, `button1:long` or `button1+button2`.
  mutating func press(on terminal: TerminalID) throws(ScriptMistake) -> VirtualPress {
    let profile = configuration.terminal(terminal)?.profile
    let known = profile?.keys.map(\.name) ?? []
    let word = try self.word("a key of \(terminal)")
    let form = KeyForm(word.text)
    var keys: [DeviceKey] = []
    for name in form.names {
      guard let key = known.first(where: { $0.text == name }) else {
        throw unknown(
          word, "a key of \(terminal) of this branch", known.map(\.text), code: "unknown-name")
      }
      keys.append(key)
    }
    let isLong = if case .long = form { true } else { false }
    let press = VirtualPress(keys[0], with: keys.count > 1 ? keys[1] : nil, isLong: isLong)
    guard let profile, press.stroke(on: profile) != nil else {
      throw ScriptMistake(
        column: word.column, code: "key-chord", message: "\(press) is one key twice",
        cure: "Name two different keys.")
    }
    return press
  }

  mutating func ticket() throws(ScriptMistake) -> TicketNumber {
    let word = try self.word("a ticket number")
    guard let number = TicketNumber(word.text) else {
      throw ScriptMistake(
        column: word.column, code: "ticket", message: "\"\(word.text)\" is no ticket number",
        cure: "Write it as on the ticket, A012.")
    }
    let prefixes = configuration.services.map(\.prefix)
    guard prefixes.contains(number.prefix) else {
      throw ScriptMistake(
        column: word.column, code: "ticket",
        message: "no service of this branch has the prefix \(number.prefix)",
        cure: "Use one of: \(prefixes.joined(separator: ", ")).")
    }
    return number
  }

  mutating func count(_ range: ClosedRange<Int>) throws(ScriptMistake) -> Int {
    let word = try self.word("a number")
    guard let number = Int(word.text), range.contains(number) else {
      throw ScriptMistake(
        column: word.column, code: "number", message: "\"\(word.text)\" is no number here",
        cure: "Write a whole number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  /// `500ms`, `2s` or `1.5s`.
  mutating func duration(_ range_ms: ClosedRange<Int64>) throws(ScriptMistake) -> Span {
    let word = try self.word("a duration")
    guard let span = Span(written: word.text), range_ms.contains(span.ms) else {
      throw ScriptMistake(
        column: word.column, code: "duration", message: "\"\(word.text)\" is no duration here",
        cure: "Write 500ms or 2s; from \(range_ms.lowerBound)ms to \(range_ms.upperBound / 1000)s.")
    }
    return span
  }
}

extension Span {
  /// `500ms`, `2s`, `1.5s`; nil for any other form.
  init?(written text: String) {
    if text.hasSuffix("ms") {
      guard let count = Self.digits(text.dropLast(2)) else { return nil }
      self = .milliseconds(count)
      return
    }
    guard text.hasSuffix("s") else { return nil }
    let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let whole = Self.digits(parts[0]) else { return nil }
    guard parts.count == 2 else {
      self = .seconds(whole)
      return
    }
    guard (1...3).contains(parts[1].utf8.count), let part = Self.digits(parts[1]) else {
      return nil
    }
    let scale: [Int64] = [100, 10, 1]
    self = .milliseconds(whole * 1000 + part * scale[parts[1].utf8.count - 1])
  }

  private static func digits(_ text: Substring) -> Int64? {
    guard (1...6).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    return Int64(text)
  }
}
