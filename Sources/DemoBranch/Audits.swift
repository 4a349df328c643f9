import Branch
import PrinterEmulator
import QueueEngine

/// Facts held against the rules that no day may break.
struct AuditedFacts {
  private struct Identity: Hashable {
    let node: NodeID
    let epoch: Epoch
    let seq: Seq
  }

  private struct Number: Hashable {
    let day: ServiceDay?
    let ticket: TicketNumber
  }

  private let facts: [StoredFact]

  init(_ facts: [StoredFact]) { self.facts = facts }

  /// The first fact that stands there twice, number that was given twice, or visit that was
  /// called twice or ended twice; nil when all is well.
  var doubled: String? {
    var identities: Set<Identity> = []
    var numbers: [FactKind: Set<Number>] = [:]
    for stored in facts {
      let identity = Identity(node: stored.node, epoch: stored.epoch, seq: stored.seq)
      guard identities.insert(identity).inserted else {
        return "\(stored.node)/\(stored.epoch)/\(stored.seq) stands there twice"
      }
      let kind = stored.fact.kind
      guard Self.once.contains(kind), let ticket = stored.fact.ticket else { continue }
      let number = Number(day: stored.fact.day, ticket: ticket)
      guard numbers[kind, default: []].insert(number).inserted else {
        return "\(ticket) has \(kind.rawValue) twice"
      }
    }
    return nil
  }

  /// What happens to a ticket at most once.
  private static let once: Set<FactKind> = [
    .ticketIssued, .ticketPrinted, .ticketUnconfirmed, .ticketVoided, .visitCalled, .visitNoShow,
    .visitEnded,
  ]
}

/// Paper held against facts: what the record says of each ticket is what came out.
struct PaperAudit {
  private let picture: BranchPicture

  init(_ picture: BranchPicture) { self.picture = picture }

  /// The first thing that does not fit; nil when paper and record agree.
  var disagreement: String? {
    let printers = picture.printers.sorted { $0.key < $1.key }
    for (id, printer) in printers {
      if let fault = printer.faults.first { return "\(id) did not understand \(fault)" }
    }
    for (id, sign) in picture.signs where sign.faults > 0 {
      return "\(id) got \(sign.faults) broken frames"
    }
    let whole = printers.flatMap(\.value.tickets).filter(\.isWhole)
    let numbers = whole.compactMap(\.number)
    guard numbers.count == whole.count else { return "a ticket without a number came out" }
    for number in numbers where numbers.count(where: { $0 == number }) > 1 {
      return "\(number) was printed twice"
    }
    return disagreement(onPaper: Set(numbers))
  }

  private func disagreement(onPaper: Set<TicketNumber>) -> String? {
    func tickets(_ kind: FactKind) -> Set<TicketNumber> {
      Set(picture.store.facts.filter { $0.fact.kind == kind }.compactMap(\.fact.ticket))
    }
    let printed = tickets(.ticketPrinted)
    let unconfirmed = tickets(.ticketUnconfirmed)
    let void = tickets(.ticketVoided)
    if let lost = printed.subtracting(onPaper).min() { return "\(lost) is on no paper" }
    if let wrong = onPaper.intersection(void).min() { return "\(wrong) is void, and on paper" }
    if let unknown = onPaper.subtracting(printed).subtracting(unconfirmed).min() {
      return "\(unknown) is on paper, and no fact says so"
    }
    let open = tickets(.ticketIssued).subtracting(printed).subtracting(unconfirmed)
      .subtracting(void)
    return open.min().map { "nobody knows what became of \($0)" }
  }
}
