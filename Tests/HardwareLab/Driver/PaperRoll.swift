/// One piece of paper that came out of the printer.
struct PaperTicket {
  let text: String
  /// False when the printer lost its cable before the cut.
  let isCut: Bool
}

/// What the lab's printer does with bytes. `VirtualPrinter` knows only this face, so that another
/// reader of ESC/POS can take the place of `PaperRoll`.
protocol PrinterLogic {
  /// Takes bytes in; returns what the printer answers at once.
  mutating func receive(_ bytes: [UInt8]) -> [UInt8]
  /// Returns what the printer tells by itself when its paper changes.
  mutating func setPaper(out: Bool) -> [UInt8]
  /// The power is gone: half a ticket stays on the paper, settings are forgotten.
  mutating func losePower()
  var tickets: [PaperTicket] { get }
}
