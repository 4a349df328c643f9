public import Barcodes
public import CodePages
public import TicketDesign

/// The commands that a printer obeys. The raw value is the word in printer profiles.
public enum PrinterLanguage: String, CaseIterable, Sendable {
  /// Epson's, spoken by nearly everyone.
  case escpos
  /// Star's of today: mC-Print, TSP100IV, SM series.
  case starPRNT = "star-prnt"
  /// Star's older line mode: TSP650, TSP700, TSP800.
  case starLine = "star-line"
  /// Star's raster mode, which knows no characters: TSP100, TSP100II, TSP100III.
  case starGraphic = "star-graphic"

  /// From one line of font A to the next, in dots at 203 dpi: 24 high and 6 between [Epson], and so
  /// do we where we draw them; 4 mm [Star, ESC z 1].
  public var lineHeight_dots: Int {
    switch self {
    case .escpos, .starGraphic: 30
    case .starPRNT, .starLine: 32
    }
  }
}

/// How lines stand that are drawn by us.
public enum DrawnLine {
  /// Between letters that are higher than a line and the next one.
  public static let gap_dots = 2
}

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

/// The command that sounds a buzzer. The raw value is the word in printer profiles.
public enum BellKind: String, CaseIterable, Sendable {
  /// ESC ( A function 97: Epson's optional buzzer.
  case escParenA = "esc-paren-a"
  /// ESC B n t: printers of Zjiang, Xprinter and their kin.
  case escB = "esc-b"
  /// BEL, in Star's languages.
  case bel
}

/// How a printer of Star is asked to tell that everything before a mark is on paper.
public enum StarMark: Sendable {
  /// ETB: a counter in its automatic status goes up.
  case counted
  /// ESC GS ETX: it sends back what it was sent.
  case echoed
}

/// A character set of two bytes a character. The raw value is the word in printer profiles.
public enum DoubleByteSet: String, CaseIterable, Sendable {
  case gb18030
  case big5
  case shiftJIS = "shift-jis"
  case ksc5601
}

/// What one model of printer does, as far as writing tickets needs to know. What is not known has
/// its cautious value.
public struct PrinterCapabilities: Hashable, Sendable {
  /// A code page that the printer has, and its number in the command that selects it.
  public struct CodePageSlot: Hashable, Sendable {
    public let page: CodePage
    public let number: UInt8
    public init(page: CodePage, number: UInt8) {
      self.page = page
      self.number = number
    }
  }

  public var language = PrinterLanguage.escpos
  /// Characters of font A, normal width, on a line; 8 to 255.
  public let columns: Int
  /// The same of the smaller font B; nil: the printer has none.
  public var columnsB: Int?
  /// Whether it draws QR symbols by itself; else they are sent as a picture.
  public var nativeQR: Bool
  /// Barcodes that it draws by itself; the others are sent as a picture.
  public var nativeBarcodes: Set<BarcodeSymbology> = []
  /// Whether pictures can be left in its memory and printed by their key (`GS ( L`).
  public var storesPictures = false
  public var cut: CutKind
  /// Lines of font A from the print head to the cutter, 0 to 255.
  public let feedBeforeCut_lines: Int
  /// In order of preference.
  public var codePages: [CodePageSlot]
  /// Characters of two bytes, `FS &`; nil: none.
  public var doubleByte: DoubleByteSet?
  /// Whether it answers when everything before a mark has been printed.
  public var processID: Bool
  /// Tells its state by itself, which ESC @ ends: it is switched on again behind that.
  public var tellsStatus = false
  /// Takes bytes of 0x80 and more for halves of Chinese characters until FS . is sent.
  public var startsInDoubleByte = false
  /// How it does in Star's languages.
  public var starMark = StarMark.counted
  /// Dots that the head can print on a line.
  public let rasterWidth_px: Int
  /// How a cut ticket is held out; nil: it is not, or the printer is set up for that itself.
  public var presenting: Presenting?
  /// Dots an inch, along the paper too; nil: nobody knows.
  public var dpi: Int?
  /// A drawer or a bell at its drawer socket.
  public var hasDrawer = false
  /// How its buzzer is sounded; nil: it has none.
  public var bell: BellKind?

  public static let columns_min = 8
  public static let columns_max = 255
  static let characterWidth_px = 12

  /// Columns outside of 8 to 255 are brought to the nearest end; a raster width below one byte
  /// means unknown and is taken from the columns.
  public init(
    columns: Int, nativeQR: Bool = false, cut: CutKind = .none, feedBeforeCut_lines: Int = 0,
    codePages: [CodePageSlot] = [], processID: Bool = false, rasterWidth_px: Int = 0
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

  /// Characters of normal width on a line, in the font that is really used.
  public func columns(of font: TextFont) -> Int {
    font == .b ? columnsB ?? columns : columns
  }
}
