public import TicketLayout

/// Bytes that ask or tell a printer something outside of a ticket [line 3-53 to 3-58].
public enum StarRequest: Hashable, Sendable {
  /// ESC ACK SOH: a status packet comes at once, even while the printer is stopped.
  case status
  /// ESC RS a 1: a packet comes on every change, and for every ETB.
  case enableAutomaticStatus
  case disableAutomaticStatus
  /// ETB: when everything before it is on paper, the counter in the status goes up by one.
  case countedMark
  /// ESC GS ETX 1: when everything before it is on paper, these two bytes come back.
  case echoedMark(UInt16)

  public var bytes: [UInt8] {
    switch self {
    case .status: [0x1B, 0x06, 0x01]
    case .enableAutomaticStatus: [0x1B, 0x1E, 0x61, 1]
    case .disableAutomaticStatus: [0x1B, 0x1E, 0x61, 0]
    case .countedMark: [0x17]
    case .echoedMark(let mark): [0x1B, 0x1D, 0x03, 1, UInt8(mark & 0xFF), UInt8(mark >> 8)]
    }
  }

  /// Zeros complete a command that was cut in two: elsewhere the printer discards them as undefined
  /// codes [line 3-2]. Only a barcode waits for its RS.
  public static func completing(zeros: Int, _ capabilities: PrinterCapabilities) -> [UInt8] {
    if capabilities.language == .starGraphic {
      return Array(repeating: 0, count: zeros) + StarRaster.abandon
    }
    return Array(repeating: 0, count: zeros) + (capabilities.nativeBarcodes.isEmpty ? [] : [0x1E])
  }
}
