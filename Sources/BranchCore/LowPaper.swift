import Branch

/// Whether little paper is left. Near-end sensors look at the rim of a turning roll and flicker for
/// metres of paper: a change is believed at the third reading in a row.
///
///     settled ──another reading──▶ doubting (1) ──▶ doubting (2) ──▶ settled, the other way
///        ◀──────────────── a reading as before, or none to be had ────┘
struct LowPaper: Hashable {
  static let readings_needed = 3
  /// Answers that come closer together are one reading.
  static let interval: Span = .seconds(2)
  /// Questions in a row that may bring no reading.
  static let fruitless_max = 3

  private(set) var isLow = false
  private var contrary = 0
  private var countsFrom: MonotonicTime?
  private var fruitless = 0
  /// When a reading is wanted that does not come by itself.
  private(set) var nextAt: MonotonicTime?

  /// Returns whether `isLow` changed.
  mutating func read(_ low: Bool, now: MonotonicTime) -> Bool {
    guard low != isLow else {
      forget()
      return false
    }
    if let countsFrom, now < countsFrom { return false }
    contrary += 1
    fruitless = 0
    countsFrom = now + Self.interval
    nextAt = countsFrom
    guard contrary >= Self.readings_needed else { return false }
    isLow = low
    forget()
    return true
  }

  /// A reading is on its way, perhaps. Returns whether it is worth asking for.
  mutating func asks(now: MonotonicTime) -> Bool {
    guard fruitless < Self.fruitless_max else {
      forget()
      return false
    }
    fruitless += 1
    nextAt = now + Self.interval
    return true
  }

  /// Nothing can be read, or all is as it was: no doubt is left over.
  mutating func forget() {
    contrary = 0
    fruitless = 0
    countsFrom = nil
    nextAt = nil
  }

  mutating func newRoll() {
    isLow = false
    forget()
  }
}

extension PrinterSpool {
  /// Brings `media-low` into what is believed of the conditions, and tells a new roll from an old.
  mutating func notePaper(_ conditions: inout Set<DeviceCondition>, _ now: MonotonicTime)
    -> [Effect]
  {
    let isLow = conditions.remove(.mediaLow) != nil
    let isOpen = conditions.contains(.coverOpen)
    guard !conditions.contains(.mediaEmpty) else {
      // Under an open cover some see no paper, whatever the roll.
      if !isOpen, !reported.contains(.coverOpen) { ranOut = true }
      lowPaper.forget()
      return []
    }
    let wasOpened = reported.contains(.coverOpen)
    if !isOpen, !isLow, ranOut || (lowPaper.isLow && wasOpened) {
      ranOut = false
      lowPaper.newRoll()
      return [.rollChanged]
    }
    let isNew = lowPaper.read(isLow, now: now)
    guard lowPaper.isLow else { return [] }
    conditions.insert(.mediaLow)
    return isNew ? [.rollRunsLow] : []
  }

  /// A further reading is due. What tells each change by itself still says what it said last; the
  /// others are asked.
  mutating func paperPassed(_ now: MonotonicTime) -> [Effect] {
    guard let due = lowPaper.nextAt, due <= now else { return [] }
    if plan.isSpooled || plan.hasAutomaticStatus { return reported(said, now: now) }
    guard isPresent, !isMute, canBeAsked, lowPaper.asks(now: now) else {
      lowPaper.forget()
      return []
    }
    return asked(now: now)
  }
}
