public import Branch

/// What was done to a device whose keys nobody knows yet: from the first key that goes down to the
/// moment when all are up and stay so for a while.
///
///     key 2    ▼──▲            ▼────────────────▲          ▼────▲
///     key 3                                                 ▼──▲
///     told          · tap 2                       · held 2        · together 2, 3
public struct HandGesture: Hashable, Sendable {
  /// One key, once.
  public struct Touch: Hashable, Sendable {
    public let code: UInt16
    /// Since the first key of the gesture went down, microseconds.
    public let down_us: Int64
    /// How long it was down, microseconds; 0 when its coming up was not told.
    public internal(set) var held_us: Int64
    /// How often its contact closed again at once.
    public internal(set) var bounces = 0
    /// The longest time that it was open before it closed again, microseconds.
    public internal(set) var bounce_us: Int64 = 0
    /// Events of value 2: the device or the kernel repeats a held key.
    public internal(set) var repeats = 0
  }

  public enum Kind: Hashable, Sendable {
    case tap(UInt16)
    case held(UInt16)
    /// Two keys that went down within `KeyRules.chordWindow`, and were down at the same time.
    case together(KeyPair)
    /// So fast, and so many, that no hand did it: a scanner.
    case typed
    /// One key several times, or keys one after the other.
    case several
  }

  /// A hand is slower: this many keys or more, with less between two on average, are a scanner's.
  public static let typed_min = 4
  public static let typedGap_us: Int64 = 60_000
  public static let touches_max = 1024

  /// As they came, each closing of a contact by itself, in the order in which they went down.
  public let edges: [Touch]
  /// The same without bounces: a key that closed again at once was touched once.
  public let touches: [Touch]

  init(_ edges: [Touch], debounce: Span) {
    self.edges = edges
    var touches: [Touch] = []
    for edge in edges {
      guard let place = touches.lastIndex(where: { $0.code == edge.code }) else {
        touches.append(edge)
        continue
      }
      let open_us = edge.down_us - touches[place].down_us - touches[place].held_us
      guard open_us < debounce.ms * 1000 else {
        touches.append(edge)
        continue
      }
      touches[place].bounces += 1
      touches[place].bounce_us = max(touches[place].bounce_us, open_us)
      touches[place].held_us = edge.down_us + edge.held_us - touches[place].down_us
      touches[place].repeats += edge.repeats
    }
    self.touches = touches
  }

  /// A scanner types the same key twice faster than a contact bounces.
  public var bounces: Int { kind == .typed ? 0 : touches.reduce(0) { $0 + $1.bounces } }
  public var bounce_us: Int64 { kind == .typed ? 0 : touches.map(\.bounce_us).max() ?? 0 }
  public var repeats: Int { touches.reduce(0) { $0 + $1.repeats } }
  public var held_us: Int64 { touches.first?.held_us ?? 0 }

  public var kind: Kind {
    if isTyped { return .typed }
    if touches.count == 1 {
      let touch = touches[0]
      let isHeld = touch.held_us >= KeyRules.longPress_standard.ms * 1000
      return isHeld ? .held(touch.code) : .tap(touch.code)
    }
    if touches.count == 2, let pair = KeyPair(touches[0].code, touches[1].code) {
      let gap_us = touches[1].down_us - touches[0].down_us
      let isOver = touches[0].held_us > gap_us
      if isOver, gap_us < KeyRules.chordWindow.ms * 1000 { return .together(pair) }
    }
    return .several
  }

  private var isTyped: Bool {
    let keys = edges.filter { !Key.modifiers.contains($0.code) }
    guard keys.count >= Self.typed_min, let first = keys.first, let last = keys.last else {
      return false
    }
    let isEnded = Key.enters.contains(last.code) || last.code == Key.tab
    return Set(keys.map(\.code)).count >= (isEnded ? 2 : 3)
      && (last.down_us - first.down_us) / Int64(keys.count - 1) < Self.typedGap_us
  }
}

/// Collects the keys of one device to gestures. `deadline` and `timePassed` are its clock.
public struct HandWatch: Sendable {
  /// A gesture is over when nothing happened for so long.
  public static let quiet = Span.milliseconds(200)

  private let debounce: Span
  private var touches: [HandGesture.Touch] = []
  /// Places in `touches`.
  private var down: [UInt16: Int] = [:]
  private var first: EventMoment?
  private var last: EventMoment?

  /// - Parameter debounce: a contact that closes again within this time is one touch.
  public init(debounce: Span = .milliseconds(30)) { self.debounce = debounce }

  /// Keys that are down.
  public var held: Set<UInt16> { Set(down.keys) }

  /// When `timePassed` has something to do.
  public var deadline: MonotonicTime? {
    guard let last, down.isEmpty, !touches.isEmpty else { return nil }
    return last.arrival + Self.quiet
  }

  /// Takes one event that arrived now; gives the gesture before it when that had ended.
  public mutating func feed(_ event: InputEvent, at now: MonotonicTime) -> HandGesture? {
    guard event.type == EventType.key, event.code <= EventCode.keyLast else { return nil }
    let moment = EventMoment(event, at: now)
    var ended: HandGesture?
    if let last, down.isEmpty, moment.isLater(than: last, by: Self.quiet) { ended = finish() }
    last = moment
    switch event.value {
    case 1: goDown(event.code, moment)
    case 0: comeUp(event.code, moment)
    case 2: if let place = down[event.code] { touches[place].repeats += 1 }
    default: break
    }
    return ended
  }

  /// To be called at `deadline`, after all events that are there were fed.
  public mutating func timePassed(_ now: MonotonicTime) -> HandGesture? {
    guard let deadline, now >= deadline else { return nil }
    return finish()
  }

  /// Events were lost, or the device: what was under way is not told.
  public mutating func forget() { self = HandWatch(debounce: debounce) }

  private mutating func goDown(_ code: UInt16, _ moment: EventMoment) {
    let start = first ?? moment
    first = start
    guard touches.count < HandGesture.touches_max else { return }
    touches.append(
      HandGesture.Touch(code: code, down_us: moment.time_us(since: start), held_us: 0))
    down[code] = touches.count - 1
  }

  private mutating func comeUp(_ code: UInt16, _ moment: EventMoment) {
    guard let place = down.removeValue(forKey: code), let first else { return }
    touches[place].held_us = moment.time_us(since: first) - touches[place].down_us
  }

  private mutating func finish() -> HandGesture? {
    let gesture = touches.isEmpty ? nil : HandGesture(touches, debounce: debounce)
    forget()
    return gesture
  }
}
