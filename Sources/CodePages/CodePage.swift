/// A single-byte character set: ASCII below 0x80, 128 characters of its own above. The raw value
/// is the name in printer profiles.
public enum CodePage: String, CaseIterable, Sendable, Comparable {
  case cp437, cp737, cp775, cp850, cp852, cp855, cp857, cp858, cp860, cp861, cp862, cp863
  case cp865, cp866, cp869, cp874, cp1125
  case cp1250, cp1251, cp1252, cp1253, cp1254, cp1255, cp1256, cp1257, cp1258
  case iso8859_1 = "iso8859-1"
  case iso8859_2 = "iso8859-2"
  case iso8859_3 = "iso8859-3"
  case iso8859_4 = "iso8859-4"
  case iso8859_5 = "iso8859-5"
  case iso8859_6 = "iso8859-6"
  case iso8859_7 = "iso8859-7"
  case iso8859_8 = "iso8859-8"
  case iso8859_9 = "iso8859-9"
  case iso8859_10 = "iso8859-10"
  case iso8859_13 = "iso8859-13"
  case iso8859_15 = "iso8859-15"

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// The characters of bytes 0x80 to 0xFF; nil where the page defines none.
  public var upperScalars: [Unicode.Scalar?] {
    (dosCharacters ?? windowsCharacters ?? isoCharacters ?? "").unicodeScalars.map {
      $0 == "\u{FFFD}" ? nil : $0
    }
  }
}

/// A page made ready for lookups in both directions. Building one costs a sort; keep it.
public struct CodePageTable: Sendable {
  public let page: CodePage
  private let upper: [Unicode.Scalar?]
  /// Scalar value << 8 | byte, ascending.
  private let sorted: [UInt32]

  public init(_ page: CodePage) {
    self.page = page
    upper = page.upperScalars
    sorted = upper.enumerated()
      .compactMap { index, scalar in scalar.map { $0.value << 8 | UInt32(0x80 + index) } }
      .sorted()
  }

  /// The byte 0x80 to 0xFF of a scalar; nil for ASCII and for what the page lacks.
  public func byte(_ scalar: Unicode.Scalar) -> UInt8? {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] >> 8 < scalar.value { low = middle + 1 } else { high = middle }
    }
    guard low < sorted.count, sorted[low] >> 8 == scalar.value else { return nil }
    return UInt8(truncatingIfNeeded: sorted[low])
  }

  /// The scalar of any byte; nil for control bytes and for what the page leaves undefined.
  public func scalar(_ byte: UInt8) -> Unicode.Scalar? {
    if byte >= 0x80 { return upper[Int(byte) - 0x80] }
    return (0x20...0x7E).contains(byte) ? Unicode.Scalar(byte) : nil
  }

  /// The one scalar of this page that is canonically the same as a character written with
  /// combining marks: é for e and U+0301.
  public func composed(_ character: Character) -> Unicode.Scalar? {
    // Equality of characters is canonical equivalence; that saves a table of compositions.
    for case let scalar? in upper where Character(scalar) == character { return scalar }
    return nil
  }
}
