/// Characters as the segments of a digit, whose bits a profile puts in order. Segments have their
/// usual letters: `a` on top, then clockwise to `f`, `g` in the middle, `p` the point.
///
/// Only characters with a shape of their own are shown. `S` and `5`, `Z` and `2`, `B` and `8` look
/// the same, so that `S012` would be the number 5012: there are no such letters here.
public struct SevenSegments: Hashable, Sendable {
  public static let letters = Array("abcdefgp".utf8)

  /// Bit 0 to 7 of a byte, a segment each.
  public let bits: [UInt8]
  /// A bit of 0 is lit.
  public let isInverted: Bool
  /// Each digit has a point, which takes no place of its own.
  public let hasPoint: Bool

  public init() {
    bits = Self.letters
    isInverted = false
    hasPoint = true
  }

  /// - Parameter bits: the letters of `letters` in any order, from bit 0; nil for anything else.
  public init?(bits: [UInt8], isInverted: Bool, hasPoint: Bool) {
    guard bits.sorted() == Self.letters else { return nil }
    self.bits = bits
    self.isInverted = isInverted
    self.hasPoint = hasPoint
  }

  private static let glyphs: [(character: UInt8, segments: String)] = [
    (0x20, ""), (0x2D, "g"), (0x5F, "d"), (0x3D, "dg"),
    (0x30, "abcdef"), (0x31, "bc"), (0x32, "abdeg"), (0x33, "abcdg"), (0x34, "bcfg"),
    (0x35, "acdfg"), (0x36, "acdefg"), (0x37, "abc"), (0x38, "abcdefg"), (0x39, "abcdfg"),
    (UInt8(ascii: "A"), "abcefg"), (UInt8(ascii: "b"), "cdefg"), (UInt8(ascii: "C"), "adef"),
    (UInt8(ascii: "c"), "deg"), (UInt8(ascii: "d"), "bcdeg"), (UInt8(ascii: "E"), "adefg"),
    (UInt8(ascii: "F"), "aefg"), (UInt8(ascii: "H"), "bcefg"), (UInt8(ascii: "h"), "cefg"),
    (UInt8(ascii: "J"), "bcd"), (UInt8(ascii: "L"), "def"), (UInt8(ascii: "n"), "ceg"),
    (UInt8(ascii: "o"), "cdeg"), (UInt8(ascii: "P"), "abefg"), (UInt8(ascii: "r"), "eg"),
    (UInt8(ascii: "t"), "defg"), (UInt8(ascii: "U"), "bcdef"), (UInt8(ascii: "u"), "cde"),
    (UInt8(ascii: "y"), "bcdfg"),
  ]

  /// The nearest character that can be shown: itself, or the same letter small or capital.
  static func shown(_ character: UInt8) -> UInt8? {
    let other = SignText.isLetter(character) ? character ^ 0x20 : character
    return [character, other].first { wanted in glyphs.contains { $0.character == wanted } }
  }

  /// The byte of a place.
  func byte(_ character: UInt8, point: Bool) -> UInt8 {
    let lit = Self.glyphs.first { $0.character == character }?.segments ?? "g"
    var byte: UInt8 = 0
    for (bit, segment) in bits.enumerated() {
      let isLit = segment == UInt8(ascii: "p") ? point : lit.utf8.contains(segment)
      if isLit { byte |= 1 << UInt8(bit) }
    }
    return isInverted ? ~byte : byte
  }

  /// What a place shows; nil when its segments are no character.
  func character(_ byte: UInt8) -> (character: UInt8, point: Bool)? {
    for (character, _) in Self.glyphs {
      if self.byte(character, point: false) == byte { return (character, false) }
      if hasPoint, self.byte(character, point: true) == byte { return (character, true) }
    }
    return nil
  }

  /// Whether a line of seven data bits loses a segment.
  var needsEightBits: Bool { isInverted || hasPoint || bits.last != UInt8(ascii: "p") }
}
