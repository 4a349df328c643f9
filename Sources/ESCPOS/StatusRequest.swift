/// Status that a printer answers to at once, even while it is stopped: `DLE EOT n`.
public enum RealTimeQuery: UInt8, CaseIterable, Sendable {
  case printer = 1
  case offlineCause = 2
  case errorCause = 3
  case paper = 4
}

/// Bytes that ask or tell a printer something outside of a ticket.
public enum StatusRequest: Hashable, Sendable {
  /// DLE EOT: one byte comes back.
  case realTime(RealTimeQuery)
  /// DLE EOT 20: six bytes come back from Custom's printers.
  case full
  /// GS a: four bytes now, and again on every change of drawer-less status: online, error, paper.
  case enableAutomaticStatus
  case disableAutomaticStatus
  /// GS ( H function 48: the id comes back when everything before it has been printed.
  case processID(ProcessID)
  /// DLE ENQ 2: recover from a recoverable error and forget everything not yet printed.
  case clearAfterError
  /// DLE DC4 function 8: forget everything received and not yet printed, in any state; 37 25 00
  /// comes back, and until then nothing may be sent [Epson ESC/POS reference, DLE DC4 fn 8].
  case clearBuffers

  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  public func append(to bytes: inout [UInt8]) {
    switch self {
    case .realTime(let query): bytes.append(contentsOf: [0x10, 0x04, query.rawValue])
    case .full: bytes.append(contentsOf: [0x10, 0x04, 0x14])
    case .enableAutomaticStatus: bytes.append(contentsOf: [0x1D, 0x61, 0x0E])
    case .disableAutomaticStatus: bytes.append(contentsOf: [0x1D, 0x61, 0x00])
    case .processID(let id):
      bytes.append(contentsOf: [0x1D, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30])
      id.append(to: &bytes)
    case .clearBuffers:
      bytes.append(contentsOf: [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08])
    case .clearAfterError: bytes.append(contentsOf: [0x10, 0x05, 0x02])
    }
  }
}
