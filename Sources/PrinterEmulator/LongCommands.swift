/// Commands that carry data of their own: `GS ( …`, `GS v 0`, `GS k`.
extension CommandReader {
  /// Rows that one `GS v 0` may carry; the limit of the models that have the smallest.
  private static var rasterRows_max: Int { 2303 }
  private static var rasterStride_max: Int { 128 }

  /// The bytes of a range behind the front; nil until all have come.
  private func data(_ range: Range<Int>) -> ArraySlice<UInt8>? {
    guard range.upperBound <= bytes.count else { return nil }
    return bytes[bytes.startIndex + range.lowerBound..<bytes.startIndex + range.upperBound]
  }

  /// GS ( x pL pH …: the length is known before the function is.
  func extended() -> Parsed {
    guard let kind = self[2] else { return .incomplete }
    guard kind == UInt8(ascii: "k") || kind == UInt8(ascii: "H") else {
      return .fault(.unknownCommand, length: 3)
    }
    guard let low = self[3], let high = self[4] else { return .incomplete }
    let count = Int(low) + Int(high) << 8
    guard let payload = data(5..<5 + count) else { return .incomplete }
    let command =
      kind == UInt8(ascii: "k") ? symbol(Array(payload)) : response(Array(payload))
    guard let command else { return .fault(.badParameter, length: 5 + count) }
    return .command(command, length: 5 + count)
  }

  /// GS ( H function 48: pL pH = 6, fn = 48, m = 48, four bytes of 20 to 7E.
  private func response(_ payload: [UInt8]) -> Command? {
    guard payload.count == 6, payload[0] == 48, payload[1] == 48,
      payload[2...].allSatisfy({ (0x20...0x7E).contains($0) })
    else { return nil }
    return .processID(Array(payload[2...]))
  }

  /// GS ( k with cn = 49: functions 65 (also called 165), 67, 69, 80 and 81.
  private func symbol(_ payload: [UInt8]) -> Command? {
    guard payload.count >= 3, payload[0] == 49 else { return nil }
    let value = payload[2]
    switch (payload[1], payload.count) {
    case (65, 4): return (49...51).contains(value) && payload[3] == 0 ? .qr(.model(value)) : nil
    case (67, 3): return (1...16).contains(value) ? .qr(.moduleSize(Int(value))) : nil
    case (69, 3):
      return value < 48 ? nil : QRErrorLevel(rawValue: value - 48).map { .qr(.level($0)) }
    case (80, 4...): return value == 48 ? .qr(.store(Array(payload[3...]))) : nil
    case (81, 3): return value == 48 ? .qr(.printStored) : nil
    default: return nil
    }
  }

  /// GS v 0 m xL xH yL yH: x bytes a row, y rows.
  func raster() -> Parsed {
    guard let zero = self[2], let mode = self[3], let xLow = self[4], let xHigh = self[5],
      let yLow = self[6], let yHigh = self[7]
    else { return .incomplete }
    let stride = Int(xLow) + Int(xHigh) << 8
    let rows = Int(yLow) + Int(yHigh) << 8
    guard zero == UInt8(ascii: "0"), let scale = Self.small(mode, max: 3),
      (1...Self.rasterStride_max).contains(stride), (1...Self.rasterRows_max).contains(rows)
    else { return .fault(.badParameter, length: 8) }
    guard let dots = data(8..<8 + stride * rows) else { return .incomplete }
    let raster = PrintedRaster(width_px: stride * 8, height_px: rows, rows: Array(dots))
    let command = Command.raster(
      raster, scaleX: scale & 1 != 0 ? 2 : 1, scaleY: scale & 2 != 0 ? 2 : 1)
    return .command(command, length: 8 + stride * rows)
  }

  /// GS k 73 n d1…dn: CODE128. The data begin with the choice of a code set; this printer has
  /// only `{B`, printable ASCII.
  func barcode() -> Parsed {
    guard let system = self[2] else { return .incomplete }
    guard system == 73 else {
      return .fault(
        (65...78).contains(system) || system <= 6 ? .unsupported : .badParameter, length: 3)
    }
    guard let count = self[3] else { return .incomplete }
    guard let payload = data(4..<4 + Int(count)).map(Array.init) else { return .incomplete }
    guard payload.count >= 3, payload[0] == UInt8(ascii: "{"), payload[1] == UInt8(ascii: "B"),
      payload.allSatisfy({ (0x20...0x7E).contains($0) })
    else { return .fault(.badParameter, length: 4 + Int(count)) }
    return .command(
      .barcode(String(decoding: payload[2...], as: UTF8.self)), length: 4 + Int(count))
  }
}
