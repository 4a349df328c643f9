import TicketDesign
import TicketLayout

/// A picture as rows of bits, in the form that a language has for it.
enum StarPicture {
  /// Rows of one `ESC k`, and of a line feed of 3 mm.
  private static let band_rows = 24
  /// `ESC k` counts its bytes a row in one byte, the second is 0 [line 3-35].
  private static let bandStride_max = 255
  /// Rows of one `ESC GS S`; the command allows 65,535, and small buffers are spared.
  private static let block_rows = 2400
  /// Bytes a row that `ESC GS S` takes.
  private static let blockStride_max = 128

  /// Dots that a picture may have in width, whatever the paper has.
  static func width_max_px(_ language: PrinterLanguage) -> Int {
    (language == .starLine ? bandStride_max : blockStride_max) * 8
  }

  static func write(_ raster: Raster, _ language: PrinterLanguage, _ pen: inout StarPen) {
    let stride = (raster.width_px + 7) / 8
    pen.bytes.reserveCapacity(pen.bytes.count + raster.rows.count + 64)
    if language == .starLine {
      writeBands(raster, stride, &pen)
    } else {
      writeBlocks(raster, stride, &pen)
    }
  }

  /// ESC GS S 1 xL xH yL yH 0 [StarPRNT 2.3.12]: one bit a dot, x bytes a row, y rows, black.
  private static func writeBlocks(_ raster: Raster, _ stride: Int, _ pen: inout StarPen) {
    for top in Swift.stride(from: 0, to: raster.height_px, by: block_rows) {
      let count = min(block_rows, raster.height_px - top)
      pen.put(0x1B, 0x1D, 0x53, 1)
      pen.put(UInt8(stride), 0, UInt8(count & 0xFF), UInt8(count >> 8), 0)
      append(raster.rows[top * stride..<(top + count) * stride], &pen)
    }
  }

  /// ESC k n 0 and the bytes of 24 rows [line 3-35], a line feed of 24 dots behind each. The raster
  /// mode (ESC * r A) is not used: whoever leaves it with dots in its buffer cuts the paper.
  private static func writeBands(_ raster: Raster, _ stride: Int, _ pen: inout StarPen) {
    pen.usePictureLines()
    for top in Swift.stride(from: 0, to: raster.height_px, by: band_rows) {
      let count = min(band_rows, raster.height_px - top)
      pen.put(0x1B, 0x6B, UInt8(stride), 0)
      append(raster.rows[top * stride..<(top + count) * stride], &pen)
      pen.bytes.append(contentsOf: repeatElement(0, count: (band_rows - count) * stride))
      pen.lineFeed()
    }
    pen.useTextLines()
  }

  private static func append(_ rows: ArraySlice<UInt8>, _ pen: inout StarPen) {
    let start = pen.bytes.count
    pen.bytes.append(contentsOf: rows)
    StarRealTime.disarm(&pen.bytes, from: start)
  }
}

/// Real-time commands are obeyed when they come in, before their place in the stream is known, so
/// that a picture or a QR text could hold one. ESC ACK SOH asks for the status and ESC ACK CAN
/// resets the printer [line 3-54]; ENQ and EOT, one byte each, only ask and are left.
enum StarRealTime {
  private static func isOne(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
    first == 0x1B && second == 0x06 && (third == 0x01 || third == 0x18)
  }

  static func occurs(in bytes: some Sequence<UInt8>) -> Bool {
    var before: (UInt8, UInt8) = (0, 0)
    for byte in bytes {
      if isOne(before.0, before.1, byte) { return true }
      before = (before.1, byte)
    }
    return false
  }

  /// Blackens one dot more where a picture would hold such a command.
  static func disarm(_ bytes: inout [UInt8], from start: Int) {
    guard start < bytes.count - 2 else { return }
    for index in start..<bytes.count - 2
    where isOne(bytes[index], bytes[index + 1], bytes[index + 2]) {
      bytes[index + 1] |= 0x08
    }
  }
}
