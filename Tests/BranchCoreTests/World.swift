import Branch
import QueueEngine
import QueueProtocol
import TestSeeds
import Testing

@testable import BranchCore

/// Boxes and a hub, joined by lines as bytes. Faults: the hub goes down or is killed between a
/// decision and its flush; a box is killed between a decision and its flush, with any part of the
/// records on disk; lines are lost with their connection; printers are pulled at any byte, mute,
/// out of paper.
final class World {
  var boxes: [Box]
  private var sessions: [SessionID?]
  private var connectsSeen: [Int]
  private var hub: QueueEngine
  private(set) var hubRecords: [DurableRecord] = []
  private var nextSession: SessionID = 1
  private(set) var isHubUp = true
  private(set) var kills = 0
  private(set) var presses = 0

  init(_ count: Int, change: (inout NodePlan) -> Void = { _ in }) {
    boxes = (1...count).map { number in
      var plan = Plans.node("n\(number)")
      plan.counters = [(CounterID("\(number)")!, [Plans.cash, Plans.info])]
      plan.terminals[1].counter = CounterID("\(number)")!
      plan.terminals[2].counter = CounterID("\(number)")!
      plan.signs[0].counter = CounterID("\(number)")!
      change(&plan)
      return Box(plan, epoch: Epoch(number), seed: UInt64(number))
    }
    sessions = Array(repeating: nil, count: count)
    connectsSeen = Array(repeating: 0, count: count)
    hub = QueueEngine(settings: QueueEngine.Settings(hub: NodeID("hub")!, window: 16), epoch: 1)
    for box in boxes { box.openAll() }
  }

  /// A booking system or an operator says it, on a line of its own.
  func tell(_ line: String) {
    hub.connected(.max)
    hub.received(Array(line.utf8), from: .max, now: boxes[0].now)
    exchange()
  }

  // MARK: the line

  /// Carries lines both ways until nothing is said any more.
  func exchange() {
    for _ in 0..<200 {
      var isQuiet = true
      for index in boxes.indices { if carry(index) { isQuiet = false } }
      if flushHub() { isQuiet = false }
      if isQuiet { return }
    }
    Issue.record("the line does not come to rest")
  }

  private func carry(_ index: Int) -> Bool {
    let box = boxes[index]
    if let session = sessions[index], !box.isConnected {
      hub.closed(session)
      sessions[index] = nil
    }
    if box.connects.count > connectsSeen[index] {
      connectsSeen[index] = box.connects.count
      guard isHubUp else {
        box.cut()
        return true
      }
      if let old = sessions[index] { hub.closed(old) }
      sessions[index] = nextSession
      hub.connected(nextSession)
      nextSession += 1
      box.connect()
    }
    let lines = box.takeToHub()
    guard let session = sessions[index] else { return false }
    for line in lines { hub.received(Array(line.utf8), from: session, now: box.now) }
    return !lines.isEmpty
  }

  /// The records of the hub become durable, then its lines leave.
  private func flushHub() -> Bool {
    let output = hub.takeOutput()
    hubRecords += output.records
    for (session, line) in output.lines {
      guard let index = sessions.firstIndex(of: session) else { continue }
      boxes[index].hub(Array(line.encoded().dropLast()))
    }
    for session in output.hangUps {
      guard let index = sessions.firstIndex(of: session) else { continue }
      sessions[index] = nil
      hub.closed(session)
      boxes[index].cut()
    }
    return !output.isEmpty
  }

  func setHub(up: Bool) {
    isHubUp = up
    if !up { cutAll() }
  }

  private func cutAll() {
    for index in boxes.indices {
      if let session = sessions[index] {
        hub.closed(session)
        boxes[index].cut()
      }
      sessions[index] = nil
    }
  }

