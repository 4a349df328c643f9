import Branch
import TerminalInput

/// Reads the form that kioskd itself writes. Strict: what is not in CAPTURES.md is a mistake.
enum CaptureFile {
  static func read(_ lines: inout CaptureLines, first: String) throws(Problem) -> Capture {
    guard first == "kioskd-capture \(Capture.version)" else {
      throw lines.mistake(
        "version", "\"\(first)\" is a form that this program does not know",
        cure: "Use the kioskd that recorded it, or a newer one.")
    }
    let header = try readHeader(&lines)
    var entries: [Capture.Entry] = []
    var isEnded = false
    while let line = try lines.next() {
      let text = uncommented(line)
      if text.isEmpty { continue }
      guard !isEnded else { throw lines.mistake("line", "something stands behind the end") }
      guard entries.count < Capture.entries_max else {
        throw lines.mistake("size", "there are more than \(Capture.entries_max) entries")
      }
      let entry = try entry(text, header.kind, lines)
      if let last = entries.last, entry.time_us < last.time_us {
        throw lines.mistake("time", "its time is before that of the line above")
      }
      if case .end = entry.event { isEnded = true }
      entries.append(entry)
    }
    var remarks: [String] = []
    if lines.isTorn { remarks.append("the last line is not whole and was left out") }
    if !isEnded { remarks.append("the recording was cut off: it has no end line") }
    return Capture(header: header, entries: entries, remarks: remarks)
  }

  // MARK: Header

  private static func readHeader(_ lines: inout CaptureLines) throws(Problem) -> CaptureHeader {
    var header = CaptureHeader(kind: .evdev, tool: "")
    var seen: Set<String> = []
    while let line = try lines.next(), !line.isEmpty {
      if line.hasPrefix("#") { continue }
      guard let colon = line.firstIndex(of: ":"), line[colon...].hasPrefix(": ") else {
        throw lines.mistake(
          "header", "it is no \"key: value\", and the header ends with an empty line")
      }
      let key = String(line[..<colon])
      let value = String(line[colon...].dropFirst(2))
      guard CaptureHeader.keys.contains(key) else {
        throw lines.mistake(
          "header", "there is no key \"\(key)\"",
          cure: "Use \(CaptureHeader.keys.joined(separator: ", ")).")
      }
      guard !value.isEmpty, value.utf8.count <= CaptureHeader.text_length_max,
        CaptureHeader.line(value) == value
      else { throw lines.mistake("header", "the value is empty, too long or not printable") }
      try take(key, value, &header, &seen, lines)
    }
    guard seen.isSuperset(of: ["kind", "tool"]) else {
      throw lines.mistake("header", "the header has no \"kind\" or no \"tool\"")
    }
    return header
  }

  private static func take(
    _ key: String, _ value: String, _ header: inout CaptureHeader, _ seen: inout Set<String>,
    _ lines: CaptureLines
  ) throws(Problem) {
    if let list = CaptureHeader.several.first(where: { $0.key == key }) {
      guard header[keyPath: list.path].count < CaptureHeader.notes_max else {
        throw lines.mistake(
          "header", "there are more than \(CaptureHeader.notes_max) of \"\(key)\"")
      }
      return header[keyPath: list.path].append(value)
    }
    guard seen.insert(key).inserted else {
      throw lines.mistake("header", "\"\(key)\" stands there twice")
    }
    if key == "kind" {
      guard let kind = Capture.Kind(rawValue: value) else {
        let kinds = Capture.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        throw lines.mistake("header", "there is no kind \"\(value)\"", cure: "Use \(kinds).")
      }
      header.kind = kind
    } else if let single = CaptureHeader.single.first(where: { $0.key == key }) {
      header[keyPath: single.path] = value
    }
  }

  // MARK: Entries

  /// Without the comment; that of a note or end belongs to its text.
  private static func uncommented(_ line: String) -> String {
    if line.hasPrefix("#") { return "" }
    let words = line.split(separator: " ", maxSplits: 2)
    if words.count > 1, words[1] == "note" || words[1] == "end" { return line }
    guard let mark = line.firstIndex(of: "#") else { return line }
    return String(line[..<mark])
  }

  private static func entry(
    _ text: String, _ kind: Capture.Kind, _ lines: CaptureLines
  ) throws(Problem) -> Capture.Entry {
    let words = text.split(separator: " ")
    guard words.count > 1, let time_us = words[0].number(Int64.self),
      (0...Capture.time_us_max).contains(time_us)
    else {
      throw lines.mistake("line", "it is no \"microseconds word …\" within a week")
    }
    let rest = words.dropFirst(2)
    switch words[1] {
    case "note": return Capture.Entry(time_us, .note(tail(text)))
    case "end": return Capture.Entry(time_us, .end(tail(text)))
    case "down" where kind == .evdev:
      let codes = rest.compactMap { $0.number(UInt16.self) }.filter { $0 <= EventCode.keyLast }
      guard codes.count == rest.count, Set(codes).count == codes.count else {
        throw lines.mistake("line", "not all of it are codes of keys, each once")
      }
      return Capture.Entry(time_us, .keysDown(Set(codes)))
    case "in" where kind == .evdev:
      guard let record = record(rest) else {
        throw lines.mistake("line", "it is no type, code and value that the kernel would send")
      }
      return Capture.Entry(time_us, .input(record))
    case "in", "out":
      guard kind != .evdev, let direction = Capture.Direction(rawValue: String(words[1])) else {
        throw lines.mistake("line", "nothing goes out to an input device")
      }
      guard let bytes = bytes(rest) else {
        throw lines.mistake(
          "line", "it has not 1 to \(Capture.chunk_bytes_max) bytes of two hexadecimal digits")
      }
      return Capture.Entry(time_us, .bytes(direction, bytes))
    default: throw lines.mistake("line", "\"\(words[1])\" is no word that stands there")
    }
  }

  /// Of a note or an end: what stands behind its word.
  private static func tail(_ text: String) -> String {
    let parts = text.split(separator: " ", maxSplits: 2)
    return parts.count > 2 ? CaptureHeader.line(String(parts[2])) : ""
  }

  private static func record(_ words: ArraySlice<Substring>) -> InputRecord? {
    let words = Array(words)
    guard words.count == 3, let type = words[0].number(UInt16.self),
      let code = words[1].number(UInt16.self), let value = words[2].number(Int32.self)
    else { return nil }
    return InputRecord(type: type, code: code, value: value)
  }

  private static func bytes(_ words: ArraySlice<Substring>) -> [UInt8]? {
    guard (1...Capture.chunk_bytes_max).contains(words.count) else { return nil }
    let bytes = words.compactMap { word -> UInt8? in
      guard word.utf8.count == 2, word.utf8.first != UInt8(ascii: "+") else { return nil }
      return UInt8(word, radix: 16)
    }
    return bytes.count == words.count ? bytes : nil
  }
}
