import Branch
import QueueProtocol

/// Appointments: a booking system says who is to come, a node who came.
extension QueueEngine {
  /// Nobody books further ahead.
  static let bookedAhead_max: Span = .minutes(366 * 24 * 60)

  mutating func book(_ booking: Booking, id: UInt64, _ session: SessionID, now: Now)
    throws(ProtocolError)
  {
    let known = memory.bookings.entry(booking.branch, booking.code)
    // Said again, since an answer was lost.
    if known?.booking == booking { return send(.ok(id: id, ticket: nil), to: session) }
    guard known?.given == nil else { throw .used }
    guard memory.branches[booking.branch]?.services[booking.service] != nil else {
      throw .unknownService
    }
    guard now.wall - booking.at <= settings.checkInLate else { throw .tooLate }
    guard booking.at - now.wall <= Self.bookedAhead_max else { throw .badValue }
    let bounds = settings.bounds
    guard
      known != nil
        || memory.bookings.count < bounds.bookings_max
          && memory.bookings.count(of: booking.branch) < bounds.branchBookings_max
    else { throw .busy }
    var fact = Fact(.appointmentBooked, at: now.wall)
    fact.service = booking.service
    fact.more = [
      Field("code", booking.code.text), Field("appointment", String(booking.at.ms)),
    ]
    if booking.isPriority { fact.more.append(Field("priority", "yes")) }
    if !booking.notes.isEmpty { fact.more.append(Field("notes", booking.notes)) }
    recordOwn(fact, branch: booking.branch)
    send(.ok(id: id, ticket: nil), to: session)
  }

  mutating func unbook(
    _ branch: BranchID, _ code: CheckInCode, id: UInt64, _ session: SessionID, now: Now
  ) throws(ProtocolError) {
    guard let known = memory.bookings.entry(branch, code) else { throw .unknownCode }
    var fact = Fact(.appointmentCancelled, at: now.wall)
    fact.service = known.booking.service
    fact.more = [Field("code", code.text)]
    recordOwn(fact, branch: branch)
    send(.ok(id: id, ticket: nil), to: session)
  }

  /// One number for one code. It goes to the node as a command, which is kept until the node has
  /// it: a node that asks again because no answer came gets the same command, and no second number.
  mutating func checkIn(
    _ asked: NodeMessage.CheckIn, _ life: HubMemory.Life, _ branch: BranchID,
    _ session: SessionID, now: Now
  ) throws(ProtocolError) {
    if let by = asked.by, let time = sessions[session]?.time(now), time > by { throw .expired }
    guard let entry = memory.bookings.entry(branch, asked.code) else {
      throw memory.bookings.knows(asked.code) ? .wrongBranch : .unknownCode
    }
    let booking = entry.booking
    if let given = entry.given {
      guard isOnItsWay(asked.code, to: life) else {
        detail = "\(given.ticket) of \(given.day)"
        throw .used
      }
      return send(.ok(id: asked.id, ticket: given.ticket), to: session)
    }
    guard booking.at - now.wall <= settings.checkInEarly else { throw .tooEarly }
    guard now.wall - booking.at <= settings.checkInLate else { throw .tooLate }
    var details = TicketDetails()
    details.code = asked.code
    details.appointment = booking.at
    details.isPriority = booking.isPriority
    details.notes = booking.notes
    let lease = NodeMessage.Lease(
      id: asked.id, service: booking.service, day: asked.day, count: 1, isReserve: false)
    try grant(lease, details, life, branch, session, now: now)
  }

  /// The number was given to this node, which has not said yet that it has it.
  private func isOnItsWay(_ code: CheckInCode, to life: HubMemory.Life) -> Bool {
    (memory.lives[life]?.outbox ?? []).contains { _, text in
      guard case .lease(let block)? = try? HubCommand(parsing: text.utf8) else { return false }
      return block.details.code == code
    }
  }
}
