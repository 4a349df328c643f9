import Branch
import QueueProtocol

/// What the hub says, and what the session needs.
extension BranchCore {
  /// A hub that has more facts of this epoch than the journal is asked again after this time.
  static let conflictPause: Span = .minutes(5)
  /// A command's number may be so far above the last one: holes are where the hub left out what a
  /// later command replaced. Beyond that it is no number of this node, and believing it would shut
  /// out every later command of a hub that counts right.
  static let commandJump_max: UInt64 = 1_000_000

  /// So much of a line stands in the log.
  static let quoted_bytes_max = 80

  /// Stands in the journal for a command that came too late.
  static let expiredWord = "expired"

  func hello(next: Seq? = nil, _ now: Now) -> Hello {
    let next = next ?? uplink.acknowledged + 1
    var hello = Hello(
      node: plan.node, branch: plan.branch, epoch: epoch, next: next, commands: memory.commands,
      now: now.box)
    hello.can = Hello.abilities
    guard let identity = plan.identity else { return hello }
    hello.boot = identity.boot
    hello.machine = identity.machine
    hello.monotonic = now.monotonic
    hello.starts = memory.starts(from: next)
    hello.isDamaged = memory.isDamaged
    return hello
  }

  /// A hole in the journal must not stop what stands behind it (DESIGN §3 rule 9): the hub records
  /// what it will never get, and goes on.
  mutating func factsUnreadable(_ facts: ClosedRange<Seq>, _ now: Now) {
    log(
      .error,
      "the journal has lost the facts \(facts.lowerBound) to \(facts.upperBound); the hub is told")
    perform(uplink.lost(facts, now: now.monotonic), now)
  }

  mutating func perform(_ effects: [Uplink.Effect], _ now: Now) {
    for effect in effects {
      switch effect {
      case .connect(let address): output.effects.append(.connect(address: address))
      case .hangUp: output.effects.append(.hangUp)
      case .send(let message): output.effects.append(.send(message))
      case .sendFacts(let range): output.effects.append(.sendFacts(range))
      case .greetAgain(let next): say(.hello(hello(next: next, now)), now)
      case .greeted: greeted(now)
      case .ended: sessionEnded(now)
      }
    }
  }

  mutating func say(_ message: NodeMessage, _ now: Now) {
    uplink.spoke(now: now.monotonic)
    output.effects.append(.send(message))
  }

  mutating func linkClosed(_ problem: Problem, _ now: Now) {
    if linkReport.isNews(problem, now: now.monotonic) {
      log(uplink.isReady ? .warning : .info, "hub: \(problem)")
    }
    perform(uplink.closed(now: now.monotonic), now)
  }

  /// A line of the hub. What cannot be understood is logged and changes nothing; a hub that goes on
  /// like that is hung up on.
  mutating func hubSaid(_ bytes: [UInt8], _ now: Now) {
    // Lines of a session that was just given up may still come in.
    guard uplink.hasConnection else { return }
    uplink.heard()
    do {
      let line = try Line(parsing: bytes)
      if try isForAnother(line) { return heardForAnother(bytes, now) }
      try obey(HubMessage(line), now)
    } catch {
      let text = String(decoding: bytes.prefix(Self.quoted_bytes_max), as: UTF8.self)
      log(.warning, "hub: nonsense [\(error.rawValue)]: \(text)")
      perform(uplink.heardNonsense(now: now.monotonic), now)
    }
  }

  private func isForAnother(_ line: Line) throws(ProtocolError) -> Bool {
    !(try Addressee(ofHub: line)).fits(node: plan.node, branch: plan.branch, epoch: epoch)
  }

  /// The other end takes this node for another, so nothing that it says can be believed: its ACKs
  /// are of other facts, its numbers are another's, and its calls are for other signs.
  private mutating func heardForAnother(_ bytes: [UInt8], _ now: Now) {
    let problem = Problem(
      code: ProtocolError.wrongNode.rawValue,
      what: "the hub speaks to another node or branch: "
        + String(decoding: bytes.prefix(Self.quoted_bytes_max), as: UTF8.self),
      cause: "the hub, or what forwards its connections, takes this node (\(plan.node), branch "
        + "\(plan.branch), epoch \(epoch)) for another",
      cure: "Check `hub` in the configuration and what forwards the connection. Nothing of it was "
        + "believed, nothing is lost, and the node connects again by itself.")
    log(.error, "hub: \(problem)")
    perform(uplink.refused(after: nil, now: now.monotonic), now)
  }

  private mutating func obey(_ message: HubMessage, _ now: Now) throws(ProtocolError) {
    switch message {
    case .welcome(let welcome): welcomed(welcome, now)
    case .acknowledge(let seq):
      perform(uplink.acknowledged(seq, now: now.monotonic), now)
      memory.acknowledged = uplink.acknowledged
    case .command(let number, let command):
      guard uplink.isReady else { throw .noSession }
      let last = memory.commands
      guard number <= last || number - last <= Self.commandJump_max else { throw .badValue }
      commanded(number, command, now)
    case .ok(let id, _): answered(id, refusal: nil, now)
    case .error(let code, let id, let text):
      log(.warning, "hub: \(code): \(text)")
      if let id { answered(id, refusal: code, now) } else { sessionError(code, now) }
    case .pong(let hub, _, _):
      memory.doubtsOldLeases = false
      heardTime(hub, now)
    case .bye: perform(uplink.refused(after: nil, now: now.monotonic), now)
    }
  }

