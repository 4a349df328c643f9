import DeviceProfiles

extension ScannerSettings {
  func ends(_ code: UInt16) -> Bool {
    switch suffix {
    case .enter: Key.enters.contains(code)
    case .tab: code == Key.tab
    case .none: false
    }
  }
}

/// Why characters of a scanner make no code.
public enum ScanFault: Hashable, Sendable, CustomStringConvertible {
  /// The next character, or the key that ends the code, did not come in time.
  case brokenOff
  case tooLong
  /// A key that gives no character in this layout; its Linux code.
  case unreadable(UInt16)
  /// It does not begin with the prefix.
  case noPrefix
  /// The kernel had to drop events (SYN_DROPPED).
  case eventsLost

  public var description: String {
    switch self {
    case .brokenOff: "it broke off"
    case .tooLong: "it is longer than \(ScannerSettings.length_max) characters"
    case .unreadable(let code): "key \(code) gives no character in this layout"
    case .noPrefix: "it has not the prefix"
    case .eventsLost: "events were lost"
    }
  }
}

/// Codes of the keys that are no characters (linux/input-event-codes.h).
enum Key {
  static let tab: UInt16 = 15
  static let enters: Set<UInt16> = [28, 96]
  /// In the same place on all layouts.
  static let letterJ: UInt16 = 36
  static let shifts: Set<UInt16> = [42, 54]
  static let controls: Set<UInt16> = [29, 97]
  static let leftAlt: UInt16 = 56
  static let rightAlt: UInt16 = 100
  static let capsLock = EventCode.capsLockKey
  static let numLock: UInt16 = 69
  static let metas: Set<UInt16> = [125, 126]
  static let modifiers = shifts.union(controls).union(metas).union([leftAlt, rightAlt])
}
