public import TicketLayout

/// The bytes of a presenter's commands.
public enum PresenterCommand {
  /// Holds the ticket out; with `FS P` it is cut as well, and goes by itself when nobody takes it.
  static func present(_ presenting: Presenting) -> [UInt8] {
    switch presenting.kind {
    case .gsE:
      // Steps of 0.625 mm [Custom KPM210/216 user manual, GS e].
      let steps = (presenting.length_mm * 8 + 4) / 5
      return [0x1D, 0x65, 3, UInt8(clamping: steps)]
    case .fsP:
      // Steps of 5 mm; the third byte is R or E.
      let end: UInt8 = presenting.end == .retract ? 0x52 : 0x45
      let steps = UInt8(clamping: (presenting.length_mm + 4) / 5)
      return [0x1C, 0x50, steps, 0, end, UInt8(clamping: presenting.wait_s)]
    }
  }

  /// Takes a ticket away that nobody took; empty where the printer does it by itself.
  public static func end(_ presenting: Presenting) -> [UInt8] {
    guard presenting.kind == .gsE else { return [] }
    return [0x1D, 0x65, presenting.end == .retract ? 2 : 5]
  }
}
