import Branch
import QueueEngine

/// How long the times of a world are, and how rough.
public struct WorldSize: Sendable {
  /// Virtual time with faults, at least and at most.
  public var minutes: ClosedRange<Int>
  /// Milliseconds between two presses at one box, on average; the seed picks one.
  public var press_ms: [Int]
  /// Milliseconds between two faults, on average.
  public var fault_ms: [Int]
  /// So many faults of a hundred are a disk's, besides the ordinary ones.
  public var diskFaults_percent = 0

  /// Some minutes in which everything happens at once: finds the most in the least time.
  public static let short = WorldSize(
    minutes: 1...3, press_ms: [6_000, 15_000, 40_000], fault_ms: [5_000, 10_000, 30_000])
  /// The same with disks that fail all the time.
  public static var rottenDisks: WorldSize {
    var size = short
    size.diskFaults_percent = 50
    return size
  }
  /// Hours as a branch has them in its worst week.
  public static let long = WorldSize(
    minutes: 30...480, press_ms: [30_000, 90_000, 240_000],
    fault_ms: [40_000, 120_000, 300_000])
}

/// What became of one world.
public struct WorldReport: Sendable {
  public let seed: UInt64
  /// nil: all checks held.
  public let failure: String?
  public let virtual_ms: Int64
  public let steps: Int
  public let tickets: Int
  /// Of those, tickets for a code.
  public let checkIns: Int
  /// Ratings that stand in the place of another.
  public let corrections: Int
  public let facts: Int
  public let faults: Int
  public let kills: Int
  /// What was told to be missing, each time because a disk had lost it.
  public let missing: Int
  /// One line an event; empty unless asked for.
  public let trace: [String]
}

/// A branch and its hub, made of one seed. All that is random in it comes from that seed, and
/// nothing in it waits.
public final class World {
  let time = Timeline()
  var random: Seeded
  let bug: PlantedBug?
  let size: WorldSize
  let seed: UInt64
  /// Those with a copied disk stand last.
  private(set) var nodes: [NodeMachine] = []
  /// Of the box that gets a copy of another one's disk, in its name.
  static let copyLineage = "'"
  /// Somebody makes two boxes from one disk.
  private(set) var copiesDisk = false
  private var zone: Int32 = 0
  private var shift: Int64 = 0
  private(set) var hub: HubMachine!
  private(set) var network: SimulatedNetwork!
  private(set) var checker: Checker!
  private var graveyard: [AnyObject] = []
  private(set) var failure: String?
  private var traceLines: [String]?
  private(set) var isHealed = false
  var faultCount = 0
  private var killCount = 0

  /// Between two looks at what may not grow, events.
  static let boundsEvery = 64
  /// Healed, a branch is at rest within this time: five minutes are the longest pause of a node
  /// that was sent away.
  static let healing_ms: Int64 = 12 * 60_000
  /// How long it is left alone between two looks at it.
  static let calm_ms: Int64 = 60_000

  public init(
    seed: UInt64, size: WorldSize = .short, bug: PlantedBug? = nil, traced: Bool = false
  ) {
    self.seed = seed
    self.bug = bug
    self.size = size
    random = Seeded(seed)
    traceLines = traced ? [] : nil
    checker = Checker(world: self)
    let count = random.oneIn(3) ? random.within(2, 4) : random.within(1, 2)
    let knowsBoxes = !random.oneIn(4)
    copiesDisk = knowsBoxes && random.oneIn(4)
    network = SimulatedNetwork(
      time: time, nodes: copiesDisk ? count + 1 : count, seed: random.next())
    zone = random.pick([0, 3600, -18_000, 32_400, 19_800] as [Int32])
    // One in four begins before the branch's midnight.
    let toMidnight = 16 * 3_600_000 - Int64(zone) * 1000 - Int64(random.within(60, 1_500)) * 1000
    shift = random.oneIn(4) ? toMidnight : Int64(random.below(6)) * 3_600_000
    hub = HubMachine(
      clock: makeClock(zone: 0, shift: shift),
      settings: QueueEngine.Settings(
        hub: NodeID("hub")!, heartbeat: .seconds(Int64(random.pick([30, 60, 120]))),
        window: random.pick([2, 8, 64])), world: self)
    nodes = (0..<count).map { index in
      NodeMachine(
        index: index, plan: WorldPlan.node(index, of: count, knowsBox: knowsBoxes, &random),
        clock: makeClock(zone: zone, shift: shift),
        cap_bytes: random.oneIn(6) ? 40_000 : 1_000_000, world: self)
    }
    network.accept = { [unowned self] in hub.accept($0) }
  }

