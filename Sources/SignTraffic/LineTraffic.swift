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
/// lost. Times are counted from when the kernel took the bytes, as if none had left by then. On an
/// adapter that hears itself each frame is also waited for until it was heard.
public struct LineTraffic: Sendable {
  enum State: Sendable {
    case closed
    case free
    /// The kernel has not taken the whole frame.
    case sending(FrameHearing)
    /// The answer is awaited, or the frame's own copy.
    case answering(FrameHearing, until: MonotonicTime, echoUntil: MonotonicTime)
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
  /// Tries of the latch that is on its way.
  var latchTries = 0
  /// What of its own the adapter hears.
  var echo: LineEcho
  /// Frames that were sent only to find that out.
  var soundings = 0
  var isSounding = false
  /// A board in trouble has one try between two rounds.
  var mayTryAgain = true
  /// Counts what boards were asked to show, for the order of turns.
  var askedCount: UInt64 = 0
  var actions: [LineAction] = []

  /// - Parameter hearsItself: as its adapter was set up; the line finds out whether that is so.
  /// - Precondition: boards have different ids.
  public init(
    settings: SerialSettings, hearsItself: Bool = false, boards: [SignBoard],
    patience: LinePatience = LinePatience()
  ) {
    precondition(Set(boards.map(\.id)).count == boards.count)
    self.settings = settings
    self.patience = patience
    echo = LineEcho(isSet: hearsItself)
    // A board hears the others' frames as well, and needs its silence behind them.
    let gap = boards.map(\.gap).max() ?? Span(ms: 0)
    self.boards = boards.map { BoardTraffic($0, gap: gap) }
  }

  /// When `timePassed` has something to do.
  public var deadline: MonotonicTime? {
    switch state {
    case .closed, .sending: nil
    case .answering(_, let until, _), .silent(let until): until
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
    guard case .sending(let hearing) = state else { return [] }
    let frame = hearing.frame
    let sent_us = settings.duration_us(bytes: frame.bytes.count)
    guard frame.question != .none || hearing.awaitsEcho else {
      keepSilence(frame, sent_us: sent_us, now)
      return goOn(now)
    }
    let echoUntil = now.after(us: sent_us) + LineEcho.late
    var until = echoUntil
    if let answer_ms = frame.question.answer_ms {
      let answer_us = settings.duration_us(bytes: frame.question.answerBytes_max)
      until = now.after(us: sent_us + answer_us + answer_ms * 1000)
    }
    state = .answering(hearing, until: until, echoUntil: echoUntil)
    if hearing.isOver { finished(hearing, now) }
    return goOn(now)
  }

  /// Bytes came from the line.
  public mutating func received(_ bytes: [UInt8], now: MonotonicTime) -> [LineAction] {
    overheard(bytes)
    switch state {
    case .sending(var hearing) where hearing.awaitsEcho:
      hearing.take(bytes)
      state = .sending(hearing)
    case .answering(var hearing, let until, let echoUntil):
      hearing.take(bytes)
      state = .answering(hearing, until: until, echoUntil: echoUntil)
      if hearing.isOver { finished(hearing, now) }
    case .closed, .free, .sending, .silent: actions.append(.noise(bytes: bytes.count))
    }
    return goOn(now)
  }

  public mutating func timePassed(now: MonotonicTime) -> [LineAction] {
    switch state {
    case .answering(let hearing, let until, let echoUntil):
      guard until <= now else { return [] }
      if hearing.lacksEcho, now < echoUntil {
        state = .answering(hearing, until: echoUntil, echoUntil: echoUntil)
      } else {
        finished(hearing, now)
      }
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
    latchTries = 0
    echo = LineEcho(isSet: echo.isSet)
    soundings = 0
    isSounding = false
    for index in boards.indices { boards[index].reset() }
  }

  private mutating func goOn(_ now: MonotonicTime) -> [LineAction] {
    if case .free = state, let frame = nextFrame(now) {
      echo.sent(frame)
      state = .sending(FrameHearing(frame, awaitsEcho: echo.isHeard))
      actions.append(.write(frame.bytes))
    }
    defer { actions = [] }
    return actions
  }

  mutating func keepSilence(_ frame: SignFrame, sent_us: Int, _ now: MonotonicTime) {
    let silence_us = frame.silence_us
    state = silence_us > 0 ? .silent(until: now.after(us: sent_us + silence_us)) : .free
  }
}

extension MonotonicTime {
  /// Never earlier than so many microseconds from now, and less than 2 ms later: this clock and
  /// the loop's count whole milliseconds, of which the one that is running now is partly over.
  func after(us: Int) -> MonotonicTime { self + .milliseconds(Int64((us + 999) / 1000 + 1)) }
}
