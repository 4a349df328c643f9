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
}
