import Branch
import QueueProtocol
import TestSeeds
import Testing

@testable import QueueEngine

@Suite("Calling customers")
struct CallingTests {
  let hub = Hub()

  init() {
    hub.connect(1)
    hub.openBranch()
  }

  private func error(_ lines: [String]) -> String? {
    lines.compactMap { try? HubMessage(parsing: $0.utf8) }.compactMap {
      if case .error(let code, _, _) = $0 { code } else { nil }
    }.first
  }

  @Test("by the order of the counter's services, then first come")
  func order() {
    hub.issue(1, "A001")
    hub.pass(.seconds(1))
    hub.issue(2, "B001", "info")
    hub.pass(.seconds(1))
    hub.issue(3, "A002")
    hub.pass(.seconds(1))
    hub.issue(4, "B002", "info")
    let calls = ["1", "2", "1", "2"].map { counter in
      hub.say(1, "NEXT counter=\(counter)")
      return hub.serving(counter)
    }
    #expect(calls == ["A001", "B001", "A002", "B002"])
  }

  @Test("a counter whose first service is empty serves the second")
  func second() {
    hub.issue(1, "B001", "info")
    hub.say(1, "NEXT counter=1")
    #expect(hub.serving("1") == "B001")
  }

  @Test("the answer names the ticket and repeats the request's id")
  func answer() {
    hub.issue(1, "A001")
    let lines = hub.say(1, "NEXT id=77 counter=1")
    #expect(lines == ["CMD 1 call counter=1 ticket=A001 at=\(hub.at)", "OK id=77 ticket=A001"])
  }

  @Test("two counters never get the same visit", arguments: Seeds.some(10))
  func neverTwice(seed: UInt64) {
    var random = Seeded(seed)
    var seq: Seq = 0
    var called: [String] = []
    for _ in 0..<120 {
      hub.pass(Span(ms: Int64.random(in: 0...30_000, using: &random)))
      if random.chance(2) {
        seq += 1
        let isCash = random.chance(2)
        let at = hub.now.wall + Span(ms: -Int64.random(in: 0...600_000, using: &random))
        hub.issue(
          seq, (isCash ? "A" : "B") + padded(Int(seq), to: 3), isCash ? "cash" : "info", at: at)
      } else {
        let before = hub.own(.visitCalled).count
        hub.say(1, "NEXT counter=\(random.chance(2) ? 1 : 2)")
        called += hub.own(.visitCalled).dropFirst(before).compactMap { $0.ticket?.description }
      }
    }
    #expect(Set(called).count == called.count, "called twice: \(called)")
    #expect(hub.serving("1") == nil || hub.serving("1") != hub.serving("2"))
  }

  @Test("next ends the visit before it")
  func nextEnds() {
    hub.issue(1, "A001")
    hub.issue(2, "A002")
    hub.say(1, "NEXT counter=1")
    hub.pass(.seconds(90))
    hub.say(1, "NEXT counter=1")
    let ended = hub.own(.visitEnded)
    #expect(ended.map(\.ticket) == [TicketNumber("A001")])
    #expect(ended.first?.transaction == .seconds(90))
    #expect(ended.first?.reason == "next")
    #expect(hub.serving("1") == "A002")
  }

  @Test("next with nobody waiting still ends the visit, and clears the signs")
  func nextIntoNothing() {
    hub.issue(1, "A001")
    hub.say(1, "NEXT counter=1")
    let lines = hub.say(1, "NEXT id=5 counter=1")
    #expect(lines.first == "CMD 2 clear counter=1")
    #expect(error(lines) == "empty")
    #expect(lines.last?.contains("id=5") == true)
    #expect(hub.serving("1") == nil)
    #expect(hub.own(.visitEnded).count == 1)
  }

  @Test("recall calls the same ticket again and changes nothing else")
  func recall() {
    hub.issue(1, "A001")
    hub.say(1, "NEXT counter=1")
    hub.pass(.seconds(10))
    let lines = hub.say(1, "RECALL counter=1")
    #expect(lines.first == "CMD 2 call counter=1 ticket=A001 at=\(hub.at) again=yes")
    #expect(hub.serving("1") == "A001")
    #expect(hub.own(.visitRecalled).count == 1)
    hub.pass(.seconds(10))
    hub.say(1, "END counter=1")
    #expect(hub.own(.visitEnded).first?.transaction == .seconds(20), "from the first call")
  }

  @Test("no-show frees the counter, and nobody can rate it")
  func noShow() {
    hub.issue(1, "A001")
    hub.say(1, "NEXT counter=1")
    let lines = hub.say(1, "NO-SHOW counter=1")
    #expect(lines == ["CMD 2 clear counter=1", "OK id=0 ticket=A001"])
    #expect(hub.serving("1") == nil)
    #expect(hub.own(.visitEnded).isEmpty)
    hub.say(1, "FACT 2 rating-given at=\(hub.at) rating=1 counter=1")
    #expect(hub.facts.last?.fact.ticket == nil)
  }

  @Test("waiting and transaction times")
  func times() {
    hub.issue(1, "A001")
    hub.pass(.seconds(125))
    hub.say(1, "NEXT counter=1")
    hub.pass(.seconds(61))
    hub.say(1, "END counter=1")
    #expect(hub.own(.visitCalled).first?.waiting == .seconds(125))
    #expect(hub.own(.visitEnded).first?.transaction == .seconds(61))
  }