  /// What the boxes said arrives, and the hub dies before it could answer, with a part of its
  /// records on disk.
  func killHub(_ random: inout Seeded) {
    for index in boxes.indices {
      guard let session = sessions[index] else { continue }
      for line in boxes[index].takeToHub() {
        hub.received(Array(line.utf8), from: session, now: boxes[index].now)
      }
    }
    let undone = hub.takeOutput().records
    hubRecords += undone.prefix(Int.random(in: 0...undone.count, using: &random))
    cutAll()
    var memory = HubMemory()
    for record in hubRecords {
      let isReadable = memory.apply(record)
      #expect(isReadable)
    }
    hub = QueueEngine(settings: hub.settings, epoch: 1, memory: memory)
    kills += 1
  }

  func killBox(_ index: Int, _ random: inout Seeded) {
    let old = boxes[index]
    if let session = sessions[index] { hub.closed(session) }
    sessions[index] = nil
    connectsSeen[index] = 0
    let found = old.kill(keeping: Int.random(in: 0...old.undoneCount, using: &random))
    boxes[index] = Box(
      old.plan, journal: found.journal, devices: found.devices, now: old.now,
      epoch: Epoch(index + 1), seed: random.next())
    boxes[index].openAll()
    kills += 1
  }

  /// In slices: a hub answers within less than the time that a box waits for it.
  func pass(_ span: Span) {
    var left = span.ms
    repeat {
      for box in boxes { box.pass(Span(ms: min(left, 2000))) }
      exchange()
      left -= 2000
    } while left > 0
  }

  // MARK: a random day

  func step(_ random: inout Seeded) {
    let index = Int.random(in: 0..<boxes.count, using: &random)
    let box = boxes[index]
    let printer = random.chance(2) ? Plans.front : Plans.back
    switch Int.random(in: 0..<20, using: &random) {
    case 0: setHub(up: !isHubUp)
    case 1: if random.chance(2) { killHub(&random) }
    case 2:
      box.flushesAtOnce = false
      for _ in 0..<Int.random(in: 1...4, using: &random) { press(box, &random) }
      if random.chance(2) {
        killBox(index, &random)
      } else {
        box.flush()
        box.flushesAtOnce = true
      }
    case 3: box.unplug(printer, lostFirst: random.chance(2))
    case 4, 5: box.plug(printer)
    case 6: box.change(printer) { $0.takes = Int.random(in: 0...250, using: &random) }
    case 7, 8: box.change(printer) { $0.takes = nil }
    case 9: box.change(printer) { $0.paper.setPaper(random.chance(2) ? .out : .ok) }
    case 10: box.change(printer) { $0.isMute = random.chance(3) }
    case 11: killBox(index, &random)
    default: press(box, &random)
    }
    exchange()
    pass(Span(ms: Int64.random(in: 0...1500, using: &random)))
    if random.chance(10) { pass(.seconds(40)) }
  }

  private func press(_ box: Box, _ random: inout Seeded) {
    switch Int.random(in: 0..<7, using: &random) {
    case 0: box.press(Plans.keypad, Plans.next)
    case 1: box.press(Plans.keypad, random.chance(2) ? Plans.end : Plans.recall)
    case 2: box.press(Plans.smiley, Plans.rate + UInt16.random(in: 1...5, using: &random))
    default:
      presses += 1
      box.press(Plans.kiosk, random.chance(2) ? 1 : 2)
    }
    if random.chance(2) { exchange() }
  }

  /// All is well again, for long enough.
  func recover() {
    setHub(up: true)
    for box in boxes {
      box.flush()
      box.flushesAtOnce = true
      for id in [Plans.front, Plans.back] {
        box.change(id) {
          $0.takes = nil
          $0.isMute = false
          $0.paper.setPaper(.ok)
        }
        box.plug(id)
      }
    }
    for _ in 0..<8 { pass(.seconds(15)) }
  }

  // MARK: what has to be true

  var hubFacts: [StoredFact] {
    hubRecords.filter { $0.kind == .fact }.compactMap { StoredFact(parsing: $0.payload) }
  }

  var memory: HubMemory { hub.memory }
}
