/// The commands of Star's graphic mode: few outside of raster mode, and no characters at all.
///
/// Forms and ranges: Star Micronics, "STAR Graphic Mode Specifications" Rev. 2.32, 3-1 and 3-2; the
/// raster mode is that of "STAR Line Mode Command Specifications", pages 3-65 to 3-77.
extension StarCommandReader {
  /// Digits of a number; no model has paper for more.
  private static let digits_max = 4

  func readGraphic(_ first: UInt8) -> StarParsed {
    switch (first, isRaster) {
    case (0x1B, _): graphicEscape()
    case (UInt8(ascii: "b"), true): row(goesOn: true)
    case (UInt8(ascii: "k"), true): row(goesOn: false)
    case (0x07, false): .command(.drive(device: 1), length: 1)
    case (0x17, false): .command(.countedMark, length: 1)
    case (0x1A, false): .command(.drive(device: 2), length: 1)
    case (0x20...0xFF, _): .fault(.unsupported, length: 1)
    default: .fault(.unknownCommand, length: 1)
    }
  }

  private func graphicEscape() -> StarParsed {
    guard let second = self[1] else { return .incomplete }
    switch (second, isRaster) {
    case (0x06, _): return realTime()
    // The status may be switched on while a ticket that was interrupted keeps it in raster mode.
    case (0x1E, _): return recordSeparatorOfGraphic()
    case (UInt8(ascii: "*"), _): return asterisk()
    case (0x0C, true): return pageEnd()
    case (0x07, false): return pulse()
    case (0x1D, false):
      guard let third = self[2] else { return .incomplete }
      return third == 0x03 ? groupSeparator() : .fault(.unsupported, length: 3)
    default: return .fault(.unknownCommand, length: 2)
    }
  }

  /// ESC RS a and ESC RS E; there is no font to choose.
  private func recordSeparatorOfGraphic() -> StarParsed {
    guard let third = self[2] else { return .incomplete }
    return third == UInt8(ascii: "F") ? .fault(.unsupported, length: 3) : recordSeparator()
  }

  /// `b` or `k`, n1 n2 and so many bytes: one row.
  private func row(goesOn: Bool) -> StarParsed {
    guard let low = self[1], let high = self[2] else { return .incomplete }
    let count = Int(low) + Int(high) << 8
    guard count > 0 else { return .fault(.badParameter, length: 3) }
    guard let dots = data(3..<3 + count) else { return .incomplete }
    return .command(.raster(.row(Array(dots), goesOn: goesOn)), length: 3 + count)
  }

  /// ESC FF NUL and ESC FF EOT.
  private func pageEnd() -> StarParsed {
    guard let third = self[2] else { return .incomplete }
    switch third {
    case 0x00: return .command(.raster(.formFeed), length: 3)
    case 0x04: return .command(.raster(.end), length: 3)
    default: return .fault(.unknownCommand, length: 3)
    }
  }

  /// ESC * r and a letter, some with a number behind it.
  private func asterisk() -> StarParsed {
    guard let third = self[2] else { return .incomplete }
    guard third == UInt8(ascii: "r") else { return .fault(.unknownCommand, length: 3) }
    guard let letter = self[3] else { return .incomplete }
    switch letter {
    case UInt8(ascii: "R"): return .command(.raster(.initialize), length: 4)
    case UInt8(ascii: "A"): return .command(.raster(.enter), length: 4)
    case UInt8(ascii: "B"): return .command(.raster(.quit), length: 4)
    case UInt8(ascii: "C"): return .command(.raster(.clear), length: 4)
    case UInt8(ascii: "E"): return number { Self.end($0).map { .endMode($0) } }
    case UInt8(ascii: "F"): return number { Self.end($0).map { .formFeedMode($0) } }
    case UInt8(ascii: "P"): return number { .pageLength($0) }
    case UInt8(ascii: "Y"): return number { $0 > 0 ? .move(rows: $0) : nil }
    default: return .fault(.unknownCommand, length: 4)
    }
  }

  /// Decimal digits and NUL; within raster mode only. nil from `make`: out of range.
  private func number(_ make: (Int) -> StarRasterCommand?) -> StarParsed {
    guard isRaster else { return .fault(.unsupported, length: 4) }
    var value = 0
    for place in 0...Self.digits_max {
      guard let byte = self[4 + place] else { return .incomplete }
      if byte == 0 {
        guard place > 0, let command = make(value) else {
          return .fault(.badParameter, length: 5 + place)
        }
        return .command(.raster(command), length: 5 + place)
      }
      guard (0x30...0x39).contains(byte) else { return .fault(.badParameter, length: 5 + place) }
      value = value * 10 + Int(byte - 0x30)
    }
    return .fault(.badParameter, length: 5 + Self.digits_max)
  }

  /// The modes of a page's end without a presenter [line 3-69, specification A]; 0 is the model's
  /// own, which feeds and cuts partially here.
  private static func end(_ mode: Int) -> StarPageEnd? {
    switch mode {
    case 1: StarPageEnd()
    case 2, 3: StarPageEnd(feeds: true)
    case 8: StarPageEnd(cut: .full)
    case 9: StarPageEnd(feeds: true, cut: .full)
    case 12: StarPageEnd(cut: .partial)
    case 0, 13: StarPageEnd(feeds: true, cut: .partial)
    default: nil
    }
  }
}
