import Branch

/// What customers and clerks get while nothing can be made durable. What cannot be recorded is not
/// done, and whoever pressed sees it at once: these signals do not wait for the disk.
extension BranchCore {
  mutating func journalFilled(_ isFull: Bool) {
    guard isFull != isJournalFull else { return }
    isJournalFull = isFull
    log(
      isFull ? .error : .notice,
      isFull
        ? "the journal has reached its cap: tickets and ratings are refused for now"
        : "the journal has room again")
    tellShed(time)
  }

  /// What describes the box and not its customers: left out first, and counted.
  static let telemetry: Set<FactKind> = [
    .deviceFound, .deviceLost, .deviceCondition,
  ]

  var sheds: Bool { isJournalTight || isJournalFull || isJournalFailing }

  mutating func shed(_ fact: Fact) -> Bool {
    guard sheds, Self.telemetry.contains(fact.kind) else { return false }
    shedCount += 1
    return true
  }

  /// The gap that shedding left, as a fact of its own.
  mutating func tellShed(_ now: Now) {
    guard !sheds, shedCount > 0 else { return }
    var fact = Fact(.factsShed, at: now.wall)
    fact.more = [Field("count", String(shedCount))]
    shedCount = 0
    record(fact)
  }

  mutating func journalFailed(_ isFailing: Bool, _ now: Now) {
    guard isFailing != isJournalFailing else { return }
    isJournalFailing = isFailing
    guard isFailing else {
      tellShed(now)
      return workOnPresses(now)
    }
    let pressed = desk.pending.map(\.terminal)
    desk.pending = []
    // Whose ticket was decided on and is not durable gets none either.
    let promised = memory.open.filter { $0.key > uplink.durable }.compactMap(\.value.terminal)
    for id in Set(pressed + promised).sorted() {
      if let terminal = terminals[id]?.plan { refuseUnrecorded(terminal, now) }
    }
  }

  mutating func refuseUnrecorded(_ terminal: TerminalPlan, _ now: Now) {
    let before = output.effects.count
    signal(terminal.id, .error, now)
    log(.error, "\(terminal.id): refused, the journal takes nothing")
    if let sign = terminal.sign {
      show(signs[sign]?.told(Self.refusalText("journal-full"), now: now) ?? nil, on: sign)
    }
    output.atOnce += output.effects[before...]
    output.effects.removeSubrange(before...)
  }
}
