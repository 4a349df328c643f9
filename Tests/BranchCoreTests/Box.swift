import Branch
import BranchCore
import QueueProtocol
import Testing

@testable import BranchCore

/// A node in memory: the core, a journal that becomes durable when the test says so, devices and a
/// line to a hub that the test speaks for. Effects of an output are performed when its records are
/// durable and never before: that is what the real shell does too.
final class Box {
  let plan: NodePlan
  var core: BranchCore
  var now: Now
  /// Durable records, and outputs whose records are not.
  private(set) var journal: [DurableRecord] = []
  private var undone: [BranchCore.Output] = []
  /// Off: the test calls `flush`.
  var flushesAtOnce = true

  var devices: [PrinterID: Device] = [:]
  /// What the hub was told, as lines, since the last look.
  private(set) var toHub: [String] = []
  private(set) var isConnected = false
  private(set) var connects: [String] = []
  /// Every text that a sign was told, and every lamp that was lit.
  private(set) var shown: [SignID: [String]] = [:]
  private(set) var pictures: [SignID: [SignPicture]] = [:]
  private(set) var lamps: [TerminalID: [Lamp]] = [:]
  private(set) var logs: [String] = []
  /// Questions put to printers so far, and jobs that were cancelled.
  private(set) var queries = 0
  private(set) var cancelled: [UInt64] = []
  private(set) var darkened = 0
  private var events: [NodeEvent] = []

  static let day = ServiceDay("2026-11-22")!
  static let morning = Now(
    wall: WallTime(ms: 1_795_334_400_000), monotonic: MonotonicTime(ms: 1_000_000))

  init(
    _ plan: NodePlan = Plans.node(), journal: [DurableRecord] = [],
    devices: [PrinterID: Device] = [:], now: Now = Box.morning, epoch: Epoch = 7, seed: UInt64 = 1
  ) {
    self.plan = plan
    self.now = now
    self.journal = journal
    var memory = NodeMemory()
    for record in journal {
      let isReadable = memory.apply(record)
      #expect(isReadable, "\(String(decoding: record.payload, as: UTF8.self))")
    }
    core = BranchCore(plan: plan, epoch: epoch, memory: memory, seed: seed, now: now)
    self.devices = devices
    for printer in plan.printers where devices[printer.id] == nil {
      self.devices[printer.id] = Device()
    }
    note(journal)
    settle()
  }

  // MARK: the shell

  func handle(_ event: NodeEvent) {
    // The box's own clock: what it is corrected to is the core's business.
    now.box = now.wall
    core.handle(event, now: now)
    settle()
  }

  private func settle() {
    take(core.takeOutput())
    if flushesAtOnce { flush() }
  }

  /// Everything decided so far becomes durable and is done; what comes of it is handled.
  func flush() {
    while !undone.isEmpty || !events.isEmpty {
      while !undone.isEmpty {
        let output = undone.removeFirst()
        journal += output.records
        note(output.records)
        for effect in output.effects { perform(effect) }
        if let last = output.records.last(where: { $0.kind == .fact }) {
          events.append(.durable(through: last.seq))
        }
      }
      guard !events.isEmpty else { return }
      core.handle(events.removeFirst(), now: now)
      take(core.takeOutput())
    }
  }

  private func take(_ output: BranchCore.Output) {
    for effect in output.atOnce { perform(effect) }
    if !output.records.isEmpty || !output.effects.isEmpty { undone.append(output) }
  }

  /// A write fails: what was to be printed behind it is not begun.
  func failJournal(_ isFailing: Bool) {
    var withdrawn: [(PrinterID, UInt64)] = []
    for index in undone.indices where isFailing {
      undone[index].effects.removeAll { effect in
        guard case .print(let id, let job, _) = effect else { return false }
        withdrawn.append((id, job))
        return true
      }
    }
    handle(.journalFailed(isFailing))
    let problem = Problem(code: "journal-io", what: "disk", cause: "full", cure: "Free space.")
    for (id, job) in withdrawn {
      handle(.printer(id, .stopped(job: job, accepted: 0, problem)))
    }
  }

  /// The process is killed: of what was decided and not durable, the first records may have
  /// reached the disk; no effect was performed. Gives what a new process finds.
  func kill(keeping count: Int) -> (journal: [DurableRecord], devices: [PrinterID: Device]) {
    let records = undone.flatMap(\.records)
    for id in devices.keys { _ = devices[id]?.unplug() }
    return (journal + records.prefix(count), devices)
  }

  var undoneCount: Int { undone.reduce(0) { $0 + $1.records.count } }

  private func perform(_ effect: NodeEffect) {
    switch effect {
    case .queryPrinter, .requestPortStatus: queries += 1
    default: break
    }
    if case .cancelPrint(_, let job) = effect { cancelled.append(job) }
    switch effect {
    case .print(let id, let job, let bytes): tell(id, devices[id]?.write(job, bytes))
    case .cancelPrint(let id, let job): tell(id, devices[id]?.cancel(job))
    case .queryPrinter(let id, let bytes): tell(id, devices[id]?.query(bytes))
    case .resetPrinter(let id): devices[id]?.paper.softReset()
    case .requestPortStatus(let id): tell(id, devices[id]?.portStatus())
    case .show(let id, let picture):
      shown[id, default: []].append(picture.text)
      pictures[id, default: []].append(picture)
    case .light(let id, let lamp, let on):
      if on { lamps[id, default: []].append(lamp) } else { darkened += 1 }
    case .connect(let address): connects.append(address)
    case .hangUp: isConnected = false
    case .send(let message): say(message.line.encoded())
    case .sendFacts(let range):
      send(range)
    case .log(_, let text): logs.append(text)
    case .reread(let range):
      // In small pieces, as a long backlog is read.
      let found = journal.filter { $0.kind == .fact && range.contains($0.seq) }.prefix(3)
      events.append(
        .reread(found.map { ($0.seq, $0.payload) }, through: found.last?.seq ?? range.upperBound))
    }
  }