  private mutating func welcomed(_ welcome: Welcome, _ now: Now) {
    guard uplink.isGreeting else { return log(.warning, "hub: a WELCOME that nobody asked for") }
    if let mark = unknownFacts(welcome) { return renumber(above: mark, now) }
    clock.sessionBegan()
    heardTime(welcome.now, now)
    compareStores(welcome)
    hubCan = Set(welcome.can)
    log(.notice, "hub: session with \(welcome.hub), it has \(welcome.acknowledged) facts")
    let effects = uplink.welcomed(welcome, now: now.monotonic)
    memory.acknowledged = max(memory.acknowledged, uplink.acknowledged)
    perform(effects, now)
  }

  /// All addresses have to lead to one store: two would call and count each for itself.
  private mutating func compareStores(_ welcome: Welcome) {
    defer { store = welcome.store ?? store }
    guard let before = store, let now = welcome.store, now != before else { return }
    let problem = Problem(
      code: "other-store", what: "this hub has the store \(now), the one before had \(before)",
      cause: "the addresses in hub.addresses lead to hubs with stores of their own, or the hub "
        + "lost its store",
      cure: "Put only addresses of one service into hub.addresses; `kioskd doctor` compares them.")
    log(.warning, "hub: \(problem)")
  }

  private mutating func greeted(_ now: Now) {
    // Its answer stands behind all that the hub gives once more, and before what is asked for now.
    if memory.doubtsOldLeases { say(.ping, now) }
    for service in plan.services { say(.service(service), now) }
    for counter in plan.counters { say(.counter(counter.id, services: counter.services), now) }
    tellGiven(now)
    if memory.commands > 0 { say(.acknowledge(memory.commands), now) }
    topUpReserve(now)
    workOnPresses(now)
  }

  private mutating func sessionEnded(_ now: Now) {
    leases.sessionEnded()
    for request in requests.takeAll() { requestFailed(request, "offline", now) }
    // Presses that waited for a number take one of the reserve now.
    workOnPresses(now)
  }

  /// Errors without an id: the session is not usable as it is. A new one settles where the facts go
  /// on; the others would be the same if they were tried again at once.
  private mutating func sessionError(_ code: String, _ now: Now) {
    switch ProtocolError(rawValue: code) {
    case .gap: perform(uplink.refused(after: nil, now: now.monotonic), now)
    case .noSession, .taken:
      perform(uplink.refused(after: plan.link.backOff.upperBound, now: now.monotonic), now)
    case .twin:
      let problem = Problem(
        code: code, what: "the hub knows another box that goes on with this journal",
        cause: "two boxes were made from one disk image, or the journal from an old copy",
        cure: "Stop kioskd on this box, empty its journal directory, give it a node id of its own, "
          + "and start it.")
      log(.error, "hub: \(problem)")
      perform(uplink.refused(after: Self.conflictPause, now: now.monotonic), now)
    case .replaced, .badVersion, .behind:
      perform(uplink.refused(after: Self.conflictPause, now: now.monotonic), now)
    // Any other answer to HELLO (`busy`, above all) is no WELCOME, and none follows it.
    default:
      guard uplink.isUnanswered else { return }
      perform(uplink.refused(after: nil, now: now.monotonic), now)
    }
  }

  /// A numbered command: journalled before it shows, acknowledged after that, carried out once.
  /// Numbers rise, with holes where the hub left out what a later command replaces.
  private mutating func commanded(_ number: UInt64, _ received: HubCommand, _ now: Now) {
    var command = received
    if case .until(let instant, let inner) = received {
      // Journalled as what it is worth, so that a replay does not ask the clock.
      let isLate = (clock.hubTime(now.monotonic) ?? now.wall) > instant
      command = isLate ? .unknown(Self.expiredWord) : inner
    }
    guard uplink.isReady else {
      return log(.warning, "hub: command \(number) before the session stood")
    }
    guard number > memory.commands else { return say(.acknowledge(memory.commands), now) }
    command = withoutDoubt(command)
    let line = HubMessage.command(number, command).line
    output.records.append(DurableRecord(.local, payload: Array(line.encoded().dropLast())))
    let isGivenBefore = memory.wasGiven(command)
    memory.apply(command, number)
    say(.acknowledge(number), now)
    if isGivenBefore { return refuseGiven(command, now) }
    switch command {
    case .call(let counter, let ticket, _, _):
      updateSigns(counter: counter, isNew: true, now)
      log(.info, "counter \(counter): \(ticket) is called")
    case .clear(let counter): updateSigns(counter: counter, isNew: false, now)
    case .lease(let block):
      leases.granted(block)
      fresh.add(block, now: now.monotonic)
      if block.isReserve { topUpReserve(now) }
      workOnPresses(now)
    case .order(let order): obey(order, number: number, now)
    case .until: break
    case .unknown(Self.expiredWord): refuseOrder(nil, number, "expired", now)
    case .unknown(let word): log(.warning, "hub: command \(word) is not known here")
    }
  }

  /// A block that may have been used before counts as a command without effect, in the journal too.
  private func withoutDoubt(_ command: HubCommand) -> HubCommand {
    guard case .lease = command, memory.doubtsOldLeases else { return command }
    return .unknown("lease-given-up")
  }

  mutating func updateSigns(counter: CounterID, isNew: Bool, _ now: Now) {
    for sign in plan.signs
    where sign.showsCalls && (sign.counter == nil || sign.counter == counter) {
      let calls = memory.calls.shown(on: sign)
      show(signs[sign.id]?.called(calls, isNew: isNew, now: now) ?? nil, on: sign.id)
    }
  }
}
