import Branch
import QueueProtocol

/// A clerk's wish for a second paper, while its printer is asked how it is.
struct PendingReprint {
  var terminal: TerminalID
  var printer: PrinterID
  /// Until then the printer may say how it is.
  var checkedBy: MonotonicTime
}

/// A clerk or technician asks for the last paper of a printer once more: it was torn, jammed, or
/// nobody knows whether it came out.
extension BranchCore {
  /// A machine never prints a number twice (DESIGN §3 rule 3); a person who stands there may. The
  /// paper and all facts of it are marked. Of presses that come close together one counts.
  static let reprintPause: Span = .seconds(3)

  mutating func reprintPressed(_ terminal: TerminalPlan, _ printer: PrinterID, _ now: Now) {
    guard let spool = printers[printer]?.spool,
      !desk.reprints.contains(where: { $0.printer == printer }),
      desk.reprintedAt[printer].map({ $0 + Self.reprintPause <= now.monotonic }) ?? true
    else { return }
    desk.reprintedAt[printer] = now.monotonic
    desk.reprints.append(
      PendingReprint(
        terminal: terminal.id, printer: printer, checkedBy: now.monotonic + TicketDesk.check))
    if spool.needsCheck {
      perform(printers[printer]?.spool.asked(now: now.monotonic) ?? [], of: printer, now)
    }
    workOnReprints(now)
  }

  /// Brings every wish for a second paper as far as it goes now.
  mutating func workOnReprints(_ now: Now) {
    for wish in desk.reprints {
      guard let spool = printers[wish.printer]?.spool else { continue }
      if spool.isBeingAsked, now.monotonic < wish.checkedBy { continue }
      desk.reprints.removeAll { $0.printer == wish.printer }
      guard let last = memory.lastTickets[wish.printer], last.day == now.local.day else {
        reprintRefused(wish, "nothing-printed", now)
        continue
      }
      if let reason = spool.refusal {
        reprintRefused(wish, reason, now)
      } else {
        reprint(last, wish, now)
      }
    }
  }

  private mutating func reprint(
    _ last: NodeMemory.OpenTicket, _ wish: PendingReprint, _ now: Now
  ) {
    let isOnItsWay = memory.open.values.contains {
      $0.isReprint && $0.ticket == last.ticket && $0.day == last.day
    }
    if isOnItsWay { return }
    var fact = Fact(.ticketOrdered, at: now.wall)
    fact.ticket = last.ticket
    fact.service = last.service
    fact.day = last.day
    fact.printer = wish.printer
    fact.terminal = wish.terminal
    fact.more = [Field("reprint", "yes")]
    let known = known(last.ticket, last.day, on: wish.printer)
    if let known { fact.more.append(Field("issued_at", String(known.issuedAt.ms))) }
    let job = record(fact)
    told[job] = known?.told
    submit(job, to: wish.printer, now)
  }

  /// What is still known of a ticket, when it is the last of this printer. How long its customer
  /// was to wait is no news any more; how many were ahead is as true as the time beside it.
  func known(_ ticket: TicketNumber, _ day: ServiceDay, on printer: PrinterID)
    -> (issuedAt: WallTime, told: ToldTicket)?
  {
    guard let last = memory.lastTickets[printer], last.ticket == ticket, last.day == day else {
      return nil
    }
    var told = lastTold[printer] ?? ToldTicket()
    told.details.wait = nil
    return (last.givenAt ?? last.issuedAt, told)
  }

  private mutating func reprintRefused(_ wish: PendingReprint, _ reason: String, _ now: Now) {
    log(.warning, "\(wish.terminal): no reprint on \(wish.printer): \(reason)")
    signal(wish.terminal, .error, now)
    guard let sign = terminals[wish.terminal]?.plan.sign, !isShowingNumber(sign, now) else {
      return
    }
    show(signs[sign]?.told(Self.refusalText(reason), now: now) ?? nil, on: sign)
  }
}
