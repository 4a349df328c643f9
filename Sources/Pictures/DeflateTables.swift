/// Codes of lengths and distances (RFC 1951, section 3.2.5) and the fixed code (3.2.6).
enum DeflateTables {
  /// Length codes 257 to 285: the shortest length of each, and bits that are added.
  static let lengths: [(base: Int, extra: Int)] = {
    var table: [(base: Int, extra: Int)] = []
    var base = 3
    for code in 0..<28 {
      let extra = code < 8 ? 0 : code / 4 - 1
      table.append((base, extra))
      base += 1 << extra
    }
    return table + [(258, 0)]
  }()

  /// Distance codes 0 to 29.
  static let distances: [(base: Int, extra: Int)] = {
    var table: [(base: Int, extra: Int)] = []
    var base = 1
    for code in 0..<30 {
      let extra = code < 4 ? 0 : code / 2 - 1
      table.append((base, extra))
      base += 1 << extra
    }
    return table
  }()

  static let fixedLiteralLengths: [UInt8] =
    Array(repeating: 8, count: 144) + Array(repeating: 9, count: 112)
    + Array(repeating: 7, count: 24) + Array(repeating: 8, count: 8)
  static let fixedDistanceLengths = [UInt8](repeating: 5, count: 30)

  /// In which order the lengths of the code for code lengths are sent.
  static let lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
  static let endOfBlock = 256
  static let window_bytes = 32_768
  static let match_max = 258
}
