/// The bytes of a symbol: segment header, data and padding, split into blocks, each followed by
/// its Reed-Solomon remainder (ISO/IEC 18004, 7.4 to 7.6).
struct Codewords {
  private let blocks: [[UInt8]]
  private let corrections: [[UInt8]]

  init(bytes: [UInt8], version: Int, level: QRCode.Level) {
    let capacity = SymbolLayout.dataCodewords(version: version, level: level)
    let data = Self.segment(bytes, version: version, capacity: capacity)
    let count = SymbolLayout.blocks(version: version, level: level)
    let short = capacity / count
    let longCount = capacity % count
    let generator = ReedSolomon(
      degree: SymbolLayout.correctionCodewords(version: version, level: level))
    var blocks: [[UInt8]] = []
    var start = 0
    for index in 0..<count {
      let length = short + (index >= count - longCount ? 1 : 0)
      blocks.append(Array(data[start..<start + length]))
      start += length
    }
    self.blocks = blocks
    corrections = blocks.map(generator.remainder)
  }

  /// Mode and count, the bytes, a terminator and the alternating pad bytes of 7.4.10.
  private static func segment(_ bytes: [UInt8], version: Int, capacity: Int) -> [UInt8] {
    var bits = BitWriter(capacity: capacity)
    bits.append(0b0100, count: 4)
    bits.append(UInt32(bytes.count), count: SymbolLayout.countBits(version: version))
    for byte in bytes { bits.append(UInt32(byte), count: 8) }
    bits.append(0, count: min(4, capacity * 8 - bits.count))
    bits.append(0, count: (8 - bits.count % 8) % 8)
    var padding: UInt8 = 0xEC
    while bits.bytes.count < capacity {
      bits.append(UInt32(padding), count: 8)
      padding ^= 0xEC ^ 0x11
    }
    return bits.bytes
  }

  /// First codewords of all blocks, then the second ones…; data before correction (7.6).
  var interleaved: [UInt8] {
    var result: [UInt8] = []
    for group in [blocks, corrections] {
      let longest = group.reduce(0) { max($0, $1.count) }
      for index in 0..<longest {
        for block in group where index < block.count { result.append(block[index]) }
      }
    }
    return result
  }
}

/// Bits, most significant first.
private struct BitWriter {
  private(set) var bytes: [UInt8] = []
  private(set) var count = 0

  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  mutating func append(_ value: UInt32, count: Int) {
    for bit in stride(from: count - 1, through: 0, by: -1) {
      if self.count % 8 == 0 { bytes.append(0) }
      if value >> UInt32(bit) & 1 != 0 { bytes[bytes.count - 1] |= 0x80 >> UInt8(self.count % 8) }
      self.count += 1
    }
  }
}

/// Division by the generator polynomial over GF(2⁸) modulo x⁸+x⁴+x³+x²+1 (7.5.2, annex A).
struct ReedSolomon {
  /// Coefficients below the leading one, highest power first.
  private let generator: [UInt8]

  init(degree: Int) {
    var generator = [UInt8](repeating: 0, count: degree)
    generator[degree - 1] = 1
    var root: UInt8 = 1
    for _ in 0..<degree {
      for index in 0..<degree {
        generator[index] = Self.product(generator[index], root)
        if index + 1 < degree { generator[index] ^= generator[index + 1] }
      }
      root = Self.product(root, 2)
    }
    self.generator = generator
  }

  func remainder(_ data: [UInt8]) -> [UInt8] {
    var register = [UInt8](repeating: 0, count: generator.count)
    for byte in data {
      let factor = byte ^ register[0]
      for index in 0..<register.count {
        let next = index + 1 < register.count ? register[index + 1] : 0
        register[index] = next ^ Self.product(generator[index], factor)
      }
    }
    return register
  }

  static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
    var product: UInt8 = 0
    var left = left
    var right = right
    while right != 0 {
      if right & 1 != 0 { product ^= left }
      left = left << 1 ^ (left & 0x80 != 0 ? 0x1D : 0)
      right >>= 1
    }
    return product
  }
}
