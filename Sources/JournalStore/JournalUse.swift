import Glibc
import LinuxIO

/// Whether some process writes to a journal.
public enum JournalUse: Hashable, Sendable {
  case free
  case heldBy(pid: Int)
  /// This user may not look into the directory.
  case unknown

  /// Asks the kernel's list of locks and not the lock itself: a lock that is tried, however
  /// shortly, could turn a daemon away that starts at that moment.
  ///
  /// - Parameter locks: proc_locks(5); another file in tests.
  public static func of(directory: String, locks: String = "/proc/locks") -> JournalUse {
    let path = directory + "/" + JournalDisk.lock_file
    var status = stat()
    guard stat(path, &status) == 0 else { return errno == EACCES ? .unknown : .free }
    guard let list = SmallFile.text(locks) else { return .unknown }
    for line in list.split(separator: "\n") {
      if let pid = holder(line, inode: UInt64(status.st_ino)) { return .heldBy(pid: pid) }
    }
    return .free
  }

  /// `1: FLOCK  ADVISORY  WRITE 1084 fe:00:16220191 0 EOF`. The device is not compared: on some
  /// file systems stat(2) tells another number than the kernel uses here.
  package static func holder(_ line: Substring, inode: UInt64) -> Int? {
    let words = line.split(separator: " ")
    guard words.count >= 6, words[1] == "FLOCK", words[3] == "WRITE",
      words[5].split(separator: ":").last == "\(inode)", let pid = Int(words[4]), pid > 0
    else { return nil }
    return pid
  }
}
