import QRCode
import TicketDesign
import TicketLayout

/// A QR symbol that is to stand on the paper, drawn by the printer or sent as a picture.
struct QRRequest {
  let text: String
  let moduleSize: Int
  let level: QRLevel

  /// `GS ( k` function 167.
  private static let moduleSizes = 1...16
  /// Returns why it was left out or is smaller, or nil.
  func write(for capabilities: PrinterCapabilities, _ pen: inout Pen) -> Shortfall? {
    let fit = SymbolFit.qr(
      text, level: level, moduleSize: moduleSize, sizes: Self.moduleSizes, on: capabilities)
    let size: Int
    switch fit {
    case .impossible(let shortfall): return shortfall
    case .module_px(let px): size = px
    }
    if capabilities.nativeQR, !text.isEmpty, !RealTimeBytes.occur(in: text.utf8) {
      writeNative(moduleSize: UInt8(size), &pen)
    } else if let symbol = try? QRCode(text, level: level.symbolLevel),
      let raster = SymbolPicture.raster(symbol, moduleSize_px: size)
    {
      RasterCommand.write(raster, &pen)
    }
    return SymbolFit.shrinking(from: moduleSize, to: size)
  }

  /// Functions 165 (model 2), 167 (module size), 169 (level), 180 (store), 181 (print) of
  /// `GS ( k` with cn = 49 (Epson ESC/POS, GS ( k <QR Code>).
  private func writeNative(moduleSize: UInt8, _ pen: inout Pen) {
    Self.open(length: 4, function: 65, &pen)
    pen.put(50, 0)
    Self.open(length: 3, function: 67, &pen)
    pen.bytes.append(moduleSize)
    Self.open(length: 3, function: 69, &pen)
    pen.bytes.append(48 + level.rawValue)
    Self.open(length: text.utf8.count + 3, function: 80, &pen)
    pen.bytes.append(48)
    pen.bytes.append(contentsOf: text.utf8)
    Self.open(length: 3, function: 81, &pen)
    pen.bytes.append(48)
  }

  private static func open(length: Int, function: UInt8, _ pen: inout Pen) {
    pen.put(0x1D, 0x28, 0x6B)
    pen.put(UInt8(length & 0xFF), UInt8(length >> 8))
    pen.put(49, function)
  }
}
