import Pictures
import TestSeeds
import Testing

/// Files that are no sound pictures: each gets its reason, none traps.
@Suite struct DamageTests {
  private func files() throws -> [[UInt8]] {
    var random = Seeded(7)
    let grey = Sample(&random, channels: 1, most: 255)
    let colours = Sample(&random, channels: 3, most: 255, colours: 9)
    return [
      try Netpbm.run("pnmtopng", ["-interlace"], grey.file),
      try Netpbm.run("pnmtopng", ["-paeth"], colours.file),
      try Netpbm.run("pnmtopng", ["-compression=0"], grey.file), grey.file,
      try Netpbm.run("pnmtoplainpnm", [], grey.file),
    ]
  }

  private func problem(_ bytes: [UInt8]) -> PictureError? {
    do throws(PictureError) {
      _ = try GreyPicture(file: bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test("every beginning of a file is refused as cut off")
  func prefixes() throws {
    for file in try files() {
      // A text ends within its last number or the blanks behind it without a loss to notice.
      let isText = file.starts(with: Array("P2".utf8))
      for count in 1..<file.count - (isText ? 4 : 0) {
        #expect(problem(Array(file[..<count])) == .truncated, "\(count) of \(file.count)")
      }
    }
    #expect(problem([]) == .unknownKind)
  }

  @Test("a changed byte of a PNG is noticed wherever it stands")
  func changes() throws {
    for seed in Seeds.some(2) {
      var random = Seeded(seed)
      for file in try files().prefix(3) {
        for place in file.indices {
          var damaged = file
          damaged[place] ^= UInt8.random(in: 1...255, using: &random)
          #expect(problem(damaged) != nil, "byte \(place), seed \(seed)")
        }
      }
    }
  }

  @Test("a sound checksum around nonsense is refused as well, or gives a picture")
  func resealed() throws {
    for seed in Seeds.some(2) {
      var random = Seeded(seed)
      for file in try files().prefix(3) {
        for _ in 0..<400 {
          var damaged = file
          for _ in 0..<Int.random(in: 1...4, using: &random) {
            damaged[Int.random(in: 8..<file.count, using: &random)] = UInt8.random(
              in: 0...255, using: &random)
          }
          let sealed = PNGSeal.seal(damaged)
          if let picture = try? GreyPicture(file: sealed) {
            #expect(picture.luminance.count == picture.width_px * picture.height_px)
          }
        }
      }
    }
  }

  @Test("what is too large is refused before it is unpacked")
  func bounds() throws {
    func header(_ width: UInt8, _ height: UInt8) -> [UInt8] {
      let size: [UInt8] = [0, 0, width, 1, 0, 0, height, 0, 8, 0, 0, 0, 0]
      return PNGSeal.seal(
        PNGSeal.signature + [0, 0, 0, 13] + Array("IHDR".utf8) + size + [0, 0, 0, 0])
    }
    #expect(problem(header(16, 1)) == .badSize(width: 4097, height: 256))
    #expect(problem(header(15, 0)) == .badSize(width: 3841, height: 0))
    #expect(problem(header(15, 16)) == .truncated)
    #expect(problem(Array("P4 4097 1 ".utf8)) == .badSize(width: 4097, height: 1))
    let large = [UInt8](repeating: 0x50, count: GreyPicture.file_bytes_max + 1)
    #expect(problem(large) == .fileTooLarge(bytes: GreyPicture.file_bytes_max + 1))
    #expect(problem(Array("P3 1 1 1 0 0 0".utf8)) == .unknownKind)
    #expect(problem(Array("GIF89a".utf8)) == .unknownKind)
    #expect(problem(Array("P2 1 1 3 4".utf8))?.problem.code == "picture-malformed")
  }
}

/// Gives the parts of a PNG their right checksums again.
enum PNGSeal {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  static func seal(_ file: [UInt8]) -> [UInt8] {
    var file = file
    var place = 8
    while place + 12 <= file.count {
      let length = file[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = place + 8 + length
      guard end + 4 <= file.count else { return file }
      let sum = crc(file[place + 4..<end])
      for index in 0..<4 {
        file[end + index] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * index))
      }
      place = end + 4
    }
    return file
  }

  /// Bit by bit, as the specification's annex says it in words.
  private static func crc(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var value = UInt32.max
    for byte in bytes {
      for bit in 0..<8 {
        let low = (value ^ UInt32(byte) >> UInt32(bit)) & 1
        value = value >> 1 ^ (low == 1 ? 0xEDB8_8320 : 0)
      }
    }
    return ~value
  }
}
