/// Text as a sign can show it. Signs have a fixed repertoire; a byte outside of it shows as
/// rubbish or, in the Alpha protocol, is a command.
public enum SignText {
  /// What stands for a character that the sign does not have.
  public static let replacement = UInt8(ascii: "?")

  /// Printable ASCII, 0x20...0x7E. Letters with accents lose them, typographic dashes, arrows,
  /// quotes and spaces take their ASCII form, combining marks fall away; all else becomes `?`.
  public static func ascii(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x20...0x7E: bytes.append(UInt8(scalar.value))
      case 0xA0, 0x2000...0x200A, 0x202F: bytes.append(UInt8(ascii: " "))
      case 0xC0...0xFF: bytes.append(latin1[Int(scalar.value) - 0xC0])
      case 0x300...0x36F, 0x200B...0x200F, 0xFE00...0xFE0F: continue
      case 0x2010...0x2015, 0x2212: bytes.append(UInt8(ascii: "-"))
      case 0x2018, 0x2019: bytes.append(UInt8(ascii: "'"))
      case 0x201C...0x201E: bytes.append(UInt8(ascii: "\""))
      case 0x2190: bytes.append(UInt8(ascii: "<"))
      case 0x2191: bytes.append(UInt8(ascii: "^"))
      case 0x2193: bytes.append(UInt8(ascii: "v"))
      case 0x2192, 0x203A, 0x25B6: bytes.append(UInt8(ascii: ">"))
      default: bytes.append(replacement)
      }
    }
    return bytes
  }

  /// The nearest ASCII letter to each of U+00C0...U+00FF.
  private static let latin1 = Array(
    "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty".utf8)

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
