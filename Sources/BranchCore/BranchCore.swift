public import Branch
import QueueProtocol

/// What a node decides: events in, records and effects out. Pure; the daemon and the simulator run
/// the same code and differ only in the shell around it.
public struct BranchCore: Sendable {
  /// What events led to: effects wait until the records are durable.
  public struct Output: Sendable {
    public var records: [DurableRecord] = []
    public var effects: [NodeEffect] = []
    /// Refusals of what is not recorded: performed now, whatever the disk does.
    public var atOnce: [NodeEffect] = []
    public var isEmpty: Bool { records.isEmpty && effects.isEmpty && atOnce.isEmpty }
  }

  public internal(set) var plan: NodePlan
  public let epoch: Epoch
  public internal(set) var memory: NodeMemory
  var printers: [PrinterID: PrinterMachine] = [:]
  var signs: [SignID: SignMachine] = [:]
  /// Signs that do not answer as they should, though their line is there.
  var failedSigns: Set<SignID> = []
  var terminals: [TerminalID: TerminalMachine] = [:]
  var uplink: Uplink
  var desk = TicketDesk()
  var requests = CounterRequests()
  var leases = LeaseRequests()
  /// The day on which the reserve was looked after last.
  var reserveDay: ServiceDay?
  var output = Output()
  var nextRequest: UInt64 = 1
  /// No room for new facts of customers: presses are refused, visibly, until the hub took some.
  var isJournalFull = false
  /// Nothing becomes durable just now: the disk is full or broken.
  var isJournalFailing = false
  /// The journal comes near its cap: what only describes the box is left out.
  var isJournalTight = false
  /// Facts left out since then.
  var shedCount = 0
  var ratingClock = RatingClock()
  var ignoredPresses = IgnoredPresses()
  var pins = PINDesk()
  var clock: ClockEstimate
  var linkReport = LinkReport()
  /// When the event in hand came, with the box's own clock.
  var time: Now
  /// The number that the journal would have given next when this process opened it.
  var opening: Seq
  /// Names the store of the hub that greeted last.
  var store: Epoch?
  /// Names this run of the process.
  let startName: String
  /// What the hub said when it gave the number of a ticket still open.
  var told: [Seq: ToldTicket] = [:]
  /// The same of the ticket that each printer printed last, as long as this process lives.
  var lastTold: [PrinterID: ToldTicket] = [:]
  var fresh = FreshBlocks()
  /// What the hub of this session knows beyond the least of version 1.
  var hubCan: Set<String> = []
  /// Conditions of each printer as the last fact said.
  var reportedConditions: [PrinterID: String] = [:]

  /// - Parameters:
  ///   - memory: folded from the journal of earlier runs.
  ///   - seed: of the jitter.
  public init(plan: NodePlan, epoch: Epoch, memory: NodeMemory, seed: UInt64, now: Now) {
    self.plan = plan
    for (key, value) in memory.settings { _ = self.plan.set(key, value) }
    self.epoch = epoch
    self.memory = memory
    let isSameBoot = plan.identity != nil && memory.clock?.boot == plan.identity?.boot
    clock = ClockEstimate(offset: isSameBoot ? memory.clock?.offset : nil)
    time = now
    opening = memory.nextSeq
    startName = String(seed ^ epoch, radix: 16)
    for printer in plan.printers { printers[printer.id] = PrinterMachine(plan: printer) }
    for sign in plan.signs {
      signs[sign.id] = SignMachine(plan: sign, zoneOffset: plan.zoneOffset, now: now)
    }
    for terminal in plan.terminals { terminals[terminal.id] = TerminalMachine(plan: terminal) }
    uplink = Uplink(
      plan: plan.link, acknowledged: memory.acknowledged, durable: memory.nextSeq - 1, seed: seed,
      now: now.monotonic)
    start(corrected(now))
  }

  /// The time that facts, tickets and days go by.
  public func corrected(_ box: WallTime, _ monotonic: MonotonicTime) -> WallTime {
    clock.corrected(box, monotonic)
  }

  private func corrected(_ now: Now) -> Now {
    var now = now
    now.wall = clock.corrected(now.box, now.monotonic)
    return now
  }

