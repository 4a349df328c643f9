public import Branch
import QueueProtocol

/// Who was asked to come when, of all branches. Changed by facts only.
public struct BookedAppointments: Sendable {
  struct Entry: Hashable, Sendable {
    var booking: Booking
    /// The number that was given for it.
    var given: VisitKey?
  }

  /// A booking is forgotten so long after its time, when the first one of a new day comes in.
  static let kept: Span = .minutes(24 * 60)

  /// Few codes stand for more than one branch.
  private var byCode: [CheckInCode: [Entry]] = [:]
  private var counts: [BranchID: Int] = [:]
  private var sweptOn: ServiceDay?

  /// Of all branches.
  public private(set) var count = 0
  public func count(of branch: BranchID) -> Int { counts[branch] ?? 0 }

  /// Those of a branch, the earliest first.
  func entries(of branch: BranchID) -> [Entry] {
    byCode.values.joined().filter { $0.booking.branch == branch }
      .sorted { ($0.booking.at, $0.booking.code) < ($1.booking.at, $1.booking.code) }
  }

  func entry(_ branch: BranchID, _ code: CheckInCode) -> Entry? {
    byCode[code]?.first { $0.booking.branch == branch }
  }

  /// Whether any branch knows the code.
  func knows(_ code: CheckInCode) -> Bool { byCode[code] != nil }

  mutating func book(_ booking: Booking, at time: WallTime) {
    sweep(at: time)
    if let place = byCode[booking.code]?.firstIndex(where: { $0.booking.branch == booking.branch })
    {
      byCode[booking.code]?[place].booking = booking
      return
    }
    byCode[booking.code, default: []].append(Entry(booking: booking, given: nil))
    counts[booking.branch, default: 0] += 1
    count += 1
  }

  mutating func cancel(_ branch: BranchID, _ code: CheckInCode) {
    guard var entries = byCode[code],
      let place = entries.firstIndex(where: { $0.booking.branch == branch })
    else { return }
    entries.remove(at: place)
    byCode[code] = entries.isEmpty ? nil : entries
    left(branch)
  }

  /// The code's number was given; it is used from here on.
  mutating func give(_ key: VisitKey, _ branch: BranchID, _ code: CheckInCode) {
    guard let place = byCode[code]?.firstIndex(where: { $0.booking.branch == branch }) else {
      return
    }
    byCode[code]?[place].given = key
  }

  /// Nobody holds the number: the customer may try again.
  mutating func free(_ key: VisitKey, _ branch: BranchID, _ code: CheckInCode) {
    guard let place = byCode[code]?.firstIndex(where: { $0.booking.branch == branch }),
      byCode[code]?[place].given == key
    else { return }
    byCode[code]?[place].given = nil
  }

  private mutating func left(_ branch: BranchID) {
    count -= 1
    let left = (counts[branch] ?? 1) - 1
    counts[branch] = left > 0 ? left : nil
  }

  /// Once a day, so that a booking costs no look at all others.
  private mutating func sweep(at time: WallTime) {
    let day = LocalTime(time, zoneOffsetSeconds: 0).day
    defer { sweptOn = day }
    guard let sweptOn, sweptOn != day else { return }
    let old = byCode.values.joined().map(\.booking).filter { time - $0.at > Self.kept }
    for booking in old { cancel(booking.branch, booking.code) }
  }
}

extension HubMemory {
  /// Folds in a fact of the hub about a booking.
  mutating func applyBooking(_ fact: Fact, _ branch: BranchID) {
    guard let code = fact.more["code"].flatMap(CheckInCode.init) else { return }
    switch fact.kind {
    case .appointmentBooked:
      guard let service = fact.service,
        let at = fact.more["appointment"].flatMap(Int64.init)
      else { return }
      let booking = Booking(
        branch: branch, code: code, service: service, at: WallTime(ms: at),
        isPriority: fact.more["priority"] == "yes", notes: fact.more["notes"] ?? "")
      bookings.book(booking, at: fact.at)
    case .appointmentCancelled: bookings.cancel(branch, code)
    case .numbersLeased:
      guard let day = fact.day, let prefix = fact.more["prefix"],
        let number = fact.more["first"].flatMap(Int.init), TicketNumber.isPrefix(prefix),
        (1...TicketNumber.number_max).contains(number)
      else { return }
      let ticket = TicketNumber(prefix: prefix, number: number)
      bookings.give(VisitKey(day: day, ticket: ticket), branch, code)
    default: break
    }
  }

  /// Folds in what a node says of a ticket with a code.
  mutating func applyCode(ofNode fact: Fact, _ branch: BranchID) {
    guard fact.kind == .ticketIssued || fact.kind == .ticketVoided,
      let code = fact.more["code"].flatMap(CheckInCode.init), let ticket = fact.ticket,
      let day = fact.day
    else { return }
    let key = VisitKey(day: day, ticket: ticket)
    if fact.kind == .ticketIssued {
      // A store that was lost may not know what it gave; else it knows better.
      guard bookings.entry(branch, code)?.given == nil else { return }
      bookings.give(key, branch, code)
    } else {
      bookings.free(key, branch, code)
    }
  }
}
