import Branch
import TestSeeds
import Testing

@testable import BranchCore

@Suite("A main sign")
struct BoardTests {
  private static func plan(_ change: (inout SignPlan) -> Void = { _ in }) -> NodePlan {
    var plan = Plans.node()
    plan.signs[1].board.calls_max = 3
    plan.signs[1].arrows = [CounterID("1")!: .left, CounterID("2")!: .down]
    plan.signs[1].format = "{ticket} {arrow} {counter}"
    change(&plan.signs[1])
    return plan
  }

  private static func box(_ change: (inout SignPlan) -> Void = { _ in }) -> Box {
    let box = Box(plan(change))
    box.openAll()
    box.link()
    return box
  }

  private func lines(_ box: Box) -> [String] { box.pictures[Plans.mainSign]?.last?.lines ?? [] }

  /// `1 A001` calls, `1` ends.
  private func play(_ events: String..., from number: UInt64 = 1, on box: Box) {
    for (index, event) in events.enumerated() {
      let parts = event.split(separator: " ")
      let number = number + UInt64(index)
      box.hub(
        parts.count == 2
          ? "CMD \(number) call counter=\(parts[0]) ticket=\(parts[1]) at=1"
          : "CMD \(number) clear counter=\(parts[0])")
    }
  }

  @Test("lists the last calls, the newest on top, with the way to the counter")
  func list() {
    let box = Self.box()
    play("1 A001", "2 A002", "3 B001", "4 B002", on: box)
    #expect(lines(box) == ["B002 4", "B001 3", "A002 \u{2193} 2"])
    play("4", from: 5, on: box)
    #expect(lines(box) == ["B001 3", "A002 \u{2193} 2", "A001 \u{2190} 1"])
    play("1", "2", "3", from: 6, on: box)
    #expect(lines(box) == ["WELCOME"])
  }

  @Test("may push them up instead")
  func newestLast() {
    let box = Self.box { $0.board.newestLast = true }
    play("3 A001", "4 A002", "5 B001", "6 B002", on: box)
    #expect(lines(box) == ["A002 4", "B001 5", "B002 6"])
  }

  @Test("a ticket that is called again moves up and stands there once")
  func again() {
    let box = Self.box()
    play("3 A001", "4 A002", "3 A001", on: box)
    #expect(lines(box) == ["A001 3", "A002 4"])
    play("3 B001", from: 4, on: box)
    #expect(lines(box) == ["B001 3", "A002 4"], "the counter has another customer")
  }

  @Test("keeps what is over when it is told to, until newer calls push it out")
  func keeps() {
    let box = Self.box { $0.board.keepsEnded = true }
    play("3 A001", "3", "4 A002", "4", on: box)
    #expect(lines(box) == ["A002 4", "A001 3"])
    play("5 A001", from: 5, on: box)
    #expect(lines(box) == ["A001 5", "A002 4"], "called again elsewhere, it stands there once")
    play("3 B001", "3 B002", from: 6, on: box)
    #expect(lines(box) == ["B002 3", "B001 3", "A001 5"])
  }

  @Test("one number at two counters is that of two customers")
  func twoDays() {
    let box = Self.box()
    play("3 A001", "4 A001", on: box)
    #expect(lines(box) == ["A001 4", "A001 3"])
    play("4", from: 3, on: box)
    #expect(lines(box) == ["A001 3"])
  }

  @Test("has the same list after a restart, without a sound or a flash", arguments: [false, true])
  func restart(keepsEnded: Bool) {
    let change: (inout SignPlan) -> Void = {
      $0.board.keepsEnded = keepsEnded
      $0.beeps = true
      $0.flash = .seconds(5)
    }
    let box = Self.box(change)
    play("3 A001", "4 A002", "5 B001", "4", "6 B002", "3 A001", on: box)
    let again = Box(Self.plan(change), journal: box.journal)
    again.openAll()
    #expect(lines(again) == lines(box) && lines(box).count == 3)
    #expect(again.pictures[Plans.mainSign]?.allSatisfy { !$0.flashes && !$0.beeps } == true)
    var memory = NodeMemory()
    let isRead = memory.restore(box.core.memory.checkpoint())
    #expect(isRead)
    #expect(memory.calls == box.core.memory.calls)
  }

  @Test("a checkpoint of an earlier version names the last call behind the others")
  func oldCheckpoint() {
    var memory = NodeMemory()
    let lines = [
      "STATE next=1 acked=0 commands=2", "CALL counter=1 ticket=A001", "CALL counter=2 ticket=A002",
      "LAST counter=1 ticket=A001",
    ]
    let isRead = memory.restore(Array(lines.joined(separator: "\n").utf8))
    #expect(isRead)
    #expect(memory.calls.all.map(\.ticket.description) == ["A001", "A002"])
  }

  @Test("agrees with a plain list, whatever is called and ended", arguments: Seeds.some(40))
  func plainList(seed: UInt64) {
    var random = Seeded(seed)
    var calls = StandingCalls()
    var plain: [(counter: String, ticket: String)] = []
    for _ in 0..<200 {
      let counter = "\(Int.random(in: 1...5, using: &random))"
      if random.chance(3) {
        calls.clear(CounterID(counter)!)
        plain.removeAll { $0.counter == counter }
      } else {
        let ticket = "A00\(Int.random(in: 1...9, using: &random))"
        calls.call(CounterID(counter)!, TicketNumber(ticket)!)
        plain.removeAll { $0.counter == counter }
        plain.insert((counter, ticket), at: 0)
      }
      let texts = calls.standing.map { "\($0.counter) \($0.ticket)" }
      #expect(texts == plain.map { "\($0.counter) \($0.ticket)" }, "seed \(seed)")
      #expect(calls.all.count <= 5 + StandingCalls.over_max, "seed \(seed)")
      let over = calls.all.filter(\.isOver).map(\.ticket)
      #expect(Set(over).count == over.count, "seed \(seed)")
      #expect(calls.standing.allSatisfy { !over.contains($0.ticket) }, "seed \(seed)")
    }
  }
}
