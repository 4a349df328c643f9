import Branch

/// A ticket on its way to paper.
struct PrintJob: Hashable {
  /// Number of the `ticket-issued` fact: unique in the life of the journal.
  var id: UInt64
  var bytes: [UInt8]
  /// Not started after this.
  var expiresAt: MonotonicTime
  /// Zero bytes at the front, which belong to no ticket.
  var padding = 0
}

/// One printer's jobs, one at a time, and what may be said about each in the end.
///
///     idle ──start──▶ sending ──all accepted──▶ confirming ──▶ idle (printed | unconfirmed)
///                        └──stopped──▶ idle (failed if no byte was accepted, else unconfirmed)
///
/// Printing is not idempotent (DESIGN §3 rule 3): a job leaves this machine once, with one outcome.
struct PrinterSpool {
  enum Effect: Hashable {
    /// Journal `sending`, then write.
    case begin(PrintJob)
    case cancel(job: UInt64)
    /// Ask the device how it is.
    case check
    case outcome(job: UInt64, PrintOutcome, reason: String)
    /// The conditions, or whether it is there, changed.
    case changed
  }

  enum Work: Hashable {
    case idle
    case sending(PrintJob, accepted: Int, stallsAt: MonotonicTime)
    /// Told to stop; `stopped` or `written` of the transport ends it.
    case cancelling(PrintJob, accepted: Int)
    case confirming(PrintJob, until: MonotonicTime, atMost: MonotonicTime)
  }

  /// Jobs that may wait behind the one in work.
  static let waiting_max = 8
  /// A device that takes no byte for so long is stuck.
  static let stall: Span = .seconds(10)
  /// A device that was asked how it is has so long to answer.
  static let answer: Span = Span(ms: 300)
  /// Questions without any answer after which a device counts as mute.
  static let unanswered_max = 3

  let plan: PrinterPlan
  private(set) var isPresent = false
  /// Whether it was found, or found missing, since the start.
  private(set) var isKnown = false
  private(set) var conditions: Set<DeviceCondition> = []
  private(set) var work = Work.idle
  private(set) var waiting: [PrintJob] = []
  /// When the question in hand has to be answered.
  private(set) var answerDueAt: MonotonicTime?
  private var unanswered = 0
  /// Bytes of an interrupted job that the device may still wait for. As many zeros complete any
  /// command that was cut in two; a printer ignores them elsewhere.
  private(set) var owedPadding = 0

  init(plan: PrinterPlan) { self.plan = plan }

  /// It answered at least once since it came, or its silence was not proven yet.
  var isMute: Bool { unanswered >= Self.unanswered_max }

  var canBeAsked: Bool { (plan.hasRealTimeStatus || plan.hasPortStatus) && !isMute }

  /// Why it takes no ticket now; nil when it does.
  var refusal: String? {
    if !isPresent { return DeviceCondition.offline.rawValue }
    if let condition = conditions.sorted().first(where: \.stopsPrinting) {
      return condition.rawValue
    }
    return waiting.count >= Self.waiting_max ? "busy" : nil
  }

  /// A question has to be asked first, because this device tells nothing by itself.
  var needsCheck: Bool { isPresent && canBeAsked && !plan.hasAutomaticStatus }

  // MARK: events

  mutating func asked(now: MonotonicTime) -> [Effect] {
    guard isPresent, answerDueAt == nil else { return [] }
    answerDueAt = now + Self.answer
    return [.check]
  }

  mutating func submitted(_ job: PrintJob, now: MonotonicTime) -> [Effect] {
    guard refusal == nil else { return [.outcome(job: job.id, .failed, reason: refusal ?? "")] }
    waiting.append(job)
    return startNext(now)
  }

  mutating func arrived(now: MonotonicTime) -> [Effect] {
    isPresent = true
    isKnown = true
    conditions = []
    unanswered = 0
    answerDueAt = nil
    let asking = canBeAsked ? asked(now: now) : []
    return [.changed] + asking + startNext(now)
  }

  mutating func lost(now: MonotonicTime) -> [Effect] {
    let wasPresent = isPresent
    isPresent = false
    isKnown = true
    conditions = []
    answerDueAt = nil
    var effects: [Effect] = wasPresent ? [.changed] : []
    switch work {
    case .idle: break
    case .sending(let job, let accepted, _), .cancelling(let job, let accepted):
      effects += interrupted(job, accepted: accepted, reason: "device-lost")
    case .confirming(let job, _, _):
      work = .idle
      effects.append(.outcome(job: job.id, .unconfirmed, reason: "device-lost"))
    }
    return effects + failWaiting(reason: DeviceCondition.offline.rawValue)
  }

  mutating func reported(_ conditions: Set<DeviceCondition>, now: MonotonicTime) -> [Effect] {
    var conditions = conditions
    // Paper, cover and jam are why a printer went offline; the cause is told, not the effect.
    if conditions.contains(where: { $0.stopsPrinting && $0 != .offline }) {
      conditions.remove(.offline)
    }
    guard conditions != self.conditions else { return [] }
    self.conditions = conditions
    var effects: [Effect] = [.changed]
    if let refusal, refusal != "busy" { effects += failWaiting(reason: refusal) }
    return effects + startNext(now)
  }

  /// Any bytes at all came from the device.
  mutating func spoke() { unanswered = 0 }

  /// All that was asked has been answered.
  mutating func answered() { answerDueAt = nil }

