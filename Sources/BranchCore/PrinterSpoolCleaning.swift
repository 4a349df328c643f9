import Branch

/// What an interrupted job leaves behind in a device, and how it is made good before the next one.
extension PrinterSpool {
  mutating func clean(_ now: MonotonicTime) -> [Effect] {
    work = .cleaning(accepted: 0, stallsAt: now + Self.stall)
    let reset: [Effect] = owesClearing && plan.clears.contains(.softReset) ? [.reset] : []
    // A transport is told of the end of its job by the last byte of it.
    return reset + [
      .clean(zeros: max(1, owedZeros), clearing: sendsClearing, separates: owesCut)
    ]
  }

  mutating func interrupted(_ job: PrintJob, accepted: Int, reason: String) -> [Effect] {
    work = .idle
    guard accepted > 0 else { return [.outcome(job: job.id, .failed, reason: reason)] }
    // All of it: a pipe or a buffer on the way may have lost what it had accepted.
    owe(job.bytes.count)
    return [.outcome(job: job.id, .unconfirmed, reason: reason)]
  }

  /// No last word came. Nobody knows how much went, so nobody prints it again.
  mutating func abandon(_ job: PrintJob, accepted: Int, reason: String) -> [Effect] {
    owe(job.bytes.count - accepted)
    work = .lettingGo(job: job.id, until: nil)
    return [.outcome(job: job.id, .unconfirmed, reason: reason)]
      + (isPresent ? [.changed] + failWaiting(reason: "timed-out") : [])
  }

  mutating func owe(_ bytes: Int) {
    // A spooler starts its jobs anew by itself.
    owedZeros = plan.isSpooled ? 0 : min(Self.zeros_max, max(0, bytes))
    owesClearing = true
    // A presenter would hold the piece out as if it were a ticket.
    if owedZeros > 0, plan.capabilities.presenting == nil { owesCut = true }
  }
}
