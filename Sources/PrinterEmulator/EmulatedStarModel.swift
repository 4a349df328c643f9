import CodePages

/// What an emulated Star printer is made of.
public struct EmulatedStarModel: Hashable, Sendable {
  public enum Language: Sendable {
    /// Star Line mode.
    case line
    /// StarPRNT.
    case prnt
    /// Star Graphic mode: dots only.
    case graphic
  }

  public var language: Language
  /// Dots of the print head.
  public var width_px: Int
  /// Pages by their number for `ESC GS t`.
  public var codePages: [UInt8: CodePage]
  /// Characters of Shift JIS by their code, of a model for Japan; empty: it has none.
  public var doubleByte: [UInt16: Unicode.Scalar] = [:]
  public var hasNativeQR: Bool
  /// Bytes of a status packet, 7 to 31; with fewer than 8 it has no counter.
  public var packet_bytes: Int
  /// Whether a length follows the packet, as on newer models.
  public var isPacketExtended: Bool
  /// Blank dots that bring a ticket to the tear bar of a model without a knife; nil: it has one, or
  /// nobody tears.
  public var tearFeed_px: Int?
  /// Bytes that the printer takes in while it is stopped.
  public var buffer_bytes_max: Int

  public init(
    _ language: Language, width_px: Int = 576,
    codePages: [UInt8: CodePage] = EmulatedStarModel.usualPages, hasNativeQR: Bool = true,
    packet_bytes: Int = 9, isPacketExtended: Bool = false, buffer_bytes_max: Int = 65_536
  ) {
    self.language = language
    self.width_px = max(width_px, EmulatedModel.width_px_min)
    self.codePages = codePages
    self.hasNativeQR = hasNativeQR
    self.packet_bytes = min(max(packet_bytes, 7), 31)
    self.isPacketExtended = isPacketExtended
    self.buffer_bytes_max = max(buffer_bytes_max, EmulatedModel.buffer_bytes_min)
  }

  /// Some of ESC GS t ["STAR Line Mode Command Specifications" Rev. 1.12, page 3-4].
  public static let usualPages: [UInt8: CodePage] = [
    1: .cp437, 4: .cp858, 5: .cp852, 6: .cp860, 8: .cp863, 9: .cp865, 10: .cp866, 32: .cp1252,
  ]
}
