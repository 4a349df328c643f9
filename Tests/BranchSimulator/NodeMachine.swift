import Branch
import BranchCore
import JournalFormat
import PrinterEmulator
import QueueProtocol
import SignProtocols

/// A box in the branch: clocks, a disk, a cable, devices, and now and then a running process.
///
/// Fault model: the process is killed between any two effects and at any place of a write; the box
/// loses its power; the disk is replaced by an empty one. A supervisor starts the process again.
final class NodeMachine {
  unowned let world: World
  let index: Int
  private(set) var plan: NodePlan
  /// Tells the box from another one with a copy of its disk.
  let lineage: String
  var clock: MachineClock
  let disk: SimulatedDisk
  let printers: [SimulatedPrinter]
  /// Of those printers that stand behind one.
  let spoolers: [PrinterID: SimulatedSpooler]
  let signs: [SimulatedSign]
  let cap_bytes: Int
  private var terminalsOut: Set<TerminalID> = []
  private(set) var process: NodeProcess?
  private(set) var watch: NodeWatch!
  private var startsTried = 0
  private var signsWritten = false
  /// The power goes between the next write and its flush.
  var diesAtFlush = false
  private var bootCount = 1
  /// Since there are two boxes with one journal.
  private var deathsAsTwin = 0
  /// A list of more starts than a HELLO has room for is not judged by (Hello.starts_max).
  private static let deathsAsTwin_max = 6
  /// From power to a spooler that answers; this process is faster, or slower.
  private static let boot_ms = 20_000

  init(
    index: Int, plan: NodePlan, clock: MachineClock, cap_bytes: Int, world: World,
    imaged: (disk: SimulatedDisk, lineage: String)? = nil
  ) {
    self.world = world
    self.index = index
    self.plan = plan
    self.clock = clock
    self.cap_bytes = cap_bytes
    lineage = imaged?.lineage ?? ""
    disk = imaged?.disk ?? SimulatedDisk(time: world.time, seed: world.random.next())
    if plan.identity != nil {
      self.plan.identity = BoxIdentity(
        boot: "b\(index)-1", machine: world.bug == .boxesLookAlike ? "box" : "box\(index)")
    }
    printers = plan.printers.map { SimulatedPrinter($0, world: world) }
    var spoolers: [PrinterID: SimulatedSpooler] = [:]
    for (device, plan) in zip(printers, plan.printers) where plan.isSpooled {
      spoolers[device.id] = SimulatedSpooler(
        device: device, waitsForPaper: plan.trustsSpooler, world: world)
    }
    self.spoolers = spoolers
    signs = plan.signs.map {
      SimulatedSign(
        id: $0.id,
        language: $0.showsCalls && $0.counter == nil
          ? .customerDisplay(CustomerDisplay(.epson, rows: WorldPlan.boardRows))
          : .alpha(AlphaSettings()), world: world)
    }
    watch = NodeWatch(machine: self)
  }

  var now: Now { clock.now(world.time.now) }
  var name: String { plan.node.text + lineage }
  var hasTwin: Bool { !lineage.isEmpty || watch.life?.fork != nil }
  var mayDie: Bool { deathsAsTwin < Self.deathsAsTwin_max }
  var wasSignWritten: Bool { signsWritten }

  // MARK: the process

  func start() {
    guard process == nil else { return }
    startsTried += 1
    do throws(SimulatedDisk.Failure) {
      let epoch = Epoch(max(1, now.wall.ms))
      let opened = try SimulatedRecovery.open(disk, epochIfNew: epoch, bugs: world.bug)
      run(opened)
    } catch {
      world.trace { "\(name) cannot open its journal" }
      startLater(2_000)
    }
  }

  private func startLater(_ pause: Int) {
    world.time.after(pause) { [unowned self] in start() }
  }

  private func run(_ opened: SimulatedRecovery) {
    var memory = NodeMemory()
    var unreadable = 0
    for record in opened.records where !memory.apply(seen(record)) { unreadable += 1 }
    if opened.hasLoss || unreadable > 0 {
      if world.bug == .numbersKeptAfterDamage {
        memory.skipNumbersOfFacts(opened.seqsInDoubt)
      } else {
        memory.noteLoss(seqsInDoubt: opened.seqsInDoubt)
      }
    }
    world.trace {
      "\(name) starts, epoch \(opened.journal.epoch), next fact \(memory.nextSeq), "
        + "cut \(opened.cutCount), mended \(opened.mendedCount), loss \(opened.hasLoss)"
    }
    watch.started(opened, memory)
    let process = NodeProcess(
      machine: self, opened: opened, memory: memory, seed: world.random.next())
    process.journal.onDurable = { [unowned self] in watch.durable($0) }
    self.process = process
    process.start()
  }

  /// A planted bug reads the numbers that were issued, or the ratings, as something else.
  private func seen(_ record: DurableRecord) -> DurableRecord {
    let kind: String? =
      switch world.bug {
      case .issuedNumbersForgotten: "ticket-issued"
      case .ratingsForgotten: "rating-given"
      default: nil
      }
    guard let kind, record.kind == .fact, record.payload.starts(with: kind.utf8) else {
      return record
    }
    return DurableRecord(
      .fact, seq: record.seq, payload: Fact(.nodeStarted, at: now.wall).encoded())
  }

