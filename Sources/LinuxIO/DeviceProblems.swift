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
    case EISDIR, ELOOP, ENAMETOOLONG:
      Problem(
        code: "device-path", what: "\(path) leads to no device", cause: error.text,
        cure: "Run `kioskd devices` and correct the path.")
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
    refused(path, NodeAccess.check(path), user: Accounts().user(geteuid()))
  }

  static func refused(_ path: String, _ access: NodeAccess?, user: String) -> Problem {
    guard let access else {
      return Problem(
        code: denied, what: "\(path) may not be opened by \(user)",
        cause: "a directory on the way is closed to this user",
        cure: "Give user \(user) search permission on the directories that lead to it.")
    }
    if let problem = access.problem { return problem }
    // The mode would allow it: a device policy of the service manager or the container does not.
    return Problem(
      code: denied, what: "\(path) may not be opened by \(user)",
      cause: "its mode allows it (\(access.ownership)), the sandbox of this process does not",
      cure: "Add `DeviceAllow=\(path) rw` to the service (systemctl edit kioskd), then restart it.")
  }
}
