import CLinux
import Glibc
import Synchronization

/// A thread for what can only block (fdatasync, libcups). Jobs run one after the other; outcomes
/// come back on the event loop's thread, in the same order.
public final class Worker<Job: Sendable, Outcome: Sendable> {
  private let shared: Shared
  private let loop: EventLoop
  private var registration: RegistrationID?
  public let capacity: Int
  /// Jobs handed over whose outcome was not delivered yet.
  public private(set) var pending = 0

  /// - Parameters:
  ///   - name: of the thread, at most 15 bytes.
  ///   - capacity: jobs that may be pending; `submit` refuses more.
  ///   - perform: runs on the worker's thread.
  ///   - deliver: runs on the loop's thread.
  public init(
    loop: EventLoop, name: String, capacity: Int,
    perform: @escaping @Sendable (Job) -> Outcome, deliver: @escaping (Outcome) -> Void
  ) throws(SystemError) {
    let shared = try Shared()
    self.shared = shared
    self.loop = loop
    self.capacity = capacity
    try startThread(name: name) {
      while let job = shared.takeJob() { shared.putOutcome(perform(job)) }
    }
    registration = try loop.register(shared.doorbell, [.read]) { [unowned self] _ in
      for outcome in self.shared.takeOutcomes() {
        pending -= 1
        deliver(outcome)
      }
    }
  }

  /// false when `capacity` jobs are pending; the job is then not taken.
  public func submit(_ job: Job) -> Bool {
    guard pending < capacity else { return false }
    pending += 1
    shared.putJob(job)
    return true
  }

  /// Ends the thread after the jobs that it has; their outcomes are dropped.
  public func close() {
    if let registration { loop.unregister(registration) }
    registration = nil
    shared.close()
  }

  deinit { shared.close() }

  /// The two queues. A condition variable and not a Mutex, because the thread has to sleep.
  /// @unchecked: every access to the stored state happens between lock and unlock.
  private final class Shared: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var jobs: [Job] = []
    private var outcomes: [Outcome] = []
    private var isClosed = false
    let doorbell: CInt

    init() throws(SystemError) {
      doorbell = try SystemCall.check("eventfd", eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK)))
      pthread_mutex_init(mutex, nil)
      pthread_cond_init(changed, nil)
    }

    deinit {
      Glibc.close(doorbell)
      pthread_cond_destroy(changed)
      pthread_mutex_destroy(mutex)
      changed.deallocate()
      mutex.deallocate()
    }

    func putJob(_ job: Job) {
      pthread_mutex_lock(mutex)
      jobs.append(job)
      pthread_cond_signal(changed)
      pthread_mutex_unlock(mutex)
    }

    func takeJob() -> Job? {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      while jobs.isEmpty {
        if isClosed { return nil }
        pthread_cond_wait(changed, mutex)
      }
      return jobs.removeFirst()
    }

    func putOutcome(_ outcome: Outcome) {
      pthread_mutex_lock(mutex)
      outcomes.append(outcome)
      pthread_mutex_unlock(mutex)
      var one: UInt64 = 1
      _ = withUnsafeBytes(of: &one) { SystemCall.write(doorbell, $0) }
    }

    func takeOutcomes() -> [Outcome] {
      var count: UInt64 = 0
      _ = withUnsafeMutableBytes(of: &count) { SystemCall.read(doorbell, into: $0) }
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      defer { outcomes = [] }
      return outcomes
    }

    func close() {
      pthread_mutex_lock(mutex)
      isClosed = true
      pthread_cond_signal(changed)
      pthread_mutex_unlock(mutex)
    }
  }
}

/// Starts a detached thread with every signal blocked (the main loop reads them by signalfd).
public func startThread(name: String, _ body: @escaping @Sendable () -> Void)
  throws(SystemError)
{
  final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void
    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  defer { pthread_attr_destroy(&attributes) }
  pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
  var all = sigset_t()
  var before = sigset_t()
  sigfillset(&all)
  pthread_sigmask(SIG_SETMASK, &all, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
  var thread = pthread_t()
  let start = Unmanaged.passRetained(Start(name, body))
  let result = pthread_create(
    &thread, &attributes,
    { pointer in
      guard let pointer else { return nil }
      let start = Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue()
      _ = kioskd_name_thread(start.name)
      start.body()
      return nil
    }, start.toOpaque())
  if result != 0 {
    start.release()
    throw SystemError("pthread_create", errno: result)
  }
}
