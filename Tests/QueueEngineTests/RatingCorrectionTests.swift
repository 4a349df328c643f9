import Branch
import Testing

@testable import QueueEngine

@Suite("A rating that corrects another")
struct RatingCorrectionTests {
  let hub = Hub()

  init() {
    hub.connect(1)
    hub.openBranch()
    visit(1, "A001")
  }

  /// A customer comes, is served at counter 1, and goes.
  private func visit(_ seq: Seq, _ ticket: String) {
    hub.issue(seq, ticket)
    hub.say(1, "NEXT counter=1")
    hub.pass(.seconds(30))
    hub.say(1, "END counter=1")
  }

  /// The fact as the hub stores it.
  @discardableResult
  private func rate(_ seq: Seq, _ more: String = "", at: WallTime? = nil) -> Fact? {
    let head = "FACT \(seq) rating-given at=\((at ?? hub.now.wall).ms) rating=4 counter=1"
    #expect(hub.say(1, "\(head) \(more)") == ["ACK \(seq)"])
    return hub.facts.last?.fact
  }

  private func ticket(_ fact: Fact?) -> String? { fact?.ticket?.description }

  @Test("is of the same visit, and so is one that corrects that")
  func chain() {
    rate(2)
    let second = rate(3, "corrects=2")
    #expect(ticket(second) == "A001" && second?.corrects == 2)
    let third = rate(4, "corrects=3")
    #expect(ticket(third) == "A001" && third?.corrects == 3)
  }

  @Test("is of that visit though its time is over meanwhile")
  func windowEdge() {
    hub.pass(.minutes(5))
    #expect(ticket(rate(2)) == "A001")
    hub.pass(.seconds(10))
    #expect(ticket(rate(3, "corrects=2")) == "A001")
  }

  @Test("is another customer's when another visit ended between the two")
  func otherVisit() {
    rate(2)
    visit(3, "A002")
    let other = rate(4, "corrects=2")
    #expect(ticket(other) == "A002")
    #expect(other?.corrects == nil, "it counts for itself")
    #expect(ticket(rate(5, "corrects=4")) == "A002")
  }

  @Test("is another customer's too when that one's time to be tied is over")
  func otherVisitLate() {
    rate(2)
    visit(3, "A002")
    hub.pass(.minutes(6))
    let other = rate(4, "corrects=2")
    #expect(ticket(other) == nil && other?.corrects == nil)
  }

  @Test("is another customer's when so many visits ended that the first one's is forgotten")
  func longAgo() {
    rate(2)
    for number in 3...8 as ClosedRange<UInt64> { visit(number, "A00\(number)") }
    let other = rate(9, "corrects=2")
    #expect(ticket(other) == "A008" && other?.corrects == nil)
  }

  @Test("takes an anonymous one to the visit that has ended meanwhile")
  func beforeTheEnd() {
    hub.issue(2, "A002")
    hub.pass(.minutes(6))
    hub.say(1, "NEXT counter=1")
    #expect(ticket(rate(3)) == nil, "the clerk has not pressed the key yet")
    hub.say(1, "END counter=1")
    hub.pass(.seconds(6))
    let second = rate(4, "corrects=3")
    #expect(ticket(second) == "A002" && second?.corrects == 3)
  }

  @Test("may be about an anonymous one, and stays so")
  func anonymous() {
    hub.pass(.minutes(6))
    #expect(ticket(rate(2)) == nil)
    let second = rate(3, "corrects=2")
    #expect(ticket(second) == nil && second?.corrects == 2)
  }

  @Test("means a number in the life of its own node")
  func otherNode() {
    rate(2)
    hub.connect(2, "n2")
    hub.say(2, "FACT 1 rating-given at=\(hub.at) rating=1 counter=1 corrects=2")
    #expect(ticket(hub.facts.last?.fact) == nil)
  }

  @Test("means the number that the other had before it had to get a new one")
  func renumbered() {
    rate(2, "was=7")
    #expect(ticket(rate(3, "corrects=7")) == "A001")
    #expect(ticket(rate(4, "corrects=2")) == nil)
  }

