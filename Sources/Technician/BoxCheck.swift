import Branch
public import Configuration
import Glibc
import JournalStore
import LinuxIO

/// What a node needs of its box besides devices and hub.
public enum BoxCheck {
  /// Where zones are looked up (tzset(3)).
  public static let zoneDirectory = "/usr/share/zoneinfo"

  /// - Parameter directory: another one in tests.
  public static func zone(_ name: String, directory: String = zoneDirectory) -> CheckLine {
    if let problem = zoneProblem(name, directory: directory) {
      return CheckLine(.zone, about: name, wrong: problem)
    }
    return CheckLine(.zone, fine: name)
  }

  /// Why the box cannot tell the time of a zone: the C library would take UTC without a word
  /// (tzset(3)).
  public static func zoneProblem(
    _ name: String, directory: String = zoneDirectory
  ) -> Problem? {
    let what = "the box does not know the time zone \(name)"
    if access(directory, F_OK) != 0 {
      return Problem(
        code: "no-time-zone", what: what, cause: "it knows none: there is no \(directory)",
        cure: "Install tzdata: `sudo apt-get install tzdata`.")
    }
    let path = directory + "/" + name
    // Every file of the tz database begins with this word (tzfile(5)).
    guard SmallFile.bytes(path)?.starts(with: "TZif".utf8) != true else { return nil }
    return Problem(
      code: "no-time-zone", what: what,
      cause: "\(path) is \(access(path, F_OK) == 0 ? "no time zone" : "not there")",
      cure: "Correct branch.timezone (`timedatectl list-timezones` has all), or install tzdata.")
  }

  /// What is left of a file system.
  public struct FreeSpace: Sendable {
    public var bytes: Int
    /// No name for one more file is left.
    public var isOutOfInodes: Bool

    public init(bytes: Int, isOutOfInodes: Bool = false) {
      self.bytes = bytes
      self.isOutOfInodes = isOutOfInodes
    }

    /// nil when the kernel does not say (statvfs(3)).
    public static func of(_ path: String) -> FreeSpace? {
      var disk = statvfs()
      guard statvfs(path, &disk) == 0 else { return nil }
      // Some file systems make inodes as they need them, and say 0 of 0.
      return FreeSpace(
        bytes: Int(disk.f_bavail) * Int(disk.f_frsize),
        isOutOfInodes: disk.f_files > 0 && disk.f_favail == 0)
    }
  }

  /// The directory of the journal: there or possible to make, writable, with room.
  /// - Parameter freeSpace: of the file system that a path is on; another one in tests.
  public static func journal(
    _ journal: JournalConfiguration, freeSpace: (String) -> FreeSpace? = FreeSpace.of
  ) -> CheckLine {
    let directory = journal.directory
    func wrong(_ problem: Problem) -> CheckLine {
      CheckLine(.journal, about: directory, wrong: problem)
    }
    var status = stat()
    guard stat(directory, &status) == 0 else { return absent(journal, errno, freeSpace) }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      return wrong(
        Problem(
          code: "not-a-directory", what: "the journal cannot be kept there",
          cause: "it is no directory", cure: "Correct journal.directory."))
    }
    if let problem = closed(directory) { return wrong(problem) }
    let use = JournalUse.of(directory: directory)
    switch room(journal, in: freeSpace(directory)) {
    case .failure(let problem): return wrong(problem)
    case .success(let text):
      return CheckLine(.journal, fine: "\(directory): \(text), \(words(use))")
    }
  }

  private static func words(_ use: JournalUse) -> String {
    switch use {
    case .free: "not in use"
    case .heldBy(let pid):
      "in use by \(SmallFile.text("/proc/\(pid)/comm") ?? "a process") (process \(pid))"
    case .unknown: "whether it is in use cannot be seen"
    }
  }

  private static func absent(
    _ journal: JournalConfiguration, _ error: CInt, _ freeSpace: (String) -> FreeSpace?
  ) -> CheckLine {
    let directory = journal.directory
    let parent = parent(of: directory)
    if error == ENOENT, isWritable(parent) {
      let fine = "\(directory): not there yet; kioskd makes it in \(parent)"
      switch room(journal, in: freeSpace(parent)) {
      case .failure(let problem): return CheckLine(.journal, about: directory, wrong: problem)
      case .success(let text): return CheckLine(.journal, fine: "\(fine), \(text)")
      }
    }
    return CheckLine(
      .journal, about: directory,
      wrong: Problem(
        code: error == EACCES ? "access-denied" : "no-journal",
        what: "the directory of the journal cannot be used",
        cause: error == EACCES
          ? "a directory on the way is closed to user \(userName)"
          : "neither it nor a directory where \(userName) could make it is there",
        cure: error == EACCES
          ? "Run this check as the user of the service: `sudo -u kioskd kioskd doctor …`."
          : "Run `sudo install -d -m 750 -o kioskd -g kioskd \(directory)`."))
  }

  private static func closed(_ directory: String) -> Problem? {
    if isWritable(directory) { return nil }
    let isReadOnly = errno == EROFS
    return Problem(
      code: isReadOnly ? "read-only" : "access-denied",
      what: "user \(userName) may not write into it",
      cause: isReadOnly
        ? "the file system is mounted read-only"
        : NodeAccess.check(directory).map { "it belongs to \($0.ownership)" } ?? "it is closed",
      cure: isReadOnly
        ? "Look at dmesg for disk errors; repair or replace the disk."
        : "Run this check as the user of the service: `sudo -u kioskd kioskd doctor …`; if that "
          + "is closed out too, `sudo chown kioskd:kioskd \(directory)`.")
  }

  /// Room for one more segment is the least that keeps a node going.
  private static func room(
    _ journal: JournalConfiguration, in space: FreeSpace?
  ) -> Result<String, Problem> {
    guard let space else { return .success("free space unknown") }
    let free = "\(mebibytes(space.bytes)) MiB free"
    if space.isOutOfInodes || space.bytes < 2 * journal.segment_bytes {
      return .failure(
        Problem(
          code: "disk-full", what: "the disk of the journal is nearly full",
          cause: space.isOutOfInodes ? "it takes no more files (df -i)" : free,
          cure: "Make room on the file system of \(journal.directory) (df -h)."))
    }
    if space.bytes + used(journal.directory) < journal.cap_bytes {
      return .success("\(free), which is less than journal.capMiB allows it to grow to")
    }
    return .success(free)
  }

  private static func used(_ directory: String) -> Int {
    SmallFile.entries(directory).reduce(0) { sum, name in
      var status = stat()
      return stat(directory + "/" + name, &status) == 0 ? sum + Int(status.st_blocks) * 512 : sum
    }
  }

  private static func mebibytes(_ bytes: Int) -> Int { bytes / (1 << 20) }
  private static func isWritable(_ path: String) -> Bool {
    faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) == 0
  }
  private static func parent(of path: String) -> String {
    "/" + path.split(separator: "/").dropLast().joined(separator: "/")
  }
  static var userName: String { Accounts().user(geteuid()) }
}
