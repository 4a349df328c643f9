import Branch
import TestSeeds
import Testing

@testable import BranchCore

/// A sign alone, with a clock that goes from deadline to deadline.
struct LoneSign {
  var machine: SignMachine
  var now: Now
  private(set) var written: [SignPicture] = []

  init(_ plan: SignPlan, now: Now = Box.morning, offset: (@Sendable (WallTime) -> Int32)? = nil) {
    machine = SignMachine(plan: plan, zoneOffset: offset, now: now)
    self.now = now
  }

  static func plan(_ change: (inout SignPlan) -> Void = { _ in }) -> SignPlan {
    var plan = SignPlan(
      id: SignID("s")!, counter: nil, format: "{ticket}", idle: "IDLE", refresh: nil)
    change(&plan)
    return plan
  }

  var last: SignPicture? { written.last }
  var text: String? { last?.lines.joined(separator: "|") }

  mutating func note(_ picture: SignPicture?) { if let picture { written.append(picture) } }
  mutating func open() { note(machine.opened(now: now)) }
  mutating func tell(_ text: String, _ layer: SignMessageLayer, ms: Int64) {
    note(machine.told(text, layer, for: Span(ms: ms), now: now))
  }
  mutating func call(_ tickets: String..., isNew: Bool = true) {
    let calls = tickets.enumerated().map { index, text in
      StandingCall(counter: CounterID("\(index + 1)")!, ticket: TicketNumber(text)!)
    }
    note(machine.called(calls, isNew: isNew, now: now))
  }

  mutating func move(_ ms: Int64) {
    now.monotonic.ms += ms
    now.wall.ms += ms
  }

  mutating func pass(ms: Int64) {
    let end = now.monotonic.ms + ms
    var rounds = 0
    while let due = machine.nextDeadline, due.ms <= end {
      move(due.ms - now.monotonic.ms)
      note(machine.timePassed(now: now))
      rounds += 1
      precondition(rounds < 10_000, "it stays due")
    }
    move(end - now.monotonic.ms)
  }
}

@Suite("Layers of a sign")
struct SignLayerTests {
  @Test("the higher stands, its end reveals the lower")
  func order() {
    var sign = LoneSign(LoneSign.plan())
    sign.open()
    #expect(sign.text == "IDLE")
    sign.tell("READ", .information, ms: 60_000)
    #expect(sign.text == "READ")
    sign.call("A001")
    #expect(sign.text == "A001")
    sign.tell("NO", .answer, ms: 4_000)
    #expect(sign.text == "NO")
    sign.tell("LEAVE", .alert, ms: 2_000)
    #expect(sign.text == "LEAVE")
    sign.pass(ms: 2_000)
    #expect(sign.text == "NO")
    sign.pass(ms: 2_000)
    #expect(sign.text == "A001")
    sign.call()
    #expect(sign.text == "READ")
    sign.pass(ms: 60_000)
    #expect(sign.text == "IDLE" && sign.written.count == 9)
  }

  @Test("what is told under a higher layer is not written")
  func hidden() {
    var sign = LoneSign(LoneSign.plan())
    sign.open()
    sign.tell("LEAVE", .alert, ms: 60_000)
    let count = sign.written.count
    sign.tell("READ", .information, ms: 1_000)
    sign.tell("NO", .answer, ms: 4_000)
    sign.call("A001")
    sign.call()
    #expect(sign.written.count == count)
    #expect(sign.machine.nextDeadline == sign.now.monotonic + .seconds(60))
  }

  @Test("a span that is none ends a layer at once")
  func ends() {
    var sign = LoneSign(LoneSign.plan())
    sign.open()
    sign.tell("LEAVE", .alert, ms: 600_000)
    sign.tell("", .alert, ms: 0)
    #expect(sign.text == "IDLE" && sign.machine.nextDeadline == nil)
  }

  @Test("hammered keys hide a call for the span of one refusal")
  func hammered() {
    var sign = LoneSign(LoneSign.plan())
    sign.open()
    sign.tell("NO", .answer, ms: 4_000)
    sign.pass(ms: 3_000)
    sign.call("A001")
    for _ in 0..<3 {
      sign.tell("NO", .answer, ms: 4_000)
      sign.pass(ms: 1_000)
    }
    #expect(sign.text == "NO")
    sign.tell("NO", .answer, ms: 4_000)
    sign.pass(ms: 1_000)
    #expect(sign.text == "A001")
  }

