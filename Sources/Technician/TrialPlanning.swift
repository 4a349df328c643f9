public import Branch
public import Configuration
public import DeviceProfiles
import Glibc
public import TicketLayout

/// What a trial has to know of a printer.
public struct PrinterTrialPlan: Hashable, Sendable {
  /// What the profile promises an answer to.
  public var hasRealTimeStatus = false
  public var hasAutomaticStatus = false
  public var hasPortStatus = false
  /// Custom's one answer for everything; asked instead of the others.
  public var hasFullStatus = false
  public var language = PrinterLanguage.escpos
  public var starMark = StarMark.counted
  /// The printer tells when a ticket is on paper.
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

  /// As much of the model as its answers depend on.
  var listening: PrinterCapabilities {
    var capabilities = PrinterCapabilities(columns: PrinterCapabilities.columns_min)
    capabilities.language = language
    capabilities.starMark = starMark
    return capabilities
  }

  /// Something can be known of paper and cover.
  var canBeAsked: Bool {
    isSpooled || hasPortStatus
      || (hasWayBack && (hasRealTimeStatus || hasAutomaticStatus || hasFullStatus))
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
    language = profile.language
    starMark = profile.completion == .printEnd ? .echoed : .counted
    hasRealTimeStatus = profile.answersStatus
    hasAutomaticStatus = profile.tellsStatus
    hasPortStatus = profile.status.contains(.portStatus)
    hasFullStatus = profile.status.contains(.customFull)
    hasProcessID = profile.confirmsCompletion
    guard case .path(let path, _) = device else { return }
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
