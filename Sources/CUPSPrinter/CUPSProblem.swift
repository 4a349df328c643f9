import Branch
import CCUPS

/// The problems of a printer behind a CUPS queue, in words for a technician.
struct CUPSProblem {
  let queue: String
  let server: String

  func unreachable(_ cause: String) -> Problem {
    Problem(
      code: "spooler-away", what: "the CUPS server \(server) does not answer", cause: cause,
      cure: "`systemctl status cups` on that machine; check CUPS_SERVER and the network.")
  }

  func brokenOff(_ cause: String) -> Problem {
    Problem(
      code: "spooler-broke-off", what: "the CUPS server \(server) broke off", cause: cause,
      cure: "Look into the error log of CUPS; kioskd connects again by itself.")
  }

  static let unansweredCode = "spooler-unanswered"

  /// The whole job was sent and no answer came.
  func unanswered(_ cause: String) -> Problem {
    Problem(
      code: Self.unansweredCode,
      what: "the CUPS server \(server) took a whole job and did not say whether it keeps it",
      cause: cause, cure: "Look at the printer whether the ticket came out.")
  }

  /// - Parameter message: what the server says of it, perhaps nothing.
  func paused(_ message: String) -> Problem {
    Problem(
      code: "queue-paused", what: "the CUPS queue \(queue) is stopped",
      cause: message.isEmpty
        ? "a failed job or a person stopped it; it stays so after the cause is gone"
        : "the server says: \(message)",
      cure: "Remove the cause, then run `sudo cupsenable \(queue)`.")
  }

  func rejecting() -> Problem {
    Problem(
      code: "queue-rejecting", what: "the CUPS queue \(queue) takes no jobs",
      cause: "it was told to reject them", cure: "Run `sudo cupsaccept \(queue)`.")
  }

  func cancelled() -> Problem {
    Problem(
      code: "cancelled", what: "the job for the CUPS queue \(queue) was given up",
      cause: "the spooler did not take it in time, or it was no longer wanted",
      cure: "Look at `lpstat -p \(queue)`.")
  }

  func full() -> Problem {
    Problem(
      code: "spooler-backlog", what: "too many jobs for the CUPS queue \(queue) are open",
      cause: "earlier jobs are neither printed nor cancelled",
      cure: "Look at `lpstat -o \(queue)` and at the printer.")
  }

  /// What an IPP status means (RFC 8011, appendix B).
  func refused(_ status: Int32, _ text: String) -> Problem {
    switch status {
    case 0x0406:
      return Problem(
        code: "queue-unknown", what: "the CUPS server \(server) has no queue \(queue)",
        cause: text, cure: "`lpstat -e` lists the queues; correct the name or add the queue.")
    case 0x0506: return rejecting()
    case 0x0401, 0x0402, 0x0403:
      return Problem(
        code: "access-denied", what: "the CUPS queue \(queue) refuses this user", cause: text,
        cure: "Allow the user of kioskd in `lpadmin -p \(queue) -u allow:…` or in cupsd.conf.")
    case 0x040A:
      return Problem(
        code: "raw-refused", what: "the CUPS queue \(queue) takes no raw jobs", cause: text,
        cure: "Make the queue raw: `sudo lpadmin -p \(queue) -m raw`.")
    default:
      return Problem(
        code: "spooler-refused", what: "the CUPS queue \(queue) refused",
        cause: "\(text) (IPP status 0x\(String(status, radix: 16)))",
        cure: "Look into the error log of CUPS.")
    }
  }
}
