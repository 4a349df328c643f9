import Branch
import QueueProtocol
import Testing

@testable import BranchCore

@Suite("A hub that has facts which the journal lost")
struct RenumberingTests {
  /// A box that was opened with some facts, pressed while the hub was away, and now meets a hub
  /// that has more facts of this epoch than the box had when it was opened.
  private func box(ratings: Int) -> Box {
    let first = Box()
    first.openAll()
    for _ in 0..<4 { first.press(Plans.smiley, 25) }
    let box = Box(journal: first.journal)
    box.openAll()
    for _ in 0..<ratings { box.press(Plans.smiley, 25) }
    return box
  }

  private func sent(_ lines: [String], _ kind: String) -> [(seq: Seq, was: Seq?)] {
    lines.compactMap { line in
      guard case .fact(let seq, let fact)? = try? NodeMessage(parsing: Array(line.utf8)),
        fact.kind.rawValue == kind
      else { return nil }
      return (seq, fact.more["was"].flatMap(Seq.init))
    }
  }

  @Test(
    "what was recorded since the start comes under numbers that the hub has not seen",
    arguments: [1, 3, 40], [0, 2, 300])
  func renumbers(ratings: Int, ahead: Int) throws {
    let box = box(ratings: ratings)
    let opening = box.core.opening
    let mark = opening + Seq(ahead)
    let new = box.facts.filter { $0.seq >= opening && $0.fact.kind == .ratingGiven }.map(\.seq)
    #expect(new.count == ratings)
    box.link(acked: mark)
    #expect(!box.core.isLinked && box.logs.contains { $0.contains("[behind]") })
    box.pass(.seconds(1))
    box.link(acked: mark)
    #expect(box.core.isLinked)
    let lines = box.takeToHub()
    let hello = try #require(lines.first { $0.hasPrefix("HELLO") })
    let next = try #require(Line(parsing: Array(hello.utf8))["next"].flatMap(Seq.init))
    #expect(next > mark)
    let came = sent(lines, "rating-given")
    #expect(came.allSatisfy { $0.seq >= next })
    #expect(came.compactMap(\.was) == new, "each once, in order")
    #expect(sent(lines, "node-started").count == 1)
    box.press(Plans.smiley, 25)
    #expect(sent(box.takeToHub(), "rating-given").map(\.was) == [nil])
  }

  @Test("a box that is ended in the middle of it goes on at the next start")
  func restarts() throws {
    let original = box(ratings: 20)
    let opening = original.core.opening
    let new = original.facts.filter { $0.seq >= opening && $0.fact.kind == .ratingGiven }.map(\.seq)
    original.flushesAtOnce = false
    original.link(acked: opening + 5)
    let end = original.kill(keeping: 0).journal.count
    original.flush()
    let journal = original.journal
    #expect(journal.count > end + 20)
    for count in end...journal.count {
      let box = Box(journal: Array(journal.prefix(count)))
      box.link(acked: opening + 5)
      box.pass(.seconds(1))
      box.link(acked: opening + 5)
      box.pass(.seconds(1))
      let again = box.facts.compactMap { fact in
        fact.fact.kind == .ratingGiven ? fact.fact.more["was"].flatMap(Seq.init) : nil
      }
      // Killed before it was written down, the next start begins anew from its own opening.
      let expected = count == end ? [] : new
      #expect(again == expected, "\(count) records")
      #expect(box.facts.map(\.seq) == box.facts.map(\.seq).sorted())
    }
  }

  @Test("a ticket in work is not settled a second time by its new number")
  func openTicket() {
    let first = Box()
    first.openAll()
    first.link()
    first.lease(1, 1...50, more: "reserve=yes")
    first.cut()
    let box = Box(journal: first.journal)
    box.openAll()
    box.press(Plans.kiosk, 1)
    box.link(acked: box.core.opening + 9)
    box.pass(.seconds(3))
    box.link(acked: box.core.opening)
    #expect(box.core.memory.open.isEmpty)
    let again = Box(box.plan, journal: box.journal)
    #expect(again.core.memory.open.isEmpty)
    #expect(again.facts(.ticketUnconfirmed, .ticketVoided).isEmpty)
  }

  @Test("a hub that makes its number up is hung up on, and nothing is numbered anew")
  func madeUp() {
    let box = box(ratings: 1)
    box.link(acked: 9_007_199_254_740_991)
    let isRenumbering = box.core.memory.renumbering != nil
    #expect(!box.core.isLinked && !isRenumbering)
    box.pass(.seconds(1))
    box.link(acked: 0)
    let isLinked = box.core.isLinked
    #expect(isLinked)
  }
}
