public import Branch
import QueueProtocol

/// Ratings and reasons counted, per branch, counter and question: a fold over the facts of a store.
/// A rating that stands in the place of another takes that one's count away, whichever of the two
/// comes first, and once.
public struct RatingFigures: Sendable {
  public struct Key: Hashable, Sendable, Comparable {
    public var branch: BranchID
    /// nil: of a node that does not say.
    public var counter: CounterID?
    /// nil: the only one.
    public var question: QuestionID?

    public static func < (left: Self, right: Self) -> Bool { left.order < right.order }
    private var order: (String, String, String) {
      (branch.text, counter?.text ?? "", question?.text ?? "")
    }
  }

  public struct Tally: Hashable, Sendable {
    /// Of the ratings 1 to 5.
    public internal(set) var counts = [0, 0, 0, 0, 0]
    /// Ratings that belong to a visit.
    public internal(set) var tied = 0
    /// Ratings in whose place another one stands; not among the counts.
    public internal(set) var corrected = 0
    /// The words with which customers said why.
    public internal(set) var reasons: [String: Int] = [:]

    public var total: Int { counts.reduce(0, +) }
    /// Thousandths; nil without a rating.
    public var mean_permille: Int? {
      guard total > 0 else { return nil }
      let sum = counts.enumerated().reduce(0) { $0 + ($1.offset + 1) * $1.element }
      return (sum * 1000 + total / 2) / total
    }

    /// Words beyond the bound are counted by nobody.
    fileprivate mutating func count(_ reason: String, _ change: Int) {
      let now = reasons[reason]
      guard now != nil || change > 0 && reasons.count < RatingFigures.reasons_max else { return }
      let left = (now ?? 0) + change
      reasons[reason] = left == 0 ? nil : left
    }
  }

  /// Ratings of one life of a node that a later one may still name. Corrections come within
  /// minutes, and a node has at most 64 terminals with eight questions.
  static let open_max = 1024
  /// Counters and questions; ratings of more are counted by nobody, see `uncounted`.
  static let tallies_max = 100_000
  static let reasons_max = 64

  public private(set) var tallies: [Key: Tally] = [:]
  public private(set) var uncounted = 0
  private var lives: [HubMemory.Life: OpenRatings] = [:]
  private let since: WallTime?

  /// - Parameter since: facts from before are left out; nil: none.
  public init(since: WallTime? = nil) { self.since = since }

  /// Folds in a fact of a node of this branch.
  public mutating func note(_ stored: StoredFact, branch: BranchID) {
    let fact = stored.fact
    guard fact.kind == .ratingGiven || fact.kind == .ratingReason,
      since.map({ fact.at >= $0 }) ?? true
    else { return }
    let life = HubMemory.Life(node: stored.node, epoch: stored.epoch)
    var open = lives[life] ?? OpenRatings()
    let key = Key(branch: branch, counter: fact.counter, question: fact.question)
    guard tallies[key] != nil || tallies.count < Self.tallies_max else {
      uncounted += 1
      return
    }
    if fact.kind == .ratingGiven {
      given(stored, key, &open)
    } else {
      explained(fact, &open)
    }
    lives[life] = open
  }

  private mutating func given(_ stored: StoredFact, _ key: Key, _ open: inout OpenRatings) {
    guard let rating = stored.fact.rating, (1...5).contains(rating) else { return }
    let number = stored.fact.more["was"].flatMap { Seq($0) } ?? stored.seq
    var entry = OpenRatings.Entry(key: key, rating: rating, isTied: stored.fact.ticket != nil)
    // One that names itself is no correction.
    if let corrected = stored.fact.corrects, corrected != number {
      if let former = open.correct(corrected, by: number) {
        count(former, -1)
        tallies[former.key]?.corrected += 1
        entry.reason = former.reason
      }
    }
    // One that came behind its correction.
    guard !open.add(number, entry) else {
      tallies[key, default: Tally()].corrected += 1
      return
    }
    count(entry, 1)
  }

  private mutating func explained(_ fact: Fact, _ open: inout OpenRatings) {
    guard let about = fact.about, let reason = fact.reason,
      let (number, former) = open.standing(for: about)
    else { return }
    var entry = former
    entry.reason = reason
    count(former, -1)
    count(entry, 1)
    open.replace(number, entry)
  }

  private mutating func count(_ entry: OpenRatings.Entry, _ change: Int) {
    var tally = tallies[entry.key] ?? Tally()
    tally.counts[entry.rating - 1] += change
    if entry.isTied { tally.tied += change }
    if let reason = entry.reason { tally.count(reason, change) }
    tallies[entry.key] = tally
  }
}

/// Ratings of one life of a node by their numbers, the latest ones.
private struct OpenRatings: Sendable {
  struct Entry: Hashable, Sendable {
    var key: RatingFigures.Key
    var rating: Int
    var isTied: Bool
    var reason: String?
  }

  private enum State: Sendable {
    case counts(Entry)
    /// This number stands in its place; it may not have come yet itself.
    case corrected(by: Seq)
  }

  private var states: [Seq: State] = [:]
  /// In the order in which they came.
  private var order: [Seq] = []

  /// - Returns: what does not count any more; nil when it did not count, or is not known.
  mutating func correct(_ number: Seq, by other: Seq) -> Entry? {
    switch states[number] {
    case .counts(let entry):
      states[number] = .corrected(by: other)
      return entry
    case .corrected: return nil
    case nil:
      keep(number, .corrected(by: other))
      return nil
    }
  }

  /// - Returns: whether it was corrected before it came.
  mutating func add(_ number: Seq, _ entry: Entry) -> Bool {
    if case .corrected? = states[number] { return true }
    keep(number, .counts(entry))
    return false
  }

  /// The rating that counts, in whose place however many stand.
  func standing(for number: Seq) -> (Seq, Entry)? {
    var number = number
    for _ in 0..<RatingFigures.open_max {
      switch states[number] {
      case .counts(let entry): return (number, entry)
      case .corrected(let other): number = other
      case nil: return nil
      }
    }
    return nil
  }

  mutating func replace(_ number: Seq, _ entry: Entry) { states[number] = .counts(entry) }

  private mutating func keep(_ number: Seq, _ state: State) {
    if states.updateValue(state, forKey: number) == nil { order.append(number) }
    guard order.count > 2 * RatingFigures.open_max else { return }
    for old in order.prefix(RatingFigures.open_max) { states.removeValue(forKey: old) }
    order.removeFirst(RatingFigures.open_max)
  }
}