  mutating func progressed(_ id: UInt64, accepted: Int, now: MonotonicTime) {
    switch work {
    case .sending(let job, _, _) where job.id == id:
      work = .sending(job, accepted: accepted, stallsAt: now + Self.stall)
    case .cancelling(let job, _) where job.id == id:
      work = .cancelling(job, accepted: accepted)
    default: break
    }
  }

  mutating func written(_ id: UInt64, now: MonotonicTime) -> [Effect] {
    guard let job = jobInWork(id) else { return [] }
    let confirms = plan.isSpooled || (plan.capabilities.processID && !isMute)
    guard confirms else {
      work = .idle
      return [.outcome(job: id, .unconfirmed, reason: "no-confirmation")] + startNext(now)
    }
    let wait = plan.confirmation
    work = .confirming(job, until: now + wait, atMost: now + max(wait, plan.expiry))
    return []
  }

  mutating func stopped(_ id: UInt64, accepted: Int, reason: String, now: MonotonicTime)
    -> [Effect]
  {
    guard let job = jobInWork(id) else { return [] }
    return interrupted(job, accepted: accepted, reason: reason) + startNext(now)
  }

  mutating func confirmed(_ id: UInt64, now: MonotonicTime) -> [Effect] {
    switch work {
    case .confirming(let job, _, _) where job.id == id: break
    // The device can be faster than the report that the transport is done.
    case .sending(let job, _, _) where job.id == id: break
    default: return []
    }
    work = .idle
    return [.outcome(job: id, .printed, reason: "")] + startNext(now)
  }

  mutating func spooled(_ id: UInt64, completed: Bool, detail: String, now: MonotonicTime)
    -> [Effect]
  {
    guard jobInWork(id) != nil else { return [] }
    work = .idle
    let outcome: Effect =
      completed
      ? .outcome(job: id, plan.trustsSpooler ? .printed : .unconfirmed, reason: "spooled")
      : .outcome(job: id, .unconfirmed, reason: detail)
    return [outcome] + startNext(now)
  }

  /// A job of an earlier life of this process may stand half in the device.
  mutating func remembered(interruptedBytes: Int) {
    // A spooler sends its documents whole, one after the other.
    if !plan.isSpooled { owedPadding = max(owedPadding, interruptedBytes) }
  }

  mutating func timePassed(now: MonotonicTime) -> [Effect] {
    var effects: [Effect] = []
    if let due = answerDueAt, due <= now {
      answerDueAt = nil
      unanswered += 1
      // First status reads after open can come back empty [facts: one peer retries 5 × 50 ms].
      if unanswered < Self.unanswered_max, canBeAsked { effects += asked(now: now) }
    }
    switch work {
    case .sending(let job, let accepted, let stallsAt) where stallsAt <= now:
      work = .cancelling(job, accepted: accepted)
      effects.append(.cancel(job: job.id))
    case .confirming(let job, let until, let atMost) where until <= now:
      if conditions.contains(where: \.stopsPrinting), now < atMost, !plan.isSpooled {
        // The ticket stands in the printer; when somebody loads paper soon it comes out.
        work = .confirming(job, until: atMost, atMost: atMost)
      } else {
        work = .idle
        if plan.isSpooled { effects.append(.cancel(job: job.id)) }
        effects.append(.outcome(job: job.id, .unconfirmed, reason: "no-confirmation"))
      }
    default: break
    }
    let expired = waiting.filter { $0.expiresAt <= now }
    waiting.removeAll { $0.expiresAt <= now }
    effects += expired.map { .outcome(job: $0.id, .failed, reason: "expired") }
    return effects + startNext(now)
  }

  var nextDeadline: MonotonicTime? {
    var deadlines = waiting.map(\.expiresAt)
    if let answerDueAt { deadlines.append(answerDueAt) }
    switch work {
    case .sending(_, _, let at), .confirming(_, let at, _): deadlines.append(at)
    case .idle, .cancelling: break
    }
    return deadlines.min()
  }

  // MARK: steps

  /// Id of the job that the device has.
  var jobInWork: UInt64? {
    switch work {
    case .sending(let job, _, _), .cancelling(let job, _), .confirming(let job, _, _): job.id
    case .idle: nil
    }
  }

  private func jobInWork(_ id: UInt64) -> PrintJob? {
    switch work {
    case .sending(let job, _, _), .cancelling(let job, _), .confirming(let job, _, _):
      job.id == id ? job : nil
    case .idle: nil
    }
  }

  private mutating func startNext(_ now: MonotonicTime) -> [Effect] {
    guard work == .idle, isPresent, !conditions.contains(where: \.stopsPrinting),
      !waiting.isEmpty
    else { return [] }
    var job = waiting.removeFirst()
    job.padding = owedPadding
    job.bytes = Array(repeating: 0, count: owedPadding) + job.bytes
    owedPadding = 0
    work = .sending(job, accepted: 0, stallsAt: now + Self.stall)
    return [.begin(job)]
  }

  private mutating func interrupted(_ job: PrintJob, accepted: Int, reason: String) -> [Effect] {
    work = .idle
    guard accepted > job.padding else {
      owedPadding = job.padding
      return [.outcome(job: job.id, .failed, reason: reason)]
    }
    // Of what was accepted nobody knows how much went on: a pipe or a USB buffer may have lost it.
    if !plan.isSpooled { owedPadding = job.bytes.count - job.padding }
    return [.outcome(job: job.id, .unconfirmed, reason: reason)]
  }

  private mutating func failWaiting(reason: String) -> [Effect] {
    defer { waiting = [] }
    return waiting.map { .outcome(job: $0.id, .failed, reason: reason) }
  }
}
