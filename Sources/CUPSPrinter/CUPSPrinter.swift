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
///   `completed`, `aborted` or `canceled`; `held` or `repeated` (its backend failed, and it was
///   cancelled before the spooler could print it late or twice); `forgotten` (the server knows no
///   such job) or `unreachable` (given up while the server was away). With all but `completed` it
///   may have printed in part or whole.
/// - `conditions` are read before each job and at each event that the server tells of (`EventFeed`,
///   `LookPace`). Where no events can be had they are read now and then while a job is open, and
///   while one that stops printing stands; an idle queue in order is then not asked.
/// - `troubled` says what a backend or a person wrote about it.
///
/// A queue that its backend stopped is started again as soon as nothing stands in the way of it;
/// one that a person paused never is. Over a condition (`media-empty`), which cupsd keeps until a
/// backend takes it back, it is started with a probe in it: a job of one NUL, which no printer
/// prints. It goes after 15 s, then after twice the wait before, at most 5 min, when nobody's job
/// stands in the queue. When it completes, `conditions` without that condition follow. When the
/// backend stops the queue again, gives the probe back, or does not end within 30 s, the probe is
/// cancelled and the conditions stay. A ticket that comes meanwhile waits for it.
///
/// A stopped queue refuses a job at once instead of holding it for later. Jobs that an earlier run
/// left in the queue are cancelled at the first contact.
public final class CUPSPrinter: PrinterPort {
  /// Jobs followed at a time, and cancels that wait for the server.
  static let open_max = 16
  /// At the worker: the one in hand, and the farewell.
  static let errands_max = 2

  enum Submission {
    case waiting(job: UInt64, bytes: [UInt8])
    case running(job: UInt64, isGivenUp: Bool)
    var job: UInt64 {
      switch self {
      case .waiting(let job, _), .running(let job, _): job
      }
    }
  }

  let queue: String
  let server: String?
  let loop: EventLoop
  let onEvent: (PrinterPortEvent) -> Void
  let errands: CUPSErrands
  let patience: Patience
  let problems: CUPSProblem
  private let feedDirectory: String?
  private let feedName: String

  var worker: Worker<Errand, Report>?
  var isClosed = false
  var isBusy = false
  var wantsLook = false
  var isHere = false
  var reported: Problem?
  var conditions: Set<DeviceCondition>?
  var submission: Submission?
  var openJobs: [FollowedJob] = []
  var cancels: [Int] = []
  var timer: TimerID?
  var pace = LookPace()
  var reasons = ReasonMemory()
  var probe = QueueProbe(times: ProbeTimes())
  /// Before `start`.
  package var probeTimes: ProbeTimes {
    get { probe.times }
    set { probe = QueueProbe(times: newValue) }
  }
  var troubles: TroubleMemory
  var events: EventWatch?
  /// The look in hand was made by the clock, although events come.
  var isSafetyLook = false
  var doubtsEvents = false

  /// - Parameters:
  ///   - queue: its name on the server, `lpstat -e`.
  ///   - server: `host`, `host:port`, or the path of a socket; nil: what client.conf(5) says.
  ///   - owner: begins the name of every job, and marks those that a later run may cancel: one
  ///     for each printer of each node.
  ///   - resumes: a queue that its backend stopped is started again when no job of ours stands in
  ///     it, over a condition that stops printing with a probe; false: never.
  ///   - feed: the directory CacheDir/rss of a cupsd on this box, for events; nil: none.
  ///   - onEvent: runs on the loop's thread, never inside a call to this object.
  public init(
    loop: EventLoop, queue: String, server: String? = nil, owner: String, resumes: Bool = true,
    feed: String? = nil, onEvent: @escaping (PrinterPortEvent) -> Void
  ) {
    self.loop = loop
    self.queue = queue
    self.server = server
    self.onEvent = onEvent
    let patience = Patience()
    self.patience = patience
    let isLocal = server.map(EventFeed.isLocal) ?? false
    feedDirectory = isLocal ? feed : nil
    feedName = EventFeed.fileName(owner: owner, queue: queue)
    errands = CUPSErrands(
      queue: queue, server: server, owner: owner, resumes: resumes, patience: patience)
    problems = CUPSProblem(queue: queue, server: server ?? "of this box")
    troubles = TroubleMemory(problems)
  }

