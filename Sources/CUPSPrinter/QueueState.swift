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
  var message: String
  /// `printer-error-policy` of cupsd: what it does with a job whose backend failed.
  var errorPolicy: String
  /// It may be tried with a probe: no person stopped it, it takes jobs, and we may resume it.
  var mayBeProbed = false

  static let stopped = 5

  package init(
    state: Int, reasons: [String], isAccepting: Bool = true, info: String = "", model: String = "",
    message: String = "", errorPolicy: String = ""
  ) {
    self.state = state
    self.reasons = reasons
    self.isAccepting = isAccepting
    self.info = info
    self.model = model
    self.message = message
    self.errorPolicy = errorPolicy
  }

  /// The backend gave up, no person paused the queue, and nothing is known that still stands in the
  /// way. cupsd writes "Paused", or what the person says, when a person pauses a queue; what a
  /// backend said stays, and is the message of its job as well (observed with CUPS 2.4).
  ///
  /// - Parameter jobMessage: `job-printer-state-message` of our last job.
  func canBeResumed(jobMessage: String) -> Bool {
    isStopped && !hasCondition && isWithoutPerson(jobMessage: jobMessage)
  }

  /// No person paused the queue, if it is stopped.
  func isWithoutPerson(jobMessage: String) -> Bool {
    !isStopped || message.isEmpty || message == jobMessage
  }

  /// Something stands in the way of printing, beside that it is stopped.
  var hasCondition: Bool { conditions.contains { $0 != .paused && $0.stopsPrinting } }

  /// The reasons in our words.
  package var conditions: Set<DeviceCondition> {
    var conditions = Set(reasons.compactMap(Self.condition))
    if isStopped { conditions.insert(.paused) }
    return conditions
  }

  var isStopped: Bool { state == Self.stopped }

  /// The same queue, with these reasons taken for history.
  func without(_ history: Set<String>) -> QueueState {
    var state = self
    state.reasons.removeAll { history.contains($0) }
    return state
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

  /// The keyword alone, and whether it is said to be an error.
  static func split(_ reason: String) -> (keyword: String, isError: Bool) {
    for suffix in ["-error", "-warning", "-report"] where reason.hasSuffix(suffix) {
      return (String(reason.dropLast(suffix.utf8.count)), suffix == "-error")
    }
    return (reason, false)
  }
}
