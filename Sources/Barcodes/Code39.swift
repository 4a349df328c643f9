/// Code 39 (ISO/IEC 16388), without the optional check character.
enum Code39 {
  /// Wide elements, in modules; narrow ones have one.
  private static let wide_modules: UInt8 = 3

  static func widths(_ text: String) throws(BarcodeError) -> [UInt8] {
    if let wrong = text.first(where: { code($0) == nil || $0 == "*" }) { throw .character(wrong) }
    var widths: [UInt8] = []
    for character in "*" + text + "*" {
      if !widths.isEmpty { widths.append(1) }
      let bits = code(character) ?? 0
      widths += (0..<9).map { bits >> (8 - $0) & 1 == 1 ? wide_modules : 1 }
    }
    return widths
  }

  private static func code(_ character: Character) -> UInt16? {
    guard let place = alphabet.firstIndex(of: character) else { return nil }
    return codes[alphabet.distance(from: alphabet.startIndex, to: place)]
  }

  private static let alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%*"

  /// ISO/IEC 16388, table 1: five bars and four spaces in turns, 1 for a wide one.
  private static let codes: [UInt16] = [
    0b000110100, 0b100100001, 0b001100001, 0b101100000, 0b000110001, 0b100110000, 0b001110000,
    0b000100101, 0b100100100, 0b001100100,
    0b100001001, 0b001001001, 0b101001000, 0b000011001, 0b100011000, 0b001011000, 0b000001101,
    0b100001100, 0b001001100, 0b000011100,
    0b100000011, 0b001000011, 0b101000010, 0b000010011, 0b100010010, 0b001010010, 0b000000111,
    0b100000110, 0b001000110, 0b000010110,
    0b110000001, 0b011000001, 0b111000000, 0b010010001, 0b110010000, 0b011010000, 0b010000101,
    0b110000100, 0b011000100,
    0b010101000, 0b010100010, 0b010001010, 0b000101010, 0b010010100,
  ]
}
