import Branch
import QueueProtocol
import TestSeeds
import Testing

@testable import QueueEngine

@Suite("How long a customer will wait")
struct WaitEstimateTests {
  let hub = Hub()
  private let cash = ServiceID("cash")!

  init() {
    hub.connect(1)
    hub.openBranch()
  }

  /// What a lease says now: customers ahead, and the wait.
  private func told(_ service: String = "cash", _ hub: Hub? = nil) -> (ahead: Int, wait: Span?)? {
    let lines = (hub ?? self.hub).say(1, "LEASE id=1 service=\(service) day=\(Hub.day)")
    for line in lines {
      if case .command(_, .lease(let block))? = try? HubMessage(parsing: line.utf8) {
        return (block.ahead, block.details.wait)
      }
    }
    return nil
  }

  /// Serves a customer who comes now for so long.
  private func serve(
    _ seq: Seq, _ minutes: Int64, counter: String = "1", _ service: String = "cash"
  ) {
    let ticket = (service == "cash" ? "A" : "B") + padded(Int(500 + seq), to: 3)
    hub.issue(seq, ticket, service)
    hub.say(1, "NEXT counter=\(counter)")
    hub.pass(.minutes(minutes))
    hub.say(1, "END counter=\(counter)")
  }

  @Test("is not said before four visits of the service have ended")
  func tooLittle() {
    for seq in 1...3 {
      serve(Seq(seq), 5)
      #expect(told()?.wait == nil, "after \(seq)")
    }
    serve(4, 5)
    #expect(told()?.wait == Span(ms: 0), "a counter is free and nobody waits")
    #expect(told("info")?.wait == nil, "another service is another matter")
  }

  @Test("is the time of a visit for each customer ahead, and for the one being served")
  func turns() throws {
    for seq in 1...4 { serve(Seq(seq), 5) }
    for seq in 5...7 { hub.issue(Seq(seq), "A00\(seq)") }
    #expect(try #require(told()) == (3, .minutes(15)))
    hub.say(1, "NEXT counter=1")
    #expect(try #require(told()) == (2, .minutes(15)), "the one being served has to end first")
    hub.pass(.minutes(5))
    hub.say(1, "NEXT counter=1")
    #expect(try #require(told()) == (1, .minutes(10)))
  }

  @Test("gets shorter when a second counter calls from the service")
  func counters() throws {
    for seq in 1...4 { serve(Seq(seq), 4, counter: seq % 2 == 0 ? "1" : "2") }
    for seq in 5...8 { hub.issue(Seq(seq), "A00\(seq)") }
    #expect(try #require(told()) == (4, .minutes(8)))
  }

  @Test("takes a counter that serves another service half of the time for half a counter")
  func shares() throws {
    for seq in 1...8 { serve(Seq(seq), 3, seq % 2 == 0 ? "cash" : "info") }
    hub.issue(9, "A009")
    #expect(try #require(told()) == (1, .minutes(6)))
  }

  @Test("is not spoiled by a visit that nobody ended")
  func forgotten() throws {
    for seq in 1...5 { serve(Seq(seq), 2) }
    serve(6, 60)
    serve(7, 2)
    hub.issue(8, "A008")
    // Six of two minutes and one that counts with four times that.
    #expect(try #require(told()?.wait) == Span(ms: (6 * 120_000 + 480_000) / 7))
  }

  @Test("is not said when no counter has called for half an hour, or the visits are long ago")
  func closed() {
    for seq in 1...5 { serve(Seq(seq), 2) }
    #expect(told()?.wait != nil)
    hub.pass(.minutes(31))
    #expect(told()?.wait == nil)
  }

  @Test("is not said for numbers of the reserve")
  func reserve() {
    for seq in 1...5 { serve(Seq(seq), 2) }
    let lines = hub.say(1, "LEASE service=cash day=\(Hub.day) count=9 reserve=yes")
    #expect(lines.contains { $0.contains("lease") } && !lines.contains { $0.contains("wait_ms") })
  }

