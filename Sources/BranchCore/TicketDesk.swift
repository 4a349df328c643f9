import Branch
import QueueProtocol
import TicketDesign

/// From the press of a button to a ticket in the hand, or a visible refusal.
extension BranchCore {
  mutating func ticketPressed(
    _ terminal: TerminalPlan, _ wish: PendingPress.Wish, _ now: Now
  ) {
    let mine = desk.pending.filter { $0.terminal == terminal.id }.count
    guard mine < TicketDesk.pendingPerTerminal_max else {
      return refuse(terminal.id, wish, "busy", now)
    }
    _ = desk.add(terminal.id, wish, now: now.monotonic)
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
        return refuse(terminal.id, press.wish, spools.first?.refusal ?? "no-printer", now)
      }
      // The number of the customer before has its time.
      if let until = desk.shownUntil[terminal.id], time < until {
        return desk.wait(press, until: until)
      }
    }
    switch press.wish {
    case .service(let service, let isPriority):
      findNumber(press, service, isPriority: isPriority, printer, now)
    case .code(let code): findNumber(press, code, printer, now)
    }
  }

  private mutating func findNumber(
    _ press: PendingPress, _ service: ServiceID, isPriority: Bool, _ printer: PrinterID?, _ now: Now
  ) {
    let day = now.local.day
    func number(reserve: Bool) -> FoundNumber? {
      memory.nextNumber(service, day, priority: isPriority, reserve: reserve)
    }
    if let number = number(reserve: false) { return issue(press, number, on: printer, now) }
    if uplink.isReady, press.numberBy.map({ now.monotonic < $0 }) ?? true {
      var key = LeaseRequests.Key(service: service, day: day, isReserve: false)
      key.isPriority = isPriority
      return waitForNumber(press, key, now)
    }
    if let number = number(reserve: true) { return issue(press, number, on: printer, now) }
    if uplink.isUntried, now.monotonic < press.startedBy {
      return desk.wait(press, until: press.startedBy)
    }
    drop(press)
    refuse(press.terminal, press.wish, "no-numbers", now)
  }

  private mutating func waitForNumber(
    _ press: PendingPress, _ key: LeaseRequests.Key, _ now: Now
  ) {
    guard let place = desk.pending.firstIndex(where: { $0.id == press.id }) else { return }
    let until = press.numberBy ?? now.monotonic + plan.numbers.leaseAnswer
    desk.pending[place].numberBy = until
    desk.pending[place].wakeAt = until
    let waiting = desk.pending.filter { $0.wish == press.wish && $0.numberBy != nil }.count
    leaseForPress(key, waiting: waiting, now)
  }

  mutating func drop(_ press: PendingPress) {
    desk.pending.removeAll { $0.id == press.id }
  }

  mutating func issue(
    _ press: PendingPress, _ number: FoundNumber, on printer: PrinterID?, _ now: Now
  ) {
    drop(press)
    var number = number
    if !fresh.contains(number.block, now: now.monotonic) { number.forgetQueue() }
    var details = number.details
    if case .service(_, let isPriority) = press.wish { details.isPriority = isPriority }
    var fact = Fact(.ticketIssued, at: now.wall)
    fact.ticket = number.ticket
    fact.service = number.service
    fact.day = now.local.day
    fact.terminal = press.terminal
    if !uplink.isReady { fact.more = [Field("offline", "yes")] }
    if details.isPriority { fact.more.append(Field("priority", "yes")) }
    if let appointment = details.appointment {
      fact.more.append(Field("appointment", String(appointment.ms)))
    }
    if let code = details.code { fact.more.append(Field("code", code.text)) }
    let job = record(fact)
    told[job] = ToldTicket(ahead: number.ahead, details: details)
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
    let content = content(job, open, now)
    let language = plan.serviceLanguages[open.service] ?? plan.ticketLanguage
    let document =
      machine.spool.plan.template?.document(content, language: language)
      ?? .standard(content, wording: .of(language))
    let encoded = machine.tongue.encode(document, job: job, stored: machine.logos.keys)
    for shortfall in encoded.shortfalls { log(.warning, "\(printer): \(shortfall.problem)") }
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
    logOutcome(outcome, open, reason, on: printer)
    if outcome != .failed {
      lastTold[printer] = told[job]
      presents(job, open, on: printer, now)
    }
    if outcome == .failed, open.isOrdered, let clerk = open.terminal { signal(clerk, .error, now) }
    if outcome == .failed, memory.open[job] != nil {
      handOver(job, reason: reason, now)
    } else {
      told[job] = nil
    }
  }

  /// What a technician has to know of: a paper that a device should have confirmed, or none at all.
  private mutating func logOutcome(
    _ outcome: PrintOutcome, _ open: NodeMemory.OpenTicket, _ reason: String,
    on printer: PrinterID
  ) {
    let cause = reason.isEmpty ? "" : " [\(reason)]"
    switch outcome {
    case .printed: break
    case .failed: log(.warning, "\(printer): \(open.ticket) was not printed\(cause)")
    case .unconfirmed:
      let plan = printers[printer]?.spool.plan
      let confirms = plan.map { $0.isSpooled ? $0.trustsSpooler : $0.capabilities.processID }
      // Of a printer that never confirms, each ticket ends so.
      log(
        confirms == true || !["no-confirmation", "spooled"].contains(reason) ? .warning : .debug,
        "\(printer): \(open.ticket) may be printed or not\(cause): look at the printer")
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
    told[job] = nil
    if let terminal = open.terminal { refuse(terminal, open.wish, reason, now) }
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
    told[job] = nil
    desk.shownUntil[terminal.id] = now.monotonic + span
    log(.warning, "\(terminal.id): \(open.ticket) is shown without paper: \(reason)")
    show(signs[sign]?.told(open.ticket.description, for: span, now: now) ?? nil, on: sign)
    signal(terminal.id, .ok, now)
  }

  /// A number without paper, which somebody has to remember, stays where it is for its time.
  func isShowingNumber(_ sign: SignID, _ now: Now) -> Bool {
    desk.shownUntil.contains { terminal, until in
      now.monotonic < until && terminals[terminal]?.plan.sign == sign
    }
  }

  func ticketFact(_ kind: FactKind, _ open: NodeMemory.OpenTicket, job: Seq, _ now: Now) -> Fact {
    var fact = Fact(kind, at: now.wall)
    fact.ticket = open.ticket
    fact.service = open.service
    fact.day = open.day
    fact.more = [Field("job", String(job))]
    if open.isReprint { fact.more.append(Field("reprint", "yes")) }
    // The hub gives the code a number anew when nobody holds this one.
    if kind == .ticketVoided, let code = open.code { fact.more.append(Field("code", code.text)) }
    return fact
  }

  /// Tells the record and the customer.
  mutating func refuse(
    _ terminal: TerminalID, _ wish: PendingPress.Wish, _ reason: String, _ now: Now
  ) {
    var fact = Fact(.pressRefused, at: now.wall)
    fact.terminal = terminal
    switch wish {
    case .service(let service, let isPriority):
      fact.service = service
      if isPriority { fact.more.append(Field("priority", "yes")) }
      log(.warning, "\(terminal): ticket for \(service) refused: \(reason)")
    case .code(let code):
      fact.more.append(Field("code", code.text))
      log(.warning, "\(terminal): code \(code) refused: \(reason)")
    }
    fact.reason = reason
    record(fact)
    answerRefused(terminal, reason, now)
  }

  /// Tells the customer, by what the terminal has.
  mutating func answerRefused(_ terminal: TerminalID, _ reason: String, _ now: Now) {
    signal(terminal, .error, now)
    if let sign = terminals[terminal]?.plan.sign, !isShowingNumber(sign, now) {
      show(signs[sign]?.told(Self.refusalText(reason), now: now) ?? nil, on: sign)
    }
  }
}
