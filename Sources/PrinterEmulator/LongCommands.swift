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
    guard "kHL".utf8.contains(kind) else { return .fault(.unknownCommand, length: 3) }
    guard let low = self[3], let high = self[4] else { return .incomplete }
    let count = Int(low) + Int(high) << 8
    guard let payload = data(5..<5 + count) else { return .incomplete }
    let command: Command? =
      switch kind {
      case UInt8(ascii: "k"): symbol(Array(payload))
      case UInt8(ascii: "H"): response(Array(payload))
      default: picture(Array(payload))
      }
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

  /// GS ( L functions 83, define a picture in the download memory, and 85, print it.
  private func picture(_ payload: [UInt8]) -> Command? {
    guard payload.count >= 6, payload[0] == 48 else { return nil }
    func key(at index: Int) -> PictureKey? {
      let range: ClosedRange<UInt8> = 0x20...0x7E
      guard range.contains(payload[index]), range.contains(payload[index + 1]) else { return nil }
      return PictureKey(first: payload[index], second: payload[index + 1])
    }
    switch payload[1] {
    case 83:
      guard payload.count > 11, payload[2] == 48, let key = key(at: 3), payload[5] == 1,
        payload[10] == 49
      else { return nil }
      let width = Int(payload[6]) | Int(payload[7]) << 8
      let height = Int(payload[8]) | Int(payload[9]) << 8
      guard (1...Self.pictureWidth_max_px).contains(width),
        (1...Self.rasterRows_max).contains(height),
        payload.count == 11 + (width + 7) / 8 * height
      else { return nil }
      return .definePicture(
        key, PrintedRaster(width_px: width, height_px: height, rows: Array(payload[11...])))
    case 85:
      guard payload.count == 6, let key = key(at: 2), (1...2).contains(payload[4]),
        (1...2).contains(payload[5])
      else { return nil }
      return .printPicture(key, scaleX: Int(payload[4]), scaleY: Int(payload[5]))
    default: return nil
    }
  }

  private static var pictureWidth_max_px: Int { 8192 }

  /// ESC ( A function 97: n 1 to 7 patterns, c 0 to 63 or 255 times.
  func bell() -> Parsed {
    guard let kind = self[2], let low = self[3], let high = self[4] else { return .incomplete }
    let count = Int(low) + Int(high) << 8
    guard kind == UInt8(ascii: "A") else { return .fault(.unknownCommand, length: 2) }
    guard let payload = data(5..<5 + count).map(Array.init) else { return .incomplete }
    let isKnown =
      payload.count == 3 && payload[0] == 97 && (1...7).contains(payload[1])
      && (payload[2] <= 63 || payload[2] == 255)
    return isKnown
      ? .command(.bell, length: 5 + count) : .fault(.badParameter, length: 5 + count)
  }
}
