import Branch
import QueueProtocol
import TicketDesign

/// A customer's press that has no answer yet.
struct PendingPress {
  var id: UInt64
  var terminal: TerminalID
  var service: ServiceID
  /// Until then a printer may say how it is.
  var checkedBy: MonotonicTime
  /// Until then a box that just started may find its printers and its hub.
  var startedBy: MonotonicTime
  /// Until then the hub may give a number in order.
  var numberBy: MonotonicTime?
  /// When to look at the press again, if nothing happens before.
  var wakeAt: MonotonicTime
}

/// Presses on their way to a ticket or a refusal, in order.
struct TicketDesk {
  /// Presses of one terminal that may wait at once; a hammering child gets refusals.
  static let pendingPerTerminal_max = 4
  /// How long printers may take to say how they are: twice the time of one answer.
  static let check: Span = Span(ms: 650)
  /// How long a press waits for devices of which nothing is known yet.
  static let start: Span = Span(ms: 2500)

  var pending: [PendingPress] = []
  /// Signs of terminals show a number without paper until then.
  var shownUntil: [TerminalID: MonotonicTime] = [:]
  var reprints: [PendingReprint] = []
  /// When a key last asked for a second paper of a printer.
  var reprintedAt: [PrinterID: MonotonicTime] = [:]
  private var nextID: UInt64 = 1

  mutating func add(_ terminal: TerminalID, _ service: ServiceID, now: MonotonicTime) -> UInt64 {
    defer { nextID += 1 }
    pending.append(
      PendingPress(
        id: nextID, terminal: terminal, service: service, checkedBy: now + Self.check,
        startedBy: now + Self.start, numberBy: nil, wakeAt: now))
    return nextID
  }

  var nextDeadline: MonotonicTime? { (pending.map(\.wakeAt) + reprints.map(\.checkedBy)).min() }

  mutating func wait(_ press: PendingPress, until instant: MonotonicTime) {
    guard let place = pending.firstIndex(where: { $0.id == press.id }) else { return }
    pending[place].wakeAt = instant
  }
}

/// From the press of a button to a ticket in the hand, or a visible refusal.
extension BranchCore {
  mutating func ticketPressed(_ terminal: TerminalPlan, _ service: ServiceID, _ now: Now) {
    let mine = desk.pending.filter { $0.terminal == terminal.id }.count
    guard mine < TicketDesk.pendingPerTerminal_max else {
      return refuse(terminal.id, service, "busy", now)
    }
    _ = desk.add(terminal.id, service, now: now.monotonic)
    // Printers that tell nothing by themselves are asked while the hub finds a number.
    for id in terminal.printers where printers[id]?.spool.needsCheck == true {
      perform(printers[id]?.spool.asked(now: now.monotonic) ?? [], of: id, now)
    }
    workOnPresses(now)
  }

  /// Brings every press as far as it goes now.
  mutating func workOnPresses(_ now: Now) {
    for press in desk.pending { work(on: press, now) }
    workOnReprints(now)
  }

  private mutating func work(on press: PendingPress, _ now: Now) {
    guard let terminal = terminals[press.terminal]?.plan else { return drop(press) }
    let time = now.monotonic
    let spools = terminal.printers.compactMap { printers[$0]?.spool }
    if spools.contains(where: \.isBeingAsked), time < press.checkedBy {
      return desk.wait(press, until: press.checkedBy)
    }
    let printer = spools.first(where: { $0.refusal == nil })?.plan.id
    if printer == nil {
      if spools.contains(where: { !$0.isKnown }), time < press.startedBy {
        return desk.wait(press, until: press.startedBy)
      }
      guard canShowNumber(terminal) else {
        drop(press)
        return refuse(terminal.id, press.service, spools.first?.refusal ?? "no-printer", now)
      }
      // The number of the customer before has its time.
      if let until = desk.shownUntil[terminal.id], time < until {
        return desk.wait(press, until: until)
      }
    }
    let day = now.local.day
    if let (ticket, ahead) = memory.nextNumber(press.service, day, reserve: false) {
      return issue(press, ticket, ahead: ahead, on: printer, now)
    }
    if uplink.isReady, press.numberBy.map({ time < $0 }) ?? true {
      return waitForNumber(press, day, now)
    }
    if let (ticket, ahead) = memory.nextNumber(press.service, day, reserve: true) {
      return issue(press, ticket, ahead: ahead, on: printer, now)
    }
    if uplink.isUntried, time < press.startedBy { return desk.wait(press, until: press.startedBy) }
    drop(press)
    refuse(terminal.id, press.service, "no-numbers", now)
  }

