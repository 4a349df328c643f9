import Branch
import Glibc

/// The kernel's clocks as the project's instants.
public enum Clock {
  public static func wall() -> WallTime { WallTime(ms: milliseconds(CLOCK_REALTIME)) }
  public static func monotonic() -> MonotonicTime {
    MonotonicTime(ms: milliseconds(CLOCK_MONOTONIC))
  }

  /// Nanoseconds of CLOCK_MONOTONIC, for measurements.
  public static func nanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  private static func milliseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
