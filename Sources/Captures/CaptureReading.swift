public import Branch
import TerminalInput

extension Capture {
  /// Reads a capture: one of kioskd's own, or what evtest, evemu-record or libinput record wrote.
  ///
  /// - Parameter file: its name, for what is told of it.
  /// Throws `capture-…` at the first mistake.
  public static func read(file: String, bytes: [UInt8]) throws(Problem) -> Capture {
    guard bytes.count <= file_bytes_max else {
      throw Problem(
        code: "capture-size", what: "\(file) is no capture that can be read",
        cause: "it has more than \(file_bytes_max >> 20) MiB", cure: "Record a shorter time.")
    }
    var lines = CaptureLines(file: file, bytes: bytes)
    guard let first = try lines.firstText() else { throw lines.unknownForm }
    if first.hasPrefix("kioskd-capture ") { return try CaptureFile.read(&lines, first: first) }
    for form in ForeignForm.allCases where form.begins(first) {
      return try form.read(&lines, first: first)
    }
    throw lines.unknownForm
  }
}

/// The lines of a file, with their numbers.
struct CaptureLines {
  let file: String
  private let bytes: [UInt8]
  private var place = 0
  /// Of the line that was given last, from 1.
  private(set) var number = 0
  /// The last line had no end: its writer was stopped within it.
  private(set) var isTorn = false

  init(file: String, bytes: [UInt8]) {
    self.file = file
    self.bytes = bytes
    // An editor of another system marks a text of UTF-8 so.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
  }

  /// nil at the end. A line without an end is not given.
  mutating func next() throws(Problem) -> String? {
    guard place < bytes.count else { return nil }
    number += 1
    let limit = min(bytes.count, place + Capture.line_bytes_max + 1)
    guard let end = bytes[place..<limit].firstIndex(of: 0x0A) else {
      if limit < bytes.count || limit - place > Capture.line_bytes_max {
        throw mistake("line", "it is longer than \(Capture.line_bytes_max) bytes")
      }
      isTorn = true
      place = bytes.count
      return nil
    }
    defer { place = end + 1 }
    // Lines of a file that went through another system.
    let isReturned = end > place && bytes[end - 1] == 0x0D
    let line = bytes[place..<(isReturned ? end - 1 : end)]
    guard let text = String(validating: line, as: UTF8.self), !line.contains(0) else {
      throw mistake("line", "it is no UTF-8 text")
    }
    return text
  }

  /// The first line that is not empty.
  mutating func firstText() throws(Problem) -> String? {
    while let line = try next() {
      if !line.allSatisfy({ $0 == " " }) { return line }
    }
    return nil
  }

  func mistake(
    _ code: String, _ cause: String,
    cure: String = "Record it again, or correct the line; CAPTURES.md tells the form."
  ) -> Problem {
    Problem(
      code: "capture-" + code, what: "line \(number) of \(file) cannot be read", cause: cause,
      cure: cure)
  }

  var unknownForm: Problem {
    Problem(
      code: "capture-form", what: "\(file) is no capture",
      cause: "it does not begin as kioskd, evtest, evemu-record or libinput record begin a file",
      cure: "Give a file that one of them wrote, from its first line.")
  }
}

extension StringProtocol {
  /// A decimal number without a plus sign or anything around it.
  func number<Value: FixedWidthInteger>(_: Value.Type = Value.self) -> Value? {
    let digits = utf8.first == UInt8(ascii: "-") ? utf8.dropFirst() : utf8[...]
    guard !digits.isEmpty, digits.count <= 20, digits.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    return Value(self)
  }

  /// `12.000345` as microseconds; nil for any other form.
  var seconds_us: Int64? {
    let parts = split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].utf8.count == 6, let whole = parts[0].number(Int64.self),
      let part = parts[1].number(Int64.self), (0..<1 << 40).contains(whole), part >= 0
    else { return nil }
    return whole * 1_000_000 + part
  }
}
