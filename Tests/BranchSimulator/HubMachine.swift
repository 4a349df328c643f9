import Branch
import QueueEngine
import QueueProtocol

/// The hub's box. Fault model: as that of a node, but its disk is never replaced, and no record of
/// it changes beyond repair: the store of a queue service is backed up by other means.
final class HubMachine {
  unowned let world: World
  var clock: MachineClock
  let disk: SimulatedDisk
  private let settings: QueueEngine.Settings
  private(set) var process: HubProcess?
  /// The power goes between the next write and its flush.
  var diesAtFlush = false

  init(clock: MachineClock, settings: QueueEngine.Settings, world: World) {
    self.world = world
    self.clock = clock
    self.settings = settings
    disk = SimulatedDisk(time: world.time, seed: world.random.next())
  }

  var now: Now { clock.now(world.time.now) }

  func start() {
    guard process == nil else { return }
    do throws(SimulatedDisk.Failure) {
      let opened = try SimulatedRecovery.open(
        disk, epochIfNew: Epoch(max(1, now.wall.ms)), bugs: world.bug)
      run(opened)
    } catch {
      world.trace { "hub cannot open its store" }
      startLater(2_000)
    }
  }

  private func startLater(_ pause: Int) {
    world.time.after(pause) { [unowned self] in start() }
  }

  private func run(_ opened: SimulatedRecovery) {
    var memory = HubMemory()
    for record in opened.records where isSeen(record) {
      if !memory.apply(forgetful(record)) { world.fail("the hub cannot read what it wrote") }
    }
    world.trace { "hub starts with \(memory.factCount) facts" }
    if opened.hasLoss { world.fail("the hub tells of a loss that no fault explains") }
    world.checker.hubStarted(opened.records, memory)
    process = HubProcess(
      machine: self, journal: opened.journal,
      engine: QueueEngine(settings: settings, epoch: opened.journal.epoch, memory: memory))
  }

  private func isSeen(_ record: DurableRecord) -> Bool {
    switch world.bug {
    case .hubForgetsMarks:
      record.kind != .fact || record.payload.starts(with: settings.hub.text.utf8)
    case .hubForgetsOutbox: record.kind != .local || !record.payload.starts(with: "CMD".utf8)
    default: true
    }
  }

  private func forgetful(_ record: DurableRecord) -> DurableRecord {
    guard world.bug == .hubForgetsCodes || world.bug == .hubForgetsRatings,
      var stored = StoredFact(parsing: record.payload), stored.fact.kind != .appointmentBooked
    else { return record }
    if world.bug == .hubForgetsCodes {
      stored.fact.more.removeAll { $0.key == "code" }
    } else if stored.fact.kind == .ratingGiven {
      stored.fact.ticket = nil
    }
    return DurableRecord(.fact, seq: record.seq, payload: stored.encoded())
  }

  func accept(_ connection: SimulatedConnection) -> Bool {
    guard let process else { return false }
    process.accept(connection)
    return true
  }

  /// One byte of a record changes, unless that of its neighbour has.
  func decay() {
    let lost = disk.decay(bytes: 1, besideOthers: false)
    precondition(lost.isEmpty, "one byte of one record is set right")
  }

  func kill(losingPower: Bool) {
    if let process {
      world.trace { "hub is killed\(losingPower ? ", its power gone" : "")" }
      process.kill(losingPower: losingPower)
      world.bury(process)
      self.process = nil
      startLater(
        losingPower ? world.random.within(15_000, 90_000) : world.random.mostly(50, 60_000))
    }
    if losingPower {
      disk.powerCut()
      clock = clock.booted(at: world.time.now)
    }
  }
}
