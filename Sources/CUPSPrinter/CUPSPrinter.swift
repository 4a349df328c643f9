public import Branch
public import LinuxIO

/// A printer behind a CUPS queue. libcups can only block, so it works on a thread of its own.
///
/// What is told, and when:
/// - `arrived` when the queue answers, `lost` when the server or the queue is away. While lost, it
///   is looked for with a growing wait (1 s to 1 min).
/// - A job goes in one request, document included. `written`: the server has the whole job.
///   `stopped(accepted: 0)`: no job came of it, nothing can print. `stopped(accepted: all)`: all
///   was sent and no answer came, so that it may print; it is not sent again.
/// - After `written` the job is followed to its end, `spooled`: its detail is the IPP word
///   `completed`, `aborted` or `canceled`; or `forgotten` (the server knows no such job) or
///   `unreachable` (given up while the server was away): with those two it may have printed.
/// - `conditions` are read before each job, while one is open, and, so that a refill is noticed,
///   now and then while one that stops printing stands. An idle queue in order is not asked.
///
/// A queue that its backend stopped is started again as soon as nothing stands in the way of it;
/// one that a person paused never is.
///
/// A stopped queue refuses a job at once instead of holding it for later. Jobs that an earlier run
/// left in the queue are cancelled at the first contact.
public final class CUPSPrinter: PrinterPort {
  /// Waits between looks at an open job.
  static let lookFirst = Span.milliseconds(250)
  static let lookLongest = Span.seconds(2)
  static let retryFirst = Span.seconds(1)
  static let retryLongest = Span.seconds(60)
  /// Between looks while a condition stops printing and no job is open.
  static let troubleFirst = Span.seconds(5)
  static let troubleLongest = Span.seconds(30)
  /// Jobs followed at a time, and cancels that wait for the server.
  static let open_max = 16

  private enum Submission {
    case waiting(job: UInt64, bytes: [UInt8])
    case running(job: UInt64, isGivenUp: Bool)
    var job: UInt64 {
      switch self {
      case .waiting(let job, _), .running(let job, _): job
      }
    }
  }

  private struct OpenJob {
    let job: UInt64
    let spoolID: Int
    var isGivenUp = false
  }

  private let queue: String
  private let server: String?
  private let loop: EventLoop
  private let onEvent: (PrinterPortEvent) -> Void
  private let errands: CUPSErrands
  private let patience: Patience
  private let problems: CUPSProblem

  private var worker: Worker<Errand, Finding>?
  private var isClosed = false
  private var isBusy = false
  private var wantsLook = false
  private var isHere = false
  private var reported: Problem?
  private var conditions: Set<DeviceCondition>?
  private var submission: Submission?
  private var openJobs: [OpenJob] = []
  private var cancels: [Int] = []
  private var timer: TimerID?
  private var lookPace = RetryPace(first: lookFirst, longest: lookLongest)
  private var retryPace = RetryPace(first: retryFirst, longest: retryLongest)
  private var troublePace = RetryPace(first: troubleFirst, longest: troubleLongest)

  /// - Parameters:
  ///   - queue: its name on the server, `lpstat -e`.
  ///   - server: `host`, `host:port`, or the path of a socket; nil: what client.conf(5) says.
  ///   - owner: begins the name of every job, and marks those that a later run may cancel: one
  ///     for each printer of each node.
  ///   - resumes: a queue that its backend stopped is started again when no job of ours stands in
  ///     it and no condition is known that stops printing.
  ///   - onEvent: runs on the loop's thread, never inside a call to this object.
  public init(
    loop: EventLoop, queue: String, server: String? = nil, owner: String, resumes: Bool = true,
    onEvent: @escaping (PrinterPortEvent) -> Void
  ) {
    self.loop = loop
    self.queue = queue
    self.server = server
    self.onEvent = onEvent
    let patience = Patience()
    self.patience = patience
    errands = CUPSErrands(
      queue: queue, server: server, owner: owner, resumes: resumes, patience: patience)
    problems = CUPSProblem(queue: queue, server: server ?? "of this box")
  }

  // MARK: - Calls

  public func start() {
    guard worker == nil, !isClosed else { return }
    do throws(SystemError) {
      worker = try Worker(
        loop: loop, name: "cups", capacity: 1, perform: { [errands] in errands.perform($0) },
        deliver: { [weak self] in self?.found($0) })
      wantsLook = true
      soon { $0.advance() }
    } catch {
      soon { $0.report($0.problems.unreachable(error.description)) }
    }
  }

  public func write(job: UInt64, bytes: [UInt8]) {
    precondition(submission == nil, "one job at a time")
    submission = .waiting(job: job, bytes: bytes)
    soon { $0.advance() }
  }

  /// A spooler takes documents only; its conditions come by themselves.
  public func send(query bytes: [UInt8]) {}

  /// The nearest thing that a spooler has: its conditions are read again.
  public func requestPortStatus() {
    wantsLook = true
    soon { $0.advance() }
  }

  /// A spooler starts each job anew by itself.
  public func softReset() {}

  public func cancel(job: UInt64) {
    // Reaches a submission that hangs on the worker's thread.
    if submission?.job == job { patience.giveUp(job) }
    soon { $0.giveUp(job) }
  }

  /// Gives the queue back. A job that the server has already goes on there.
  public func close() {
    isClosed = true
    if let submission { patience.giveUp(submission.job) }
    if let timer { loop.cancel(timer) }
    timer = nil
    worker?.close()
    worker = nil
  }

