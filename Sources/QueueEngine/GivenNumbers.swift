import Branch
import QueueProtocol

/// Ticket numbers start anew each day, for each prefix: a prefix that moves to another service in
/// the middle of a day takes its used numbers with it.
struct NumberDay: Hashable {
  var prefix: String
  var day: ServiceDay
}

/// How often this store is known to have lost records that may have given numbers of a branch.
struct Losses: Hashable {
  var count: UInt64 = 0
  /// Ordinary numbers of later days cannot have been given then.
  var through: ServiceDay?
  /// Nor those of the reserve, which are given for more days ahead.
  var throughReserve: ServiceDay? {
    through.map { ServiceDay(daysSince1970: $0.daysSince1970 + QueueEngine.reserveDays_max) }
  }

  /// The day on which a node last showed one.
  private var shownOn: ServiceDay?

  /// A node shows that the store is older than it. When a store is lost, all nodes show it, one
  /// after the other: on one day that is one loss, or a branch of four nodes would have no numbers.
  mutating func addShown(at time: WallTime) {
    let day = LocalTime(time, zoneOffsetSeconds: 0).day
    if let shownOn, day <= shownOn { return }
    shownOn = day
    add(at: time)
  }

  /// - Parameter time: the hub's, when the loss was seen.
  mutating func add(at time: WallTime) {
    count += 1
    let today = LocalTime(time, zoneOffsetSeconds: 0).day.daysSince1970
    let last = ServiceDay(daysSince1970: today + QueueEngine.nearDays_max)
    through = max(through ?? last, last)
  }
}

/// What was given of a day's numbers. Ordinary ones are given upwards from the first and those of
/// the reserve downwards from the last, so that one range says what is left. It also says what a
/// lost record may have given: numbers at one of its ends, unless a later record gives from there.
extension BranchState {
  /// Days and prefixes whose numbers are remembered: those of two weeks with 64 prefixes. Not the
  /// latest days but those used last: a clock that was ahead for a while and came back must not
  /// make a day's numbers start again.
  static let rests_max = 1024

  /// What is left to lease; nil when the numbers are used up.
  func numbersLeft(of numberDay: NumberDay, whole: ClosedRange<Int>) -> ClosedRange<Int>? {
    guard let rest = rests[numberDay] else { return whole }
    return rest.numbers.flatMap { $0.overlaps(whole) ? $0.clamped(to: whole) : nil }
  }

  /// - Parameter isByHub: the hub gave or skipped them itself, and knew what it gave before.
  mutating func take(
    _ numbers: ClosedRange<Int>, of numberDay: NumberDay, whole: ClosedRange<Int>,
    isReserve: Bool, isByHub: Bool
  ) {
    leases += 1
    let left = numbersLeft(of: numberDay, whole: whole)
    var rest = rests[numberDay] ?? Rest(numbers: left, usedAt: leases)
    rest.usedAt = leases
    if let range = left {
      rest.numbers =
        isReserve ? Self.rest(of: range, below: numbers) : Self.rest(of: range, above: numbers)
    }
    if isByHub, isReserve { rest.known.high = losses.count }
    if isByHub, !isReserve { rest.known.low = losses.count }
    rests[numberDay] = rest
    guard rests.count > Self.rests_max,
      let oldest = rests.min(by: { $0.value.usedAt < $1.value.usedAt })
    else { return }
    rests.removeValue(forKey: oldest.key)
  }

  private static func rest(of range: ClosedRange<Int>, above numbers: ClosedRange<Int>)
    -> ClosedRange<Int>?
  {
    guard numbers.upperBound < range.upperBound else { return nil }
    return max(range.lowerBound, numbers.upperBound + 1)...range.upperBound
  }

  private static func rest(of range: ClosedRange<Int>, below numbers: ClosedRange<Int>)
    -> ClosedRange<Int>?
  {
    guard numbers.lowerBound > range.lowerBound else { return nil }
    return range.lowerBound...min(range.upperBound, numbers.lowerBound - 1)
  }

  /// The second record of a lease, the command that brought it: the first may be lost.
  mutating func take(command block: NumberBlock) {
    let numberDay = NumberDay(prefix: block.prefix, day: block.day)
    let whole = services[block.service]?.numbers ?? 1...TicketNumber.number_max
    guard let left = numbersLeft(of: numberDay, whole: whole), left.overlaps(block.numbers)
    else { return }
    take(
      block.numbers, of: numberDay, whole: whole, isReserve: block.isReserve, isByHub: true)
  }

  /// A ticket that was issued: its number was given, whatever is known of a lease.
  mutating func take(ticket: TicketNumber, of day: ServiceDay) {
    let numberDay = NumberDay(prefix: ticket.prefix, day: day)
    guard let range = rests[numberDay]?.numbers, range.contains(ticket.number) else { return }
    let isLow = ticket.number - range.lowerBound <= range.upperBound - ticket.number
    let numbers =
      isLow ? range.lowerBound...ticket.number : ticket.number...range.upperBound
    take(numbers, of: numberDay, whole: range, isReserve: !isLow, isByHub: false)
  }

  /// Which ends may have been given in lost records.
  func doubt(about numberDay: NumberDay) -> (low: Bool, high: Bool) {
    guard let through = losses.through, let throughReserve = losses.throughReserve else {
      return (false, false)
    }
    let known = rests[numberDay]?.known ?? (low: 0, high: 0)
    return (
      numberDay.day <= through && known.low < losses.count,
      numberDay.day <= throughReserve && known.high < losses.count
    )
  }
}
