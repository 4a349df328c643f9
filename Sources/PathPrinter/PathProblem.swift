import Branch
import Glibc
import LinuxIO

/// The problems of a printer behind a path, in words for a technician.
enum PathProblem {
  static func absent(_ path: String, _ cause: String) -> Problem {
    Problem(
      code: "absent", what: "\(path) is not there", cause: cause,
      cure: "Plug the printer in and switch it on, or correct the path in the configuration.")
  }

  /// A file could be made there, and nobody said so.
  static func notMade(_ path: String) -> Problem {
    Problem(
      code: "absent", what: "\(path) is not there", cause: "nothing stands at this path",
      cure: "Plug the printer in, or correct the path in the configuration; if tickets are to go "
        + "into a file, say \"createFile\": true beside \"path\", or make it.")
  }

  static func unfit(_ path: String, _ cause: String) -> Problem {
    Problem(
      code: "not-a-printer", what: "\(path) is no printer", cause: cause,
      cure: "Correct the path in the configuration; a USB printer of the kernel is /dev/usb/lp0.")
  }

  static func opening(_ path: String, _ error: SystemError) -> Problem {
    switch error.errno {
    case ENOENT, ENOTDIR: return absent(path, error.text)
    case ENXIO:
      return Problem(
        code: "no-reader", what: "\(path) takes nothing",
        cause: "no program reads the FIFO, or no device stands behind the node",
        cure: "Start the program that reads it, or plug the printer in.")
    case ENODEV, EIO:
      return Problem(
        code: "absent", what: "\(path) has no device behind it", cause: error.text,
        cure: "Plug the printer in and switch it on.")
    case EBUSY:
      return Problem(
        code: "device-busy", what: "\(path) is in use", cause: "another program has it open",
        cure: "`sudo fuser -v \(path)` names the program; end it, or use its queue instead.")
    case EACCES, EPERM, EROFS:
      if let problem = NodeAccess.check(path)?.problem { return problem }
      return Problem(
        code: "access-denied", what: "\(path) may not be opened", cause: error.text,
        cure: "Give the user of kioskd the right to write there.")
    default:
      return Problem(
        code: "open-failed", what: "\(path) cannot be opened", cause: error.text,
        cure: "Check cable and path; `dmesg` may say more.")
    }
  }

  static func lost(_ path: String, _ cause: String) -> Problem {
    Problem(
      code: "device-lost", what: "\(path) went away", cause: cause,
      cure: "Plug the printer in again; kioskd finds it by itself.")
  }

  static func writing(_ path: String, _ error: SystemError) -> Problem {
    switch error.errno {
    case ENOSPC, EDQUOT, EFBIG:
      return Problem(
        code: "disk-full", what: "\(path) takes no more bytes", cause: error.text,
        cure: "Make room on the disk.")
    default: return lost(path, error.description)
    }
  }

  static func cancelled(_ path: String) -> Problem {
    Problem(
      code: "cancelled", what: "the job at \(path) was given up",
      cause: "the printer did not take all of it in time, or the job was no longer wanted",
      cure: "Look for paper, cover and jam at the printer.")
  }
}
