import Barcodes
import QRCode
import TicketDesign
import TicketLayout

/// A QR symbol that is to stand on the paper, drawn by the printer or sent as a picture.
struct StarQR {
  let text: String
  let moduleSize: Int
  let level: QRLevel

  /// Cells of `ESC GS y S 2` [line 3-126, 3.13].
  private static let moduleSizes = 1...8
  /// Returns why it was left out or is smaller, or nil.
  func write(for capabilities: PrinterCapabilities, _ pen: inout StarPen) -> Shortfall? {
    // The printer leaves the quiet zone to us: the paper beside the symbol is it.
    let fit = SymbolFit.qr(
      text, level: level, moduleSize: moduleSize, sizes: Self.moduleSizes, on: capabilities)
    let size: Int
    switch fit {
    case .impossible(let shortfall): return shortfall
    case .module_px(let px): size = px
    }
    if capabilities.nativeQR, !text.isEmpty, !StarRealTime.occurs(in: text.utf8) {
      writeNative(moduleSize: UInt8(size), &pen)
    } else if let symbol = try? QRCode(text, level: level.symbolLevel),
      let raster = SymbolPicture.raster(symbol, moduleSize_px: size)
    {
      StarPicture.write(raster, capabilities.language, &pen)
    }
    return SymbolFit.shrinking(from: moduleSize, to: size)
  }

  /// ESC GS y S 0 (model 2), S 1 (level), S 2 (cell), D 1 (data, kind found by the printer), P.
  private func writeNative(moduleSize: UInt8, _ pen: inout StarPen) {
    pen.put(0x1B, 0x1D, 0x79, 0x53, 0x30, 2)
    pen.put(0x1B, 0x1D, 0x79, 0x53, 0x31, level.rawValue)
    pen.put(0x1B, 0x1D, 0x79, 0x53, 0x32, moduleSize)
    let count = text.utf8.count
    pen.put(0x1B, 0x1D, 0x79, 0x44, 0x31, 0, UInt8(count & 0xFF), UInt8(count >> 8))
    pen.bytes.append(contentsOf: text.utf8)
    pen.put(0x1B, 0x1D, 0x79, 0x50)
  }
}

/// A barcode that is to stand on the paper, drawn by the printer or sent as a picture.
struct StarBarcode {
  let barcode: TicketBarcode
  let align: Alignment

  /// Modes 1 to 3 of `ESC b` have modules of 2, 3 and 4 dots; those of Code 39 wide bars three
  /// times as wide, like ours [line 3-42].
  private static let modes = [2: UInt8(1), 3: 2, 4: 3]
  /// Start, check, stop and the closing bar of Code 128.
  private static let code128Frame_modules = 11 + 11 + 13

  /// Returns the text that has to be printed below, or instead.
  func write(
    for capabilities: PrinterCapabilities, _ pen: inout StarPen, _ shortfalls: inout [Shortfall]
  ) -> String? {
    let symbol = barcode.symbol
    let width_px: Int
    switch SymbolFit.barcode(barcode, on: capabilities) {
    case .impossible(let shortfall):
      shortfalls.append(shortfall)
      return symbol.text
    case .module_px(let px): width_px = px
    }
    pen.set(align: align)
    if capabilities.nativeBarcodes.contains(symbol.symbology), let mode = Self.modes[width_px],
      fits(moduleWidth_px: width_px, on: capabilities.rasterWidth_px)
    {
      writeNative(mode: mode, &pen)
      return nil
    }
    if let raster = SymbolPicture.raster(barcode, moduleWidth_px: width_px) {
      StarPicture.write(raster, capabilities.language, &pen)
    }
    return barcode.hasCaption ? symbol.text : nil
  }

  /// The printer chooses the code sets of Code 128 by itself; without any pairs of digits its
  /// symbol is the widest. One that does not fit would be left out without a word.
  private func fits(moduleWidth_px: Int, on width_px: Int) -> Bool {
    guard barcode.symbol.symbology == .code128 else { return true }
    let widest = barcode.symbol.text.utf8.count * 11 + Self.code128Frame_modules
    return (widest + 2 * barcode.symbol.quietZone_modules) * moduleWidth_px <= width_px
  }

  /// ESC b n1 (kind) n2 (1: bars, 2: with their text; a line feed behind) n3 (mode) n4 (height)
  /// data RS [line 3-42]. In Code 128 "%" is written "%0" [line 5-3]; our text has no control
  /// characters.
  private func writeNative(mode: UInt8, _ pen: inout StarPen) {
    let kind: UInt8 =
      switch barcode.symbol.symbology {
      case .ean13: 3
      case .code39: 4
      case .code128: 6
      }
    pen.put(0x1B, 0x62, kind, barcode.hasCaption ? 2 : 1, mode, UInt8(barcode.height_px))
    for byte in barcode.symbol.text.utf8 {
      pen.bytes.append(byte)
      if kind == 6, byte == UInt8(ascii: "%") { pen.bytes.append(UInt8(ascii: "0")) }
    }
    pen.bytes.append(0x1E)
  }
}
