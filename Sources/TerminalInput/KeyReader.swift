public import Branch

/// Keys went down, and a person meant it.
public struct KeyPress: Hashable, Sendable {
  /// With Linux key codes, `KEY_1` is 2 (linux/input-event-codes.h).
  public let stroke: KeyStroke
  /// When it reached this process.
  public let at: MonotonicTime

  public init(stroke: KeyStroke, at: MonotonicTime) {
    self.stroke = stroke
    self.at = at
  }

  /// An ordinary press.
  public init(code: UInt16, at: MonotonicTime) { self.init(stroke: .press(code), at: at) }

  /// Of its key, of a chord the lower one.
  public var code: UInt16 { stroke.codes[0] }
}

/// From a terminal's events to presses: contacts that bounce, keys that are held, and events that
/// the kernel had to drop make no press that nobody meant.
///
///     value   1  0  1        0  1  0            1  2  2  2    0
///     ms      0  2  3      120 121 122        500               1900
///     press   ▲  └──┴─ bounce ──┴──┘            ▲  └ repeats ┘
///
/// A press counts when its key was quiet for `debounce` before; both edges bounce, so the quiet
/// time runs from the key's last change in either direction, not from its last press.
///
/// The quiet time is measured by the events' own time stamps where they have some, see
/// `EventMoment`.
public struct KeyReader: Sendable {
  public enum Outcome: Hashable, Sendable {
    case pressed(KeyPress)
    /// The last key came up or the last report ended with no key down: the moment to grab a device.
    case allUp
    /// Events are missing: read the keys that are down (EVIOCGKEY) and pass them to `keyState`.
    case needsKeyState
  }

  public let debounce: Span
  /// Keys that are down.
  public private(set) var down: Set<UInt16> = []
  /// Bounces that were no presses.
  public private(set) var bounces = 0
  private var lastEdges: [UInt16: EventMoment] = [:]
  private var isDropping = false

  /// - Parameter debounce: 0 to take every press; 5 to 50 ms suits real contacts.
  public init(debounce: Span) { self.debounce = debounce }

  /// Takes one event that arrived now.
  public mutating func feed(_ event: InputEvent, at now: MonotonicTime) -> Outcome? {
    if event.type == EventType.sync { return takeSync(event.code) }
    guard event.type == EventType.key, event.code <= EventCode.keyLast, !isDropping else {
      return nil
    }
    let edge = EventMoment(event, at: now)
    switch event.value {
    case 1: return press(event.code, edge)
    case 0: return release(event.code, edge)
    default: return nil
    }
  }

  /// SYN_DROPPED: what follows up to the next report belongs to a moment that is partly lost
  /// (Documentation/input/event-codes.rst), so nothing of it counts.
  private mutating func takeSync(_ code: UInt16) -> Outcome? {
    if code == EventCode.dropped { isDropping = true }
    guard code == EventCode.report, isDropping else { return nil }
    isDropping = false
    return .needsKeyState
  }

  private mutating func press(_ code: UInt16, _ edge: EventMoment) -> Outcome? {
    // A press without a release before it is a press: hand-made records often have no release.
    down.insert(code)
    defer { lastEdges[code] = edge }
    guard isQuiet(code, edge) else {
      bounces &+= 1
      return nil
    }
    return .pressed(KeyPress(code: code, at: edge.arrival))
  }

  private mutating func release(_ code: UInt16, _ edge: EventMoment) -> Outcome? {
    lastEdges[code] = edge
    let wasDown = down.remove(code) != nil
    return wasDown && down.isEmpty ? .allUp : nil
  }

  private func isQuiet(_ code: UInt16, _ edge: EventMoment) -> Bool {
    guard debounce.ms > 0, let last = lastEdges[code] else { return true }
    return edge.isLater(than: last, by: debounce)
  }

  /// The keys that are down after events were missed. A key that is down and was not before was
  /// pressed in the gap, by a person who still waits with the finger on it: a press. A key that was
  /// down before and still is counts as held. What went down and up within the gap is lost, and
  /// nothing is invented for it.
  public mutating func keyState(_ held: Set<UInt16>, at now: MonotonicTime) -> [KeyPress] {
    let edge = EventMoment(arrival: now)
    for code in down.subtracting(held) { lastEdges[code] = edge }
    let fresh = held.subtracting(down).filter { $0 <= EventCode.keyLast }
    down = held.filter { $0 <= EventCode.keyLast }
    return fresh.sorted().compactMap { code in
      defer { lastEdges[code] = edge }
      guard isQuiet(code, edge) else {
        bounces &+= 1
        return nil
      }
      return KeyPress(code: code, at: now)
    }
  }

  /// The keys that are down when a device is opened: pressed before anybody listened, perhaps by a
  /// book lying on the keypad. No presses; they count again after they came up.
  public mutating func adopt(_ held: Set<UInt16>) {
    down = held.filter { $0 <= EventCode.keyLast }
    isDropping = false
  }
}
