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
  /// The end of the paper; whatever the printer can do of it.
  case cut
}

/// What stands on a ticket, for any printer.
public struct TicketDocument: Hashable, Sendable {
  public var elements: [TicketElement]
  public init(_ elements: [TicketElement]) { self.elements = elements }
}
