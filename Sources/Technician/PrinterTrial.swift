public import Branch
import Tongues

/// One printer tried out: is it there, what does it say of itself and, with a ticket, what became
/// of that. Pure: events of the transport and the time go in, requests to the transport come out.
///
///     opening ──arrived──▶ asking ──answers, or silence──▶ done (without a ticket)
///                             └──▶ sending ──written──▶ confirming ──▶ asking again ──▶ done
///
/// `lost` and `stopped` end it at once: a technician wants to hear of the cause, not of retries.
public struct PrinterTrial: Sendable {
  /// What the transport has to do.
  public enum Effect: Equatable, Sendable {
    case query([UInt8])
    case requestPortStatus
    case write([UInt8])
    case cancel
  }

  /// Opening may take so long: a USB printer is asked for its name, a queue over the network.
  public static let opening: Span = .milliseconds(3500)
  /// One question may take so long, and is put so often: first answers after opening get lost.
  public static let answer: Span = .milliseconds(300)
  public static let questions_max = 3
  /// A spooler that is asked for its state may ask the printer itself.
  static let spoolerAnswer: Span = .seconds(3)
  /// A device that takes no byte for so long is stuck.
  public static let stall: Span = .seconds(10)
  /// For the last word of a job that was given up.
  static let farewell: Span = .seconds(2)

  private enum State: Equatable, Sendable {
    case opening
    case asking(round: Int)
    case sending
    case confirming
    /// After the ticket: does anything stop it?
    case askingAgain(round: Int, missed: Bool)
    case cancelling(Problem?)
  }

  public let plan: PrinterTrialPlan
  /// Number of the only job. A new one each time: a printer may still owe the answer to an older.
  public let job: UInt64
  public private(set) var identity = ""
  public private(set) var outcome: Outcome?
  /// When `timePassed` has to be called.
  public private(set) var deadline: MonotonicTime?
  private let ticket: [UInt8]?
  private var state = State.opening
  private var tongue: PrinterTongue
  private var hasSpoken = false
  private var owesPortStatus = false

  /// - Parameter ticket: bytes to print; nil: only look.
  public init(
    _ plan: PrinterTrialPlan, ticket: [UInt8]? = nil, job: UInt64 = 1, now: MonotonicTime
  ) {
    self.plan = plan
    self.job = job
    self.ticket = ticket
    tongue = PrinterTongue(plan.listening)
    deadline = now + Self.opening
  }

  /// Events of a printer transport. Nothing counts after the outcome.
  public mutating func handle(_ event: PrinterPortEvent, now: MonotonicTime) -> [Effect] {
    guard outcome == nil else { return [] }
    switch event {
    case .arrived(let identity): return arrived(identity, now)
    case .lost(let problem): return lost(problem)
    case .progress: if state == .sending { deadline = now + Self.stall }
    case .written: return written(now)
    case .stopped(_, let accepted, let problem): return stopped(problem, accepted)
    case .received(let bytes): return received(bytes, now)
    case .portStatus(let byte):
      hasSpoken = true
      owesPortStatus = false
      tongue.note(portStatus: byte)
      return answeredSomething(now)
    case .conditions(let conditions): return told(conditions, now)
    case .spooled(_, let completed, let detail): return spooled(completed, detail)
    }
    return []
  }

  /// A deadline was reached.
  public mutating func timePassed(now: MonotonicTime) -> [Effect] {
    guard outcome == nil, let deadline, deadline <= now else { return [] }
    switch state {
    case .opening: return finish(.unusable(PrinterProblems.notOpened))
    case .asking(let round): return unanswered(round, now)
    case .askingAgain(let round, let missed): return unansweredAgain(round, missed, now)
    case .sending:
      state = .cancelling(nil)
      self.deadline = now + Self.farewell
      return [.cancel]
    case .confirming: return askAgain(missed: true, now)
    case .cancelling(let problem):
      return finish(problem.map { .failed($0) } ?? .failed(PrinterProblems.stuck))
    }
  }

  // MARK: opening and asking

  private mutating func arrived(_ identity: String, _ now: MonotonicTime) -> [Effect] {
    guard state == .opening else { return [] }
    self.identity = identity
    guard plan.canBeAsked else {
      state = .asking(round: Self.questions_max)
      return isAsked(.openedOnly, now)
    }
    return ask(.asking(round: 1), now)
  }

  private mutating func ask(_ next: State, _ now: MonotonicTime) -> [Effect] {
    state = next
    tongue.forgetQuestions()
    guard !plan.isSpooled else {
      deadline = now + Self.spoolerAnswer
      // After opening, a spooler tells its conditions by itself.
      return next == .asking(round: 1) ? [] : [.requestPortStatus]
    }
    deadline = now + Self.answer
    owesPortStatus = plan.hasPortStatus
    var effects: [Effect] = plan.hasPortStatus ? [.requestPortStatus] : []
    guard plan.hasWayBack else { return effects }
    if plan.hasFullStatus {
      effects.append(.query(tongue.ask(.full)))
    } else if plan.hasRealTimeStatus {
      effects.append(.query(tongue.ask(.all)))
    } else if plan.hasAutomaticStatus {
      effects.append(.query(tongue.enablingStatus))
    }
    return effects
  }

