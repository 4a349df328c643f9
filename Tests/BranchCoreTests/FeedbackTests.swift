import Branch
import Configuration
import QueueProtocol
import Testing

@testable import BranchCore

/// The ratings of a box, and which one stands in the place of which.
private func chain(_ box: Box) -> [String] {
  box.facts.filter { $0.fact.kind == .ratingGiven }.map { seq, fact in
    let question = fact.more["question"].map { "\($0) " } ?? ""
    return "\(question)\(fact.rating ?? 0)" + (fact.more["corrects"].map { " for \($0)" } ?? "")
  }
}

private func seqs(_ box: Box, _ kind: FactKind) -> [Seq] {
  box.facts.filter { $0.fact.kind == kind }.map(\.seq)
}

/// A plan whose smileys ask and wait as the test says.
private func plan(_ change: (inout FeedbackConfiguration) -> Void) -> NodePlan {
  var plan = Plans.node()
  plan.terminals[2].sign = Plans.kioskSign
  change(&plan.terminals[2].feedback)
  return plan
}

private func open(_ plan: NodePlan, journal: [DurableRecord] = [], now: Now = Box.morning) -> Box {
  let box = Box(plan, journal: journal, now: now)
  box.openAll()
  return box
}

@Suite("A customer who changes her mind")
struct CorrectionTests {
  private func rate(_ box: Box, _ rating: UInt16) { box.press(Plans.smiley, Plans.rate + rating) }

  @Test("presses once more within the time, and again", arguments: [true, false])
  func chained(isLinked: Bool) {
    let box = open(Plans.node())
    if isLinked { box.link() }
    rate(box, 5)
    box.pass(Span(ms: 9_999))
    rate(box, 2)
    box.pass(Span(ms: 9_999))
    rate(box, 1)
    let numbers = seqs(box, .ratingGiven)
    #expect(chain(box) == ["5", "2 for \(numbers[0])", "1 for \(numbers[1])"])
  }

  @Test("is another customer when the time is over")
  func late() {
    let box = open(Plans.node())
    rate(box, 5)
    box.pass(.seconds(10))
    rate(box, 2)
    #expect(chain(box) == ["5", "2"])
  }

  @Test("is always another one where the configuration says so")
  func never() {
    let box = open(plan { $0.correct = Span(ms: 0) })
    rate(box, 5)
    rate(box, 2)
    #expect(chain(box) == ["5", "2"])
  }

  @Test("is known by the clock that never jumps", arguments: [-3_600, 3_600] as [Int64])
  func clockJumps(by seconds: Int64) {
    let box = open(Plans.node())
    rate(box, 5)
    box.now.wall = box.now.wall + .seconds(seconds)
    rate(box, 2)
    #expect(chain(box).last?.contains("for") == true)
    box.pass(.seconds(10))
    box.now.wall = box.now.wall + .seconds(-9)
    rate(box, 3)
    #expect(chain(box).last == "3")
  }

  @Test("is known at a second terminal as another one")
  func otherTerminal() {
    var plan = Plans.node()
    var other = plan.terminals[2]
    other.id = TerminalID("smiley-2")!
    plan.terminals.append(other)
    let box = open(plan)
    rate(box, 5)
    box.press(other.id, Plans.rate + 1)
    #expect(chain(box) == ["5", "1"])
  }

  @Test(
    "is known behind a restart, from the records and from a checkpoint", arguments: [true, false])
  func restart(fromCheckpoint: Bool) {
    let before = open(Plans.node())
    rate(before, 5)
    before.pass(.seconds(4))
    let checkpoint = DurableRecord(.checkpoint, payload: before.core.memory.checkpoint())
    let journal = fromCheckpoint ? [checkpoint] : before.journal
    var now = before.now
    now.monotonic = MonotonicTime(ms: 500)
    let box = open(Plans.node(), journal: journal, now: now)
    box.pass(.seconds(5))
    rate(box, 2)
    #expect(chain(box).last == "2 for \(seqs(before, .ratingGiven)[0])")
    box.pass(.seconds(10))
    rate(box, 3)
    #expect(chain(box).last == "3")
  }

  @Test("is not taken for herself behind a restart that was long, or set the clock back")
  func longRestart() {
    let before = open(Plans.node())
    rate(before, 5)
    for span in [Span.seconds(10), .seconds(-1)] {
      var now = before.now
      now.wall = now.wall + span
      now.box = now.wall
      let box = open(Plans.node(), journal: before.journal, now: now)
      rate(box, 2)
      #expect(chain(box).last == "2")
    }
  }

  @Test("may do so for ever: each press is recorded, and one counts")
  func endless() {
    let box = open(Plans.node())
    for _ in 0..<40 { rate(box, 1) }
    let numbers = seqs(box, .ratingGiven)
    #expect(chain(box).dropFirst() == numbers.dropLast().map { "1 for \($0)" }[...])
    #expect(box.lamps[Plans.smiley] == .init(repeating: .ok, count: 40))
  }

