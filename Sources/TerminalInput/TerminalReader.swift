public import Branch
public import DeviceProfiles

/// What a terminal makes of its events.
public struct TerminalRules: Hashable, Sendable {
  public let keys: KeyRules
  /// nil: it reads no codes.
  public let scanner: ScannerSettings?
  /// Keys beside the scanner; they belong to no code. Without a scanner all keys are heard.
  public let keyCodes: Set<UInt16>

  /// Keys alone, all of them.
  public init(debounce: Span) {
    keys = KeyRules(debounce: debounce)
    scanner = nil
    keyCodes = []
  }

  /// - Parameters:
  ///   - strokes: those that mean something.
  ///   - others: codes of further keys that belong to no code of a scanner.
  ///   - unlocked: strokes that count however soon they come again.
  public init(
    strokes: some Sequence<KeyStroke>, others: Set<UInt16> = [], scanner: ScannerSettings?,
    debounce: Span, lockout: Span, longPress: Span, unlocked: Set<KeyStroke> = []
  ) {
    var longs: Set<UInt16> = []
    var chords: Set<KeyPair> = []
    var codes: Set<UInt16> = []
    for stroke in strokes {
      codes.formUnion(stroke.codes)
      switch stroke {
      case .press: break
      case .long(let code): longs.insert(code)
      case .chord(let pair): chords.insert(pair)
      }
    }
    keys = KeyRules(
      debounce: debounce, lockout: lockout, longPress: longPress, longs: longs, chords: chords,
      unlocked: unlocked)
    self.scanner = scanner
    keyCodes = codes.union(others)
  }
}

/// From a device's events to strokes of keys and codes of a scanner. One reader belongs to one
/// device. `deadline` and `timePassed` are its clock.
public struct TerminalReader: Sendable {
  public enum Outcome: Hashable, Sendable {
    case pressed(KeyPress)
    case burst(KeyStroke, count: Int)
    case scanned(String)
    case scanDropped(ScanFault, characters: Int)
    /// The last key came up: the moment to grab a device.
    case allUp
    /// Events are missing: read the keys that are down (EVIOCGKEY) and pass them to `keyState`.
    case needsKeyState
  }

  private let keyCodes: Set<UInt16>
  private var hand: KeyHand
  private var scanner: ScannerReader?

  public init(_ rules: TerminalRules) {
    keyCodes = rules.keyCodes
    hand = KeyHand(rules.keys)
    scanner = rules.scanner.map { ScannerReader($0) }
  }

  /// Keys that are down.
  public var down: Set<UInt16> { hand.down.union(scanner?.down ?? []) }

  /// Whether Caps Lock is on for the scanner's letters; nil: there is no scanner.
  public var capsLock: Bool? { scanner?.capsLock }

  public mutating func setCapsLock(_ isOn: Bool) { scanner?.setCapsLock(isOn) }

  /// When `timePassed` has something to do.
  public var deadline: MonotonicTime? {
    [hand.deadline, scanner?.deadline].compactMap { $0 }.min()
  }

  /// Takes one event that arrived now.
  public mutating func feed(_ event: InputEvent, at now: MonotonicTime) -> [Outcome] {
    guard scanner != nil else { return hand.feed(event, at: now).map(Self.outcome) }
    var outcomes: [Outcome] = []
    let isKey = event.type == EventType.key
    if !isKey || keyCodes.contains(event.code) {
      outcomes += hand.feed(event, at: now).map(Self.outcome)
    }
    if !isKey || !keyCodes.contains(event.code) {
      outcomes += scanner?.feed(event, at: now).map(Self.outcome) ?? []
    }
    return withoutTwins(outcomes)
  }

  /// To be called at `deadline`, after all events that are there were fed.
  public mutating func timePassed(_ now: MonotonicTime) -> [Outcome] {
    hand.timePassed(now).map(Self.outcome) + (scanner?.timePassed(now).map(Self.outcome) ?? [])
  }

  /// The keys that are down after events were missed.
  /// - Parameter stamp: of this moment, by the clock of the events; zero: not known.
  public mutating func keyState(
    _ held: Set<UInt16>, at now: MonotonicTime, stamp: InputTime = .zero
  ) -> [Outcome] {
    let codes = scanner?.keyState(held.subtracting(keyCodes), at: now, stamp: stamp) ?? []
    return hand.keyState(ofHand(held), at: now).map(Self.outcome) + codes.map(Self.outcome)
  }

  /// The keys that are down when a device is opened.
  public mutating func adopt(_ held: Set<UInt16>) {
    hand.adopt(ofHand(held))
    scanner?.adopt(held.subtracting(keyCodes))
  }

  /// The device is gone: what can still be told.
  public mutating func deviceLost(at now: MonotonicTime) -> [Outcome] {
    hand.deviceLost(at: now).map(Self.outcome)
      + (scanner?.deviceLost().map(Self.outcome) ?? [])
  }

  private func ofHand(_ held: Set<UInt16>) -> Set<UInt16> {
    scanner == nil ? held : held.intersection(keyCodes)
  }

  /// Both readers ask for the key state, and each knows its own keys only.
  private func withoutTwins(_ outcomes: [Outcome]) -> [Outcome] {
    var isStateAsked = false
    return outcomes.filter { outcome in
      switch outcome {
      case .needsKeyState:
        defer { isStateAsked = true }
        return !isStateAsked
      case .allUp: return down.isEmpty
      case .pressed, .burst, .scanned, .scanDropped: return true
      }
    }
  }

  private static func outcome(_ outcome: KeyHand.Outcome) -> Outcome {
    switch outcome {
    case .pressed(let press): .pressed(press)
    case .burst(let stroke, let count): .burst(stroke, count: count)
    case .allUp: .allUp
    case .needsKeyState: .needsKeyState
    }
  }

  private static func outcome(_ outcome: ScannerReader.Outcome) -> Outcome {
    switch outcome {
    case .scanned(let text): .scanned(text)
    case .dropped(let fault, let characters): .scanDropped(fault, characters: characters)
    case .allUp: .allUp
    case .needsKeyState: .needsKeyState
    }
  }
}
