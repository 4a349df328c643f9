import Branch
import QueueProtocol
import TestSeeds
import Testing

@testable import BranchCore

@Suite("The session with the hub")
struct LinkTests {
  let box = Box()

  private var kinds: [String] {
    box.takeToHub().map { String($0.prefix { $0 != " " }) }
  }

  @Test("begins with a hello, then declarations, then the facts that wait")
  func start() {
    box.pass(Span(ms: 0))
    #expect(box.connects == ["hub:7557"])
    box.connect()
    let hello = box.takeToHub()
    #expect(hello.count == 1)
    #expect(
      hello[0]
        == "HELLO version=1 node=n1 branch=main epoch=7 next=1 commands=0 now=\(box.now.wall.ms) "
        + "can=clock,starts,expire,named,check-in")
    box.hub("WELCOME hub=hub")
    #expect(
      kinds == [
        "SERVICE", "SERVICE", "COUNTER", "LEASE", "LEASE", "LEASE", "LEASE", "FACT",
      ])
    #expect(box.core.isLinked)
  }

  @Test("goes on where the hub is")
  func resume() {
    let earlier = Box()
    earlier.openAll()
    let box = Box(journal: earlier.journal)
    #expect(box.facts.count > 5)
    box.link(acked: 4)
    let facts = box.takeToHub().filter { $0.hasPrefix("FACT") }
    #expect(facts.first?.hasPrefix("FACT 5 ") == true)
    #expect(facts.count == box.facts.count - 4)
  }

  @Test("sends no more than the window holds, and goes on as the hub acknowledges")
  func window() {
    for _ in 0..<20 { box.press(Plans.smiley, 25) }
    box.link(acked: 0, "window=8")
    func sent() -> [String] {
      box.takeToHub().filter { $0.hasPrefix("FACT") }
        .compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) }
    }
    #expect(sent() == (1...8).map(String.init))
    box.hub("ACK 3")
    #expect(sent() == ["9", "10", "11"])
    box.hub("ACK 3")
    box.hub("ACK 2")
    #expect(sent().isEmpty)
    box.hub("ACK 11")
    #expect(sent() == (12...19).map(String.init))
  }

  @Test("sends a fact only when it is durable")
  func durableFirst() {
    box.link()
    _ = box.takeToHub()
    box.flushesAtOnce = false
    box.press(Plans.smiley, 25)
    #expect(box.takeToHub().isEmpty)
    box.flush()
    #expect(kinds == ["FACT"])
  }

  @Test("an acknowledgement of what was never sent is not believed")
  func falseAcknowledgement() {
    box.link()
    box.hub("ACK 9999")
    #expect(box.core.memory.acknowledged < 9999)
    box.press(Plans.smiley, 25)
    #expect(kinds.last == "FACT")
  }

  @Test("a ping after a silent heartbeat, and the end after two without any word")
  func heartbeat() {
    box.link(acked: nil, "heartbeat_ms=1000")
    box.hub("PONG")
    _ = box.takeToHub()
    box.pass(Span(ms: 999))
    #expect(kinds.isEmpty)
    box.pass(Span(ms: 1))
    #expect(kinds == ["PING"])
    box.hub("PONG now=1")
    box.pass(.seconds(1))
    #expect(kinds == ["PING"])
    box.pass(Span(ms: 1999))
    #expect(box.core.isLinked)
    box.pass(Span(ms: 1))
    #expect(!box.core.isLinked && !box.isConnected, "two heartbeats of silence")
  }

  @Test("any word of the hub is a sign of life, nonsense too")
  func life() {
    box.link(acked: nil, "heartbeat_ms=1000")
    for _ in 0..<Uplink.nonsense_max {
      box.pass(Span(ms: 1500))
      box.hub("what is this?")
    }
    #expect(box.core.isLinked)
  }

  @Test("the node's own heartbeat may be quicker than the hub's, not slower")
  func ownHeartbeat() {
    var plan = Plans.node()
    plan.link.heartbeat = .seconds(2)
    let box = Box(plan)
    box.link(acked: nil, "heartbeat_ms=60000")
    box.hub("PONG")
    _ = box.takeToHub()
    box.pass(.seconds(2))
    #expect(box.takeToHub() == ["PING"])
  }

  @Test("a hub that takes the connection and says nothing is left after the time for a greeting")
  func noWelcome() {
    box.pass(Span(ms: 0))
    box.connect()
    box.pass(Span(ms: 4999))
    #expect(box.isConnected)
    box.pass(Span(ms: 1))
    #expect(!box.isConnected)
  }

  @Test("attempts come slower and slower, with chance in them, and never faster than the start")
  func backOff() {
    var pauses: [Int64] = []
    box.pass(Span(ms: 0))
    for _ in 0..<14 {
      let before = box.connects.count
      let from = box.now.monotonic
      box.cut()
      while box.connects.count == before { box.pass(Span(ms: 1)) }
      pauses.append((box.now.monotonic - from).ms)
    }
    for (index, pause) in pauses.enumerated() {
      let whole: Int64 = min(30_000, 500 << Int64(min(index, 10)))
      #expect((whole / 2...whole + 1).contains(pause), "attempt \(index): \(pauses)")
    }
    #expect(Set(pauses.suffix(6)).count > 1, "with chance: \(pauses)")
  }

  @Test("two boxes do not come back in the same moment")
  func jitter() {
    let pauses = (1...20).map { seed in
      let box = Box(seed: UInt64(seed) &* 7919)
      box.pass(Span(ms: 0))
      box.cut()
      return box.core.nextDeadline?.ms ?? 0
    }
    #expect(Set(pauses).count > 10)
  }

  /// The pause behind the end of a session, after many attempts in vain.
  private func pauseAfter(_ session: () -> Void) -> Span {
    box.pass(.minutes(3))
    for _ in 0..<6 {
      box.cut()
      box.pass(.seconds(31))
    }
    box.link(acked: 0)
    session()
    box.cut()
    return (box.core.uplink.nextDeadline ?? box.now.monotonic) - box.now.monotonic
  }

  @Test(
    "a session that was of use sets the pauses back: it took a fact, or answered a request",
    arguments: ["ACK 1", "OK id=1", "ERROR code=exhausted id=1"])
  func resetPauses(line: String) {
    #expect(pauseAfter { box.hub(line) } <= .milliseconds(501))
  }

  @Test("a session that lasted sets the pauses back, though nothing was to do in it")
  func resetByTime() {
    let pause = pauseAfter {
      for _ in 0..<3 {
        box.pass(.seconds(10))
        box.hub("PONG")
      }
    }
    #expect(pause <= .milliseconds(501))
  }

  @Test(
    "a WELCOME alone does not: a hub that hangs up behind each is tried slower and slower",
    arguments: ["", "PONG", "ACK 0", "OK id=77", "ERROR code=gap text=x"])
  func useless(line: String) {
    #expect(pauseAfter { box.hub(line) } > .seconds(10))
  }

  @Test("each hub of the list is tried in turn")
  func addresses() {
    var plan = Plans.node()
    plan.link.addresses = ["a:1", "b:2"]
    let box = Box(plan)
    for _ in 0..<4 {
      box.pass(.seconds(31))
      box.cut()
    }
    #expect(Array(box.connects.prefix(4)) == ["a:1", "b:2", "a:1", "b:2"])
  }

  @Test("a node without a hub sleeps")
  func noHub() {
    var plan = Plans.node()
    plan.link.addresses = []
    let box = Box(plan)
    #expect(box.core.nextDeadline == nil)
    box.openAll()
    box.pass(.seconds(3))
    for sign in plan.signs { box.handle(.signLost(sign.id, Device.gone)) }
    #expect(box.core.nextDeadline == nil)
  }

  @Test(
    "a hub that refuses the session is not tried again at once",
    arguments: [
      ("no-session", 30), ("taken", 30), ("replaced", 300), ("bad-version", 300), ("behind", 300),
    ])
  func refused(code: String, seconds: Int64) {
    box.link()
    box.hub("ERROR code=\(code) text=x")
    #expect(!box.core.isLinked)
    let connects = box.connects.count
    box.pass(Span(ms: seconds * 1000 - 1))
    #expect(box.connects.count == connects)
    box.pass(Span(ms: 1))
    #expect(box.connects.count == connects + 1)
  }

  @Test(
    "an error in place of a WELCOME ends the attempt at once: nothing else is waited for",
    arguments: ["busy", "bad-value", "syntax", "of-a-newer-hub"])
  func refusedHello(code: String) {
    box.pass(Span(ms: 0))
    box.connect()
    box.hub("ERROR code=\(code) text=x")
    #expect(!box.isConnected)
    let connects = box.connects.count
    box.pass(Span(ms: 501))
    #expect(box.connects.count == connects + 1)
  }

  @Test("a connection that ends for the same reason each time is told once a minute")
  func sameEnd() {
    box.pass(Span(ms: 0))
    for _ in 0..<10 {
      box.cut()
      box.pass(.seconds(5))
    }
    #expect(box.logs.count { $0.contains("hub-unreachable") } == 1)
    box.pass(.seconds(20))
    box.cut()
    #expect(box.logs.count { $0.contains("hub-unreachable") } == 2)
  }

  @Test("a gap is settled by a new session, after an ordinary pause")
  func gap() {
    box.link()
    box.hub("ERROR code=gap text=x")
    #expect(!box.core.isLinked)
    let connects = box.connects.count
    box.pass(Span(ms: 501))
    #expect(box.connects.count == connects + 1)
  }

  @Test(
    "other errors end nothing", arguments: ["prefix-taken", "syntax", "busy", "of-a-newer-hub"])
  func otherErrors(code: String) {
    box.link()
    box.hub("ERROR code=\(code) text=x")
    #expect(box.core.isLinked)
  }

  @Test("a goodbye is a reason to come again later")
  func bye() {
    box.link()
    box.hub("BYE")
    #expect(!box.core.isLinked)
    box.pass(.seconds(1))
    #expect(box.connects.count == 2)
  }

  @Test(
    "nonsense of the hub changes nothing",
    arguments: [
      "", "what", "WELCOME", "WELCOME hub=x acked=3", "CMD 0 clear counter=1", "CMD 5",
      "CMD 5 call",
      "CMD 18446744073709551615 clear counter=1", "ACK", "ACK -1", "OK id=-1", "ERROR",
      "PONG now=x",
      "HELLO node=n1", "FACT 1 x-y at=1", "CMD 1 lease service=cash prefix=A", "\u{0}", "é=é",
    ])
  func nonsense(line: String) {
    box.link()
    let records = box.journal.count
    let acknowledged = box.core.memory.acknowledged
    box.hub(line)
    #expect(box.journal.count == records)
    #expect(box.core.memory.commands == 0)
    #expect(box.core.memory.acknowledged == acknowledged)
    #expect(box.core.isLinked)
  }

  @Test("a clock from the end of time does not end the node")
  func extremeClock() {
    box.openAll()
    box.pass(Span(ms: 0))
    box.connect()
    box.hub("WELCOME hub=x now=253402300799999")
    box.press(Plans.keypad, Plans.next)
    #expect(box.core.isLinked)
    #expect(box.takeToHub().last?.hasPrefix("NEXT ") == true)
  }

  @Test(
    "random lines of a hub never trap and never wake the box for ever", arguments: Seeds.some(10))
  func randomLines(seed: UInt64) {
    var random = Seeded(seed)
    box.openAll()
    let words = [
      "CMD", "WELCOME", "ACK", "OK", "ERROR", "PONG", "1", "2", "9007199254740991", "call", "lease",
      "clear", "counter=1", "ticket=A001", "service=cash", "prefix=A", "day=2026-11-22", "first=1",
      "last=5", "reserve=yes", "id=1", "code=gap", "hub=h", "acked=0", "window=1", "now=1",
      "again=yes",
      "heartbeat_ms=100", "at=1", "\"", "=",
    ]
    for _ in 0..<300 {
      if !box.isConnected, random.chance(2) {
        box.pass(.seconds(31))
        box.connect()
        box.hub("WELCOME hub=h")
      }
      let line = (0..<Int.random(in: 1...9, using: &random)).map { _ in
        words.randomElement(using: &random)!
      }.joined(separator: " ")
      if box.isConnected { box.hub(line) }
      box.pass(Span(ms: Int64.random(in: 0...3000, using: &random)))
      if random.chance(4) { box.press(Plans.kiosk, 1) }
      if random.chance(4) { box.press(Plans.keypad, Plans.next) }
    }
  }

  @Test("commands are taken in rising order, once each, and those before the session never")
  func commands() {
    box.pass(Span(ms: 0))
    box.connect()
    box.hub("CMD 1 call counter=1 ticket=A001 at=1")
    #expect(box.core.memory.commands == 0)
    box.hub("WELCOME hub=h")
    for number in [3, 3, 2, 7] { box.hub("CMD \(number) call counter=1 ticket=A00\(number) at=1") }
    #expect(box.core.memory.commands == 7)
    #expect(box.core.memory.calls[Plans.one] == TicketNumber("A007"))
    #expect(box.takeToHub().filter { $0.hasPrefix("ACK") } == ["ACK 3", "ACK 3", "ACK 3", "ACK 7"])
  }

  @Test("a command that is not known here is acknowledged, so that it does not come for ever")
  func unknownCommand() {
    box.link()
    box.hub("CMD 1 dance")
    #expect(box.takeToHub().last == "ACK 1")
  }
}
