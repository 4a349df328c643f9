import Branch
import QueueProtocol
import TestSeeds
import Testing

@testable import BranchCore

@Suite("A box never stays awake")
struct AwakeTests {
  private func randomEvent(_ random: inout Seeded, _ box: Box) -> NodeEvent {
    let printer = random.chance(2) ? Plans.front : Plans.back
    let sign = [Plans.counterSign, Plans.mainSign, Plans.kioskSign].randomElement(using: &random)!
    let terminal = [Plans.kiosk, Plans.keypad, Plans.smiley].randomElement(using: &random)!
    let job = UInt64.random(in: 0...box.core.memory.nextSeq, using: &random)
    let accepted = Int.random(in: -1...400, using: &random)
    let bytes = (0..<Int.random(in: 0...8, using: &random)).map { _ in
      [0x10, 0x12, 0x37, 0x22, 0x16, 0xFF, 0x00].randomElement(using: &random)!
    }
    let port: PrinterPortEvent =
      switch Int.random(in: 0..<9, using: &random) {
      case 0: .arrived(identity: "x")
      case 1: .lost(Device.gone)
      case 2: .progress(job: job, accepted: accepted)
      case 3: .written(job: job)
      case 4: .stopped(job: job, accepted: accepted, Device.told)
      case 5: .received(bytes.map { UInt8($0) })
      case 6: .portStatus(UInt8.random(in: 0...255, using: &random))
      case 7: .conditions(random.chance(2) ? [] : [.mediaEmpty])
      default: .spooled(job: job, completed: random.chance(2), detail: "aborted")
      }
    switch Int.random(in: 0..<12, using: &random) {
    case 0: return .signOpened(sign)
    case 1: return .signLost(sign, Device.gone)
    case 2: return .terminalOpened(terminal, identity: "x")
    case 3: return .terminalLost(terminal, Device.gone)
    case 4: return .pressed(terminal, code: UInt16.random(in: 0...26, using: &random))
    case 5: return .linkConnected
    case 6: return .linkClosed(Device.gone)
    case 7: return .linkLine(Array("WELCOME hub=h".utf8))
    case 8:
      let number = box.core.memory.commands + 1
      let first = Int.random(in: 1...990, using: &random)
      return .linkLine(
        Array(
          ("CMD \(number) lease service=cash prefix=A day=\(Box.day) "
            + "first=\(first) last=\(first + 3)").utf8))
    default: return .printer(printer, port)
    }
  }

  @Test("after time was served, nothing is due in the past", arguments: Seeds.some(20))
  func random(seed: UInt64) {
    var random = Seeded(seed)
    let plan = Plans.node(printers: [
      Plans.printer(
        Plans.front, processID: random.chance(2), asked: random.chance(2),
        automatic: random.chance(2), port: random.chance(2)),
      Plans.printer(Plans.back, processID: random.chance(2), asked: random.chance(2)),
    ])
    // No device answers by itself here: every word comes from the events.
    var core = BranchCore(plan: plan, epoch: 1, memory: NodeMemory(), seed: seed, now: Box.morning)
    let box = Box(plan, now: Box.morning)
    var now = Box.morning
    for _ in 0..<600 {
      box.core = core
      core.handle(randomEvent(&random, box), now: now)
      if random.chance(2), let due = core.nextDeadline {
        let step = max(0, (due - now.monotonic).ms)
        now.monotonic = now.monotonic + Span(ms: step)
        now.wall = now.wall + Span(ms: step)
      } else {
        let step = Span(ms: Int64.random(in: 0...5000, using: &random))
        now.monotonic = now.monotonic + step
        now.wall = now.wall + step
      }
      core.handle(.timePassed, now: now)
      if let next = core.nextDeadline {
        #expect(next > now.monotonic, "due \((now.monotonic - next).ms) ms ago")
      }
      let output = core.takeOutput()
      if let last = output.records.last(where: { $0.kind == .fact }) {
        core.handle(.durable(through: last.seq), now: now)
      }
    }
  }

  @Test("an idle box with everything plugged in wakes for pings and its sign only")
  func idle() {
    let box = Box()
    box.openAll()
    box.pass(.seconds(5))
    var wakes = 0
    let end = box.now.monotonic + .minutes(60)
    box.cut()
    box.pass(.minutes(5))
    while let due = box.core.nextDeadline, due <= end {
      box.pass(due - box.now.monotonic)
      wakes += 1
      if wakes > 1000 { break }
    }
    #expect(wakes < 60 + 60 * 60 / 10, "\(wakes) in an hour, the hub away")
  }

  @Test(
    "wall clocks may jump",
    arguments: [-86_400_000, -3600_000, 3600_000, 86_400_000_000] as [Int64])
  func jumps(ms: Int64) {
    let box = Box()
    box.openAll()
    box.link()
    box.lease(1, 1...9, more: "reserve=yes")
    box.press(Plans.kiosk, 1)
    box.now.wall = box.now.wall + Span(ms: ms)
    box.pass(.seconds(5))
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(5))
    #expect(box.core.memory.open.isEmpty && box.core.desk.pending.isEmpty)
  }
}
