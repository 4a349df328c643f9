public import Branch

/// Names a visit within a branch: ticket numbers start anew each day.
public struct VisitKey: Hashable, Sendable {
  public var day: ServiceDay
  public var ticket: TicketNumber
}

/// One customer's stay.
public struct Visit: Hashable, Sendable {
  public var key: VisitKey
  public var service: ServiceID
  public var issuedAt: WallTime
  public var calledAt: WallTime?
}

/// A visit that ended at a counter, kept until a rating took it or the next one ended there.
struct EndedVisit: Hashable {
  var visit: Visit
  var endedAt: WallTime
  var isRated: Bool
}

/// Who waits and who is served in one branch. Changed by facts only, so that replaying the facts
/// gives the same state again.
public struct BranchState: Sendable {
  public internal(set) var services: [ServiceID: ServiceState] = [:]
  public internal(set) var counters: [CounterID: CounterState] = [:]

  public struct ServiceState: Sendable {
    public var prefix: String
    public var name: String
    public var numbers: ClosedRange<Int>
    /// When it was declared, or numbers of it were given, for the last time: that fact's number.
    var usedAt: UInt64 = 0
    /// By issue, earliest first.
    public internal(set) var waiting: [Visit] = []

    /// In place: a copy of the list for each ticket would make a long outage slow to take in.
    mutating func add(_ visit: Visit) {
      // After an outage an earlier ticket may come in later than a younger one.
      let place = waiting.lastIndex { $0.issuedAt <= visit.issuedAt }.map { $0 + 1 } ?? 0
      waiting.insert(visit, at: place)
    }
  }

  /// What is left of a day's numbers.
  struct Rest {
    /// nil when the numbers are used up.
    var numbers: ClosedRange<Int>?
    /// Counts leases of the branch; the entry that was used longest ago is forgotten first.
    var usedAt: UInt64
    /// So many losses had been when the hub gave from the lower end last, and from the upper one.
    var known = (low: UInt64(0), high: UInt64(0))
  }
  var rests: [NumberDay: Rest] = [:]
  var leases: UInt64 = 0
  var losses = Losses()

  public struct CounterState: Sendable {
    /// In the order in which they are called from.
    public var services: [ServiceID]
    public internal(set) var serving: Visit?
    var ended: EndedVisit?
  }

  mutating func add(_ visit: Visit) {
    services[visit.service]?.add(visit)
  }

  mutating func removeWaiting(_ key: VisitKey, _ service: ServiceID) -> Visit? {
    guard let place = services[service]?.waiting.firstIndex(where: { $0.key == key }) else {
      return nil
    }
    return services[service]?.waiting.remove(at: place)
  }

  /// The visit that the counter calls next: by the order of its services, then first come.
  func nextVisit(for counter: CounterID) -> Visit? {
    for service in counters[counter]?.services ?? [] {
      if let visit = services[service]?.waiting.first { return visit }
    }
    return nil
  }

  /// Folds in a fact of a node. Only these three change anything: a node cannot call or end.
  mutating func apply(ofNode fact: Fact) {
    guard let ticket = fact.ticket, let day = fact.day else { return }
    let key = VisitKey(day: day, ticket: ticket)
    switch fact.kind {
    case .ticketIssued:
      take(ticket: ticket, of: day)
      if let service = fact.service {
        add(Visit(key: key, service: service, issuedAt: fact.at))
      }
    case .ticketVoided:
      if let service = fact.service { _ = removeWaiting(key, service) }
    case .ratingGiven:
      if let counter = fact.counter, counters[counter]?.ended?.visit.key == key {
        counters[counter]?.ended?.isRated = true
      }
    default: break
    }
  }

  /// Folds in a fact of the hub; facts that are only to be kept change nothing.
  mutating func apply(ofHub fact: Fact) {
    guard let ticket = fact.ticket, let day = fact.day else { return }
    let key = VisitKey(day: day, ticket: ticket)
    switch fact.kind {
    case .visitLapsed:
      if let service = fact.service { _ = removeWaiting(key, service) }
    case .visitCalled:
      guard let counter = fact.counter, let service = fact.service else { return }
      var visit =
        removeWaiting(key, service) ?? Visit(key: key, service: service, issuedAt: fact.at)
      visit.calledAt = fact.at
      counters[counter]?.serving = visit
    case .visitNoShow:
      if let counter = fact.counter { counters[counter]?.serving = nil }
    case .visitEnded:
      guard let counter = fact.counter, let visit = counters[counter]?.serving else { return }
      counters[counter]?.ended = EndedVisit(visit: visit, endedAt: fact.at, isRated: false)
      counters[counter]?.serving = nil
    default: break
    }
  }
}
