import PositionedJSON
import TicketLayout

/// What of a profile's words holds for the language that the model speaks. A word of another
/// language is no promise: nobody would understand the answer.
extension PrinterProfile {
  /// Its state comes by itself.
  public var tellsStatus: Bool { status.contains(language == .escpos ? .asb : .starASB) }

  /// Its state can be asked for. Star's packet is not asked for where it comes by itself: ESC ACK
  /// SOH "is not used when ASB is valid" ["STAR Line Mode Command Specifications", page 3-54].
  public var answersStatus: Bool {
    language == .escpos ? status.contains(.dleEOT) : status.contains(.starRequest) && !tellsStatus
  }

  /// It tells when a ticket is on paper. The count of ETBs comes in the automatic status only.
  public var confirmsCompletion: Bool {
    switch completion {
    case .processID: language == .escpos
    case .etb: language != .escpos && tellsStatus
    case .printEnd: language != .escpos
    case .none: false
    }
  }

  /// Whether an answer is one of the language.
  private func knows(_ report: StatusReport) -> Bool {
    switch report {
    case .portStatus: true
    case .asb, .dleEOT, .customFull: language == .escpos
    case .starASB, .starRequest: language != .escpos
    }
  }

  /// Answers that the language does not have, and a count that would never be heard.
  func checkWords(_ reader: ObjectReader) {
    if completion != .none, !confirmsCompletion {
      let isDeaf = completion == .etb && language != .escpos
      reader.known("completion")?.report(
        code: "language",
        isDeaf
          ? "the count of ETBs comes in the automatic status, which is not trusted here"
          : "a printer of the language \(quoted(language.rawValue)) has no such answer",
        cure: isDeaf
          ? "Add \"star-asb\" to \"status\", if it tells the truth."
          : "Use one of its own, see PROFILES.md.")
    }
    for report in status.sorted() where !knows(report) {
      reader.known("status")?.report(
        code: "language",
        "a printer of the language \(quoted(language.rawValue)) has no \(quoted(report.rawValue))",
        cure: "Use one of its own, see PROFILES.md.")
    }
  }
}
