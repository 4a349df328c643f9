public import Branch

/// When keys count, and as what.
public struct KeyRules: Hashable, Sendable {
  /// Two keys that go down within this time of each other are a chord. A key of a chord waits as
  /// long for the other, so it is short of what a person notices.
  public static let chordWindow = Span.milliseconds(100)
  public static let longPress_standard = Span.milliseconds(1000)
  /// A burst that does not end is told so often.
  public static let burst_max = Span.seconds(60)

  /// A contact that closes again within this time was not pressed again.
  public let debounce: Span
  /// A stroke that comes again before it was quiet for so long is counted and not told; 0 for none.
  public let lockout: Span
  /// A key of `longs` that is held so long was pressed long.
  public let longPress: Span
  /// Keys that mean something else when they are held. They count when they come up.
  public let longs: Set<UInt16>
  public let chords: Set<KeyPair>
  /// Strokes that count however soon they come again.
  public let unlocked: Set<KeyStroke>

  public init(
    debounce: Span, lockout: Span = Span(ms: 0), longPress: Span = longPress_standard,
    longs: Set<UInt16> = [], chords: Set<KeyPair> = [],
    unlocked: Set<KeyStroke> = []
  ) {
    self.debounce = debounce
    self.lockout = lockout
    self.longPress = longPress
    self.longs = longs
    self.chords = chords
    self.unlocked = unlocked
  }

  /// Keys whose meaning is known only some time after they went down.
  func isSlow(_ code: UInt16) -> Bool {
    longs.contains(code) || chords.contains { $0.first == code || $0.second == code }
  }

  func chord(_ one: UInt16, _ other: UInt16) -> KeyPair? {
    KeyPair(one, other).flatMap { chords.contains($0) ? $0 : nil }
  }
}
