public import Branch

/// Frames of the Alpha sign communications protocol, which Alpha and BetaBrite signs share.
/// Source: "Alpha Sign Communications Protocol", part 9708-8061F (EZ95), chapters 5 and 6.1.
///
/// A frame: at least five NUL, by which the sign finds the speed; SOH; type code; address, two
/// characters; STX; command and its data; optionally ETX and a checksum; EOT. The line is 9600 7E1.
public enum AlphaProtocol {
  static let nul: UInt8 = 0x00
  static let soh: UInt8 = 0x01
  static let stx: UInt8 = 0x02
  static let etx: UInt8 = 0x03
  static let eot: UInt8 = 0x04
  static let escape: UInt8 = 0x1B
  static let writeText = UInt8(ascii: "A")
  /// The priority file: while it has content the sign shows nothing else.
  public static let priorityLabel = UInt8(ascii: "0")
  /// NULs before a frame; fewer and the sign may not find the speed.
  public static let leadingNuls_min = 5

  /// Writes a TEXT file, which the sign then shows. The text is folded to printable ASCII, because
  /// a control byte in it would be a command (font, colour, speed…), and cut at `textBytes_max`.
  public static func encode(_ text: String, _ settings: AlphaSettings) -> [UInt8] {
    let shown = SignText.ascii(text).prefix(settings.textBytes_max)
    let place = [escape, settings.position.rawValue, settings.mode]
    return frame([writeText, settings.label] + place + shown, settings)
  }

  /// Empties the priority file, so that the sign goes back to what it showed before: the write
  /// command with nothing after the label.
  public static func encodePriorityRelease(_ settings: AlphaSettings) -> [UInt8] {
    frame([writeText, priorityLabel], settings)
  }

  private static func frame(_ content: [UInt8], _ settings: AlphaSettings) -> [UInt8] {
    var bytes = [UInt8](repeating: nul, count: leadingNuls_min)
    bytes += [soh, settings.typeCode] + settings.address + [stx] + content
    if settings.hasChecksum {
      let summed = [stx] + content + [etx]
      bytes += [etx] + checksum(summed)
    }
    return bytes + [eot]
  }

  /// The 16-bit sum of all bytes from STX to ETX, both included, as four hexadecimal digits.
  static func checksum(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let sum = bytes.reduce(UInt16(0)) { $0 &+ UInt16($1) }
    return Array(SignText.hex([UInt8(sum >> 8), UInt8(sum & 0xFF)]).utf8)
  }
}

/// Where on the sign a text stands (appendix of the protocol: display positions).
public enum AlphaPosition: UInt8, Sendable, CaseIterable {
  case middle = 0x20
  case top = 0x22
  case bottom = 0x26
  case fill = 0x30
  case left = 0x31
  case right = 0x32

  public init?(name: String) {
    guard let match = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = match
  }

  /// The word that configuration and profiles use.
  public var name: String { "\(self)" }
}

/// Whom a frame is for and how its text is shown. Every byte is checked here once, so that
/// encoding cannot fail.
public struct AlphaSettings: Hashable, Sendable {
  /// `Z`: every sign; others name a model.
  public let typeCode: UInt8
  /// Two hexadecimal digits, the sign's own address; `00` is every sign.
  public let address: [UInt8]
  /// The TEXT file to write.
  public let label: UInt8
  public let position: AlphaPosition
  /// `b`: hold, the text stands still.
  public let mode: UInt8
  public let hasChecksum: Bool
  /// Longer texts are cut. A TEXT file has the size that the sign's memory was set up with; 125
  /// fits the memory of a sign as delivered.
  public let textBytes_max: Int

  public static let textBytesDefault = 125
  public static let textBytesLimit = 3_000

  /// Throws `sign-setting` for a value that the protocol does not have.
  public init(
    typeCode: String = "Z", address: String = "00", label: String = "A",
    position: AlphaPosition = .middle, mode: String = "b", hasChecksum: Bool = false,
    textBytes_max: Int = Self.textBytesDefault
  ) throws(Problem) {
    self.typeCode = try Self.one(typeCode, "type code", cure: "Use Z for every sign.", 0x21...0x7A)
    self.label = try Self.one(label, "file label", cure: "Use A, or 0 for priority.", 0x20...0x7E)
    self.mode = try Self.one(mode, "display mode", cure: "Use b to hold the text.", 0x61...0x7A)
    self.address = Array(address.utf8)
    let digits = Set("0123456789ABCDEF?".utf8)
    guard self.address.count == 2, self.address.allSatisfy(digits.contains) else {
      throw Self.problem("address", address, cure: "Use two hexadecimal digits; 00 is every sign.")
    }
    guard (1...Self.textBytesLimit).contains(textBytes_max) else {
      let cure = "Use 1 to \(Self.textBytesLimit)."
      throw Self.problem("longest text", "\(textBytes_max)", cure: cure)
    }
    self.position = position
    self.hasChecksum = hasChecksum
    self.textBytes_max = textBytes_max
  }

  private static func one(
    _ text: String, _ what: String, cure: String, _ allowed: ClosedRange<UInt8>
  ) throws(Problem) -> UInt8 {
    let bytes = Array(text.utf8)
    guard bytes.count == 1, allowed.contains(bytes[0]) else {
      throw problem(what, text, cure: cure)
    }
    return bytes[0]
  }

  private static func problem(_ what: String, _ value: String, cure: String) -> Problem {
    Problem(
      code: "sign-setting", what: "the Alpha \(what) cannot be used",
      cause: "\"\(value)\" is not in the protocol", cure: cure)
  }
}
