import Branch

/// The hub's time by a clock that never jumps. A box without a battery starts in 1970, somebody
/// sets its clock by hand, a time service moves it by hours: none of that may show in a fact.
///
/// Each WELCOME and each PONG says the hub's time; the question before it says how old that may
/// be. Two answers come of that:
///
/// - the *best*, for what is written into facts: it may be wrong to either side by half of the way
///   there and back, and holds for as long as the kernel runs;
/// - the one that is *never late*, for what must die in time: the clock of the session, which the
///   hub counts on from its WELCOME, shows at least that.
struct ClockEstimate {
  /// The box's own clock is taken while it is this close to the hub's.
  static let slack: Span = .seconds(2)
  /// After this time a less exact answer replaces the last one: clocks drift.
  static let renewal: Span = .minutes(10)

  /// So far two monotonic clocks may drift apart, parts in a million.
  static let drift_ppm_max: Int64 = 500

  /// The years 2024 to 2099: a hub that says another time has lost its own clock.
  static let plausible = WallTime(ms: 1_704_067_200_000)...WallTime(ms: 4_102_444_799_999)

  /// Hub's wall clock minus the box's monotonic one; nil before the hub said anything in this
  /// run of the kernel.
  private(set) var offset: Span?
  /// By so much the estimate may be wrong.
  private var error = Span(ms: 0)
  private var takenAt = MonotonicTime(ms: 0)
  /// What the hub said in this session, minus the monotonic clock when it was heard. Each word was
  /// on its way for a while, so the highest is the best, and never too late.
  private var floor: (offset: Span, at: MonotonicTime)?

  /// - Parameter offset: of an earlier run of the process under the same kernel.
  init(offset: Span?) { self.offset = offset }

  /// A hub's session has a clock of its own, whatever was said in the one before.
  mutating func sessionBegan() { floor = nil }

  /// - Parameters:
  ///   - hub: 0 when the hub does not say.
  ///   - asked: when the question went out.
  mutating func heard(_ hub: WallTime, asked: MonotonicTime, now: MonotonicTime) {
    raiseFloor(hub, now)
    guard Self.plausible.contains(hub), asked <= now else { return }
    let half = Span(ms: (now - asked).ms / 2)
    let sample = Span(ms: hub.ms + half.ms - now.ms)
    if let offset, half > error, now - takenAt < Self.renewal {
      let difference = Span(ms: abs(sample.ms - offset.ms))
      // An exact answer stands, unless the hub's clock itself was set.
      guard difference > Span(ms: half.ms + error.ms + Self.slack.ms) else { return }
    }
    (offset, error, takenAt) = (sample, half, now)
  }

  /// What was heard before is worth less the older it is.
  private mutating func raiseFloor(_ hub: WallTime, _ now: MonotonicTime) {
    guard hub.ms > 0 else { return }
    let offset = Span(ms: hub.ms - now.ms)
    let known = floor.map { known in
      Span(ms: known.offset.ms - (now - known.at).ms * Self.drift_ppm_max / 1_000_000)
    }
    floor = (max(offset, known ?? offset), now)
  }

  /// The best knowledge; nil before the hub said anything in this run of the kernel.
  func hubTime(_ now: MonotonicTime) -> WallTime? {
    offset.map { WallTime(ms: now.ms + $0.ms) }
  }

  /// What the clock of the session shows at least; nil when the hub never said in this session.
  func hubTimeNeverLate(_ now: MonotonicTime) -> WallTime? {
    floor.map { WallTime(ms: now.ms + $0.offset.ms) }
  }

  /// What a fact is dated with: the box's own clock unless the hub's says otherwise.
  func corrected(_ box: WallTime, _ now: MonotonicTime) -> WallTime {
    guard let hub = hubTime(now), Span(ms: abs(hub.ms - box.ms)) > Self.slack else { return box }
    return hub
  }
}
