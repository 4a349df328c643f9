import Branch

/// The two clocks of one machine.
///
/// Fault model: both drift by up to 200 parts in a million, each machine by its own share; the wall
/// clock starts wrong, jumps forward and back (seconds, mostly; hours, seldom), and its zone
/// changes by an hour. The monotonic clock never jumps and starts anew at a boot.
struct MachineClock {
  /// 2026-11-22T08:00:00Z, when true time is 0.
  static let start = WallTime(ms: 1_795_334_400_000)
  static let drift_ppm_max = 200

  private let bootedAt: Int64
  private let drift_ppm: Int64
  /// Wall clock minus true time at boot, and all jumps since.
  private(set) var wallAhead_ms: Int64
  private(set) var zoneOffsetSeconds: Int32

  init(bootedAt: Int64, drift_ppm: Int64, wallAhead_ms: Int64, zoneOffsetSeconds: Int32) {
    self.bootedAt = bootedAt
    self.drift_ppm = drift_ppm
    self.wallAhead_ms = wallAhead_ms
    self.zoneOffsetSeconds = zoneOffsetSeconds
  }

  private func elapsed(_ trueTime: Int64) -> Int64 {
    let span = trueTime - bootedAt
    return span + span * drift_ppm / 1_000_000
  }

  func now(_ trueTime: Int64) -> Now {
    let elapsed = elapsed(trueTime)
    return Now(
      wall: WallTime(ms: Self.start.ms + bootedAt + wallAhead_ms + elapsed),
      monotonic: MonotonicTime(ms: 60_000 + elapsed), zoneOffsetSeconds: zoneOffsetSeconds)
  }

  /// The first true time at which the monotonic clock shows this.
  func trueTime(of instant: MonotonicTime) -> Int64 {
    let span = instant.ms - 60_000
    var trueTime = bootedAt + span - span * drift_ppm / 1_000_000 - 2
    while now(trueTime).monotonic < instant { trueTime += 1 }
    return trueTime
  }

  mutating func jump(_ ms: Int64) { wallAhead_ms += ms }

  mutating func moveZone(_ seconds: Int32) { zoneOffsetSeconds += seconds }

  /// The clocks after a boot: the wall clock goes on, kept by a battery.
  func booted(at trueTime: Int64) -> MachineClock {
    MachineClock(
      bootedAt: trueTime, drift_ppm: drift_ppm,
      wallAhead_ms: now(trueTime).wall.ms - Self.start.ms - trueTime,
      zoneOffsetSeconds: zoneOffsetSeconds)
  }
}
