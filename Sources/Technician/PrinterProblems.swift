public import Branch

/// Conditions of a printer in words, with their cures.
public enum PrinterProblems {
  /// `media-empty: the paper is out`; the most telling first.
  public static func text(_ conditions: Set<DeviceCondition>) -> String {
    conditions.sorted().map { $0.words.text }.joined(separator: ", ")
  }

  /// The problem of a printer that takes no ticket in these conditions.
  public static func stopped(_ conditions: Set<DeviceCondition>) -> Problem {
    let stopping = conditions.filter(\.stopsPrinting).sorted()
    // Paper and cover explain an offline printer better than "offline" does.
    let telling = stopping.first { $0 != .offline && $0 != .other } ?? stopping.first ?? .other
    let all = [telling] + stopping.filter { $0 != telling }
    // A spooler stops the queue at an error and leaves it so when the error is gone.
    let isPausedToo = telling != .paused && all.contains(.paused)
    return Problem(
      code: telling.rawValue, what: "it cannot print now",
      cause: all.map { $0.words.text }.joined(separator: ", "),
      cure: telling.words.cure + (isPausedToo ? " " + DeviceCondition.paused.words.cure : ""))
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
