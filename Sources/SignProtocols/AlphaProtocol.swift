import Branch

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
  static let writeString = UInt8(ascii: "G")
  static let writeSpecial = UInt8(ascii: "E")
  static let memoryFunction = UInt8(ascii: "$")
  static let addressFunction = UInt8(ascii: "7")
  static let toneFunction = UInt8(ascii: "(")
  /// A tone as the sign can make it: 2, pitch 00, 5 tenths of a second, no repeat.
  static let tone = Array("20050".utf8)
  /// A sign that has just got a frame needs this to be ready for another.
  static let silence_us = 100_000
  /// The priority file: while it has content the sign shows nothing else.
  public static let priorityLabel = UInt8(ascii: "0")
  /// NULs before a frame; fewer and the sign may not find the speed.
  public static let leadingNuls_min = 5

  /// Writes a TEXT file, which the sign then shows. The text is folded to printable ASCII, because
  /// a control byte in it would be a command (font, colour, speed…), and shortened to
  /// `textBytes_max`.
  public static func encode(_ text: String, _ settings: AlphaSettings) -> [UInt8] {
    encode([.text(text)], settings)
  }

  /// The same with colours and STRING files. A part that goes beyond `textBytes_max` is cut when it
  /// is text, and left out with all behind it when not.
  public static func encode(_ parts: [AlphaPart], _ settings: AlphaSettings) -> [UInt8] {
    var shown: [UInt8] = []
    for part in parts {
      let room = settings.textBytes_max - shown.count
      if case .text = part {
        shown += fitted(part.bytes, into: room)
      } else if part.bytes.count <= room {
        shown += part.bytes
      } else {
        break
      }
    }
    let place = [escape, settings.position.byte] + settings.mode.bytes
    return frame([writeText, settings.label] + place + shown, settings)
  }

  /// A text beyond its file is shortened as on a small sign: never within a number.
  private static func fitted(_ text: [UInt8], into bytes_max: Int) -> [UInt8] {
    text.count <= bytes_max ? text : TextFitting.fit(text, into: bytes_max)
  }

  /// Shows the text instead of everything else, until `encodePriorityRelease`. The priority file is
  /// there always, and holds `textBytesDefault`.
  public static func encodePriority(_ parts: [AlphaPart], _ settings: AlphaSettings) -> [UInt8] {
    encode(parts, settings.labelled(priorityLabel))
  }

  /// Writes a STRING file, which shows where a TEXT file calls it; at most 125 bytes of ASCII.
  public static func encodeString(_ text: String, label: UInt8, _ settings: AlphaSettings)
    -> [UInt8]
  {
    let content = fitted(SignText.ascii(text), into: AlphaMemory.stringBytes_max)
    return frame([writeString, label] + content, settings)
  }

  /// Sets up the sign's memory for these files, which empties it: only on a person's wish.
  public static func encodeMemory(_ files: [AlphaMemory], _ settings: AlphaSettings) -> [UInt8] {
    frame([writeSpecial, memoryFunction] + files.flatMap(\.bytes), settings)
  }

  /// Gives a sign that has none its address, two hex digits; the only sign on the line has to be
  /// the one that is meant.
  public static func encodeNewAddress(_ address: [UInt8], _ settings: AlphaSettings) -> [UInt8] {
    precondition(AlphaSettings.addressFormat.isValid(address))
    return frame([writeSpecial, addressFunction] + address, settings)
  }

  /// One short sound. Source: msparks/alphasign, `beep`.
  public static func encodeTone(_ settings: AlphaSettings) -> [UInt8] {
    frame([writeSpecial, toneFunction] + tone, settings)
  }

  static func frames(for picture: SignPicture, _ settings: AlphaSettings) -> [SignFrame] {
    let settings = picture.flashes ? settings.moving(.flash) : settings
    let colour = picture.colour.map { [AlphaPart.colour(AlphaColour($0))] } ?? []
    let isDark = picture.text.isEmpty
    let text = encode((isDark ? [] : colour) + [.text(picture.text)], settings)
    let tone = picture.beeps ? [encodeTone(settings)] : []
    return ([text] + tone).map { SignFrame($0, silence_us: silence_us) }
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
