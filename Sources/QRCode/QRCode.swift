/// A QR Code symbol (ISO/IEC 18004, Model 2) that holds bytes: its modules, without quiet zone.
public struct QRCode: Hashable, Sendable {
  /// How much of the symbol may be damaged: about 7, 15, 25 or 30 percent.
  public enum Level: UInt8, CaseIterable, Sendable {
    case low, medium, quartile, high
  }

  public enum Failure: Error, Hashable, Sendable {
    /// More bytes than version 40 holds at this level.
    case tooLong(bytes: Int, bytes_max: Int)
  }

  /// Light modules that must surround a symbol, on each side (ISO/IEC 18004, 6.3.8).
  public static let quietZone_modules = 4
  public static let version_max = 40

  /// 1 to 40.
  public let version: Int
  public let level: Level
  /// The data mask that was chosen, 0 to 7.
  public let mask: Int
  /// Modules on each side, 17 + 4 × version.
  public let size: Int
  private let modules: [UInt8]

  /// The smallest symbol for the text's UTF-8 bytes.
  public init(_ text: String, level: Level = .medium) throws(Failure) {
    try self.init(bytes: Array(text.utf8), level: level)
  }

  /// The smallest symbol for the bytes, in byte mode. Takes the mask with the lowest penalty.
  public init(bytes: [UInt8], level: Level = .medium) throws(Failure) {
    guard let version = Self.version(byteCount: bytes.count, level: level) else {
      let bytes_max = Self.capacity_bytes(version: Self.version_max, level: level)
      throw .tooLong(bytes: bytes.count, bytes_max: bytes_max)
    }
    let codewords = Codewords(bytes: bytes, version: version, level: level).interleaved
    var canvas = SymbolCanvas(version: version)
    canvas.place(codewords)
    let (best, mask) = canvas.withBestMask(level: level)
    self.version = version
    self.level = level
    self.mask = mask
    size = canvas.size
    modules = best
  }

  /// Whether the module is dark; false outside of the symbol, so that a caller may draw the
  /// quiet zone with the same loop. `x` is the column, `y` the row, from the top left.
  public subscript(x: Int, y: Int) -> Bool {
    guard x >= 0, y >= 0, x < size, y < size else { return false }
    return modules[y * size + x] != 0
  }

  /// The smallest version that holds so many bytes; nil when none does.
  public static func version(byteCount: Int, level: Level) -> Int? {
    (1...version_max).first { capacity_bytes(version: $0, level: level) >= byteCount }
  }

  /// Bytes that a version (1 to 40) holds in byte mode.
  public static func capacity_bytes(version: Int, level: Level) -> Int {
    let bits = SymbolLayout.dataCodewords(version: version, level: level) * 8
    return (bits - 4 - SymbolLayout.countBits(version: version)) / 8
  }

  /// Modules on each side of a version (1 to 40), without quiet zone.
  public static func size_modules(version: Int) -> Int { 17 + 4 * version }
}
