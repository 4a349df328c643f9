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
    case .pingAbout(let owner):
      let time = sessions[session]?.time(now) ?? now.wall
      return send(.pong(now: time, hasSession: hasSession(owner), store: epoch), to: session)
    case .bye: return output.hangUps.append(session)
    case .tell(let node, let command, let id):
      return try tell(node, command, id: id, session, now: now)
    case .book(let booking, let id): return try book(booking, id: id, session, now: now)
    case .unbook(let branch, let code, let id):
      return try unbook(branch, code, id: id, session, now: now)
    default: break
    }
    guard let life = sessions[session]?.life, let branch = sessions[session]?.branch else {
      throw .noSession
    }
    switch message {
    case .service(let service): try declare(service, branch, session)
    case .counter(let id, let services):
      for service in services where memory.branches[branch]?.services[service] == nil {
        throw .unknownService
      }
      try checkRoom(for: id, branch)
      if memory.branches[branch]?.counters[id]?.services != services {
        record(HubJournal.declaration(message, branch: branch))
      }
    case .fact(let seq, let fact): try take(fact, seq, life, branch, session, now: now)
    case .acknowledge(let number):
      guard let state = memory.lives[life], number <= state.lastCommand else { throw .badValue }
      if state.acknowledged < number { record(HubJournal.acknowledged(life, number)) }
      tellStale(life)
    case .held(let held): try noteHeld(held, life, branch, now: now)
    case .lease(let lease):
      var details = TicketDetails()
      details.isPriority = lease.isPriority
      try grant(lease, details, life, branch, session, now: now)
    case .checkIn(let asked): try checkIn(asked, life, branch, session, now: now)
    case .request(let request, let id, let counter, let by, let clerk):
      if let by, let time = sessions[session]?.time(now), time > by { throw .expired }
      try carryOut(request, id: id, counter, by: clerk, branch, session, now: now)
    case .hello, .tell, .book, .unbook, .ping, .pingAbout, .bye: break
    }
  }

  private func hasSession(_ owner: NodeMessage.SessionOwner) -> Bool {
    guard let id = sessionOf[owner.node], let session = sessions[id] else { return false }
    let isOtherBoot = owner.boot != nil && session.boot != nil && owner.boot != session.boot
    return (owner.epoch ?? session.life?.epoch) == session.life?.epoch && !isOtherBoot
  }

  private mutating func greet(_ hello: Hello, _ session: SessionID, now: Now)
    throws(ProtocolError)
  {
    guard hello.node != settings.hub else { throw .badValue }
    try refuseTwin(hello, session, now: now)
    try checkRoom(hello)
    let life = HubMemory.Life(node: hello.node, epoch: hello.epoch)
    takeOver(session, for: hello.node)
    let known = memory.lives[life]
    let isFirst = sessions[session]?.life == nil
    // What the node has is acknowledged by that; a node that has less than it once had, or more
    // than it was ever given, is recorded with its own word.
    let isOrdinary = known.map { ($0.acknowledged...$0.lastCommand).contains(hello.commands) }
    if isOrdinary != true || known?.branch != hello.branch
      || memory.current[hello.node] != hello.epoch
    {
      record(HubJournal.node(life, branch: hello.branch, commands: hello.commands, at: now.wall))
    } else if let known, known.acknowledged < hello.commands {
      record(HubJournal.acknowledged(life, hello.commands))
    }
    sessions[session]?.life = life
    sessions[session]?.branch = hello.branch
    sessions[session]?.declared = []
    sessions[session]?.boot = hello.boot
    sessions[session]?.isNamed = hello.can.contains(Addressee.ability)
    sessions[session]?.clock = hello.monotonic.map { ($0, now.monotonic) }
    sessions[session]?.greetedAt = now
    let mark = known?.mark ?? 0
    if hello.next > mark + 1 {
      // Later on a connection, it is the node that finds a hole in its journal.
      let forgot = isFirst && !hello.isDamaged
      noteMissing(hello.branch, life, mark + 1..<hello.next, forgot: forgot, now: now)
    }
    var welcome = Welcome(
      hub: settings.hub, acknowledged: memory.lives[life]?.mark ?? 0, now: now.wall,
      heartbeat: settings.heartbeat, window: settings.window)
    welcome.store = epoch
    welcome.can = Hello.abilities.filter(hello.can.contains)
    send(.welcome(welcome), to: session)
    resendCommands(life, session)
    if hello.isDamaged { doubtCalls(of: life) }
    tellStale(life)
  }

  /// A record that the node lost may have been a call: its signs would show an older one. Not
  /// journalled, since the node says so in each session until its damaged records are gone.
  private mutating func doubtCalls(of life: HubMemory.Life) {
    guard let branch = memory.lives[life]?.branch,
      let counters = memory.branches[branch]?.counters.keys
    else { return }
    memory.lives[life]?.stale.formUnion(counters)
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
    _ branch: BranchID, _ life: HubMemory.Life, _ missing: Range<Seq>, forgot: Bool, now: Now
  ) {
    var fact = Fact(.factsMissing, at: now.wall)
    fact.more = [
      Field("of", life.node.text), Field("of_epoch", String(life.epoch)),
      Field("first", String(missing.lowerBound)), Field("last", String(missing.upperBound - 1)),
    ]
    // A node leaves facts out that it lost, and else only those that were acknowledged.
    if forgot { fact.more.append(Field("forgot", "yes")) }
    recordOwn(fact, branch: branch)
  }

  private mutating func resendCommands(_ life: HubMemory.Life, _ session: SessionID) {
    for (number, text) in memory.lives[life]?.outbox ?? [] {
      if let command = try? HubCommand(parsing: text.utf8) {
        send(.command(number, command), to: session)
      }
    }
  }

  private mutating func take(
    _ fact: Fact, _ seq: Seq, _ life: HubMemory.Life, _ branch: BranchID, _ session: SessionID,
    now: Now
  ) throws(ProtocolError) {
    let mark = memory.lives[life]?.mark ?? 0
    guard seq <= mark + 1 else { throw .gap }
    owedAcknowledgement.insert(session)
    guard seq == mark + 1 else { return }
    var stored = StoredFact(
      node: life.node, epoch: life.epoch, seq: seq, fact: timed(fact, life, session, now: now))
    switch fact.kind {
    case .ratingGiven: tie(&stored, branch)
    case .ratingReason: tieReason(&stored, branch)
    default: break
    }
    record(stored: stored)
  }
}
