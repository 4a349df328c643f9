import Branch
import QueueProtocol

/// Next, recall, no-show, end.
extension QueueEngine {
  mutating func carryOut(
    _ request: CounterRequest, id: UInt64, _ counter: CounterID, by clerk: ClerkID?,
    _ branch: BranchID, _ session: SessionID, now: Now
  ) throws(ProtocolError) {
    guard let state = memory.branches[branch]?.counters[counter] else { throw .unknownCounter }
    let ticket: TicketNumber
    // Of a node without log-on: whoever called.
    let by = clerk ?? state.clerk
    switch request {
    case .next: ticket = try callNext(counter, by: clerk, branch, now: now)
    case .recall:
      guard let visit = state.serving else { throw .nobody }
      recordOwn(fact(.visitRecalled, visit, counter, by: by, now), branch: branch)
      ticket = visit.key.ticket
      commandAll(.call(counter, ticket, at: now.wall, again: true), of: branch)
    case .noShow:
      guard let visit = state.serving else { throw .nobody }
      recordOwn(fact(.visitNoShow, visit, counter, by: by, now), branch: branch)
      ticket = visit.key.ticket
      commandAll(.clear(counter), of: branch)
    case .end:
      guard let visit = state.serving else { throw .nobody }
      end(visit, counter, by: by, branch, now: now, reason: nil)
      ticket = visit.key.ticket
      commandAll(.clear(counter), of: branch)
    }
    send(.ok(id: id, ticket: ticket), to: session)
  }

  private mutating func callNext(
    _ counter: CounterID, by clerk: ClerkID?, _ branch: BranchID, now: Now
  ) throws(ProtocolError) -> TicketNumber {
    let state = memory.branches[branch]?.counters[counter]
    let before = state?.serving
    // A clerk who calls the next one has finished with the one before.
    if let before {
      end(before, counter, by: clerk ?? state?.clerk, branch, now: now, reason: "next")
    }
    while let visit = memory.branches[branch]?.nextVisit(for: counter, at: now.wall) {
      guard now.wall - visit.issuedAt <= settings.waiting_max else {
        var lapsed = fact(.visitLapsed, visit, nil, by: nil, now)
        lapsed.waiting = now.wall - visit.issuedAt
        recordOwn(lapsed, branch: branch)
        continue
      }
      var called = fact(.visitCalled, visit, counter, by: clerk, now)
      called.waiting = Span(ms: max(0, (now.wall - visit.issuedAt).ms))
      recordOwn(called, branch: branch)
      commandAll(.call(counter, visit.key.ticket, at: now.wall, again: false), of: branch)
      return visit.key.ticket
    }
    if before != nil { commandAll(.clear(counter), of: branch) }
    throw .empty
  }

  private mutating func end(
    _ visit: Visit, _ counter: CounterID, by clerk: ClerkID?, _ branch: BranchID, now: Now,
    reason: String?
  ) {
    var ended = fact(.visitEnded, visit, counter, by: clerk, now)
    ended.reason = reason
    if let calledAt = visit.calledAt {
      ended.transaction = Span(ms: max(0, (now.wall - calledAt).ms))
    }
    recordOwn(ended, branch: branch)
  }

  private func fact(
    _ kind: FactKind, _ visit: Visit, _ counter: CounterID?, by clerk: ClerkID?, _ now: Now
  ) -> Fact {
    var fact = Fact(kind, at: now.wall)
    fact.ticket = visit.key.ticket
    fact.day = visit.key.day
    fact.service = visit.service
    fact.counter = counter
    if let clerk { fact.more.append(Field("clerk", clerk.text)) }
    return fact
  }
}
