import Branch
public import Configuration
import LinuxIO

/// What a technician is told of a test ticket.
public struct TrialVerdict: Hashable, Sendable {
  /// `printed: the printer confirmed it`.
  public let text: String
  /// As good as this printer can do.
  public let isFine: Bool
  /// Something may have come out.
  public let hasPaper: Bool

  /// Of a trial with a ticket that has its outcome.
  public init(_ trial: PrinterTrial) {
    switch trial.outcome {
    case .printed:
      self.init("printed: \(Self.confirmation(trial.plan))", isFine: true, hasPaper: true)
    case .unconfirmed(let doubt):
      self.init(
        "unconfirmed: " + Self.words(doubt, trial), isFine: doubt == .cannotTell,
        hasPaper: true)
    case .unusable(let problem):
      self.init("failed, nothing was sent: \(problem)", isFine: false, hasPaper: false)
    case .failed(let problem):
      self.init("failed on the way: \(problem)", isFine: false, hasPaper: true)
    case .usable, nil: preconditionFailure("a trial with a ticket ends with its fate")
    }
  }

  private init(_ text: String, isFine: Bool, hasPaper: Bool) {
    self.text = text
    self.isFine = isFine
    self.hasPaper = hasPaper
  }

  private static func confirmation(_ plan: PrinterTrialPlan) -> String {
    plan.isSpooled ? "the spooler says so, and is trusted" : "the printer confirmed it"
  }

  private static func words(_ doubt: PrinterTrial.Doubt, _ trial: PrinterTrial) -> String {
    switch doubt {
    case .cannotTell where trial.plan.isSpooled:
      "the spooler has done its part; look at the printer"
    case .cannotTell:
      "all bytes were taken, and this printer or its path cannot tell more; look at the paper"
    case .silent:
      "all bytes were taken, but the printer did not answer as its profile says [no-confirmation]. "
        + "If the ticket came out, take \"completion\" and \"status\" from the profile."
    case .stopped(let conditions): "\(trial.trouble ?? PrinterProblems.stopped(conditions))"
    case .lost(let problem): "all bytes were taken, then: \(problem)"
    case .spooler(let word) where trial.trouble != nil:
      "the spooler ended the job with \"\(word)\". " + (trial.trouble.map { "\($0)" } ?? "")
    case .spooler(let word):
      "the spooler ended the job with \"\(word)\" [spooler-\(word)]. Look at the queue: lpstat -p."
    }
  }
}

/// Who keeps a printer from being tested.
public enum PrinterHolder {
  /// A running kioskd that has the device open; nil: none that this user can see, or the printer
  /// can be shared.
  public static func find(_ device: PrinterDevice) -> String? {
    if device.isShared { return nil }
    for path in PrinterPaths.of(device) {
      if let pid = PathOpeners.named("kioskd", of: path).first {
        return "kioskd (process \(pid))"
      }
    }
    return nil
  }
}
