import CodePages

/// How a printer parts the paper. The raw value is the word in printer profiles.
public enum CutKind: String, CaseIterable, Sendable {
  /// GS V 0, through.
  case full
  /// GS V 1, one point is left.
  case partial
  /// GS V 66: the printer feeds to its own cutting position, then cuts partially.
  case feedAndPartial = "feed-and-partial"
  /// ESC m, for printers that ignore GS V (NP-KV30).
  case escM = "esc-m"
  /// No cutter: the customer tears the paper off.
  case none
}

/// What one model of printer does, as far as writing tickets needs to know.
public struct ESCPOSCapabilities: Hashable, Sendable {
  /// A code page that the printer has, and its number for `ESC t`.
  public struct CodePageSlot: Hashable, Sendable {
    public let page: CodePage
    public let number: UInt8
    public init(page: CodePage, number: UInt8) {
      self.page = page
      self.number = number
    }
  }

  /// Characters of font A, normal width, on a line.
  public let columns: Int
  /// Whether `GS ( k` draws QR symbols; else they are sent as a picture.
  public let nativeQR: Bool
  public let cut: CutKind
  /// Lines of font A from the print head to the cutter, 0 to 255.
  public let feedBeforeCut_lines: Int
  /// In order of preference.
  public let codePages: [CodePageSlot]
  /// Whether `GS ( H` answers when everything before it has been printed.
  public let processID: Bool
  /// Dots that the head can print on a line.
  public let rasterWidth_px: Int

  public static let columns_min = 8
  public static let columns_max = 255
  static let characterWidth_px = 12

  /// Columns outside of 8 to 255 are brought to the nearest end; a raster width below one byte
  /// means unknown and is taken from the columns.
  public init(
    columns: Int, nativeQR: Bool, cut: CutKind, feedBeforeCut_lines: Int,
    codePages: [CodePageSlot], processID: Bool, rasterWidth_px: Int
  ) {
    self.columns = min(max(columns, Self.columns_min), Self.columns_max)
    self.nativeQR = nativeQR
    self.cut = cut
    self.feedBeforeCut_lines = min(max(feedBeforeCut_lines, 0), 255)
    self.codePages = codePages
    self.processID = processID
    self.rasterWidth_px =
      rasterWidth_px >= 8 ? rasterWidth_px : self.columns * Self.characterWidth_px
  }
}
