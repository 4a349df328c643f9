import Branch

/// The hub's time by a clock that never jumps. A box without a battery starts in 1970, somebody
/// sets its clock by hand, a time service moves it by hours: none of that may show in a fact.
///
/// Each WELCOME and each PONG says the hub's time; the question before it says how old that may
/// be. From then on, and for as long as the kernel runs, hub time is that sum plus what passed.
struct ClockEstimate {
  /// The box's own clock is taken while it is this close to the hub's.
  static let slack: Span = .seconds(2)
  /// After this time a less exact answer replaces the last one: clocks drift.
  static let renewal: Span = .minutes(10)

  /// The years 2024 to 2099: a hub that says another time has lost its own clock.
  static let plausible = WallTime(ms: 1_704_067_200_000)...WallTime(ms: 4_102_444_799_999)

  /// Hub's wall clock minus the box's monotonic one; nil before the hub said anything in this
  /// run of the kernel.
  private(set) var offset: Span?
  /// By so much the estimate may be wrong.
  private var error = Span(ms: 0)
  private var takenAt = MonotonicTime(ms: 0)

  /// - Parameter offset: of an earlier run of the process under the same kernel.
  init(offset: Span?) { self.offset = offset }

  /// - Parameters:
  ///   - asked: when the question went out.
  mutating func heard(_ hub: WallTime, asked: MonotonicTime, now: MonotonicTime) {
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

  func hubTime(_ now: MonotonicTime) -> WallTime? {
    offset.map { WallTime(ms: now.ms + $0.ms) }
  }

  /// What a fact is dated with: the box's own clock unless the hub's says otherwise.
  func corrected(_ box: WallTime, _ now: MonotonicTime) -> WallTime {
    guard let hub = hubTime(now), Span(ms: abs(hub.ms - box.ms)) > Self.slack else { return box }
    return hub
  }
}
