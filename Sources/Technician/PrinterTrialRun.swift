public import Branch
public import LinuxIO

/// A trial over a real transport, on a loop.
public final class PrinterTrialRun {
  public private(set) var trial: PrinterTrial
  private let loop: EventLoop
  private let onEnd: (PrinterTrial) -> Void
  private var port: (any PrinterPort)?
  private var timer: TimerID?

  /// - Parameters:
  ///   - makePort: makes the transport, which tells its events to what it is given.
  ///   - onEnd: comes once, when the trial has its outcome.
  public init(
    loop: EventLoop, plan: PrinterTrialPlan, ticket: [UInt8]?, job: UInt64 = 1,
    makePort: (@escaping (PrinterPortEvent) -> Void) -> any PrinterPort,
    onEnd: @escaping (PrinterTrial) -> Void
  ) {
    self.loop = loop
    self.onEnd = onEnd
    trial = PrinterTrial(plan, ticket: ticket, job: job, now: Clock.monotonic())
    port = makePort { [weak self] event in
      guard let self else { return }
      step { trial, now in trial.handle(event, now: now) }
    }
  }

  public func start() {
    port?.start()
    arm()
  }

  /// Gives the device back.
  public func close() {
    if let timer { loop.cancel(timer) }
    timer = nil
    port?.close()
    port = nil
  }

  private func step(_ body: (inout PrinterTrial, MonotonicTime) -> [PrinterTrial.Effect]) {
    guard trial.outcome == nil else { return }
    for effect in body(&trial, Clock.monotonic()) { perform(effect) }
    guard trial.outcome != nil else { return arm() }
    if let timer { loop.cancel(timer) }
    timer = nil
    onEnd(trial)
  }

  private func perform(_ effect: PrinterTrial.Effect) {
    switch effect {
    case .query(let bytes): port?.send(query: bytes)
    case .requestPortStatus: port?.requestPortStatus()
    case .write(let bytes): port?.write(job: trial.job, bytes: bytes)
    case .cancel: port?.cancel(job: trial.job)
    }
  }

  private func arm() {
    if let timer { loop.cancel(timer) }
    timer = trial.deadline.map { at in
      loop.schedule(at: at) { [weak self] in
        self?.timer = nil
        self?.step { trial, now in trial.timePassed(now: now) }
      }
    }
  }
}
