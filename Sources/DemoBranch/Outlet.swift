import Branch
import Glibc
import LinuxIO

/// A place where a virtual device is plugged in: a directory with one entry, the device's node.
/// Plugging and pulling rename the whole directory, so that whoever watches the path sees the
/// device with one step there or gone, never a directory in which a file could be made instead.
final class Outlet {
  /// What a node opens.
  let path: String
  private let directory: String
  private let asideDirectory: String

  /// - Parameter name: unique among the outlets of `parent`; an id of the configuration.
  init(parent: String, name: String) {
    directory = parent + "/" + name
    asideDirectory = parent + "/." + name
    path = Self.path(parent: parent, name: name)
  }

  static func path(parent: String, name: String) -> String { "\(parent)/\(name)/device" }

  /// Makes the entry by `make`, which gets its path, and brings it into place.
  func plug(_ make: (_ path: String) -> CInt) throws(Problem) {
    do throws(SystemError) {
      try SystemCall.check("mkdir", mkdir(asideDirectory, 0o700))
      try SystemCall.check("make device", make(asideDirectory + "/device"))
      try SystemCall.check("rename", rename(asideDirectory, directory))
    } catch {
      throw Problem(
        code: "no-device", what: "cannot make a virtual device at \(path)",
        cause: error.description, cure: "Check the disk of the temporary directory.")
    }
  }

  func pull() {
    rename(directory, asideDirectory)
    unlink(asideDirectory + "/device")
    rmdir(asideDirectory)
  }
}