  private func send(_ range: ClosedRange<Seq>) {
    for seq in range {
      guard let record = journal.first(where: { $0.kind == .fact && $0.seq == seq }) else {
        let last = range.first { here in here > seq && journal.contains { $0.seq == here } }
        events.append(.factsUnreadable(seq...(last.map { $0 - 1 } ?? range.upperBound)))
        return
      }
      say(Array("FACT \(seq) ".utf8) + record.payload + [10])
    }
  }

  /// A part of the disk is lost: these facts cannot be read any more.
  func lose(_ seqs: Set<Seq>) {
    journal.removeAll { $0.kind == .fact && seqs.contains($0.seq) }
    facts.removeAll { seqs.contains($0.seq) }
  }

  private func say(_ bytes: [UInt8]) {
    #expect(bytes.count <= Line.length_max)
    #expect((try? NodeMessage(parsing: bytes.dropLast())) != nil, "a hub cannot read it")
    if isConnected { toHub.append(String(decoding: bytes.dropLast(), as: UTF8.self)) }
  }

  private func tell(_ id: PrinterID, _ printerEvents: [PrinterPortEvent]?) {
    events += (printerEvents ?? []).map { .printer(id, $0) }
  }

  // MARK: what happens

  /// Time goes on, deadline by deadline. A deadline that stays due after it was served would keep
  /// a real box awake for ever.
  func pass(_ span: Span) {
    let end = now.monotonic + span
    var rounds = 0
    while let due = core.nextDeadline, due <= end {
      move(to: max(due, now.monotonic))
      handle(.timePassed)
      if let next = core.nextDeadline {
        #expect(next > now.monotonic, "still due: \(core.nextDeadline?.ms ?? 0)")
        if next <= now.monotonic { break }
      }
      rounds += 1
      if rounds > 10_000 {
        Issue.record("the box does not come to rest")
        return
      }
    }
    move(to: end)
  }

  private func move(to instant: MonotonicTime) {
    now.wall = now.wall + (instant - now.monotonic)
    now.monotonic = instant
  }

  func plug(_ id: PrinterID) { printer(id, devices[id]?.plug()) }

  func unplug(_ id: PrinterID, lostFirst: Bool = false) {
    printer(id, devices[id]?.unplug(lostFirst: lostFirst))
  }

  func printer(_ id: PrinterID, _ printerEvents: [PrinterPortEvent]?) {
    for event in printerEvents ?? [] { handle(.printer(id, event)) }
  }

  /// Changes the printer's state, and tells what it says of it by itself.
  func change(_ id: PrinterID, _ body: (inout Device) -> Void) {
    guard var device = devices[id] else { return }
    body(&device)
    let events = device.go() + device.answers()
    devices[id] = device
    printer(id, events)
  }

  func openAll() {
    for printer in plan.printers { plug(printer.id) }
    for sign in plan.signs { handle(.signOpened(sign.id)) }
    for terminal in plan.terminals { handle(.terminalOpened(terminal.id, identity: "keys")) }
  }

  func press(_ terminal: TerminalID, _ code: UInt16) { handle(.pressed(terminal, code: code)) }

  /// The line to the hub comes up and the hub says hello.
  func link(acked: Seq? = nil, _ more: String = "") {
    if !isConnected {
      pass(Span(ms: 0))
      connect()
    }
    let known = acked ?? core.memory.acknowledged
    hub("WELCOME hub=hub acked=\(known) now=\(now.wall.ms) \(more)")
  }

  func connect() {
    isConnected = true
    toHub = []
    handle(.linkConnected)
  }

  func hub(_ line: String) { hub(Array(line.utf8)) }
  func hub(_ line: [UInt8]) { handle(.linkLine(line)) }

  func cut() {
    isConnected = false
    handle(
      .linkClosed(
        Problem(code: "hub-unreachable", what: "link", cause: "cut", cure: "Wait.")))
  }

  func takeToHub() -> [String] {
    defer { toHub = [] }
    return toHub
  }

  /// Gives numbers as a command.
  func lease(_ number: UInt64, _ range: ClosedRange<Int>, _ prefix: String = "A", more: String = "")
  {
    let service = prefix == "A" ? "cash" : "info"
    hub(
      "CMD \(number) lease service=\(service) prefix=\(prefix) day=\(now.local.day) "
        + "first=\(range.lowerBound) last=\(range.upperBound) \(more)")
  }

  // MARK: what came of it

  private(set) var facts: [(seq: Seq, fact: Fact)] = []

  private func note(_ records: [DurableRecord]) {
    for record in records where record.kind == .fact {
      #expect(record.payload.count < 4000, "a fact must fit its line")
      if let fact = try? Fact(parsing: record.payload) { facts.append((record.seq, fact)) }
    }
  }

  func facts(_ kinds: FactKind...) -> [Fact] {
    facts.map(\.fact).filter { kinds.contains($0.kind) }
  }

  /// Kinds of the facts about a ticket, in order.
  func story(_ ticket: String) -> [String] {
    facts.map(\.fact).filter { $0.ticket?.description == ticket }
      .map { String($0.kind.rawValue.dropFirst("ticket-".count)) }
  }

  var issued: [String] { facts(.ticketIssued).compactMap { $0.ticket?.description } }
  var refusals: [String] { facts(.pressRefused).compactMap(\.reason) }
  func sees(_ sign: SignID) -> String? { shown[sign]?.last }
}