  // MARK: - Calls

  public func start() {
    guard worker == nil, !isClosed else { return }
    do throws(SystemError) {
      worker = try Worker(
        loop: loop, name: "cups", capacity: Self.errands_max,
        perform: { [errands] in errands.perform($0) },
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
    dropProbe()
    events?.close()
    if pace.isSubscribed { _ = worker?.submit(Errand(work: .leave)) }
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
    let isNew = !openJobs[index].isGivenUp
    openJobs[index].isGivenUp = true
    cancelLater(openJobs[index].spoolID)
    if isNew, troubles.current == nil, let problem = problems.waitedInVain(openJobs[index].last) {
      onEvent(.troubled(problem))
    }
    advance()
  }

  func cancelLater(_ spoolID: Int) {
    guard !cancels.contains(spoolID), cancels.count < Self.open_max else { return }
    cancels.append(spoolID)
    wantsLook = true
  }

  // MARK: - Errands

  /// Starts the next errand, when the worker is free. Cancels go along with a new job, before it:
  /// the old one must not come out in front of it.
  func advance() {
    refuseSubmission()
    guard !isBusy, !isClosed, let worker else { return }
    let work: Errand.Work
    if case .waiting(let job, let bytes) = submission, !probe.isOpen {
      submission = .running(job: job, isGivenUp: false)
      pace.jobBegins()
      work = .submit(job: job, bytes: bytes)
    } else if wantsLook {
      wantsLook = false
      work = .look
    } else if probe.isDue, mayProbe {
      probe.isDue = false
      pace.jobBegins()
      work = .probe(ofRunningQueue: probe.refusal != nil)
    } else {
      return arm()
    }
    if let timer { loop.cancel(timer) }
    timer = nil
    watchEvents()
    isBusy = worker.submit(
      Errand(
        work: work, jobs: openJobs.map(\.spoolID) + [probe.job?.spoolID].compactMap { $0 },
        cancels: cancels,
        feed: events == nil ? nil : feedName, doubtsEvents: doubtsEvents))
    doubtsEvents = false
    precondition(isBusy, "one errand at a time")
  }

  private func refuseSubmission() {
    guard !isClosed, case .waiting(let job, _) = submission else { return }
    let isFull = openJobs.count >= Self.open_max
    guard let problem = isFull ? problems.full() : refusalOfProbe else { return }
    submission = nil
    onEvent(.stopped(job: job, accepted: 0, problem))
  }

  /// Arms the next look, if there is any reason for one.
  private func arm() {
    guard timer == nil, !isBusy, !isClosed else { return }
    let wait = pace.wait(
      isHere: isHere, isWorking: !openJobs.isEmpty || !cancels.isEmpty || probe.isOpen,
      isInTrouble: conditions?.contains(where: \.stopsPrinting) ?? false)
    guard let wait else { return }
    timer = loop.schedule(after: wait) { [weak self] in
      guard let self else { return }
      timer = nil
      wantsLook = true
      doubtsEvents = pace.doubts() || doubtsEvents
      isSafetyLook = pace.isProven
      advance()
    }
  }

  /// The directory may come later than we, with the first start of cupsd.
  private func watchEvents() {
    guard events == nil, let feedDirectory else { return }
    events = EventWatch(loop: loop, directory: feedDirectory, name: feedName) { [weak self] news in
      guard let self, !isClosed else { return }
      switch news {
      case .event: pace.eventCame()
      case .serverEnded:
        pace.eventMissed()
        wantsLook = true
        advance()
      case .due:
        wantsLook = true
        advance()
      }
    }
  }
}
