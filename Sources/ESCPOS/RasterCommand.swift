import TicketDesign

/// `GS v 0`: a picture as rows of bits (Epson ESC/POS, GS v 0).
enum RasterCommand {
  /// Rows in one command. Printers with little memory take 255 and no more; the commands follow
  /// each other without a gap on the paper.
  private static let band_rows = 255

  static func write(_ raster: Raster, _ pen: inout Pen) {
    let stride = (raster.width_px + 7) / 8
    pen.bytes.reserveCapacity(pen.bytes.count + raster.rows.count + 64)
    for top in Swift.stride(from: 0, to: raster.height_px, by: band_rows) {
      let count = min(band_rows, raster.height_px - top)
      pen.put(0x1D, 0x76, 0x30)
      pen.put(0, UInt8(stride & 0xFF), UInt8(stride >> 8))
      pen.put(UInt8(count), 0)
      let start = pen.bytes.count
      pen.bytes.append(contentsOf: raster.rows[top * stride..<(top + count) * stride])
      RealTimeBytes.disarm(&pen.bytes, from: start)
    }
  }
}

/// Real-time commands (DLE EOT, DLE ENQ, DLE DC4) are obeyed wherever their bytes occur, even
/// within a picture or a QR text: they could clear the buffers or open a drawer
/// [TM-T85 manual; Epson ESC/POS, "notes" of the DLE commands].
enum RealTimeBytes {
  private static let dle: UInt8 = 0x10

  @inline(__always)
  private static func isSecond(_ byte: UInt8) -> Bool {
    byte == 0x04 || byte == 0x05 || byte == 0x14
  }

  static func occur(in bytes: some Sequence<UInt8>) -> Bool {
    var previous: UInt8 = 0
    for byte in bytes {
      if previous == dle && isSecond(byte) { return true }
      previous = byte
    }
    return false
  }

  /// Blackens one dot more where a picture would hold such a command. QR symbols are never
  /// touched: with modules of two dots and more no byte of theirs is a lone dot.
  static func disarm(_ bytes: inout [UInt8], from start: Int) {
    guard start < bytes.count - 1 else { return }
    for index in start..<bytes.count - 1 where bytes[index] == dle && isSecond(bytes[index + 1]) {
      bytes[index] |= 0x08
    }
  }
}
