public import Branch
public import Configuration
public import DeviceProfiles
import Glibc

/// What a trial has to know of a printer.
public struct PrinterTrialPlan: Hashable, Sendable {
  /// What the profile promises an answer to.
  public var hasRealTimeStatus = false
  public var hasAutomaticStatus = false
  public var hasPortStatus = false
  /// The printer tells when a ticket is on paper (`GS ( H`).
  public var hasProcessID = false
  /// Bytes can come back: not from a FIFO or a file.
  public var hasWayBack = true
  /// A spooler stands between.
  public var isSpooled = false
  /// The spooler's word "completed" counts.
  public var trustsSpooler = false
  /// How long the printer may take to confirm a ticket.
  public var confirmation: Span = .seconds(20)

  public init() {}

  /// Something can be known of paper and cover.
  var canBeAsked: Bool {
    isSpooled || hasPortStatus || (hasWayBack && (hasRealTimeStatus || hasAutomaticStatus))
  }
}

extension PrinterTrialPlan {
  /// What profile and transport promise.
  public init(profile: PrinterProfile, device: PrinterDevice, confirmation: Span) {
    self.init()
    self.confirmation = confirmation
    // A spooler swallows what a printer would answer; it has its own words.
    if case .cups(let queue) = device {
      isSpooled = true
      trustsSpooler = queue.trustCompleted
      return
    }
    hasRealTimeStatus = profile.status.contains(.dleEOT)
    hasAutomaticStatus = profile.status.contains(.asb)
    hasPortStatus = profile.status.contains(.portStatus)
    hasProcessID = profile.completion == .processID
    guard case .path(let path) = device else { return }
    let kind = PathKind(path)
    hasWayBack = kind == .device
    // LPGETSTATUS, which only printers of the kernel know.
    hasPortStatus = hasPortStatus && path.contains("/lp")
  }
}

/// What stands at a path.
public enum PathKind: Hashable, Sendable {
  case absent, device, pipe, file, other

  public init(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      self = .absent
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFCHR: self = .device
    case S_IFIFO: self = .pipe
    case S_IFREG: self = .file
    default: self = .other
    }
  }
}
