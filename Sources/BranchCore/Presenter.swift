import Branch
import ESCPOS
import TicketLayout

/// The mouth of a printer that holds tickets out: who has not taken theirs.
///
///     free ──ticket printed──▶ coming ──seen at the output──▶ out ──gone──▶ free (taken)
///       ▲                        │                             │
///       │◀──never seen, nobody knows                  nobody took it: retract or eject
///       │                                                      ▼
///       └────────────gone, or no use to wait any longer──── leaving
///
/// The printer is asked only while a ticket is on its way or out.
struct Presenter: Hashable {
  struct Ticket: Hashable {
    var job: Seq
    var open: NodeMemory.OpenTicket
  }

  enum Work: Hashable {
    case free
    case coming(Ticket, until: MonotonicTime)
    /// Without a ticket it stood there when this process came.
    case out(Ticket?, until: MonotonicTime)
    case leaving(until: MonotonicTime)
  }

  enum Effect: Hashable {
    case ask
    case taken(Ticket)
    case notTaken(Ticket)
    /// Retract or eject it, as is configured.
    case end
    /// The mouth is free again.
    case free
  }

  /// From the end of the bytes until a ticket is cut and held out.
  static let printing: Span = .seconds(20)
  /// How long retracting takes at most.
  static let leave: Span = .seconds(10)
  static let interval: Span = .seconds(1)

  let wait: Span
  private(set) var work = Work.free
  private(set) var askAt: MonotonicTime?

  init(wait: Span) { self.wait = wait }

  var isBusy: Bool { work != .free }

  /// The bytes of a ticket are with the printer; nobody knows yet where the paper is.
  mutating func printed(_ ticket: Ticket, now: MonotonicTime) {
    work = .coming(ticket, until: now + Self.printing)
    askAt = now + Self.interval
  }

  /// The printer said whether a ticket is at its output.
  mutating func saw(_ isOut: Bool, now: MonotonicTime) -> [Effect] {
    switch work {
    case .free:
      guard isOut else { return [] }
      hold(nil, now)
      return []
    case .coming(let ticket, _):
      if isOut { hold(ticket, now) }
      return []
    case .out(let ticket, _):
      guard !isOut else { return [] }
      return free() + (ticket.map { [.taken($0)] } ?? [])
    case .leaving:
      return isOut ? [] : free()
    }
  }

  /// Switched off, or pulled: what stands in it will be seen when it is back.
  mutating func lost() -> [Effect] { isBusy ? free() : [] }

  mutating func timePassed(now: MonotonicTime) -> [Effect] {
    switch work {
    case .free: return []
    case .coming(_, let until) where until <= now: return free()
    case .out(let ticket, let until) where until <= now:
      work = .leaving(until: now + Self.leave)
      askAt = now + Self.interval
      return (ticket.map { [.notTaken($0)] } ?? []) + [.end]
    case .leaving(let until) where until <= now: return free()
    case .coming, .out, .leaving:
      guard let askAt, askAt <= now else { return [] }
      self.askAt = now + Self.interval
      return [.ask]
    }
  }

  var nextDeadline: MonotonicTime? {
    switch work {
    case .free: nil
    case .coming(_, let until), .out(_, let until), .leaving(let until):
      askAt.map { min($0, until) } ?? until
    }
  }

  private mutating func hold(_ ticket: Ticket?, _ now: MonotonicTime) {
    work = .out(ticket, until: now + wait)
    askAt = now + Self.interval
  }

  private mutating func free() -> [Effect] {
    work = .free
    askAt = nil
    return [.free]
  }
}

extension BranchCore {
  mutating func perform(_ effects: [Presenter.Effect], of id: PrinterID, _ now: Now) {
    for effect in effects {
      switch effect {
      case .ask: perform(printers[id]?.spool.asked(now: now.monotonic) ?? [], of: id, now)
      case .taken(let ticket): recordPresented(.ticketTaken, ticket, on: id, now)
      case .notTaken(let ticket): recordPresented(.ticketNotTaken, ticket, on: id, now)
      case .end:
        guard let presenting = printers[id]?.spool.plan.capabilities.presenting else { break }
        let bytes = PresenterCommand.end(presenting)
        if !bytes.isEmpty { output.effects.append(.queryPrinter(id, bytes: bytes)) }
      case .free: break
      }
    }
    let holds = printers[id]?.presenter?.isBusy == true
    let isBlocked = holds && printers[id]?.spool.plan.printsBehindPresented == false
    perform(
      printers[id]?.spool.mouth(isBlocked: isBlocked, now: now.monotonic) ?? [], of: id, now)
  }

  mutating func presents(_ job: Seq, _ open: NodeMemory.OpenTicket, on id: PrinterID, _ now: Now) {
    guard printers[id]?.presenter != nil else { return }
    printers[id]?.presenter?.printed(Presenter.Ticket(job: job, open: open), now: now.monotonic)
    perform([Presenter.Effect](), of: id, now)
  }

  private mutating func recordPresented(
    _ kind: FactKind, _ ticket: Presenter.Ticket, on id: PrinterID, _ now: Now
  ) {
    var fact = ticketFact(kind, ticket.open, job: ticket.job, now)
    fact.printer = id
    if kind == .ticketNotTaken {
      fact.reason = printers[id]?.spool.plan.capabilities.presenting?.end.rawValue
      log(.notice, "\(id): nobody took \(ticket.open.ticket)")
    }
    record(fact)
  }
}