  private mutating func received(_ bytes: [UInt8], _ now: MonotonicTime) -> [Effect] {
    var isConfirmed = false
    for word in tongue.hear(bytes, job: job) {
      switch word {
      case .printed: isConfirmed = true
      case .state, .output: hasSpoken = true
      case .printedOther, .noise, .untrusted: break
      }
    }
    // The printer can be faster than the report that all was written.
    if isConfirmed, state == .sending || state == .confirming { return finish(.printed) }
    return answeredSomething(now)
  }

  private mutating func told(_ conditions: Set<DeviceCondition>, _ now: MonotonicTime)
    -> [Effect]
  {
    guard plan.isSpooled else { return [] }
    hasSpoken = true
    spoolerConditions = conditions
    return answeredSomething(now)
  }

  private var spoolerConditions: Set<DeviceCondition> = []
  private var conditions: Set<DeviceCondition> { tongue.conditions.union(spoolerConditions) }

  private var isAnswered: Bool {
    guard hasSpoken, !tongue.owesAnswers, !owesPortStatus else { return false }
    return true
  }

  private mutating func answeredSomething(_ now: MonotonicTime) -> [Effect] {
    guard isAnswered else { return [] }
    switch state {
    case .asking: return isAsked(.told(conditions), now)
    case .askingAgain(_, let missed): return judge(missed: missed)
    default: return []
    }
  }

  private mutating func unanswered(_ round: Int, _ now: MonotonicTime) -> [Effect] {
    if round < Self.questions_max, !plan.isSpooled { return ask(.asking(round: round + 1), now) }
    // Some answers are enough to know of; some models answer only part of the questions.
    if hasSpoken { return isAsked(.told(conditions), now) }
    if ticket != nil { return send(now) }
    return finish(.unusable(PrinterProblems.mute))
  }

  private mutating func isAsked(_ knowledge: Knowledge, _ now: MonotonicTime) -> [Effect] {
    if case .told(let conditions) = knowledge, conditions.contains(where: \.stopsPrinting) {
      return finish(.unusable(PrinterProblems.stopped(conditions)))
    }
    return ticket == nil ? finish(.usable(knowledge)) : send(now)
  }

  // MARK: the ticket

  private mutating func send(_ now: MonotonicTime) -> [Effect] {
    state = .sending
    hasSpoken = false
    deadline = now + Self.stall
    tongue.begins(job: job)
    return [.write(ticket ?? [])]
  }

  private mutating func written(_ now: MonotonicTime) -> [Effect] {
    guard state == .sending else { return [] }
    guard plan.isSpooled || (plan.hasProcessID && plan.hasWayBack) else {
      return askAgain(missed: false, now)
    }
    state = .confirming
    deadline = now + plan.confirmation
    return []
  }

  private mutating func askAgain(missed: Bool, _ now: MonotonicTime) -> [Effect] {
    hasSpoken = false
    tongue.forgetStatus()
    guard plan.canBeAsked else { return judge(missed: missed) }
    let cancel: [Effect] = plan.isSpooled ? [.cancel] : []
    return cancel + ask(.askingAgain(round: 1, missed: missed), now)
  }

  private mutating func unansweredAgain(_ round: Int, _ missed: Bool, _ now: MonotonicTime)
    -> [Effect]
  {
    if round < Self.questions_max, !plan.isSpooled {
      return ask(.askingAgain(round: round + 1, missed: missed), now)
    }
    // It answers by its profile, and did not.
    return judge(missed: missed || !hasSpoken)
  }

  private mutating func judge(missed: Bool) -> [Effect] {
    if conditions.contains(where: \.stopsPrinting) {
      return finish(.unconfirmed(.stopped(conditions)))
    }
    return finish(.unconfirmed(missed ? .silent : .cannotTell))
  }

  private mutating func spooled(_ completed: Bool, _ detail: String) -> [Effect] {
    guard completed else {
      // Cancelled by us, because something keeps it from printing.
      let isStopped = conditions.contains(where: \.stopsPrinting)
      return finish(.unconfirmed(isStopped ? .stopped(conditions) : .spooler(detail)))
    }
    return finish(plan.trustsSpooler ? .printed : .unconfirmed(.cannotTell))
  }

  private mutating func lost(_ problem: Problem) -> [Effect] {
    switch state {
    case .opening, .asking: finish(.unusable(problem))
    case .sending, .cancelling: finish(.failed(problem))
    case .confirming, .askingAgain: finish(.unconfirmed(.lost(problem)))
    }
  }

  private mutating func stopped(_ problem: Problem, _ accepted: Int) -> [Effect] {
    if case .cancelling = state { return finish(.failed(PrinterProblems.stuck)) }
    return finish(accepted == 0 ? .unusable(problem) : .failed(problem))
  }

  private mutating func finish(_ outcome: Outcome) -> [Effect] {
    self.outcome = outcome
    deadline = nil
    return []
  }
}
