import Branch
import TerminalInput

/// What evtest prints: a description of the device, then one event a line. Source: what evtest 1.35
/// of Debian 12 prints.
///
///     Event: time 1763820000.160456, type 1 (EV_KEY), code 28 (KEY_ENTER), value 1
///     Event: time 1763820000.160456, -------------- SYN_REPORT ------------
enum EvtestText {
  static func read(_ lines: inout CaptureLines, first: String) throws(Problem) -> Capture {
    var header = CaptureHeader(kind: .evdev, tool: "evtest")
    var events = ForeignEntries()
    var line: String? = first
    while let text = line {
      if text.hasPrefix("Event: time ") {
        try take(text, &events, lines)
      } else if events.entries.isEmpty {
        describe(text, &header)
      } else if !text.isEmpty, !isFarewell(text) {
        throw lines.mistake("line", "it is no event of evtest")
      }
      line = try lines.next()
    }
    return try events.capture(header, lines)
  }

  /// What it says when the device is gone.
  private static func isFarewell(_ text: String) -> Bool {
    text.hasPrefix("evtest: error reading") || text.hasPrefix("expected ")
  }

  private static func describe(_ text: String, _ header: inout CaptureHeader) {
    if let name = text.between("Input device name: \"", "\"") {
      header.device = CaptureHeader.line(name)
    }
    guard text.hasPrefix("Input device ID: ") else { return }
    let words = text.split(separator: " ")
    func number(_ word: String) -> UInt16? {
      guard let place = words.firstIndex(where: { $0 == word }), place + 1 < words.count,
        words[place + 1].hasPrefix("0x")
      else { return nil }
      return UInt16(words[place + 1].dropFirst(2), radix: 16)
    }
    guard let bus = number("bus"), let vendor = number("vendor"), let product = number("product")
    else { return }
    header.usb = CaptureHeader.usb(bus: bus, vendor: vendor, product: product)
  }

  private static func take(
    _ text: String, _ events: inout ForeignEntries, _ lines: CaptureLines
  ) throws(Problem) {
    let rest = text.dropFirst("Event: time ".count)
    guard let comma = rest.firstIndex(of: ","), let stamp_us = rest[..<comma].seconds_us,
      stamp_us >= 0, let event = event(rest[rest.index(after: comma)...])
    else { throw lines.mistake("line", "it is no event of evtest") }
    try events.add(
      at: stamp_us, type: event.type, code: event.code, value: event.value, lines)
  }

  private static func event(_ text: Substring) -> (type: UInt16, code: UInt16, value: Int32)? {
    let words = text.split(separator: " ")
    guard words.first == "type" else { return sync(words) }
    // type 1 (EV_KEY), code 28 (KEY_ENTER), value 1
    guard words.count == 8, words[3] == "code", words[6] == "value", words[2].hasSuffix("),"),
      words[5].hasSuffix("),"), let type = words[1].number(UInt16.self),
      let code = words[4].number(UInt16.self)
    else { return nil }
    // MSC_RAW and MSC_SCAN are in hexadecimal.
    let isHex = type == EventType.misc && [3, EventCode.scan].contains(code)
    let value =
      isHex
      ? UInt32(words[7], radix: 16).map { Int32(bitPattern: $0) } : words[7].number(Int32.self)
    return value.map { (type, code, $0) }
  }

  /// `-------------- SYN_REPORT ------------`
  private static func sync(_ words: [Substring]) -> (type: UInt16, code: UInt16, value: Int32)? {
    guard words.count == 3, words[0].count > 4, words[2].count > 4 else { return nil }
    let names = ["SYN_REPORT", "SYN_CONFIG", "SYN_MT_REPORT", "SYN_DROPPED"]
    guard let code = names.firstIndex(where: { $0 == words[1] }) else { return nil }
    return (EventType.sync, UInt16(code), 0)
  }
}

extension String {
  /// What stands between the first text and the last other one.
  func between(_ start: String, _ end: Character) -> String? {
    guard hasPrefix(start) else { return nil }
    let rest = dropFirst(start.count)
    return rest.lastIndex(of: end).map { String(rest[..<$0]) }
  }
}
