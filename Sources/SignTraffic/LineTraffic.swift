public import Branch
import SignProtocols

/// Whose frame goes over a line next: one writer for all boards that hang on it.
///
///     line    A1 ··· A2 ··· B1 ?answer ··· latch ···          (··· silence that the board needs)
///     show    A  B             A'(newer A, waits)   A'1 …
///
/// Rounds keep it fair: all boards that have something to show have one turn each, in the order in
/// which they were asked; then the frames that latch what they got, each once. A turn is a whole
/// picture; of several that wait for one board, the newest. A board that does not answer as it
/// should has its next tries between two rounds, one at a time and further and further apart.
///
/// States: closed → free → sending → (answering) → silent → free; any → closed when the line is
/// lost. Times are counted from when the kernel took the bytes, as if none had left by then.
public struct LineTraffic: Sendable {
  enum State: Sendable {
    case closed
    case free
    /// The kernel has not taken the whole frame.
    case sending(SignFrame)
    case answering(SignFrame, SignAnswerReader, until: MonotonicTime)
    case silent(until: MonotonicTime)
  }

  public let settings: SerialSettings
  public let patience: LinePatience
  var state = State.closed
  var boards: [BoardTraffic]
  /// The picture on its way.
  var turn: BoardTurn?
  /// Boards that still have a turn in this round.
  var round: [Int] = []
  /// What makes boards show what they got in this round.
  var latches: [SignFrame] = []
  /// A board in trouble has one try between two rounds.
  var mayTryAgain = true
  /// Counts what boards were asked to show, for the order of turns.
  var askedCount: UInt64 = 0
  var actions: [LineAction] = []

  /// - Precondition: boards have different ids.
  public init(
    settings: SerialSettings, boards: [SignBoard], patience: LinePatience = LinePatience()
  ) {
    precondition(Set(boards.map(\.id)).count == boards.count)
    self.settings = settings
    self.patience = patience
    // A board hears the others' frames as well, and needs its silence behind them.
    let gap = boards.map(\.gap).max() ?? Span(ms: 0)
    self.boards = boards.map { BoardTraffic($0, gap: gap) }
  }

  /// When `timePassed` has something to do.
  public var deadline: MonotonicTime? {
    switch state {
    case .closed, .sending: nil
    case .answering(_, _, let until), .silent(let until): until
    case .free: boards.compactMap(\.nextTry).min()
    }
  }

  /// Nothing is on its way, and nothing waits but for boards in trouble.
  public var isQuiet: Bool {
    guard case .free = state else { return false }
    return turn == nil && round.isEmpty && latches.isEmpty && !boards.contains { $0.isWaiting }
  }

  // MARK: events

  /// The line takes bytes. What boards show is not known any more.
  public mutating func opened() {
    reset()
    state = .free
  }

  /// The line is gone; what waited is forgotten.
  public mutating func lost() { reset() }

  /// What this board is to show from now on, once.
  public mutating func shown(_ picture: SignPicture, on id: SignID, now: MonotonicTime)
    -> [LineAction]
  {
    guard !isClosed, let index = boards.firstIndex(where: { $0.board.id == id }) else { return [] }
    askedCount += 1
    boards[index].ask(picture, order: askedCount)
    return goOn(now)
  }

  /// The kernel took the whole frame.
  public mutating func drained(now: MonotonicTime) -> [LineAction] {
    guard case .sending(let frame) = state else { return [] }
    let sent_us = settings.duration_us(bytes: frame.bytes.count)
    if let answer_ms = frame.question.answer_ms {
      let answer_us = settings.duration_us(bytes: frame.question.answerBytes_max)
      let until = now.after(us: sent_us + answer_us + answer_ms * 1000)
      state = .answering(frame, SignAnswerReader(frame.question), until: until)
    } else {
      keepSilence(frame, sent_us: sent_us, now)
    }
    return goOn(now)
  }

  /// Bytes came from the line.
  public mutating func received(_ bytes: [UInt8], now: MonotonicTime) -> [LineAction] {
    guard case .answering(let frame, var reader, let until) = state else {
      return [.noise(bytes: bytes.count)]
    }
    let answers = reader.feed(bytes)
    state = .answering(frame, reader, until: until)
    if reader.isAnswered { answered(frame, answers + reader.end(), now) }
    return goOn(now)
  }

  public mutating func timePassed(now: MonotonicTime) -> [LineAction] {
    switch state {
    case .answering(let frame, var reader, let until):
      guard until <= now else { return [] }
      answered(frame, reader.end(), now)
    case .silent(let until):
      guard until <= now else { return [] }
      state = .free
    case .closed, .sending, .free: break
    }
    return goOn(now)
  }

  // MARK: frames

  private var isClosed: Bool { if case .closed = state { true } else { false } }

  private mutating func reset() {
    state = .closed
    turn = nil
    round = []
    latches = []
    for index in boards.indices { boards[index].reset() }
  }

  private mutating func goOn(_ now: MonotonicTime) -> [LineAction] {
    if case .free = state, let frame = nextFrame(now) {
      state = .sending(frame)
      actions.append(.write(frame.bytes))
    }
    defer { actions = [] }
    return actions
  }

  private mutating func keepSilence(_ frame: SignFrame, sent_us: Int, _ now: MonotonicTime) {
    let silence_us = frame.silence_us
    state = silence_us > 0 ? .silent(until: now.after(us: sent_us + silence_us)) : .free
  }

  private mutating func answered(
    _ frame: SignFrame, _ answers: [SignAnswer], _ now: MonotonicTime
  ) {
    keepSilence(frame, sent_us: 0, now)
    for case .noise(let bytes) in answers { actions.append(.noise(bytes: bytes)) }
    judge(answers, now)
  }
}

extension MonotonicTime {
  /// Never earlier than so many microseconds from now, and less than 2 ms later: this clock and
  /// the loop's count whole milliseconds, of which the one that is running now is partly over.
  func after(us: Int) -> MonotonicTime { self + .milliseconds(Int64((us + 999) / 1000 + 1)) }
}
