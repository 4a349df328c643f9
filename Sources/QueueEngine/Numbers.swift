import Branch
import QueueProtocol

/// Services, their prefixes, and the numbers of a day.
extension QueueEngine {
  mutating func declare(
    _ service: ServiceDeclaration, _ branch: BranchID, _ session: SessionID
  ) throws(ProtocolError) {
    let services = memory.branches[branch]?.services ?? [:]
    let owner = services.first { $0.key != service.id && $0.value.prefix == service.prefix }?.key
    if let owner, isDeclared(owner, branch) {
      detail = "prefix \(service.prefix) belongs to the service \(owner)"
      throw .prefixTaken
    }
    try makeRoom(for: service.id, branch)
    sessions[session]?.declared.insert(service.id)
    let known = services[service.id]
    if known?.prefix != service.prefix || known?.name != service.name
      || known?.numbers != service.numbers
    {
      record(HubJournal.declaration(.service(service), branch: branch))
    }
  }

  /// Whether a session that stands has declared the service. One that nobody does any more was
  /// renamed or given up, and its prefix is free; the numbers used go with the prefix.
  private func isDeclared(_ service: ServiceID, _ branch: BranchID) -> Bool {
    sessions.values.contains { $0.branch == branch && $0.declared.contains(service) }
  }

  /// So many days before and behind the hub's date in UTC there are numbers for.
  static let nearDays_max: Int64 = 2
  /// This part of a day's numbers is left out at an end of what is left, when lost records may have
  /// given numbers there.
  static let skippedParts: Int = 4

  /// The branch's date may differ from UTC by a day; a clock that is off by more gets no numbers.
  private func isNear(_ day: ServiceDay, _ now: Now) -> Bool {
    let today = LocalTime(now.wall, zoneOffsetSeconds: 0).day.daysSince1970
    return abs(day.daysSince1970 - today) <= Self.nearDays_max
  }

  /// Numbers are put by for outages of so many days.
  static let reserveDays_max: Int64 = 31

  private func isWithinReserve(_ day: ServiceDay, _ now: Now) -> Bool {
    let today = LocalTime(now.wall, zoneOffsetSeconds: 0).day.daysSince1970
    return (-2...Self.reserveDays_max + 2).contains(day.daysSince1970 - today)
  }

  /// A node knows of numbers that this store does not: it was lost, or its end was. They are taken
  /// as leased to that node, so that nobody else gets them.
  mutating func noteHeld(
    _ held: NodeMessage.Held, _ life: HubMemory.Life, _ branch: BranchID, now: Now
  ) throws(ProtocolError) {
    guard let service = memory.branches[branch]?.services[held.service] else {
      throw .unknownService
    }
    guard isWithinReserve(held.day, now) else { throw .badValue }
    let numberDay = NumberDay(prefix: service.prefix, day: held.day)
    func left() -> ClosedRange<Int>? {
      memory.branches[branch]?.numbersLeft(of: numberDay, whole: service.numbers)
    }
    if let rest = left(), held.through >= rest.lowerBound {
      let numbers = rest.lowerBound...min(held.through, rest.upperBound)
      recordLeased(numbers, held.service, held.day, service.prefix, life, branch, ["held"], now)
    }
    if let rest = left(), held.from <= rest.upperBound {
      let numbers = max(held.from, rest.lowerBound)...rest.upperBound
      recordLeased(
        numbers, held.service, held.day, service.prefix, life, branch, ["reserve", "held"], now)
    }
  }

  mutating func recordLeased(
    _ numbers: ClosedRange<Int>, _ service: ServiceID, _ day: ServiceDay, _ prefix: String,
    _ life: HubMemory.Life, _ branch: BranchID, _ flags: [String], code: CheckInCode? = nil,
    _ now: Now
  ) {
    var fact = Fact(.numbersLeased, at: now.wall)
    fact.service = service
    fact.day = day
    fact.more = [
      Field("to", life.node.text), Field("prefix", prefix),
      Field("first", String(numbers.lowerBound)), Field("last", String(numbers.upperBound)),
    ]
    fact.more += flags.map { Field($0, "yes") }
    if let code { fact.more.append(Field("code", code.text)) }
    recordOwn(fact, branch: branch)
  }

