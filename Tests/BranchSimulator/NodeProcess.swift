import Branch
import BranchCore
import JournalFormat
import QueueProtocol

/// One run of a node: the real core in a shell that does what `NodeRuntime` does, in virtual time.
/// Killed, it is let go of: whatever was planned for it finds it dead.
final class NodeProcess {
  struct Batch {
    var records: [DurableRecord] = []
    var effects: [NodeEffect] = []
  }

  static let retry_ms = 2_000
  static let journalJobs_max = 8

  unowned let world: World
  unowned let machine: NodeMachine
  private(set) var core: BranchCore
  private(set) var isDead = false
  let journal: NodeJournalWorker
  let link: NodeLinkEnd
  private(set) var waiting = Batch()
  private var inFlight: Batch?
  private var isSettling = false
  private var isRetrying = false
  private var deadline: MonotonicTime?
  private var deadlineToken = 0
  private var idleRounds = 0
  private var wantedFacts = WantedFacts()
  private var measuredAt: Seq?
  /// Effects until the process is killed in their midst; nil: it is not.
  var effectsUntilKill: Int?
  /// What a planted bug keeps for the next session.
  private var staleRequests: [NodeMessage] = []
  private var jobs: [Seq: [UInt8]] = [:]

  init(machine: NodeMachine, opened: SimulatedRecovery, memory: NodeMemory, seed: UInt64) {
    world = machine.world
    self.machine = machine
    journal = NodeJournalWorker(opened.journal, durable: memory, world: machine.world)
    link = NodeLinkEnd(machine: machine)
    core = BranchCore(
      plan: machine.plan, epoch: opened.journal.epoch, memory: memory, seed: seed,
      now: machine.now)
    link.handle = { [unowned self] in handle($0) }
    link.onDrained = { [unowned self] in readNext() }
    journal.diesNow = { [unowned machine] in
      guard machine.diesAtFlush else { return false }
      machine.diesAtFlush = false
      guard machine.mayDie else { return false }
      machine.kill(losingPower: true)
      return true
    }
    journal.deliver = { [unowned self] in journalDid($0) }
  }

  func start() {
    machine.openDevices { [weak self] event in self?.handle(event) }
    handle(.timePassed)
  }

  func kill(losingPower: Bool) {
    isDead = true
    journal.kill()
    link.die(losingPower: losingPower)
  }

  func handle(_ event: NodeEvent) {
    guard !isDead else { return }
    if world.bug == .signForgottenAfterReplug, case .signOpened = event, machine.wasSignWritten {
      return
    }
    world.trace { "\(machine.name) < \(event.short)" }
    core.handle(event, now: machine.now)
    guard !isSettling else { return }
    isSettling = true
    // What comes in the same moment is one batch; sometimes the box is slow.
    let pause = world.random.oneIn(8) ? world.random.below(40) : 0
    world.time.after(pause) { [weak self] in
      guard let self, !isDead else { return }
      isSettling = false
      settle()
    }
  }

  // MARK: durability

  private func settle() {
    let output = core.takeOutput()
    perform(output.atOnce)
    guard !isDead else { return }
    waiting.records += output.records
    waiting.effects += output.effects
    if world.bug == .unconfirmedReprinted { reprint(output.records) }
    writeNext()
    measureAgain()
    armDeadline()
  }

  private func writeNext() {
    guard !isDead, inFlight == nil, !isRetrying else { return }
    let batch = waiting
    waiting = Batch()
    if batch.records.isEmpty { return perform(batch.effects) }
    inFlight = batch
    if world.bug == .effectsBeforeDurable { perform(batch.effects) }
    if world.bug == .commandsAcknowledgedEarly {
      perform(batch.effects.filter(\.isAcknowledgement))
    }
    guard !isDead else { return }
    journal.submit(.append(batch.records, acknowledged: core.memory.removable))
  }

