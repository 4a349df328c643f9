/// What a spooler says of one job (RFC 8011, 5.3).
struct JobState: Equatable, Sendable {
  let state: SpoolState
  /// `job-state-reasons`.
  let reasons: [String]
  /// `job-printer-state-message`: the last words of the backend about this job.
  let message: String
  /// `time-at-processing`, in the server's seconds; nil: no backend had it yet.
  let startedAt: Int?

  init(
    _ state: SpoolState, reasons: [String] = [], message: String = "", startedAt: Int? = nil
  ) {
    self.state = state
    self.reasons = reasons
    self.message = message
    self.startedAt = startedAt
  }
}

/// IPP `job-state` (RFC 8011, 5.3.7).
enum SpoolState: String, Equatable, Sendable {
  case pending
  /// Waits for a person or for a time. cupsd does so with a job that its backend gave back
  /// (observed with CUPS 2.4.2, `ErrorPolicy retry-job`): for 30 s (JobRetryInterval) after
  /// CUPS_BACKEND_FAILED and CUPS_BACKEND_RETRY, for ever after CUPS_BACKEND_HOLD and
  /// CUPS_BACKEND_AUTH_REQUIRED. A ticket must not come out that late.
  case held
  case processing
  /// A filter failed; only a person starts it again.
  case stopped
  case canceled
  case aborted
  /// cupsd says so too of a job whose backend was killed by SIGTERM, SIGKILL or SIGPIPE, for want
  /// of memory perhaps (observed with CUPS 2.4.2); nothing tells the two apart.
  case completed
  /// The spooler knows no such job: it was restarted before it saved the job, or it does not keep
  /// finished ones. Whether it printed cannot be told.
  case forgotten

  init(jobState: Int) {
    self =
      switch jobState {
      case 4: .held
      case 5: .processing
      case 6: .stopped
      case 7: .canceled
      case 8: .aborted
      case 9: .completed
      default: .pending
      }
  }

  /// The spooler will do nothing more with it.
  var isOver: Bool {
    switch self {
    case .pending, .held, .processing, .stopped: false
    case .canceled, .aborted, .completed, .forgotten: true
    }
  }
}
