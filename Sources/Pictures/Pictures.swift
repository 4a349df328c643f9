/// A picture in shades of grey, as it was read from a file.
public struct GreyPicture: Hashable, Sendable {
  public let width_px: Int
  public let height_px: Int
  /// Rows from the top, one byte a dot: 0 black, 255 white.
  public internal(set) var luminance: [UInt8]

  /// Nobody prints more; a thermal head has some 600 dots.
  public static let side_max_px = 4096
  public static let file_bytes_max = 8 << 20

  /// nil when a side is not within 1 to 4,096 dots or the bytes do not fill the rows exactly.
  public init?(width_px: Int, height_px: Int, luminance: [UInt8]) {
    guard (1...Self.side_max_px).contains(width_px), (1...Self.side_max_px).contains(height_px),
      luminance.count == width_px * height_px
    else { return nil }
    self.width_px = width_px
    self.height_px = height_px
    self.luminance = luminance
  }

  init(white width_px: Int, _ height_px: Int) {
    self.width_px = width_px
    self.height_px = height_px
    luminance = Array(repeating: 255, count: width_px * height_px)
  }

  /// A PNG, PBM (P1, P4) or PGM (P2, P5) file, told apart by its first bytes.
  public init(file bytes: [UInt8]) throws(PictureError) {
    guard bytes.count <= Self.file_bytes_max else { throw .fileTooLarge(bytes: bytes.count) }
    if bytes.starts(with: PNGSignature.bytes.prefix(max(min(bytes.count, 8), 1))) {
      self = try PNGReader.read(bytes)
    } else if bytes.first == UInt8(ascii: "P") {
      self = try PortableReader.read(bytes)
    } else {
      throw .unknownKind
    }
  }

  static func check(width: Int, height: Int) throws(PictureError) {
    guard (1...side_max_px).contains(width), (1...side_max_px).contains(height) else {
      throw .badSize(width: width, height: height)
    }
  }
}

/// A picture in black dots.
public struct DotPicture: Hashable, Sendable {
  public let width_px: Int
  public let height_px: Int
  /// Rows from the top, each padded to whole bytes; the highest bit is the leftmost dot, 1 black.
  public internal(set) var rows: [UInt8]

  /// nil when a side is below 1 or the bytes do not fill the rows exactly.
  public init?(width_px: Int, height_px: Int, rows: [UInt8]) {
    guard width_px > 0, height_px > 0, rows.count == (width_px + 7) / 8 * height_px else {
      return nil
    }
    self.width_px = width_px
    self.height_px = height_px
    self.rows = rows
  }

  public func isBlack(x: Int, y: Int) -> Bool {
    rows[y * ((width_px + 7) / 8) + x / 8] & (0x80 >> UInt8(x % 8)) != 0
  }
}

/// The eight bytes that every PNG file begins with (PNG specification, 5.2).
enum PNGSignature {
  static let bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
}
