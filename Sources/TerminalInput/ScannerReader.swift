public import Branch
public import DeviceProfiles

/// From a scanner's key events to whole codes: each is told once, complete, or not at all.
///
///     keys    A  0  1  2  ⏎        A  0  ·  ·  ·  1  2  ⏎
///     ms      0  8  16 24 32     120 128         700 708 716
///     told                ▲ scanned A012          ▲ dropped A0 at 428, scanned 12
///
/// What spoils a code (a key that cannot be read, lost events, too many characters) is told at once
/// and the rest of it is passed over, up to the key that ends it or to a gap. One reader belongs to
/// one device, so that two scanners never mix.
public struct ScannerReader: Sendable {
  public enum Outcome: Hashable, Sendable {
    case scanned(String)
    /// - `characters`: how many there were; the text may be somebody's and is not told.
    case dropped(ScanFault, characters: Int)
    /// The last key came up: the moment to grab a device.
    case allUp
    /// Events are missing: read the keys that are down (EVIOCGKEY) and pass them to `keyState`.
    case needsKeyState
  }

  private enum Phase {
    case idle, collecting, spoiled
  }

  public let settings: ScannerSettings
  /// Keys that are down.
  public private(set) var down: Set<UInt16> = []
  private var phase = Phase.idle
  private var text = String.UnicodeScalarView()
  private var dead: DeadKey?
  /// Whether Caps Lock is on. Its key switches it; so may the owner, who sees the lamp.
  public private(set) var capsLock = false
  private var isCapsLockInDoubt = false
  private var last = EventMoment(arrival: MonotonicTime(ms: 0))
  private var isDropping = false
  /// What comes now may be the rest of a code, and nobody was told that one is lost.
  private var isUntold = false

  public init(_ settings: ScannerSettings) { self.settings = settings }

  /// When `timePassed` has something to do.
  public var deadline: MonotonicTime? {
    phase == .collecting ? last.arrival + settings.timeout : nil
  }

  /// Takes one event that arrived now.
  public mutating func feed(_ event: InputEvent, at now: MonotonicTime) -> [Outcome] {
    if event.type == EventType.sync { return takeSync(event, now) }
    guard event.type == EventType.key, event.code <= EventCode.keyLast, !isDropping else {
      return []
    }
    switch event.value {
    case 1:
      down.insert(event.code)
      return press(event.code, EventMoment(event, at: now))
    case 0:
      let wasDown = down.remove(event.code) != nil
      return wasDown && down.isEmpty ? [.allUp] : []
    default: return []
    }
  }

  /// To be called at `deadline`, after all events that are there were fed.
  public mutating func timePassed(_ now: MonotonicTime) -> [Outcome] {
    guard let deadline, now >= deadline else { return [] }
    // Late events of this code may still come, and their stamps will show that they belong to it.
    let outcomes = gapPassed()
    phase = .spoiled
    return outcomes
  }

  /// The keys that are down after events were missed. Which characters were missed nobody knows;
  /// Shift and its like are taken from the state. A scanner that switches Caps Lock for each code
  /// switches it back behind it: what comes up to the next gap may be the second half of a pair.
  ///
  /// The kernel throws the keys away that wait to be read when it is asked for the state
  /// (drivers/input/evdev.c, evdev_handle_get_val), and says nothing of it. So what has begun is
  /// spoiled, and so is what follows before a gap or the end of a code.
  /// - Parameter stamp: of this moment, by the clock of the events; zero: not known.
  public mutating func keyState(
    _ held: Set<UInt16>, at now: MonotonicTime, stamp: InputTime = .zero
  ) -> [Outcome] {
    isCapsLockInDoubt = true
    setDown(held)
    last = EventMoment(stamp: stamp, arrival: now)
    switch phase {
    case .idle:
      clear(.spoiled)
      isUntold = true
      return []
    case .collecting: return spoil(.eventsLost)
    case .spoiled: return []
    }
  }

  private mutating func setDown(_ held: Set<UInt16>) {
    down = held.filter { $0 <= EventCode.keyLast }
  }

  /// Caps Lock was switched by somebody else, or its lamp tells how it is.
  public mutating func setCapsLock(_ isOn: Bool) { capsLock = isOn }

  /// The keys that are down when a device is opened.
  public mutating func adopt(_ held: Set<UInt16>) {
    setDown(held)
    isDropping = false
  }

  /// The device is gone; a half code is dropped and told.
  public mutating func deviceLost() -> [Outcome] {
    down = []
    isDropping = false
    defer { clear(.idle) }
    return phase == .collecting ? spoil(.brokenOff) : []
  }

  // MARK: Keys

