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
    let place = [escape, settings.position.byte, settings.mode.byte]
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
