import Branch
import DeviceProfiles

/// What a finger does, by the names of the profile's keys: `button1`, `button1:long`,
/// `button1+button2`.
struct VirtualPress: Hashable, Sendable, CustomStringConvertible {
  let key: DeviceKey
  /// Pressed together with the first.
  let other: DeviceKey?
  let isLong: Bool

  init(_ key: DeviceKey, with other: DeviceKey? = nil, isLong: Bool = false) {
    self.key = key
    self.other = other
    self.isLong = isLong
  }

  var description: String { "\(key)\(other.map { "+\($0)" } ?? "")\(isLong ? ":long" : "")" }

  /// With the codes of a model; nil when its keys cannot be pressed so. A key that is only there as
  /// a long press or a chord is done like that.
  func stroke(on profile: TerminalProfile) -> KeyStroke? {
    guard let strokes = profile.key(named: key)?.strokes, let first = strokes.first else {
      return nil
    }
    let plain = strokes.first { if case .press = $0 { true } else { false } }
    if let other {
      guard let second = profile.key(named: other)?.strokes.first else { return nil }
      return KeyPair((plain ?? first).codes[0], second.codes[0]).map { .chord($0) }
    }
    return isLong ? .long((plain ?? first).codes[0]) : plain ?? first
  }
}