  deinit { close() }

  /// Runs on the next turn of the loop, so that no event reaches the owner inside its own call.
  private func soon(_ body: @escaping (CUPSPrinter) -> Void) {
    _ = loop.schedule(after: .milliseconds(0)) { [weak self] in
      guard let self, !isClosed else { return }
      body(self)
    }
  }

  private func giveUp(_ job: UInt64) {
    switch submission {
    case .waiting(job, _):
      submission = nil
      onEvent(.stopped(job: job, accepted: 0, problems.cancelled()))
    case .running(job, _): submission = .running(job: job, isGivenUp: true)
    default: break
    }
    guard let index = openJobs.firstIndex(where: { $0.job == job }) else { return }
    openJobs[index].isGivenUp = true
    cancelLater(openJobs[index].spoolID)
    advance()
  }

  private func cancelLater(_ spoolID: Int) {
    guard !cancels.contains(spoolID), cancels.count < Self.open_max else { return }
    cancels.append(spoolID)
    wantsLook = true
  }

  // MARK: - Errands

  /// Starts the next errand, when the worker is free. Cancels go along with a new job, before it:
  /// the old one must not come out in front of it.
  private func advance() {
    guard !isBusy, !isClosed, let worker else { return }
    let errand: Errand
    if case .waiting(let job, let bytes) = submission {
      guard openJobs.count < Self.open_max else {
        submission = nil
        return onEvent(.stopped(job: job, accepted: 0, problems.full()))
      }
      submission = .running(job: job, isGivenUp: false)
      errand = .submit(job: job, bytes: bytes, jobs: openJobs.map(\.spoolID), cancels: cancels)
    } else if wantsLook {
      wantsLook = false
      errand = .look(jobs: openJobs.map(\.spoolID), cancels: cancels)
    } else {
      return arm()
    }
    if let timer { loop.cancel(timer) }
    timer = nil
    isBusy = worker.submit(errand)
    precondition(isBusy, "one errand at a time")
  }

  private func found(_ finding: Finding) {
    isBusy = false
    guard !isClosed else { return }
    switch finding {
    case .seen(let state, let jobs, let cancelled):
      cancels.removeAll { cancelled.contains($0) }
      arrive(state)
      for (spoolID, state) in jobs { follow(spoolID, state) }
    case .unusable(let problem): lose(problem)
    case .taken(let job, let spoolID, let state): taken(job, spoolID, state)
    case .notTaken(let job, let accepted, let problem, let state):
      submission = nil
      if let state { arrive(state) }
      onEvent(.stopped(job: job, accepted: accepted, problem))
      if state == nil || problem.code.hasPrefix("spooler-") { lose(problem) }
    }
    advance()
  }

  private func taken(_ job: UInt64, _ spoolID: Int, _ state: QueueState) {
    var isGivenUp = false
    if case .running(job, let wasGivenUp) = submission { isGivenUp = wasGivenUp }
    submission = nil
    openJobs.append(OpenJob(job: job, spoolID: spoolID, isGivenUp: isGivenUp))
    lookPace.reset()
    arrive(state)
    onEvent(.written(job: job))
    if isGivenUp { cancelLater(spoolID) }
  }

  private func follow(_ spoolID: Int, _ state: SpoolState) {
    guard state != .open, let index = openJobs.firstIndex(where: { $0.spoolID == spoolID })
    else { return }
    let job = openJobs.remove(at: index).job
    cancels.removeAll { $0 == spoolID }
    onEvent(.spooled(job: job, completed: state == .completed, detail: state.word))
  }

  // MARK: - Presence and conditions

  private func arrive(_ state: QueueState) {
    retryPace.reset()
    if !isHere {
      isHere = true
      reported = nil
      onEvent(.arrived(identity: identity(state)))
    }
    let found = state.conditions
    if found != conditions {
      conditions = found
      troublePace.reset()
      onEvent(.conditions(found))
    }
  }

  private func identity(_ state: QueueState) -> String {
    let place = server.map { " on \($0)" } ?? ""
    let words = [state.info, state.model].filter { !$0.isEmpty && $0 != queue }
    let about = words.isEmpty ? "" : ": " + words.joined(separator: ", ")
    return "CUPS queue \(queue)\(place)\(about)"
  }

  private func lose(_ problem: Problem) {
    isHere = false
    conditions = nil
    report(problem)
    // A job that was given up cannot be cancelled now. That is tried until the server is back;
    // meanwhile nobody waits for it.
    let given = openJobs.filter(\.isGivenUp)
    openJobs.removeAll(where: \.isGivenUp)
    for open in given {
      onEvent(.spooled(job: open.job, completed: false, detail: "unreachable"))
    }
  }

  private func report(_ problem: Problem) {
    guard problem.code != reported?.code else { return }
    reported = problem
    onEvent(.lost(problem))
  }

  /// Arms the next look, if there is any reason for one.
  private func arm() {
    guard timer == nil, !isBusy, !isClosed, let wait = waitForLook() else { return }
    timer = loop.schedule(after: wait) { [weak self] in
      guard let self else { return }
      timer = nil
      wantsLook = true
      advance()
    }
  }

  private func waitForLook() -> Span? {
    if !isHere { return retryPace.wait() }
    if !openJobs.isEmpty || !cancels.isEmpty { return lookPace.wait() }
    if let conditions, conditions.contains(where: \.stopsPrinting) { return troublePace.wait() }
    return nil
  }
}
