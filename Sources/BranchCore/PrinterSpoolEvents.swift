import Branch

/// What happens to a printer's jobs: one method an event, each gives the effects in order.
extension PrinterSpool {
  mutating func asked(now: MonotonicTime) -> [Effect] {
    guard isPresent, answerDueAt == nil, !isTransferring else { return [] }
    guard !needsCleaning else { return clean(now) }
    guard canBeAsked else { return [] }
    asks = 1
    heardSinceAsked = false
    answerDueAt = now + Self.answer
    return [.check]
  }

  mutating func submitted(_ job: PrintJob, now: MonotonicTime) -> [Effect] {
    if let refusal { return [.outcome(job: job.id, .failed, reason: refusal)] }
    waiting.append(job)
    return startNext(now)
  }

  mutating func arrived(now: MonotonicTime) -> [Effect] {
    isPresent = true
    isKnown = true
    reported = lowPaper.isLow ? [.mediaLow] : []
    said = reported
    unanswered = 0
    answerDueAt = nil
    isClogged = false
    guard !needsCleaning || isTransferring else { return [.changed] + clean(now) }
    return [.changed] + introduce(now) + startNext(now)
  }

  /// The first words to a device that listens from the start of a command.
  private mutating func introduce(_ now: MonotonicTime) -> [Effect] {
    (plan.hasAutomaticStatus ? [.enableStatus] : []) + asked(now: now)
  }

  /// The transport has the last word on its job (`stopped` counts the bytes that were accepted,
  /// the last report of progress may be older), so the outcome waits for it a little.
  mutating func lost(now: MonotonicTime) -> [Effect] {
    let wasPresent = isPresent
    isPresent = false
    isKnown = true
    reported = []
    said = []
    lowPaper.forget()
    answerDueAt = nil
    var effects: [Effect] = wasPresent ? [.changed] : []
    switch work {
    case .idle: break
    case .sending(let job, let accepted, _):
      let until = now + (plan.isSpooled ? Self.stall : Self.aftermath)
      work = .cancelling(job, accepted: accepted, until: until, reason: "device-lost")
      if plan.isSpooled { effects.append(.cancel(job: job.id)) }
    case .cancelling(let job, let accepted, let until, let reason):
      let soon = plan.isSpooled ? until : min(until, now + Self.aftermath)
      work = .cancelling(job, accepted: accepted, until: soon, reason: reason)
    case .confirming(let job, _, _):
      // A spooler that is away for a moment goes on printing and tells the end when it is back.
      guard !plan.isSpooled else { break }
      work = .idle
      owesClearing = true
      effects.append(.outcome(job: job.id, .unconfirmed, reason: "device-lost"))
    // The transport still owes its last word, perhaps because the order to write waits behind a
    // slow journal. It takes no other job before.
    case .cleaning(let accepted, _): work = .cleaning(accepted: accepted, stallsAt: nil)
    case .lettingGo(let job, _): work = .lettingGo(job: job, until: nil)
    }
    return effects + failWaiting(reason: DeviceCondition.offline.rawValue)
  }

  mutating func reported(_ conditions: Set<DeviceCondition>, now: MonotonicTime) -> [Effect] {
    said = conditions
    var conditions = conditions
    let paper = notePaper(&conditions, now)
    // Paper, cover and jam are why a printer went offline; the cause is told, not the effect.
    if conditions.contains(where: { $0.stopsPrinting && $0 != .offline }) {
      conditions.remove(.offline)
    }
    guard conditions != reported else { return paper }
    reported = conditions
    var effects: [Effect] = paper + [.changed]
    if let refusal, refusal != "busy" { effects += failWaiting(reason: refusal) }
    return effects + startNext(now)
  }

  /// Any bytes at all came from the device.
  mutating func spoke() {
    unanswered = 0
    heardSinceAsked = true
  }

  /// All that was asked has been answered.
  mutating func answered() { answerDueAt = nil }

