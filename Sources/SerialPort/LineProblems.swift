import Branch
import Glibc
import LinuxIO

/// Whether the device at the path may be a serial port; false when the kernel says that it is of
/// another kind. It knows no kind of ptys.
func isPerhapsSerial(_ path: String) -> Bool {
  var status = stat()
  guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFCHR else { return true }
  // Of makedev(3); majors beyond 12 bits are not given out.
  let device = status.st_rdev
  let (major, minor) = ((device >> 8) & 0xFFF, (device & 0xFF) | (device >> 12) & 0xFFF00)
  let kind = resolvedPath("/sys/dev/char/\(major):\(minor)/subsystem")
  return kind?.hasSuffix("/tty") ?? true
}

/// What is wrong with a path that is opened as a line.
enum LineProblems {
  static func notSerial(_ path: String) -> Problem {
    Problem(
      code: "not-serial", what: "\(path) is no serial port", cause: "it has no line settings",
      cure: "Run `kioskd devices` and give the sign the path of a serial port.")
  }

  /// Somebody who cannot be seen has it locked: a process of another user, or this one, when two
  /// signs name one device in two ways, such as by-id and ttyUSB0.
  ///
  /// - Precondition: this process has just opened it.
  static func locked(_ path: String) -> Problem {
    guard DeviceHolder.ownCount(of: path) > 1 else { return DeviceProblems.held(path, by: []) }
    return Problem(
      code: DeviceProblems.busy, what: "\(path) is in use",
      cause: "this process has the device open already, under another path",
      cure: "Give the signs of one line the same \"port\", and each an \"address\" of its own; or "
        + "give this one another device.")
  }
}
