import Branch
import QueueProtocol

/// What people and chance do in a world until it is healed.
final class RoughDay {
  private unowned let world: World
  private let end: Int64
  /// Milliseconds between two presses of one box, and between two faults, on average.
  private let press_ms: Int
  private let fault_ms: Int
  /// Few, so that the same one is shown again and elsewhere.
  private static let codes_max = 4
  private static let sameCode_ms: Int64 = 15_000
  private var shownAt: [String: Int64] = [:]

  init(world: World, until end: Int64) {
    self.world = world
    self.end = end
    press_ms = world.random.pick(world.size.press_ms)
    fault_ms = world.random.pick(world.size.fault_ms)
  }

  func begin() {
    for node in world.nodes { planPress(node) }
    planBooking()
    planFault()
    if world.copiesDisk { planCopy() }
  }

  private func isOver() -> Bool { world.time.now >= end || world.isHealed }

  // MARK: people

  private func planPress(_ node: NodeMachine) {
    world.time.after(world.random.within(1, 2 * press_ms)) { [self] in
      guard !isOver() else { return }
      press(node)
      planPress(node)
    }
  }

  /// Customers make appointments for about now.
  private func planBooking() {
    world.time.after(world.random.within(1, press_ms)) { [self] in
      guard !isOver() else { return }
      let code = "C\(world.random.below(Self.codes_max))"
      let now = world.hub.now.wall
      let booking = Booking(
        branch: BranchID("main")!, code: CheckInCode(code)!, service: WorldPlan.cash,
        at: now + Span(ms: Int64(world.random.within(-20 * 60_000, 62 * 60_000))),
        isPriority: world.random.oneIn(3))
      world.hub.process?.book(booking)
      planBooking()
    }
  }

  /// One of those who were asked to come, or somebody with a slip of another day. Whoever shows a
  /// code twice in a row is answered once; that is for other tests.
  private func showCode(_ node: NodeMachine) {
    let code = "C\(world.random.below(Self.codes_max + 1))"
    let name = "\(node.name) \(code)"
    if let last = shownAt[name], world.time.now - last < Self.sameCode_ms { return }
    shownAt[name] = world.time.now
    node.enter(WorldPlan.kiosk, code: code)
  }

  private func press(_ node: NodeMachine) {
    if world.random.oneIn(3) { showCode(node) }
    switch world.random.below(10) {
    case 0: rate(node)
    case 1, 2, 3:
      node.press(WorldPlan.keypad, WorldPlan.next)
      if world.random.oneIn(4) { node.press(WorldPlan.keypad, WorldPlan.next) }
    case 4:
      let keys = [WorldPlan.recall, WorldPlan.noShow, WorldPlan.end, WorldPlan.end]
      node.press(WorldPlan.keypad, world.random.pick(keys))
      if world.random.oneIn(3) { rate(node) }
      if world.random.oneIn(8) { logOn(node) }
    default:
      // A hammering child, now and then.
      for _ in 0..<(world.random.oneIn(12) ? world.random.within(2, 7) : 1) {
        node.press(WorldPlan.kiosk, world.random.pick(WorldPlan.ticketKeys))
      }
    }
  }

  /// A customer rates, and may change her mind, answer the next question or say why; a child may
  /// hammer.
  private func rate(_ node: NodeMachine) {
    let presses = world.random.oneIn(2) ? world.random.within(2, 4) : 1
    var later = 0
    for _ in 0..<presses {
      world.time.after(later) { [self] in
        node.press(WorldPlan.smiley, WorldPlan.rate + UInt16(world.random.within(1, 5)))
      }
      later += world.random.mostly(200, 40_000)
    }
    guard world.random.oneIn(6) else { return }
    node.hammer(WorldPlan.rate + 1, count: world.random.within(1, 50))
  }

  /// A clerk with her PIN, or somebody with another one.
  private func logOn(_ node: NodeMachine) {
    if world.random.oneIn(4) { return node.press(WorldPlan.keypad, WorldPlan.logOff) }
    let pin = world.random.oneIn(3) ? [0, 0, 0, 0] : WorldPlan.pin
    node.press(WorldPlan.keypad, WorldPlan.logOn)
    for digit in pin { node.press(WorldPlan.keypad, WorldPlan.digit + UInt16(digit)) }
    node.press(WorldPlan.keypad, WorldPlan.logOn)
  }

