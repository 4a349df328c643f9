import Branch
import QueueProtocol
import Testing

@testable import QueueEngine

@Suite("Boxes that were made from one disk, and boxes with a wrong clock")
struct TwinTests {
  private let hub = Hub()

  private func hello(
    next: Int, commands: Int = 0, boot: String, starts: String, _ more: String = ""
  ) -> String {
    "HELLO node=n1 epoch=5 next=\(next) commands=\(commands) boot=\(boot) mono=5000 "
      + "starts=\(starts) \(more)"
  }

  private func started(_ seq: Int, _ start: String, boot: String) -> String {
    "FACT \(seq) node-started at=\(hub.at) start=\(start) boot=\(boot)"
  }

  /// A box whose first start the hub knows, with one command acknowledged.
  private func openFirst() {
    hub.engine.connected(1)
    hub.say(1, hello(next: 1, boot: "b1", starts: "s1"))
    hub.say(1, started(1, "s1", boot: "b1"))
    hub.openBranch()
    hub.say(1, "LEASE service=cash day=\(Hub.day)")
    hub.say(1, "ACK 1")
  }

  private func code(_ lines: [String]) -> String? {
    lines.first.flatMap { try? Line(parsing: Array($0.utf8))["code"] }
  }

  @Test("the box itself comes back: after a cut, a restart, many restarts without a line")
  func itself() {
    openFirst()
    for starts in ["s1", "s1,s2", "s1,s2,s3"] {
      hub.engine.connected(2)
      let answer = hub.say(2, hello(next: 2, commands: 1, boot: "b1", starts: starts))
      #expect(answer.first?.hasPrefix("WELCOME") == true, "\(starts): \(answer)")
      hub.drop(2)
    }
  }

