import Branch
import QueueProtocol

/// The session: hello, declarations, facts, acknowledgements, leases.
extension QueueEngine {
  mutating func handle(_ message: NodeMessage, from session: SessionID, now: Now)
    throws(ProtocolError)
  {
    switch message {
    case .hello(let hello): return try greet(hello, session, now: now)
    case .ping:
      return send(.pong(now: sessions[session]?.time(now) ?? now.wall), to: session)
    case .bye: return output.hangUps.append(session)
    default: break
    }
    guard let life = sessions[session]?.life, let branch = sessions[session]?.branch else {
      throw .noSession
    }
    switch message {
    case .service(let service): try declare(service, branch)
    case .counter(let id, let services):
      for service in services where memory.branches[branch]?.services[service] == nil {
        throw .unknownService
      }
      if memory.branches[branch]?.counters[id]?.services != services {
        record(HubJournal.declaration(message, branch: branch))
      }
    case .fact(let seq, let fact): try take(fact, seq, life, branch, session)
    case .acknowledge(let number):
      guard let state = memory.lives[life], number <= state.lastCommand else { throw .badValue }
      if state.acknowledged < number { record(HubJournal.acknowledged(life, number)) }
      tellStale(life)
    case .lease(let lease): try grant(lease, life, branch, session, now: now)
    case .request(let request, let id, let counter, let by):
      if let by, let time = sessions[session]?.time(now), time > by { throw .expired }
      try carryOut(request, id: id, counter, branch, session, now: now)
    case .hello, .ping, .bye: break
    }
  }

  private mutating func greet(_ hello: NodeMessage.Hello, _ session: SessionID, now: Now)
    throws(ProtocolError)
  {
    guard hello.node != settings.hub else { throw .badValue }
    let life = HubMemory.Life(node: hello.node, epoch: hello.epoch)
    takeOver(session, for: hello.node)
    let known = memory.lives[life]
    // What the node has is acknowledged by that; a node that has less than it once had, or more
    // than it was ever given, is recorded with its own word.
    let isOrdinary = known.map { ($0.acknowledged...$0.lastCommand).contains(hello.commands) }
    if isOrdinary != true || known?.branch != hello.branch
      || memory.current[hello.node] != hello.epoch
    {
      record(HubJournal.node(life, branch: hello.branch, commands: hello.commands))
    } else if let known, known.acknowledged < hello.commands {
      record(HubJournal.acknowledged(life, hello.commands))
    }
    sessions[session]?.life = life
    sessions[session]?.branch = hello.branch
    sessions[session]?.greetedAt = now
    let mark = known?.mark ?? 0
    if hello.next > mark + 1 { noteMissing(hello.branch, life, mark + 1..<hello.next, now: now) }
    send(
      .welcome(
        HubMessage.Welcome(
          hub: settings.hub, acknowledged: memory.lives[life]?.mark ?? 0, now: now.wall,
          heartbeat: settings.heartbeat, window: settings.window)), to: session)
    resendCommands(life, session)
    tellStale(life)
  }

  /// A node has one session: the newest. One that says hello under another name leaves the old.
  private mutating func takeOver(_ session: SessionID, for node: NodeID) {
    if let former = sessions[session]?.life?.node, sessionOf[former] == session {
      sessionOf.removeValue(forKey: former)
    }
    if let older = sessionOf[node], older != session {
      refuse(.replaced, older, id: nil, text: "")
      output.hangUps.append(older)
      sessions[older]?.life = nil
      owedAcknowledgement.remove(older)
    }
    // WELCOME says what was stored.
    owedAcknowledgement.remove(session)
    sessionOf[node] = session
  }

  /// The node no longer has facts that the hub never got (its journal was damaged or cut): the hole
  /// is counted and recorded, and the node goes on from where it can.
  private mutating func noteMissing(
    _ branch: BranchID, _ life: HubMemory.Life, _ missing: Range<Seq>, now: Now
  ) {
    var fact = Fact(.factsMissing, at: now.wall)
    fact.more = [
      Field("of", life.node.text), Field("of_epoch", String(life.epoch)),
      Field("first", String(missing.lowerBound)), Field("last", String(missing.upperBound - 1)),
    ]
    recordOwn(fact, branch: branch)
  }

  private mutating func resendCommands(_ life: HubMemory.Life, _ session: SessionID) {
    for (number, text) in memory.lives[life]?.outbox ?? [] {
      if let command = try? HubCommand(parsing: text.utf8) {
        send(.command(number, command), to: session)
      }
    }
  }

  private mutating func declare(_ service: ServiceDeclaration, _ branch: BranchID)
    throws(ProtocolError)
  {
    let services = memory.branches[branch]?.services ?? [:]
    if services.contains(where: { $0.key != service.id && $0.value.prefix == service.prefix }) {
      throw .prefixTaken
    }
    let known = services[service.id]
    if known?.prefix != service.prefix || known?.name != service.name
      || known?.numbers != service.numbers
    {
      record(HubJournal.declaration(.service(service), branch: branch))
    }
  }

  private mutating func take(
    _ fact: Fact, _ seq: Seq, _ life: HubMemory.Life, _ branch: BranchID, _ session: SessionID
  ) throws(ProtocolError) {
    let mark = memory.lives[life]?.mark ?? 0
    guard seq <= mark + 1 else { throw .gap }
    owedAcknowledgement.insert(session)
    guard seq == mark + 1 else { return }
    var fact = fact
    if fact.kind == .ratingGiven { tie(&fact, branch) }
    record(stored: StoredFact(node: life.node, epoch: life.epoch, seq: seq, fact: fact))
  }

  /// Writes the visit that just ended at the rating's counter into the rating; else it stays
  /// anonymous.
  private func tie(_ rating: inout Fact, _ branch: BranchID) {
    guard rating.ticket == nil, let counter = rating.counter,
      let ended = memory.branches[branch]?.counters[counter]?.ended, !ended.isRated,
      rating.at - ended.endedAt <= settings.ratingWindow,
      ended.endedAt - rating.at <= settings.clockSlack
    else { return }
    rating.ticket = ended.visit.key.ticket
    rating.day = ended.visit.key.day
    rating.service = ended.visit.service
  }

  private mutating func grant(
    _ lease: NodeMessage.Lease, _ life: HubMemory.Life, _ branch: BranchID, _ session: SessionID,
    now: Now
  ) throws(ProtocolError) {
    guard let service = memory.branches[branch]?.services[lease.service] else {
      throw .unknownService
    }
    // The branch's date may differ from UTC by a day; a clock that is off by more gets no numbers.
    let today = LocalTime(now.wall, zoneOffsetSeconds: 0).day.daysSince1970
    guard abs(lease.day.daysSince1970 - today) <= 2 else { throw .badValue }
    let numberDay = NumberDay(prefix: service.prefix, day: lease.day)
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
    var fact = Fact(.numbersLeased, at: now.wall)
    fact.service = lease.service
    fact.day = lease.day
    fact.more = [
      Field("to", life.node.text), Field("prefix", service.prefix),
      Field("first", String(numbers.lowerBound)),
      Field("last", String(numbers.upperBound)),
    ]
    if lease.isReserve { fact.more.append(Field("reserve", "yes")) }
    recordOwn(fact, branch: branch)
    command(
      .lease(
        NumberBlock(
          service: lease.service, prefix: service.prefix, day: lease.day, numbers: numbers,
          isReserve: lease.isReserve, ahead: service.waiting.count)), to: life)
    send(.ok(id: lease.id, ticket: nil), to: session)
  }
}
