package import Branch

/// What a spooler says of one queue (RFC 8011, 5.4).
package struct QueueState: Equatable, Sendable {
  /// `printer-state`: 3 idle, 4 processing, 5 stopped.
  var state: Int
  /// `printer-state-reasons`, as sent: `media-empty-error`.
  var reasons: [String]
  var isAccepting: Bool
  /// `printer-info`: what the administrator wrote about it.
  var info: String
  var model: String
  /// `printer-state-message`: what stopped it, in the words of the server or a person.
  var message = ""

  static let stopped = 5

  /// The backend gave up, no person paused the queue, and nothing is known that still stands in the
  /// way. cupsd writes "Paused", or what the person says, when a person pauses a queue; what a
  /// backend said stays, and is the message of its job as well (observed with CUPS 2.4).
  ///
  /// - Parameter jobMessage: `job-printer-state-message` of the last job that was followed.
  func canBeResumed(jobMessage: String) -> Bool {
    state == Self.stopped && conditions.allSatisfy { $0 == .paused || !$0.stopsPrinting }
      && (message.isEmpty || message == jobMessage)
  }

  /// The reasons in our words.
  var conditions: Set<DeviceCondition> {
    var conditions = Set(reasons.compactMap(Self.condition))
    if state == Self.stopped { conditions.insert(.paused) }
    return conditions
  }

  /// RFC 8011, 5.4.12: a keyword, with `-error`, `-warning` or `-report` behind it, or nothing.
  /// Printers and backends differ in which one they send for the same thing, so for the keywords
  /// that we know it does not count. Of the others, only errors are told on.
  package static func condition(_ reason: String) -> DeviceCondition? {
    let (keyword, isError) = split(reason)
    switch keyword {
    case "media-empty", "media-needed": return .mediaEmpty
    case "media-low": return .mediaLow
    case "media-jam": return .mediaJam
    case "cover-open", "door-open", "interlock-open": return .coverOpen
    case "offline", "shutdown": return .offline
    case "paused", "moving-to-paused": return .paused
    case "timed-out": return .timedOut
    default: return isError ? .other : nil
    }
  }

  private static func split(_ reason: String) -> (keyword: String, isError: Bool) {
    for suffix in ["-error", "-warning", "-report"] where reason.hasSuffix(suffix) {
      return (String(reason.dropLast(suffix.utf8.count)), suffix == "-error")
    }
    return (reason, false)
  }
}

/// IPP `job-state` (RFC 8011, 5.3.7).
enum SpoolState: Equatable, Sendable {
  /// 3 to 6: pending, held, processing, stopped.
  case open
  case canceled
  case aborted
  case completed
  /// The spooler knows no such job: it was restarted before it saved the job, or it does not keep
  /// finished ones. Whether it printed cannot be told.
  case forgotten

  init(jobState: Int) {
    self =
      switch jobState {
      case 7: .canceled
      case 8: .aborted
      case 9: .completed
      default: .open
      }
  }

  /// The IPP word.
  var word: String {
    switch self {
    case .open: "open"
    case .canceled: "canceled"
    case .aborted: "aborted"
    case .completed: "completed"
    case .forgotten: "forgotten"
    }
  }
}
