import Branch
import QueueProtocol

/// Numbers asked for and not yet given.
struct LeaseRequests {
  struct Key: Hashable {
    var service: ServiceID
    var day: ServiceDay
    var isReserve: Bool
    var isPriority = false
  }
  /// A hub that did not give within this time is asked again.
  static let patience: Span = .seconds(5)
  /// Requests for the reserve that may be open at once: many services times many days would crowd
  /// out what the hub has to tell besides.
  static let reserve_max = 32

  private var asked: [Key: (count: Int, until: MonotonicTime)] = [:]
  private var ids: [UInt64: Key] = [:]

  func count(_ key: Key) -> Int { asked[key]?.count ?? 0 }

  /// Whether more of the reserve may be asked for now.
  var hasRoomForReserve: Bool { asked.keys.count(where: \.isReserve) < Self.reserve_max }

  mutating func asking(_ key: Key, count: Int, id: UInt64, now: MonotonicTime) {
    asked[key] = (self.count(key) + count, now + Self.patience)
    ids[id] = key
  }

  mutating func granted(_ block: NumberBlock) {
    // A check-in is no lease of ours.
    guard block.details.code == nil else { return }
    var key = Key(service: block.service, day: block.day, isReserve: block.isReserve)
    key.isPriority = block.details.isPriority
    // A hub that does not know the word gives it as an ordinary one.
    if asked[key] == nil { key.isPriority.toggle() }
    guard let entry = asked[key] else { return }
    let left = entry.count - block.numbers.count
    asked[key] = left > 0 ? (left, entry.until) : nil
  }

  /// What was asked for by the answered request; nil when it was none of these.
  mutating func answered(_ id: UInt64, isRefusal: Bool) -> Key? {
    guard let key = ids.removeValue(forKey: id) else { return nil }
    if isRefusal { asked.removeValue(forKey: key) }
    return key
  }

  mutating func sessionEnded() {
    asked = [:]
    ids = [:]
  }

  mutating func timePassed(now: MonotonicTime) {
    asked = asked.filter { $0.value.until > now }
    if asked.isEmpty { ids = [:] }
  }

  var nextDeadline: MonotonicTime? { asked.values.map(\.until).min() }
}

extension BranchCore {
  /// While the hub answers, a number is leased for each press, so that customers of two kiosks
  /// see numbers in order.
  mutating func leaseForPress(_ key: LeaseRequests.Key, waiting: Int, _ now: Now) {
    let missing = waiting - leases.count(key)
    if missing > 0 { lease(key, count: missing, now) }
  }

  /// Numbers for outages: for today and the days to come, so that midnight needs no hub either.
  /// The nearest days come first.
  mutating func topUpReserve(_ now: Now) {
    guard uplink.isReady, plan.numbers.reserve > 0 else { return }
    reserveDay = now.local.day
    for offset in 0..<Int64(plan.numbers.reserveDays) {
      let day = ServiceDay(daysSince1970: now.local.day.daysSince1970 + offset)
      for service in plan.services {
        guard leases.hasRoomForReserve else { return }
        let key = LeaseRequests.Key(service: service.id, day: day, isReserve: true)
        let left = memory.reserveLeft(service.id, day)
        guard leases.count(key) == 0, left * 2 <= plan.numbers.reserve else { continue }
        lease(key, count: min(plan.numbers.reserve - left, NodeMessage.leaseCount_max), now)
      }
    }
  }

  /// A box that stands idle over a weekend has the numbers of Monday all the same.
  mutating func renewReserve(_ now: Now) {
    if reserveDay != now.local.day { topUpReserve(now) }
  }

  private mutating func lease(_ key: LeaseRequests.Key, count: Int, _ now: Now) {
    let id = nextRequest
    nextRequest += 1
    leases.asking(key, count: count, id: id, now: now.monotonic)
    say(
      .lease(
        NodeMessage.Lease(
          id: id, service: key.service, day: key.day, count: count, isReserve: key.isReserve,
          isPriority: key.isPriority)), now)
  }
}
