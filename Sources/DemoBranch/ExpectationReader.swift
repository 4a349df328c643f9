import Branch
import Configuration

/// What stands behind `expect`.
extension WordReader {
  static let expectations = [
    "ticket", "no", "sign", "waiting", "serving", "facts", "link", "refused", "accepted", "device",
    "each-once", "paper-agrees",
  ]
  static let patience_max = Span.minutes(10)
  /// More facts than a demo ever has.
  static let count_max = 100_000

  mutating func expectation() throws(ScriptMistake) -> ScriptExpectation {
    switch try keyword(Self.expectations, "an expectation") {
    case "ticket": return try ticketPrinted()
    case "no":
      _ = try keyword(["ticket"], "ticket")
      return isAtEnd || isAtPatience ? .noTicket : .noTicketOf(try ticket())
    case "sign":
      let sign = try sign()
      if isNext("dark") {
        _ = try word("dark")
        return .dark(sign)
      }
      return .sign(sign, text: try word("the text on the sign").text)
    case "waiting": return .waiting(try service(), count: try count(0...Self.count_max))
    case "serving":
      let counter = try counter()
      guard isNext("nobody") else { return .serving(counter, try ticket()) }
      _ = try word("nobody")
      return .serving(counter, nil)
    case "facts": return try facts()
    case "link": return .link(isUp: try keyword(["up", "down"], "up or down") == "up")
    case "refused": return .answered(try terminal(), isRefused: true)
    case "accepted": return .answered(try terminal(), isRefused: false)
    case "device":
      let device = try device()
      return .device(device, isFound: try keyword(["found", "lost"], "found or lost") == "found")
    case "each-once": return .eachOnce
    default: return .paperAgrees
    }
  }

  private mutating func ticketPrinted() throws(ScriptMistake) -> ScriptExpectation {
    let number = try ticket()
    _ = try keyword(["printed"], "printed")
    guard isNext("on") else { return .ticket(number, on: nil) }
    _ = try word("on")
    return .ticket(number, on: try printer())
  }

  private mutating func facts() throws(ScriptMistake) -> ScriptExpectation {
    let names = FactKind.known.map(\.rawValue)
    let kind = FactKind(rawValue: try keyword(names, "a kind of fact"))
    let count = try count(0...Self.count_max)
    var conditions: [FieldCondition] = []
    while !isAtEnd, !isAtPatience {
      let word = try word("a condition")
      guard let sign = word.text.firstIndex(of: "="), sign > word.text.startIndex else {
        throw ScriptMistake(
          column: word.column, code: "condition", message: "\"\(word.text)\" is no condition",
          cure: "Write key=value, rating=4, or key=* for any value.")
      }
      let value = String(word.text[sign...].dropFirst())
      conditions.append(
        FieldCondition(
          key: String(word.text[..<sign]), value: value == "*" && !word.isQuoted ? nil : value))
    }
    return .facts(kind, count: count, conditions: conditions)
  }

  private var isAtPatience: Bool { isNext("within") || isNext("for") }

  /// `within 30s` or `for 2s` at the end of the line.
  mutating func patience(for expectation: ScriptExpectation) throws(ScriptMistake) -> Patience {
    let range_ms = 1...Self.patience_max.ms
    if isNext("within") {
      _ = try word("within")
      return .within(try duration(range_ms))
    }
    if isNext("for") {
      _ = try word("for")
      return .lasting(try duration(range_ms))
    }
    switch expectation {
    case .noTicket, .noTicketOf: return .standardLasting
    default: return .standard
    }
  }
}

extension FactKind {
  /// Kinds that a node or a hub of this version writes.
  static let known: [FactKind] = [
    .nodeStarted, .ticketIssued, .ticketSending, .ticketPrinted, .ticketUnconfirmed,
    .ticketFailed, .ticketVoided, .pressRefused, .ratingGiven, .deviceFound, .deviceLost,
    .deviceCondition, .numbersLeased, .visitCalled, .visitRecalled, .visitNoShow, .visitEnded,
    .visitLapsed, .factsMissing,
  ]
}
