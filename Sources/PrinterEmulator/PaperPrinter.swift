/// An emulated printer, whatever it speaks: bytes in, answers and paper out, and hands on it.
public protocol PaperPrinter: Sendable {
  /// Dots of the print head.
  var width_px: Int { get }
  /// Characters of font A on a line.
  var columns: Int { get }
  /// Whether more bytes can be taken.
  var hasRoom: Bool { get }
  var paper: EmulatedPrinter.Paper { get }
  var isCoverOpen: Bool { get }
  var isOffline: Bool { get }
  /// GET_PORT_STATUS of the USB printer class.
  var portStatus: UInt8 { get }
  var tickets: [PrintedTicket] { get }
  /// What hangs out of it now, not cut yet.
  var current: PrintedTicket { get }
  var faults: [CommandFault] { get }
  /// So many lines still print before the paper is out; nil for a roll without end.
  var linesUntilPaperOut: Int? { get set }
  mutating func receive(_ bytes: some Sequence<UInt8>)
  /// Bytes that it has to say since the last call.
  mutating func takeAnswers() -> [UInt8]
  /// Finished tickets since the last call.
  mutating func takeTickets() -> [PrintedTicket]
  mutating func setPaper(_ paper: EmulatedPrinter.Paper)
  mutating func setCover(open: Bool)
  mutating func setOffline(_ offline: Bool)
  mutating func setCutterJammed(_ jammed: Bool)
  mutating func powerCycle()
  /// A hand tears off the ticket of a printer without a knife, if all of it came.
  mutating func tearOff()
}

extension EmulatedPrinter: PaperPrinter {
  public var width_px: Int { model.width_px }
  public var columns: Int { model.columns }
}

extension EmulatedStarPrinter: PaperPrinter {
  public var width_px: Int { model.width_px }
  public var columns: Int { width_px / Font.a.width_px }
}
