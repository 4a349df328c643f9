/// Unpacks deflate (RFC 1951) within zlib (RFC 1950): stored, fixed and dynamic blocks.
struct Inflate {
  private let bytes: [UInt8]
  private var next = 0
  private var bits: UInt32 = 0
  private var bitCount = 0
  private var output: [UInt8] = []
  private let size_max: Int

  /// The bytes of a zlib stream; more than `size_max` are refused, so that a small file cannot
  /// fill the memory.
  static func zlib(_ bytes: [UInt8], size_max: Int) throws(PictureError) -> [UInt8] {
    guard bytes.count >= 2 else { throw .truncated }
    let header = Int(bytes[0]) << 8 | Int(bytes[1])
    guard bytes[0] & 0x0F == 8, bytes[0] >> 4 <= 7, header % 31 == 0, bytes[1] & 0x20 == 0 else {
      throw .malformed("its data does not begin as zlib does")
    }
    var inflate = Inflate(bytes, from: 2, size_max: size_max)
    try inflate.unpack()
    let end = inflate.next - inflate.bitCount / 8
    guard bytes.count >= end + 4 else { throw .truncated }
    let sum = bytes[end..<end + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard Adler32.of(inflate.output) == sum else { throw .badChecksum(of: "the packed data") }
    return inflate.output
  }

  private init(_ bytes: [UInt8], from start: Int, size_max: Int) {
    self.bytes = bytes
    self.size_max = size_max
    next = start
  }

  private mutating func unpack() throws(PictureError) {
    var isLast = false
    while !isLast {
      isLast = try take(1) == 1
      switch try take(2) {
      case 0: try unpackStored()
      case 1:
        try unpack(
          literals: HuffmanCode(DeflateTables.fixedLiteralLengths[...]),
          distances: HuffmanCode(DeflateTables.fixedDistanceLengths[...]))
      case 2: try unpackDynamic()
      default: throw .malformed("a block of its data is of no known kind")
      }
    }
  }

  private mutating func unpackStored() throws(PictureError) {
    next -= bitCount / 8
    bits = 0
    bitCount = 0
    guard next + 4 <= bytes.count else { throw .truncated }
    let count = Int(bytes[next]) | Int(bytes[next + 1]) << 8
    let check = Int(bytes[next + 2]) | Int(bytes[next + 3]) << 8
    guard count == ~check & 0xFFFF else { throw .malformed("a stored block has no sound length") }
    next += 4
    guard next + count <= bytes.count else { throw .truncated }
    try makeRoom(count)
    output += bytes[next..<next + count]
    next += count
  }

  private mutating func unpackDynamic() throws(PictureError) {
    let literalCount = try take(5) + 257
    let distanceCount = try take(5) + 1
    let lengthCount = try take(4) + 4
    guard literalCount <= 286, distanceCount <= 30 else {
      throw .malformed("a block of its data has too many codes")
    }
    var lengths = [UInt8](repeating: 0, count: 19)
    for place in DeflateTables.lengthOrder.prefix(lengthCount) {
      lengths[place] = UInt8(try take(3))
    }
    let code = try HuffmanCode(lengths[...])
    var all: [UInt8] = []
    while all.count < literalCount + distanceCount {
      let symbol = try decode(code)
      switch symbol {
      case 0...15: all.append(UInt8(symbol))
      case 16:
        guard let last = all.last else { throw .malformed("a code repeats what is not there") }
        all += Array(repeating: last, count: try take(2) + 3)
      case 17: all += Array(repeating: 0, count: try take(3) + 3)
      default: all += Array(repeating: 0, count: try take(7) + 11)
      }
    }
    guard all.count == literalCount + distanceCount, all[DeflateTables.endOfBlock] > 0 else {
      throw .malformed("the codes of a block do not add up")
    }
    try unpack(
      literals: HuffmanCode(all[..<literalCount]), distances: HuffmanCode(all[literalCount...]))
  }

  private mutating func unpack(
    literals: HuffmanCode, distances: HuffmanCode
  ) throws(PictureError) {
    while true {
      let symbol = try decode(literals)
      if symbol < DeflateTables.endOfBlock {
        try makeRoom(1)
        output.append(UInt8(symbol))
        continue
      }
      if symbol == DeflateTables.endOfBlock { return }
      guard symbol - 257 < DeflateTables.lengths.count else {
        throw .malformed("its data uses a length that does not exist")
      }
      let length = DeflateTables.lengths[symbol - 257]
      let count = length.base + (try take(length.extra))
      let distanceSymbol = try decode(distances)
      guard distanceSymbol < DeflateTables.distances.count else {
        throw .malformed("its data uses a distance that does not exist")
      }
      let distance = DeflateTables.distances[distanceSymbol]
      let back = distance.base + (try take(distance.extra))
      guard back <= output.count else { throw .malformed("its data points before its beginning") }
      try makeRoom(count)
      // One by one: what is copied may reach into what is being written.
      for _ in 0..<count { output.append(output[output.count - back]) }
    }
  }

  private func makeRoom(_ count: Int) throws(PictureError) {
    guard output.count + count <= size_max else {
      throw .malformed("it holds more dots than its size says")
    }
  }

  // MARK: bits, the lowest first

  private mutating func fill(_ count: Int) {
    while bitCount < count, next < bytes.count {
      bits |= UInt32(bytes[next]) << UInt32(bitCount)
      next += 1
      bitCount += 8
    }
  }

  private mutating func take(_ count: Int) throws(PictureError) -> Int {
    fill(count)
    guard bitCount >= count else { throw .truncated }
    defer { drop(count) }
    return Int(bits & (1 << UInt32(count) - 1))
  }

  private mutating func drop(_ count: Int) {
    bits >>= UInt32(count)
    bitCount -= count
  }

  private mutating func decode(_ code: HuffmanCode) throws(PictureError) -> Int {
    fill(code.length_max)
    let entry = code.table[Int(bits & (1 << UInt32(code.length_max) - 1))]
    let length = Int(entry & 0x0F)
    guard length > 0 else {
      throw bitCount < code.length_max
        ? .truncated : .malformed("its data uses a code that does not exist")
    }
    guard length <= bitCount else { throw .truncated }
    drop(length)
    return Int(entry >> 4)
  }
}

/// A canonical Huffman code (RFC 1951, section 3.2.2) as one table of all bits that may come.
struct HuffmanCode {
  /// Symbol × 16 + length by the next bits; 0: no such code.
  let table: [UInt16]
  let length_max: Int

