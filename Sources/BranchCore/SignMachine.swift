import Branch

/// What one sign shows: the highest of its layers, as the clock has it. Written on change, after
/// every return of the port, and now and then, because most signs cannot say what they show.
struct SignMachine {
  /// How long an answer to a press stands.
  static let answer: Span = .seconds(4)
  /// The box's clock was set, when it is so far from where it should be.
  static let clockSlack_ms: Int64 = 20
  /// Changes of the clock that are looked at for one that can be seen. Hours and brightness repeat
  /// after a week, each of whose days has fewer than 26 of them.
  private static let looks_max = 26 * 8

  let plan: SignPlan
  private let zoneOffset: (@Sendable (WallTime) -> Int32)?
  private(set) var isOpen = false
  private(set) var layers = SignLayers()
  private var board: CallBoard
  private(set) var refreshAt: MonotonicTime?
  /// The next instant at which the picture is another one.
  private(set) var changeAt: MonotonicTime?
  /// What stands on the sign as far as anybody knows.
  private var written: SignPicture?
  private var newest: StandingCall?
  /// A new call is to be heard as soon as it is seen.
  private var owesBeep = false
  /// By how much the clock on the wall is ahead of the one that never jumps, when `changeAt` was
  /// computed.
  private var wallAhead: Span
  var noise = NoiseMeter()

  init(plan: SignPlan, zoneOffset: (@Sendable (WallTime) -> Int32)?, now: Now) {
    self.plan = plan
    self.zoneOffset = zoneOffset
    board = CallBoard(plan.board)
    wallAhead = Self.wallAhead(now)
  }

  private func schedule(_ now: Now) -> SignSchedule {
    let seconds = now.zoneOffsetSeconds
    return SignSchedule(plan, offset: zoneOffset ?? { _ in seconds })
  }

  /// What should be seen at an instant, but for its sound.
  func picture(_ now: Now) -> SignPicture {
    let schedule = schedule(now)
    let percent = schedule.brightness_percent(now.wall)
    func picture(_ text: String, _ colour: SignPicture.Colour?) -> SignPicture {
      SignPicture(SignFill.lines(text), colour: colour, brightness_percent: percent)
    }
    switch layers.top(flash: plan.flash, now: now.monotonic) {
    case .idle: return picture(schedule.idle(now.wall), plan.colours.idle)
    case .message(let layer, let text):
      let colours = plan.colours
      return picture(text, layer.isAboveCalls ? colours.alert : colours.information)
    case .call(let lines, let isFlashing):
      return SignPicture(
        lines, colour: plan.colours.call, flashes: isFlashing, brightness_percent: percent)
    }
  }

  /// Each event gives the picture to write, or nil.
  mutating func opened(now: Now) -> SignPicture? {
    isOpen = true
    written = nil
    return showCalls(isNew: false, now)
  }

  mutating func lost() {
    isOpen = false
    _ = board.flush()
    owesBeep = false
    refreshAt = nil
    changeAt = nil
    written = nil
  }

  /// - Parameters:
  ///   - calls: the newest first.
  ///   - isNew: the newest was called, or called again, just now.
  mutating func called(_ calls: [StandingCall], isNew: Bool, now: Now) -> SignPicture? {
    let isUp = board.called(
      calls, isNew: isNew, isSeen: isOpen, seenFirst: layers.coverEnd(now.monotonic),
      now: now.monotonic)
    return showCalls(isNew: isUp, now)
  }

  private mutating func showCalls(isNew: Bool, _ now: Now) -> SignPicture? {
    let calls = board.shown
    var texts = calls.map(plan.text)
    if plan.board.newestLast { texts.reverse() }
    let news: SignLayers.News = isNew ? .new : calls.first == newest ? .same : .older
    newest = calls.first
    layers.called(texts.flatMap(SignFill.lines), news, now: now.monotonic)
    if news != .same { owesBeep = isNew && plan.beeps && isOpen }
    // A recall is written though nothing of it is another: the sign may have missed the call.
    return update(now, isForced: isNew && layers.call?.seenFirst == now.monotonic)
  }

  /// - Parameter span: how long it stands; not positive: the layer is emptied.
  mutating func told(
    _ text: String, _ layer: SignMessageLayer = .answer, for span: Span = SignMachine.answer,
    now: Now
  ) -> SignPicture? {
    let covered = layers.coverEnd(now.monotonic)
    layers.tell(text, layer, for: span, now: now.monotonic)
    board.coverChanged(from: covered, to: layers.coverEnd(now.monotonic))
    return release(now) ?? update(now)
  }

  mutating func timePassed(now: Now) -> SignPicture? {
    let isDue = refreshAt.map { $0 <= now.monotonic } ?? false
    if let picture = release(now) { return picture }
    guard isDue || changeAt.map({ $0 <= now.monotonic }) ?? false || clockWasSet(now) else {
      return nil
    }
    return update(now, isForced: isDue)
  }

  var nextDeadline: MonotonicTime? {
    [changeAt, refreshAt, board.changeAt].compactMap { $0 }.min()
  }

  /// Shows a call that has waited for those before it.
  private mutating func release(_ now: Now) -> SignPicture? {
    let before = board.shown
    let seenFirst = layers.coverEnd(now.monotonic)
    let isNew = board.release(seenFirst: seenFirst, now: now.monotonic)
    return isNew || board.shown != before ? showCalls(isNew: isNew, now) : nil
  }

  // MARK: clocks

  private static func wallAhead(_ now: Now) -> Span {
    Span(ms: now.wall.ms + Int64(now.zoneOffsetSeconds) * 1000 - now.monotonic.ms)
  }

  /// Whether what was computed by the clock on the wall has to be computed again.
  func clockWasSet(_ now: Now) -> Bool {
    guard !SignSchedule.isNone(plan) else { return false }
    return abs(Self.wallAhead(now).ms - wallAhead.ms) > Self.clockSlack_ms
  }

  // MARK: writing

  private mutating func update(_ now: Now, isForced: Bool = false) -> SignPicture? {
    let picture = picture(now)
    wallAhead = Self.wallAhead(now)
    guard isOpen else {
      changeAt = nil
      return nil
    }
    changeAt = change(from: picture, after: now)
    guard isForced || picture != written else { return nil }
    written = picture
    refreshAt = plan.refresh.map { now.monotonic + $0 }
    guard owesBeep, case .call = layers.top(flash: plan.flash, now: now.monotonic) else {
      return picture
    }
    owesBeep = false
    return picture.beeping
  }

  /// The first instant at which the picture is not this one any more; nil: it stays. When nothing
  /// changes for a week, an exception may stand behind it: then it is an instant at which to look.
  private func change(from picture: SignPicture, after now: Now) -> MonotonicTime? {
    var now = now
    for _ in 0..<Self.looks_max {
      guard let next = nextLook(after: now) else { return nil }
      now.wall = now.wall + (next - now.monotonic)
      now.monotonic = next
      if self.picture(now) != picture { return next }
    }
    return now.monotonic
  }

  private func nextLook(after now: Now) -> MonotonicTime? {
    var next = layers.ends(flash: plan.flash, after: now.monotonic)
    let isIdle = layers.top(flash: plan.flash, now: now.monotonic) == .idle
    if let wall = schedule(now).next(after: now.wall, isIdle: isIdle) {
      let at = now.monotonic + (wall - now.wall)
      next = min(next ?? at, at)
    }
    return next
  }
}

extension SignPicture {
  fileprivate var beeping: SignPicture {
    SignPicture(
      lines, colour: colour, flashes: flashes, beeps: true, brightness_percent: brightness_percent)
  }
}
