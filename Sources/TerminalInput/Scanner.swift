public import Branch

/// How a scanner was set up, and what is made of its keys.
public struct ScannerSettings: Hashable, Sendable {
  /// The key that ends a code.
  public enum Suffix: String, Hashable, Sendable, CaseIterable {
    /// KEY_ENTER or KEY_KPENTER
    case enter
    /// KEY_TAB
    case tab
    /// A code ends when nothing follows for `timeout`.
    case none
  }

  public static let timeout = Span(ms: 20)...Span(ms: 5000)
  /// A scanner leaves 1 to 50 ms between two characters, a slow radio link a few hundred.
  public static let timeout_standard = Span(ms: 300)
  public static let prefix_max = 16
  /// The code of an appointment has 64 characters at most; a long URL in a QR code has more.
  public static let length_max = 512

  public let layout: KeyboardLayout
  /// Stands before every code and does not belong to it; what comes without it is no code. May be
  /// empty.
  public let prefix: String
  public let suffix: Suffix
  /// Longest time between two characters of one code.
  public let timeout: Span

  public init(
    layout: KeyboardLayout, prefix: String = "", suffix: Suffix = .enter,
    timeout: Span = timeout_standard
  ) {
    self.layout = layout
    self.prefix = prefix
    self.suffix = suffix
    self.timeout = timeout
  }

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
  static let shifts: Set<UInt16> = [42, 54]
  static let controls: Set<UInt16> = [29, 97]
  static let leftAlt: UInt16 = 56
  static let rightAlt: UInt16 = 100
  static let capsLock: UInt16 = 58
  static let numLock: UInt16 = 69
  static let metas: Set<UInt16> = [125, 126]
  static let modifiers = shifts.union(controls).union(metas).union([leftAlt, rightAlt])
}