  /// Somebody makes two boxes from one disk; the second one is switched on before the first is
  /// back, or behind that.
  private func planCopy() {
    world.time.after(world.random.within(5_000, 2 * press_ms + 60_000)) { [self] in
      guard !isOver() else { return }
      guard let copy = world.copy(world.random.pick(world.nodes)) else { return planCopy() }
      world.trace { "\(copy.name) gets a copy of the disk" }
      copy.clock = copy.clock.booted(at: world.time.now)
      world.time.after(world.random.mostly(100, 120_000)) { copy.start() }
      planPress(copy)
    }
  }

  // MARK: faults

  private func planFault() {
    world.time.after(world.random.within(1, 2 * fault_ms)) { [self] in
      guard !isOver() else { return }
      world.faultCount += 1
      fault()
      planFault()
    }
  }

  private func fault() {
    let node = world.random.pick(world.nodes)
    if world.size.diskFaults_percent > world.random.below(100) { return disk(node) }
    switch world.random.below(20) {
    case 0...2: network(node)
    case 3, 4: process(node)
    case 5: hub()
    case 6, 7: disk(node)
    case 8: clocks(node)
    case 9...14: printer(node)
    case 15, 16: sign(node)
    case 17: terminal(node)
    default: Bursts(world: world).strike(node)
    }
  }

  private func network(_ node: NodeMachine) {
    let mine = world.network.connections.filter { $0.nodeIndex == node.index }
    let length = world.random.mostly(1_000, 20 * 60_000)
    switch world.random.below(4) {
    case 0: world.network.cut(node.index, for: length, keepsConnections: true)
    case 1: world.network.cut(node.index, for: length, keepsConnections: false)
    case 2:
      for connection in mine { connection.deafen(world.random.oneIn(2) ? .node : .hub) }
    default:
      for connection in mine {
        let late = world.random.mostly(1, 60_000)
        connection.cut(
          tellNode: world.random.oneIn(4) ? nil : late,
          tellHub: world.random.oneIn(4) ? nil : world.random.mostly(1, 60_000))
      }
    }
    world.trace { "\(node.name): its line fails" }
  }

  private func process(_ node: NodeMachine) {
    switch world.random.below(8) {
    case 0: if world.random.oneIn(4) { node.reimage() }
    case 1, 2: node.kill(losingPower: true)
    case 3: node.kill(losingPower: false)
    case 4: node.diesAtFlush = true
    default: node.process?.effectsUntilKill = world.random.below(12)
    }
  }

  private func hub() {
    switch world.random.below(5) {
    case 0: world.hub.kill(losingPower: true)
    case 1: world.hub.kill(losingPower: false)
    case 2: world.hub.diesAtFlush = true
    default: world.hub.process?.linesUntilKill = world.random.below(12)
    }
  }

  private func disk(_ node: NodeMachine) {
    let isHub = world.random.oneIn(4)
    let disk = isHub ? world.hub.disk : node.disk
    let until = world.time.now + Int64(world.random.mostly(500, 5 * 60_000))
    switch world.random.below(8) {
    case 0: disk.noSpaceUntil = until
    case 1: disk.writesFailUntil = until
    case 2, 3: disk.flushesFailUntil = until
    case 4: disk.readsFailUntil = until
    case 5: if !isHub { node.decay(bytes: 2) }
    default: if isHub { world.hub.decay() } else { node.decay(bytes: 1) }
    }
    world.trace { "\(isHub ? "hub" : node.name): disk trouble until \(until)" }
    if disk.isFailing, !isHub {
      node.watch.diskTroubleUntil = max(node.watch.diskTroubleUntil, until + 10_000)
    }
  }

  private func clocks(_ node: NodeMachine) {
    let far = world.random.oneIn(4) ? 6 * 3_600_000 : 30_000
    let jump = Int64(world.random.within(-far, far))
    world.checker.ratings.clockWasSet = true
    if world.random.oneIn(4) {
      world.hub.clock.jump(jump)
    } else if world.random.oneIn(6) {
      node.clock.moveZone(world.random.oneIn(2) ? 3600 : -3600)
    } else {
      node.clock.jump(jump)
    }
    // The kernel tells of it (`ClockSetWatch`).
    node.process?.handle(.timePassed)
    world.trace { "\(node.name): a clock jumps" }
  }