  mutating func progressed(_ id: UInt64, accepted: Int, now: MonotonicTime) {
    switch work {
    case .sending(let job, _, _) where job.id == id:
      work = .sending(job, accepted: accepted, stallsAt: now + Self.stall)
    case .cancelling(let job, _, let until, let reason) where job.id == id:
      work = .cancelling(job, accepted: accepted, until: until, reason: reason)
    case .cleaning(_, .some) where id == PrintJob.cleaning:
      work = .cleaning(accepted: accepted, stallsAt: now + Self.stall)
    default: break
    }
  }

  mutating func written(_ id: UInt64, now: MonotonicTime) -> [Effect] {
    switch work {
    case .sending(let job, _, _) where job.id == id: return confirm(job, now)
    case .cancelling(let job, _, _, _) where job.id == id: return confirm(job, now)
    case .lettingGo(id, _): return letGo(now)
    case .cleaning where id == PrintJob.cleaning:
      let wasClogged = isClogged
      work = .idle
      owedZeros = 0
      owesClearing = false
      owesCut = false
      isClogged = false
      return (wasClogged ? [.changed] : []) + introduce(now) + startNext(now)
    default: return []
    }
  }

  mutating func stopped(_ id: UInt64, accepted: Int, reason: String, now: MonotonicTime)
    -> [Effect]
  {
    switch work {
    case .sending(let job, let known, _) where job.id == id:
      return interrupted(job, accepted: max(accepted, known), reason: reason) + startNext(now)
    case .cancelling(let job, let known, _, _) where job.id == id:
      return interrupted(job, accepted: max(accepted, known), reason: reason) + startNext(now)
    case .confirming(let job, _, _) where job.id == id:
      work = .idle
      return [.outcome(job: id, .unconfirmed, reason: reason)] + startNext(now)
    case .lettingGo(id, _): return letGo(now)
    case .cleaning(let known, _) where id == PrintJob.cleaning:
      work = .idle
      owedZeros -= min(owedZeros, max(accepted, known))
      return clogged()
    default: return []
    }
  }

  mutating func confirmed(_ id: UInt64, now: MonotonicTime) -> [Effect] {
    ended(id, .outcome(job: id, .printed, reason: ""), now)
  }

  mutating func spooled(_ id: UInt64, completed: Bool, detail: String, now: MonotonicTime)
    -> [Effect]
  {
    let isPrinted = completed && plan.trustsSpooler
    let reason = completed ? "spooled" : detail
    return ended(
      id, .outcome(job: id, isPrinted ? .printed : .unconfirmed, reason: reason), now)
  }

  /// A job of an earlier life of this process may stand half in the device.
  mutating func remembered(interruptedBytes: Int) { owe(max(owedZeros, interruptedBytes)) }

  mutating func timePassed(now: MonotonicTime) -> [Effect] {
    var effects = answerPassed(now) + paperPassed(now)
    switch work {
    case .sending(let job, let accepted, let stallsAt) where stallsAt <= now:
      work = .cancelling(job, accepted: accepted, until: now + Self.stall, reason: "stalled")
      effects.append(.cancel(job: job.id))
    case .cancelling(let job, let accepted, let until, let reason) where until <= now:
      effects += abandon(job, accepted: accepted, reason: reason)
    case .confirming(let job, let until, let atMost) where until <= now:
      effects += confirmationPassed(job, atMost: atMost, now)
    case .cleaning(let accepted, let stallsAt?) where stallsAt <= now:
      work = .cleaning(accepted: accepted, stallsAt: nil)
      effects += [.cancel(job: PrintJob.cleaning)] + clogged()
    case .lettingGo(let job, let until?) where until <= now:
      work = .lettingGo(job: job, until: nil)
      effects += [.changed] + failWaiting(reason: "timed-out")
    default: break
    }
    let expired = waiting.filter { $0.expiresAt <= now }
    waiting.removeAll { $0.expiresAt <= now }
    effects += expired.map { .outcome(job: $0.id, .failed, reason: "expired") }
    return effects + startNext(now)
  }