  private mutating func waitForNumber(_ press: PendingPress, _ day: ServiceDay, _ now: Now) {
    guard let place = desk.pending.firstIndex(where: { $0.id == press.id }) else { return }
    let until = press.numberBy ?? now.monotonic + plan.numbers.leaseAnswer
    desk.pending[place].numberBy = until
    desk.pending[place].wakeAt = until
    let waiting = desk.pending.filter { $0.service == press.service && $0.numberBy != nil }.count
    leaseForPress(press.service, day, waiting: waiting, now)
  }

  private mutating func drop(_ press: PendingPress) {
    desk.pending.removeAll { $0.id == press.id }
  }

  private mutating func issue(
    _ press: PendingPress, _ ticket: TicketNumber, ahead: Int?, on printer: PrinterID?, _ now: Now
  ) {
    drop(press)
    var fact = Fact(.ticketIssued, at: now.wall)
    fact.ticket = ticket
    fact.service = press.service
    fact.day = now.local.day
    fact.terminal = press.terminal
    if !uplink.isReady { fact.more = [Field("offline", "yes")] }
    let job = record(fact)
    ahead.map { aheadOf[job] = $0 }
    if let printer {
      submit(job, to: printer, now)
    } else {
      let spools = terminals[press.terminal]?.plan.printers.compactMap { printers[$0]?.spool }
      showNumber(job, reason: spools?.first?.refusal ?? "no-printer", now)
    }
    topUpReserve(now)
  }

  mutating func submit(_ job: Seq, to printer: PrinterID, _ now: Now) {
    guard let open = memory.open[job], let machine = printers[printer] else { return }
    let service = plan.services.first { $0.id == open.service }
    var content = TicketContent(
      branchName: plan.branchName, serviceName: service?.name ?? open.service.text,
      number: open.ticket,
      issuedAt: LocalTime(open.givenAt ?? open.issuedAt, zoneOffsetSeconds: now.zoneOffsetSeconds),
      customersAhead: aheadOf[job], qrText: "\(plan.branch)/\(open.day)/\(open.ticket)",
      isReprint: open.isReprint)
    content.isOffline = !uplink.isReady
    let language = plan.serviceLanguages[open.service] ?? plan.ticketLanguage
    let document =
      machine.spool.plan.template?.document(content, language: language) ?? .standard(content)
    let encoded = machine.tongue.encode(document, job: job, stored: machine.logos.keys)
    for shortfall in encoded.shortfalls { log(.warning, "\(printer): \(shortfall)") }
    let expiresAt = now.monotonic + (open.issuedAt + machine.spool.plan.expiry - now.wall)
    let latest = now.monotonic + machine.spool.plan.expiry
    let printJob = PrintJob(
      id: job, bytes: encoded.bytes, expiresAt: min(expiresAt, latest),
      paper_mm: machine.measure.height_mm(document))
    perform(
      printers[printer]?.spool.submitted(printJob, now: now.monotonic) ?? [], of: printer, now)
  }

  /// The last word on a job at one printer.
  mutating func ticketEnded(
    _ job: Seq, _ outcome: PrintOutcome, reason: String, on printer: PrinterID, _ now: Now
  ) {
    printers[printer]?.logos.ended(job, outcome)
    guard let open = memory.open[job] else { return }
    let kind: FactKind =
      switch outcome {
      case .printed: .ticketPrinted
      case .unconfirmed: .ticketUnconfirmed
      case .failed: .ticketFailed
      }
    var fact = ticketFact(kind, open, job: job, now)
    fact.printer = printer
    if !reason.isEmpty { fact.reason = reason.cut(toBytes: Self.reason_bytes_max) }
    let left = ticketsLeft(printer)
    record(fact)
    tellFewTickets(printer, before: left, now)
    if outcome != .failed { presents(job, open, on: printer, now) }
    if outcome == .failed, open.isOrdered, let clerk = open.terminal { signal(clerk, .error, now) }
    if outcome == .failed, memory.open[job] != nil {
      handOver(job, reason: reason, now)
    } else {
      aheadOf[job] = nil
    }
  }

