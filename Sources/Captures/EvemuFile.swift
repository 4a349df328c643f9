import Branch
import TerminalInput

/// What evemu-record and evemu-describe write. Source: files of evemu 2.7.0 (format 1.3).
///
///     N: Name                          I: bus vendor product version, hexadecimal
///     P: properties   B: abilities     A: axes   L: LEDs   S: switches
///     E: 0.541001 0001 001e 0001       time, type and code in hexadecimal, value in decimal
enum EvemuFile {
  static func read(_ lines: inout CaptureLines, first: String) throws(Problem) -> Capture {
    var header = CaptureHeader(kind: .evdev, tool: "evemu-record")
    var events = ForeignEntries()
    var line: String? = first
    while let text = line {
      try take(text, &header, &events, lines)
      line = try lines.next()
    }
    return try events.capture(header, lines)
  }

  private static func take(
    _ text: String, _ header: inout CaptureHeader, _ events: inout ForeignEntries,
    _ lines: CaptureLines
  ) throws(Problem) {
    if text.hasPrefix("# Kernel: ") {
      header.kernel = CaptureHeader.line("Linux " + text.dropFirst(10))
    }
    if text.hasPrefix("# EVEMU ") { return try check(version: text.dropFirst(8), lines) }
    if text.isEmpty || text.hasPrefix("#") { return }
    let rest = text.dropFirst(3)
    switch text.prefix(3) {
    case "N: ": header.device = CaptureHeader.line(String(rest))
    case "I: ":
      let ids = rest.split(separator: " ").compactMap { $0.hex(UInt16.self) }
      guard ids.count == 4 else {
        throw lines.mistake("line", "it has not four numbers of a device")
      }
      header.usb = CaptureHeader.usb(bus: ids[0], vendor: ids[1], product: ids[2])
    case "P: ", "B: ", "A: ", "L: ", "S: ": return
    case "E: ": try takeEvent(rest, &events, lines)
    default: throw lines.mistake("line", "it is no line of evemu")
    }
  }

  private static func check(version: Substring, _ lines: CaptureLines) throws(Problem) {
    let parts = version.split(separator: ".").compactMap { $0.number(Int.self) }
    guard parts.count == 2, parts[0] == 1 else {
      throw lines.mistake("version", "only format 1 of evemu is known")
    }
  }

  private static func takeEvent(
    _ text: Substring, _ events: inout ForeignEntries, _ lines: CaptureLines
  ) throws(Problem) {
    let words = text.prefix { $0 != "#" }
      .split { $0 == " " || $0 == "\t" }
    guard words.count == 4, let stamp_us = words[0].seconds_us, stamp_us >= 0,
      let type = words[1].hex(UInt16.self), let code = words[2].hex(UInt16.self),
      let value = words[3].number(Int32.self)
    else { throw lines.mistake("line", "it is no \"E: seconds type code value\"") }
    try events.add(at: stamp_us, type: type, code: code, value: value, lines)
  }
}

extension StringProtocol {
  /// Up to eight hexadecimal digits and nothing else.
  func hex<Value: FixedWidthInteger>(_: Value.Type = Value.self) -> Value? {
    guard (1...8).contains(utf8.count), utf8.allSatisfy({ UInt8.isHexDigit($0) }) else {
      return nil
    }
    return Value(self, radix: 16)
  }
}

extension UInt8 {
  static func isHexDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
  }
}
