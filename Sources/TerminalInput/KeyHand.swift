public import Branch

/// From a terminal's events to strokes: presses, long presses, chords; and a child that hammers on
/// a key is one press and a counted burst.
///
///     key 2    ▼▲ ▼▲ ▼▲ ▼▲                   ▼─────────▲        ▼──────▲
///     key 3                                                      ▼───▲
///     told     press 2      burst 2, 3 more     long 2          chord 2+3
///
/// An ordinary key is told the moment it goes down. A key with a long meaning is told when it comes
/// up or when it was held long enough; a key of a chord waits a moment for the other one. A stroke
/// locks only itself out: another smiley within the time is a customer who corrects herself.
public struct KeyHand: Sendable {
  public enum Outcome: Hashable, Sendable {
    case pressed(KeyPress)
    /// The stroke came so many times more while it was locked out.
    case burst(KeyStroke, count: Int)
    /// The last key came up or the last report ended with no key down: the moment to grab a device.
    case allUp
    /// Events are missing: read the keys that are down (EVIOCGKEY) and pass them to `keyState`.
    case needsKeyState
  }

  /// A slow key from going down to having come up for good.
  private struct Hold: Sendable {
    let code: UInt16
    let press: EventMoment
    /// Both edges bounce: it came up when it stays up.
    var release: EventMoment?
    var isTold = false
  }

  private struct Lock: Sendable {
    var last: EventMoment
    var since: EventMoment
    var count = 0
  }

  public let rules: KeyRules
  private var reader: KeyReader
  /// In the order in which they went down.
  private var holds: [Hold] = []
  private var locks: [KeyStroke: Lock] = [:]

  public init(_ rules: KeyRules) {
    self.rules = rules
    reader = KeyReader(debounce: rules.debounce)
  }

  public var down: Set<UInt16> { reader.down }
  /// Bounces that were no presses.
  public var bounces: Int { reader.bounces }

  /// When `timePassed` has something to do.
  public var deadline: MonotonicTime? {
    let waiting = holds.compactMap { hold -> MonotonicTime? in
      if hold.isTold { return nil }
      if let release = hold.release { return release.arrival + rules.debounce }
      return hold.press.arrival + wait(hold.code)
    }
    let counting = locks.values.filter { $0.count > 0 }.map { $0.last.arrival + rules.lockout }
    return (waiting + counting).min()
  }

  /// Takes one event that arrived now.
  public mutating func feed(_ event: InputEvent, at now: MonotonicTime) -> [Outcome] {
    let moment = EventMoment(event, at: now)
    var outcomes = event.type == EventType.key ? settle(moment) : []
    let wasDown = reader.down.contains(event.code)
    switch reader.feed(event, at: now) {
    case .pressed(let press): outcomes += pressed(press.code, moment)
    case .allUp: outcomes.append(.allUp)
    case .needsKeyState: outcomes.append(.needsKeyState)
    case nil: break
    }
    guard event.type == EventType.key else { return outcomes }
    let isDown = reader.down.contains(event.code)
    if wasDown, !isDown { released(event.code, moment) }
    if !wasDown, isDown { bouncedBack(event.code, moment) }
    return outcomes + settle(moment)
  }

  /// To be called at `deadline`, after all events that are there were fed.
  public mutating func timePassed(_ now: MonotonicTime) -> [Outcome] {
    settle(EventMoment(arrival: now))
  }

  /// The keys that are down after events were missed, see `KeyReader`.
  public mutating func keyState(_ held: Set<UInt16>, at now: MonotonicTime) -> [Outcome] {
    let moment = EventMoment(arrival: now)
    for code in reader.down.subtracting(held) { released(code, moment) }
    var outcomes: [Outcome] = []
    for press in reader.keyState(held, at: now) { outcomes += pressed(press.code, moment) }
    return outcomes + settle(moment)
  }

  /// The keys that are down when a device is opened: no strokes, see `KeyReader`.
  public mutating func adopt(_ held: Set<UInt16>) {
    reader.adopt(held)
    holds = []
  }

  /// The device is gone. What was pressed and came up counts; a key that was held when the cable
  /// was pulled, and whose meaning was not known yet, was not.
  public mutating func deviceLost(at now: MonotonicTime) -> [Outcome] {
    let moment = EventMoment(arrival: now)
    var outcomes: [Outcome] = []
    for hold in holds where !hold.isTold && hold.release != nil {
      outcomes += tell(.press(hold.code), moment)
    }
    holds = []
    for (stroke, lock) in locks.sorted(by: { $0.key < $1.key }) where lock.count > 0 {
      outcomes.append(.burst(stroke, count: lock.count))
    }
    locks = [:]
    reader.adopt([])
    return outcomes
  }

