import Barcodes
public import QRCode
public import TicketDesign

/// How large a symbol can stand on a model's paper, whoever draws it.
public enum SymbolFit: Hashable, Sendable {
  /// Dots of a module.
  case module_px(Int)
  case impossible(Shortfall)

  /// Cameras and hand scanners fail on smaller modules than this at 203 dpi.
  private static let module_min_px = 2

  /// - Parameter sizes: those that the printer's command knows.
  public static func qr(
    _ text: String, level: QRLevel, moduleSize: Int, sizes: ClosedRange<Int>,
    on capabilities: PrinterCapabilities
  ) -> SymbolFit {
    let count = text.utf8.count
    guard let version = QRCode.version(byteCount: count, level: level.symbolLevel) else {
      let bytes_max = QRCode.capacity_bytes(version: QRCode.version_max, level: level.symbolLevel)
      return .impossible(.qrTooLong(bytes: count, bytes_max: bytes_max))
    }
    let width_px = capabilities.rasterWidth_px
    let modules = QRCode.size_modules(version: version) + 2 * QRCode.quietZone_modules
    let size = min(max(moduleSize, sizes.lowerBound), sizes.upperBound, width_px / modules)
    guard size >= min(moduleSize, module_min_px), size > 0 else {
      return .impossible(.qrTooWide(modules: modules, width_px: width_px))
    }
    return .module_px(size)
  }

  /// What is to be told of a QR symbol with such modules where others were asked for.
  public static func shrinking(from asked: Int, to module_px: Int) -> Shortfall? {
    module_px < asked ? .qrSmaller(asked: asked, module_px: module_px) : nil
  }

  public static func barcode(
    _ barcode: TicketBarcode, on capabilities: PrinterCapabilities
  ) -> SymbolFit {
    let symbol = barcode.symbol
    let modules = symbol.width_modules + 2 * symbol.quietZone_modules
    let width_px = min(barcode.moduleWidth_px, capabilities.rasterWidth_px / modules)
    guard width_px >= module_min_px else {
      return .impossible(
        .barcodeTooWide(
          text: symbol.text, width_px: modules * module_min_px,
          width_max_px: capabilities.rasterWidth_px))
    }
    return .module_px(width_px)
  }
}

extension QRLevel {
  public var symbolLevel: QRCode.Level {
    switch self {
    case .low: .low
    case .medium: .medium
    case .quartile: .quartile
    case .high: .high
    }
  }
}