  /// More codes of a length than there can be are refused; fewer are sound where a block has one
  /// distance only, and what is missing is noticed when it is used.
  init(_ lengths: ArraySlice<UInt8>) throws(PictureError) {
    let longest = Int(lengths.max() ?? 0)
    length_max = max(longest, 1)
    var counts = [Int](repeating: 0, count: 16)
    for length in lengths where length > 0 { counts[Int(length)] += 1 }
    var firsts = [Int](repeating: 0, count: 16)
    var code = 0
    for length in 1...15 {
      code = (code + (length > 1 ? counts[length - 1] : 0)) << 1
      firsts[length] = code
      guard code + counts[length] <= 1 << length else {
        throw .malformed("a block of its data has codes that contradict each other")
      }
    }
    var table = [UInt16](repeating: 0, count: 1 << length_max)
    for (symbol, length) in lengths.enumerated() where length > 0 {
      let length = Int(length)
      let reversed = Self.reverse(firsts[length], length)
      firsts[length] += 1
      for place in stride(from: reversed, to: table.count, by: 1 << length) {
        table[place] = UInt16(symbol << 4 | length)
      }
    }
    self.table = table
  }

  static func reverse(_ code: Int, _ length: Int) -> Int {
    (0..<length).reduce(0) { $0 << 1 | code >> $1 & 1 }
  }
}
