import Branch
import Captures
import DeviceProfiles

/// What a capture should be read as, in a file beside it: first the options, then the lines.
///
///     options: --layout de
///          0.120  scan      "A012"
public struct CaptureExpectation: Hashable, Sendable {
  private static let head = "options:"

  public let options: Replay.Options
  public let lines: [String]

  public init(options: Replay.Options, lines: [String]) {
    self.options = options
    self.lines = lines
  }

  /// `box.capture.expected`
  public static func path(of capture: String) -> String { capture + ".expected" }

  public var text: String {
    var words = [Self.head]
    if let profile = options.profile { words += ["--profile", profile.text] }
    if let layout = options.layout { words += ["--layout", layout.rawValue] }
    return ([words.joined(separator: " ")] + lines).map { $0 + "\n" }.joined()
  }

  /// nil when it is none.
  public static func read(_ text: String) -> CaptureExpectation? {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.popLast() == "", let first = lines.first else { return nil }
    let words = first.split(separator: " ").map(String.init)
    guard words.first == head else { return nil }
    var options = Replay.Options()
    var rest = words.dropFirst()
    while let option = rest.popFirst() {
      guard let value = rest.popFirst() else { return nil }
      switch option {
      case "--profile": options.profile = ProfileID(value)
      case "--layout": options.layout = KeyboardLayout(rawValue: value)
      default: return nil
      }
    }
    return CaptureExpectation(options: options, lines: Array(lines.dropFirst()))
  }
}

extension Replay {
  /// Where it is from and how it is read, for people.
  public func about(_ file: String) -> [String] {
    let header = capture.header
    let device = [header.device, header.usb, header.line].filter { !$0.isEmpty }
      .joined(separator: ", ")
    let when = header.recorded.isEmpty ? "" : " at \(header.recorded)"
    let count = "\(capture.entries.count) entries"
    return [
      "\(file): \(header.kind.rawValue)\(device.isEmpty ? "" : ", " + device); "
        + "recorded by \(header.tool)\(when), \(count)"
    ] + header.notes.map { "note: \($0)" } + capture.remarks.map { "remark: \($0)" }
      + ["read with: \(readAs)"]
  }
}
