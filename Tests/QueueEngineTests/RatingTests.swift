import Branch
import Testing

@testable import QueueEngine

@Suite("A rating belongs to the visit that just ended at its counter")
struct RatingTests {
  let hub = Hub()

  init() {
    hub.connect(1)
    hub.openBranch()
    hub.issue(1, "A001")
    hub.say(1, "NEXT counter=1")
    hub.pass(.seconds(30))
    hub.say(1, "END counter=1")
  }

  /// Rates, gives the ticket that the stored fact names.
  private func rate(_ seq: Seq, at: WallTime? = nil, counter: String? = "1") -> String? {
    let place = counter.map { " counter=\($0)" } ?? ""
    let answer = hub.say(
      1, "FACT \(seq) rating-given at=\((at ?? hub.now.wall).ms) rating=4 terminal=smiley\(place)")
    #expect(answer == ["ACK \(seq)"])
    #expect(hub.facts.last?.fact.rating == 4)
    return hub.facts.last?.fact.ticket?.description
  }

  @Test("within the window")
  func tied() {
    hub.pass(.minutes(5))
    #expect(rate(2) == "A001")
    #expect(hub.facts.last?.fact.service == ServiceID("cash"))
    #expect(hub.facts.last?.fact.day == Hub.day)
  }

  @Test("after the window it stays anonymous")
  func late() {
    hub.pass(Span(ms: 5 * 60_000 + 1))
    #expect(rate(2) == nil)
  }

  @Test("a second one stays anonymous")
  func second() {
    #expect(rate(2) == "A001")
    #expect(rate(3) == nil)
  }

  @Test("at another counter, or at none, it stays anonymous")
  func elsewhere() {
    #expect(rate(2, counter: "2") == nil)
    #expect(rate(3, counter: nil) == nil)
    #expect(rate(4, counter: "77") == nil)
    #expect(rate(5) == "A001")
  }

  @Test("from before the end it stays anonymous, but for the slack of two clocks")
  func before() {
    #expect(rate(2, at: hub.now.wall + .seconds(-6)) == nil)
    #expect(rate(3, at: hub.now.wall + .seconds(-5)) == "A001")
  }

  @Test("the next visit that ends takes the place")
  func next() {
    hub.issue(2, "A002")
    hub.say(1, "NEXT counter=1")
    hub.say(1, "END counter=1")
    #expect(rate(3) == "A002")
  }

  @Test("given during an outage, it is tied by its own time")
  func replayed() {
    let then = hub.now.wall + .seconds(20)
    hub.pass(.minutes(60 * 24))
    #expect(rate(2, at: then) == "A001")
  }

  @Test("the ends of time do not end the hub")
  func extremes() {
    #expect(rate(2, at: WallTime(ms: 0)) == nil)
    #expect(rate(3, at: WallTime(ms: 253_402_300_799_999)) == nil)
    #expect(
      hub.say(1, "FACT 4 rating-given at=-9223372036854775808 rating=5 counter=1").first?
        .contains("code=bad-value") == true)
  }

  @Test("one that fills its line to the last byte can still be tied and read back")
  func longest() {
    let head = "FACT 2 rating-given at=\(hub.at) rating=4 counter=1 note="
    hub.say(1, head + String(repeating: "x", count: 4095 - head.utf8.count))
    #expect(hub.facts.last?.fact.ticket == TicketNumber("A001"))
    let many = (0..<57).map { "f\($0)=1" }.joined(separator: " ")
    hub.say(1, "FACT 3 rating-given at=\(hub.at) rating=4 counter=1 \(many)")
    #expect(hub.facts.last?.seq == 3)
  }
}