  @Test("a copy that was started is refused when the other one has gone on")
  func copy() {
    openFirst()
    hub.drop(1)
    hub.engine.connected(2)
    hub.say(2, hello(next: 2, commands: 1, boot: "b2", starts: "s1,s2"))
    hub.say(2, started(2, "s2", boot: "b2"))
    hub.drop(2)
    // From the image, which knows the first start only.
    hub.engine.connected(3)
    let answer = hub.say(3, hello(next: 2, commands: 1, boot: "b3", starts: "s1,s3"))
    #expect(code(answer) == "twin")
    #expect(hub.say(3, "FACT 2 node-started at=1").first.map { $0.contains("no-session") } == true)
    let missing = hub.say(3, hello(next: 2, commands: 0, boot: "b3", starts: "s1,s2,s3"))
    #expect(code(missing) == "twin", "it lacks a command that was acknowledged")
    #expect(
      code(hub.say(3, hello(next: 2, commands: 0, boot: "b3", starts: "s3", "damaged=yes")))
        == nil)
  }

  @Test("the same hardware with an old copy of its journal comes in and sees what the hub has")
  func oldCopy() {
    hub.engine.connected(1)
    hub.say(1, hello(next: 1, boot: "b1", starts: "s1", "machine=m1"))
    hub.say(1, started(1, "s1", boot: "b1") + " machine=m1")
    hub.drop(1)
    hub.engine.connected(2)
    let own = hub.say(2, hello(next: 1, boot: "b2", starts: "s7", "machine=m1"))
    #expect(own.first?.contains("acked=1") == true)
    #expect(code(hub.say(2, hello(next: 1, boot: "b2", starts: "s7", "machine=m2"))) == "twin")
  }

  @Test("a hub that lost its end does not judge, nor does it by a list that may be cut")
  func forgetful() {
    openFirst()
    hub.drop(1)
    hub.engine.connected(2)
    #expect(code(hub.say(2, hello(next: 9, commands: 0, boot: "b2", starts: "s7"))) == nil)
    hub.drop(2)
    hub.engine.connected(3)
    let many = (100..<116).map { "s\($0)" }.joined(separator: ",")
    #expect(code(hub.say(3, hello(next: 9, commands: 1, boot: "b2", starts: many))) == nil)
  }

  @Test("a second box is kept out while the first one speaks, and comes in when it is silent")
  func taken() {
    openFirst()
    hub.engine.connected(2)
    let greeting = hello(next: 2, commands: 1, boot: "b2", starts: "s1,s2")
    #expect(code(hub.say(2, greeting)) == "taken")
    #expect(hub.hungUp.isEmpty && !hub.say(1, "PING").isEmpty, "the first one is not disturbed")
    hub.pass(.seconds(15))
    #expect(code(hub.say(2, greeting)) == "taken")
    hub.pass(.seconds(2))
    #expect(hub.say(2, greeting).first?.hasPrefix("WELCOME") == true)
    #expect(hub.hungUp == [1])
  }

  @Test("the same kernel takes over at once")
  func sameBoot() {
    openFirst()
    hub.engine.connected(2)
    let answer = hub.say(2, hello(next: 2, commands: 1, boot: "b1", starts: "s1,s2"))
    #expect(answer.first?.hasPrefix("WELCOME") == true)
  }

  @Test("a fact from before the hub was heard gets its time by the clock that never jumps")
  func timed() throws {
    hub.engine.connected(1)
    hub.say(1, hello(next: 1, boot: "b1", starts: "s1"))
    // The node's clock said 5,000 ms since boot at HELLO; the fact is from 3,000 ms.
    hub.pass(.seconds(1))
    hub.say(1, "FACT 1 node-started at=1000 start=s1 boot=b1 mono=2000")
    hub.say(1, "FACT 2 rating-given at=1000 rating=5 mono=3000")
    let rating = try #require(hub.facts.last).fact
    #expect(rating.at == Hub.morning + Span(ms: -2000))
    #expect(rating.more["wall"] == "1000")
    #expect(try #require(hub.facts.first).fact.at == Hub.morning + Span(ms: -3000))
    hub.say(1, "FACT 3 rating-given at=\(Hub.morning.ms - 3000) rating=4 mono=3000")
    #expect(try #require(hub.facts.last).fact.more["wall"] == nil, "near enough")
  }

  @Test("a fact of an earlier kernel keeps its time: nobody knows it better")
  func earlierKernel() throws {
    hub.engine.connected(1)
    hub.say(1, hello(next: 1, boot: "b2", starts: "s1,s2"))
    hub.say(1, "FACT 1 node-started at=1000 start=s1 boot=b1 mono=2000")
    hub.say(1, "FACT 2 rating-given at=1000 rating=5 mono=3000")
    #expect(try #require(hub.facts.last).fact.at.ms == 1000)
  }

  @Test("numbers that a node says were given are given to nobody again")
  func held() throws {
    hub.connect(1)
    hub.openBranch()
    hub.say(1, "HELD service=cash day=\(Hub.day) through=40 from=950")
    #expect(
      hub.own(.numbersLeased).map { "\($0.more["first"] ?? "")-\($0.more["last"] ?? "")" }
        == ["1-40", "950-999"])
    hub.say(1, "HELD service=cash day=\(Hub.day) through=40 from=950")
    #expect(hub.own(.numbersLeased).count == 2, "saying it twice changes nothing")
    let next = hub.say(1, "LEASE service=cash day=\(Hub.day)")
    #expect(next.first?.contains("first=291 last=291") == true, "a quarter is left out")
    let reserve = hub.say(1, "LEASE service=cash day=\(Hub.day) reserve=yes count=2")
    #expect(reserve.first?.contains("first=698 last=699") == true)
    #expect(code(hub.say(1, "HELD service=cash day=2030-01-01 through=3")) == "bad-value")
    #expect(code(hub.say(1, "HELD service=none day=\(Hub.day)")) == "unknown-service")
  }

  @Test("a renamed service takes its prefix along; two that are declared at once do not share one")
  func renamed() throws {
    hub.connect(1)
    hub.openBranch()
    hub.say(1, "LEASE service=cash day=\(Hub.day) count=7")
    let refusal = try #require(hub.say(1, "SERVICE id=kasse prefix=A").first)
    #expect(refusal.contains("prefix-taken") && refusal.contains("cash"))
    hub.say(1, "HELLO node=n1")
    #expect(hub.say(1, "SERVICE id=kasse prefix=A").isEmpty)
    let next = hub.say(1, "LEASE service=kasse day=\(Hub.day)")
    #expect(next.contains { $0.contains("first=8 last=8") }, "used numbers go with the prefix")
    #expect(code(hub.say(1, "LEASE service=cash day=\(Hub.day)")) == "unknown-service")
    // Two services swap theirs.
    hub.say(1, "HELLO node=n1")
    #expect(hub.say(1, "SERVICE id=kasse prefix=B").isEmpty)
    #expect(hub.say(1, "SERVICE id=info prefix=A").isEmpty)
    hub.restart()
    hub.connect(2)
    #expect(hub.say(2, "SERVICE id=kasse prefix=B").isEmpty)
  }
}
