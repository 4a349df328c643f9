import Branch
import TestSeeds
import Testing

@testable import QueueEngine

@Suite("Figures of ratings")
struct RatingFigureTests {
  private static let branch = BranchID("main")!

  private func stored(_ seq: Seq, _ text: String, node: String = "n1") throws -> StoredFact {
    try #require(StoredFact(parsing: Array("\(node) 1 \(seq) \(text)".utf8)))
  }

  private func figures(_ facts: [String]) throws -> RatingFigures {
    var figures = RatingFigures()
    for (index, text) in facts.enumerated() {
      figures.note(try stored(Seq(index + 1), text), branch: Self.branch)
    }
    return figures
  }

  private func tally(_ figures: RatingFigures, _ counter: String?, _ question: String? = nil)
    -> RatingFigures.Tally?
  {
    figures.tallies[
      RatingFigures.Key(
        branch: Self.branch, counter: counter.flatMap { CounterID($0) },
        question: question.flatMap { QuestionID($0) })]
  }

  @Test("count each rating at its counter, for its question")
  func counted() throws {
    let figures = try figures([
      "rating-given at=1 counter=1 rating=5", "rating-given at=1 counter=1 rating=2 ticket=A001",
      "rating-given at=1 counter=2 rating=1 question=speed", "rating-given at=1 rating=4",
      "press-refused at=1 terminal=kiosk",
    ])
    let first = try #require(self.tally(figures, "1"))
    #expect(first.counts == [0, 1, 0, 0, 1] && first.tied == 1 && first.mean_permille == 3500)
    #expect(tally(figures, "2", "speed")?.counts == [1, 0, 0, 0, 0])
    #expect(tally(figures, nil)?.counts == [0, 0, 0, 1, 0])
    #expect(figures.tallies.count == 3)
  }

  @Test("count of a chain of corrections the last one only")
  func corrections() throws {
    let figures = try figures([
      "rating-given at=1 counter=1 rating=5", "rating-given at=1 counter=1 rating=2 corrects=1",
      "rating-given at=1 counter=1 rating=3 corrects=2",
    ])
    let tally = try #require(self.tally(figures, "1"))
    #expect(tally.counts == [0, 0, 1, 0, 0] && tally.corrected == 2)
  }

  @Test("count a correction once, however often it names the same, and of other nodes never")
  func twice() throws {
    var figures = try figures([
      "rating-given at=1 counter=1 rating=5", "rating-given at=1 counter=1 rating=2 corrects=1",
      "rating-given at=1 counter=1 rating=3 corrects=1",
    ])
    figures.note(
      try stored(1, "rating-given at=1 counter=1 rating=1 corrects=3", node: "n2"),
      branch: Self.branch)
    #expect(tally(figures, "1")?.counts == [1, 1, 1, 0, 0])
  }

  @Test("count a rating that says it corrects itself")
  func itself() throws {
    let figures = try figures(["rating-given at=1 counter=1 rating=2 corrects=1"])
    let tally = try #require(self.tally(figures, "1"))
    #expect(tally.counts == [0, 1, 0, 0, 0] && tally.corrected == 0)
  }

  @Test("count a correction for itself when what it names is lost")
  func lost() throws {
    let figures = try figures(["rating-given at=1 counter=1 rating=2 corrects=17"])
    #expect(tally(figures, "1")?.counts == [0, 1, 0, 0, 0])
  }

  @Test("know a rating by the number that it had before")
  func renumbered() throws {
    let figures = try figures([
      "rating-given at=1 counter=1 rating=2 corrects=17",
      "rating-given at=1 counter=1 rating=5 was=17",
    ])
    let tally = try #require(self.tally(figures, "1"))
    #expect(tally.counts == [0, 1, 0, 0, 0] && tally.corrected == 1)
  }

  @Test("count the last reason of a rating, also when the rating is corrected")
  func reasons() throws {
    let figures = try figures([
      "rating-given at=1 counter=1 rating=2", "rating-reason at=1 about=1 reason=noise",
      "rating-reason at=1 about=1 reason=rude", "rating-given at=1 counter=1 rating=1 corrects=1",
      "rating-reason at=1 about=99 reason=noise",
    ])
    #expect(tally(figures, "1")?.reasons == ["rude": 1])
    #expect(tally(figures, "1")?.counts == [1, 0, 0, 0, 0])
  }

  @Test("leave out what is from before the time that is asked for")
  func since() throws {
    var figures = RatingFigures(since: WallTime(ms: 100))
    for (seq, at) in [(1, 99), (2, 100)] as [(Seq, Int)] {
      figures.note(
        try stored(seq, "rating-given at=\(at) counter=1 rating=2"), branch: Self.branch)
    }
    #expect(tally(figures, "1")?.total == 1)
  }

  @Test("keep a bound on what may still be corrected, and lose no count by that")
  func bound() throws {
    var figures = RatingFigures()
    for seq in 1...10_000 as ClosedRange<Seq> {
      let more = seq.isMultiple(of: 2) ? " corrects=\(seq - 1)" : ""
      figures.note(
        try stored(seq, "rating-given at=1 counter=1 rating=3\(more)"), branch: Self.branch)
    }
    #expect(tally(figures, "1")?.counts[2] == 5_000)
  }

  @Test("agree with a count of all facts at once", arguments: Seeds.some(8))
  func agree(seed: UInt64) throws {
    var random = Seeded(seed)
    var facts: [String] = []
    var standing: [Int: Int] = [:]
    for seq in 1...200 {
      let rating = Int.random(in: 1...5, using: &random)
      let other = standing.keys.sorted().randomElement(using: &random)
      if let other, random.chance(3) {
        standing.removeValue(forKey: other)
        facts.append("rating-given at=1 counter=1 rating=\(rating) corrects=\(other)")
      } else {
        facts.append("rating-given at=1 counter=1 rating=\(rating)")
      }
      standing[seq] = rating
    }
    let tally = try #require(self.tally(try figures(facts), "1"))
    for rating in 1...5 {
      let expected = standing.values.filter { $0 == rating }.count
      #expect(tally.counts[rating - 1] == expected, "seed \(seed)")
    }
  }
}