  @Test("hammered keys are answered as long as nobody is called")
  func hammeredAlone() {
    var sign = LoneSign(LoneSign.plan())
    sign.open()
    for _ in 0..<9 {
      sign.tell("NO", .answer, ms: 4_000)
      sign.pass(ms: 3_000)
      #expect(sign.text == "NO")
    }
  }

  @Test("an operator may renew an alert over a call")
  func renewed() {
    var sign = LoneSign(LoneSign.plan())
    sign.open()
    sign.call("A001")
    for _ in 0..<4 {
      sign.tell("LEAVE", .alert, ms: 10_000)
      sign.pass(ms: 9_000)
      #expect(sign.text == "LEAVE")
    }
  }
}

@Suite("A new call")
struct NewCallTests {
  private let plan = LoneSign.plan {
    $0.flash = .seconds(5)
    $0.beeps = true
    $0.refresh = .seconds(2)
    $0.board.calls_max = 2
  }

  @Test("flashes for its time and is heard once")
  func flash() {
    var sign = LoneSign(plan)
    sign.open()
    sign.call("A001")
    #expect(sign.last?.flashes == true && sign.last?.beeps == true)
    sign.pass(ms: 4_999)
    #expect(sign.last?.flashes == true)
    sign.pass(ms: 1)
    #expect(sign.last?.flashes == false)
    #expect(sign.written.count { $0.beeps } == 1, "a refresh makes no sound")
    sign.pass(ms: 60_000)
    #expect(sign.last?.flashes == false, "a refresh does not flash anew")
  }

  @Test("does so again when it is called again")
  func recall() {
    var sign = LoneSign(plan)
    sign.open()
    sign.call("A001")
    sign.pass(ms: 20_000)
    sign.call("A001")
    #expect(sign.last?.flashes == true && sign.last?.beeps == true)
    sign.pass(ms: 3_000)
    sign.call("A001")
    sign.pass(ms: 3_000)
    #expect(sign.last?.flashes == true, "five seconds from the last one")
    #expect(sign.written.count { $0.beeps } == 3)
  }

  @Test("a call again is written though the sign neither flashes nor sounds")
  func plainRecall() {
    var sign = LoneSign(LoneSign.plan())
    sign.open()
    sign.call("A001")
    sign.call("A001")
    #expect(sign.written.count == 3)
  }

  @Test("after a replug the rest of its flashing comes without a sound")
  func replug() {
    var sign = LoneSign(plan)
    sign.open()
    sign.call("A001")
    sign.pass(ms: 3_000)
    sign.machine.lost()
    #expect(sign.machine.nextDeadline == nil, "nothing is due on a sign that is away")
    sign.move(1_000)
    sign.open()
    #expect(sign.last?.flashes == true && sign.last?.beeps == false)
    sign.pass(ms: 1_000)
    #expect(sign.last?.flashes == false)
  }

  @Test("that came while the sign was away makes no sound")
  func whileAway() {
    var sign = LoneSign(plan)
    sign.call("A001")
    sign.move(1_000)
    sign.open()
    #expect(sign.text == "A001" && sign.last?.flashes == true && sign.last?.beeps == false)
  }

  @Test("under an alert it begins to flash and sounds when it can be seen")
  func covered() {
    var sign = LoneSign(plan)
    sign.open()
    sign.tell("NO", .answer, ms: 4_000)
    sign.call("A001")
    sign.pass(ms: 1_000)
    sign.tell("LEAVE", .alert, ms: 9_000)
    sign.pass(ms: 8_999)
    #expect(sign.text == "LEAVE" && !sign.written.contains { $0.beeps })
    sign.pass(ms: 1)
    #expect(sign.text == "A001" && sign.last?.flashes == true && sign.last?.beeps == true)
    sign.pass(ms: 5_000)
    #expect(sign.last?.flashes == false)
  }

  @Test("an older one that comes up again is no new one")
  func older() {
    var sign = LoneSign(plan)
    sign.open()
    sign.call("A002", "A001")
    #expect(sign.text == "A002|A001")
    sign.call("A002", isNew: false)
    #expect(sign.last?.flashes == true && sign.last?.beeps == false)
    sign.call("A001", isNew: false)
    #expect(sign.text == "A001" && sign.last?.flashes == false)
  }
}
