import Branch

/// When an event happened, by the device's stamp and by its arrival in this process.
///
/// A busy process may read two events at once that were half a second apart, or the second one half
/// a second late; the stamps know better. Without stamps (zero, as a hand-made record has them), or
/// when they step back (the clock was set), the time of arrival decides.
struct EventMoment: Sendable {
  let stamp: InputTime
  let arrival: MonotonicTime

  init(stamp: InputTime = .zero, arrival: MonotonicTime) {
    self.stamp = stamp
    self.arrival = arrival
  }

  init(_ event: InputEvent, at now: MonotonicTime) {
    stamp = InputTime(seconds: event.seconds, microseconds: event.microseconds)
    arrival = now
  }

  /// Microseconds between an earlier event and this one, 0 or more.
  func time_us(since earlier: EventMoment) -> Int64 {
    if earlier.stamp != .zero, stamp != .zero {
      let seconds = stamp.seconds &- earlier.stamp.seconds
      let gap_us = seconds &* 1_000_000 &+ stamp.microseconds &- earlier.stamp.microseconds
      if gap_us >= 0 { return gap_us }
    }
    return max(0, (arrival - earlier.arrival).ms &* 1000)
  }

  /// Whether at least this span lies between an earlier event and this one.
  func isLater(than earlier: EventMoment, by span: Span) -> Bool {
    if earlier.stamp != .zero, stamp != .zero {
      // Stamps that a decoder let through are below 2^34 s; others may wrap, which is harmless.
      let seconds = stamp.seconds &- earlier.stamp.seconds
      let gap_us = seconds &* 1_000_000 &+ stamp.microseconds &- earlier.stamp.microseconds
      if gap_us >= 0 { return gap_us >= span.ms &* 1000 }
    }
    return arrival - earlier.arrival >= span
  }
}
