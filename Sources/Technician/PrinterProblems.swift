public import Branch

/// Conditions of a printer in words, with their cures.
public enum PrinterProblems {
  /// What a technician reads and does.
  static func words(_ condition: DeviceCondition) -> (text: String, cure: String) {
    switch condition {
    case .mediaEmpty: ("the paper is out", "Put in a new roll and close the cover.")
    case .mediaLow: ("the paper is nearly out", "Put in a new roll soon.")
    case .mediaJam:
      ("paper or cutter is jammed", "Open the cover, clear the jam, switch it off and on.")
    case .coverOpen: ("the cover is open", "Close the cover.")
    case .offline: ("it is offline", "Switch it on, or press its feed or online button.")
    case .paused: ("its queue is paused", "Run `sudo cupsenable` with the name of the queue.")
    case .timedOut: ("it does not answer", "Switch it on and check its cable.")
    case .other: ("it reports an error", "Look for an error light; switch it off and on.")
    }
  }

  /// `media-empty: the paper is out`; the most telling first.
  public static func text(_ conditions: Set<DeviceCondition>) -> String {
    conditions.sorted().map { words($0).text }.joined(separator: ", ")
  }

  /// The problem of a printer that takes no ticket in these conditions.
  public static func stopped(_ conditions: Set<DeviceCondition>) -> Problem {
    let stopping = conditions.filter(\.stopsPrinting).sorted()
    // Paper and cover explain an offline printer better than "offline" does.
    let telling = stopping.first { $0 != .offline && $0 != .other } ?? stopping.first ?? .other
    let all = [telling] + stopping.filter { $0 != telling }
    return Problem(
      code: telling.rawValue, what: "it cannot print now",
      cause: all.map { words($0).text }.joined(separator: ", "), cure: words(telling).cure)
  }

  static let mute = Problem(
    code: "mute", what: "it does not say how it is",
    cause: "no answer to \(PrinterTrial.questions_max) status requests",
    cure: "Switch it off and on; if it never answers, give it a profile without \"status\".")

  static let stuck = Problem(
    code: "stuck", what: "it takes no more bytes",
    cause: "nothing was accepted for \(PrinterTrial.stall.ms / 1000) s",
    cure: "Look for paper, cover and jam at the printer; switch it off and on.")

  static let notOpened = Problem(
    code: "timed-out", what: "it was not opened in time",
    cause: "no answer within \(PrinterTrial.opening.ms) ms",
    cure: "Switch it off and on, check the cable, and try again.")
}
