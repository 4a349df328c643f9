import QRCode
import TicketDesign
import TicketLayout

/// One ticket being drawn for a printer that takes pictures only.
struct StarGraphicWriting {
  private(set) var shortfalls: [Shortfall] = []
  private let setter: TextSetter
  private var bytes: [UInt8]
  /// What was drawn since the last cut.
  private var sheet: StarSheet
  /// Drawers and bells: commands of their own, outside of raster mode.
  private var pulses = StarPen([])

  private var capabilities: PrinterCapabilities { setter.capabilities }
  private static let qrModules_px = 1...16
  /// Room for a ticket of a hand's length.
  private static let usual_bytes = 24_576

  init(_ encoder: StarEncoder) {
    setter = encoder.setter
    sheet = StarSheet(width_px: setter.capabilities.rasterWidth_px)
    bytes = StarRaster.begin(cut: setter.capabilities.cut)
    bytes.reserveCapacity(Self.usual_bytes)
  }

  mutating func write(_ element: TicketElement) {
    switch element {
    case .text(let text, let style): write(text, style)
    case .feed(let lines):
      sheet.feed(px: min(max(lines, 0), 255) * capabilities.language.lineHeight_dots)
    case .rule:
      let dashes = [Unicode.Scalar](repeating: "-", count: capabilities.columns)
      sheet.draw(dashes, TextStyle(), width: 1, height: 1)
    case .qr(let text, let moduleSize, let level, let align):
      writeQR(text, moduleSize: moduleSize, level, align)
    case .raster(let raster, let align): write(raster, align)
    case .logo(let logo, let align): write(logo.raster, align)
    case .barcode(let barcode, let align): write(barcode, align)
    case .bell: if capabilities.bell == .bel { pulses.pulse() }
    case .drawer(.pin2): if capabilities.hasDrawer { pulses.pulse() }
    case .drawer(.pin5): if capabilities.hasDrawer { pulses.pulseSecond() }
    case .cut: cut()
    }
  }

  /// The rest of the paper, and all that is no paper.
  mutating func finish() -> [UInt8] {
    StarRaster.append(sheet, to: &bytes)
    return bytes + StarRaster.end + pulses.bytes
  }

  private mutating func write(_ text: String, _ style: TextStyle) {
    let set = setter.set(text, style, &shortfalls)
    var style = style
    if capabilities.columnsB == nil { style.font = .a }
    for line in set.lines { sheet.draw(line, style, width: set.width, height: set.height) }
  }

  private mutating func writeQR(
    _ text: String, moduleSize: Int, _ level: QRLevel, _ align: Alignment
  ) {
    let fit = SymbolFit.qr(
      text, level: level, moduleSize: moduleSize, sizes: Self.qrModules_px, on: capabilities)
    switch fit {
    case .impossible(let shortfall): shortfalls.append(shortfall)
    case .module_px(let size):
      if let symbol = try? QRCode(text, level: level.symbolLevel),
        let raster = SymbolPicture.raster(symbol, moduleSize_px: size)
      {
        sheet.draw(raster, align)
        SymbolFit.shrinking(from: moduleSize, to: size).map { shortfalls.append($0) }
      }
    }
  }

  private mutating func write(_ barcode: TicketBarcode, _ align: Alignment) {
    switch SymbolFit.barcode(barcode, on: capabilities) {
    case .impossible(let shortfall):
      shortfalls.append(shortfall)
      write(barcode.symbol.text, TextStyle(align: align))
    case .module_px(let size):
      if let raster = SymbolPicture.raster(barcode, moduleWidth_px: size) {
        sheet.draw(raster, align)
      }
      if barcode.hasCaption { write(barcode.symbol.text, TextStyle(align: align)) }
    }
  }

  private mutating func write(_ raster: Raster, _ align: Alignment) {
    guard raster.width_px <= capabilities.rasterWidth_px else {
      shortfalls.append(
        .rasterTooWide(width_px: raster.width_px, width_max_px: capabilities.rasterWidth_px))
      return
    }
    sheet.draw(raster, align)
  }

  private mutating func cut() {
    StarRaster.append(sheet, to: &bytes)
    sheet.removeAll()
    bytes += StarRaster.formFeed
  }
}
