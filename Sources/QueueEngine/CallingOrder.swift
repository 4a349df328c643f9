public import Branch

/// Who goes before whom, see *Who is called next* in PROTOCOL.md. Lower is called first.
enum CallingRank: Int, Comparable {
  /// The time of the appointment has come.
  case due
  case priority
  case walkIn
  /// Came before the time of the appointment: called when nobody else waits.
  case early

  static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Visit {
  func rank(at time: WallTime) -> CallingRank {
    if let appointment, appointment <= time { return .due }
    if isPriority { return .priority }
    return appointment == nil ? .walkIn : .early
  }

  /// Within its rank.
  fileprivate func place(at time: WallTime) -> (rank: CallingRank, since: WallTime) {
    let rank = rank(at: time)
    return (rank, rank == .due || rank == .early ? appointment ?? issuedAt : issuedAt)
  }
}

extension BranchState.ServiceState {
  public var waitingCount: Int { waiting.count + favoured.count }

  /// In place: a copy of the list for each ticket would make a long outage slow to take in.
  mutating func add(_ visit: Visit) {
    if visit.isPriority || visit.appointment != nil {
      Self.insert(visit, into: &favoured)
    } else {
      Self.insert(visit, into: &waiting)
    }
  }

  private static func insert(_ visit: Visit, into list: inout [Visit]) {
    // After an outage an earlier ticket may come in later than a younger one.
    let place = list.lastIndex { $0.issuedAt <= visit.issuedAt }.map { $0 + 1 } ?? 0
    list.insert(visit, at: place)
  }

  mutating func remove(_ key: VisitKey) -> Visit? {
    if let place = waiting.firstIndex(where: { $0.key == key }) { return waiting.remove(at: place) }
    return favoured.firstIndex { $0.key == key }.map { favoured.remove(at: $0) }
  }

  /// The first in the order of calls.
  func first(at time: WallTime) -> Visit? {
    // Of those equal in all, the earlier issued stays first.
    let candidates = favoured + waiting.prefix(1)
    return candidates.min { $0.place(at: time) < $1.place(at: time) }
  }

  /// All who wait, in the order in which they would be called now.
  public func inOrder(at time: WallTime) -> [Visit] {
    // Sorting keeps those equal in all as they are.
    let places = (favoured + waiting).enumerated().map { ($1.place(at: time), $0, $1) }
    return places.sorted { ($0.0.rank, $0.0.since, $0.1) < ($1.0.rank, $1.0.since, $1.1) }.map(\.2)
  }

  /// So many wait who are called before a customer who comes now.
  /// - Parameter appointment: nil for one who has none.
  public func ahead(isPriority: Bool, appointment: WallTime?, at time: WallTime) -> Int {
    if let appointment {
      return favoured.count { $0.appointment.map { $0 <= appointment } ?? false }
    }
    let before = favoured.count { $0.rank(at: time) <= .priority }
    return isPriority ? before : before + waiting.count
  }
}

extension BranchState {
  /// The visit that the counter calls next: the rank counts first, then the order of the counter's
  /// services, then the time.
  func nextVisit(for counter: CounterID, at time: WallTime) -> Visit? {
    var next: Visit?
    for service in counters[counter]?.services ?? [] {
      guard let visit = services[service]?.first(at: time) else { continue }
      if next.map({ visit.rank(at: time) < $0.rank(at: time) }) ?? true { next = visit }
    }
    return next
  }
}
