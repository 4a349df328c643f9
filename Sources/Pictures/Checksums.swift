/// CRC-32 of PNG's parts (PNG specification, annex D; polynomial of ISO 3309).
struct CRC32 {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320
    }
  }

  static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let table = Self.table
    return ~bytes.reduce(UInt32.max) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 }
  }
}

/// The checksum of a zlib stream (RFC 1950, section 8.2).
struct Adler32 {
  private static let base: UInt32 = 65_521
  /// So many bytes can be added before the sums have to be brought back below the base.
  private static let run_bytes = 5552

  static func of(_ bytes: [UInt8]) -> UInt32 {
    var low: UInt32 = 1
    var high: UInt32 = 0
    var start = 0
    while start < bytes.count {
      let end = min(start + run_bytes, bytes.count)
      for byte in bytes[start..<end] {
        low &+= UInt32(byte)
        high &+= low
      }
      low %= base
      high %= base
      start = end
    }
    return high << 16 | low
  }
}
