/// How hard a masked symbol is to scan (ISO/IEC 18004, table 11).
struct Penalty {
  private let modules: [UInt8]
  private let size: Int

  init(modules: [UInt8], size: Int) {
    self.modules = modules
    self.size = size
  }

  var total: Int {
    var total = blocks + balance
    for line in 0..<size {
      total += lineScore(start: line * size, stride: 1)
      total += lineScore(start: line, stride: size)
    }
    return total
  }

  /// Runs of five or more of one colour, and finder look-alikes 1011101 with four light modules
  /// on a side; the quiet zone counts as light.
  private func lineScore(start: Int, stride: Int) -> Int {
    var score = 0
    var run = 0
    var previous: UInt8 = 2
    // The last 11 modules, newest lowest; begins as light quiet zone.
    var window: UInt16 = 0
    for index in 0..<size + QRCode.quietZone_modules {
      let isInside = index < size
      let module = isInside ? modules[start + index * stride] : 0
      window = (window << 1 | UInt16(module)) & 0x7FF
      if window == 0b101_1101_0000 || window == 0b000_0101_1101 { score += 40 }
      guard isInside else { continue }
      run = module == previous ? run + 1 : 1
      previous = module
      if run == 5 { score += 3 } else if run > 5 { score += 1 }
    }
    return score
  }

  /// Three for each 2 × 2 block of one colour.
  private var blocks: Int {
    var count = 0
    for y in 0..<size - 1 {
      for x in 0..<size - 1 {
        let here = y * size + x
        let sum =
          modules[here] + modules[here + 1] + modules[here + size] + modules[here + size + 1]
        if sum == 0 || sum == 4 { count += 1 }
      }
    }
    return count * 3
  }

  /// Ten for each five percent that the dark share is away from one half.
  private var balance: Int {
    let dark = modules.reduce(0) { $0 + Int($1) }
    return abs(dark * 20 - modules.count * 10) / modules.count * 10
  }
}
