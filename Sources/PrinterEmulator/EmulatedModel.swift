import CodePages

/// What the emulated printer is made of.
public struct EmulatedModel: Hashable, Sendable {
  /// Dots of the print head.
  public var width_px: Int
  /// Pages by their number for `ESC t`.
  public var codePages: [UInt8: CodePage]
  /// Characters of its double-byte set by their code; empty: it has none.
  public var doubleByte: [UInt16: Unicode.Scalar] = [:]
  /// Dots of a character of normal width in each font, where they are others than most models'.
  public private(set) var characters_px: [Font: Int] = [:]
  private var columnsA: Int?
  public var hasNativeQR: Bool
  public var hasProcessID: Bool
  /// Whether pictures can be left in its memory, `GS ( L`.
  public var storesPictures: Bool
  /// Whether `GS V` cuts; NP-KV30 ignores it and wants `ESC m`.
  public var hasGSV: Bool
  /// Holds tickets out, and answers DLE EOT 20.
  public var hasPresenter = false
  /// Obeys DLE DC4 function 8, which empties its buffers in any state.
  public var clearsInAnyState = true
  /// Blank dots that bring a ticket to the tear bar of a model without a knife; nil: it has one, or
  /// nobody tears.
  public var tearFeed_px: Int?
  /// Bytes that the printer takes in while it is stopped.
  public var buffer_bytes_max: Int

  public init(
    width_px: Int, codePages: [UInt8: CodePage] = EmulatedModel.usualPages,
    hasNativeQR: Bool = true, hasProcessID: Bool = true, storesPictures: Bool = true,
    hasGSV: Bool = true,
    buffer_bytes_max: Int = 65_536
  ) {
    self.width_px = max(width_px, Self.width_px_min)
    self.codePages = codePages
    self.hasNativeQR = hasNativeQR
    self.hasProcessID = hasProcessID
    self.storesPictures = storesPictures
    self.hasGSV = hasGSV
    self.buffer_bytes_max = max(buffer_bytes_max, Self.buffer_bytes_min)
  }

  /// The widest character must fit on a line.
  static let width_px_min = 96
  static let buffer_bytes_min = 1024

  /// Numbers as on Epson's TM series (ESC t).
  public static let usualPages: [UInt8: CodePage] = [
    0: .cp437, 2: .cp850, 3: .cp860, 4: .cp863, 5: .cp865, 13: .cp857, 14: .cp737,
    15: .iso8859_7, 16: .cp1252, 17: .cp866, 18: .cp852, 19: .cp858, 34: .cp855,
    39: .iso8859_2, 40: .iso8859_15, 45: .cp1250, 46: .cp1251, 47: .cp1253, 48: .cp1254,
    51: .cp1257,
  ]

  /// A TM-T88V with 80 mm paper: 512 dots, 42 columns.
  public static let tmT88V = EmulatedModel(width_px: 512)
  /// A plain 58 mm printer: 384 dots, 32 columns, pictures only, no way to ask for completion.
  public static let generic58 = EmulatedModel(
    width_px: 384, hasNativeQR: false, hasProcessID: false, storesPictures: false)

  /// Characters of font A on a line.
  public var columns: Int { columnsA ?? width_px / Font.a.width_px }

  /// So many characters of a font stand on a line.
  public mutating func setColumns(_ columns: Int, _ font: Font) {
    let character_px = width_px / max(columns, 1)
    if font == .a { columnsA = columns }
    characters_px[font] = character_px == font.width_px ? nil : max(character_px, 1)
  }
}

/// The two resident fonts of most models.
public enum Font: UInt8, Sendable {
  case a, b

  public var width_px: Int { self == .a ? 12 : 9 }
  public var height_px: Int { self == .a ? 24 : 17 }
}
