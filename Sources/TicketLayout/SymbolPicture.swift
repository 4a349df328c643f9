import Barcodes
public import QRCode
public import TicketDesign

/// Symbols as pictures, for printers that do not draw them; with their quiet zones.
public enum SymbolPicture {
  /// nil when the picture would be larger than any paper.
  public static func raster(_ symbol: QRCode, moduleSize_px: Int) -> Raster? {
    let margin = QRCode.quietZone_modules
    let side = (symbol.size + 2 * margin) * moduleSize_px
    let stride = (side + 7) / 8
    var rows: [UInt8] = []
    rows.reserveCapacity(stride * side)
    var row = [UInt8](repeating: 0, count: stride)
    for y in -margin..<symbol.size + margin {
      for place in row.indices { row[place] = 0 }
      for x in 0..<symbol.size where symbol[x, y] {
        blacken(&row, from: (x + margin) * moduleSize_px, count: moduleSize_px)
      }
      for _ in 0..<moduleSize_px { rows.append(contentsOf: row) }
    }
    return Raster(width_px: side, height_px: side, rows: rows)
  }

  /// The bars of a barcode, `moduleWidth_px` dots each module; nil when it would be too large.
  public static func raster(_ barcode: TicketBarcode, moduleWidth_px: Int) -> Raster? {
    let symbol = barcode.symbol
    let margin = symbol.quietZone_modules
    let width = (symbol.width_modules + 2 * margin) * moduleWidth_px
    var row = [UInt8](repeating: 0, count: (width + 7) / 8)
    var x = margin * moduleWidth_px
    for (place, modules) in symbol.widths.enumerated() {
      let count = Int(modules) * moduleWidth_px
      if place % 2 == 0 { blacken(&row, from: x, count: count) }
      x += count
    }
    var rows: [UInt8] = []
    rows.reserveCapacity(row.count * barcode.height_px)
    for _ in 0..<barcode.height_px { rows.append(contentsOf: row) }
    return Raster(width_px: width, height_px: barcode.height_px, rows: rows)
  }

  private static func blacken(_ row: inout [UInt8], from start: Int, count: Int) {
    for dot in start..<start + count { row[dot / 8] |= 0x80 >> UInt8(dot % 8) }
  }
}