  /// Nothing was printed: another printer of the terminal may do it, else nobody holds the number.
  mutating func handOver(_ job: Seq, reason: String, _ now: Now) {
    guard let open = memory.open[job] else { return }
    let candidates = open.terminal.flatMap { terminals[$0]?.plan.printers } ?? []
    let next = candidates.first { id in
      guard let spool = printers[id]?.spool else { return false }
      return !open.failedAt.contains(id) && spool.refusal == nil
    }
    if let next, reason != "expired", !isJournalFailing { return submit(job, to: next, now) }
    if let terminal = open.terminal.flatMap({ terminals[$0]?.plan }), canShowNumber(terminal),
      reason != "expired", desk.shownUntil[terminal.id].map({ $0 <= now.monotonic }) ?? true
    {
      return showNumber(job, reason: reason, now)
    }
    var fact = ticketFact(.ticketVoided, open, job: job, now)
    fact.reason = reason
    record(fact)
    aheadOf[job] = nil
    if let terminal = open.terminal { refuse(terminal, open.service, reason, now) }
  }

  /// A sign that shows calls as well could hide the number again at once.
  private func canShowNumber(_ terminal: TerminalPlan) -> Bool {
    guard terminal.showsNumberFor != nil, let sign = terminal.sign.flatMap({ signs[$0] }) else {
      return false
    }
    return sign.isOpen && !sign.plan.showsCalls && !isJournalFailing
  }

  /// Without paper: the customer has to remember the number.
  private mutating func showNumber(_ job: Seq, reason: String, _ now: Now) {
    guard let open = memory.open[job],
      let terminal = open.terminal.flatMap({ terminals[$0]?.plan }), let sign = terminal.sign,
      let span = terminal.showsNumberFor
    else { return }
    var fact = ticketFact(.ticketShown, open, job: job, now)
    fact.more.append(Field("paper", "no"))
    fact.reason = reason
    record(fact)
    aheadOf[job] = nil
    desk.shownUntil[terminal.id] = now.monotonic + span
    log(.warning, "\(terminal.id): \(open.ticket) is shown without paper: \(reason)")
    show(signs[sign]?.told(open.ticket.description, for: span, now: now.monotonic) ?? nil, on: sign)
    signal(terminal.id, .ok, now)
  }

  func ticketFact(_ kind: FactKind, _ open: NodeMemory.OpenTicket, job: Seq, _ now: Now) -> Fact {
    var fact = Fact(kind, at: now.wall)
    fact.ticket = open.ticket
    fact.service = open.service
    fact.day = open.day
    fact.more = [Field("job", String(job))]
    if open.isReprint { fact.more.append(Field("reprint", "yes")) }
    return fact
  }

  /// Tells the customer, by what the terminal has, and the record.
  mutating func refuse(_ terminal: TerminalID, _ service: ServiceID, _ reason: String, _ now: Now) {
    var fact = Fact(.pressRefused, at: now.wall)
    fact.terminal = terminal
    fact.service = service
    fact.reason = reason
    record(fact)
    signal(terminal, .error, now)
    log(.warning, "\(terminal): ticket for \(service) refused: \(reason)")
    // A number that somebody has to remember stays.
    let isShowing = desk.shownUntil[terminal].map { now.monotonic < $0 } ?? false
    if let sign = terminals[terminal]?.plan.sign, !isShowing {
      show(signs[sign]?.told(Self.refusalText(reason), now: now.monotonic) ?? nil, on: sign)
    }
  }

  /// Short enough for a counter display of eight characters where it can be.
  static func refusalText(_ reason: String) -> String {
    switch reason {
    case DeviceCondition.mediaEmpty.rawValue: "NO PAPER"
    case "busy": "WAIT"
    default: "NO TICKET"
    }
  }
}
