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

  public static func now() -> Now {
    let wall = Clock.wall()
    var seconds = time_t(wall.ms / 1000)
    var local = tm()
    localtime_r(&seconds, &local)
    return Now(
      wall: wall, monotonic: Clock.monotonic(), zoneOffsetSeconds: Int32(local.tm_gmtoff))
  }
}
