import Branch
import Glibc
import JournalFormat

/// Why the journal could not do what was asked. `problem` says it to a person.
public struct JournalError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable {
    case inUse = "journal-in-use"
    case noSpace = "journal-no-space"
    case denied = "journal-denied"
    case readOnly = "journal-read-only"
    case missing = "journal-missing"
    case tooManyFiles = "journal-too-many-files"
    case io = "journal-io"
    case newerFormat = "journal-newer-format"
    case recordTooLarge = "journal-record-too-large"
    case groupTooLarge = "journal-group-too-large"
    /// Where a copy is to be written, something stands.
    case notEmpty = "journal-not-empty"
    /// The journal takes as much space as it may.
    case capReached = "journal-cap"
    /// Positions, numbers of facts or of segments have come to their end.
    case exhausted = "journal-exhausted"
    /// The group does not fit into the segment: rotate, then append again.
    case segmentFull = "journal-segment-full"
    /// A write or flush failed earlier: move to a new segment.
    case failed = "journal-failed"
  }

  public let code: Code
  public let what: String
  public let cause: String
  public let cure: String
  /// errno of the call that failed, 0 when no call did.
  public let errno: Int32

  init(_ code: Code, what: String, cause: String, cure: String, errno: Int32 = 0) {
    self.code = code
    self.what = what
    self.cause = cause
    self.cure = cure
    self.errno = errno
  }

  public var problem: Problem {
    Problem(code: code.rawValue, what: what, cause: cause, cure: cure)
  }
  public var description: String { problem.description }

  /// As `problem`, for a service that cannot start with it and ends.
  public var problemAtStart: Problem {
    guard code == .noSpace, cure.hasSuffix(Self.goesOn) else { return problem }
    return Problem(
      code: code.rawValue, what: what, cause: cause,
      cure: cure.dropLast(Self.goesOn.count)
        + "then the service is started again by systemd within seconds.")
  }

  static let goesOn = "then it goes on by itself."

  /// A call of the kernel on `path` failed.
  init(_ failure: SyscallFailure, cannot operation: String, path: String) {
    let (code, cure) = Self.meaning(of: failure.code, path: path)
    self.init(
      code, what: "cannot \(operation) \(path)", cause: String(cString: strerror(failure.code)),
      cure: cure, errno: failure.code)
  }

  private static func meaning(of errno: Int32, path: String) -> (Code, String) {
    switch errno {
    case ENOSPC, EDQUOT, EFBIG:
      (.noSpace, "Free space on the file system of \(path) (df -h), " + goesOn)
    case EACCES, EPERM:
      (.denied, "Give \(path) to the user that the service runs as (chown, chmod u+rwX).")
    case EROFS:
      (
        .readOnly,
        "The file system is mounted read-only, often after a disk error: look at dmesg, "
          + "then repair or replace the disk."
      )
    case ENOENT, ENOTDIR:
      (.missing, "Check the path of the data directory; its parent must exist.")
    case EMFILE, ENFILE:
      (.tooManyFiles, "Raise LimitNOFILE of the service, or look for what holds files open.")
    default:
      (.io, "Look at dmesg for disk errors; keep a copy of the directory and replace the disk.")
    }
  }

  static func inUse(directory: String, holder: Int32?) -> JournalError {
    let process = holder.map { "process \($0)" } ?? "another process"
    return JournalError(
      .inUse, what: "cannot open the journal in \(directory)", cause: "\(process) is using it",
      cure: holder.map { "Stop it (systemctl stop, or kill \($0)) or use another directory." }
        ?? "Stop the other service or use another directory.")
  }

  static func newerFormat(file: String, version: UInt32) -> JournalError {
    JournalError(
      .newerFormat, what: "cannot read \(file)",
      cause: "it has format \(version), this program knows \(SegmentHeader.version)",
      cure: "Install the newer version again, or move the directory away to start empty.")
  }

  static func recordTooLarge(_ payload_bytes: Int, max: Int) -> JournalError {
    JournalError(
      .recordTooLarge, what: "cannot append a record of \(payload_bytes) bytes",
      cause: "a record of its kind holds at most \(max) bytes", cure: "Report this; it is a defect."
    )
  }

  static func groupTooLarge(_ group_bytes: Int) -> JournalError {
    JournalError(
      .groupTooLarge, what: "cannot append a group of \(group_bytes) bytes",
      cause: "a group holds at most \(JournalLimits.group_bytes_max) bytes",
      cure: "Report this; it is a defect.")
  }

  static func notEmpty(directory: String) -> JournalError {
    JournalError(
      .notEmpty, what: "cannot write a copy to \(directory)", cause: "something stands there",
      cure: "Give a directory that does not exist, or an empty one; not the journal itself.")
  }

  static func noSegments(directory: String) -> JournalError {
    JournalError(
      .missing, what: "\(directory) holds no journal", cause: "it has no segment files",
      cure: "Give the directory that stands under journal.directory of the configuration.")
  }

  static func exhausted(_ what: String, max: UInt64, directory: String) -> JournalError {
    JournalError(
      .exhausted, what: "cannot append to the journal in \(directory)",
      cause: "\(what) have reached \(max), the last there is",
      cure: "When the queue service has all facts, stop the service and move the directory away: "
        + "it starts a new one, with a new epoch.")
  }

  static func capReached(directory: String, cap_bytes: Int) -> JournalError {
    JournalError(
      .capReached, what: "cannot add to the journal in \(directory)",
      cause: "it takes the \(cap_bytes >> 20) MiB that journal.capMiB allows",
      cure: "Bring the line to the queue service back, \(goesOn) Or raise journal.capMiB.")
  }

  static func segmentFull(path: String) -> JournalError {
    JournalError(
      .segmentFull, what: "cannot append to \(path)", cause: "the segment is full",
      cure: "Nothing to do: the service starts a new segment.")
  }

  static func failed(earlier: JournalError) -> JournalError {
    JournalError(
      .failed, what: earlier.what, cause: "\(earlier.cause); the file is not used any more",
      cure: earlier.cure, errno: earlier.errno)
  }
}
