/// Real-time commands as the printer sees them: in the stream, wherever they stand, also within
/// data and while everything else waits.
struct RealTimeScanner {
  enum Command: Equatable {
    /// DLE EOT 1 to 4, and Custom's 20.
    case status(UInt8)
    /// DLE ENQ 1 (go on) or 2 (forget what is buffered).
    case recover(clearing: Bool)
    /// DLE DC4 function 8.
    case clear
  }

  /// [Epson ESC/POS reference, DLE DC4 function 8]
  static let clearing: [UInt8] = [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08]

  private var previous: (UInt8, UInt8) = (0, 0)
  /// How much of `clearing` has come.
  private var clearingCount = 0

  mutating func take(_ byte: UInt8) -> Command? {
    defer { previous = (previous.1, byte) }
    if byte == Self.clearing[clearingCount] {
      clearingCount += 1
    } else {
      clearingCount = byte == Self.clearing[0] ? 1 : 0
    }
    if clearingCount == Self.clearing.count {
      clearingCount = 0
      return .clear
    }
    guard previous.0 == 0x10 else { return nil }
    switch (previous.1, byte) {
    case (0x04, 1...4), (0x04, 20): return .status(byte)
    case (0x05, 1): return .recover(clearing: false)
    case (0x05, 2): return .recover(clearing: true)
    default: return nil
    }
  }

  /// Whether data hold such a command.
  static func occurs(in data: [UInt8]) -> Bool {
    var scanner = RealTimeScanner()
    for byte in data where scanner.take(byte) != nil { return true }
    return false
  }
}
