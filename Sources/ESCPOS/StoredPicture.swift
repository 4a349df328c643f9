import TicketDesign
import TicketLayout

/// Pictures in the printer's download memory, which keeps them until its power goes or it obeys
/// ESC @ (Epson ESC/POS, `GS ( L` functions 83 and 85). Its flash memory is not used: it wears
/// out, and Epson allows ten writes a day.
enum StoredPicture {
  /// m, fn, a, two bytes of key, b, two of width, two of height, c.
  private static let header_bytes = 11

  /// Whether the printer keeps pictures and one command can define this one.
  static func fits(_ logo: Logo, _ capabilities: PrinterCapabilities) -> Bool {
    capabilities.storesPictures && logo.raster.width_px <= capabilities.rasterWidth_px
      && logo.raster.rows.count + header_bytes <= Int(UInt16.max)
  }

  static func define(_ logo: Logo, _ pen: inout Pen) {
    let raster = logo.raster
    open(length: header_bytes + raster.rows.count, function: 83, &pen)
    pen.put(48, logo.key.first, logo.key.second)
    pen.put(1, UInt8(raster.width_px & 0xFF), UInt8(raster.width_px >> 8))
    pen.put(UInt8(raster.height_px & 0xFF), UInt8(raster.height_px >> 8), 49)
    let start = pen.bytes.count
    pen.bytes.append(contentsOf: raster.rows)
    RealTimeBytes.disarm(&pen.bytes, from: start)
  }

  static func print(_ key: Logo.Key, _ pen: inout Pen) {
    open(length: 6, function: 85, &pen)
    pen.put(key.first, key.second)
    pen.put(1, 1)
  }

  private static func open(length: Int, function: UInt8, _ pen: inout Pen) {
    pen.put(0x1D, 0x28, 0x4C)
    pen.put(UInt8(length & 0xFF), UInt8(length >> 8))
    pen.put(48, function)
  }
}
