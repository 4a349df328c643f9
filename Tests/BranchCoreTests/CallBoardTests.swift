import Branch
import TestSeeds
import Testing

@testable import BranchCore

/// A main sign and the calls of a branch.
private struct Hall {
  var sign: LoneSign
  var calls = StandingCalls()
  /// How long each ticket was seen.
  private(set) var seen_ms: [String: Int64] = [:]

  init(rows: Int = 1, stand: Span = .seconds(3), _ change: (inout SignPlan) -> Void = { _ in }) {
    sign = LoneSign(
      LoneSign.plan {
        $0.board.calls_max = rows
        $0.board.stand = stand
        change(&$0)
      })
    sign.open()
  }

  var text: String? { sign.text }

  mutating func call(_ counter: Int, _ ticket: String) {
    calls.call(CounterID("\(counter)")!, TicketNumber(ticket)!)
    tell(isNew: true)
  }

  mutating func end(_ counter: Int) {
    calls.clear(CounterID("\(counter)")!)
    tell(isNew: false)
  }

  private mutating func tell(isNew: Bool) {
    let shown = calls.shown(on: sign.machine.plan)
    sign.note(sign.machine.called(shown, isNew: isNew, now: sign.now))
  }

  mutating func pass(ms: Int64) {
    var left = ms
    while left > 0 {
      let next = sign.machine.nextDeadline.map { $0 - sign.now.monotonic }
      let step = min(left, max(1, next?.ms ?? left))
      for line in sign.last?.lines ?? [] { seen_ms[line, default: 0] += step }
      sign.pass(ms: step)
      left -= step
    }
  }
}

@Suite("Calls on a main sign")
struct CallBoardTests {
  @Test("two clerks who call at once do not hide a number from its customer")
  func waits() {
    var hall = Hall()
    hall.call(1, "A001")
    hall.pass(ms: 500)
    hall.call(2, "A002")
    #expect(hall.text == "A001")
    hall.pass(ms: 2_499)
    #expect(hall.text == "A001")
    hall.pass(ms: 1)
    #expect(hall.text == "A002")
    hall.pass(ms: 60_000)
    hall.call(1, "A003")
    #expect(hall.text == "A003", "the one before was seen for long")
  }

  @Test("the more wait, the shorter each is seen, so that the last is not late")
  func shorter() {
    var hall = Hall()
    for number in 1...4 { hall.call(number, "A00\(number)") }
    #expect(hall.text == "A001")
    hall.pass(ms: 1_000)
    #expect(hall.text == "A002", "three waited for three seconds")
    hall.pass(ms: 1_500)
    #expect(hall.text == "A003")
    hall.pass(ms: 3_000)
    #expect(hall.text == "A004")
  }

  @Test("nothing waits where there is a line for it")
  func room() {
    var hall = Hall(rows: 3)
    for number in 1...3 { hall.call(number, "A00\(number)") }
    #expect(hall.text == "A003|A002|A001")
    hall.call(4, "A004")
    #expect(hall.text == "A003|A002|A001")
    hall.end(2)
    #expect(hall.text == "A004|A003|A001")
  }

  @Test("a call that is over before its turn is not shown any more")
  func over() {
    var hall = Hall()
    hall.call(1, "A001")
    hall.call(2, "A002")
    hall.end(2)
    hall.pass(ms: 10_000)
    #expect(hall.text == "A001" && hall.seen_ms["A002"] == nil)
    hall.end(1)
    #expect(hall.text == "IDLE")
  }

  @Test("one that is called again blinks at once, or keeps its turn")
  func again() {
    var hall = Hall { $0.flash = .seconds(5) }
    hall.call(1, "A001")
    hall.pass(ms: 6_000)
    hall.call(1, "A001")
    #expect(hall.sign.last?.flashes == true)
    hall.call(2, "A002")
    hall.call(3, "A003")
    hall.call(2, "A002")
    #expect(hall.text == "A001")
    hall.pass(ms: 1_500)
    #expect(hall.text == "A002")
    hall.pass(ms: 3_000)
    #expect(hall.text == "A003")
  }

  @Test("one that is called again stands first in the end, whatever waited before it")
  func settles() {
    var hall = Hall()
    for number in 1...3 { hall.call(number, "A00\(number)") }
    hall.call(2, "A002")
    hall.pass(ms: 4_500)
    #expect(hall.text == "A003")
    hall.pass(ms: 3_000)
    #expect(hall.text == "A002" && hall.sign.last?.beeps == false)

    hall = Hall(rows: 3)
    for number in 1...6 { hall.call(number, "A00\(number)") }
    hall.call(3, "A003")
    #expect(hall.text == "A003|A002|A001")
    hall.pass(ms: 20_000)
    #expect(hall.text == "A003|A006|A005")
    #expect(hall.sign.machine.nextDeadline == nil)
  }

  @Test("a clerk who calls again and again hides nobody else's number")
  func hammered() {
    var hall = Hall()
    hall.call(1, "A001")
    hall.call(2, "A002")
    for _ in 0..<20 {
      hall.pass(ms: 500)
      hall.call(1, "A001")
    }
    #expect(hall.seen_ms["A002", default: 0] >= 1_000)
  }

  @Test("what a refusal hides is seen as much longer")
  func covered() {
    var hall = Hall()
    hall.call(1, "A001")
    hall.pass(ms: 1_000)
    hall.sign.tell("NO PAPER", .answer, ms: 4_000)
    hall.call(2, "A002")
    hall.pass(ms: 4_000)
    #expect(hall.text == "A001")
    hall.pass(ms: 1_999)
    #expect(hall.text == "A001")
    hall.pass(ms: 1)
    #expect(hall.text == "A002")
  }

  @Test("on a sign that nobody sees nothing waits")
  func unplugged() {
    var hall = Hall()
    hall.call(1, "A001")
    hall.call(2, "A002")
    hall.sign.machine.lost()
    hall.call(3, "A003")
    hall.sign.open()
    #expect(hall.text == "A003")
  }

  @Test("whatever is called is seen, and the last one soon", arguments: Seeds.some(60))
  func all(seed: UInt64) {
    var random = Seeded(seed)
    let rows = Int.random(in: 1...3, using: &random)
    var hall = Hall(rows: rows)
    var left: [String: Int] = [:]
    for number in 1...120 {
      let counter = Int.random(in: 1...6, using: &random)
      let ticket = "A\(padded(number, to: 3))"
      // Its counter has done with the one before.
      left = left.filter { $0.value != counter }
      left[ticket] = counter
      hall.call(counter, ticket)
      if Int.random(in: 0..<8, using: &random) == 0 {
        hall.sign.tell("NO", .answer, ms: Int64.random(in: 1...4_000, using: &random))
      }
      hall.pass(ms: Int64.random(in: 0...2_500, using: &random))
      if Bool.random(using: &random), let again = left.keys.sorted().randomElement(using: &random) {
        hall.call(left[again] ?? 0, again)
      }
    }
    hall.pass(ms: 20_000)
    let newest = hall.calls.standing.prefix(rows).map(\.ticket.description)
    #expect(hall.text == newest.joined(separator: "|"), "seed \(seed)")
    for ticket in left.keys {
      let seen = hall.seen_ms[ticket] ?? 0
      let stands = hall.sign.last?.lines.contains(ticket) ?? false
      #expect(stands || seen >= CallBoard.stand_min.ms, "seed \(seed): \(ticket), \(seen) ms")
    }
    #expect(hall.sign.machine.nextDeadline == nil, "seed \(seed): something waits for ever")
  }
}
