/// EAN-13 (ISO/IEC 15420).
enum EAN13 {
  /// Twelve digits with their check digit; thirteen are checked.
  static func completed(_ text: String) throws(BarcodeError) -> String {
    if let wrong = text.first(where: { !("0"..."9").contains($0) }) { throw .character(wrong) }
    let digits = text.utf8.map { Int($0) - 48 }
    guard digits.count == 12 || digits.count == 13 else { throw .digitCount(digits.count) }
    let right = checkDigit(digits.prefix(12))
    guard digits.count == 13 else { return text + String(right) }
    guard digits[12] == right else { throw .checkDigit(given: digits[12], right: right) }
    return text
  }

  /// Weights one and three in turns, filled up to a multiple of ten.
  private static func checkDigit(_ digits: some Collection<Int>) -> Int {
    let sum = digits.enumerated().reduce(0) { $0 + $1.element * ($1.offset % 2 == 0 ? 1 : 3) }
    return (10 - sum % 10) % 10
  }

  /// The first digit is told by which of the six on the left come from set B.
  static func widths(_ text: String) -> [UInt8] {
    let digits = text.utf8.map { Int($0) - 48 }
    var widths = guardBars
    for (place, digit) in digits[1...6].enumerated() {
      let usesB = parities[digits[0]] >> (5 - place) & 1 == 1
      widths += usesB ? setA[digit].reversed() : setA[digit]
    }
    widths += [1, 1, 1, 1, 1]
    for digit in digits[7...12] { widths += setA[digit] }
    return widths + guardBars
  }

  private static let guardBars: [UInt8] = [1, 1, 1]

  /// Set A as widths, beginning with a space on the left half. Set C, on the right, has the same
  /// widths beginning with a bar; set B is A backwards.
  private static let setA: [[UInt8]] = [
    [3, 2, 1, 1], [2, 2, 2, 1], [2, 1, 2, 2], [1, 4, 1, 1], [1, 1, 3, 2],
    [1, 2, 3, 1], [1, 1, 1, 4], [1, 3, 1, 2], [1, 2, 1, 3], [3, 1, 1, 2],
  ]

  /// For the first digit 0 to 9: which of the six left digits, from the highest bit, are of set B.
  private static let parities: [UInt8] = [
    0b000000, 0b001011, 0b001101, 0b001110, 0b010011, 0b011001, 0b011100, 0b010101, 0b010110,
    0b011010,
  ]
}
