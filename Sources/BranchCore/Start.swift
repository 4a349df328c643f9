import Branch

/// What a start has to settle: tickets whose end the last life did not see.
extension BranchCore {
  mutating func start(_ now: Now) {
    recordMachine()
    recordStart(now)
    continueRenumbering()
    ratingClock.start(memory.ratings, now)
    startClerks(now)
    for (job, open) in memory.open.sorted(by: { $0.key < $1.key }) {
      guard let printer = open.sendingTo else {
        // Journalled and never sent: too late for the customer, who has seen a dead box.
        let kind: FactKind = open.isOrdered ? .ticketFailed : .ticketVoided
        var fact = ticketFact(kind, open, job: job, now)
        fact.reason = "restarted"
        record(fact)
        continue
      }
      // Bytes may have gone. Nobody prints them again (DESIGN §3 rule 3).
      var fact = ticketFact(.ticketUnconfirmed, open, job: job, now)
      fact.printer = printer
      fact.reason = "restarted"
      record(fact)
      printers[printer]?.spool.remembered(interruptedBytes: open.byteCount)
      printers[printer]?.tongue.remembersInterruptedTicket()
    }
    for counter in memory.calls.counters { updateSigns(counter: counter, isNew: false, now) }
  }

  private mutating func recordStart(_ now: Now) {
    var fact = Fact(.nodeStarted, at: now.wall)
    if let identity = plan.identity {
      fact.more = [
        Field("start", startName), Field("boot", identity.boot),
        Field("machine", identity.machine),
      ]
    }
    record(fact)
  }
}
