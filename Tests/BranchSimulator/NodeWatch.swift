import Branch
import BranchCore
import JournalFormat
import QueueProtocol

/// What the checks know of one life of a node's journal.
final class LifeLog {
  let node: NodeID
  let epoch: Epoch
  /// Tells it from the life that another box leads with a copy of the same journal.
  let lineage: String
  /// The facts up to this number stand in the journal of another box as well.
  var fork: Seq?
  /// By number; nil where no fact is known.
  var facts: [[UInt8]?] = []
  /// Facts whose bytes on the disk changed beyond repair, or that were never safe.
  var excused: Set<Seq> = []
  /// Nothing more will come of it.
  var isWiped = false
  /// `sending` of these jobs is durable.
  var sendings: Set<Seq> = []
  var commands: UInt64 = 0
  var durableThrough: Seq = 0
  /// Some record of it changed beyond repair.
  var hasDecayed = false

  init(node: NodeID, epoch: Epoch, lineage: String) {
    self.node = node
    self.epoch = epoch
    self.lineage = lineage
  }

  /// What a box begins with that gets a copy of the disk. From here on the two differ.
  func split(lineage: String) -> LifeLog {
    let copy = LifeLog(node: node, epoch: epoch, lineage: lineage)
    copy.facts = facts
    copy.sendings = sendings
    copy.commands = commands
    copy.durableThrough = Seq(facts.count)
    copy.fork = Seq(facts.count)
    fork = copy.fork
    return copy
  }

  func fact(_ seq: Seq) -> [UInt8]? {
    seq >= 1 && seq <= Seq(facts.count) ? facts[Int(seq) - 1] : nil
  }
}

/// Looks at one node from outside: what became durable, what was done, what was pressed.
final class NodeWatch {
  /// A press has an answer within this time, while the disk works; milliseconds.
  static let answer_ms_max: Int64 = 25_000
  /// A ticket has its end within this time, while the disk works.
  static let ticket_ms_max: Int64 = 240_000

  private unowned let machine: NodeMachine
  private var world: World { machine.world }
  private(set) var life: LifeLog?
  private var presses: [Int64] = []
  /// The process, among those of all boxes.
  private var run = 0
  private var answered = 0
  private var openSince: [Seq: Int64] = [:]
  private var isJournalFull = false
  private var isJournalFailing = false
  /// Presses that were refused at once when the journal began to fail. Some of them have a number
  /// by then, whose fact comes later.
  private var refusedAtOnce = 0
  private var lastWasVoided = false
  private var requests: [UInt64: Int64] = [:]
  /// True time until which the disk may have kept answers back.
  var diskTroubleUntil: Int64 = 0
  private(set) var callsMayBeLost = false
  /// Each of them may be heard once at each sign.
  private(set) var callsHeard = 0
  private(set) var answeredInAll = 0
  /// The log says that another box goes on with this journal.
  private(set) var wasToldOfTwin = false

  init(machine: NodeMachine) { self.machine = machine }

  // MARK: the journal

  func started(_ opened: SimulatedRecovery, _ memory: NodeMemory) {
    presses = []
    run = world.checker.ratings.newRun()
    answered = 0
    openSince = [:]
    isJournalFull = false
    isJournalFailing = false
    refusedAtOnce = 0
    lastWasVoided = false
    let epoch = opened.journal.epoch
    let log = world.checker.life(machine.plan.node, epoch, machine.lineage)
    life = log
    log.commands = memory.commands
    if opened.isUnsettled { diskTroubleUntil = max(diskTroubleUntil, world.time.now + 5_000) }
    for record in opened.records where record.kind == .fact { note(record, log) }
    if opened.isUnsettled, let last = opened.records.last(where: { $0.kind == .fact }) {
      // Read from memory, and the disk would not take it once more.
      for seq in (last.seq > 40 ? last.seq - 40 : 1)...last.seq { log.excused.insert(seq) }
    }
    if opened.hasLoss, !log.mayHaveLost(world) {
      world.fail("\(machine.name) tells of a loss that no fault explains")
    }
    // What it knew of the time may be among it.
    if opened.hasLoss { world.checker.ratings.troubleAt = world.time.now }
    log.durableThrough = opened.records.last { $0.kind == .fact }?.seq ?? log.durableThrough
    for job in memory.open.keys { openSince[job] = world.time.now }
  }

  /// The disk is copied as it stands, for another box.
  func copied(_ opened: SimulatedRecovery) -> LifeLog? {
    guard let life else { return nil }
    for record in opened.records where record.kind == .fact { note(record, life) }
    world.checker.ratings.copied(runName, to: runName + World.copyLineage)
    return life.split(lineage: World.copyLineage)
  }

  func wiped() {
    life?.isWiped = true
    life = nil
    callsMayBeLost = false
  }

  func durable(_ record: DurableRecord) {
    guard let life else { return }
    switch record.kind {
    case .fact:
      note(record, life)
      life.durableThrough = record.seq
      settle(record)
    case .local:
      if case .command(let number, let command)? = try? HubMessage(parsing: record.payload) {
        life.commands = max(life.commands, number)
        if case .call = command { callsHeard += 1 }
      }
    case .checkpoint: break
    }
  }

  // MARK: ratings

  private var runName: String {
    (life.map { Checker.key($0.node, $0.epoch) } ?? "") + machine.lineage
  }

  private var window: Span {
    machine.plan.terminals.first { $0.id == WorldPlan.smiley }?.feedback.correct ?? Span(ms: 0)
  }

