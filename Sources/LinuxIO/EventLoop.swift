public import Branch
import CLinux
import Glibc

/// What a descriptor is ready for.
public struct Readiness: OptionSet, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }
  public static let read = Readiness(rawValue: EPOLLIN.rawValue)
  public static let write = Readiness(rawValue: EPOLLOUT.rawValue)
  /// The other side sends no more; only told when asked for.
  public static let otherSideEnded = Readiness(rawValue: EPOLLRDHUP.rawValue)
  /// The other side hung up; always reported.
  public static let hangUp = Readiness(rawValue: EPOLLHUP.rawValue)
  public static let error = Readiness(rawValue: EPOLLERR.rawValue)
}

/// Names one registration. Never used again, so that an event for a descriptor that was closed
/// and whose number was reused is dropped instead of reaching the wrong owner.
public struct RegistrationID: Hashable, Sendable {
  let token: UInt64
}

/// Names one scheduled call.
public struct TimerID: Hashable, Sendable {
  let id: UInt64
}

/// One thread, one epoll, one timerfd. Waits for ever when nothing is due: an idle box sleeps.
/// Confined to the thread that calls `run`; other threads use `remote`.
public final class EventLoop {
  private final class Registration {
    let descriptor: CInt
    let handler: (Readiness) -> Void
    init(_ descriptor: CInt, _ handler: @escaping (Readiness) -> Void) {
      self.descriptor = descriptor
      self.handler = handler
    }
  }

  /// Events taken from the kernel at once.
  public static let batchEvents_max = 256

  private let epoll: Descriptor
  private let timer: Descriptor
  private var registrations: [UInt64: Registration] = [:]
  private var nextToken: UInt64 = 1
  private var timers = TimerHeap()
  private var armedFor: MonotonicTime?
  private var batchHooks: [() -> Void] = []
  private var running = false
  /// How often the kernel woke this loop.
  public private(set) var wakeups: UInt64 = 0
  /// What the kernel says of its devices; nil where it does not tell.
  public private(set) lazy var kernelEvents: KernelEvents? = KernelEvents(loop: self)
  /// Lets other threads run work here.
  public let remote: LoopRemote

  public init() throws(SystemError) {
    let epoll = Descriptor(
      owning: try SystemCall.check("epoll_create1", epoll_create1(CInt(EPOLL_CLOEXEC))))
    let timer = Descriptor(
      owning: try SystemCall.check(
        "timerfd_create", timerfd_create(CLOCK_MONOTONIC, CInt(TFD_CLOEXEC | TFD_NONBLOCK))))
    let remote = try LoopRemote()
    self.epoll = epoll
    self.timer = timer
    self.remote = remote
    try register(self.timer.raw, [.read]) { [unowned self] _ in drainTimer() }
    try register(remote.descriptor, [.read]) { _ in remote.runPosted() }
  }

  /// Watches a descriptor; the handler runs on this thread until `unregister`. The caller keeps
  /// the descriptor open meanwhile. Regular files give EPERM (they are always ready).
  @discardableResult
  public func register(
    _ descriptor: CInt, _ interest: Readiness, _ handler: @escaping (Readiness) -> Void
  ) throws(SystemError) -> RegistrationID {
    let token = nextToken
    var event = epoll_event(events: interest.rawValue, data: epoll_data_t(u64: token))
    try SystemCall.check("epoll_ctl", epoll_ctl(epoll.raw, EPOLL_CTL_ADD, descriptor, &event))
    nextToken += 1
    registrations[token] = Registration(descriptor, handler)
    return RegistrationID(token: token)
  }

  public func update(_ id: RegistrationID, _ interest: Readiness) {
    guard let registration = registrations[id.token] else { return }
    var event = epoll_event(events: interest.rawValue, data: epoll_data_t(u64: id.token))
    epoll_ctl(epoll.raw, EPOLL_CTL_MOD, registration.descriptor, &event)
  }

  /// Call before the descriptor is closed.
  public func unregister(_ id: RegistrationID) {
    guard let registration = registrations.removeValue(forKey: id.token) else { return }
    var event = epoll_event()
    epoll_ctl(epoll.raw, EPOLL_CTL_DEL, registration.descriptor, &event)
  }

  /// Runs the handler once, at or after the instant.
  public func schedule(at instant: MonotonicTime, _ handler: @escaping () -> Void) -> TimerID {
    TimerID(id: timers.add(instant, handler))
  }

  public func schedule(after span: Span, _ handler: @escaping () -> Void) -> TimerID {
    schedule(at: Clock.monotonic() + span, handler)
  }

  public func cancel(_ timer: TimerID) { timers.cancel(timer.id) }

  /// Runs after every batch of events, before the loop waits again: the place where what the
  /// batch decided is flushed as one group.
  public func afterEachBatch(_ hook: @escaping () -> Void) { batchHooks.append(hook) }

  /// Waits and dispatches until `stop`.
  public func run() {
    running = true
    finishBatch()
    var events = [epoll_event](repeating: epoll_event(), count: Self.batchEvents_max)
    while running {
      armTimer()
      let count = epoll_wait(epoll.raw, &events, CInt(events.count), -1)
      if count < 0 {
        precondition(errno == EINTR, "epoll_wait: errno \(errno) is a bug of ours")
        continue
      }
      wakeups &+= 1
      for event in events[0..<Int(count)] {
        registrations[event.data.u64]?.handler(Readiness(rawValue: event.events))
      }
      let now = Clock.monotonic()
      while let handler = timers.takeDue(now) { handler() }
      finishBatch()
    }
  }

  /// Ends `run` after the batch in hand. From this thread; others post it through `remote`.
  public func stop() { running = false }

  private func finishBatch() {
    for hook in batchHooks { hook() }
  }

  private func armTimer() {
    let earliest = timers.earliest()
    guard earliest != armedFor else { return }
    armedFor = earliest
    var setting = itimerspec()
    if let earliest {
      // Zero would disarm the timer: a deadline at the very boot becomes one nanosecond later.
      setting.it_value.tv_sec = Int(max(0, earliest.ms) / 1000)
      setting.it_value.tv_nsec = Int(max(0, earliest.ms) % 1000) * 1_000_000 + 1
    }
    timerfd_settime(timer.raw, CInt(TFD_TIMER_ABSTIME), &setting, nil)
  }

  private func drainTimer() {
    var expirations: UInt64 = 0
    _ = withUnsafeMutableBytes(of: &expirations) { SystemCall.read(timer.raw, into: $0) }
    armedFor = nil
  }
}
