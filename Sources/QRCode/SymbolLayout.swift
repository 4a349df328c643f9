/// Sizes that depend on version and level only (ISO/IEC 18004, tables 1, 7 and 9).
enum SymbolLayout {
  /// Error correction codewords of each block, by level and version − 1 (table 9).
  private static let correctionPerBlock: [[UInt8]] = [
    [
      7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
      28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
    [
      10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
      26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    ],
    [
      13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30,
      28, 30, 30, 30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
    [
      17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28,
      30, 24, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
  ]

  /// Number of blocks, by level and version − 1 (table 9).
  private static let blockCounts: [[UInt8]] = [
    [
      1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8,
      8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25,
    ],
    [
      1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16,
      17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
    ],
    [
      1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20,
      23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68,
    ],
    [
      1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25,
      25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81,
    ],
  ]

  static func blocks(version: Int, level: QRCode.Level) -> Int {
    Int(blockCounts[Int(level.rawValue)][version - 1])
  }

  static func correctionCodewords(version: Int, level: QRCode.Level) -> Int {
    Int(correctionPerBlock[Int(level.rawValue)][version - 1])
  }

  /// All codewords of a version, data and correction: what function patterns leave (table 1).
  static func codewords(version: Int) -> Int {
    let side = QRCode.size_modules(version: version)
    // Three finders with separators and format information, the dark module, the timing lines.
    var modules = side * side - 3 * 64 - 2 * 15 - 1 - 2 * (side - 16)
    let alignment = alignmentCentres(version: version).count
    if alignment > 0 {
      // Patterns on a timing line share five of their modules with it.
      modules -= (alignment * alignment - 3) * 25 - 2 * (alignment - 2) * 5
    }
    if version >= 7 { modules -= 2 * 18 }
    return modules / 8
  }

  static func dataCodewords(version: Int, level: QRCode.Level) -> Int {
    codewords(version: version)
      - blocks(version: version, level: level)
      * correctionCodewords(version: version, level: level)
  }

  /// Bits of the character count in byte mode (table 3).
  static func countBits(version: Int) -> Int { version < 10 ? 8 : 16 }

  /// Row and column coordinates of alignment pattern centres (annex E); the corners that finders
  /// occupy are left out by whoever draws.
  static func alignmentCentres(version: Int) -> [Int] {
    guard version >= 2 else { return [] }
    let count = version / 7 + 2
    let last = QRCode.size_modules(version: version) - 7
    // Even spacing counted from the far end; annex E has one exception, version 32.
    let step = version == 32 ? 26 : (last - 6 + 2 * count - 3) / (2 * count - 2) * 2
    return [6] + (1..<count).map { last - (count - 1 - $0) * step }
  }
}
