public import Branch
import BranchCore
public import Configuration
import JournalStore
import LineSocket
public import LinuxIO
import QueueProtocol

/// A node on an event loop: devices and link in, core, journal, devices and link out.
public final class NodeRuntime {
  /// What one or more batches of events led to: the effects wait for the records.
  struct Batch {
    var records: [DurableRecord] = []
    var effects: [NodeEffect] = []
  }

  /// Pause before the journal is tried again after an error.
  static let retry: Span = .seconds(2)
  /// Jobs of the journal that may wait: one group, one read for the link, looks at the space used.
  static let journalJobs_max = 8

  let loop: EventLoop
  let configuration: NodeConfiguration
  let log: (LogLevel, String) -> Void
  private var core: BranchCore
  private var journal: Worker<NodeJournal.Job, NodeJournal.Outcome>?
  private let link: NodeLink
  private var devices: NodeDevices?
  private var clockWatch: ClockSetWatch?
  private var factsForLink = FactsForLink()
  /// The highest fact that the journal has.
  private var durable: Seq
  private var waiting = Batch()
  private var inFlight: Batch?
  private var deadline: (at: MonotonicTime, timer: TimerID)?
  private var retryTimer: TimerID?
  private var reports: JournalReports
  private var whenIdle: (() -> Void)?
  private var isStopping = false
  /// What the hub had when the journal was found full; nil while it is not.
  private var measuredAt: Seq?
  /// Sees every lamp that is lit or darkened, also those that a terminal does not have.
  public var onLamp: (TerminalID, Lamp, _ isOn: Bool) -> Void = { _, _, _ in }

  /// Opens the journal and replays it; nothing else is touched before `start`.
  public init(
    loop: EventLoop, configuration: NodeConfiguration, log: @escaping (LogLevel, String) -> Void
  ) throws(Problem) {
    self.loop = loop
    self.configuration = configuration
    self.log = log
    reports = JournalReports(log: log)
    link = NodeLink(loop: loop)
    let opened = try NodeJournal.open(
      directory: configuration.journal.directory,
      segment_bytes: configuration.journal.segment_bytes,
      cap_bytes: configuration.journal.cap_bytes)
    if let problem = JournalStore.problemOfNewSegments(in: configuration.journal.directory) {
      log(.error, "journal: \(problem)")
    }
    for finding in opened.store.recovery.findings { log(.error, "journal: \(finding.problem)") }
    if opened.unreadable > 0 {
      log(.error, "journal: \(opened.unreadable) records are not of this version")
    }
    durable = opened.store.lastFactSeq
    BranchClock.use(zone: configuration.branch.timeZone)
    var plan = NodePlan(configuration)
    plan.identity = MachineIdentity.read()
    core = BranchCore(
      plan: plan, epoch: opened.store.epoch, memory: opened.memory,
      seed: Clock.nanoseconds() ^ opened.store.epoch, now: BranchClock.now())
    // The journal moves to the worker's thread here and is not touched by this one again.
    nonisolated(unsafe) let keeper = NodeJournal(opened)
    do throws(SystemError) {
      journal = try Worker(
        loop: loop, name: "journal", capacity: Self.journalJobs_max,
        perform: { keeper.perform($0) }, deliver: { [unowned self] in journalDid($0) })
    } catch {
      throw Problem(
        code: "system", what: "cannot start a thread", cause: error.description,
        cure: "Free memory or raise the limit of tasks, then start again.")
    }
  }

  /// Opens devices and link.
  public func start() {
    link.handle = { [unowned self] event in handle(event) }
    link.onDrained = { [unowned self] in sendFacts() }
    let devices = NodeDevices(
      loop: loop, configuration: configuration,
      note: { [unowned self] text in log(.info, text) },
      handle: { [unowned self] event in handle(event) })
    self.devices = devices
    loop.afterEachBatch { [unowned self] in settle() }
    devices.start()
    // Without it, signs follow the new time when something else happens.
    clockWatch = try? ClockSetWatch(loop: loop) { [unowned self] in handle(.timePassed) }
    handle(.timePassed)
  }

  /// Writes what is in hand, closes link and devices; `done` comes after that.
  public func stop(_ done: @escaping () -> Void) {
    isStopping = true
    link.sayGoodbye()
    devices?.close()
    whenIdle = done
    settle()
  }

  /// Whether the session with the hub stands.
  public var isLinked: Bool { core.isLinked }

  /// Facts up to this number are durable at the hub, as far as this node knows.
  public var acknowledged: Seq { core.memory.acknowledged }

  private func handle(_ event: NodeEvent) {
    guard !isStopping else { return }
    core.handle(event, now: BranchClock.now { core.corrected($0, $1) })
  }

  // MARK: durability

  /// Behind every batch of events: what it decided goes to disk as one group.
  private func settle() {
    let output = core.takeOutput()
    perform(output.atOnce)
    waiting.records += output.records
    waiting.effects += output.effects
    writeNext()
    measureAgain()
    armDeadline()
  }

  private func writeNext() {
    guard inFlight == nil, retryTimer == nil else { return }
    let batch = waiting
    waiting = Batch()
    if batch.records.isEmpty {
      perform(batch.effects)
      if let whenIdle {
        self.whenIdle = nil
        link.close()
        journal?.close()
        whenIdle()
      }
      return
    }
    inFlight = batch
    submit(batch.records)
  }

