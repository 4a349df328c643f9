import Pictures
import TestSeeds
import Testing

/// Dots that we write and Netpbm reads; and shades that become dots.
@Suite struct WritingTests {
  private func dots(_ random: inout Seeded, _ side_max: Int) throws -> DotPicture {
    let width = Int.random(in: 1...side_max, using: &random)
    let height = Int.random(in: 1...side_max, using: &random)
    let stride = (width + 7) / 8
    let last: UInt8 = width % 8 == 0 ? 0xFF : ~(0xFF >> UInt8(width % 8))
    let density = Int.random(in: 1...40, using: &random)
    var rows: [UInt8] = []
    for y in 0..<height {
      if y > 0, random.chance(2) {
        rows += rows.suffix(stride)
        continue
      }
      rows += (0..<stride).map { _ in
        random.chance(density) ? UInt8.random(in: 0...255, using: &random) : 0
      }
      rows[rows.count - 1] &= last
    }
    return try #require(DotPicture(width_px: width, height_px: height, rows: rows))
  }

  @Test("a PNG of ours is the same picture to an independent reader, and to us")
  func png() throws {
    for seed in Seeds.some(40) {
      var random = Seeded(seed)
      let picture = try dots(&random, 300)
      let png = picture.png(dpi: 203)
      #expect(try Netpbm.run("pngtopnm", [], png) == picture.pbm, "seed \(seed)")
      #expect(try GreyPicture(file: png).dithered() == picture, "seed \(seed)")
      #expect(try GreyPicture(file: picture.pbm).dithered() == picture, "seed \(seed)")
    }
  }

  @Test("white paper packs to next to nothing, and noise to little more than itself")
  func size() throws {
    let white = [UInt8](repeating: 0, count: 64 * 1200)
    let paper = try #require(DotPicture(width_px: 512, height_px: 1200, rows: white))
    #expect(paper.png().count < 800)
    var random = Seeded(1)
    let noise = (0..<64 * 1200).map { _ in UInt8.random(in: 0...255, using: &random) }
    let dirt = try #require(DotPicture(width_px: 512, height_px: 1200, rows: noise))
    #expect(dirt.png().count < noise.count * 9 / 8)
  }

  @Test("a grey area gets as many black dots as it is dark")
  func density() throws {
    for shade in stride(from: 0, through: 255, by: 15) {
      let luminance = [UInt8](repeating: UInt8(shade), count: 200 * 200)
      let grey = try #require(GreyPicture(width_px: 200, height_px: 200, luminance: luminance))
      let black = grey.dithered().rows.reduce(0) { $0 + $1.nonzeroBitCount }
      #expect(abs(black - 40_000 * (255 - shade) / 255) < 400, "shade \(shade)")
    }
  }

  @Test("a scaled picture keeps its proportion and its mean")
  func scaling() throws {
    let luminance = (0..<120 * 60).map { UInt8($0 % 120 < 60 ? 0 : 255) }
    let half = try #require(GreyPicture(width_px: 120, height_px: 60, luminance: luminance))
    for width in [1, 7, 60, 240] {
      let scaled = half.scaled(toWidth: width)
      #expect(scaled.width_px == width && scaled.height_px == max((width + 1) / 2, 1))
      let mean = scaled.luminance.reduce(0) { $0 + Int($1) } / scaled.luminance.count
      #expect((90...165).contains(mean), "width \(width)")
    }
    #expect(half.scaled(toWidth: 60).luminance.allSatisfy { $0 == 0 || $0 == 255 })
  }
}
