/// Code 128 (ISO/IEC 15417).
///
/// Only what `GS k` can be told as well: code set B for printable ASCII and code set C for pairs
/// of digits; control characters of set A have no place on a ticket.
public enum Code128 {
  /// A stretch of one code set.
  public enum Run: Hashable, Sendable {
    /// Printable ASCII, a symbol character each.
    case text([UInt8])
    /// Pairs of digits as values 0 to 99, a symbol character each.
    case pairs([UInt8])
  }

  private static let codeB_value: UInt8 = 100
  private static let codeC_value: UInt8 = 99
  private static let startB_value: UInt8 = 104
  private static let startC_value: UInt8 = 105
  private static let checkModulus = 103

  /// The text in as few symbol characters as the rules of annex E of the standard give: set C
  /// from four digits at the beginning or the end, from six in between, or when there is nothing
  /// but a pair.
  public static func runs(_ text: String) throws(BarcodeError) -> [Run] {
    let bytes = Array(text.utf8)
    if let wrong = text.first(where: { !isPrintable($0) }) { throw .character(wrong) }
    var runs: [Run] = []
    var text: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let digits = bytes[index...].prefix { (48...57).contains($0) }.count
      let isAtEdge = index == 0 || index + digits == bytes.count
      guard digits >= (isAtEdge ? 4 : 6) || digits == bytes.count && digits == 2 else {
        text += bytes[index..<index + max(digits, 1)]
        index += max(digits, 1)
        continue
      }
      // An odd digit stands before the pairs, in the set that is on, but at the beginning behind.
      if digits % 2 == 1, index > 0 {
        text.append(bytes[index])
        index += 1
      }
      if !text.isEmpty { runs.append(.text(text)) }
      text = []
      let count = digits / 2
      runs.append(
        .pairs(
          (0..<count).map { (bytes[index + 2 * $0] - 48) * 10 + bytes[index + 2 * $0 + 1] - 48 }
        ))
      index += 2 * count
    }
    if !text.isEmpty { runs.append(.text(text)) }
    return runs
  }

  private static func isPrintable(_ character: Character) -> Bool {
    character.utf8.count == 1 && character.utf8.allSatisfy { (0x20...0x7E).contains($0) }
  }

  static func widths(_ text: String) throws(BarcodeError) -> [UInt8] {
    var values: [UInt8] = []
    for run in try runs(text) {
      switch run {
      case .text(let bytes):
        values.append(values.isEmpty ? startB_value : codeB_value)
        values += bytes.map { $0 - 32 }
      case .pairs(let pairs):
        values.append(values.isEmpty ? startC_value : codeC_value)
        values += pairs
      }
    }
    var sum = Int(values[0])
    for (place, value) in values.enumerated().dropFirst() { sum += place * Int(value) }
    values.append(UInt8(sum % checkModulus))
    return values.flatMap { pattern($0) } + stop
  }

  /// Three bars and three spaces of together eleven modules.
  private static func pattern(_ value: UInt8) -> [UInt8] {
    var digits = patterns[Int(value)]
    var widths = [UInt8](repeating: 0, count: 6)
    for place in (0..<6).reversed() {
      widths[place] = UInt8(digits % 10)
      digits /= 10
    }
    return widths
  }

  private static let stop: [UInt8] = [2, 3, 3, 1, 1, 1, 2]

  /// ISO/IEC 15417, table 1: widths of bar, space, bar, space, bar, space as decimal digits.
  private static let patterns: [Int] = [
    212222, 222122, 222221, 121223, 121322, 131222, 122213, 122312, 132212, 221213, 221312,
    231212, 112232, 122132, 122231, 113222, 123122, 123221, 223211, 221132, 221231, 213212,
    223112, 312131, 311222, 321122, 321221, 312212, 322112, 322211, 212123, 212321, 232121,
    111323, 131123, 131321, 112313, 132113, 132311, 211313, 231113, 231311, 112133, 112331,
    132131, 113123, 113321, 133121, 313121, 211331, 231131, 213113, 213311, 213131, 311123,
    311321, 331121, 312113, 312311, 332111, 314111, 221411, 431111, 111224, 111422, 121124,
    121421, 141122, 141221, 112214, 112412, 122114, 122411, 142112, 142211, 241211, 221114,
    413111, 241112, 134111, 111242, 121142, 121241, 114212, 124112, 124211, 411212, 421112,
    421211, 212141, 214121, 412121, 111143, 111341, 131141, 114113, 114311, 411113, 411311,
    113141, 114131, 311141, 411131, 211412, 211214, 211232,
  ]
}
