import Branch
import PositionedJSON

/// What the press of a terminal's key asks for.
public indirect enum TerminalAction: Hashable, Sendable, CustomStringConvertible {
  /// A customer takes a ticket for this service; with `priority` she goes before others.
  case ticket(ServiceID, priority: Bool = false)
  /// A clerk calls the next customer.
  case next
  /// A clerk calls the same customer again.
  case recall
  /// The called customer did not come.
  case noShow
  /// The service at the counter is over.
  case end
  /// A customer rates the visit, 1 (worst) to 5 (best). Without a question it is what the terminal
  /// asks just then. With a reason the key says why, for a while after a rating.
  case rate(Int, question: QuestionID? = nil, reason: ReasonID? = nil)
  /// A customer says why she rated as she did.
  case reason(ReasonID)
  /// The last ticket of this printer once more, marked as a reprint; for clerks and technicians.
  case reprint(PrinterID)
  /// A clerk begins to type her PIN, or has typed it.
  case logOn
  /// The clerk at the counter leaves it.
  case logOff
  /// A digit of a PIN.
  case digit(Int)
  /// The same at another counter than the terminal's.
  case at(CounterID, TerminalAction)

  public static let ratings = 1...5

  /// Asked for at a counter, so that the terminal must belong to one.
  public var needsCounter: Bool {
    switch self {
    case .ticket, .reprint, .digit, .at: false
    case .next, .recall, .noShow, .end, .rate, .reason, .logOn, .logOff: true
    }
  }

  /// Whatever the counter.
  public var plain: TerminalAction {
    if case .at(_, let action) = self { action } else { self }
  }

  /// As in a configuration: `next`, `recall`, `no-show`, `end`, `ticket cash`, `ticket cash
  /// priority`, `rate 5`, `rate 5 courtesy`, `reason noise`, `reprint front`, `digit 3`,
  /// `next at 2`.
  public var description: String {
    switch self {
    case .ticket(let service, let isPriority): "ticket \(service)\(isPriority ? " priority" : "")"
    case .next: "next"
    case .recall: "recall"
    case .noShow: "no-show"
    case .end: "end"
    case .rate(let rating, let question, let reason):
      "rate \(rating)" + (question.map { " \($0)" } ?? "")
        + (reason.map { ", then reason \($0)" } ?? "")
    case .reason(let reason): "reason \(reason)"
    case .reprint(let printer): "reprint \(printer)"
    case .logOn: "log-on"
    case .logOff: "log-off"
    case .digit(let digit): "digit \(digit)"
    case .at(let counter, let action): "\(action) at \(counter)"
    }
  }

  /// The actions that are a single word in JSON.
  static let words: [String: TerminalAction] = [
    "next": .next, "recall": .recall, "no-show": .noShow, "end": .end, "log-on": .logOn,
    "log-off": .logOff,
  ]
}

extension JSONField {
  /// `"next"`, `"recall"`, `"no-show"`, `"end"`, `"log-on"`, `"log-off"`, `{"ticket": "cash"}`,
  /// `{"ticket": "cash", "priority": true}`, `{"rate": 5}`, `{"rate": 5, "question": "courtesy"}`,
  /// `{"rate": 5, "reason": "noise"}`, `{"reason": "noise"}`, `{"digit": 3}`,
  /// `{"press": "next", "counter": "2"}` or `{"reprint": "front"}`.
  public func terminalAction() -> TerminalAction? {
    if value.string != nil { return actionWord() }
    guard value.members != nil else {
      report(
        code: "type", "an action is expected, found \(value.spokenKind)",
        cure: "Use \"next\", \"recall\", \"no-show\", \"end\", {\"ticket\": SERVICE}, "
          + "{\"rate\": 1 to 5} or {\"reprint\": PRINTER}.")
      return nil
    }
    return object { reader -> TerminalAction? in
      // Beside `rate` it is what the key means besides.
      let isReason = value["rate"] == nil && value["reason"] != nil
      let choice = reader.exactlyOne(
        of: ["ticket", "rate", "reprint", "press", "digit"] + (isReason ? ["reason"] : []),
        example: "\"ticket\": SERVICE")
      guard let (key, field) = choice else { return nil }
      switch key {
      case "ticket":
        let isPriority = reader.optional("priority")?.bool() ?? false
        return field.name(ServiceTag.self).map { .ticket($0, priority: isPriority) }
      case "reprint": return field.name(PrinterTag.self).map { .reprint($0) }
      case "digit": return field.integer(in: 0...9).map { .digit($0) }
      case "press": return field.actionWord()?.at(reader)
      case "reason": return field.name(ReasonTag.self).map { TerminalAction.reason($0).at(reader) }
      default:
        let question = reader.optional("question")?.name(QuestionTag.self)
        let reason = reader.optional("reason")?.name(ReasonTag.self)
        return field.integer(in: TerminalAction.ratings)
          .map { TerminalAction.rate($0, question: question, reason: reason).at(reader) }
      }
    }
  }

  private func actionWord() -> TerminalAction? {
    guard let word = text(length: 0...64) else { return nil }
    if let action = TerminalAction.words[word] { return action }
    reportUnknown(word, code: "action", known: TerminalAction.words.keys.sorted())
    return nil
  }
}

extension TerminalAction {
  /// With the counter that the object names.
  fileprivate func at(_ reader: ObjectReader) -> TerminalAction {
    reader.optional("counter")?.name(CounterTag.self).map { .at($0, self) } ?? self
  }
}
