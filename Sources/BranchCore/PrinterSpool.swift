import Branch

/// A ticket on its way to paper.
struct PrintJob: Hashable {
  /// Number of the `ticket-issued` fact: unique in the life of the journal.
  var id: UInt64
  var bytes: [UInt8]
  /// Not started after this.
  var expiresAt: MonotonicTime
  /// Of the roll, about.
  var paper_mm = 0

  /// Stands for the zeros that clean a device; facts are numbered from 1.
  static let cleaning: UInt64 = 0
}

/// One printer's jobs, one at a time, and what may be said about each in the end.
///
///     idle ──start──▶ sending ──all accepted──▶ confirming ──▶ idle (printed | unconfirmed)
///                      │  └──stall, loss──▶ cancelling ──stopped──▶ idle (failed if no byte of
///                      │                         │                  it went, else unconfirmed)
///                      └──confirmed early──▶ letting go ◀──┘ no word in time (unconfirmed)
///
/// Behind an interrupted job the device may wait for the rest of a command that was cut in two. It
/// gets as many zeros as bytes were left, before anything else: a status question would become the
/// length of the half command and swallow the next ticket. Elsewhere zeros do nothing. Where the
/// model has a way to empty its buffers, that goes along, so that what it holds of an old ticket
/// does not come out when the next roll is put in. At last what came out of it is cut off: the next
/// customer's paper must not begin with another number.
///
/// Printing is not idempotent (DESIGN §3 rule 3): a job leaves this machine once, with one outcome,
/// and `failed` is said only when the transport's last word leaves no doubt.
struct PrinterSpool {
  enum Effect: Hashable {
    /// Journal `sending`, then write.
    case begin(PrintJob)
    case cancel(job: UInt64)
    /// Empty the device's buffers by a request beside its bytes.
    case reset
    /// Write so many zeros as the job `PrintJob.cleaning`, perhaps with the order to clear
    /// behind them: before them it would become the length of the half command.
    /// `separates`: half a ticket may hang out of it, and is cut off last.
    case clean(zeros: Int, clearing: Bool, separates: Bool)
    /// Let the device tell its state by itself from now on.
    case enableStatus
    /// Ask the device how it is.
    case check
    case outcome(job: UInt64, PrintOutcome, reason: String)
    /// The conditions, or whether it is there, changed.
    case changed
    /// A new roll was put in.
    case rollChanged
    /// Its sensor says that little is left, and is believed.
    case rollRunsLow
  }

  enum Work: Hashable {
    case idle
    case sending(PrintJob, accepted: Int, stallsAt: MonotonicTime)
    /// Told to stop, or its device went; `stopped` or `written` of the transport ends it.
    case cancelling(PrintJob, accepted: Int, until: MonotonicTime, reason: String)
    case confirming(PrintJob, until: MonotonicTime, atMost: MonotonicTime)
    /// Without `stallsAt` it was told to stop.
    case cleaning(accepted: Int, stallsAt: MonotonicTime?)
    /// The outcome is told, but the transport has not let go of the job yet and takes no other.
    /// Without `until` it is overdue: the printer counts as stuck.
    case lettingGo(job: UInt64, until: MonotonicTime?)
  }

  /// Jobs that may wait behind the one in work.
  static let waiting_max = 8
  /// A device that takes no byte for so long is stuck; so is a transport that does not let go.
  static let stall: Span = .seconds(10)
  /// The transport's last word on a job comes so soon after the loss of its device.
  static let aftermath: Span = .seconds(1)
  /// A device that was asked how it is has so long to answer.
  static let answer: Span = Span(ms: 300)
  /// Questions without any answer after which a device counts as mute.
  static let unanswered_max = 3
  /// Zeros that a device gets at most.
  static let zeros_max = 65_536