  private func printer(_ node: NodeMachine) {
    let length = world.random.mostly(500, 6 * 60_000)
    if let spooler = node.spoolersInOrder.first, world.random.oneIn(3) {
      switch world.random.below(3) {
      case 0: spooler.diesAtSubmission = true
      case 1: spooler.diesAfterTaking_ms = world.random.within(1, 400)
      default: spooler.fail(for: length)
      }
      return
    }
    let printer = world.random.pick(node.printers)
    switch world.random.below(9) {
    case 0, 1:
      printer.unplug(losingPower: world.random.oneIn(2))
      world.time.after(length) { printer.plug() }
    case 2:
      printer.change { $0.linesUntilPaperOut = self.world.random.within(1, 30) }
      world.time.after(length) { printer.change { $0.setPaper(.ok) } }
    case 3:
      printer.change { $0.setPaper(.out) }
      world.time.after(length) { printer.change { $0.setPaper(.ok) } }
    case 4:
      printer.change { $0.setCover(open: true) }
      world.time.after(length) { printer.change { $0.setCover(open: false) } }
    case 5:
      printer.isStalled = true
      world.time.after(length) { printer.goOn() }
    case 6:
      printer.isMute = true
      world.time.after(length) { printer.isMute = false }
    default: printer.babble()
    }
  }

  private func sign(_ node: NodeMachine) {
    let sign = world.random.pick(node.signs)
    if world.random.oneIn(5) { return sign.babble() }
    sign.unplug(losingPower: world.random.oneIn(2))
    world.time.after(world.random.mostly(500, 10 * 60_000)) { sign.plug() }
  }

  private func terminal(_ node: NodeMachine) {
    node.unplugTerminal(world.random.pick(node.plan.terminals).id)
    world.time.after(world.random.mostly(500, 5 * 60_000)) { node.plugTerminals() }
  }

  // MARK: the end

  func healAll() {
    world.network.heal()
    world.hub.disk.heal()
    world.hub.diesAtFlush = false
    for node in world.nodes {
      node.disk.heal()
      node.diesAtFlush = false
      node.process?.effectsUntilKill = nil
      node.plugTerminals()
      for printer in node.printers {
        printer.isMute = false
        printer.change {
          $0.setPaper(.ok)
          $0.setCover(open: false)
        }
        printer.goOn()
        printer.plug()
      }
      for spooler in node.spoolersInOrder { spooler.heal() }
      for sign in node.signs { sign.plug() }
    }
    world.hub.process?.linesUntilKill = nil
  }
}

/// Faults that come together, because one causes the other or because murphy is about: these find
/// what single faults do not.
struct Bursts {
  unowned let world: World

  func strike(_ node: NodeMachine) {
    switch world.random.below(6) {
    case 5:
      // A customer rates, the box dies, and she presses once more.
      node.press(WorldPlan.smiley, WorldPlan.rate + UInt16(world.random.within(1, 5)))
      world.time.after(world.random.within(1, 1_500)) { node.kill(losingPower: false) }
      world.time.after(world.random.within(2_000, 6_000)) {
        node.press(WorldPlan.smiley, WorldPlan.rate + UInt16(self.world.random.within(1, 5)))
      }
    case 0:
      // Everybody presses while the hub is away, and the box dies in the middle of it.
      world.network.cut(
        node.index, for: world.random.within(5_000, 300_000), keepsConnections: false)
      presses(node)
      node.process?.effectsUntilKill = world.random.within(3, 40)
    case 1:
      // A clerk presses on a line that has just died.
      world.network.cut(
        node.index, for: world.random.within(2_000, 120_000), keepsConnections: true)
      node.press(WorldPlan.keypad, WorldPlan.next)
    case 2:
      presses(node)
      let printer = world.random.pick(node.printers)
      world.time.after(world.random.within(1, 300)) {
        printer.unplug(losingPower: self.world.random.oneIn(2))
      }
      world.time.after(world.random.within(2_000, 60_000)) { printer.plug() }
    case 3:
      presses(node)
      world.time.after(world.random.within(1, 2_000)) {
        node.kill(losingPower: true)
      }
    default:
      presses(node)
      world.time.after(world.random.within(1, 500)) {
        self.world.hub.kill(losingPower: self.world.random.oneIn(2))
      }
    }
  }

  private func presses(_ node: NodeMachine) {
    for _ in 0..<world.random.within(1, 5) {
      world.time.after(world.random.below(1_500)) {
        node.press(WorldPlan.kiosk, self.world.random.pick(WorldPlan.ticketKeys))
      }
    }
  }
}
