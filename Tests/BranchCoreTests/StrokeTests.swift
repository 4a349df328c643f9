import Branch
import Testing

@testable import BranchCore

@Suite("Long presses, chords and bursts")
struct StrokeTests {
  private let box: Box
  private let pair: KeyPair

  init() throws {
    pair = try #require(KeyPair(Plans.rate + 1, Plans.rate + 2))
    var plan = Plans.node()
    plan.terminals[2].strokes = [.long(Plans.rate + 1): .rate(4), .chord(pair): .rate(5)]
    box = Box(plan)
    box.openAll()
    box.link()
  }

  private var ratings: [Int?] { box.facts(.ratingGiven).map(\.rating) }

  @Test("ask for something else than the press of their keys")
  func actions() {
    box.press(Plans.smiley, Plans.rate + 1)
    box.handle(.held(Plans.smiley, code: Plans.rate + 1))
    box.handle(.chorded(Plans.smiley, pair))
    #expect(ratings == [1, 4, 5])
  }

  @Test("without an action of their own they do nothing")
  func noAction() throws {
    box.handle(.held(Plans.smiley, code: Plans.rate + 2))
    box.handle(.chorded(Plans.kiosk, pair))
    box.handle(.chorded(Plans.smiley, try #require(KeyPair(Plans.rate + 1, Plans.rate + 3))))
    #expect(ratings.isEmpty)
  }

  @Test("what a lock-out kept away is no rating")
  func burst() {
    box.press(Plans.smiley, Plans.rate + 2)
    box.handle(.burst(Plans.smiley, .press(Plans.rate + 2), count: 39))
    #expect(ratings == [2])
  }
}
