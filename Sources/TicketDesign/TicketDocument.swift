public import Barcodes

/// How much of a QR symbol may be damaged (ISO/IEC 18004): about 7, 15, 25, 30 percent.
public enum QRLevel: UInt8, CaseIterable, Sendable {
  case low, medium, quartile, high
}

/// A picture in black dots.
public struct Raster: Hashable, Sendable {
  public let width_px: Int
  public let height_px: Int
  /// Rows from the top, each padded to whole bytes; the highest bit is the leftmost dot, 1 black.
  public let rows: [UInt8]

  public static let side_max_px = 4096

  /// nil when a side is not within 1 to 4,096 dots or the bytes do not fill the rows exactly.
  public init?(width_px: Int, height_px: Int, rows: [UInt8]) {
    guard (1...Self.side_max_px).contains(width_px), (1...Self.side_max_px).contains(height_px),
      rows.count == (width_px + 7) / 8 * height_px
    else { return nil }
    self.width_px = width_px
    self.height_px = height_px
    self.rows = rows
  }
}

/// A picture with the key under which printers keep it.
public struct Logo: Hashable, Sendable {
  /// Two printable ASCII characters, as `GS ( L` wants them (Epson ESC/POS, functions 83 and 85).
  public struct Key: Hashable, Sendable {
    public let first: UInt8
    public let second: UInt8
    /// nil for anything else than two characters of 0x20 to 0x7E.
    public init?(_ text: String) {
      let bytes = Array(text.utf8)
      guard bytes.count == 2, bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
      first = bytes[0]
      second = bytes[1]
    }
  }

  public let key: Key
  public let raster: Raster
  public init(key: Key, raster: Raster) {
    self.key = key
    self.raster = raster
  }
}

/// A barcode and how it stands on the paper.
public struct TicketBarcode: Hashable, Sendable {
  public let symbol: Barcode
  /// Dots, 1 to 255.
  public let height_px: Int
  /// Dots of the narrowest bar, 2 to 6; narrower where the paper is too small.
  public let moduleWidth_px: Int
  /// Whether the text stands below in plain characters.
  public let hasCaption: Bool

  /// Values outside of the ranges are brought to the nearest end.
  public init(
    _ symbol: Barcode, height_px: Int = 80, moduleWidth_px: Int = 2, hasCaption: Bool = true
  ) {
    self.symbol = symbol
    self.height_px = min(max(height_px, 1), 255)
    self.moduleWidth_px = min(max(moduleWidth_px, 2), 6)
    self.hasCaption = hasCaption
  }
}

/// The two drawers that a socket can open (Epson ESC/POS, ESC p).
public enum DrawerPin: UInt8, CaseIterable, Sendable {
  case pin2, pin5
}

/// One piece of a ticket, from the top down.
public enum TicketElement: Hashable, Sendable {
  /// A paragraph; "\n" starts a new line.
  case text(String, TextStyle)
  /// Empty lines of the normal height.
  case feed(lines: Int)
  /// A line across the paper.
  case rule
  /// A QR symbol of the text's UTF-8 bytes; a module is `moduleSize` dots wide, 1 to 16.
  case qr(String, moduleSize: Int, level: QRLevel, align: Alignment)
  case raster(Raster, align: Alignment)
  /// A picture that comes again on every ticket: where it can, the printer keeps it.
  case logo(Logo, align: Alignment)
  case barcode(TicketBarcode, align: Alignment)
  /// A sound from the printer, so that the customer takes the ticket; nothing where it has none.
  case bell
  /// A pulse to the drawer socket, pin 2 or 5; nothing where it has none.
  case drawer(DrawerPin)
  /// The end of the paper; whatever the printer can do of it.
  case cut
}

/// What stands on a ticket, for any printer.
public struct TicketDocument: Hashable, Sendable {
  public var elements: [TicketElement]
  public init(_ elements: [TicketElement]) { self.elements = elements }
}
