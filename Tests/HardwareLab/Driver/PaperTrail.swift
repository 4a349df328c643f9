import PrinterEmulator

/// One piece of paper that came out of the printer.
struct PaperTicket {
  let text: String
  /// False when the printer lost its cable before the cut.
  let isCut: Bool

  func shows(_ number: String) -> Bool { text.contains(number) }
}

/// The works of the lab's printer: the strict ESC/POS reader, and every piece of paper since the
/// beginning.
struct PaperTrail {
  private var printer = EmulatedPrinter(.tmT88V)
  private(set) var tickets: [PaperTicket] = []

  /// What no manual allows, in words.
  var faults: [String] { printer.faults.map { "\($0)" } }

  /// False while the printer is stopped and its buffer is full.
  var hasRoom: Bool { printer.hasRoom }

  /// Takes bytes in; returns what the printer answers at once.
  mutating func receive(_ bytes: [UInt8]) -> [UInt8] {
    printer.receive(bytes)
    return happened()
  }

  /// Returns what the printer tells by itself when its paper changes.
  mutating func setPaper(out: Bool) -> [UInt8] {
    printer.setPaper(out ? .out : .ok)
    // The refill lets it go on with what waits in its buffer.
    printer.receive([])
    return happened()
  }

  /// The power is gone: half a ticket stays on the paper, settings are forgotten.
  mutating func losePower() {
    printer.powerCycle()
    _ = happened()
  }

  private mutating func happened() -> [UInt8] {
    for ticket in printer.takeTickets() where !ticket.isBlank {
      tickets.append(PaperTicket(text: ticket.plainText, isCut: ticket.cut != nil))
    }
    return printer.takeAnswers()
  }
}
