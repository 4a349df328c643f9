import Branch
import Configuration
import QueueProtocol

/// A clerk types a PIN: the digits stand here and nowhere else, until they are checked or given up.
struct PINEntry {
  /// How long the next key may take.
  static let pause: Span = .seconds(10)

  var counter: CounterID
  var digits: [Int] = []
  var until: MonotonicTime
}

/// PINs on their way, and terminals that take none for a while.
struct PINDesk {
  /// Behind the first wrong PIN; twice as long behind each more.
  static let lock: Span = .seconds(1)
  static let lock_max: Span = .minutes(15)

  var entries: [TerminalID: PINEntry] = [:]
  private var lockedUntil: [TerminalID: MonotonicTime] = [:]

  mutating func lock(_ terminal: TerminalID, wrong count: Int, now: MonotonicTime) {
    let doublings = min(max(0, count - 1), 20)
    let span = min(Self.lock_max, Span(ms: Self.lock.ms << Int64(doublings)))
    lockedUntil[terminal] = now + span
  }

  func isLocked(_ terminal: TerminalID, now: MonotonicTime) -> Bool {
    lockedUntil[terminal].map { now < $0 } ?? false
  }

  mutating func takeLate(now: MonotonicTime) -> [TerminalID] {
    let late = entries.filter { $0.value.until <= now }.keys.sorted()
    for id in late { entries.removeValue(forKey: id) }
    return late
  }

  var nextDeadline: MonotonicTime? { entries.values.map(\.until).min() }
}

/// Clerks log on to a counter and off it. Checked here, not at the hub: a line that is down must
/// not keep a counter closed, and a PIN must not go over it.
extension BranchCore {
  /// Short enough for a counter display.
  static let (pinText, onText, offText) = ("PIN", "ON", "OFF")
  static let (wrongText, lockedText, logOnText) = ("WRONG", "LOCKED", "LOG ON")

  mutating func startClerks(_ now: Now) {
    // A pulled plug is no way to another try.
    for (terminal, count) in memory.clerks.wrong {
      pins.lock(terminal, wrong: count, now: now.monotonic)
    }
    for (counter, shift) in memory.clerks.shifts.sorted(by: { $0.key < $1.key })
    where !plan.clerks.contains(where: { $0.id == shift.clerk }) {
      logOff(counter, shift.clerk, nil, "unknown", now)
    }
  }

  /// The clerk at the counter; who was there on another day has gone home.
  mutating func clerk(at counter: CounterID, _ now: Now) -> ClerkID? {
    guard let shift = memory.clerks.shifts[counter] else { return nil }
    if let day = shift.day, day != now.local.day {
      logOff(counter, shift.clerk, nil, "day", now)
      return nil
    }
    return shift.clerk
  }

  mutating func addClerk(_ fact: inout Fact, _ now: Now) {
    guard let clerk = fact.counter.flatMap({ clerk(at: $0, now) }) else { return }
    fact.more.append(Field("clerk", clerk.text))
  }

  // MARK: keys

  /// A key while somebody types a PIN.
  /// - Returns: whether it was part of that. Any other key ends it, and means what it means.
  mutating func typed(_ terminal: TerminalPlan, _ stroke: KeyStroke, _ now: Now) -> Bool {
    guard let entry = pins.entries[terminal.id] else { return false }
    let action = terminal.action(stroke)?.plain
    if case .press(let code) = stroke {
      if let digit = terminal.pinKeys.digits[code] {
        addDigit(terminal, entry.counter, digit, now)
        return true
      }
      if terminal.pinKeys.enter.contains(code) {
        submit(terminal, now)
        return true
      }
    }
    if case .digit(let digit) = action {
      addDigit(terminal, entry.counter, digit, now)
      return true
    }
    if action == .logOn {
      submit(terminal, now)
      return true
    }
    pins.entries.removeValue(forKey: terminal.id)
    return false
  }

  /// Of a locked terminal, too: a clerk who types on would else call, and send away, customers with
  /// the digits of her PIN.
  /// - Parameter digit: the first, where the digits are keys of their own.
  mutating func beginPIN(
    _ terminal: TerminalPlan, _ counter: CounterID?, digit: Int? = nil, _ now: Now
  ) {
    guard let counter, !plan.clerks.isEmpty else { return signal(terminal.id, .error, now) }
    pins.entries[terminal.id] = PINEntry(counter: counter, until: now.monotonic + PINEntry.pause)
    if pins.isLocked(terminal.id, now: now.monotonic) { signal(terminal.id, .error, now) }
    tellPIN(terminal, now)
    if let digit { addDigit(terminal, counter, digit, now) }
  }

  private mutating func tellPIN(_ terminal: TerminalPlan, _ now: Now) {
    let isLocked = pins.isLocked(terminal.id, now: now.monotonic)
    tell(terminal, isLocked ? Self.lockedText : Self.pinText, for: PINEntry.pause, now)
  }

