import TestSeeds

/// A picture of random dots as Netpbm's formats hold it, and what it should look like in shades.
struct Sample {
  var width: Int
  var height: Int
  /// Samples a dot: 1 or 3.
  var channels: Int
  var most: Int
  var values: [Int]

  /// `colours` different dots at most; nil for any.
  init(
    _ random: inout Seeded, channels: Int, most: Int, colours: Int? = nil, side_max: Int = 40
  ) {
    width = Int.random(in: 1...side_max, using: &random)
    height = Int.random(in: 1...side_max, using: &random)
    self.channels = channels
    self.most = most
    func dot(_ random: inout Seeded) -> [Int] {
      (0..<channels).map { _ in Int.random(in: 0...most, using: &random) }
    }
    let few = colours.map { count in (0..<count).map { _ in dot(&random) } }
    values = (0..<width * height).flatMap { _ in few?.randomElement(using: &random) ?? dot(&random)
    }
  }

  /// P5 or P6.
  var file: [UInt8] {
    let header = "P\(channels == 1 ? 5 : 6)\n\(width) \(height)\n\(most)\n"
    return Array(header.utf8)
      + values.flatMap { most > 255 ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0)] }
  }

  func dot(_ index: Int) -> [Int] { Array(values[index * channels..<(index + 1) * channels]) }

  private func eight(_ value: Int) -> Int { most > 255 ? value >> 8 : value * 255 / most }

  func shade(_ index: Int) -> Int {
    let parts = dot(index).map(eight)
    if channels == 1 { return parts[0] }
    return (299 * parts[0] + 587 * parts[1] + 114 * parts[2] + 500) / 1000
  }

  /// As it looks on white paper.
  func shades(alpha: Sample? = nil, transparent: [Int]? = nil) -> [UInt8] {
    (0..<width * height).map { index in
      if let transparent, dot(index) == transparent { return 255 }
      let alpha = alpha.map { $0.eight($0.values[index]) } ?? 255
      return UInt8((shade(index) * alpha + 255 * (255 - alpha) + 127) / 255)
    }
  }

  /// The colour as Netpbm's options take it.
  static func name(_ dot: [Int], _ most: Int) -> String {
    let three = dot.count == 1 ? [dot[0], dot[0], dot[0]] : dot
    let digits = most > 255 ? 4 : 2
    return "#"
      + three.map {
        let text = String($0 * (most > 255 ? 65_535 : 255) / most, radix: 16)
        return String(repeating: "0", count: digits - text.count) + text
      }.joined()
  }
}