  /// A finger on a smiley, and the facts that came of it.
  func rated(_ code: UInt16, facts: Range<Seq>) {
    guard life != nil else { return }
    let checks = world.checker.ratings
    checks.pressed(
      RatingChecks.Press(
        time: world.time.now, run: run, knowsBox: machine.plan.identity != nil),
      runName, facts: facts)
    if facts.isEmpty, !isJournalFull, !isJournalFailing, code > WorldPlan.rate + 2 {
      world.fail("\(machine.name): a rating leads to nothing")
    }
  }

  func hammered(_ count: Int) { world.checker.ratings.hammered(count, runName) }

  /// A fact exists from now on, with this number and these words for ever.
  private func note(_ record: DurableRecord, _ life: LifeLog) {
    while life.facts.count < Int(record.seq) { life.facts.append(nil) }
    if let known = life.fact(record.seq) {
      if known != record.payload {
        world.fail("\(life.node) gives fact number \(record.seq) twice")
      }
      return
    }
    life.facts[Int(record.seq) - 1] = record.payload
    if record.payload.starts(with: "rating-given".utf8)
      || record.payload.starts(with: "presses-ignored".utf8),
      let fact = try? Fact(parsing: record.payload)
    {
      world.checker.ratings.durable(fact, record.seq, runName, window: window)
    }
    guard record.payload.starts(with: "ticket-".utf8),
      let fact = try? Fact(parsing: record.payload)
    else { return }
    if fact.kind == .ticketIssued { world.checker.issued(fact, life, record.seq) }
    if fact.kind == .ticketSending, let job = fact.more["job"].flatMap(Seq.init) {
      life.sendings.insert(job)
    }
    world.checker.ticketFact(fact, life)
  }

  /// Presses that were answered, tickets that ended.
  private func settle(_ record: DurableRecord) {
    let isTicket = record.payload.starts(with: "ticket-".utf8)
    let isRefusal = record.payload.starts(with: "press-refused".utf8)
    guard isTicket || isRefusal, let fact = try? Fact(parsing: record.payload) else {
      lastWasVoided = false
      return
    }
    let job = fact.more["job"].flatMap(Seq.init) ?? 0
    switch fact.kind {
    case .ticketIssued:
      answer()
      openSince[record.seq] = world.time.now
    // The refusal that tells of a voided ticket is no answer to another press.
    case .pressRefused: if !lastWasVoided { answer() }
    case .ticketPrinted, .ticketUnconfirmed, .ticketVoided: openSince.removeValue(forKey: job)
    default: break
    }
    lastWasVoided = fact.kind == .ticketVoided && fact.reason != "restarted"
  }

  private func answer() {
    answeredInAll += 1
    if answered == presses.count, refusedAtOnce > 0 {
      refusedAtOnce -= 1
      return
    }
    answered += 1
    if answered > presses.count { world.fail("\(machine.name) answers what nobody pressed") }
  }

  func journal(isFull: Bool) { isJournalFull = isFull }

  /// While it fails, every press is refused at once and leaves no fact.
  func journal(isFailing: Bool) {
    guard isFailing != isJournalFailing else { return }
    isJournalFailing = isFailing
    guard isFailing else { return }
    refusedAtOnce += presses.count - answered
    presses.removeLast(presses.count - answered)
  }

  func decayed(_ place: SimulatedDisk.Place) {
    guard let life else { return }
    world.checker.ratings.troubleAt = world.time.now
    switch place.kind {
    case .fact: life.excused.insert(place.seq)
    case .local: callsMayBeLost = true
    case .checkpoint: break
    }
    life.hasDecayed = true
  }

  // MARK: effects and presses

  func performed(_ effect: NodeEffect) {
    guard let life else { return }
    switch effect {
    case .print(_, let job, _) where job != 0:
      if !life.sendings.contains(job) { early("prints job \(job)") }
    case .send(.acknowledge(let number)):
      if number > life.commands { early("acknowledges command \(number)") }
    case .sendFacts(let range):
      if range.upperBound > life.durableThrough { early("sends fact \(range.upperBound)") }
    case .log(.error, let text) where text.contains("another box that goes on with this journal"):
      wasToldOfTwin = true
    default: break
    }
  }

  private func early(_ what: String) {
    world.fail("\(machine.name) \(what) before its record is durable")
  }

  func pressed(_ terminal: TerminalID, _ code: UInt16) {
    guard case .ticket? = machine.plan.terminals.first(where: { $0.id == terminal })?.actions[code],
      !isJournalFull, !isJournalFailing
    else { return }
    presses.append(world.time.now)
  }

  func entered() {
    if !isJournalFull, !isJournalFailing { presses.append(world.time.now) }
  }

  func asked(_ request: CounterRequest, id: UInt64, _ connection: SimulatedConnection?) {
    connection?.requests[id] = world.time.now
    requests[id] = world.time.now
  }

  func pressTime(_ id: UInt64) -> Int64? { requests[id] }

  // MARK: bounds

  func checkBounds() {
    guard let process = machine.process else { return }
    let now = world.time.now
    if answered < presses.count {
      let since = max(presses[answered], diskTroubleUntil)
      if now - since > Self.answer_ms_max {
        world.fail("\(machine.name): a press of \(presses[answered]) has no answer")
      }
    }
    for (seq, at) in openSince where now - max(at, diskTroubleUntil) > Self.ticket_ms_max {
      world.fail("\(machine.name): ticket \(seq) has no end")
    }
    for (what, count, max) in process.sizes where count > max {
      world.fail("\(machine.name): \(count) \(what)")
    }
  }

  var isAtRest: Bool { answered == presses.count && openSince.isEmpty }
}

extension LifeLog {
  func mayHaveLost(_ world: World) -> Bool { hasDecayed || !excused.isEmpty }
}
