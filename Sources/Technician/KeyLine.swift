public import Branch
import Configuration
import DeviceProfiles

/// What a key of a terminal means.
public struct KeyMeaning: Hashable, Sendable {
  /// In the profile; nil: the profile does not have it.
  public let key: String?
  /// What the node would do; nil: nothing.
  public let action: String?

  public init(key: String?, action: String?) {
    self.key = key
    self.action = action
  }
}

/// One stroke or code as `kioskd keys` prints it.
public struct KeyLine: Hashable, Sendable {
  private let at: LocalTime
  private let device: String
  private let number: String
  private let rest: [String]

  /// - Parameter character: what the key gives on a keyboard; nil where none was asked for.
  public init(
    at: LocalTime, device: String, stroke: KeyStroke, meaning: KeyMeaning,
    character: String? = nil
  ) {
    self.at = at
    self.device = device
    number = stroke.codes.map { String($0) }.joined(separator: "+")
    rest =
      [Self.padded(Self.name(stroke), 16)] + (character.map { [Self.padded($0, 6)] } ?? [])
      + [Self.padded(meaning.key ?? "-", 10), meaning.action ?? "-"]
  }

  /// What a scanner read, in quotes: blanks at its ends are a mistake that one has to see.
  public init(at: LocalTime, device: String, scanned code: String) {
    self.at = at
    self.device = device
    number = "scan"
    rest = ["\"\(code)\""]
  }

  /// `KEY_1`, `KEY_1:long` or `KEY_1+KEY_2`.
  private static func name(_ stroke: KeyStroke) -> String {
    let names = stroke.codes.map { LinuxKeys.name(of: $0) ?? "-" }.joined(separator: "+")
    if case .long = stroke { return names + ":long" }
    return names
  }

  /// Above the lines.
  public static func heading(withCharacters: Bool) -> String {
    "time          device        code  Linux key         "
      + (withCharacters ? "gives   " : "") + "key         action"
  }

  public var text: String {
    let seconds = Branch.padded(Int(at.msOfDay / 1000 % 60), to: 2)
    let time = "\(at.hourMinute):\(seconds).\(Branch.padded(Int(at.msOfDay % 1000), to: 3))"
    let blanks = String(repeating: " ", count: max(0, 4 - number.count))
    let columns = [time, Self.padded(device, 12), blanks + number] + rest
    return CheckLine.printable(columns.joined(separator: "  "))
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
