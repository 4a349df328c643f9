import CLinux
import Glibc

/// A process that has a device open.
public struct DeviceHolder: Hashable, Sendable, CustomStringConvertible {
  public let pid: Int
  /// As in /proc/PID/comm.
  public let name: String
  public var description: String { "\(name) (process \(pid))" }

  /// Other processes that have the device behind the path open, found as fuser(1) does: by device
  /// number in /proc/PID/fd. Processes of other users are seen by root only. Empty when the path is
  /// no character device.
  ///
  /// Costs some milliseconds on a busy machine: for when a device is opened, not for each press.
  public static func others(of path: String, limit: Int = 4) -> [DeviceHolder] {
    var device = stat()
    guard stat(path, &device) == 0, device.st_mode & S_IFMT == S_IFCHR else { return [] }
    let own = Int(getpid())
    var holders: [DeviceHolder] = []
    forEachEntry(of: "/proc") { entry in
      guard let pid = Int(entry), pid != own, hasOpen(device, pid) else { return true }
      holders.append(DeviceHolder(pid: pid, name: commandName(pid)))
      return holders.count < limit
    }
    return holders
  }

  private static func hasOpen(_ device: stat, _ pid: Int) -> Bool {
    let directory = "/proc/\(pid)/fd"
    var isFound = false
    forEachEntry(of: directory) { entry in
      var open = stat()
      guard stat(directory + "/" + entry, &open) == 0, open.st_mode & S_IFMT == S_IFCHR,
        open.st_rdev == device.st_rdev
      else { return true }
      // Ptys of different containers share numbers, so there the inode has to be the same as well.
      let isPty = (136...143).contains((device.st_rdev >> 8) & 0xFFF)
      isFound = !isPty || (open.st_dev == device.st_dev && open.st_ino == device.st_ino)
      return !isFound
    }
    return isFound
  }

  private static func commandName(_ pid: Int) -> String {
    SmallFile.text("/proc/\(pid)/comm") ?? "unknown"
  }

  /// Calls the body with each name in the directory until it gives false. Not sorted and not
  /// bounded as `SmallFile.entries` is: a busy machine has more processes.
  private static func forEachEntry(of directory: String, _ body: (String) -> Bool) {
    guard let stream = opendir(directory) else { return }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !body(name) { return }
    }
  }
}
