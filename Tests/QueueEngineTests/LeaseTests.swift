import Branch
import QueueProtocol
import TestSeeds
import Testing

@testable import QueueEngine

@Suite("Leased numbers")
struct LeaseTests {
  let hub = Hub()

  init() {
    hub.connect(1)
    hub.openBranch()
  }

  /// Asks, and gives the block that came.
  private func lease(
    _ session: SessionID = 1, _ service: String = "cash", count: Int = 1, reserve: Bool = false,
    day: ServiceDay = Hub.day
  ) -> NumberBlock? {
    let lines = hub.say(
      session,
      "LEASE id=3 service=\(service) day=\(day) count=\(count)\(reserve ? " reserve=yes" : "")")
    for line in lines {
      if case .command(_, .lease(let block))? = try? HubMessage(parsing: line.utf8) { return block }
    }
    return nil
  }

  private func error(_ line: String, _ session: SessionID = 1) -> String? {
    for line in hub.say(session, line) {
      if case .error(let code, _, _)? = try? HubMessage(parsing: line.utf8) { return code }
    }
    return nil
  }

  @Test("ordinary ones go up from the first, reserves down from the last")
  func directions() {
    #expect(lease()?.numbers == 1...1)
    #expect(lease(count: 3)?.numbers == 2...4)
    #expect(lease(count: 50, reserve: true)?.numbers == 950...999)
    #expect(lease(count: 10, reserve: true)?.numbers == 940...949)
    #expect(lease()?.numbers == 5...5)
  }

  @Test("the block says how many wait, and whose numbers it has")
  func block() {
    hub.issue(1, "A001")
    hub.issue(2, "A002")
    let block = lease(count: 2, reserve: true)
    #expect(block?.ahead == 2)
    #expect(block?.prefix == "A")
    #expect(block?.isReserve == true)
    #expect(block?.day == Hub.day)
  }

  @Test("never overlap among nodes, whatever the order", arguments: Seeds.some(15))
  func neverOverlap(seed: UInt64) {
    var random = Seeded(seed)
    hub.say(1, "SERVICE id=cash prefix=A first=10 last=\(Int.random(in: 10...300, using: &random))")
    var sessions: [SessionID] = [1]
    var given: [Int] = []
    var refusals = 0
    for step in 0..<80 where refusals < 3 {
      if random.chance(6) {
        let id = SessionID(step + 100)
        hub.connect(id, "n\(Int.random(in: 1...3, using: &random))", "epoch=\(step + 1)")
        sessions = [id]
        hub.connect(id + 1000, "m\(step)")
        sessions.append(id + 1000)
      }
      let before = given.count
      if let block = lease(
        sessions.randomElement(using: &random)!, count: Int.random(in: 1...20, using: &random),
        reserve: random.chance(2))
      {
        given += Array(block.numbers)
      }
      if given.count == before { refusals += 1 }
    }
    #expect(Set(given).count == given.count)
    #expect(given.allSatisfy { $0 >= 10 })
  }

  @Test("ordinary and reserve meet in the middle, and then the day is exhausted")
  func exhausted() {
    hub.say(1, "SERVICE id=cash prefix=A first=1 last=10")
    #expect(lease(count: 4)?.numbers == 1...4)
    #expect(lease(count: 4, reserve: true)?.numbers == 7...10)
    #expect(lease(count: 5)?.numbers == 5...6, "what is left, though less than asked for")
    #expect(error("LEASE service=cash day=\(Hub.day)") == "exhausted")
    #expect(error("LEASE service=cash day=\(Hub.day) reserve=yes") == "exhausted")
    #expect(lease(day: Hub.day.next)?.numbers == 1...1, "another day has its own")
  }

  @Test("a reserve may take the whole day")
  func wholeDay() {
    hub.say(1, "SERVICE id=cash prefix=A first=1 last=5")
    #expect(lease(count: 9, reserve: true)?.numbers == 1...5)
    #expect(lease() == nil)
  }

  @Test("each day and each service count for themselves")
  func days() {
    #expect(lease(count: 7)?.numbers == 1...7)
    #expect(lease(day: Hub.day.next)?.numbers == 1...1)
    #expect(lease(1, "info")?.numbers == 1...1)
  }

  @Test(
    "a day far from the hub's is refused: a clock that is wrong gets no numbers",
    arguments: ["1970-01-01", "2026-11-19", "2026-11-25", "9999-12-31", "0000-01-01"])
  func wrongDay(day: String) { #expect(error("LEASE service=cash day=\(day)") == "bad-value") }

  @Test("two days around the hub's are given", arguments: ["2026-11-20", "2026-11-24"])
  func nearDay(day: String) { #expect(lease(day: ServiceDay(day)!)?.numbers == 1...1) }

  @Test("an unknown service is an error") func unknown() {
    #expect(error("LEASE service=tea day=\(Hub.day)") == "unknown-service")
  }

  @Test("a prefix that moves to another service in the middle of a day takes its numbers along")
  func movedPrefix() {
    #expect(lease(count: 5)?.numbers == 1...5)
    hub.say(1, "SERVICE id=cash prefix=C")
    hub.say(1, "SERVICE id=loans prefix=A")
    #expect(lease(1, "loans")?.numbers == 6...6)
    #expect(lease()?.numbers == 1...1, "C001: never given before")
    hub.say(1, "SERVICE id=loans prefix=D")
    hub.say(1, "SERVICE id=cash prefix=A")
    #expect(lease()?.numbers == 7...7)
  }

  @Test("a clock that ran ahead for weeks and came back does not start the day again")
  func clockAhead() {
    #expect(lease(count: 5)?.numbers == 1...5)
    for _ in 0..<20 {
      hub.pass(.minutes(60 * 24))
      #expect(lease(day: hub.now.local.day)?.numbers == 1...1)
    }
    hub.pass(.minutes(-60 * 24 * 20))
    #expect(lease()?.numbers == 6...6)
  }

  @Test("what is remembered of days is bounded, and today is what is remembered")
  func bounded() {
    hub.comparesEveryLine = false
    for _ in 0..<(BranchState.rests_max + 5) {
      hub.pass(.minutes(60 * 24))
      _ = lease(day: hub.now.local.day)
      hub.say(1, "ACK \(hub.engine.memory.lives.values.first!.lastCommand)")
    }
    #expect(hub.engine.memory.branches[BranchID("main")!]?.rests.count == BranchState.rests_max)
    #expect(lease(day: hub.now.local.day)?.numbers == 2...2)
    hub.compare()
  }

  @Test("a lost answer loses no numbers: they come again until they are acknowledged")
  func resent() {
    let block = lease(count: 4)
    hub.drop(1)
    hub.engine.connected(2)
    let lines = hub.say(2, "HELLO node=n1 commands=0")
    #expect(lines.count == 2)
    #expect(
      (try? HubMessage(parsing: lines[1].utf8)) == .command(1, .lease(block!)))
  }

  @Test("a node that acknowledges nothing gets no more than a bounded number of blocks")
  func neverAcknowledges() {
    hub.comparesEveryLine = false
    for _ in 0..<QueueEngine.outbox_max { #expect(lease() != nil) }
    #expect(error("LEASE service=cash day=\(Hub.day)") == "busy")
    hub.say(1, "ACK 1")
    #expect(lease() != nil)
    hub.compare()
  }
}