  let plan: PrinterPlan
  var isPresent = false
  /// Whether it was found, or found missing, since the start.
  var isKnown = false
  /// As the device or its spooler says, and is believed.
  var reported: Set<DeviceCondition> = []
  /// The last that it said.
  var said: Set<DeviceCondition> = []
  var lowPaper = LowPaper()
  /// The paper ended behind a closed cover: what comes now is a new roll.
  var ranOut = false
  var work = Work.idle
  var waiting: [PrintJob] = []
  /// When the question in hand has to be answered.
  var answerDueAt: MonotonicTime?
  /// How often the question in hand was put, and whether anything came back since the first time.
  var asks = 0
  var heardSinceAsked = false
  var unanswered = 0
  /// Bytes of an interrupted job that the device may still wait for.
  var owedZeros = 0
  /// The device may hold a ticket whose outcome is told.
  var owesClearing = false
  /// The upper part of an interrupted ticket may stand on the paper: the next customer would get
  /// it together with the next ticket.
  var owesCut = false
  /// A ticket stands in its mouth, and no other may be printed over it.
  var isMouthBlocked = false
  /// It did not take the zeros.
  var isClogged = false

  init(plan: PrinterPlan) { self.plan = plan }

  /// The job that just began is longer than it was when it came.
  mutating func sends(_ job: PrintJob) {
    guard case .sending(let begun, let accepted, let stallsAt) = work, begun.id == job.id else {
      return
    }
    work = .sending(job, accepted: accepted, stallsAt: stallsAt)
  }

  // MARK: questions

  /// What it says, and what is seen of it from here.
  var conditions: Set<DeviceCondition> {
    if case .lettingGo(_, nil) = work { return reported.union([.timedOut]) }
    return isClogged ? reported.union([.timedOut]) : reported
  }

  /// It left all questions in a row unanswered since it came.
  var isMute: Bool { unanswered >= Self.unanswered_max }

  var canBeAsked: Bool { plan.hasRealTimeStatus || plan.hasFullStatus || plan.hasPortStatus }

  /// Queries may wait behind the bytes of a job: silence proves nothing then.
  var isTransferring: Bool {
    switch work {
    case .sending, .cancelling, .cleaning, .lettingGo: true
    case .idle, .confirming: false
    }
  }

  /// A question has to be asked first, because this device tells nothing by itself.
  var needsCheck: Bool {
    isPresent && !isTransferring && (isClogged || (canBeAsked && !plan.hasAutomaticStatus))
  }

  /// A press should wait for the answer. Nobody waits for a mute device.
  var isBeingAsked: Bool {
    if case .cleaning = work { return true }
    return answerDueAt != nil && !isMute
  }

  /// Something may stand in its buffers that must not come out any more.
  var needsCleaning: Bool {
    owedZeros > 0 || (owesClearing && !plan.clears.isEmpty && !plan.isSpooled)
  }

  var sendsClearing: Bool { owesClearing && plan.clears.contains(.dleENQ) }

  /// Why it takes no ticket now; nil when it does.
  var refusal: String? {
    if !isPresent { return DeviceCondition.offline.rawValue }
    if let condition = conditions.sorted().first(where: \.stopsPrinting) {
      return condition.rawValue
    }
    return waiting.count >= Self.waiting_max ? "busy" : nil
  }

  /// Id of the job whose outcome is open.
  var jobInWork: UInt64? {
    switch work {
    case .sending(let job, _, _), .cancelling(let job, _, _, _), .confirming(let job, _, _): job.id
    case .idle, .cleaning, .lettingGo: nil
    }
  }

  var nextDeadline: MonotonicTime? {
    var deadlines = waiting.map(\.expiresAt)
    if let answerDueAt { deadlines.append(answerDueAt) }
    if let readAt = lowPaper.nextAt { deadlines.append(readAt) }
    switch work {
    case .sending(_, _, let at), .cancelling(_, _, let at, _), .confirming(_, let at, _),
      .cleaning(_, let at?), .lettingGo(_, let at?):
      deadlines.append(at)
    case .idle, .cleaning(_, nil), .lettingGo(_, nil): break
    }
    return deadlines.min()
  }
}
