public import Branch
import Glibc

/// The problems that opening any device has in common, with the exact cure for this node.
public enum DeviceProblems {
  public static let absent = "device-absent"
  public static let denied = "access-denied"
  public static let busy = "device-busy"
  public static let failed = "device-failed"

  /// From a failed open of a path.
  public static func opening(_ path: String, _ error: SystemError) -> Problem {
    switch error.errno {
    case ENOENT, ENOTDIR, ENODEV, ENXIO:
      Problem(
        code: absent, what: "\(path) is not there", cause: error.text,
        cure: "Plug the device in or switch it on, or run `kioskd devices` and correct the path.")
    case EACCES, EPERM: accessDenied(path)
    case EBUSY: held(path, by: DeviceHolder.others(of: path))
    default:
      Problem(
        code: failed, what: "\(path) cannot be opened", cause: error.description,
        cure: "Unplug the device and plug it in again; if that does not help, replace the cable.")
    }
  }

  /// The device was open and is gone.
  public static func unplugged(_ what: String, _ cause: String) -> Problem {
    Problem(
      code: absent, what: "\(what) was unplugged or switched off", cause: cause,
      cure: "Plug it in again; it is taken up by itself.")
  }

  /// - Parameter holders: empty when somebody holds it whom this user may not see.
  public static func held(_ path: String, by holders: [DeviceHolder]) -> Problem {
    let names = holders.map(\.description).joined(separator: ", ")
    let cure =
      holders.isEmpty
      ? "Run `sudo fuser -v \(path)` and stop the program that holds it."
      : "Stop \(names), or give that program another device."
    return Problem(
      code: busy, what: "\(path) is in use",
      cause: holders.isEmpty ? "another program holds it" : "it is held by \(names)", cure: cure)
  }

  /// Names owner, group and mode of the node and what would give access.
  public static func accessDenied(_ path: String) -> Problem {
    let user = UserDatabase.userName(geteuid())
    var status = stat()
    guard stat(path, &status) == 0 else {
      return Problem(
        code: denied, what: "\(path) may not be opened",
        cause: "a directory on the way is closed to user \(user)",
        cure: "Give user \(user) search permission on the directories that lead to it.")
    }
    let group = UserDatabase.groupName(status.st_gid)
    let owner = UserDatabase.userName(status.st_uid)
    let mode = String(status.st_mode & 0o777, radix: 8)
    let isGroupEnough = status.st_mode & 0o060 == 0o060 && status.st_gid != 0
    let cure =
      isGroupEnough
      ? "Run `sudo usermod -aG \(group) \(user)` and start kioskd again."
      : "Install kioskd's udev rules, then run `sudo udevadm trigger` or plug the device in again."
    return Problem(
      code: denied, what: "\(path) may not be opened by user \(user)",
      cause: "it belongs to \(owner):\(group) with mode \(mode)", cure: cure)
  }
}

/// Names from /etc/passwd and /etc/group, read as files: the C library's functions may ask a
/// directory server and block for seconds.
public enum UserDatabase {
  public static func userName(_ id: UInt32) -> String { name(in: "/etc/passwd", id) }
  public static func groupName(_ id: UInt32) -> String { name(in: "/etc/group", id) }

  /// The number itself when the file does not have it. Both files have the id in the third column.
  private static func name(in path: String, _ id: UInt32) -> String {
    for line in (SmallFile.text(path) ?? "").split(separator: "\n") {
      let fields = line.split(separator: ":", omittingEmptySubsequences: false)
      if fields.count > 2, fields[2] == String(id) { return String(fields[0]) }
    }
    return String(id)
  }
}
