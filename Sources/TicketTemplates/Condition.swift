import TicketDesign

/// When an element stands on a ticket.
struct Condition: Hashable {
  /// The raw value is the word in templates.
  enum Fact: String, CaseIterable {
    case offline, online, priority, appointment, reprint
    case walkIn = "walk-in"
    case aheadKnown = "ahead-known"
    case waitKnown = "wait-known"
    case codeKnown = "code-known"
    case counterKnown = "counter-known"
    case urlKnown = "url-known"
    case qrKnown = "qr-known"
    case notesKnown = "notes-known"

    func holds(_ content: TicketContent) -> Bool {
      switch self {
      case .offline: content.isOffline
      case .online: !content.isOffline
      case .priority: content.isPriority
      case .appointment: content.appointment != nil
      case .walkIn: content.appointment == nil
      case .reprint: content.isReprint
      case .aheadKnown: content.customersAhead != nil
      case .waitKnown: content.wait_min != nil
      case .codeKnown: !content.checkInCode.isEmpty
      case .counterKnown: !content.counter.isEmpty
      case .urlKnown: !content.url.isEmpty
      case .qrKnown: !content.qrText.isEmpty
      case .notesKnown: !content.notes.isEmpty
      }
    }
  }

  enum Subject: Hashable {
    case fact(Fact)
    case language(String)
  }

  let subject: Subject
  let isNegated: Bool

  private static let negation = "not-"
  private static let language = "language "

  /// `offline`, `not-reprint`, `language de`; nil for a word that is not known.
  init?(parsing text: String) {
    isNegated = text.hasPrefix(Self.negation)
    let word = isNegated ? String(text.dropFirst(Self.negation.count)) : text
    if word.hasPrefix(Self.language) {
      subject = .language(String(word.dropFirst(Self.language.count)))
    } else if let fact = Fact(rawValue: word) {
      subject = .fact(fact)
    } else {
      return nil
    }
  }

  static let known: [String] =
    Fact.allCases.map(\.rawValue) + ["language xx"] + Fact.allCases.map { negation + $0.rawValue }

  func holds(_ content: TicketContent, _ language: Language) -> Bool {
    let isTrue =
      switch subject {
      case .fact(let fact): fact.holds(content)
      case .language(let code): language.code == code
      }
    return isTrue != isNegated
  }
}
