import PlainLetters

/// Text as a sign can show it. Signs have a fixed repertoire; a byte outside of it shows as
/// rubbish or, in the Alpha protocol, is a command.
public enum SignText {
  /// What stands for a character that the sign does not have.
  public static let replacement = UInt8(ascii: "?")

  /// Printable ASCII, 0x20...0x7E. Letters with accents lose them, `ß` is `ss`, `€` is `EUR`;
  /// dashes, arrows, quotes and spaces take their ASCII form, combining marks fall away; what has
  /// no such form becomes `?`.
  public static func ascii(_ text: String) -> [UInt8] {
    text.unicodeScalars.flatMap { scalar in
      scalar.isASCII && isPrintable(UInt8(scalar.value))
        ? [UInt8(scalar.value)] : plain(scalar)
    }
  }

  private static func plain(_ scalar: Unicode.Scalar) -> [UInt8] {
    if Transliteration.isInvisible(scalar) { return [] }
    if let arrow = arrows[scalar] { return [arrow] }
    let known = Transliteration.alternatives(scalar).first { $0.utf8.allSatisfy(isPrintable) }
    return known.map { Array($0.utf8) } ?? [replacement]
  }

  /// One place each: a way to a counter stands beside its name.
  private static let arrows: [Unicode.Scalar: UInt8] = [
    "\u{2190}": UInt8(ascii: "<"), "\u{2191}": UInt8(ascii: "^"), "\u{2192}": UInt8(ascii: ">"),
    "\u{2193}": UInt8(ascii: "v"), "\u{203A}": UInt8(ascii: ">"), "\u{25B6}": UInt8(ascii: ">"),
  ]

  /// Lower-case ASCII letters become capitals.
  static func uppercased(_ bytes: [UInt8]) -> [UInt8] {
    bytes.map { isLower($0) ? $0 - 0x20 : $0 }
  }

  static func isLower(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }

  static func isLetter(_ byte: UInt8) -> Bool {
    isLower(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  static func isWord(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }

  static func isPrintable(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) }

  static func string(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: Array(bytes), as: UTF8.self)
  }

  /// Two upper-case hexadecimal digits for each byte.
  static func hex(_ bytes: some Sequence<UInt8>, separator: String = "") -> String {
    bytes.map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return digits.utf8.count == 1 ? "0" + digits : digits
    }.joined(separator: separator)
  }
}