  /// Numbers that lost records may have given are given to nobody; whoever holds them has them.
  /// Both ends at once, since either grows towards the other.
  private mutating func skipDoubtful(
    _ numberDay: NumberDay, _ service: ServiceID, _ whole: ClosedRange<Int>, _ branch: BranchID,
    _ now: Now
  ) {
    guard let doubt = memory.branches[branch]?.doubt(about: numberDay) else { return }
    let count = (whole.count + Self.skippedParts - 1) / Self.skippedParts
    func left() -> ClosedRange<Int>? {
      memory.branches[branch]?.numbersLeft(of: numberDay, whole: whole)
    }
    if doubt.low, let rest = left() {
      let numbers = rest.lowerBound...min(rest.upperBound, rest.lowerBound + count - 1)
      recordSkipped(numbers, numberDay, service, branch, isReserve: false, now)
    }
    if doubt.high, let rest = left() {
      let numbers = max(rest.lowerBound, rest.upperBound - count + 1)...rest.upperBound
      recordSkipped(numbers, numberDay, service, branch, isReserve: true, now)
    }
  }

  private mutating func recordSkipped(
    _ numbers: ClosedRange<Int>, _ numberDay: NumberDay, _ service: ServiceID,
    _ branch: BranchID, isReserve: Bool, _ now: Now
  ) {
    var fact = Fact(.numbersSkipped, at: now.wall)
    fact.service = service
    fact.day = numberDay.day
    fact.more = [
      Field("prefix", numberDay.prefix), Field("first", String(numbers.lowerBound)),
      Field("last", String(numbers.upperBound)),
    ]
    if isReserve { fact.more.append(Field("reserve", "yes")) }
    recordOwn(fact, branch: branch)
    output.problems.append(
      Problem(
        code: "numbers-skipped",
        what: "branch \(branch), \(numberDay.day): \(numberDay.prefix)\(numbers.lowerBound) to "
          + "\(numbers.upperBound) are given to nobody",
        cause: "the store lost records, or is older than what nodes have, and may have given them",
        cure: "Look at the hub's disk and backups; raise `last` of the service if numbers run out.")
    )
  }

  /// - Parameter details: of the customer for whom the numbers are; the wait is added here.
  mutating func grant(
    _ lease: NodeMessage.Lease, _ details: TicketDetails, _ life: HubMemory.Life,
    _ branch: BranchID, _ session: SessionID,
    now: Now
  ) throws(ProtocolError) {
    guard let service = memory.branches[branch]?.services[lease.service] else {
      throw .unknownService
    }
    // Another service has taken its prefix over since.
    guard !service.prefix.isEmpty else { throw .unknownService }
    guard lease.isReserve ? isWithinReserve(lease.day, now) : isNear(lease.day, now) else {
      throw .badValue
    }
    let numberDay = NumberDay(prefix: service.prefix, day: lease.day)
    skipDoubtful(numberDay, lease.service, service.numbers, branch, now)
    guard
      let whole = memory.branches[branch]?.numbersLeft(of: numberDay, whole: service.numbers)
    else { throw .exhausted }
    guard let outbox = memory.lives[life]?.outbox, outbox.count < Self.outbox_max else {
      throw .busy
    }
    let count = min(lease.count, whole.count)
    let numbers =
      lease.isReserve
      ? whole.upperBound - count + 1...whole.upperBound
      : whole.lowerBound...whole.lowerBound + count - 1
    recordLeased(
      numbers, lease.service, lease.day, service.prefix, life, branch,
      lease.isReserve ? ["reserve"] : [], code: details.code, now)
    var details = details
    let ahead = service.ahead(
      isPriority: details.isPriority, appointment: details.appointment, at: now.wall)
    if !lease.isReserve { details.wait = wait(lease.service, ahead, details, branch, now) }
    command(
      .lease(
        NumberBlock(
          service: lease.service, prefix: service.prefix, day: lease.day, numbers: numbers,
          isReserve: lease.isReserve, ahead: ahead, details: details)), to: life)
    let ticket = details.code.map { _ in
      TicketNumber(prefix: service.prefix, number: numbers.lowerBound)
    }
    send(.ok(id: lease.id, ticket: ticket), to: session)
  }

  /// Nobody is called before the time that she was told.
  private func wait(
    _ service: ServiceID, _ ahead: Int, _ details: TicketDetails, _ branch: BranchID, _ now: Now
  ) -> Span? {
    let wait = memory.branches[branch]?.wait(for: service, ahead: ahead, at: now.wall)
    guard let wait, let appointment = details.appointment else { return wait }
    return max(wait, appointment - now.wall)
  }
}
