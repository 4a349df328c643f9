import Branch
import Configuration
import QueueProtocol

/// Keys for ratings and reasons. What a key means follows from the last rating of its terminal and
/// the time since then:
///
///     5 ──────────────► rating                   within `correct`: another one takes its place
///     5, 2 ───────────► rating, its correction   (of a row of questions, the last one only)
///     2, noise ───────► rating, its reason       within `reason`, up to `reasonUpTo`
///     5, 4 ───────────► courtesy 5, speed 4      two questions, within `next`
extension BranchCore {
  /// A rating may have so many reasons; what comes more is counted. Ratings have no such bound:
  /// each may be another customer's, and only the hub knows for certain.
  static let reasons_max = 15

  private typealias Asked = (key: RatingRounds.Key, former: RatingRounds.Round?)

  /// A rating is never forgotten: journalled here, with or without a hub.
  mutating func rated(
    _ terminal: TerminalPlan, _ counter: CounterID?, _ rating: Int, _ question: QuestionID?,
    _ now: Now
  ) {
    let (key, former) = asked(terminal, counter, question, now)
    var fact = feedbackFact(.ratingGiven, key, now)
    fact.rating = rating
    if let former { fact.more.append(Field("corrects", String(former.seq))) }
    addClerk(&fact, now)
    record(fact)
    ratingClock.rated(key, now.monotonic, known: memory.ratings)
    signal(terminal.id, .ok, now)
    prompt(terminal, key, now)
  }

  /// The question that a press answers, and the rating that it corrects.
  private func asked(
    _ terminal: TerminalPlan, _ counter: CounterID?, _ question: QuestionID?, _ now: Now
  ) -> Asked {
    let feedback = terminal.feedback
    func open(_ question: QuestionID?) -> Asked {
      let key = RatingRounds.Key(terminal: terminal.id, counter: counter, question: question)
      let isOpen = ratingClock.isRated(key, within: feedback.correct, now.monotonic)
      return (key, isOpen ? memory.ratings[key] : nil)
    }
    let row = feedback.questions.map(\.id)
    guard question == nil, !row.isEmpty else { return open(question) }
    guard let last = memory.ratings.last(at: terminal.id, counter, of: row) else {
      return open(row[0])
    }
    if let next = next(terminal, last.key, now) { return open(next) }
    let isOpen = ratingClock.isRated(last.key, within: feedback.correct, now.monotonic)
    return isOpen ? (last.key, last.round) : open(row[0])
  }

  /// The question that is asked behind this one, as long as it waits for its answer.
  private func next(_ terminal: TerminalPlan, _ key: RatingRounds.Key, _ now: Now)
    -> QuestionID?
  {
    let row = terminal.feedback.questions.map(\.id)
    guard let place = key.question.flatMap(row.firstIndex), place + 1 < row.count,
      ratingClock.isTouched(key, within: terminal.feedback.next, now.monotonic)
    else { return nil }
    return row[place + 1]
  }

  // MARK: reasons

  /// Whether a key that rates as well says why just now: once, where another question waits.
  func expectsReason(_ terminal: TerminalPlan, _ counter: CounterID?, _ now: Now) -> Bool {
    guard let rated = rating(toExplain: terminal, counter, now) else { return false }
    return rated.round.reason == nil || next(terminal, rated.key, now) == nil
  }

  mutating func explained(
    _ terminal: TerminalPlan, _ counter: CounterID?, _ reason: ReasonID, _ now: Now
  ) {
    guard let rated = rating(toExplain: terminal, counter, now) else {
      return signal(terminal.id, .error, now)
    }
    // The same once more says nothing new.
    guard rated.round.reason != reason else { return signal(terminal.id, .ok, now) }
    guard rated.round.reasonCount < Self.reasons_max else {
      signal(terminal.id, .error, now)
      return ignored(terminal, 1, now)
    }
    var fact = feedbackFact(.ratingReason, rated.key, now)
    fact.reason = reason.text
    fact.more.append(Field("about", String(rated.round.seq)))
    addClerk(&fact, now)
    record(fact)
    ratingClock.explained(rated.key, now.monotonic)
    signal(terminal.id, .ok, now)
    prompt(terminal, rated.key, now)
  }

