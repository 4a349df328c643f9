import TicketLayout

/// Commands of the raster mode, the only one in which a printer of Star's graphic mode prints.
///
/// Forms and meanings: Star Micronics, "STAR Graphic Mode Specifications" Rev. 2.32, 3-2, which has
/// the same commands as "STAR Line Mode Command Specifications" [line 3-65 to 3-77]. Numbers are
/// decimal digits in ASCII and end with NUL.
enum StarRaster {
  /// ESC * r R, ESC * r A and ESC * r C: whatever stands in the image buffer of a ticket that was
  /// interrupted is not printed on top of this one. ESC * r A alone is ignored within raster mode.
  /// Then ESC * r P 0, a page as long as it comes, ESC * r E 1, no cut at the end of the document,
  /// and ESC * r F, what a form feed does.
  static func begin(cut: CutKind) -> [UInt8] {
    command("R") + command("A") + command("C") + command("P", 0) + command("E", 1)
      + command("F", formFeed(cut))
  }

  /// ESC FF NUL: what stands in the image buffer is printed, and the paper cut.
  static let formFeed: [UInt8] = [0x1B, 0x0C, 0x00]

  /// ESC FF EOT and ESC * r B: the rest is printed, and raster mode left.
  static let end: [UInt8] = [0x1B, 0x0C, 0x04] + command("B")

  /// Behind zeros that completed a half command: ESC * r C and ESC * r B, without dots left that
  /// would be printed and cut.
  static let abandon = command("C") + command("B")

  /// All rows: `b n1 n2` and the bytes up to the last black dot; white ones by ESC * r Y.
  static func append(_ sheet: StarSheet, to bytes: inout [UInt8]) {
    var white = 0
    for row in 0..<sheet.height_px {
      let dots = sheet.rows[row * sheet.stride..<(row + 1) * sheet.stride]
      guard let last = dots.lastIndex(where: { $0 != 0 }) else {
        white += 1
        continue
      }
      move(white, &bytes)
      white = 0
      let count = last - dots.startIndex + 1
      bytes += [UInt8(ascii: "b"), UInt8(count & 0xFF), UInt8(count >> 8)]
      let start = bytes.count
      bytes += dots.prefix(count)
      StarRealTime.disarm(&bytes, from: start)
    }
    move(white, &bytes)
  }

  private static func move(_ rows: Int, _ bytes: inout [UInt8]) {
    if rows > 0 { bytes += command("Y", rows) }
  }

  /// 9 and 13 feed to the knife and cut, 3 feeds to the tear bar [line 3-69].
  private static func formFeed(_ cut: CutKind) -> Int {
    switch cut {
    case .full: 9
    case .partial, .feedAndPartial, .escM: 13
    case .none: 3
    }
  }

  private static func command(_ letter: Unicode.Scalar, _ number: Int? = nil) -> [UInt8] {
    let head: [UInt8] = [0x1B, 0x2A, 0x72, UInt8(ascii: letter)]
    return number.map { head + Array(String($0).utf8) + [0] } ?? head
  }
}
