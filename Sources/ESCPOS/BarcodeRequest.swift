import Barcodes
import TicketDesign
import TicketLayout

/// A barcode that is to stand on the paper, drawn by the printer or sent as a picture.
struct BarcodeRequest {
  let barcode: TicketBarcode
  let align: Alignment

  /// Returns the text that has to be printed below, or instead.
  func write(
    for capabilities: PrinterCapabilities, _ pen: inout Pen, _ shortfalls: inout [Shortfall]
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
    if capabilities.nativeBarcodes.contains(symbol.symbology), let data = nativeData {
      writeNative(data, moduleWidth_px: UInt8(width_px), &pen)
      return nil
    }
    if let raster = SymbolPicture.raster(barcode, moduleWidth_px: width_px) {
      RasterCommand.write(raster, &pen)
    }
    return barcode.hasCaption ? symbol.text : nil
  }

  /// Function B of `GS k`: EAN13 is 67, CODE39 69, CODE128 73 (Epson ESC/POS, GS k).
  private var system: UInt8 {
    switch barcode.symbol.symbology {
    case .ean13: 67
    case .code39: 69
    case .code128: 73
    }
  }

  /// nil where the data would be taken for a real-time command; a picture is sent then.
  private var nativeData: [UInt8]? {
    let data = barcode.symbol.symbology == .code128 ? code128Data : Array(barcode.symbol.text.utf8)
    return data.count <= Int(UInt8.max) && !RealTimeBytes.occur(in: data) ? data : nil
  }

  /// `{B` and `{C` choose a code set; a brace in the text is doubled.
  private var code128Data: [UInt8] {
    let brace = UInt8(ascii: "{")
    var data: [UInt8] = []
    for run in (try? Code128.runs(barcode.symbol.text)) ?? [] {
      switch run {
      case .text(let bytes):
        data += [brace, UInt8(ascii: "B")] + bytes.flatMap { $0 == brace ? [brace, brace] : [$0] }
      case .pairs(let pairs): data += [brace, UInt8(ascii: "C")] + pairs
      }
    }
    return data
  }

  /// GS h, GS w, GS H (0 nothing, 2 below), GS f (font A), then GS k.
  private func writeNative(_ data: [UInt8], moduleWidth_px: UInt8, _ pen: inout Pen) {
    pen.put(0x1D, 0x68, UInt8(barcode.height_px))
    pen.put(0x1D, 0x77, moduleWidth_px)
    pen.put(0x1D, 0x48, barcode.hasCaption ? 2 : 0)
    pen.put(0x1D, 0x66, 0)
    pen.put(0x1D, 0x6B, system)
    pen.bytes.append(UInt8(data.count))
    pen.bytes.append(contentsOf: data)
  }
}
