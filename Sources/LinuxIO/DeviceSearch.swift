public import Branch

/// How one attempt to open a device ended.
public enum DeviceAttempt: Sendable {
  case found
  /// Only a change of the path can help: it is absent, or closed to this user.
  case needsChange(Problem)
  /// May pass by itself: another program holds it, an I/O error.
  case needsTime(Problem)
}

/// Looks for a device until it is there: at once when its path changes or the kernel tells of one
/// of its kind, else with growing pauses.
/// An absent device costs one look a minute.
///
///     failure         next look
///     needsChange     at a change; `slowLook` as a safety net
///     needsTime       after 0.25 s, doubled up to 30 s; or at a change
///     watch unarmed   as needsTime
///
/// Looks are at least `lookGap_min` apart, so that a device that comes and goes without end, or a
/// burst of changes while udev works on a node, costs little.
public final class DeviceSearch {
  public static let pause_min = Span.milliseconds(250)
  public static let pause_max = Span.seconds(30)
  public static let slowLook = Span.seconds(60)
  public static let lookGap_min = Span.milliseconds(50)
  /// A device that was open for so long is healthy: pauses start anew.
  public static let healthy = Span.seconds(10)
  /// A node that was just made may be closed until udev has set its group; only when it still is
  /// after this time somebody is told.
  public static let settling = Span.seconds(1)

  private let loop: EventLoop
  private let path: String
  private let subsystem: String
  private let watchesContents: Bool
  private let staysAfterFound: Bool
  private let attempt: () -> DeviceAttempt
  private let tell: (Problem) -> Void
  private var watch: PathWatch?
  private var listener: KernelEvents.ListenerID?
  private var timer: TimerID?
  private var pause = DeviceSearch.pause_min
  private var lastLook: MonotonicTime?
  private var foundAt: MonotonicTime?
  private var toldCode: String?
  private var deniedSince: MonotonicTime?
  public private(set) var isRunning = false

  /// - Parameters:
  ///   - subsystem: of the kernel, that such a device belongs to: `input`, `tty`.
  ///   - watchesContents: entries of the directory at `path` count as well.
  ///   - staysAfterFound: look again at every change also while the device is open.
  ///   - attempt: tries to open; runs on the loop's thread.
  ///   - tell: gets a problem when it is another one than before.
  public init(
    loop: EventLoop, path: String, subsystem: String, watchesContents: Bool = false,
    staysAfterFound: Bool = false,
    attempt: @escaping () -> DeviceAttempt, tell: @escaping (Problem) -> Void
  ) {
    self.loop = loop
    self.path = path
    self.subsystem = subsystem
    self.watchesContents = watchesContents
    self.staysAfterFound = staysAfterFound
    self.attempt = attempt
    self.tell = tell
  }

  deinit { stop() }

  /// Looks now, and goes on until the device is found.
  public func start() {
    guard !isRunning else { return }
    isRunning = true
    beginWatch()
    look()
  }

  /// The device was open and is lost, as `problem` told already: searches again. Not at once: the
  /// node of a device that was pulled stays for a moment.
  public func resume(after problem: Problem) {
    isRunning = true
    toldCode = problem.code
    deniedSince = nil
    if let foundAt, Clock.monotonic() - foundAt >= Self.healthy { pause = Self.pause_min }
    foundAt = nil
    beginWatch()
    lookAfterPause()
  }

  public func stop() {
    isRunning = false
    cancelTimer()
    watch?.close()
    watch = nil
    if let listener { loop.kernelEvents?.remove(listener) }
    listener = nil
  }

  private func beginWatch() {
    if watch == nil {
      watch = try? PathWatch(loop: loop, path: path, watchesContents: watchesContents) {
        [weak self] in self?.somethingChanged()
      }
    }
    if listener == nil {
      listener = loop.kernelEvents?.listen(to: subsystem) { [weak self] in
        self?.somethingChanged()
      }
    }
  }

  private func somethingChanged() {
    guard isRunning else { return }
    guard let lastLook else { return look() }
    let due = lastLook + Self.lookGap_min
    if due <= Clock.monotonic() { look() } else { schedule(at: due) }
  }

  private func look() {
    guard isRunning else { return }
    cancelTimer()
    lastLook = Clock.monotonic()
    switch attempt() {
    case .found: found()
    case .needsChange(let problem): failed(problem, isTimeEnough: false)
    case .needsTime(let problem): failed(problem, isTimeEnough: true)
    }
  }

  private func found() {
    toldCode = nil
    deniedSince = nil
    if foundAt == nil { foundAt = Clock.monotonic() }
    guard !staysAfterFound else { return }
    stop()
  }

  private func failed(_ problem: Problem, isTimeEnough: Bool) {
    guard isRunning else { return }
    if let due = settlingEnd(problem) { return schedule(at: due) }
    if toldCode != problem.code {
      toldCode = problem.code
      tell(problem)
    }
    guard isRunning else { return }
    if isTimeEnough || watch?.isArmed != true {
      lookAfterPause()
    } else {
      schedule(at: Clock.monotonic() + Self.slowLook)
    }
  }

  /// Until when a node that just appeared may be closed without anybody being told.
  private func settlingEnd(_ problem: Problem) -> MonotonicTime? {
    guard toldCode == DeviceProblems.absent, problem.code == DeviceProblems.denied else {
      deniedSince = nil
      return nil
    }
    let now = Clock.monotonic()
    let since = deniedSince ?? now
    deniedSince = since
    return now - since < Self.settling ? since + Self.settling : nil
  }

  private func lookAfterPause() {
    schedule(at: Clock.monotonic() + pause)
    pause = min(Span(ms: pause.ms * 2), Self.pause_max)
  }

  private func schedule(at instant: MonotonicTime) {
    cancelTimer()
    timer = loop.schedule(at: instant) { [weak self] in
      self?.timer = nil
      self?.look()
    }
  }

  private func cancelTimer() {
    if let timer { loop.cancel(timer) }
    timer = nil
  }
}