  @Test("is the same after the hub was started again")
  func restarts() throws {
    for seq in 1...6 { serve(Seq(seq), 7) }
    hub.issue(7, "A007")
    let before = try #require(told())
    #expect(before.wait == .minutes(7))
    hub.restart()
    hub.connect(1)
    let after = try #require(told())
    #expect(after == before)
  }

  @Test("moves along when the clock is set")
  func clockSet() throws {
    for seq in 1...6 { serve(Seq(seq), 7) }
    hub.issue(7, "A007")
    hub.now.wall = hub.now.wall + .minutes(8 * 60)
    hub.say(1, "PING")
    hub.engine.connected(1)
    _ = hub.say(1, "HELLO node=n1 next=8")
    #expect(told()?.wait == .minutes(7))
  }

  @Test("more visits than a counter remembers are forgotten, the oldest first")
  func bounded() throws {
    for seq in 1...20 { serve(Seq(seq), 20) }
    for seq in 21...28 { serve(Seq(seq), 1) }
    hub.issue(29, "A029")
    #expect(try #require(told()?.wait) == .minutes(1))
    let served = hub.engine.memory.branches[BranchID("main")!]?.counters.values.map(\.served.count)
    #expect(served?.max() == BranchState.served_max)
  }

  /// A branch with counters in any state.
  private func branch(_ random: inout Seeded) -> BranchState {
    var branch = BranchState()
    for counter in 1...Int.random(in: 1...6, using: &random) {
      var state = BranchState.CounterState(
        services: [cash, ServiceID("info")!].shuffled(using: &random))
      for _ in 0..<Int.random(in: 0...10, using: &random) {
        let visit = visit(&random)
        let times: [Int64] = [0, 1, 60_000, .max / 4, 400_000]
        let took = times.randomElement(using: &random)!
        state.ended(
          visit, at: Hub.morning + Span(ms: -Int64.random(in: -5000...8_000_000, using: &random)),
          took: Span(ms: took))
      }
      if random.chance(2) { state.serving = visit(&random) }
      branch.counters[CounterID("\(counter)")!] = state
    }
    return branch
  }

  private func visit(_ random: inout Seeded) -> Visit {
    let number = TicketNumber(prefix: "A", number: Int.random(in: 1...999, using: &random))
    var visit = Visit(
      key: VisitKey(day: Hub.day, ticket: number),
      service: random.chance(2) ? cash : ServiceID("info")!, issuedAt: Hub.morning)
    visit.calledAt = Hub.morning + Span(ms: -Int64.random(in: 0...9_000_000, using: &random))
    return visit
  }

  @Test(
    "never negative, never less for more customers ahead, unknown with too few visits",
    arguments: Seeds.some(40))
  func properties(seed: UInt64) {
    var random = Seeded(seed)
    var known = 0
    for _ in 0..<60 {
      let branch = branch(&random)
      let ended = branch.counters.values.joinedServed.count { visit in
        visit.service == cash
          && (0...BranchState.handlingLook.ms).contains((Hub.morning - visit.endedAt).ms)
      }
      var before = Span(ms: 0)
      var isOver = false
      for ahead in [0, 1, 2, 3, 10, 100, 5000, 1_000_000, Int.max] {
        guard let wait = branch.wait(for: cash, ahead: ahead, at: Hub.morning) else {
          isOver = true
          continue
        }
        #expect(!isOver, "known for more ahead, unknown for fewer; seed \(seed)")
        #expect(wait >= before && wait.ms >= 0 && wait <= BranchState.wait_max, "seed \(seed)")
        #expect(ended >= BranchState.ended_min, "said with \(ended) visits, seed \(seed)")
        before = wait
        known += 1
      }
    }
    #expect(known > 10, "nearly nothing was estimated, seed \(seed)")
  }
}

extension Dictionary<CounterID, BranchState.CounterState>.Values {
  fileprivate var joinedServed: [ServedVisit] { flatMap(\.served) }
}
