public import Barcodes

/// Where a line stands between the paper's edges.
public enum Alignment: UInt8, CaseIterable, Sendable {
  case left, centre, right
}

/// The two resident fonts of thermal printers: 12 × 24 dots and, on most, 9 × 17.
public enum TextFont: UInt8, CaseIterable, Sendable {
  case a, b
}

/// How text looks, within what thermal printers can do.
public struct TextStyle: Hashable, Sendable {
  /// What happens to text that is wider than the paper. Nothing is ever cut off.
  public enum Overflow: Sendable {
    /// Break between words; a word wider than the paper is broken within.
    case wrap
    /// Take a smaller size until the text fits on one line, then wrap.
    case shrink
  }

  /// Multiples of the normal character, 1 to 8.
  public var width: Int
  public var height: Int
  public var bold: Bool
  public var underline: Bool
  /// Light on dark.
  public var invert: Bool
  public var align: Alignment
  public var overflow: Overflow
  /// A printer without font B takes font A.
  public var font: TextFont
  /// The text stands where a barcode of this kind should, which cannot hold it; nil: it is a text.
  public var insteadOf: BarcodeSymbology?

  public static let sizes = 1...8

  /// Sizes outside of 1 to 8 are brought to the nearest end.
  public init(
    width: Int = 1, height: Int = 1, bold: Bool = false, underline: Bool = false,
    invert: Bool = false, align: Alignment = .left, overflow: Overflow = .wrap,
    font: TextFont = .a
  ) {
    self.width = min(max(width, Self.sizes.lowerBound), Self.sizes.upperBound)
    self.height = min(max(height, Self.sizes.lowerBound), Self.sizes.upperBound)
    self.bold = bold
    self.underline = underline
    self.invert = invert
    self.align = align
    self.overflow = overflow
    self.font = font
  }
}
