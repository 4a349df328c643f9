/// A kind of linear symbol. The raw value is the word in ticket templates and printer profiles.
public enum BarcodeSymbology: String, CaseIterable, Sendable {
  /// ISO/IEC 15417: printable ASCII; pairs of digits take the room of one character.
  case code128
  /// ISO/IEC 15420: twelve digits and a check digit.
  case ean13
  /// ISO/IEC 16388: capitals, digits, blank and `-.$/+%`.
  case code39
}

/// Why a text is no barcode.
public enum BarcodeError: Error, Hashable, Sendable {
  /// Nothing to encode.
  case empty
  /// The symbology has no such character.
  case character(Character)
  /// More characters than any reader of a ticket would see at once.
  case tooLong(count: Int, count_max: Int)
  /// EAN-13 takes twelve digits, or thirteen with their check digit.
  case digitCount(Int)
  /// The thirteenth digit of an EAN-13 is not that of the twelve before.
  case checkDigit(given: Int, right: Int)
}

/// A linear symbol as bars and spaces.
public struct Barcode: Hashable, Sendable {
  public let symbology: BarcodeSymbology
  /// What is encoded; for EAN-13 with its check digit.
  public let text: String
  /// Widths in modules, beginning with a bar: bar, space, bar, …, bar.
  public let widths: [UInt8]

  /// Characters that a symbol may hold: at two dots a module more would not fit on 80 mm.
  public static let characters_max = 48

  public init(_ symbology: BarcodeSymbology, _ text: String) throws(BarcodeError) {
    guard !text.isEmpty else { throw .empty }
    guard text.count <= Self.characters_max else {
      throw .tooLong(count: text.count, count_max: Self.characters_max)
    }
    self.symbology = symbology
    switch symbology {
    case .code128:
      self.text = text
      widths = try Code128.widths(text)
    case .ean13:
      self.text = try EAN13.completed(text)
      widths = EAN13.widths(self.text)
    case .code39:
      self.text = text
      widths = try Code39.widths(text)
    }
  }

  /// Modules from the first bar to the last, without the quiet zones.
  public var width_modules: Int { widths.reduce(0) { $0 + Int($1) } }

  /// White modules that a reader needs on either side; EAN-13 asks for 11 on its left.
  public var quietZone_modules: Int { symbology == .ean13 ? 11 : 10 }
}
