/// Real-time commands as the printer sees them: in the stream, wherever they stand, also within
/// data and while everything else waits.
struct RealTimeScanner {
  enum Command: Equatable {
    /// DLE EOT 1 to 4, and Custom's 20.
    case status(UInt8)
    /// DLE ENQ 1 (go on) or 2 (forget what is buffered).
    case recover(clearing: Bool)
  }

  private var previous: (UInt8, UInt8) = (0, 0)

  mutating func take(_ byte: UInt8) -> Command? {
    defer { previous = (previous.1, byte) }
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