  private func journalDid(_ outcome: NodeJournalWorker.Outcome) {
    guard !isDead else { return }
    switch outcome {
    case .written(let backlog_bytes):
      guard let batch = inFlight else { return }
      inFlight = nil
      machine.watch.journal(isFailing: false)
      handle(.journalFailed(false))
      weigh(backlog_bytes)
      switch world.bug {
      case .effectsBeforeDurable: break
      case .commandsAcknowledgedEarly: perform(batch.effects.filter { !$0.isAcknowledgement })
      default: perform(batch.effects)
      }
      guard !isDead else { return }
      if let last = batch.records.last(where: { $0.kind == .fact }) {
        handle(.durable(through: last.seq))
      }
      settle()
    case .failed(let unsaved):
      world.trace { "\(machine.name): the journal fails" }
      isRetrying = true
      withdrawPrints()
      world.time.after(Self.retry_ms) { [weak self] in
        guard let self, !isDead else { return }
        isRetrying = false
        journal.submit(.append(unsaved, acknowledged: core.memory.removable))
      }
    case .measured(let backlog_bytes): weigh(backlog_bytes)
    case .reread(let facts, let last): handle(.reread(facts, through: last))
    case .notReread(let range):
      world.time.after(Self.retry_ms) { [weak self] in self?.reread(range) }
    case .facts(let facts, let read, let session): send(facts, read: read, session)
    case .unreadable(let session):
      wantedFacts.abandoned()
      if session == link.session { link.fail() }
    }
    readNext()
  }

  /// What was not begun when a write failed is not begun later.
  private func withdrawPrints() {
    var withdrawn: [(PrinterID, UInt64)] = []
    func isKept(_ effect: NodeEffect) -> Bool {
      guard case .print(let id, let job, _) = effect else { return true }
      withdrawn.append((id, job))
      return false
    }
    inFlight?.effects.removeAll { !isKept($0) }
    waiting.effects.removeAll { !isKept($0) }
    machine.watch.journal(isFailing: true)
    handle(.journalFailed(true))
    let problem = Problem(code: "journal-io", what: "disk", cause: "failed", cure: "Wait.")
    for (id, job) in withdrawn {
      handle(.printer(id, .stopped(job: job, accepted: 0, problem)))
    }
  }

  private func reread(_ range: ClosedRange<Seq>) {
    guard !isDead else { return }
    if hasRoomForReads { return journal.submit(.reread(range)) }
    world.time.after(Self.retry_ms) { [weak self] in self?.reread(range) }
  }

  private func weigh(_ backlog_bytes: Int) {
    let isFull = backlog_bytes > machine.cap_bytes
    machine.watch.journal(isFull: isFull)
    handle(.journalTight(backlog_bytes > machine.cap_bytes / 8 * 7))
    handle(.journalFilled(isFull))
    measuredAt = isFull ? core.memory.acknowledged : nil
  }

  private func measureAgain() {
    let acknowledged = core.memory.acknowledged
    guard let measuredAt, acknowledged > measuredAt, hasRoomForReads else { return }
    journal.submit(.measure(acknowledged: acknowledged))
    self.measuredAt = acknowledged
  }

  // MARK: facts for the link

  private func readNext() {
    guard !isDead, let read = wantedFacts.next, link.hasRoom, hasRoomForReads else { return }
    journal.submit(.read(read.range, link: read.session))
    wantedFacts.started()
  }

  private var hasRoomForReads: Bool { journal.pending < Self.journalJobs_max - 1 }

  private func send(
    _ facts: [(seq: Seq, payload: [UInt8])], read: ClosedRange<Seq>, _ session: UInt64
  ) {
    guard facts.count < read.count, session == link.session else {
      link.send(facts: facts, session: session)
      return wantedFacts.ended(through: read.upperBound)
    }
    let sound = zip(facts, read).prefix { $0.seq == $1 }.count
    link.send(facts: Array(facts.prefix(sound)), session: session)
    let first = read.lowerBound + Seq(sound)
    let last = sound < facts.count ? facts[sound].seq - 1 : read.upperBound
    wantedFacts.abandoned()
    handle(.factsUnreadable(first...last))
  }

