import Branch
import QueueProtocol
import Testing

@testable import QueueEngine

@Suite("A hub whose clock is set")
struct ClockSetTests {
  let hub = Hub()

  init() {
    hub.connect(1)
    hub.openBranch()
  }

  private func set(_ span: Span) {
    hub.now.wall = hub.now.wall + span
    hub.say(1, "PING")
    #expect(hub.hungUp.contains(1), "its session has the wrong time")
    hub.drop(1)
    hub.connect(1)
  }

  static let jumps: [Span] = [
    .seconds(6), .minutes(60), .minutes(62 * 60), .minutes(60 * 24 * 365), .seconds(-6),
    .minutes(-62 * 60), .minutes(-60 * 24 * 400),
  ]

  @Test("keeps who waits, in order, and says how long they really waited", arguments: jumps)
  func waiting(jump: Span) {
    hub.issue(1, "A001")
    hub.pass(.seconds(30))
    hub.issue(2, "A002")
    hub.pass(.seconds(10))
    set(jump)
    #expect(hub.waiting("cash") == ["A001", "A002"])
    hub.pass(.seconds(20))
    hub.issue(3, "A003")
    #expect(hub.say(1, "NEXT counter=1").contains { $0.contains("ticket=A001") })
    hub.pass(.seconds(5))
    set(Span(ms: -jump.ms))
    hub.pass(.seconds(7))
    #expect(hub.say(1, "NEXT counter=1").contains { $0.contains("ticket=A002") })
    #expect(hub.own(.visitLapsed).isEmpty)
    #expect(hub.own(.visitCalled).map { $0.waiting?.ms } == [60_000, 42_000])
    #expect(hub.own(.visitEnded).map { $0.transaction?.ms } == [12_000])
    #expect(hub.own(.clockSet).count == 2)
    #expect(hub.problems.map(\.code) == ["clock-set", "clock-set"])
    let before = hub.waiting("cash")
    hub.restart()
    #expect(hub.waiting("cash") == before && hub.waiting("cash") == ["A003"])
  }

  @Test("leaves alone what was issued before the machine started with a wrong clock")
  func beforeTheBoot() {
    hub.issue(1, "A001")
    let rightAgain = hub.now.wall + .minutes(10)
    hub.restart()
    // Two minutes after a boot, an hour behind.
    hub.now = Now(wall: rightAgain + .minutes(-60), monotonic: MonotonicTime(ms: 120_000))
    hub.connect(1)
    hub.issue(2, "A002")
    hub.now.wall = rightAgain
    hub.say(1, "PING")
    hub.drop(1)
    hub.connect(1)
    for _ in 0..<2 { hub.say(1, "NEXT counter=1") }
    #expect(hub.own(.visitCalled).map { $0.waiting?.ms } == [600_000, 0])
  }

  @Test("still gives up who waits since yesterday")
  func lapses() {
    hub.issue(1, "A001")
    hub.pass(.minutes(13 * 60))
    #expect(hub.say(1, "NEXT counter=1").contains { $0.contains("code=empty") })
    #expect(hub.own(.visitLapsed).count == 1)
    #expect(hub.own(.clockSet).isEmpty, "time that passes is no jump")
  }

  @Test("by a few seconds does not notice")
  func small() {
    hub.issue(1, "A001")
    hub.now.wall = hub.now.wall + .seconds(4)
    hub.say(1, "PING")
    #expect(hub.hungUp.isEmpty && hub.own(.clockSet).isEmpty)
  }
}