  public mutating func handle(_ event: NodeEvent, now: Now) {
    let now = corrected(now)
    time = now
    switch event {
    case .printer(let id, let event): printerEvent(id, event, now)
    case .signOpened(let id): signOpened(id, now)
    case .signLost(let id, let problem): signLost(id, problem, now)
    case .signFailed(let id, let problem): signFailed(id, problem, now)
    case .signRecovered(let id): signRecovered(id, now)
    case .signLapsed(let id, let problem): log(.warning, "\(id): \(problem)")
    case .signNoise(let id, let bytes):
      if let count = signs[id]?.noise.heard(bytes, now: now.monotonic) {
        log(.info, "sign \(id): \(count) bytes of noise came over its line")
      }
    case .signLineSet(let id, let problem?): log(.warning, "\(id): \(problem)")
    case .signLineSet(let id, nil): log(.info, "\(id): its line is as set up again")
    case .terminalOpened(let id, let identity): terminalOpened(id, identity, now)
    case .terminalLost(let id, let problem): terminalLost(id, problem, now)
    case .pressed(let id, let code): pressed(id, .press(code), now)
    case .held(let id, let code): pressed(id, .long(code), now)
    case .chorded(let id, let pair): pressed(id, .chord(pair), now)
    case .burst(let id, let stroke, let count): burst(id, stroke, count: count, now)
    case .codeEntered(let id, let code): codeEntered(id, code, now)
    case .codeUnreadable(let id): codeUnreadable(id, now)
    case .linkConnected: perform(uplink.connected(hello(now), now: now.monotonic), now)
    case .linkClosed(let problem): linkClosed(problem, now)
    case .linkLine(let bytes): hubSaid(bytes, now)
    case .durable(let seq): perform(uplink.becameDurable(through: seq, now: now.monotonic), now)
    case .factsUnreadable(let facts): factsUnreadable(facts, now)
    case .reread(let facts, let last): reread(facts, through: last)
    case .journalFilled(let isFull): journalFilled(isFull)
    case .journalTight(let isTight):
      isJournalTight = isTight
      tellShed(now)
    case .journalFailed(let isFailing): journalFailed(isFailing, now)
    case .timePassed: timePassed(now)
    }
  }

  /// Takes what the events since the last call led to.
  public mutating func takeOutput() -> Output {
    defer { output = Output() }
    return output
  }

  /// When `timePassed` has to come at the latest; nil: nothing is due, sleep.
  public var nextDeadline: MonotonicTime? {
    var deadlines: [MonotonicTime?] = [
      uplink.nextDeadline, desk.nextDeadline, requests.nextDeadline, leases.nextDeadline,
      ignoredPresses.nextDeadline, pins.nextDeadline,
    ]
    deadlines += printers.values.map(\.spool.nextDeadline)
    deadlines += printers.values.map { $0.presenter?.nextDeadline }
    // The hub may just have told the time.
    let now = corrected(time)
    deadlines += signs.values.map { $0.clockWasSet(now) ? now.monotonic : $0.nextDeadline }
    deadlines += terminals.values.map(\.nextDeadline)
    return deadlines.compactMap { $0 }.min()
  }

  /// Whether the session with the hub stands.
  public var isLinked: Bool { uplink.isReady }

  private mutating func timePassed(_ now: Now) {
    if uplink.isSilent(now: now.monotonic) {
      let problem = Problem(
        code: "hub-silent", what: "the hub says nothing any more",
        cause: "it hangs, or the line is dead",
        cure: "Nothing to do here: the node connects again by itself.")
      log(.warning, "hub: \(problem)")
    }
    perform(uplink.timePassed(now: now.monotonic), now)
    for id in plan.printers.map(\.id) {
      guard let effects = printers[id]?.spool.timePassed(now: now.monotonic) else { continue }
      perform(effects, of: id, now)
      guard let held = printers[id]?.presenter?.timePassed(now: now.monotonic), !held.isEmpty
      else { continue }
      perform(held, of: id, now)
    }
    for id in plan.signs.map(\.id) {
      show(signs[id]?.timePassed(now: now) ?? nil, on: id)
    }
    for id in plan.terminals.map(\.id) {
      for lamp in terminals[id]?.timePassed(now: now.monotonic) ?? [] {
        output.effects.append(.light(id, lamp, on: false))
      }
    }
    giveUpRequests(now)
    givePINsUp(now)
    tellIgnored(now)
    leases.timePassed(now: now.monotonic)
    renewReserve(now)
    workOnPresses(now)
  }

  // MARK: tools of all parts

  /// Journals a fact and folds it in. Returns its number.
  @discardableResult
  mutating func record(_ fact: Fact) -> Seq {
    let seq = memory.nextSeq
    if shed(fact) { return seq }
    let fact = dated(fact)
    output.records.append(DurableRecord(.fact, seq: seq, payload: fact.encoded()))
    memory.apply(fact, seq)
    return seq
  }

  mutating func log(_ level: LogLevel, _ text: String) {
    output.effects.append(.log(level, text))
  }

  mutating func show(_ picture: SignPicture?, on sign: SignID) {
    if let picture { output.effects.append(.show(sign, picture)) }
  }
}
