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
    /// By issue, earliest first.
    public internal(set) var waiting: [Visit] = []
    /// What is left of each day's numbers.
    var remaining: [ServiceDay: ClosedRange<Int>?] = [:]
  }

  public struct CounterState: Sendable {
    /// In the order in which they are called from.
    public var services: [ServiceID]
    public internal(set) var serving: Visit?
    var ended: EndedVisit?
  }

  /// Days whose number ranges are remembered per service.
  static let daysKept_max = 8

  mutating func add(_ visit: Visit) {
    guard var service = services[visit.service] else { return }
    // After an outage an earlier ticket may come in later than a younger one.
    let place = service.waiting.lastIndex { $0.issuedAt <= visit.issuedAt }.map { $0 + 1 } ?? 0
    service.waiting.insert(visit, at: place)
    services[visit.service] = service
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

  mutating func forgetOldDays(of service: ServiceID) {
    guard let days = services[service]?.remaining.keys, days.count > Self.daysKept_max else {
      return
    }
    for day in days.sorted().prefix(days.count - Self.daysKept_max) {
      services[service]?.remaining.removeValue(forKey: day)
    }
  }

  /// Folds one fact in; facts that are only to be kept change nothing.
  mutating func apply(_ fact: Fact) {
    guard let ticket = fact.ticket, let day = fact.day else { return }
    let key = VisitKey(day: day, ticket: ticket)
    switch fact.kind {
    case .ticketIssued:
      if let service = fact.service {
        add(Visit(key: key, service: service, issuedAt: fact.at))
      }
    case .ticketVoided, .visitLapsed:
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
    case .ratingGiven:
      if let counter = fact.counter, counters[counter]?.ended?.visit.key == key {
        counters[counter]?.ended?.isRated = true
      }
    default: break
    }
  }
}
