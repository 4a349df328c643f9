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
    guard let device = device(at: path) else { return [] }
    let own = Int(getpid())
    var holders: [DeviceHolder] = []
    forEachEntry(of: "/proc") { entry in
      guard let pid = Int(entry), pid != own, openCount(device, pid, limit: 1) > 0 else {
        return true
      }
      holders.append(DeviceHolder(pid: pid, name: commandName(pid)))
      return holders.count < limit
    }
    return holders
  }

  /// How often this process has the device behind the path open.
  public static func ownCount(of path: String) -> Int {
    device(at: path).map { openCount($0, Int(getpid()), limit: .max) } ?? 0
  }

  private static func device(at path: String) -> stat? {
    var device = stat()
    guard stat(path, &device) == 0, device.st_mode & S_IFMT == S_IFCHR else { return nil }
    return device
  }

  private static func openCount(_ device: stat, _ pid: Int, limit: Int) -> Int {
    let directory = "/proc/\(pid)/fd"
    var count = 0
    forEachEntry(of: directory) { entry in
      var open = stat()
      guard stat(directory + "/" + entry, &open) == 0, open.st_mode & S_IFMT == S_IFCHR,
        open.st_rdev == device.st_rdev
      else { return true }
      // Ptys of different containers share numbers, so there the inode has to be the same as well.
      let isPty = (136...143).contains((device.st_rdev >> 8) & 0xFFF)
      if !isPty || (open.st_dev == device.st_dev && open.st_ino == device.st_ino) { count += 1 }
      return count < limit
    }
    return count
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
