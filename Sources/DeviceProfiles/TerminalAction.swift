import Branch
import PositionedJSON

/// What the press of a terminal's key asks for.
public enum TerminalAction: Hashable, Sendable, CustomStringConvertible {
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
  /// A customer rates the visit, 1 (worst) to 5 (best).
  case rate(Int)
  /// The last ticket of this printer once more, marked as a reprint; for clerks and technicians.
  case reprint(PrinterID)

  public static let ratings = 1...5

  /// Asked for at a counter, so that the terminal must belong to one.
  public var needsCounter: Bool {
    switch self {
    case .ticket, .reprint: false
    case .next, .recall, .noShow, .end, .rate: true
    }
  }

  /// As in a configuration: `next`, `recall`, `no-show`, `end`, `ticket cash`, `ticket cash
  /// priority`, `rate 5`, `reprint front`.
  public var description: String {
    switch self {
    case .ticket(let service, let isPriority): "ticket \(service)\(isPriority ? " priority" : "")"
    case .next: "next"
    case .recall: "recall"
    case .noShow: "no-show"
    case .end: "end"
    case .rate(let rating): "rate \(rating)"
    case .reprint(let printer): "reprint \(printer)"
    }
  }

  /// The actions that are a single word in JSON.
  static let words: [String: TerminalAction] = [
    "next": .next, "recall": .recall, "no-show": .noShow, "end": .end,
  ]
}

extension JSONField {
  /// `"next"`, `"recall"`, `"no-show"`, `"end"`, `{"ticket": "cash"}`,
  /// `{"ticket": "cash", "priority": true}`, `{"rate": 5}` or `{"reprint": "front"}`.
  public func terminalAction() -> TerminalAction? {
    if let word = value.string {
      if let action = TerminalAction.words[word] { return action }
      reportUnknown(word, code: "action", known: TerminalAction.words.keys.sorted())
      return nil
    }
    guard value.members != nil else {
      report(
        code: "type", "an action is expected, found \(value.spokenKind)",
        cure: "Use \"next\", \"recall\", \"no-show\", \"end\", {\"ticket\": SERVICE}, "
          + "{\"rate\": 1 to 5} or {\"reprint\": PRINTER}.")
      return nil
    }
    return object { reader in
      let choice = reader.exactlyOne(
        of: ["ticket", "rate", "reprint"], example: "\"ticket\": SERVICE")
      guard let (key, field) = choice else { return nil }
      switch key {
      case "ticket":
        let isPriority = reader.optional("priority")?.bool() ?? false
        return field.name(ServiceTag.self).map { .ticket($0, priority: isPriority) }
      case "reprint": return field.name(PrinterTag.self).map { .reprint($0) }
      default: return field.integer(in: TerminalAction.ratings).map { .rate($0) }
      }
    }
  }
}