  // MARK: Edges

  private mutating func pressed(_ code: UInt16, _ moment: EventMoment) -> [Outcome] {
    guard rules.isSlow(code) else { return tell(.press(code), moment) }
    var outcomes: [Outcome] = []
    // Hand-made records often have no release; then the next press says that it came up.
    if let place = holds.firstIndex(where: { $0.code == code }) {
      let hold = holds.remove(at: place)
      if !hold.isTold { outcomes += tell(.press(code), moment) }
    }
    var hold = Hold(code: code, press: moment)
    if let (place, pair) = partner(of: code, moment) {
      holds[place].isTold = true
      hold.isTold = true
      outcomes += tell(.chord(pair), moment)
    }
    holds.append(hold)
    return outcomes
  }

  private func partner(of code: UInt16, _ moment: EventMoment) -> (Int, KeyPair)? {
    for (place, hold) in holds.enumerated() where !hold.isTold {
      guard let pair = rules.chord(hold.code, code),
        !moment.isLater(than: hold.press, by: KeyRules.chordWindow)
      else { continue }
      return (place, pair)
    }
    return nil
  }

  private mutating func released(_ code: UInt16, _ moment: EventMoment) {
    guard let place = holds.firstIndex(where: { $0.code == code }) else { return }
    holds[place].release = moment
  }

  private mutating func bouncedBack(_ code: UInt16, _ moment: EventMoment) {
    guard let place = holds.firstIndex(where: { $0.code == code }) else { return }
    holds[place].release = nil
  }

  // MARK: Time

  /// How long a key that is down may wait for its meaning.
  private func wait(_ code: UInt16) -> Span {
    rules.longs.contains(code) ? rules.longPress : KeyRules.chordWindow
  }

  /// Tells what is certain at this moment.
  private mutating func settle(_ moment: EventMoment) -> [Outcome] {
    var outcomes: [Outcome] = []
    for place in holds.indices where !holds[place].isTold {
      let hold = holds[place]
      if let release = hold.release {
        guard moment.isLater(than: release, by: rules.debounce) else { continue }
        outcomes += tell(.press(hold.code), release)
      } else {
        guard moment.isLater(than: hold.press, by: wait(hold.code)) else { continue }
        let isLong = rules.longs.contains(hold.code)
        outcomes += tell(isLong ? .long(hold.code) : .press(hold.code), moment)
      }
      holds[place].isTold = true
    }
    holds.removeAll { hold in
      hold.isTold && hold.release.map { moment.isLater(than: $0, by: rules.debounce) } ?? false
    }
    return outcomes + unlock(moment)
  }

  // MARK: Lock-out

  private mutating func tell(_ stroke: KeyStroke, _ moment: EventMoment) -> [Outcome] {
    let press = Outcome.pressed(KeyPress(stroke: stroke, at: moment.arrival))
    guard rules.lockout.ms > 0, !rules.unlocked.contains(stroke) else { return [press] }
    guard var lock = locks[stroke], !moment.isLater(than: lock.last, by: rules.lockout) else {
      let ended = locks.removeValue(forKey: stroke).flatMap { burst(stroke, $0) }
      locks[stroke] = Lock(last: moment, since: moment)
      return (ended.map { [$0] } ?? []) + [press]
    }
    lock.last = moment
    lock.count += 1
    defer { locks[stroke] = lock }
    guard moment.isLater(than: lock.since, by: KeyRules.burst_max) else { return [] }
    let told = burst(stroke, lock)
    lock.since = moment
    lock.count = 0
    return told.map { [$0] } ?? []
  }

  private mutating func unlock(_ moment: EventMoment) -> [Outcome] {
    let quiet = locks.filter { moment.isLater(than: $0.value.last, by: rules.lockout) }
    for stroke in quiet.keys { locks[stroke] = nil }
    return quiet.sorted { $0.key < $1.key }.compactMap { burst($0.key, $0.value) }
  }

  private func burst(_ stroke: KeyStroke, _ lock: Lock) -> Outcome? {
    lock.count > 0 ? .burst(stroke, count: lock.count) : nil
  }
}
