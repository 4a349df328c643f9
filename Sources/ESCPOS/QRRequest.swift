import QRCode
import TicketDesign

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
  func write(for capabilities: ESCPOSCapabilities, _ pen: inout Pen) -> Shortfall? {
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
      let raster = Self.raster(symbol, moduleSize: size)
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

  /// The symbol with its quiet zone.
  static func raster(_ symbol: QRCode, moduleSize: Int) -> Raster? {
    let margin = QRCode.quietZone_modules
    let side = (symbol.size + 2 * margin) * moduleSize
    let stride = (side + 7) / 8
    var rows: [UInt8] = []
    rows.reserveCapacity(stride * side)
    for y in -margin..<symbol.size + margin {
      var row = [UInt8](repeating: 0, count: stride)
      for x in -margin..<symbol.size + margin where symbol[x, y] {
        for dot in (x + margin) * moduleSize..<(x + margin + 1) * moduleSize {
          row[dot / 8] |= 0x80 >> UInt8(dot % 8)
        }
      }
      for _ in 0..<moduleSize { rows.append(contentsOf: row) }
    }
    return Raster(width_px: side, height_px: side, rows: rows)
  }
}