  /// Whether a ticket stands in its mouth over which no other may be printed.
  mutating func mouth(isBlocked: Bool, now: MonotonicTime) -> [Effect] {
    guard isBlocked != isMouthBlocked else { return [] }
    isMouthBlocked = isBlocked
    return startNext(now)
  }

  // MARK: steps

  private mutating func answerPassed(_ now: MonotonicTime) -> [Effect] {
    guard let due = answerDueAt, due <= now else { return [] }
    answerDueAt = nil
    guard !isTransferring else { return [] }
    if !heardSinceAsked { unanswered += 1 }
    if isMute, !plan.isSpooled, case .confirming(let job, _, _) = work {
      // It will not confirm either; others wait.
      work = .idle
      return [.outcome(job: job.id, .unconfirmed, reason: "no-confirmation")]
    }
    // First status reads after open can come back empty [facts: one peer retries 5 × 50 ms]. What
    // answers in part only is not asked without end.
    guard asks < Self.unanswered_max, !isMute else { return [] }
    asks += 1
    answerDueAt = now + Self.answer
    return [.check]
  }

  private mutating func confirm(_ job: PrintJob, _ now: MonotonicTime) -> [Effect] {
    guard plan.isSpooled || (plan.capabilities.processID && !isMute && isPresent) else {
      work = .idle
      let reason = isPresent ? "no-confirmation" : "device-lost"
      return [.outcome(job: job.id, .unconfirmed, reason: reason)] + startNext(now)
    }
    let wait = plan.confirmation
    work = .confirming(job, until: now + wait, atMost: now + max(wait, plan.expiry))
    return []
  }

  private mutating func confirmationPassed(
    _ job: PrintJob, atMost: MonotonicTime, _ now: MonotonicTime
  ) -> [Effect] {
    if conditions.contains(where: \.stopsPrinting), now < atMost, !plan.isSpooled {
      // The ticket stands in the printer; when somebody loads paper soon it comes out.
      work = .confirming(job, until: atMost, atMost: atMost)
      return []
    }
    work = .idle
    owesClearing = true
    return (plan.isSpooled ? [.cancel(job: job.id)] : [])
      + [.outcome(job: job.id, .unconfirmed, reason: "no-confirmation")]
      + (isPresent && needsCleaning ? clean(now) : [])
  }

  /// The device can be faster than the report that the transport is done.
  private mutating func ended(_ id: UInt64, _ outcome: Effect, _ now: MonotonicTime) -> [Effect] {
    guard jobInWork == id else { return [] }
    if case .confirming = work {
      work = .idle
      return [outcome] + startNext(now)
    }
    work = .lettingGo(job: id, until: now + Self.stall)
    return [outcome]
  }

  private mutating func letGo(_ now: MonotonicTime) -> [Effect] {
    let wasStuck = conditions != reported
    work = .idle
    return (wasStuck ? [.changed] : []) + startNext(now)
  }

  private mutating func startNext(_ now: MonotonicTime) -> [Effect] {
    guard work == .idle, isPresent, !isMouthBlocked, !conditions.contains(where: \.stopsPrinting),
      !waiting.isEmpty
    else { return [] }
    guard !needsCleaning else { return clean(now) }
    let job = waiting.removeFirst()
    work = .sending(job, accepted: 0, stallsAt: now + Self.stall)
    return [.begin(job)]
  }

  /// The zeros are tried again when somebody presses or the device comes back.
  private mutating func clogged() -> [Effect] {
    guard !isClogged else { return [] }
    isClogged = true
    return [.changed] + failWaiting(reason: "timed-out")
  }

  mutating func failWaiting(reason: String) -> [Effect] {
    defer { waiting = [] }
    return waiting.map { .outcome(job: $0.id, .failed, reason: reason) }
  }
}
