public import Branch
import Glibc
import LinuxIO

/// The kernel's clocks with the zone of the branch. The zone is the process's: a node serves one
/// branch.
public enum BranchClock {
  /// Takes a name of the tz database, `Europe/Berlin`.
  public static func use(zone: String) {
    setenv("TZ", zone, 1)
    tzset()
  }

  /// - Parameter correct: the box's own clock to the time that counts.
  public static func now(
    _ correct: (WallTime, MonotonicTime) -> WallTime = { box, _ in box }
  ) -> Now {
    let box = Clock.wall()
    let monotonic = Clock.monotonic()
    let wall = correct(box, monotonic)
    return Now(
      wall: wall, monotonic: monotonic, zoneOffsetSeconds: zoneOffsetSeconds(at: wall), box: box)
  }

  /// East of UTC, by the rules of the zone for that instant.
  static func zoneOffsetSeconds(at wall: WallTime) -> Int32 {
    var seconds = time_t(wall.ms / 1000)
    var local = tm()
    localtime_r(&seconds, &local)
    return Int32(local.tm_gmtoff)
  }
}
