/// Packs bytes as one block of the fixed code (RFC 1951, 3.2.6) within zlib (RFC 1950). Pictures of
/// tickets are rows that repeat, and runs of white: two places to look for a match are enough.
struct Deflate {
  private var output: [UInt8] = [0x78, 0x01]
  private var bits: UInt32 = 0
  private var bitCount: UInt32 = 0

  private static let match_min = 3

  /// `rowLength` bytes back stands what is most likely the same.
  static func zlib(_ bytes: [UInt8], rowLength: Int) -> [UInt8] {
    var deflate = Deflate()
    deflate.pack(bytes, rowLength: rowLength)
    let sum = Adler32.of(bytes)
    return deflate.output + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
  }

  private mutating func pack(_ bytes: [UInt8], rowLength: Int) {
    put(1, 1)
    put(1, 2)
    var recent = [Int](repeating: -1, count: 1 << Self.hashBits)
    var place = 0
    while place < bytes.count {
      var best = (count: 0, back: 0)
      func consider(_ back: Int) {
        guard back >= 1, back <= place, back <= DeflateTables.window_bytes else { return }
        let count = Self.match(bytes, place, back)
        if count > best.count { best = (count, back) }
      }
      consider(1)
      consider(rowLength)
      let hash = Self.hash(bytes, place)
      if let hash, best.count < DeflateTables.match_max {
        if recent[hash] >= 0 { consider(place - recent[hash]) }
      }
      if let hash { recent[hash] = place }
      if best.count >= Self.match_min {
        put(length: best.count, back: best.back)
        place += best.count
      } else {
        put(symbol: Int(bytes[place]))
        place += 1
      }
    }
    put(symbol: DeflateTables.endOfBlock)
    if bitCount > 0 { put(0, 8 - bitCount) }
  }

  private static let hashBits = 12

  private static func hash(_ bytes: [UInt8], _ place: Int) -> Int? {
    guard place + match_min <= bytes.count else { return nil }
    let three =
      UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2]) << 16
    return Int((three &* 0x9E37_79B1) >> UInt32(32 - hashBits))
  }

  private static func match(_ bytes: [UInt8], _ place: Int, _ back: Int) -> Int {
    let end = min(bytes.count, place + DeflateTables.match_max)
    var at = place
    while at < end, bytes[at] == bytes[at - back] { at += 1 }
    return at - place
  }

  // MARK: codes

  private mutating func put(symbol: Int) {
    let (code, length) = Self.literals[symbol]
    put(code, length)
  }

  private mutating func put(length: Int, back: Int) {
    let code = Self.code(length, in: DeflateTables.lengths)
    put(symbol: 257 + code)
    let bytes = DeflateTables.lengths[code]
    put(UInt32(length - bytes.base), UInt32(bytes.extra))
    let place = Self.code(back, in: DeflateTables.distances)
    put(UInt32(HuffmanCode.reverse(place, 5)), 5)
    let distance = DeflateTables.distances[place]
    put(UInt32(back - distance.base), UInt32(distance.extra))
  }

  /// The last code whose base is not above the value.
  private static func code(_ value: Int, in table: [(base: Int, extra: Int)]) -> Int {
    var low = 0
    var high = table.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if table[middle].base <= value { low = middle } else { high = middle }
    }
    return low
  }

  /// The fixed code with its bits in the order in which they are sent.
  private static let literals: [(code: UInt32, length: UInt32)] = (0..<288).map { symbol in
    let (code, length) =
      switch symbol {
      case 0..<144: (0x30 + symbol, 8)
      case 144..<256: (0x190 + symbol - 144, 9)
      case 256..<280: (symbol - 256, 7)
      default: (0xC0 + symbol - 280, 8)
      }
    return (UInt32(HuffmanCode.reverse(code, length)), UInt32(length))
  }

  private mutating func put(_ value: UInt32, _ count: UInt32) {
    bits |= value << bitCount
    bitCount += count
    while bitCount >= 8 {
      output.append(UInt8(truncatingIfNeeded: bits))
      bits >>= 8
      bitCount -= 8
    }
  }
}