  func kill(losingPower: Bool) {
    guard mayDie else { return }
    if hasTwin { deathsAsTwin += 1 }
    if let process {
      world.trace { "\(name) is killed\(losingPower ? ", its power gone" : "")" }
      process.kill(losingPower: losingPower)
      world.bury(process)
      self.process = nil
      for printer in printers where spoolers[printer.id] == nil { printer.close() }
      for spooler in spoolersInOrder {
        spooler.close()
        if losingPower { spooler.fail(for: Self.boot_ms) }
      }
      for sign in signs { sign.close() }
      startLater(
        losingPower ? world.random.within(15_000, 90_000) : world.random.mostly(50, 30_000))
    }
    if losingPower {
      world.checker.ratings.troubleAt = world.time.now
      disk.powerCut()
      clock = clock.booted(at: world.time.now)
      bootCount += 1
      plan.identity?.boot = "b\(index)-\(bootCount)"
    }
  }

  /// The box is switched off, and another one gets a copy of its disk.
  /// - Returns: that disk; nil for a box that has no journal yet, or of which records are lost:
  ///   a hub does not judge by what such a one knows (`damaged` of HELLO).
  func image() -> SimulatedDisk? {
    guard plan.identity != nil, !hasTwin, let life = watch.life, !life.mayHaveLost(world) else {
      return nil
    }
    kill(losingPower: true)
    let reading = SimulatedDisk(copyOf: disk, seed: 0)
    guard !disk.isFailing,
      let opened = try? SimulatedRecovery.open(reading, epochIfNew: 0, bugs: nil),
      !opened.hasLoss, let log = watch.copied(opened)
    else { return nil }
    world.checker.add(log)
    return SimulatedDisk(copyOf: disk, seed: world.random.next())
  }

  /// The box is made anew: its journal is empty.
  func reimage() {
    guard !hasTwin else { return }
    kill(losingPower: true)
    disk.wipe()
    watch.wiped()
  }

  // MARK: devices

  func openDevices(_ handle: @escaping (NodeEvent) -> Void) {
    signsWritten = false
    for printer in printers {
      if let spooler = spoolers[printer.id] {
        spooler.open { handle(.printer(printer.id, $0)) }
      } else {
        printer.open { handle(.printer(printer.id, $0)) }
      }
    }
    for sign in signs {
      sign.open { event in
        switch event {
        case .opened: handle(.signOpened(sign.id))
        case .lost(let problem): handle(.signLost(sign.id, problem))
        case .received(let bytes): handle(.signNoise(sign.id, bytes: bytes.count))
        }
      }
    }
    for terminal in plan.terminals where !terminalsOut.contains(terminal.id) {
      handle(.terminalOpened(terminal.id, identity: "keys"))
    }
  }

  func perform(_ effect: NodeEffect) {
    switch effect {
    case .print(let id, let job, let bytes):
      if let spooler = spoolers[id] { return spooler.write(job: job, bytes) }
      printer(id)?.write(job: job, bytes)
    case .cancelPrint(let id, let job):
      if let spooler = spoolers[id] { return spooler.cancel(job: job) }
      printer(id)?.cancel(job: job)
    case .queryPrinter(let id, let bytes): if spoolers[id] == nil { printer(id)?.query(bytes) }
    case .requestPortStatus(let id): if spoolers[id] == nil { printer(id)?.requestPortStatus() }
    // No profile here obeys it.
    case .resetPrinter: break
    case .show(let id, let picture):
      let sign = signs.first { $0.id == id }
      sign?.show(picture)
      signsWritten = true
      if let sign, sign.tones > watch.callsHeard {
        world.fail("\(name): sign \(id) sounds \(sign.tones) times for \(watch.callsHeard) calls")
      }
    case .light, .connect, .hangUp, .send, .sendFacts, .reread, .log: break
    }
  }

  var spoolersInOrder: [SimulatedSpooler] { printers.compactMap { spoolers[$0.id] } }

  private func printer(_ id: PrinterID) -> SimulatedPrinter? { printers.first { $0.id == id } }

  func unplugTerminal(_ id: TerminalID) {
    guard terminalsOut.insert(id).inserted else { return }
    process?.handle(.terminalLost(id, SimulatedPrinter.gone))
  }

  func plugTerminals() {
    for id in terminalsOut.sorted() {
      terminalsOut.remove(id)
      process?.handle(.terminalOpened(id, identity: "keys"))
    }
  }

  /// A finger on a key; nobody hears it when the box is dead or the terminal is out.
  func press(_ id: TerminalID, _ code: UInt16) {
    guard let process, !terminalsOut.contains(id) else { return }
    watch.pressed(id, code)
    let first = process.core.memory.nextSeq
    process.handle(.pressed(id, code: code))
    if id == WorldPlan.smiley { watch.rated(code, facts: first..<process.core.memory.nextSeq) }
  }

  /// A child hammers on a smiley: the terminal counts what it does not take.
  func hammer(_ code: UInt16, count: Int) {
    guard let process, !terminalsOut.contains(WorldPlan.smiley) else { return }
    watch.hammered(count)
    process.handle(.burst(WorldPlan.smiley, .press(code), count: count))
  }

  /// A customer shows a code; like a press.
  func enter(_ id: TerminalID, code: String) {
    guard let process, !terminalsOut.contains(id) else { return }
    watch.entered()
    process.handle(.codeEntered(id, code: code))
  }

  // MARK: the checks' view

  func decay(bytes: Int) {
    guard !hasTwin else { return }
    for place in disk.decay(bytes: bytes) {
      world.trace { "\(name): a record of its disk decays, fact \(place.seq)" }
      watch.decayed(place)
    }
  }
}
