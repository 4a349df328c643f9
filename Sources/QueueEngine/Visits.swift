public import Branch
import QueueProtocol

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
  /// Goes before others.
  public var isPriority = false
  /// When the customer was asked to come.
  public var appointment: WallTime?
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
    /// Those without priority or appointment, by issue, earliest first.
    public internal(set) var waiting: [Visit] = []
    /// Those with priority or an appointment, by issue.
    public internal(set) var favoured: [Visit] = []
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
  /// Numbers that nobody holds, the latest last.
  var voided: [VisitKey] = []
  var leases: UInt64 = 0
  var losses = Losses()

  public struct CounterState: Sendable {
    /// In the order in which they are called from.
    public var services: [ServiceID]
    public internal(set) var serving: Visit?
    /// Who called it, when the node says.
    public internal(set) var clerk: ClerkID?
    /// Those of the last visits that ended here to which a rating may belong, the latest last.
    var ended: [EndedVisit] = []
    /// Ratings of visits that ended before those, the latest last.
    var formerlyRated: [RatingName] = []
    /// The last visits that ended here, the latest last.
    var served: [ServedVisit] = []
  }

  /// So many void numbers are remembered.
  static let voided_max = 64

  /// The visit that waits or is served with this number.
  func visit(_ key: VisitKey) -> Visit? {
    for service in services.values {
      if let visit = (service.waiting + service.favoured).first(where: { $0.key == key }) {
        return visit
      }
    }
    return counters.values.lazy.compactMap(\.serving).first { $0.key == key }
  }

  mutating func add(_ visit: Visit) {
    services[visit.service]?.add(visit)
  }

  mutating func removeWaiting(_ key: VisitKey, _ service: ServiceID) -> Visit? {
    services[service]?.remove(key)
  }

  /// Folds in a fact of a node. Only these change anything: a node cannot call or end.
  mutating func apply(ofNode stored: StoredFact) {
    let fact = stored.fact
    guard let ticket = fact.ticket, let day = fact.day else { return }
    let key = VisitKey(day: day, ticket: ticket)
    switch fact.kind {
    case .ticketIssued:
      take(ticket: ticket, of: day)
      if let service = fact.service {
        var visit = Visit(key: key, service: service, issuedAt: fact.at)
        visit.isPriority = fact.more["priority"] == "yes"
        visit.appointment = fact.more["appointment"].flatMap(Int64.init).flatMap { ms in
          (0...WallTime.onWire_max.ms).contains(ms) ? WallTime(ms: ms) : nil
        }
        add(visit)
      }
    case .ticketOrdered where fact.more["reprint"] != "yes":
      // Its number was given by the order: its customer waits from now on.
      take(ticket: ticket, of: day)
      if let service = fact.service, visit(key) == nil {
        add(Visit(key: key, service: service, issuedAt: fact.at))
      }
    case .ticketVoided:
      if let service = fact.service { _ = removeWaiting(key, service) }
      voided = voided.suffix(Self.voided_max - 1) + [key]
    case .ratingGiven:
      if let counter = fact.counter { counters[counter]?.rated(stored, key) }
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
      counters[counter]?.clerk = fact.clerk
    case .visitNoShow:
      if let counter = fact.counter { counters[counter]?.serving = nil }
    case .visitEnded:
      guard let counter = fact.counter, let visit = counters[counter]?.serving else { return }
      counters[counter]?.ended(visit, at: fact.at, took: fact.transaction)
      counters[counter]?.ended(
        EndedVisit(
          key: visit.key, service: visit.service, endedAt: fact.at, clerk: fact.clerk))
      counters[counter]?.serving = nil
    default: break
    }
  }
}