  private func rating(toExplain terminal: TerminalPlan, _ counter: CounterID?, _ now: Now)
    -> (key: RatingRounds.Key, round: RatingRounds.Round)?
  {
    guard let last = memory.ratings.last(at: terminal.id, counter),
      last.round.rating <= terminal.feedback.reasonUpTo,
      ratingClock.isRated(last.key, within: terminal.feedback.reason, now.monotonic)
    else { return nil }
    return last
  }

  // MARK: tools

  private func feedbackFact(_ kind: FactKind, _ key: RatingRounds.Key, _ now: Now) -> Fact {
    var fact = Fact(kind, at: now.wall)
    fact.terminal = key.terminal
    fact.counter = key.counter
    if let question = key.question { fact.more.append(Field("question", question.text)) }
    return fact
  }

  /// What the terminal's sign asks next.
  private mutating func prompt(_ terminal: TerminalPlan, _ key: RatingRounds.Key, _ now: Now) {
    let feedback = terminal.feedback
    if terminal.hasReasons, memory.ratings[key]?.reason == nil,
      rating(toExplain: terminal, key.counter, now) != nil
    {
      return tell(terminal, feedback.reasonText, for: feedback.reason, now)
    }
    if let next = next(terminal, key, now) {
      let text = feedback.questions.first { $0.id == next }?.text ?? ""
      return tell(terminal, text, for: feedback.next, now)
    }
    tell(terminal, feedback.thanks, for: SignMachine.answer, now)
  }

  /// Puts a text on the terminal's sign for a while, where it has one and there is one.
  mutating func tell(_ terminal: TerminalPlan, _ text: String, for span: Span, _ now: Now) {
    guard !text.isEmpty, let sign = terminal.sign else { return }
    show(signs[sign]?.told(text, for: span, now: now) ?? nil, on: sign)
  }
}

/// Presses that did not count, by terminal: told as facts, at most one a minute for each.
struct IgnoredPresses {
  static let pause: Span = .seconds(60)

  private struct Count {
    var presses = 0
    /// Not told before.
    var due: MonotonicTime
  }

  private var counts: [TerminalID: Count] = [:]

  mutating func add(_ presses: Int, at terminal: TerminalID, now: MonotonicTime) {
    counts[terminal, default: Count(due: now)].presses += presses
  }

  /// Takes what may be told now.
  mutating func takeDue(now: MonotonicTime) -> [(terminal: TerminalID, presses: Int)] {
    let due = counts.filter { $0.value.presses > 0 && $0.value.due <= now }
    for terminal in due.keys { counts[terminal] = Count(due: now + Self.pause) }
    return due.map { (terminal: $0.key, presses: $0.value.presses) }
      .sorted { $0.terminal < $1.terminal }
  }

  /// Nothing can be told now: later.
  mutating func putOff(now: MonotonicTime) {
    for (terminal, count) in counts where count.due <= now {
      counts[terminal]?.due = now + Self.pause
    }
  }

  var nextDeadline: MonotonicTime? {
    counts.values.lazy.filter { $0.presses > 0 }.map(\.due).min()
  }
}

extension BranchCore {
  /// A hand that hammered on a key: one press counted, and these came on top of it.
  mutating func burst(_ id: TerminalID, _ stroke: KeyStroke, count: Int, _ now: Now) {
    guard let terminal = terminals[id]?.plan, terminal.action(stroke) != nil else { return }
    // Which key it was may be a digit of a PIN.
    let key = terminal.logsOn ? "a key" : "key \(stroke)"
    log(.notice, "\(id): \(key) came \(count) times more in a burst, which do not count")
    ignored(terminal, count, now)
  }

  mutating func ignored(_ terminal: TerminalPlan, _ count: Int, _ now: Now) {
    ignoredPresses.add(count, at: terminal.id, now: now.monotonic)
    tellIgnored(now)
  }

  mutating func tellIgnored(_ now: Now) {
    guard !sheds else { return ignoredPresses.putOff(now: now.monotonic) }
    for (id, presses) in ignoredPresses.takeDue(now: now.monotonic) {
      var fact = Fact(.pressesIgnored, at: now.wall)
      fact.terminal = id
      fact.counter = terminals[id]?.plan.counter
      fact.more = [Field("count", String(presses))]
      record(fact)
    }
  }
}