  private mutating func takeSync(_ event: InputEvent, _ now: MonotonicTime) -> [Outcome] {
    if event.code == EventCode.dropped {
      isDropping = true
      // Since the last key that was seen others came: that was no gap between two codes.
      last = EventMoment(event, at: now)
      return phase == .spoiled ? [] : spoil(.eventsLost)
    }
    guard event.code == EventCode.report, isDropping else { return [] }
    isDropping = false
    return [.needsKeyState]
  }

  private mutating func press(_ code: UInt16, _ moment: EventMoment) -> [Outcome] {
    // A scanner that presses keys of the keypad means digits, whatever Num Lock says.
    if Key.modifiers.contains(code) || code == Key.numLock { return [] }
    let isAfterGap = moment.isLater(than: last, by: settings.timeout)
    if isAfterGap { isCapsLockInDoubt = false }
    if code == Key.capsLock {
      if !isCapsLockInDoubt { capsLock.toggle() }
      return []
    }
    var outcomes: [Outcome] = []
    if phase != .idle, isAfterGap { outcomes = gapPassed() }
    last = moment
    return outcomes + (settings.ends(code) ? end() : character(code))
  }

  /// Nothing came for so long that what follows is another code.
  private mutating func gapPassed() -> [Outcome] {
    defer { phase = .idle }
    isUntold = false
    guard phase == .collecting else { return [] }
    if settings.suffix == .none { return end() }
    return spoil(.brokenOff)
  }

  private mutating func character(_ code: UInt16) -> [Outcome] {
    if phase == .spoiled { return isUntold ? spoil(.eventsLost) : [] }
    // Before a code, Enter behind the Tab that ended the last one is no beginning, nor is the line
    // feed behind Enter.
    if phase == .idle, !KeyboardLayout.isCharacterKey(code) || isLineFeed(code) { return [] }
    guard !isCommand, let sign = settings.layout.sign(code, modifiers) else {
      return spoil(.unreadable(code))
    }
    phase = .collecting
    switch (sign, dead) {
    case (.dead(let new), nil): dead = new
    case (.dead(let new), let old?) where new == old: append(old.alone)
    case (.dead(let new), let old?):
      append(old.alone)
      dead = new
    case (.character(let scalar), nil): append(scalar)
    case (.character(" "), let old?): append(old.alone)
    case (.character(let scalar), let old?):
      // What no keyboard has is typed as two characters, as Windows does it.
      if let marked = old.on(scalar) {
        append(marked)
      } else {
        append(old.alone)
        append(scalar)
      }
    }
    return text.count > ScannerSettings.length_max + settings.prefix.unicodeScalars.count
      ? spoil(.tooLong) : []
  }

  private mutating func append(_ scalar: Unicode.Scalar) {
    dead = nil
    text.append(scalar)
  }

  /// Control or Alt alone makes a command of a key, no character.
  private var isCommand: Bool {
    let isControl = !down.isDisjoint(with: Key.controls)
    let isAlt = down.contains(Key.leftAlt)
    return isControl != isAlt || !down.isDisjoint(with: Key.metas)
  }

  /// Scanners that are to end a code with CR LF type Enter and Control-J.
  private func isLineFeed(_ code: UInt16) -> Bool {
    code == Key.letterJ && !down.isDisjoint(with: Key.controls)
      && down.isDisjoint(with: Key.modifiers.subtracting(Key.controls))
  }

  private var modifiers: KeyboardLayout.Modifiers {
    let isControlAlt = !down.isDisjoint(with: Key.controls) && down.contains(Key.leftAlt)
    return KeyboardLayout.Modifiers(
      shift: !down.isDisjoint(with: Key.shifts),
      altGr: down.contains(Key.rightAlt) || isControlAlt, capsLock: capsLock)
  }

  // MARK: Codes

  private mutating func end() -> [Outcome] {
    if let dead { append(dead.alone) }
    let whole = String(text)
    let wasCollecting = phase == .collecting
    clear(.idle)
    guard wasCollecting else { return [] }
    guard whole.unicodeScalars.starts(with: settings.prefix.unicodeScalars) else {
      return [.dropped(.noPrefix, characters: whole.unicodeScalars.count)]
    }
    let prefix = settings.prefix.unicodeScalars.count
    let code = String(whole.unicodeScalars.dropFirst(prefix))
    return code.isEmpty ? [.dropped(.brokenOff, characters: prefix)] : [.scanned(code)]
  }

  private mutating func spoil(_ fault: ScanFault) -> [Outcome] {
    let characters = text.count + (dead == nil ? 0 : 1)
    clear(.spoiled)
    return [.dropped(fault, characters: characters)]
  }

  private mutating func clear(_ phase: Phase) {
    text = String.UnicodeScalarView()
    dead = nil
    isUntold = false
    self.phase = phase
  }
}