  /// Digits beyond the longest PIN are not kept; that is a wrong one.
  private mutating func addDigit(
    _ terminal: TerminalPlan, _ counter: CounterID, _ digit: Int, _ now: Now
  ) {
    guard var entry = pins.entries[terminal.id] else { return }
    if entry.digits.count <= PINHash.length.upperBound { entry.digits.append(digit) }
    entry.until = now.monotonic + PINEntry.pause
    pins.entries[terminal.id] = entry
    tellPIN(terminal, now)
  }

  private mutating func submit(_ terminal: TerminalPlan, _ now: Now) {
    guard let entry = pins.entries.removeValue(forKey: terminal.id) else { return }
    guard !isJournalFull, !isJournalFailing else { return refuseUnrecorded(terminal, now) }
    guard !pins.isLocked(terminal.id, now: now.monotonic) else {
      signal(terminal.id, .error, now)
      return tell(terminal, Self.lockedText, for: SignMachine.answer, now)
    }
    // Nothing was typed: no try.
    guard !entry.digits.isEmpty else { return signal(terminal.id, .error, now) }
    guard let clerk = owner(of: entry.digits) else {
      return refusePIN(terminal, entry.counter, now)
    }
    logOn(clerk, at: entry.counter, terminal, now)
    signal(terminal.id, .ok, now)
    tell(terminal, Self.onText, for: SignMachine.answer, now)
  }

  private func owner(of pin: [Int]) -> ClerkID? {
    guard PINHash.length.contains(pin.count) else { return nil }
    var hashes: [PINHash.Recipe: PINHash] = [:]
    // In the order of the configuration, which cannot see that two PINs of other salts are one.
    return plan.clerks.first { clerk in
      let hash = hashes[clerk.pin.recipe] ?? clerk.pin.recipe.hash(of: pin)
      hashes[clerk.pin.recipe] = hash
      return clerk.pin == hash
    }?.id
  }

  private mutating func refusePIN(
    _ terminal: TerminalPlan, _ counter: CounterID, _ now: Now
  ) {
    var fact = Fact(.clerkRefused, at: now.wall)
    fact.terminal = terminal.id
    fact.counter = counter
    fact.more = [Field("count", String(memory.clerks.wrong[terminal.id, default: 0] + 1))]
    record(fact)
    let count = memory.clerks.wrong[terminal.id] ?? 1
    pins.lock(terminal.id, wrong: count, now: now.monotonic)
    log(.warning, "\(terminal.id): a wrong PIN, \(count) in a row")
    signal(terminal.id, .error, now)
    tell(terminal, Self.wrongText, for: SignMachine.answer, now)
  }

  mutating func givePINsUp(_ now: Now) {
    for id in pins.takeLate(now: now.monotonic) { signal(id, .error, now) }
  }

  // MARK: shifts

  private mutating func logOn(
    _ clerk: ClerkID, at counter: CounterID, _ terminal: TerminalPlan, _ now: Now
  ) {
    for (other, shift) in memory.clerks.shifts.sorted(by: { $0.key < $1.key }) {
      if other != counter, shift.clerk == clerk {
        logOff(other, clerk, terminal, "elsewhere", now)
      } else if other == counter, shift.clerk != clerk {
        logOff(counter, shift.clerk, terminal, "replaced", now)
      }
    }
    var fact = clerkFact(.clerkLoggedOn, counter, clerk, terminal, now)
    fact.day = now.local.day
    record(fact)
    log(.notice, "counter \(counter): clerk \(clerk) has logged on")
  }

  mutating func logOffPressed(_ terminal: TerminalPlan, _ counter: CounterID?, _ now: Now) {
    guard let counter, let clerk = clerk(at: counter, now) else {
      return signal(terminal.id, .error, now)
    }
    logOff(counter, clerk, terminal, "key", now)
    signal(terminal.id, .ok, now)
    tell(terminal, Self.offText, for: SignMachine.answer, now)
  }

  private mutating func logOff(
    _ counter: CounterID, _ clerk: ClerkID, _ terminal: TerminalPlan?, _ reason: String, _ now: Now
  ) {
    var fact = clerkFact(.clerkLoggedOff, counter, clerk, terminal, now)
    fact.reason = reason
    record(fact)
    log(.notice, "counter \(counter): clerk \(clerk) is logged off, \(reason)")
  }

  private func clerkFact(
    _ kind: FactKind, _ counter: CounterID, _ clerk: ClerkID, _ terminal: TerminalPlan?, _ now: Now
  ) -> Fact {
    var fact = Fact(kind, at: now.wall)
    fact.counter = counter
    fact.terminal = terminal?.id
    fact.more = [Field("clerk", clerk.text)]
    return fact
  }
}