  // MARK: effects

  private func perform(_ effects: [NodeEffect]) {
    for effect in effects {
      if let left = effectsUntilKill {
        effectsUntilKill = left - 1
        if left <= 0, machine.mayDie { return machine.kill(losingPower: world.random.oneIn(2)) }
      }
      perform(effect)
      guard !isDead else { return }
    }
  }

  private func perform(_ effect: NodeEffect) {
    if case .log = effect {} else { world.trace { "\(machine.name) > \(effect.short)" } }
    machine.watch.performed(effect)
    if world.bug == .unconfirmedReprinted, case .print(_, let job, let bytes) = effect {
      jobs[job] = bytes
    }
    switch effect {
    case .log: break
    case .connect: link.connect()
    case .hangUp: link.hangUp()
    case .send(let message): say(message)
    case .sendFacts(let range):
      wantedFacts.want(range, session: link.session)
      readNext()
    case .reread(let range): reread(range)
    case .light, .show, .print, .cancelPrint, .queryPrinter, .requestPortStatus,
      .resetPrinter:
      machine.perform(effect)
    }
  }

  private func say(_ message: NodeMessage) {
    if case .request(let request, let id, let counter, _, let clerk) = message {
      machine.watch.asked(request, id: id, link.connection)
      if world.bug == .staleRequestsRepeated {
        staleRequests.append(
          .request(request, id: id, counter: counter, by: nil, clerk: clerk))
      }
    }
    link.send(message.line.encoded())
    if case .counter = message, !staleRequests.isEmpty {
      for request in staleRequests { link.send(request.line.encoded()) }
      staleRequests = []
    }
  }

  /// A planted bug: what was not confirmed is printed once more.
  private func reprint(_ records: [DurableRecord]) {
    for record in records where record.payload.starts(with: "ticket-unconfirmed".utf8) {
      guard let job = (try? Fact(parsing: record.payload))?.more["job"].flatMap(Seq.init),
        let bytes = jobs[job]
      else { continue }
      world.time.after(3_000) { [weak self] in
        guard let self, !isDead,
          let printer = machine.printers.first(where: {
            $0.isFree && self.machine.spoolers[$0.id] == nil
          })
        else {
          return
        }
        printer.write(job: job, bytes)
      }
    }
  }

  // MARK: time

  private func armDeadline() {
    guard let next = core.nextDeadline else {
      deadline = nil
      return
    }
    guard next != deadline else { return }
    if world.bug == .deadlinesForgotten, deadline == nil || world.random.oneIn(6) {
      if world.random.oneIn(4) { return }
    }
    deadline = next
    deadlineToken += 1
    let token = deadlineToken
    world.time.at(machine.clock.trueTime(of: next)) { [weak self] in
      guard let self, !isDead, token == deadlineToken else { return }
      deadline = nil
      let before = machine.now
      handle(.timePassed)
      // A deadline that stays due after it was served keeps a real box awake for ever.
      let isStillDue = core.nextDeadline.map { $0 <= before.monotonic } ?? false
      idleRounds = isStillDue ? idleRounds + 1 : 0
      if idleRounds > 20 { world.fail("\(machine.name) spins on a deadline") }
    }
  }

  /// What may not grow without bound.
  var sizes: [(String, Int, max: Int)] {
    [
      ("records that wait for the journal", waiting.records.count, 4_000),
      ("effects that wait for the journal", waiting.effects.count, 8_000),
      ("open tickets", core.memory.open.count, 64),
      ("blocks of numbers", core.memory.stock.values.reduce(0) { $0 + $1.count }, 400),
      ("bytes on their way to the hub", link.unsent_bytes, SimulatedConnection.output_bytes_max),
      ("journal segments", journal.segmentCount, 200),
    ]
  }
}

extension NodeEffect {
  fileprivate var isAcknowledgement: Bool {
    if case .send(.acknowledge) = self { true } else { false }
  }
}
