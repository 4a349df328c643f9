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

/// One press as `kioskd keys` prints it.
public struct KeyLine: Hashable, Sendable {
  public let at: LocalTime
  public let device: String
  public let code: UInt16
  public let meaning: KeyMeaning

  public init(at: LocalTime, device: String, code: UInt16, meaning: KeyMeaning) {
    self.at = at
    self.device = device
    self.code = code
    self.meaning = meaning
  }

  /// Above the lines.
  public static let heading =
    "time          device        code  Linux key         key         action"

  public var text: String {
    let seconds = Branch.padded(Int(at.msOfDay / 1000 % 60), to: 2)
    let time = "\(at.hourMinute):\(seconds).\(Branch.padded(Int(at.msOfDay % 1000), to: 3))"
    let number = String(code)
    let blanks = String(repeating: " ", count: max(0, 4 - number.count))
    let columns = [
      time, Self.padded(device, 12), blanks + number,
      Self.padded(LinuxKeys.name(of: code) ?? "-", 16), Self.padded(meaning.key ?? "-", 10),
      meaning.action ?? "-",
    ]
    return CheckLine.printable(columns.joined(separator: "  "))
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
