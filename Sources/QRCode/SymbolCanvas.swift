/// The square while it is drawn: dark modules, and which of them belong to function patterns.
struct SymbolCanvas {
  let version: Int
  let size: Int
  private var modules: [UInt8]
  private var isFunction: [UInt8]

  /// Draws every function pattern; format information is reserved and filled per mask.
  init(version: Int) {
    self.version = version
    size = QRCode.size_modules(version: version)
    modules = [UInt8](repeating: 0, count: size * size)
    isFunction = modules
    for index in 0..<size {
      setFunction(6, index, index % 2 == 0)
      setFunction(index, 6, index % 2 == 0)
    }
    drawFinder(centreX: 3, centreY: 3)
    drawFinder(centreX: size - 4, centreY: 3)
    drawFinder(centreX: 3, centreY: size - 4)
    drawAlignment()
    drawFormat(0)
    drawVersion()
  }

  private mutating func setFunction(_ x: Int, _ y: Int, _ dark: Bool) {
    modules[y * size + x] = dark ? 1 : 0
    isFunction[y * size + x] = 1
  }

  /// The square in a square of a corner with its light separator (6.3.3).
  private mutating func drawFinder(centreX: Int, centreY: Int) {
    for dy in -4...4 {
      for dx in -4...4 {
        let x = centreX + dx
        let y = centreY + dy
        guard x >= 0, y >= 0, x < size, y < size else { continue }
        let ring = max(abs(dx), abs(dy))
        setFunction(x, y, ring != 2 && ring != 4)
      }
    }
  }

  private mutating func drawAlignment() {
    let centres = SymbolLayout.alignmentCentres(version: version)
    guard let last = centres.last else { return }
    for y in centres {
      for x in centres {
        let isCorner = (x == 6 && y == 6) || (x == 6 && y == last) || (x == last && y == 6)
        if isCorner { continue }
        for dy in -2...2 {
          for dx in -2...2 { setFunction(x + dx, y + dy, max(abs(dx), abs(dy)) != 1) }
        }
      }
    }
  }

  /// Both copies of the 15 format bits and the module that is always dark (7.9).
  private mutating func drawFormat(_ bits: UInt32) {
    func isSet(_ bit: Int) -> Bool { bits >> UInt32(bit) & 1 != 0 }
    for bit in 0..<6 { setFunction(8, bit, isSet(bit)) }
    setFunction(8, 7, isSet(6))
    setFunction(8, 8, isSet(7))
    setFunction(7, 8, isSet(8))
    for bit in 9..<15 { setFunction(14 - bit, 8, isSet(bit)) }
    for bit in 0..<8 { setFunction(size - 1 - bit, 8, isSet(bit)) }
    for bit in 8..<15 { setFunction(8, size - 15 + bit, isSet(bit)) }
    setFunction(8, size - 8, true)
  }

  /// From version 7 on: 6 bits of version with their 12-bit remainder, twice (7.10).
  private mutating func drawVersion() {
    guard version >= 7 else { return }
    let bits = UInt32(version) << 12 | Self.remainder(UInt32(version), divisor: 0x1F25, degree: 12)
    for bit in 0..<18 {
      let dark = bits >> UInt32(bit) & 1 != 0
      setFunction(size - 11 + bit % 3, bit / 3, dark)
      setFunction(bit / 3, size - 11 + bit % 3, dark)
    }
  }

  /// Remainder of `value · x^degree` by a polynomial over GF(2): the BCH codes of annexes C and D.
  private static func remainder(_ value: UInt32, divisor: UInt32, degree: UInt32) -> UInt32 {
    var rest = value << degree
    while rest >> degree != 0 {
      let shift = UInt32(31 - rest.leadingZeroBitCount) - degree
      rest ^= divisor << shift
    }
    return rest
  }

  /// Codewords in columns of two, upwards and downwards in turn, from the bottom right (7.7.3).
  mutating func place(_ codewords: [UInt8]) {
    var bit = 0
    var right = size - 1
    var isUpward = true
    while right > 0 {
      // Column 6 is the timing line; pairs continue left of it.
      if right == 6 { right = 5 }
      for step in 0..<size {
        let y = isUpward ? size - 1 - step : step
        for x in [right, right - 1] where isFunction[y * size + x] == 0 {
          guard bit < codewords.count * 8 else { continue }
          modules[y * size + x] = codewords[bit / 8] >> UInt8(7 - bit % 8) & 1
          bit += 1
        }
      }
      right -= 2
      isUpward.toggle()
    }
  }

  /// The modules under the mask with the lowest penalty (7.8.3), and that mask.
  func withBestMask(level: QRCode.Level) -> (modules: [UInt8], mask: Int) {
    var best = (modules: modules, mask: 0)
    var lowest = Int.max
    for mask in 0..<8 {
      let candidate = masked(mask, level: level)
      let penalty = Penalty(modules: candidate.modules, size: size).total
      if penalty < lowest {
        lowest = penalty
        best = (candidate.modules, mask)
      }
    }
    return best
  }

  private func masked(_ mask: Int, level: QRCode.Level) -> SymbolCanvas {
    var copy = self
    for y in 0..<size {
      for x in 0..<size where isFunction[y * size + x] == 0 && Self.inverts(mask, x: x, y: y) {
        copy.modules[y * size + x] ^= 1
      }
    }
    copy.drawFormat(Self.formatBits(level: level, mask: mask))
    return copy
  }

  private static func formatBits(level: QRCode.Level, mask: Int) -> UInt32 {
    let indicator: UInt32 =
      switch level {
      case .low: 1
      case .medium: 0
      case .quartile: 3
      case .high: 2
      }
    let data = indicator << 3 | UInt32(mask)
    return (data << 10 | remainder(data, divisor: 0x537, degree: 10)) ^ 0x5412
  }

  /// The eight conditions of table 10.
  private static func inverts(_ mask: Int, x: Int, y: Int) -> Bool {
    switch mask {
    case 0: (x + y) % 2 == 0
    case 1: y % 2 == 0
    case 2: x % 3 == 0
    case 3: (x + y) % 3 == 0
    case 4: (x / 3 + y / 2) % 2 == 0
    case 5: x * y % 2 + x * y % 3 == 0
    case 6: (x * y % 2 + x * y % 3) % 2 == 0
    default: ((x + y) % 2 + x * y % 3) % 2 == 0
    }
  }
}
