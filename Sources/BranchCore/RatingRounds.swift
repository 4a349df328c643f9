import Branch
import QueueProtocol

/// The last rating of each question at each terminal: what another press may correct, and what a
/// reason is about. A fold over the facts, so that a restart between two presses changes nothing.
struct RatingRounds: Hashable {
  /// Whom a customer at a terminal rates, and in what.
  struct Key: Hashable {
    var terminal: TerminalID
    var counter: CounterID?
    var question: QuestionID?
  }

  struct Round: Hashable {
    var seq: Seq
    var rating: Int
    var at: WallTime
    var reason: ReasonID?
    var reasonCount = 0
    /// Of the rating or its last reason.
    var lastAt: WallTime
  }

  /// All questions of all terminals that a node may have.
  static let rounds_max = 512

  private(set) var all: [Key: Round] = [:]

  subscript(key: Key) -> Round? { all[key] }

  /// The last one that was rated at this terminal, of these questions; nil: of all.
  func last(at terminal: TerminalID, _ counter: CounterID?, of questions: [QuestionID]? = nil)
    -> (key: Key, round: Round)?
  {
    all.lazy
      .filter { key, _ in
        key.terminal == terminal && key.counter == counter
          && questions.map { key.question.map($0.contains) ?? false } ?? true
      }
      .max { $0.value.seq < $1.value.seq }
      .map { (key: $0.key, round: $0.value) }
  }

  mutating func given(_ fact: Fact, _ seq: Seq) {
    guard let terminal = fact.terminal, let rating = fact.rating else { return }
    let key = Key(
      terminal: terminal, counter: fact.counter,
      question: fact.more["question"].flatMap { QuestionID($0) })
    let corrected = fact.more["corrects"] == nil ? nil : all[key]
    all[key] = Round(
      seq: seq, rating: rating, at: fact.at, reasonCount: corrected?.reasonCount ?? 0,
      lastAt: fact.at)
    if all.count > Self.rounds_max, let oldest = all.min(by: { $0.value.seq < $1.value.seq }) {
      all.removeValue(forKey: oldest.key)
    }
  }

  mutating func explained(_ fact: Fact) {
    guard let terminal = fact.terminal, let about = fact.more["about"].flatMap({ Seq($0) }) else {
      return
    }
    for (key, round) in all where key.terminal == terminal && round.seq == about {
      all[key]?.reason = fact.reason.flatMap { ReasonID($0) }
      all[key]?.reasonCount += 1
      all[key]?.lastAt = fact.at
    }
  }

  // MARK: checkpoint

  var lines: [Line] {
    all.sorted { $0.value.seq < $1.value.seq }.map { key, round in
      var fields = [
        Field("terminal", key.terminal.text), Field("seq", String(round.seq)),
        Field("rating", String(round.rating)), Field("at", String(round.at.ms)),
        Field("last", String(round.lastAt.ms)), Field("reasons", String(round.reasonCount)),
      ]
      if let counter = key.counter { fields.append(Field("counter", counter.text)) }
      if let question = key.question { fields.append(Field("question", question.text)) }
      if let reason = round.reason { fields.append(Field("reason", reason.text)) }
      return Line("RATED", [], fields)
    }
  }

  mutating func restore(_ line: Line) -> Bool {
    func number<Value: LosslessStringConvertible>(_ key: String) -> Value? {
      line[key].flatMap { Value($0) }
    }
    guard let terminal = line["terminal"].flatMap({ TerminalID($0) }),
      let seq: Seq = number("seq"), let rating: Int = number("rating"),
      let at: Int64 = number("at"),
      let last: Int64 = number("last"),
      [at, last].allSatisfy((0...WallTime.onWire_max.ms).contains),

      let reasons: Int = number("reasons"), all.count < Self.rounds_max
    else { return false }
    let key = Key(
      terminal: terminal, counter: line["counter"].flatMap { CounterID($0) },
      question: line["question"].flatMap { QuestionID($0) })
    all[key] = Round(
      seq: seq, rating: rating, at: WallTime(ms: at),
      reason: line["reason"].flatMap { ReasonID($0) }, reasonCount: reasons,
      lastAt: WallTime(ms: last))
    return true
  }
}

/// When the ratings of this process were given, by the clock that never jumps; those of the last
/// one as far as the wall clock tells.
struct RatingClock {
  private struct Times {
    var rated: MonotonicTime
    /// The rating or its last reason.
    var last: MonotonicTime
  }

  private var times: [RatingRounds.Key: Times] = [:]

  mutating func start(_ rounds: RatingRounds, _ now: Now) {
    for (key, round) in rounds.all {
      let (age, quiet) = (now.wall - round.at, now.wall - round.lastAt)
      // The wall clock was set back meanwhile, so that it tells nothing.
      guard age.ms >= 0, quiet.ms >= 0 else { continue }
      times[key] = Times(rated: now.monotonic + age * -1, last: now.monotonic + quiet * -1)
    }
  }

  mutating func rated(_ key: RatingRounds.Key, _ now: MonotonicTime, known: RatingRounds) {
    times[key] = Times(rated: now, last: now)
    if times.count > RatingRounds.rounds_max { times = times.filter { known[$0.key] != nil } }
  }

  mutating func explained(_ key: RatingRounds.Key, _ now: MonotonicTime) { times[key]?.last = now }

  func isRated(_ key: RatingRounds.Key, within span: Span, _ now: MonotonicTime) -> Bool {
    times[key].map { now - $0.rated < span } ?? false
  }

  func isTouched(_ key: RatingRounds.Key, within span: Span, _ now: MonotonicTime) -> Bool {
    times[key].map { now - $0.last < span } ?? false
  }
}
