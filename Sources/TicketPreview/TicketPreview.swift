import Branch
public import DeviceProfiles
import NodeRuntime
public import Pictures
public import PrinterEmulator
public import TicketDesign
public import TicketLayout
import Tongues

/// A ticket as one model of printer will print it: encoded as for the real one, and read by the
/// strict emulated one of the same language.
public struct TicketPreview: Sendable {
  /// All that came out, the pieces of several cuts one below the other.
  public let ticket: PrintedTicket
  /// What could not be shown as designed.
  public let shortfalls: [Shortfall]
  /// What a printer would not have understood; empty unless this program has a bug.
  public let faults: [CommandFault]
  public let bytes_count: Int
  /// Dots that the head can print on a line.
  public let width_px: Int
  /// Characters of font A on a line.
  public let columns: Int
  /// Dots an inch; 203 where the profile does not say.
  public let dpi: Int

  /// Paper left and right of what the head can print on.
  private static let margin_px = 24
  private static let dpi_usual = 203

  /// Many tickets for one printer: the tables of its characters are read once.
  public struct Printer: Sendable {
    let tongue: PrinterTongue
    let model: any PaperPrinter
    let dpi: Int

    public init(_ profile: PrinterProfile) {
      tongue = PrinterTongue(
        PrinterCapabilities(profile), doubleByte: DoubleByteTable(of: profile))
      model = emulatedPrinter(of: profile)
      dpi = profile.dpi ?? TicketPreview.dpi_usual
    }

    public func preview(_ document: TicketDocument) -> TicketPreview {
      TicketPreview(document, self)
    }
  }

  private init(_ document: TicketDocument, _ printer: Printer) {
    let encoded = printer.tongue.encode(document)
    var emulated = printer.model
    emulated.receive(encoded.bytes)
    var pieces = emulated.takeTickets()
    if !emulated.current.isBlank { pieces.append(emulated.current) }
    ticket = PrintedTicket(items: pieces.flatMap(\.items), cut: pieces.last?.cut)
    shortfalls = encoded.shortfalls
    faults = emulated.faults
    bytes_count = encoded.bytes.count
    width_px = emulated.width_px
    columns = emulated.columns
    dpi = printer.dpi
  }

  /// The ticket as lines for a terminal.
  public func terminal(_ ink: PaperRenderer.Ink) -> [String] {
    PaperRenderer.terminal(ticket.lettersRead(width_px: width_px), columns: columns, ink: ink)
  }

  /// Characters that the printer prints and the picture shows as empty boxes; each once.
  public var undrawn: [Unicode.Scalar] { PaperRenderer.undrawable(ticket) }

  /// The paper dot for dot, with its white edges.
  public var picture: DotPicture? {
    PaperRenderer.bitmap(ticket, width_px: width_px).picture?.framed(Self.margin_px)
  }
}

extension DotPicture {
  /// White on the left and the right, in whole bytes.
  func framed(_ margin_px: Int) -> DotPicture? {
    let edge = [UInt8](repeating: 0, count: margin_px / 8)
    let stride = (width_px + 7) / 8
    var framed: [UInt8] = []
    framed.reserveCapacity((stride + 2 * edge.count) * height_px)
    for y in 0..<height_px {
      framed += edge
      framed += rows[y * stride..<(y + 1) * stride]
      framed += edge
    }
    // A row that does not fill its last byte has as many dots less at the right edge.
    return DotPicture(
      width_px: (stride + 2 * edge.count) * 8, height_px: height_px, rows: framed)
  }
}
