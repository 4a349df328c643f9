import Branch
import QueueProtocol

/// Customers with a code of an appointment. Only the hub knows what a code is worth, so without it
/// there is no check-in; but a number that came for a code stays with the code, and waits for it.
extension BranchCore {
  /// The queue service is away: the code cannot be checked now.
  static let cannotCheck = "no-hub"
  /// This queue service knows no appointments.
  static let noCheckIn = "no-check-in"
  static let noAnswer = "timed-out"

  mutating func codeEntered(_ id: TerminalID, _ text: String, _ now: Now) {
    guard let terminal = terminals[id]?.plan else { return }
    if isJournalFailing || isJournalFull { return refuseUnrecorded(terminal, now) }
    guard let code = CheckInCode(text) else { return refuseUnreadable(terminal, now) }
    let wish = PendingPress.Wish.code(code)
    guard !desk.pending.contains(where: { $0.wish == wish && $0.terminal == id }) else {
      // A scanner reads twice; the first reading is answered.
      return
    }
    guard !desk.pending.contains(where: { $0.wish == wish }) else {
      return refuse(id, wish, ProtocolError.busy.rawValue, now)
    }
    ticketPressed(terminal, wish, now)
  }

  /// The scanner has beeped, and so its customer waits for an answer.
  mutating func codeUnreadable(_ id: TerminalID, _ now: Now) {
    guard let terminal = terminals[id]?.plan else { return }
    if isJournalFailing || isJournalFull { return refuseUnrecorded(terminal, now) }
    refuseUnreadable(terminal, now)
  }

  /// No hub could know it: its text is not even worth recording.
  private mutating func refuseUnreadable(_ terminal: TerminalPlan, _ now: Now) {
    let reason = ProtocolError.unknownCode.rawValue
    var fact = Fact(.pressRefused, at: now.wall)
    fact.terminal = terminal.id
    fact.reason = reason
    record(fact)
    log(.warning, "\(terminal.id): a code of another form than any is refused")
    answerRefused(terminal.id, reason, now)
  }

  mutating func findNumber(
    _ press: PendingPress, _ code: CheckInCode, _ printer: PrinterID?, _ now: Now
  ) {
    if let number = memory.number(for: code, now.local.day) {
      return issue(press, number, on: printer, now)
    }
    guard uplink.isReady else {
      // A box that just started may find its hub.
      if uplink.isUntried, now.monotonic < press.startedBy {
        return desk.wait(press, until: press.startedBy)
      }
      return refuse(press, Self.cannotCheck, now)
    }
    guard hubCan.contains(Hello.checkIn) else { return refuse(press, Self.noCheckIn, now) }
    guard let until = press.numberBy else { return askAbout(press, code, now) }
    guard now.monotonic < until else { return refuse(press, Self.noAnswer, now) }
    desk.wait(press, until: until)
  }

  private mutating func askAbout(_ press: PendingPress, _ code: CheckInCode, _ now: Now) {
    guard let place = desk.pending.firstIndex(where: { $0.id == press.id }) else { return }
    let id = nextRequest
    nextRequest += 1
    let until = now.monotonic + plan.link.answer
    desk.pending[place].checkIn = id
    desk.pending[place].numberBy = until
    desk.pending[place].wakeAt = until
    let hubTime = clock.hubTimeNeverLate(now.monotonic) ?? now.wall
    let by = min(.onWire_max, hubTime + plan.link.answer)
    say(
      .checkIn(
        NodeMessage.CheckIn(
          id: id, code: code, terminal: press.terminal, day: now.local.day, by: by)), now)
  }

  /// - Returns: whether the answer was to a check-in. The number of one that was carried out comes
  ///   as a command.
  mutating func checkInAnswered(_ id: UInt64, refusal: String?, _ now: Now) -> Bool {
    guard let press = desk.pending.first(where: { $0.checkIn == id }) else { return false }
    if let refusal { refuse(press, refusal, now) }
    return true
  }

  private mutating func refuse(_ press: PendingPress, _ reason: String, _ now: Now) {
    drop(press)
    refuse(press.terminal, press.wish, reason, now)
  }
}
