import Branch
import SignProtocols

/// One board of a line: what it is to show, what it surely shows, and how well it answers.
struct BoardTraffic: Sendable {
  let board: SignBoard
  /// Silence behind each frame, that of the line's most patient board.
  let gap: Span
  /// The newest picture that was asked for and is not on its way yet.
  private(set) var waiting: SignPicture?
  /// When it began to wait, counted over all boards of the line; a newer picture keeps its place.
  private(set) var order: UInt64 = 0
  /// What went over the line last without a complaint, but for its sound.
  private(set) var held: SignPicture?
  private var isOpened = false
  /// Tries in a row that went wrong.
  private(set) var failures = 0
  private var tryAt: MonotonicTime?
  /// What was told of it and still holds.
  var problem: Problem?

  init(_ board: SignBoard, gap: Span) {
    self.board = board
    self.gap = gap
  }

  /// It has a turn in the next round.
  var isWaiting: Bool { waiting != nil && failures == 0 }

  func isToBeTried(_ now: MonotonicTime) -> Bool { nextTry.map { $0 <= now } ?? false }

  /// When a board in trouble has its next try.
  var nextTry: MonotonicTime? { waiting == nil || failures == 0 ? nil : tryAt }

  mutating func reset() {
    waiting = nil
    held = nil
    isOpened = false
    failures = 0
    tryAt = nil
    problem = nil
  }

  mutating func ask(_ picture: SignPicture, order: UInt64) {
    if let old = waiting {
      // The sound belongs to the words; the call that it was for is still the newest.
      waiting = picture.beeping(picture.beeps || old.beeps && old.lines == picture.lines)
    } else {
      waiting = picture
      self.order = order
    }
  }

  /// All frames of what waits. A board that has the picture as far as is known, and can be read, is
  /// only looked at.
  mutating func takeTurn(_ index: Int, on settings: SerialSettings) -> BoardTurn? {
    guard let picture = waiting.take() else { return nil }
    let frames = frames(for: picture, on: settings)
    let checks = frames.filter(\.isCheck)
    if picture == held, !checks.isEmpty {
      return BoardTurn(board: index, picture: picture, isCheck: true, frames: checks[...])
    }
    let opening = isOpened ? [] : board.signProtocol.opening.map { $0.withSilence(gap) }
    isOpened = true
    return BoardTurn(
      board: index, picture: picture, isCheck: false,
      frames: (opening + frames.filter { !$0.isLatch })[...])
  }

  func latches(of picture: SignPicture, on settings: SerialSettings) -> [SignFrame] {
    frames(for: picture, on: settings).filter(\.isLatch)
  }

  private func frames(for picture: SignPicture, on settings: SerialSettings) -> [SignFrame] {
    board.signProtocol.frames(for: picture, on: settings, gap: gap)
  }

  mutating func succeeded(_ picture: SignPicture) {
    held = picture.beeping(false)
    failures = 0
    tryAt = nil
    problem = nil
  }

  mutating func failed(_ turn: BoardTurn, _ patience: LinePatience, _ now: MonotonicTime) {
    held = nil
    failures += 1
    tryAt = now + patience.pause(failures: failures)
    // In every language the sound comes behind what is answered: it was not made yet.
    again(turn.picture)
  }

  /// It does not show any more what it held.
  mutating func lapsed(_ picture: SignPicture, order: UInt64) {
    held = nil
    if waiting == nil { self.order = order }
    again(picture)
  }

  /// What could not be shown waits again, unless something newer does.
  private mutating func again(_ picture: SignPicture) {
    guard let newer = waiting else { return waiting = picture }
    waiting = newer.beeping(newer.beeps || picture.beeps && picture.lines == newer.lines)
  }
}

extension SignPicture {
  func beeping(_ beeps: Bool) -> SignPicture {
    SignPicture(
      lines, colour: colour, flashes: flashes, beeps: beeps,
      brightness_percent: brightness_percent)
  }
}

extension SignFrame {
  /// It asks what the board holds, and changes nothing.
  var isCheck: Bool {
    if case .modbus(let question) = question, case .read = question.request { true } else { false }
  }

  func withSilence(_ gap: Span) -> SignFrame {
    SignFrame(
      bytes, silence_us: max(silence_us, Int(gap.ms) * 1000), question: question, isLatch: isLatch)
  }
}
