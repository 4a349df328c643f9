/// What happened, as one word of the protocol and the journal. An open set: a hub keeps kinds that
/// it does not know, because a newer node may send them.
public struct FactKind: RawRepresentable, Hashable, Sendable {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }

  // By a node.
  public static let nodeStarted = FactKind(rawValue: "node-started")
  public static let ticketIssued = FactKind(rawValue: "ticket-issued")
  public static let ticketSending = FactKind(rawValue: "ticket-sending")
  public static let ticketPrinted = FactKind(rawValue: "ticket-printed")
  public static let ticketUnconfirmed = FactKind(rawValue: "ticket-unconfirmed")
  public static let ticketFailed = FactKind(rawValue: "ticket-failed")
  public static let ticketVoided = FactKind(rawValue: "ticket-voided")
  public static let ticketTaken = FactKind(rawValue: "ticket-taken")
  public static let ticketNotTaken = FactKind(rawValue: "ticket-not-taken")
  public static let ticketShown = FactKind(rawValue: "ticket-shown")
  public static let pressRefused = FactKind(rawValue: "press-refused")
  public static let ratingGiven = FactKind(rawValue: "rating-given")
  public static let ratingReason = FactKind(rawValue: "rating-reason")
  public static let pressesIgnored = FactKind(rawValue: "presses-ignored")
  public static let clerkLoggedOn = FactKind(rawValue: "clerk-logged-on")
  public static let clerkLoggedOff = FactKind(rawValue: "clerk-logged-off")
  public static let clerkRefused = FactKind(rawValue: "clerk-refused")
  public static let deviceFound = FactKind(rawValue: "device-found")
  public static let deviceLost = FactKind(rawValue: "device-lost")
  public static let deviceCondition = FactKind(rawValue: "device-condition")
  public static let ticketOrdered = FactKind(rawValue: "ticket-ordered")
  public static let commandRefused = FactKind(rawValue: "command-refused")
  public static let nodeAnswered = FactKind(rawValue: "node-answered")
  public static let factsShed = FactKind(rawValue: "facts-shed")

  // By a hub.
  public static let numbersLeased = FactKind(rawValue: "numbers-leased")
  public static let numbersSkipped = FactKind(rawValue: "numbers-skipped")
  public static let visitCalled = FactKind(rawValue: "visit-called")
  public static let visitRecalled = FactKind(rawValue: "visit-recalled")
  public static let visitNoShow = FactKind(rawValue: "visit-no-show")
  public static let visitEnded = FactKind(rawValue: "visit-ended")
  public static let visitLapsed = FactKind(rawValue: "visit-lapsed")
  public static let clockSet = FactKind(rawValue: "clock-set")
  public static let factsMissing = FactKind(rawValue: "facts-missing")
  public static let appointmentBooked = FactKind(rawValue: "appointment-booked")
  public static let appointmentCancelled = FactKind(rawValue: "appointment-cancelled")
}

/// One fact. Flat, because kinds share their fields and a reader in another language should need
/// no more than a list of names. Which kind carries which field: QueueProtocol/PROTOCOL.md.
public struct Fact: Hashable, Sendable {
  public var kind: FactKind
  public var at: WallTime
  public var ticket: TicketNumber?
  public var service: ServiceID?
  public var day: ServiceDay?
  public var counter: CounterID?
  public var terminal: TerminalID?
  public var printer: PrinterID?
  /// A device by its configured id, whatever its kind.
  public var device: String?
  /// 1 (worst) to 5 (best).
  public var rating: Int?
  /// One word: why a press was refused, a ticket voided, a device lost.
  public var reason: String?
  /// Issue to call.
  public var waiting: Span?
  /// Call to end.
  public var transaction: Span?
  /// The rest, in the order given: fields of newer versions and those used by one kind only.
  public var more: [Field]

  public init(_ kind: FactKind, at: WallTime) {
    self.kind = kind
    self.at = at
    more = []
  }
}

/// A named value of a line.
public struct Field: Hashable, Sendable {
  public var key: String
  public var value: String
  public init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }
}

extension [Field] {
  /// The value of the first field of that name.
  public subscript(key: String) -> String? { first { $0.key == key }?.value }
}
