import Branch
import BranchCore
import QueueEngine
import QueueProtocol

/// What has to be true of customers' ratings, in words of its own: each press that was accepted is
/// counted once, or corrected by one later press; nobody corrects another customer.
final class RatingChecks {
  /// A press as a finger made it.
  struct Press {
    var time: Int64
    /// Of the process that took it.
    var run: Int
    /// Of a box that keeps what it knows of the hub's time.
    var knowsBox: Bool
  }

  /// What decides who is the same customer: the core measures with clocks that drift, and over a
  /// restart with those that people set.
  static let slack_ms: Int64 = 200
  static let restartSlack_ms: Int64 = 2_500

  private let fail: (String) -> Void
  /// By life and number.
  private var presses: [String: [Seq: Press]] = [:]
  /// Durable ratings, by life.
  private var ratings: [String: [Seq: Fact]] = [:]
  private var ignoredMade: [String: Int] = [:]
  private var ignoredTold: [String: Int] = [:]
  /// When a box last lost its power, or a record.
  var troubleAt: Int64 = -1
  /// Somebody set a clock: what a node knows of the time over a restart may be anything.
  var clockWasSet = false
  private var runs = 0
  private(set) var correctionCount = 0

  init(fail: @escaping (String) -> Void) { self.fail = fail }

  // MARK: a node

  /// Names a process of any box.
  func newRun() -> Int {
    runs += 1
    return runs
  }

  /// Another box begins with a copy of the disk.
  func copied(_ life: String, to copy: String) {
    presses[copy] = presses[life]
    ratings[copy] = ratings[life]
    (ignoredMade[copy], ignoredTold[copy]) = (ignoredMade[life], ignoredTold[life])
  }

  /// These facts were recorded by a press.
  func pressed(_ press: Press, _ life: String, facts: Range<Seq>) {
    for seq in facts { presses[life, default: [:]][seq] = press }
  }

  func hammered(_ count: Int, _ life: String) { ignoredMade[life, default: 0] += count }

  /// A fact of a customer's is durable.
  func durable(_ fact: Fact, _ seq: Seq, _ life: String, window: Span) {
    switch fact.kind {
    case .pressesIgnored:
      ignoredTold[life, default: 0] += fact.more["count"].flatMap { Int($0) } ?? 0
      if ignoredTold[life, default: 0] > ignoredMade[life, default: 0] {
        fail("\(life) tells of more ignored presses than were made")
      }
    case .ratingGiven where fact.more["was"] == nil:
      check(fact, seq, life, window)
      ratings[life, default: [:]][seq] = fact
    default: break
    }
  }

  private func check(_ fact: Fact, _ seq: Seq, _ life: String, _ window: Span) {
    // Recorded before the disk of this life was copied, or by no press that was seen.
    guard let press = presses[life]?[seq] else {
      return fail("nobody gave rating \(seq) of \(life)")
    }
    let before = ratings[life, default: [:]].filter {
      $0.key < seq && $0.value.terminal == fact.terminal
        && $0.value.more["question"] == fact.more["question"]
    }.max { $0.key < $1.key }
    guard let corrected = fact.more["corrects"].flatMap({ Seq($0) }) else {
      guard let before, let earlier = presses[life]?[before.key],
        isKnown(earlier, press, before.value),
        press.time - earlier.time < window.ms - slack(earlier, press)
      else { return }
      return fail("rating \(seq) of \(life) is no correction of \(before.key)")
    }
    correctionCount += 1
    guard let before, let earlier = presses[life]?[corrected],
      // One that the disk lost may have been between them.
      before.key == corrected || troubleAt >= earlier.time
    else {
      return fail("rating \(seq) of \(life) corrects \(corrected), which is not the last one")
    }
    if isKnown(earlier, press, before.value),
      press.time - earlier.time > window.ms + slack(earlier, press)
    {
      fail("rating \(seq) of \(life) corrects one of \(press.time - earlier.time) ms before")
    }
  }

  private func slack(_ earlier: Press, _ press: Press) -> Int64 {
    earlier.run == press.run ? Self.slack_ms : Self.restartSlack_ms
  }

  /// Whether the node can know how long ago the earlier press was: within a process by the clock
  /// that never jumps; over a restart by its record, and by clocks that agree.
  private func isKnown(_ earlier: Press, _ press: Press, _ fact: Fact) -> Bool {
    earlier.run == press.run
      || press.knowsBox && !clockWasSet && troubleAt < earlier.time && fact.more["mono"] == nil
  }

  // MARK: the hub

  /// - Parameter kept: by life and number, as the hub has them, in the order of its store.
  static func finding(_ kept: [(stored: StoredFact, told: Fact)], _ branch: BranchID) -> String? {
    var numbers: [String: Int] = [:]
    for (place, rating) in kept.enumerated() {
      let life = "\(rating.stored.node) \(rating.stored.epoch)"
      let name = "\(life) \(rating.stored.fact.more["was"] ?? String(rating.stored.seq))"
      numbers[name] = place
    }
    var corrected: [Int: Int] = [:]
    for (place, rating) in kept.enumerated() {
      let fact = rating.stored.fact
      let life = "\(rating.stored.node) \(rating.stored.epoch)"
      guard let told = rating.told.more["corrects"] else { continue }
      let other = numbers["\(life) \(told)"]
      guard fact.more["corrects"] == told else {
        guard let other, kept[other].stored.fact.ticket != fact.ticket else {
          return "rating \(life) \(rating.stored.seq) lost what it corrects, in one visit"
        }
        continue
      }
      guard let other else { continue }
      if corrected.updateValue(place, forKey: other) != nil {
        return "rating \(life) \(told) is corrected twice"
      }
      let before = kept[other].stored.fact
      if before.ticket != nil, before.ticket != fact.ticket || before.day != fact.day {
        return "rating \(life) \(told) of a visit is corrected by a rating of another"
      }
    }
    return ofVisits(kept, corrected) ?? ofFigures(kept, corrected, branch)
  }

  private static func ofVisits(_ kept: [(stored: StoredFact, told: Fact)], _ corrected: [Int: Int])
    -> String?
  {
    var seen: Set<String> = []
    for (place, rating) in kept.enumerated() where corrected[place] == nil {
      let fact = rating.stored.fact
      guard let ticket = fact.ticket, let day = fact.day else { continue }
      let name = "\(day)/\(ticket) \(fact.more["question"] ?? "")"
      if !seen.insert(name).inserted { return "visit \(name) is rated twice" }
    }
    return nil
  }

  private static func ofFigures(
    _ kept: [(stored: StoredFact, told: Fact)], _ corrected: [Int: Int], _ branch: BranchID
  ) -> String? {
    var figures = RatingFigures()
    for rating in kept { figures.note(rating.stored, branch: branch) }
    let counted = figures.tallies.values.reduce(0) { $0 + $1.total }
    let expected = kept.count - corrected.count
    return counted == expected ? nil : "\(counted) ratings are counted, and \(expected) count"
  }
}