  @Test("that comes before the one it is about takes its place")
  func otherWayRound() {
    #expect(ticket(rate(2, "corrects=7")) == "A001")
    #expect(ticket(rate(3, "was=7")) == "A001")
    #expect(ticket(rate(4, "corrects=2")) == "A001", "the first to come still counts")
  }

  @Test("each question of a visit is rated once")
  func questions() {
    #expect(ticket(rate(2, "question=courtesy")) == "A001")
    #expect(ticket(rate(3, "question=speed")) == "A001")
    #expect(ticket(rate(4)) == "A001")
    #expect(ticket(rate(5, "question=speed")) == nil)
    #expect(ticket(rate(6, "question=speed corrects=3")) == "A001")
  }

  @Test("more questions than a hub remembers are tied and can be corrected no more")
  func manyQuestions() {
    for number in 0..<20 as Range<UInt64> { rate(2 + number, "question=q\(number)") }
    #expect(hub.facts.suffix(20).allSatisfy { $0.fact.ticket != nil })
    #expect(ticket(rate(22, "question=q0")) == nil)
    #expect(ticket(rate(23, "question=q19")) == "A001")
  }

  @Test("given during an outage, each is tied to the visit that had ended then")
  func outage() {
    let first = hub.now.wall + .seconds(4)
    visit(2, "A002")
    let second = hub.now.wall + .seconds(4)
    visit(3, "A003")
    hub.pass(.minutes(60))
    #expect(ticket(rate(4, at: first)) == "A001")
    #expect(ticket(rate(5, "corrects=4", at: first + .seconds(3))) == "A001")
    #expect(ticket(rate(6, "corrects=5", at: second)) == "A002")
    #expect(hub.facts.last?.fact.corrects == nil)
  }

  @Test("what is out of form counts as not said")
  func outOfForm() {
    let fact = rate(2, "corrects=x question=\"a b\"")
    #expect(ticket(fact) == "A001" && fact?.corrects == nil && fact?.question == nil)
  }

  @Test("a reason is of the visit of its rating")
  func reason() {
    rate(2)
    hub.say(1, "FACT 3 rating-reason at=\(hub.at) about=2 reason=waiting-time counter=1")
    #expect(ticket(hub.facts.last?.fact) == "A001")
    hub.say(1, "FACT 4 rating-reason at=\(hub.at) about=77 reason=waiting-time counter=1")
    #expect(ticket(hub.facts.last?.fact) == nil)
    let answer = hub.say(1, "FACT 5 rating-reason at=\(hub.at) about=2")
    #expect(answer.first?.contains("code=missing-field") == true)
  }

  @Test("survives a hub that starts again between the two")
  func restarted() {
    rate(2)
    hub.restart()
    hub.connect(1, "n1", "next=3")
    #expect(ticket(rate(3, "corrects=2")) == "A001")
  }
}

@Suite("The clerk of a visit")
struct ClerkTests {
  let hub = Hub()

  init() {
    hub.connect(1)
    hub.openBranch()
    hub.issue(1, "A001")
  }

  @Test("stands in its facts, and in a rating that does not name one")
  func named() {
    hub.say(1, "NEXT counter=1 clerk=anna")
    hub.say(1, "RECALL counter=1")
    hub.say(1, "END counter=1")
    hub.say(1, "FACT 2 rating-given at=\(hub.at) rating=4 counter=1")
    let kinds: [FactKind] = [.visitCalled, .visitRecalled, .visitEnded, .ratingGiven]
    for kind in kinds {
      #expect(hub.facts.last { $0.fact.kind == kind }?.fact.clerk == ClerkID("anna"), "\(kind)")
    }
  }

  @Test("is who called, until another one does something")
  func taken() {
    hub.say(1, "NEXT counter=1 clerk=anna")
    hub.say(1, "NO-SHOW counter=1 clerk=ben")
    #expect(hub.own(.visitNoShow).last?.clerk == ClerkID("ben"))
    hub.issue(2, "A002")
    hub.say(1, "NEXT counter=1")
    #expect(hub.own(.visitCalled).last?.clerk == nil)
  }

  @Test("has a name")
  func form() {
    let answer = hub.say(1, "NEXT counter=1 clerk=\"a b\"")
    #expect(answer.first?.contains("code=bad-value") == true)
  }
}
