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
  /// Cameras fail on smaller modules than this at 203 dpi.
  private static let moduleSize_min = 2

  private var symbolLevel: QRCode.Level {
    switch level {
    case .low: .low
    case .medium: .medium
    case .quartile: .quartile
    case .high: .high
    }
  }

  /// Returns why it was left out, or nil.
  func write(for capabilities: PrinterCapabilities, _ pen: inout Pen) -> Shortfall? {
    let count = text.utf8.count
    guard let version = QRCode.version(byteCount: count, level: symbolLevel) else {
      let bytes_max = QRCode.capacity_bytes(version: QRCode.version_max, level: symbolLevel)
      return .qrTooLong(bytes: count, bytes_max: bytes_max)
    }
    let modules = QRCode.size_modules(version: version) + 2 * QRCode.quietZone_modules
    let size = min(
      max(moduleSize, Self.moduleSizes.lowerBound), Self.moduleSizes.upperBound,
      capabilities.rasterWidth_px / modules)
    guard size >= min(moduleSize, Self.moduleSize_min), size > 0 else {
      return .qrTooWide(modules: modules, width_px: capabilities.rasterWidth_px)
    }
    if capabilities.nativeQR, count > 0, !RealTimeBytes.occur(in: text.utf8) {
      writeNative(moduleSize: UInt8(size), &pen)
    } else if let symbol = try? QRCode(text, level: symbolLevel),
      let raster = SymbolPicture.raster(symbol, moduleSize_px: size)
    {
      RasterCommand.write(raster, &pen)
    }
    return nil
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
