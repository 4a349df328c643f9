import QRCode
public import TicketDesign

/// How much paper a ticket takes on one model of printer. Make one and keep it: it holds lookup
/// tables. An estimate: the dots of what is printed are known, the ways of the mechanics are not.
public struct PaperMeasure: Sendable {
  /// A character of font A is 24 dots high [Epson], of font B 17.
  private static let fontA_dots = 24
  private static let fontB_dots = 17
  /// The coarsest common head: where nobody knows the resolution, tickets count as long.
  public static let dpi_unknown = 180

  private let setter: TextSetter
  private let dpi: Int

  public init(_ capabilities: PrinterCapabilities, doubleByte: DoubleByteTable? = nil) {
    setter = TextSetter(capabilities, doubleByte: doubleByte)
    dpi = max(capabilities.dpi ?? Self.dpi_unknown, 1)
  }

  /// Way from one line to the next.
  private var spacing_dots: Int { setter.capabilities.language.lineHeight_dots }

  /// Millimetres from the first line to the cut, rounded up.
  public func height_mm(_ document: TicketDocument) -> Int {
    (height_dots(document) * 254 + dpi * 10 - 1) / (dpi * 10)
  }

  /// Dots from the first line to the cut.
  public func height_dots(_ document: TicketDocument) -> Int {
    document.elements.reduce(0) { $0 + height_dots($1) }
  }

  private func height_dots(_ element: TicketElement) -> Int {
    switch element {
    case .text(let text, let style): height_dots(text, style)
    case .feed(let lines): max(lines, 0) * spacing_dots
    case .rule: spacing_dots
    case .qr(let text, let moduleSize, let level, _):
      height_dots(qr: text, moduleSize: moduleSize, level)
    case .raster(let raster, _): raster.height_px
    case .logo(let logo, _): logo.raster.height_px
    case .barcode(let barcode, _):
      barcode.height_px + (barcode.hasCaption ? spacing_dots : 0)
    case .bell, .drawer: 0
    // A printer that feeds by itself to the knife goes the same way.
    case .cut: setter.capabilities.feedBeforeCut_lines * spacing_dots
    }
  }

  private func height_dots(_ text: String, _ style: TextStyle) -> Int {
    var shortfalls: [Shortfall] = []
    let set = setter.set(text, style, &shortfalls)
    let font = style.font == .b && setter.capabilities.columnsB != nil
    // Large letters that are drawn by us do not touch the next line.
    let gap_dots = setter.capabilities.language == .starGraphic ? DrawnLine.gap_dots : 0
    let character_dots = (font ? Self.fontB_dots : Self.fontA_dots) * set.height + gap_dots
    return set.lines.count * max(spacing_dots, character_dots)
  }

  private func height_dots(qr text: String, moduleSize: Int, _ level: QRLevel) -> Int {
    let symbolLevel: QRCode.Level =
      switch level {
      case .low: .low
      case .medium: .medium
      case .quartile: .quartile
      case .high: .high
      }
    guard let version = QRCode.version(byteCount: text.utf8.count, level: symbolLevel) else {
      return 0
    }
    let modules = QRCode.size_modules(version: version)
    let whole = modules + 2 * QRCode.quietZone_modules
    let size = min(max(moduleSize, 1), setter.capabilities.rasterWidth_px / whole)
    // A symbol that the printer draws has no quiet zone above and below.
    return size * (setter.capabilities.nativeQR ? modules : whole)
  }
}
