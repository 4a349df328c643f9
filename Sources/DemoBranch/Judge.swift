import Branch
import BranchCore
import PrinterEmulator
import QueueEngine

/// Whether an expectation holds in a picture.
enum Verdict: Equatable {
  case holds
  /// What is seen instead; it may still change.
  case notYet(String)
  /// What is seen cannot be undone by waiting.
  case never(String)

  var seen: String? {
    switch self {
    case .holds: nil
    case .notYet(let seen), .never(let seen): seen
    }
  }
}

/// Holds expectations against what is seen. Pure.
struct Judge {
  let picture: BranchPicture

  func verdict(_ expectation: ScriptExpectation) -> Verdict {
    switch expectation {
    case .ticket(let number, let printer): ticket(number, printer)
    case .noTicket: noTicket()
    case .noTicketOf(let number):
      prints(of: number).isEmpty ? .holds : .never("\(number) was printed")
    case .sign(let id, let text): sign(id, text)
    case .dark(let id):
      picture.signs[id]?.text.map { .notYet("it shows \"\($0)\"") } ?? .holds
    case .waiting(let service, let count): waiting(service, count)
    case .serving(let counter, let number): serving(counter, number)
    case .facts(let kind, let count, let conditions): facts(kind, count, conditions)
    case .link(let isUp):
      picture.isLinked == isUp ? .holds : .notYet("the link is \(picture.isLinked ? "up" : "down")")
    case .answered(let terminal, let isRefused): answered(terminal, isRefused: isRefused)
    case .device(let device, let isFound): self.device(device, isFound: isFound)
    case .eachOnce: AuditedFacts(picture.store.facts).doubled.map { .never($0) } ?? .holds
    case .paperAgrees: PaperAudit(picture).disagreement.map { .notYet($0) } ?? .holds
    }
  }

  // MARK: paper

  private func prints(of number: TicketNumber, on printer: PrinterID? = nil) -> [PrintedTicket] {
    picture.printers.filter { printer == nil || $0.key == printer }
      .flatMap(\.value.tickets).filter { $0.number == number }
  }

  private func ticket(_ number: TicketNumber, _ printer: PrinterID?) -> Verdict {
    let prints = prints(of: number, on: printer)
    let whole = prints.count { $0.isWhole }
    if whole > 1 { return .never("\(number) was printed \(whole) times") }
    if whole == 1 { return .holds }
    let last = picture.printers.values.compactMap(\.tickets.last?.number).map(\.description)
    let paper =
      last.isEmpty ? "nothing was printed" : "printed last: \(last.joined(separator: ", "))"
    return .notYet(prints.isEmpty ? paper : "\(number) was torn off in the middle")
  }

  private func noTicket() -> Verdict {
    let fresh = picture.ticketCount - picture.ticketsAtLastPress
    return fresh == 0 ? .holds : .never("\(fresh) came out of the printer")
  }

  // MARK: signs, queue, link

  private func sign(_ id: SignID, _ text: String) -> Verdict {
    guard let shown = picture.signs[id]?.text else { return .notYet("it is dark") }
    return shown == text ? .holds : .notYet("it shows \"\(shown)\"")
  }

  private func waiting(_ id: ServiceID, _ count: Int) -> Verdict {
    let waiting = picture.queue?.services[id]?.waiting.map(\.key.ticket.description) ?? []
    if waiting.count == count { return .holds }
    return .notYet(waiting.isEmpty ? "nobody waits" : "\(waiting.joined(separator: " ")) wait")
  }

  private func serving(_ id: CounterID, _ number: TicketNumber?) -> Verdict {
    let served = picture.queue?.counters[id]?.serving?.key.ticket
    if served == number { return .holds }
    return .notYet(served.map { "it serves \($0)" } ?? "it serves nobody")
  }

  private func answered(_ id: TerminalID, isRefused: Bool) -> Verdict {
    let answers = picture.terminals[id]?.answer.answers ?? []
    if answers.contains(isRefused ? .error : .ok) { return .holds }
    return .notYet(
      answers.isEmpty ? "it has not answered" : "it has \(isRefused ? "accepted" : "refused") it")
  }

  // MARK: facts

  private func facts(_ kind: FactKind, _ count: Int, _ conditions: [FieldCondition]) -> Verdict {
    let found = picture.store.facts.filter { stored in
      stored.fact.kind == kind && conditions.allSatisfy { $0.holds(stored.value(of: $0.key)) }
    }
    if found.count == count { return .holds }
    let seen = found.count == 1 ? "there is 1" : "there are \(found.count)"
    return found.count > count ? .never(seen) : .notYet(seen)
  }

  private func device(_ device: DeviceRef, isFound: Bool) -> Verdict {
    let last = picture.store.facts.last {
      [.deviceFound, .deviceLost].contains($0.fact.kind) && $0.fact.device == device.description
    }
    let isThere = last?.fact.kind == .deviceFound
    if isThere == isFound { return .holds }
    return .notYet(isThere ? "it is there" : "it is not there")
  }
}

extension StoredFact {
  /// A field by its name in facts.jsonl.
  func value(of key: String) -> String? {
    switch key {
    case "node": node.text
    case "epoch": String(epoch)
    case "seq": String(seq)
    default: fact.fields[key]
    }
  }
}
