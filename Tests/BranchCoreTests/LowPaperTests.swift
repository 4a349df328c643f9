import Branch
import TestSeeds
import Testing

@testable import BranchCore

@Suite("A sensor for little paper that flickers")
struct LowPaperTests: PrinterBoxes {
  private func at(_ seconds: Int64) -> MonotonicTime { MonotonicTime(ms: 0) + .seconds(seconds) }

  @Test("the third reading in a row is believed, in both directions")
  func third() {
    var paper = LowPaper()
    for (second, told) in [(0, false), (2, false), (4, true)] {
      let isNew = paper.read(true, now: at(Int64(second)))
      #expect(isNew == told)
    }
    #expect(paper.isLow && paper.nextAt == nil)
    for (second, told) in [(6, false), (8, false), (10, true)] {
      let isNew = paper.read(false, now: at(Int64(second)))
      #expect(isNew == told)
    }
    #expect(!paper.isLow && paper.nextAt == nil)
  }

  @Test("a reading between that says otherwise begins the count anew")
  func interrupted() {
    var paper = LowPaper()
    for (second, low) in [true, true, false, true, true, false].enumerated() {
      let isNew = paper.read(low, now: at(Int64(second) * 2))
      #expect(!isNew)
    }
    #expect(!paper.isLow && paper.nextAt == nil)
  }

  @Test("answers that come together are one reading")
  func together() {
    var paper = LowPaper()
    for _ in 0..<10 { _ = paper.read(true, now: at(0)) }
    #expect(!paper.isLow)
    #expect(paper.nextAt == at(2))
  }

  @Test("questions that bring no reading come to an end")
  func fruitless() {
    var paper = LowPaper()
    _ = paper.read(true, now: at(0))
    var asked = 0
    while let due = paper.nextAt, asked < 100 { if paper.asks(now: due) { asked += 1 } }
    #expect(asked == LowPaper.fruitless_max)
  }

  @Test("a printer that is asked is asked until it is clear, then left in peace")
  func asked() {
    let box = onlyFront()
    box.change(Plans.front) { $0.paper.setPaper(.nearEnd) }
    box.press(Plans.kiosk, 1)
    #expect(box.issued == ["A001"], "it prints on")
    #expect(box.facts(.deviceCondition).isEmpty)
    box.pass(Span(ms: 3999))
    #expect(box.facts(.deviceCondition).isEmpty)
    box.pass(Span(ms: 1))
    #expect(box.facts(.deviceCondition).map(\.reason) == ["media-low"])
    let queries = box.queries
    box.pass(.minutes(60))
    #expect(box.queries == queries, "an idle box sleeps")
    box.change(Plans.front) { $0.paper.setPaper(.ok) }
    box.press(Plans.kiosk, 1)
    #expect(box.facts(.deviceCondition).count == 1)
    box.pass(.seconds(4))
    #expect(box.facts(.deviceCondition).map(\.reason) == ["media-low", "none"])
  }

  @Test("a printer that tells by itself is believed when what it said stands")
  func automatic() {
    let box = onlyFront(asked: false, automatic: true)
    let queries = box.queries
    box.change(Plans.front) { $0.paper.setPaper(.nearEnd) }
    box.pass(Span(ms: 3999))
    #expect(box.facts(.deviceCondition).isEmpty)
    box.pass(Span(ms: 1))
    #expect(box.facts(.deviceCondition).map(\.reason) == ["media-low"])
    #expect(box.queries == queries, "it need not be asked")
  }

  @Test("flickering is never told", arguments: Seeds.some(8))
  func flickers(seed: UInt64) {
    var random = Seeded(seed)
    let box = onlyFront(asked: false, automatic: true)
    for _ in 0..<200 {
      box.change(Plans.front) { $0.paper.setPaper(.nearEnd) }
      box.pass(Span(ms: Int64.random(in: 0...3999, using: &random)))
      box.change(Plans.front) { $0.paper.setPaper(.ok) }
      box.pass(Span(ms: Int64.random(in: 0...6000, using: &random)))
    }
    #expect(box.facts(.deviceCondition).isEmpty)
  }

  @Test("the end of the paper is told at once, little paper or not")
  func end() {
    let box = onlyFront(asked: false, automatic: true)
    box.change(Plans.front) { $0.paper.setPaper(.nearEnd) }
    box.pass(.seconds(1))
    box.change(Plans.front) { $0.paper.setPaper(.out) }
    #expect(box.facts(.deviceCondition).map(\.reason) == ["media-empty"])
  }

  @Test("little paper stays known over a replug")
  func replug() {
    let box = onlyFront()
    box.change(Plans.front) { $0.paper.setPaper(.nearEnd) }
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(4))
    box.unplug(Plans.front)
    box.plug(Plans.front)
    box.pass(.seconds(10))
    #expect(box.facts(.deviceCondition).map(\.reason) == ["media-low"])
  }
}
