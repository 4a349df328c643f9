import Branch
import QueueProtocol
import Testing

@testable import QueueEngine

@Suite("What an operator tells a node")
struct OperatorTests {
  private let hub = Hub()

  @Test("goes to the node at once, numbered and with an end, and the operator hears OK")
  func atOnce() {
    hub.connect(1)
    hub.engine.connected(2)
    let answer = hub.say(2, "TELL n1 show id=7 sign=s text=\"a b\"")
    #expect(answer == ["OK id=7"])
    #expect(
      hub.heard(1) == [
        "CMD 1 show sign=s text=\"a b\" for_ms=10000 expires=\(hub.at + 3_600_000)"
      ])
  }

  @Test("waits for a node that is away, also through a restart of the hub")
  func away() {
    hub.connect(1)
    hub.drop(1)
    hub.engine.connected(2)
    hub.say(2, "TELL n1 configure key=reserve value=9")
    hub.restart()
    hub.engine.connected(3)
    #expect(
      hub.say(3, "HELLO node=n1").contains("CMD 1 configure key=reserve value=9"))
    hub.say(3, "ACK 1")
    hub.drop(3)
    hub.engine.connected(4)
    #expect(hub.say(4, "HELLO node=n1 commands=1").count == 1)
  }

  @Test(
    "is refused when it makes no sense",
    arguments: [
      ("TELL n9 show sign=s text=x", "unknown-node"), ("TELL n1 lease", "syntax"),
      ("TELL n1", "syntax"), ("TELL n1 show text=x", "missing-field"),
      ("TELL n1 show sign=s text=x for_ms=1", "bad-value"), ("TELL n1 call counter=1", "syntax"),
    ])
  func refused(line: String, code: String) {
    hub.connect(1)
    #expect(hub.say(1, line).first?.contains("code=\(code)") == true)
  }

  private func answer(
    _ ticket: String, _ service: String = "cash", _ day: String = "2026-11-22", _ more: String = ""
  ) -> String? {
    hub.say(
      9, "TELL n1 print id=4 printer=front ticket=\(ticket) service=\(service) day=\(day) \(more)"
    ).first
  }

  @Test("to print needs a service of the node's branch, and a day around today")
  func print() {
    hub.connect(1)
    hub.openBranch()
    hub.pass(.minutes(15 * 60))
    hub.engine.connected(9)
    for day in ["2026-11-21", "2026-11-22", "2026-11-23"] {
      #expect(answer("A001", "cash", day) == "OK id=4", "\(day)")
    }
    let before = hub.records.count
    for day in ["2026-11-20", "2026-11-24", "2027-11-22"] {
      #expect(answer("A002", "cash", day)?.contains("code=bad-value id=4") == true, "\(day)")
    }
    #expect(answer("A002", "tea")?.contains("code=unknown-service id=4") == true)
    let dated = answer("A002", "tea", "2026-11-22", "expires=\(hub.at + 1000)")
    #expect(dated?.contains("code=unknown-service") == true)
    #expect(answer("B002")?.contains("code=bad-value") == true, "a prefix of another service")
    #expect(hub.records.count == before)
  }

  @Test("a number that is printed anew is nobody's, one of the next, and given by that")
  func gives() throws {
    hub.connect(1)
    hub.openBranch()
    hub.engine.connected(9)
    hub.say(1, "LEASE id=1 service=cash day=2026-11-22 count=2")
    #expect(answer("A002")?.contains("code=given") == true)
    #expect(answer("A500")?.contains("the next number of cash is A003") == true)
    #expect(answer("A004") == "OK id=4")
    #expect(answer("A004")?.contains("code=given") == true)
    let next = hub.say(1, "LEASE id=8 service=cash day=2026-11-22").joined()
    #expect(next.contains("first=5 last=5"), "\(next)")
    hub.say(1, "FACT 1 ticket-ordered at=\(hub.at) ticket=A004 service=cash day=2026-11-22")
    #expect(hub.waiting("cash") == ["A004"], "its customer is called like any other")
  }

  @Test("a second paper is for a number that somebody holds, and says when it was given")
  func reprints() {
    hub.connect(1)
    hub.openBranch()
    hub.engine.connected(9)
    hub.say(1, "LEASE id=1 service=cash day=2026-11-22 count=2")
    let at = hub.at
    for number in 1...2 {
      hub.say(
        1,
        "FACT \(number) ticket-issued at=\(at) ticket=A00\(number) service=cash "
          + "day=2026-11-22 priority=yes")
    }
    hub.say(1, "FACT 3 ticket-voided at=\(at) ticket=A002 service=cash day=2026-11-22 job=2")
    hub.pass(.minutes(5))
    for nobodys in ["A002", "A003", "A777", "A9999"] {
      let refusal = answer(nobodys, "cash", "2026-11-22", "reprint=yes")
      #expect(refusal?.contains("code=not-given") == true, "\(nobodys)")
    }
    #expect(answer("A001", "cash", "2026-11-23", "reprint=yes")?.contains("not-given") == true)
    #expect(answer("A001", "cash", "2026-11-22", "reprint=yes") == "OK id=4")
    let order = hub.heard(1).last ?? ""
    #expect(order.contains("issued_at=\(at)") && order.contains("priority=yes"), "\(order)")
  }

  @Test("again with the same id is a second order, as PROTOCOL.md says")
  func again() {
    hub.connect(1)
    hub.engine.connected(9)
    for _ in 0..<2 { hub.say(9, "TELL n1 ask id=5 what=state") }
    #expect(hub.heard(1).count == 2)
  }
}