  private func makeClock(zone: Int32, shift: Int64) -> MachineClock {
    let wrong = random.oneIn(4) ? random.within(-60_000, 60_000) : random.within(-500, 500)
    return MachineClock(
      bootedAt: 0,
      drift_ppm: Int64(random.within(-MachineClock.drift_ppm_max, MachineClock.drift_ppm_max)),
      wallAhead_ms: shift + Int64(wrong), zoneOffsetSeconds: zone)
  }

  /// Another box begins with a copy of this one's disk.
  /// - Returns: nil when the box cannot be copied as it stands.
  func copy(_ node: NodeMachine) -> NodeMachine? {
    guard let disk = node.image() else { return nil }
    let copy = NodeMachine(
      index: nodes.count, plan: node.plan, clock: makeClock(zone: zone, shift: shift),
      cap_bytes: node.cap_bytes, world: self, imaged: (disk, Self.copyLineage))
    nodes.append(copy)
    return copy
  }

  // MARK: tools of all parts

  func fail(_ text: String) {
    guard failure == nil else { return }
    failure = text
    trace { "FAILED: \(text)" }
  }

  func trace(_ line: () -> String) {
    guard traceLines != nil else { return }
    traceLines?.append("\(time.now) \(line())")
  }

  /// Keeps the dead until the call that killed them is over.
  func bury(_ process: AnyObject) {
    killCount += 1
    graveyard.append(process)
    time.after(0) { [unowned self] in graveyard.removeFirst() }
  }

  // MARK: a run

  public func run() -> WorldReport {
    hub.start()
    for node in nodes { time.after(random.below(3_000)) { node.start() } }
    let minutes = random.within(size.minutes.lowerBound, size.minutes.upperBound)
    let end = Int64(minutes) * 60_000
    let day = RoughDay(world: self, until: end)
    day.begin()
    pass(until: end)
    if failure == nil { heal(day) }
    let known = checker.hub
    return WorldReport(
      seed: seed, failure: failure, virtual_ms: time.now, steps: time.happened,
      tickets: checker.ticketCount, checkIns: checker.checkInCount,
      corrections: checker.ratings.correctionCount, facts: known.factCount,
      faults: faultCount,
      kills: killCount, missing: known.missingCount, trace: traceLines ?? [])
  }

  private func pass(until end: Int64) {
    while failure == nil, time.step(until: end) {
      if time.happened % Self.boundsEvery == 0 { checkBounds() }
    }
  }

  private func checkBounds() {
    for node in nodes { node.watch.checkBounds() }
    for (what, count, max) in hub.process?.sizes ?? [] where count > max {
      fail("hub: \(count) \(what)")
    }
    if time.waitingCount > 20_000 { fail("\(time.waitingCount) things are planned") }
  }

  /// All faults end; then everything that was promised has to come true.
  private func heal(_ day: RoughDay) {
    isHealed = true
    trace { "all faults are healed" }
    day.healAll()
    let end = time.now + Self.healing_ms
    var until = time.now
    repeat {
      until += Self.calm_ms
      pass(until: until)
    } while failure == nil && until < end && Liveness(world: self).finding != nil
    guard failure == nil else { return }
    if let finding = Liveness(world: self).finding { fail(finding) }
  }
}
