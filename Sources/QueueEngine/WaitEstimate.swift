public import Branch

/// A visit that ended, as far as an estimate needs it.
struct ServedVisit: Hashable, Sendable {
  var service: ServiceID
  var endedAt: WallTime
  var took: Span
}

/// How long a customer will wait, from what was seen at the branch in the last hours: how long the
/// service took, and how much of its time each counter gives to it. With too little to go by
/// nothing is said.
///
/// The time of a visit is the mean of those that ended, none counted with more than
/// `outlier_times` the median: a clerk who forgets to end a visit must not spoil the rest of the
/// day. A counter that calls from several services counts with the share of its last visits that
/// were of this one. While all such counters serve somebody, the next customer waits for one to
/// get free, and so does everybody behind.
extension BranchState {
  /// Ended visits that are remembered of each counter.
  static let served_max = 8
  /// With fewer ended visits of the service nothing is said.
  static let ended_min = 4
  /// Visits that ended longer ago say nothing about now.
  static let handlingLook: Span = .minutes(120)
  /// A counter that ended nothing for so long, and serves nobody, is taken as closed.
  static let openLook: Span = .minutes(30)
  static let outlier_times: Int64 = 4
  /// Longer waits are not said.
  public static let wait_max: Span = .minutes(12 * 60)
  /// More customers than any branch holds; so sums cannot overflow.
  static let ahead_max = 1_000_000

  /// nil when nobody can tell.
  /// - Parameter ahead: customers who are called before this one.
  public func wait(for service: ServiceID, ahead: Int, at time: WallTime) -> Span? {
    guard let took = handlingTime(of: service, at: time) else { return nil }
    let (share_permille, hasFree) = counters(for: service, at: time)
    guard share_permille > 0 else { return nil }
    let turns = Int64(min(max(ahead, 0), Self.ahead_max)) + (hasFree ? 0 : 1)
    let wait = Span(ms: took.ms * turns * 1000 / share_permille)
    return wait <= Self.wait_max ? wait : nil
  }

  private func handlingTime(of service: ServiceID, at time: WallTime) -> Span? {
    let look = Span(ms: 0)...Self.handlingLook
    var times: [Int64] = []
    for counter in counters.values {
      for visit in counter.served
      where visit.service == service && look.contains(time - visit.endedAt) {
        times.append(visit.took.ms)
      }
    }
    guard times.count >= Self.ended_min else { return nil }
    times.sort()
    let longest = times[times.count / 2] * Self.outlier_times
    return Span(ms: times.reduce(0) { $0 + min($1, longest) } / Int64(times.count))
  }

  /// Thousandths of counters that the service has, and whether one of them is free.
  private func counters(for service: ServiceID, at time: WallTime)
    -> (share_permille: Int64, hasFree: Bool)
  {
    var share_permille: Int64 = 0
    var hasFree = false
    for counter in counters.values where counter.services.contains(service) {
      let look = Span(ms: 0)...Self.openLook
      var of = counter.served.filter { look.contains(time - $0.endedAt) }.map(\.service)
      if let visit = counter.serving, let calledAt = visit.calledAt,
        time - calledAt <= Self.handlingLook
      {
        of.append(visit.service)
      }
      let mine = of.count { $0 == service }
      guard mine > 0 else { continue }
      share_permille += 1000 * Int64(mine) / Int64(of.count)
      if counter.serving == nil { hasFree = true }
    }
    return (share_permille, hasFree)
  }
}

extension BranchState.CounterState {
  mutating func ended(_ visit: Visit, at time: WallTime, took: Span?) {
    guard let took else { return }
    let took_ms = min(max(took.ms, 0), BranchState.wait_max.ms)
    if served.count >= BranchState.served_max { served.removeFirst() }
    served.append(ServedVisit(service: visit.service, endedAt: time, took: Span(ms: took_ms)))
  }
}
