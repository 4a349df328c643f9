import DeviceProfiles
import TerminalInput

extension CaptureHeader {
  /// First line and header, with the empty line that ends it.
  public var text: String {
    var lines = ["kioskd-capture \(Capture.version)", "kind: \(kind.rawValue)"]
    for (key, path) in Self.single {
      let value = Self.line(self[keyPath: path])
      if !value.isEmpty { lines.append("\(key): \(value)") }
    }
    for (key, path) in Self.several {
      for value in self[keyPath: path].prefix(Self.notes_max).map(Self.line) where !value.isEmpty {
        lines.append("\(key): \(value)")
      }
    }
    return lines.joined(separator: "\n") + "\n\n"
  }
}

extension Capture.Entry {
  /// One line, with what it means as a comment for people.
  public var line: String { "\(time_us) \(event.text)\n" }
}

extension Capture.Event {
  fileprivate var text: String {
    switch self {
    case .input(let record):
      "in \(record.type) \(record.code) \(record.value)  # \(record.meaning)"
    case .keysDown(let codes):
      codes.sorted().reduce("down") { $0 + " \($1)" }
    case .bytes(let direction, let bytes):
      "\(direction.rawValue) \(Self.hex(bytes))  # \(Self.printable(bytes))"
    case .note(let text): "note \(CaptureHeader.line(text))"
    case .end(let text): "end \(CaptureHeader.line(text))"
    }
  }

  /// The bytes in entries of the length that a file has.
  public static func chunks(_ direction: Capture.Direction, _ bytes: [UInt8]) -> [Self] {
    stride(from: 0, to: bytes.count, by: Capture.chunk_bytes_max).map { start in
      .bytes(direction, Array(bytes[start..<min(bytes.count, start + Capture.chunk_bytes_max)]))
    }
  }

  static func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }

  static func printable(_ bytes: [UInt8]) -> String {
    String(
      decoding: bytes.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
  }
}

extension InputRecord {
  /// `KEY_1 down`, `report`.
  public var meaning: String {
    switch type {
    case EventType.key:
      "\(LinuxKeys.written(code)) \(["up", "down", "repeats"][Int(value)])"
    case EventType.sync where code == EventCode.report: "report"
    case EventType.sync where code == EventCode.dropped: "events dropped"
    case EventType.sync: "sync \(code)"
    case EventType.led: "LED \(code) \(value == 0 ? "dark" : "lit")"
    case EventType.sound: "sound \(code)"
    case EventType.misc where code == EventCode.scan: "scan code \(String(value, radix: 16))"
    default: "type \(type)"
    }
  }
}