  @Test("whose second press was lost with the power corrects the first with the third")
  func killed() {
    let box = open(Plans.node())
    rate(box, 5)
    box.flushesAtOnce = false
    rate(box, 4)
    // The process is killed before the second is durable: nobody saw a lamp, nothing counts.
    let left = box.kill(keeping: 0)
    let again = Box(Plans.node(), journal: left.journal, devices: left.devices, now: box.now)
    again.press(Plans.smiley, Plans.rate + 3)
    #expect(chain(again) == ["5", "3 for \(seqs(again, .ratingGiven)[0])"])
  }
}

@Suite("Several questions")
struct QuestionTests {
  private static let row: [FeedbackConfiguration.Question] = [
    .init(id: QuestionID("courtesy")!, text: "WERE WE KIND?"),
    .init(id: QuestionID("speed")!, text: "WERE WE QUICK?"),
    .init(id: QuestionID("room")!),
  ]
  private func rate(_ box: Box, _ rating: UInt16) { box.press(Plans.smiley, Plans.rate + rating) }

  private func box(_ change: (inout FeedbackConfiguration) -> Void = { _ in }) -> Box {
    let box = open(
      plan {
        $0.questions = Self.row
        $0.thanks = "THANK YOU"
        change(&$0)
      })
    return box
  }

  @Test("are asked one behind the other on the same keys, by the sign")
  func row() {
    let box = box()
    rate(box, 5)
    #expect(box.sees(Plans.kioskSign) == "WERE WE QUICK?")
    box.pass(.seconds(19))
    rate(box, 4)
    rate(box, 3)
    #expect(box.sees(Plans.kioskSign) == "THANK YOU")
    #expect(chain(box) == ["courtesy 5", "speed 4", "room 3"])
    box.pass(.seconds(9))
    rate(box, 1)
    #expect(chain(box).last == "room 1 for \(seqs(box, .ratingGiven)[2])", "the last is corrected")
    box.pass(.seconds(10))
    rate(box, 2)
    #expect(chain(box).last == "courtesy 2", "the next customer begins")
  }

  @Test("the prompt goes when nobody answers, and the next customer begins anew")
  func unanswered() {
    let box = box()
    rate(box, 5)
    box.pass(.seconds(20))
    #expect(box.sees(Plans.kioskSign) == "PRESS")
    rate(box, 1)
    #expect(chain(box) == ["courtesy 5", "courtesy 1"])
  }

  @Test("go on where they were behind a restart")
  func restart() {
    let before = box()
    rate(before, 5)
    before.pass(.seconds(5))
    let again = open(before.plan, journal: before.journal, now: before.now)
    rate(again, 4)
    #expect(chain(again) == ["courtesy 5", "speed 4"])
  }

  @Test("of keys that name theirs are rated, and corrected, each for itself")
  func named() {
    var plan = Plans.node()
    let (courtesy, speed) = (QuestionID("courtesy"), QuestionID("speed"))
    plan.terminals[2].actions = [
      1: .rate(1, question: courtesy), 2: .rate(5, question: courtesy),
      3: .rate(1, question: speed), 4: .rate(5, question: speed),
    ]
    let box = open(plan)
    for code in [1, 4, 2, 3] as [UInt16] { box.press(Plans.smiley, code) }
    let numbers = seqs(box, .ratingGiven)
    #expect(
      chain(box) == [
        "courtesy 1", "speed 5", "courtesy 5 for \(numbers[0])", "speed 1 for \(numbers[1])",
      ])
  }
}

@Suite("The reason of a rating")
struct ReasonTests {
  private let noise = ReasonID("noise")!
  private let wait = ReasonID("waiting-time")!

  /// 1 to 5 rate, 1 and 2 say why after a rating; 9 only says why.
  private func box(_ change: (inout FeedbackConfiguration) -> Void = { _ in }) -> Box {
    var plan = plan {
      $0.reasonText = "WHY?"
      $0.thanks = "THANKS"
      change(&$0)
    }
    plan.terminals[2].actions = [
      1: .rate(1, reason: noise), 2: .rate(2, reason: wait), 3: .rate(3), 4: .rate(4), 5: .rate(5),
      9: .reason(ReasonID("rude")!),
    ]
    return open(plan)
  }

  private func reasons(_ box: Box) -> [String] {
    box.facts(.ratingReason).map { "\($0.reason ?? "") of \($0.more["about"] ?? "")" }
  }

  @Test("is a second key's word, that means a rating at other times")
  func shared() {
    let box = box()
    box.press(Plans.smiley, 2)
    #expect(box.sees(Plans.kioskSign) == "WHY?")
    box.press(Plans.smiley, 1)
    #expect(box.sees(Plans.kioskSign) == "THANKS")
    #expect(chain(box) == ["2"])
    #expect(reasons(box) == ["noise of \(seqs(box, .ratingGiven)[0])"])
    #expect(box.lamps[Plans.smiley] == [.ok, .ok])
    box.pass(.seconds(20))
    box.press(Plans.smiley, 1)
    #expect(chain(box) == ["2", "1"])
  }

