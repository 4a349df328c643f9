import Pictures
import TestSeeds
import Testing

/// Pictures of all kinds, made by Netpbm and read by us.
@Suite struct ReadingTests {
  private static let ways = [
    "-nofilter", "-sub", "-up", "-avg", "-paeth", "-compression=0", "-compression=9",
  ]

  /// Every kind of PNG is made as often as `count` says; gives (colour type, depth) of what came.
  private func compare(_ seed: UInt64, interlace: Bool) throws -> Set<[UInt8]> {
    var random = Seeded(seed)
    var kinds: Set<[UInt8]> = []
    func check(_ sample: Sample, _ options: [String], _ expected: [UInt8]) throws {
      let way =
        [Self.ways.randomElement(using: &random) ?? "-sub"] + (interlace ? ["-interlace"] : [])
      let png = try Netpbm.run("pnmtopng", options + way, sample.file)
      let size = "\(sample.width) × \(sample.height), \(options) \(way), seed \(seed)"
      let picture = try GreyPicture(file: png)
      #expect(picture.width_px == sample.width && picture.height_px == sample.height, "\(size)")
      #expect(picture.luminance == expected, "\(size)")
      #expect(png[28] == (interlace ? 1 : 0), "\(size)")
      kinds.insert([png[25], png[24]])
    }
    for most in [1, 3, 15, 255, 65_535] {
      let sample = Sample(&random, channels: 1, most: most)
      try check(sample, ["-force"], sample.shades())
    }
    for colours in [1, 3, 15, 200] {
      var sample = Sample(&random, channels: 3, most: 255, colours: colours)
      // Beyond doubt no shade of grey, and transparent in part.
      sample.values.replaceSubrange(0..<3, with: [200, 10, 30])
      try check(sample, [], sample.shades())
      let name = Sample.name([200, 10, 30], 255)
      try check(sample, ["-transparent=" + name], sample.shades(transparent: [200, 10, 30]))
    }
    for most in [255, 65_535] {
      for channels in [1, 3] {
        var sample = Sample(&random, channels: channels, most: most)
        let clear = sample.dot(0)
        try check(sample, ["-force"], sample.shades())
        let name = Sample.name(clear, most)
        try check(sample, ["-force", "-transparent=" + name], sample.shades(transparent: clear))
        var alpha = Sample(&random, channels: 1, most: most)
        alpha.width = sample.width
        alpha.height = sample.height
        alpha.values = sample.values.prefix(sample.width * sample.height).map {
          _ in Int.random(in: 0...most, using: &random)
        }
        sample.most = most
        try Netpbm.withFile(alpha.file) {
          try check(sample, ["-force", "-alpha=" + $0], sample.shades(alpha: alpha))
        }
      }
    }
    return kinds
  }

  private static let allKinds: Set<[UInt8]> = [
    [0, 1], [0, 2], [0, 4], [0, 8], [0, 16], [2, 8], [2, 16], [3, 1], [3, 2], [3, 4], [3, 8],
    [4, 8], [4, 16], [6, 8], [6, 16],
  ]

  @Test("every kind of PNG looks as its maker meant it, from top to bottom and interlaced")
  func kinds() throws {
    for interlace in [false, true] {
      var kinds: Set<[UInt8]> = []
      for seed in Seeds.some(4) { kinds.formUnion(try compare(seed, interlace: interlace)) }
      #expect(kinds == Self.allKinds)
    }
  }

  @Test("pictures of any size from one dot on come through the seven passes of an interlaced PNG")
  func smallInterlaced() throws {
    for width in 1...9 {
      for height in 1...9 {
        var random = Seeded(UInt64(width * 16 + height))
        var sample = Sample(&random, channels: 1, most: 255, side_max: 1)
        sample.width = width
        sample.height = height
        sample.values = (0..<width * height).map { $0 * 3 % 256 }
        let png = try Netpbm.run("pnmtopng", ["-interlace", "-force"], sample.file)
        #expect(try GreyPicture(file: png).luminance == sample.shades(), "\(width) × \(height)")
      }
    }
  }

  @Test("bitmaps and greymaps are read, raw and as text, with comments")
  func portable() throws {
    for seed in Seeds.some(3) {
      var random = Seeded(seed)
      for most in [1, 15, 255, 65_535] {
        let sample = Sample(&random, channels: 1, most: most)
        let expected = sample.values.map { UInt8(($0 * 255 + most / 2) / most) }
        let text = try Netpbm.run("pnmtoplainpnm", [], sample.file)
        #expect(try GreyPicture(file: sample.file).luminance == expected, "seed \(seed)")
        #expect(try GreyPicture(file: text).luminance == expected, "seed \(seed)")
        let dots = try Netpbm.run("pamditherbw", ["-threshold"], sample.file)
        let bits = try Netpbm.run("pamtopnm", [], dots)
        let plain = try Netpbm.run("pnmtoplainpnm", [], bits)
        #expect(bits.starts(with: Array("P4".utf8)) && plain.starts(with: Array("P1".utf8)))
        #expect(try GreyPicture(file: bits) == GreyPicture(file: plain), "seed \(seed)")
        let black = try GreyPicture(file: bits).luminance.map { $0 == 0 }
        #expect(black == sample.values.map { $0 * 2 < most }, "seed \(seed), \(most)")
      }
    }
    let remarked = "P1 # black and white\n2 # wide\n 2\n01 # first row\n1 0"
    #expect(try GreyPicture(file: Array(remarked.utf8)).luminance == [255, 0, 0, 255])
  }
}