  @Test("a node whose clock is ahead gives no negative waiting time")
  func clockAhead() {
    hub.issue(1, "A001", at: hub.now.wall + .seconds(50))
    hub.say(1, "NEXT counter=1")
    #expect(hub.own(.visitCalled).first?.waiting == Span(ms: 0))
  }

  @Test("late facts after an outage are put in the order of issue")
  func lateFacts() {
    hub.connect(2, "n2")
    hub.pass(.minutes(10))
    hub.issue(1, "A010", at: hub.now.wall)
    for (index, minutes) in [1, 3, 5].enumerated() {
      hub.issue(
        Seq(index + 1), "A50\(index)", session: 2, at: Hub.morning + .minutes(Int64(minutes)))
    }
    hub.issue(2, "A011", at: hub.now.wall + .seconds(1))
    #expect(hub.waiting("cash") == ["A500", "A501", "A502", "A010", "A011"])
  }

  @Test("who pressed in the same millisecond is served in the order of arrival")
  func sameMoment() {
    for index in 1...4 { hub.issue(Seq(index), "A00\(index)") }
    #expect(hub.waiting("cash") == ["A001", "A002", "A003", "A004"])
  }

  @Test("a voided ticket is not called")
  func voided() {
    hub.issue(1, "A001")
    hub.issue(2, "A002")
    hub.say(
      1, "FACT 3 ticket-voided at=\(hub.at) ticket=A001 service=cash day=\(Hub.day) reason=offline")
    hub.say(1, "NEXT counter=1")
    #expect(hub.serving("1") == "A002")
    #expect(error(hub.say(1, "NEXT counter=2")) == "empty")
  }

  @Test("a ticket that was voided after its call stays at the counter until somebody ends it")
  func voidedLate() {
    hub.issue(1, "A001")
    hub.say(1, "NEXT counter=1")
    hub.say(
      1, "FACT 2 ticket-voided at=\(hub.at) ticket=A001 service=cash day=\(Hub.day) reason=x")
    #expect(hub.serving("1") == "A001")
    hub.say(1, "END counter=1")
    #expect(hub.serving("1") == nil)
  }

  @Test("who waits since yesterday is not called any more, and the record says so")
  func lapsed() {
    hub.issue(1, "A001")
    hub.pass(.minutes(12 * 60 + 1))
    hub.issue(2, "A002")
    hub.say(1, "NEXT counter=1")
    #expect(hub.serving("1") == "A002")
    #expect(hub.own(.visitLapsed).map(\.ticket) == [TicketNumber("A001")])
  }

  @Test(
    "recall, no-show and end at a free counter are errors", arguments: ["RECALL", "NO-SHOW", "END"])
  func nobody(verb: String) {
    #expect(error(hub.say(1, "\(verb) id=9 counter=1")) == "nobody")
    #expect(hub.own(.visitEnded).isEmpty && hub.own(.visitNoShow).isEmpty)
  }

  @Test("next with nobody waiting is an error")
  func empty() { #expect(error(hub.say(1, "NEXT id=9 counter=1")) == "empty") }

  @Test("a counter that nobody declared is an error")
  func unknownCounter() { #expect(error(hub.say(1, "NEXT counter=9")) == "unknown-counter") }

  @Test("an expired request is not carried out, one in time is")
  func expired() {
    hub.issue(1, "A001")
    #expect(error(hub.say(1, "NEXT counter=1 by=\(hub.at - 1)")) == "expired")
    #expect(hub.serving("1") == nil)
    #expect(error(hub.say(1, "NEXT counter=1 by=\(hub.at)")) == nil)
    #expect(hub.serving("1") == "A001")
  }

  @Test("a request dies by the clock of its session, though the hub's is set back meanwhile")
  func setBack() {
    hub.issue(1, "A001")
    let by = hub.at + 3000
    hub.pass(.seconds(10))
    hub.now.wall = hub.now.wall + Span.minutes(-60)
    #expect(error(hub.say(1, "NEXT counter=1 by=\(by)")) == "expired")
    #expect(hub.serving("1") == nil)
    #expect(hub.say(1, "PING").first == "PONG now=\(by + 7000)")
  }

  @Test("a node cannot call or end a visit by facts of its own")
  func forged() {
    hub.issue(1, "A001")
    hub.say(1, "FACT 2 visit-called at=\(hub.at) ticket=A001 day=\(Hub.day) service=cash counter=1")
    hub.say(
      1, "FACT 3 numbers-leased at=1 service=cash day=\(Hub.day) first=1 last=999 branch=main")
    hub.say(1, "FACT 4 facts-missing at=1 of=n1 of_epoch=1 first=1 last=900 branch=main")
    #expect(hub.serving("1") == nil)
    #expect(hub.waiting("cash") == ["A001"])
    #expect(hub.say(1, "LEASE service=cash day=\(Hub.day)").first?.contains("first=1 ") == true)
    #expect(hub.say(1, "FACT 5 x-y at=1") == ["ACK 5"])
  }

  @Test("all nodes of the branch hear a call, other branches do not")
  func branches() {
    hub.connect(2, "n2")
    hub.connect(3, "n3", "branch=other")
    hub.issue(1, "A001")
    hub.say(1, "NEXT counter=1")
    #expect(hub.heard(2) == ["CMD 1 call counter=1 ticket=A001 at=\(hub.at)"])
    #expect(hub.heard(3).isEmpty)
    #expect(error(hub.say(3, "NEXT counter=1")) == "unknown-counter")
  }
}
