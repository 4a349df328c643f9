public import Barcodes

/// Where something stands between the edges of the paper.
public enum PrintedAlignment: UInt8, Sendable {
  case left, centre, right
}

/// How a character was struck.
public struct PrintedStyle: Hashable, Sendable {
  /// Multiples, 1 to 8.
  public var width = 1
  public var height = 1
  public var bold = false
  public var underline = false
  public var invert = false
  public var font = Font.a
  /// A character of two bytes, twice as wide as others.
  public var isDoubleByte = false
  /// Dots of a character of normal width, where the model has others than most; nil: as most.
  public var character_px: Int?

  public init() {}

  /// Dots that a character is wide.
  var cell_px: Int { columns * width * (character_px ?? font.width_px) }
  /// Columns that a character of normal size takes.
  var columns: Int { isDoubleByte ? 2 : 1 }
}

/// A line of text as it stands on the paper.
public struct PrintedLine: Hashable, Sendable {
  public struct Run: Hashable, Sendable {
    public var text: String
    public var style: PrintedStyle
  }
  public var runs: [Run] = []
  public var align = PrintedAlignment.left
  /// The text did not fit and the printer broke it where the paper ended.
  public var isBroken = false

  public var text: String { runs.reduce("") { $0 + $1.text } }
  public var height: Int { runs.reduce(1) { max($0, $1.style.height) } }
  var width_px: Int {
    runs.reduce(0) { $0 + $1.text.unicodeScalars.count * $1.style.cell_px }
  }
}

/// A picture in black dots; rows padded to bytes, highest bit leftmost.
public struct PrintedRaster: Hashable, Sendable {
  public let width_px: Int
  public let height_px: Int
  public let rows: [UInt8]

  public func isBlack(x: Int, y: Int) -> Bool {
    rows[y * ((width_px + 7) / 8) + x / 8] & (0x80 >> UInt8(x % 8)) != 0
  }
}

/// Error correction of a QR symbol, as GS ( k function 169 names it.
public enum QRErrorLevel: UInt8, Sendable {
  case low, medium, quartile, high
}

/// A QR symbol that the printer drew by itself.
public struct PrintedQR: Hashable, Sendable {
  public let bytes: [UInt8]
  public let moduleSize_px: Int
  public let level: QRErrorLevel
  public let align: PrintedAlignment

  public var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// A barcode that the printer drew by itself.
public struct PrintedBarcode: Hashable, Sendable {
  public let symbol: Barcode
  public let height_px: Int
  public let moduleWidth_px: Int
  /// Whether its text stands below.
  public let hasCaption: Bool
  public let align: PrintedAlignment

  public var text: String { symbol.text }
}

/// A piece of a ticket, from the top down.
public enum PrintedItem: Hashable, Sendable {
  case line(PrintedLine)
  /// Blank paper.
  case feed(px: Int)
  case qr(PrintedQR)
  case raster(PrintedRaster, align: PrintedAlignment)
  case barcode(PrintedBarcode)
}

/// How the paper was parted at the end of a ticket.
public enum PrintedCut: String, Sendable {
  case full, partial
  /// By a hand, at the tear bar of a printer without a knife.
  case tornOff = "torn off"
}

/// A piece of paper from one cut to the next.
public struct PrintedTicket: Hashable, Sendable {
  public var items: [PrintedItem] = []
  /// How it was cut off; nil while it still hangs on the roll or was torn.
  public var cut: PrintedCut?
  /// The power went while it was being printed: what stands here is all there is of it.
  public var isTorn = false

  public init(items: [PrintedItem] = [], cut: PrintedCut? = nil) {
    self.items = items
    self.cut = cut
  }

  public var isBlank: Bool {
    !items.contains {
      switch $0 {
      case .line(let line): !line.runs.isEmpty
      case .feed: false
      case .qr, .raster, .barcode: true
      }
    }
  }

  public var lines: [PrintedLine] {
    items.compactMap { if case .line(let line) = $0 { line } else { nil } }
  }

  /// Lines of text without styles, one a line; blank ones left out.
  public var plainText: String {
    lines.map(\.text).filter { $0.contains { $0 != " " } }.joined(separator: "\n")
  }

  public var qrTexts: [String] {
    items.compactMap { if case .qr(let qr) = $0 { qr.text } else { nil } }
  }

  public var rasters: [PrintedRaster] {
    items.compactMap { if case .raster(let raster, _) = $0 { raster } else { nil } }
  }

  public var barcodes: [String] {
    items.compactMap { if case .barcode(let barcode) = $0 { barcode.text } else { nil } }
  }

  /// Text at three times the normal width or more: the number on a ticket.
  public var largeTexts: [String] {
    lines.flatMap(\.runs).filter { $0.style.width >= 3 }.map(\.text)
  }
}
