import Branch
import TerminalInput

/// What `libinput record` writes: YAML of a fixed form, of which the events and the device's name
/// are taken. Source: libinput-record(1), and files of libinput 1.22.1.
///
///     devices:
///     - node: /dev/input/event3
///       evdev:
///         name: "…"
///         id: [3, 1241, 41165, 273]
///       events:
///       - evdev:
///         - [  0,  33000,   1,  28,       1] # EV_KEY / KEY_ENTER     1
enum LibinputRecording {
  static func read(_ lines: inout CaptureLines, first: String) throws(Problem) -> Capture {
    var reading = Reading()
    var line: String? = first
    while let text = line {
      try reading.take(text, lines)
      line = try lines.next()
    }
    if reading.nodes > 1 {
      reading.events.remarks.append(
        "it has \(reading.nodes) devices; the events are those of the first")
    }
    if reading.isObfuscated {
      reading.events.remarks.append(
        "libinput made all common keys alike (KEY_A): record with --show-keycodes")
    }
    return try reading.events.capture(reading.header, lines)
  }

  private struct Reading {
    var header = CaptureHeader(kind: .evdev, tool: "libinput record")
    var events = ForeignEntries()
    var nodes = 0
    var isObfuscated = false
    private var isAmongEvents = false
    private var isAmongRecords = false

    mutating func take(_ text: String, _ lines: CaptureLines) throws(Problem) {
      let line = text.drop { $0 == " " }
      if line.isEmpty || line.hasPrefix("#") { return }
      if line.hasPrefix("version: "), line == text, line != "version: 1" {
        throw lines.mistake("version", "only version 1 of libinput's recordings is known")
      }
      if line.hasPrefix("- node: ") {
        nodes += 1
        isAmongEvents = false
        if nodes == 1 { header.path = CaptureHeader.line(String(line.dropFirst(8))) }
        return
      }
      guard nodes == 1 else { return }
      if line == "events:" || line == "events: []" {
        isAmongEvents = true
      } else if !isAmongEvents {
        describe(line)
      } else if line.hasPrefix("- [") || line.hasPrefix("-[") {
        if isAmongRecords { try takeRecord(line, lines) }
      } else if line.hasPrefix("- ") {
        // What libinput or hidraw said beside the records has another name.
        isAmongRecords = line == "- evdev:"
      }
    }

    private mutating func describe(_ line: Substring) {
      if line.hasPrefix("name: \""), line.hasSuffix("\""), line.count > 7 {
        header.device = CaptureHeader.line(String(line.dropFirst(7).dropLast()))
      } else if line.hasPrefix("id: "), let ids = Self.numbers(line.dropFirst(4)), ids.count == 4 {
        let ids = ids.compactMap { UInt16(exactly: $0) }
        guard ids.count == 4 else { return }
        header.usb = CaptureHeader.usb(bus: ids[0], vendor: ids[1], product: ids[2])
      }
    }

    private mutating func takeRecord(_ line: Substring, _ lines: CaptureLines) throws(Problem) {
      let parts = line.drop { $0 == "-" || $0 == " " }.split(separator: "#", maxSplits: 1)
      if parts.count == 2, parts[1].contains("(obfuscated)") { isObfuscated = true }
      guard let record = parts.first.flatMap(Self.numbers), record.count == 5,
        let type = UInt16(exactly: record[2]), let code = UInt16(exactly: record[3]),
        let value = Int32(exactly: record[4]), (0..<1 << 34).contains(record[0]),
        (0..<1_000_000).contains(record[1])
      else { throw lines.mistake("line", "it is no [sec, usec, type, code, value]") }
      try events.add(
        at: record[0] * 1_000_000 + record[1], type: type, code: code, value: value, lines)
    }

    /// `[ 0, 33000, 1]`
    private static func numbers(_ text: Substring) -> [Int64]? {
      let list = text.trimmed
      guard list.first == "[", list.last == "]", list.count > 2 else { return nil }
      let words = list.dropFirst().dropLast()
        .split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
      let numbers = words.compactMap { $0.number(Int64.self) }
      return numbers.count == words.count ? numbers : nil
    }
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var rest = self[...]
    while rest.first == " " { rest = rest.dropFirst() }
    while rest.last == " " { rest = rest.dropLast() }
    return rest
  }
}
