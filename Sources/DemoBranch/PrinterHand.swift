import PrinterEmulator

/// What a hand, or a fault, does to a virtual printer.
enum PrinterHand: Hashable, Sendable {
  case paper(EmulatedPrinter.Paper)
  case cover(open: Bool)
  /// Its own switch: it is there, and prints nothing.
  case offline(Bool)
  /// It takes no bytes, and says nothing of it.
  case stall(Bool)
  /// It says bytes that mean nothing in any language.
  case garbage

  /// Bytes that begin no answer of any language, and beginnings of answers that break off: those of
  /// ESC/POS (10, 37 22) and of Star (1B 1D, 23 06).
  static let noise: [UInt8] = [
    0xFF, 0xA5, 0xC3, 0x80, 0x10, 0xFF, 0x37, 0x22, 0xDB, 0x00, 0x1B, 0x1D, 0x99, 0x23, 0x06, 0xFE,
    0xF0, 0x8D,
  ]
}
