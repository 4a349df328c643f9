public import Branch

/// A ticket that was called to a counter.
public struct StandingCall: Hashable, Sendable {
  public var counter: CounterID
  public var ticket: TicketNumber
  /// The service is over, or the counter called somebody else.
  public var isOver = false
}

/// Calls in the order in which they came, as main signs list them.
public struct StandingCalls: Hashable, Sendable {
  /// Counters whose calls are remembered: no branch has more, whatever a hub says.
  static let standing_max = 1024
  /// Calls that are over: as many as a sign may have lines.
  static let over_max = SignPicture.lines_max

  /// The newest first. A counter has one call that is not over. A number that is called at two
  /// counters is that of two customers: one of them has it from the day before.
  public private(set) var all: [StandingCall] = []

  /// Those that are not over, the newest first.
  public var standing: [StandingCall] { all.filter { !$0.isOver } }

  public subscript(counter: CounterID) -> TicketNumber? {
    all.first { $0.counter == counter && !$0.isOver }?.ticket
  }

  public var counters: [CounterID] { standing.map(\.counter).sorted() }

  /// What a sign has to show, the newest first.
  func shown(on sign: SignPlan) -> [StandingCall] {
    if let counter = sign.counter { return standing.filter { $0.counter == counter } }
    return sign.board.keepsEnded ? all : standing
  }

  /// The same ticket again moves up, and is not over any more.
  mutating func call(_ counter: CounterID, _ ticket: TicketNumber) {
    let isKnown = all.contains { $0.counter == counter && !$0.isOver }
    guard isKnown || standing.count < Self.standing_max else { return }
    all.removeAll { $0.ticket == ticket && ($0.isOver || $0.counter == counter) }
    clear(counter)
    all.insert(StandingCall(counter: counter, ticket: ticket), at: 0)
  }

  mutating func clear(_ counter: CounterID) {
    for place in all.indices where all[place].counter == counter { all[place].isOver = true }
    var seen = Set(standing.map(\.ticket))
    var over = 0
    all.removeAll { call in
      guard call.isOver else { return false }
      over += 1
      return !seen.insert(call.ticket).inserted || over > Self.over_max
    }
  }
}
