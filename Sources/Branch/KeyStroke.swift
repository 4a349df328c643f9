/// What a hand does with the keys of a terminal; keys are codes of Linux EV_KEY events.
public enum KeyStroke: Hashable, Sendable, Comparable, CustomStringConvertible {
  case press(UInt16)
  /// The key was held down for a while.
  case long(UInt16)
  /// Two keys went down together.
  case chord(KeyPair)

  /// Every key that takes part.
  public var codes: [UInt16] {
    switch self {
    case .press(let code), .long(let code): [code]
    case .chord(let pair): [pair.first, pair.second]
    }
  }

  /// `2`, `2:long`, `2+3`
  public var description: String {
    switch self {
    case .press(let code): "\(code)"
    case .long(let code): "\(code):long"
    case .chord(let pair): "\(pair.first)+\(pair.second)"
    }
  }
}

/// Two keys, whichever went down first.
public struct KeyPair: Hashable, Sendable, Comparable {
  /// The one with the lower code.
  public let first: UInt16
  public let second: UInt16

  /// nil: a key makes no pair with itself.
  public init?(_ one: UInt16, _ other: UInt16) {
    guard one != other else { return nil }
    first = min(one, other)
    second = max(one, other)
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.first, left.second) < (right.first, right.second)
  }
}