  private func submit(_ records: [DurableRecord]) {
    let job = NodeJournal.Job.append(records, acknowledged: core.memory.removable)
    let isTaken = journal?.submit(job) ?? false
    precondition(isTaken, "room for the one group in flight is kept")
  }

  private func journalDid(_ outcome: NodeJournal.Outcome) {
    switch outcome {
    case .written(let occupied_bytes):
      guard let batch = inFlight else { return }
      inFlight = nil
      reports.wrote()
      handle(.journalFailed(false))
      weigh(occupied_bytes)
      perform(batch.effects)
      if let last = batch.records.last(where: { $0.kind == .fact }) {
        durable = last.seq
        handle(.durable(through: last.seq))
      }
      settle()
    case .failed(let problem, let unsaved):
      reports.writeFailed(problem)
      withdrawPrints(problem)
      retryTimer = loop.schedule(after: Self.retry) { [unowned self] in
        retryTimer = nil
        submit(unsaved)
      }
    case .measured(let occupied_bytes): weigh(occupied_bytes)
    case .reread(let facts, let last):
      reports.read()
      handle(.reread(facts, through: last))
    case .notReread(let problem, let range):
      reports.readFailed(problem)
      _ = loop.schedule(after: Self.retry) { [unowned self] in perform(.reread(range)) }
    case .facts(let found):
      reports.read()
      factsForLink.ended(found)
      sendFacts()
    case .unreadable(let problem, let session):
      // Perhaps it can be read later; nothing is given up.
      reports.readFailed(problem)
      factsForLink.abandoned()
      if session == link.session { link.fail("the journal cannot be read") }
    }
    readNext()
  }

  /// A ticket must not come out when the disk has room again and the customer is gone: what was
  /// not begun is stopped, and the core says what becomes of it.
  private func withdrawPrints(_ problem: Problem) {
    var withdrawn: [(PrinterID, UInt64)] = []
    func isBegun(_ effect: NodeEffect) -> Bool {
      guard case .print(let id, let job, _) = effect else { return true }
      withdrawn.append((id, job))
      return false
    }
    inFlight?.effects.removeAll { !isBegun($0) }
    waiting.effects.removeAll { !isBegun($0) }
    handle(.journalFailed(true))
    for (id, job) in withdrawn {
      handle(.printer(id, .stopped(job: job, accepted: 0, problem)))
    }
    settle()
  }

  /// The cap of the journal: while it is full, what the hub takes is watched, since nothing is
  /// appended that would show it.
  private func weigh(_ occupied_bytes: Int) {
    // The last segment is kept for what has to be recorded all the same: the ends of tickets.
    let room_bytes = configuration.journal.cap_bytes - configuration.journal.segment_bytes
    let isFull = occupied_bytes > room_bytes
    handle(.journalTight(occupied_bytes > room_bytes / 8 * 7))
    handle(.journalFilled(isFull))
    measuredAt = isFull ? core.memory.acknowledged : nil
  }

  private func measureAgain() {
    let acknowledged = core.memory.acknowledged
    guard let measuredAt, acknowledged > measuredAt, hasRoomForReads else { return }
    if journal?.submit(.measure(acknowledged: acknowledged)) == true {
      self.measuredAt = acknowledged
    }
  }

  // MARK: facts for the link

  /// Sends what is in hand and wanted, and reads on.
  private func sendFacts() {
    guard let session = factsForLink.session else { return readNext() }
    guard session == link.session else { return factsForLink.abandoned() }
    if link.hasRoom { factsForLink.take { link.send(lines: $0) } }
    // A journal that was damaged in the middle has holes; the hub hears of the first one here, and
    // the session goes on behind it.
    if let lost = factsForLink.lost {
      factsForLink.abandoned()
      handle(.factsUnreadable(lost))
    }
    readNext()
  }

  private func readNext() {
    guard let range = factsForLink.next(durable: durable), link.hasRoom, hasRoomForReads,
      journal?.submit(.read(range, link: link.session)) == true
    else { return }
    factsForLink.started(range)
  }

  /// One slot of the journal stays free for the next group.
  private var hasRoomForReads: Bool {
    journal.map { $0.pending < Self.journalJobs_max - 1 } ?? false
  }

  // MARK: effects

  private func perform(_ effects: [NodeEffect]) {
    for effect in effects { perform(effect) }
  }

  private func perform(_ effect: NodeEffect) {
    switch effect {
    case .log(let level, let text): log(level, text)
    case .connect(let address):
      factsForLink.abandoned()
      link.connect(to: address)
    case .hangUp: link.hangUp()
    case .send(let message): link.send(message)
    case .sendFacts(let range):
      factsForLink.want(range, session: link.session)
      sendFacts()
    case .reread(let range):
      if hasRoomForReads, journal?.submit(.reread(range)) == true { return }
      _ = loop.schedule(after: Self.retry) { [unowned self] in perform(.reread(range)) }
    case .light(let terminal, let lamp, let isOn):
      onLamp(terminal, lamp, isOn)
      devices?.perform(effect)
    default: devices?.perform(effect)
    }
  }

  // MARK: time

  private func armDeadline() {
    let next = core.nextDeadline
    guard next != deadline?.at else { return }
    if let deadline { loop.cancel(deadline.timer) }
    deadline = next.map { at in
      (
        at,
        loop.schedule(at: at) { [unowned self] in
          deadline = nil
          handle(.timePassed)
        }
      )
    }
  }
}
