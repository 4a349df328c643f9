import Branch
import QueueProtocol

extension BranchCore {
  /// What a sign tells the customer of a press without a ticket: short enough for a counter display
  /// of eight characters where it can be.
  static func refusalText(_ reason: String) -> String {
    switch reason {
    case DeviceCondition.mediaEmpty.rawValue: "NO PAPER"
    case ProtocolError.busy.rawValue: "WAIT"
    case ProtocolError.unknownCode.rawValue: "BAD CODE"
    case ProtocolError.wrongBranch.rawValue: "NOT HERE"
    case ProtocolError.tooEarly.rawValue: "EARLY"
    case ProtocolError.tooLate.rawValue: "TOO LATE"
    case ProtocolError.used.rawValue: "USED"
    case Self.cannotCheck, Self.noCheckIn: "NO LINE"
    default: "NO TICKET"
    }
  }
}
