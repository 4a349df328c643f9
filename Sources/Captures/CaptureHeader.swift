/// Where a capture is from.
public struct CaptureHeader: Hashable, Sendable {
  public static let text_length_max = 400
  public static let notes_max = 16
  /// Stands for a serial number that was not to be told.
  public static let hidden = "hidden"

  public var kind: Capture.Kind
  /// The program that recorded it, with its version.
  public var tool: String
  /// The command line; empty when it is not known.
  public var command = ""
  /// When the recording began, UTC; empty when it is not known.
  public var recorded = ""
  /// Name and release of the kernel.
  public var kernel = ""
  /// What the device calls itself.
  public var device = ""
  /// `04b8:0202`
  public var usb = ""
  /// `hidden` unless it was asked for.
  public var serial = ""
  public var path = ""
  public var profile = ""
  /// Settings of a serial line, `9600 8N1`.
  public var line = ""
  /// Codes that the device can send or obey, `EV_LED 0 1`.
  public var abilities: [String] = []
  /// For people: what was done, and with what.
  public var notes: [String] = []

  public init(kind: Capture.Kind, tool: String) {
    self.kind = kind
    self.tool = tool
  }

  /// Keys of one value, in the order in which they are written.
  static let single: [(key: String, path: WritableKeyPath<CaptureHeader, String> & Sendable)] = [
    ("tool", \.tool), ("command", \.command), ("recorded", \.recorded), ("kernel", \.kernel),
    ("device", \.device), ("usb", \.usb), ("serial", \.serial), ("path", \.path),
    ("profile", \.profile), ("line", \.line),
  ]
  static let several: [(key: String, path: WritableKeyPath<CaptureHeader, [String]> & Sendable)] = [
    ("ability", \.abilities), ("note", \.notes),
  ]
  static let keys = ["kind"] + single.map(\.key) + several.map(\.key)

  /// One line of printable text that a reader takes.
  public static func line(_ text: String) -> String {
    var clean = ""
    for scalar in text.unicodeScalars where clean.utf8.count < text_length_max - 4 {
      switch scalar {
      case "\u{00}"..."\u{1F}", "\u{7F}"..."\u{9F}": clean += "\u{FFFD}"
      default: clean.unicodeScalars.append(scalar)
      }
    }
    let blank: (Character) -> Bool = { $0 == " " }
    let start = clean.firstIndex { !blank($0) } ?? clean.endIndex
    let end = clean.lastIndex { !blank($0) }.map { clean.index(after: $0) } ?? clean.endIndex
    return start < end ? String(clean[start..<end]) : ""
  }
}