  @Test("said otherwise once more is told too; the same once more is not")
  func again() {
    let box = box()
    for code in [2, 1, 1, 2] as [UInt16] { box.press(Plans.smiley, code) }
    let number = seqs(box, .ratingGiven)[0]
    #expect(reasons(box) == ["noise of \(number)", "waiting-time of \(number)"])
    for _ in 0..<20 {
      box.press(Plans.smiley, 1)
      box.press(Plans.smiley, 2)
    }
    #expect(reasons(box).count == BranchCore.reasons_max)
  }

  @Test("is asked of low ratings only, or of all where the configuration says so")
  func limit() {
    let low = box()
    low.press(Plans.smiley, 3)
    #expect(low.sees(Plans.kioskSign) == "THANKS")
    low.press(Plans.smiley, 1)
    #expect(chain(low).count == 2, "key 1 still rates")
    let any = box { $0.reasonUpTo = 5 }
    any.press(Plans.smiley, 5)
    any.press(Plans.smiley, 1)
    #expect(reasons(any).count == 1)
  }

  @Test("without a rating, or too late, is refused with the lamp")
  func alone() {
    let box = box()
    box.press(Plans.smiley, 9)
    box.press(Plans.smiley, 1)
    box.press(Plans.smiley, 9)
    box.pass(.seconds(20))
    box.press(Plans.smiley, 9)
    #expect(box.lamps[Plans.smiley] == [.error, .ok, .ok, .error])
    #expect(reasons(box) == ["rude of \(seqs(box, .ratingGiven)[0])"])
  }

  @Test("is of the corrected rating when that came last")
  func corrected() {
    let box = box()
    box.press(Plans.smiley, 4)
    box.press(Plans.smiley, 2)
    box.press(Plans.smiley, 9)
    #expect(reasons(box) == ["rude of \(seqs(box, .ratingGiven)[1])"])
  }

  @Test("comes before the next question")
  func questions() {
    let box = box {
      $0.questions = [
        .init(id: QuestionID("a")!, text: "A?"), .init(id: QuestionID("b")!, text: "B?"),
      ]
    }
    box.press(Plans.smiley, 1)
    #expect(box.sees(Plans.kioskSign) == "WHY?")
    box.pass(.seconds(15))
    box.press(Plans.smiley, 2)
    #expect(box.sees(Plans.kioskSign) == "B?")
    box.pass(.seconds(15))
    box.press(Plans.smiley, 1)
    #expect(chain(box) == ["a 1", "b 1"])
    #expect(reasons(box) == ["waiting-time of \(seqs(box, .ratingGiven)[0])"])
  }

  @Test("is known to be asked for behind a restart")
  func restart() {
    let before = box()
    before.press(Plans.smiley, 2)
    let again = open(before.plan, journal: before.journal, now: before.now)
    again.press(Plans.smiley, 1)
    #expect(reasons(again) == ["noise of \(seqs(again, .ratingGiven)[0])"])
  }
}

@Suite("A child that hammers on a smiley")
struct BurstFactTests {
  private func burst(_ box: Box, _ count: Int) {
    box.handle(.burst(Plans.smiley, .press(Plans.rate + 1), count: count))
  }

  private func told(_ box: Box) -> [String] {
    box.facts(.pressesIgnored).map { "\($0.terminal?.text ?? "") \($0.more["count"] ?? "")" }
  }

  @Test("is one rating and a counted burst")
  func fact() {
    let box = open(Plans.node())
    box.press(Plans.smiley, Plans.rate + 1)
    burst(box, 39)
    #expect(chain(box) == ["1"])
    #expect(told(box) == ["smiley 39"])
    #expect(box.facts(.pressesIgnored)[0].counter == Plans.one)
  }

  @Test("is told once a minute at most, and nothing of it is left out")
  func rate() {
    let box = open(Plans.node())
    for _ in 0..<120 {
      burst(box, 2)
      box.pass(.seconds(1))
    }
    box.pass(.minutes(10))
    #expect(told(box) == ["smiley 2", "smiley 118", "smiley 120"])
  }

  @Test("waits until the journal has room")
  func full() {
    let box = open(Plans.node())
    box.handle(.journalTight(true))
    burst(box, 5)
    box.pass(.minutes(3))
    #expect(told(box).isEmpty)
    box.handle(.journalTight(false))
    box.pass(.minutes(1))
    #expect(told(box) == ["smiley 5"])
  }

  @Test("on a key without a meaning is nothing")
  func meaningless() {
    let box = open(Plans.node())
    box.handle(.burst(Plans.smiley, .press(99), count: 7))
    box.handle(.burst(TerminalID("who")!, .press(99), count: 7))
    #expect(told(box).isEmpty)
  }
}
