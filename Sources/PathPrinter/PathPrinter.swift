public import Branch
import CLinux
import Glibc
public import LinuxIO

/// A printer behind a plain path: a character device such as /dev/usb/lp0, a terminal, a FIFO, or
/// a file that tickets are appended to.
///
/// - A FIFO that nobody reads, and a node that is absent, are looked for again: at once when the
///   path changes (inotify), and with a growing wait for what inotify cannot tell.
/// - Where it is wanted, a file is made when its directory exists and is no directory of devices;
///   never below /dev.
/// - Devices and terminals are read too: status bytes arrive as `received`. A file or FIFO cannot
///   answer, so queries to it are dropped instead of standing between the tickets.
/// - A device that takes no bytes is waited for without limit: the owner has the deadline, and
///   calls `cancel`.
public final class PathPrinter: PrinterPort {
  /// Bytes written in one turn of the loop to what knows no readiness.
  static let turn_max = 65_536
  /// Bytes offered to a device at once; the accepted count moves in steps of at most this.
  static let write_max = 4096
  /// Query bytes that wait for a job to end or for a device to take them.
  static let query_max = 256
  static let read_max = 1024
  static let retryFirst = Span.milliseconds(100)
  static let retryLongest = Span.seconds(30)
  /// inotify does not tell that somebody opened a FIFO for reading: it is tried this often.
  static let pipeRetryLongest = Span.seconds(1)
  /// Open for so long, a device counts as sound, and its next loss starts a fresh row of tries.
  static let soundAfter = Span.seconds(5)

  struct Job {
    let id: UInt64
    let bytes: [UInt8]
    var accepted = 0
  }

  public let path: String
  let createsFile: Bool
  let loop: EventLoop
  let onEvent: (PrinterPortEvent) -> Void

  var isStarted = false
  var isClosed = false
  var node: OpenNode?
  var watch: PathWatch?
  var retryTimer: TimerID?
  var pace = RetryPace(first: retryFirst, longest: retryLongest)
  var reported: Problem?
  var job: Job?
  var queries: [UInt8] = []
  var statusWorker: Worker<CInt, UInt8?>?

  /// The open node and its place in the loop; a class, because an owned descriptor cannot stand
  /// in an optional property that is taken apart.
  final class OpenNode {
    let node: PrinterNode
    let openedAt: MonotonicTime
    var registration: RegistrationID?
    var isReading = true
    var readPace = ReadPace()
    var readTimer: TimerID?
    init(_ node: consuming PrinterNode) {
      self.node = node
      openedAt = Clock.monotonic()
    }
  }

  /// - Parameters:
  ///   - path: absolute.
  ///   - createsFile: make a file where nothing stands at the path yet.
  ///   - onEvent: runs on the loop's thread, never inside a call to this object.
  public init(
    loop: EventLoop, path: String, createsFile: Bool = false,
    onEvent: @escaping (PrinterPortEvent) -> Void
  ) {
    self.loop = loop
    self.path = path
    self.createsFile = createsFile
    self.onEvent = onEvent
  }

  // MARK: - Calls

  public func start() {
    guard !isStarted, !isClosed else { return }
    isStarted = true
    // Without inotify (limit of watches) the growing wait alone finds the device.
    watch = try? PathWatch(loop: loop, path: path) { [weak self] in self?.pathChanged() }
    soon { $0.look() }
  }

  public func write(job id: UInt64, bytes: [UInt8]) {
    precondition(job == nil, "one job at a time")
    job = Job(id: id, bytes: bytes)
    soon { printer in
      if printer.node == nil {
        let problem = printer.reported
        printer.stopJob(problem ?? PathProblem.absent(printer.path, "no device is open"))
      }
      printer.pump()
    }
  }

  public func send(query bytes: [UInt8]) {
    guard let node, node.node.kind.hasWayBack, queries.count + bytes.count <= Self.query_max
    else { return }
    queries += bytes
    soon { $0.pump() }
  }

  public func requestPortStatus() {
    guard let node, node.node.kind == .lineprinter else { return }
    // The ioctl is a control transfer that may take 5 s with a printer that hangs [Linux usblp,
    // USBLP_CTL_TIMEOUT], so it goes to a worker, on a descriptor of its own.
    let copy = fcntl(node.node.descriptor.raw, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { return }
    if openStatusWorker()?.submit(copy) != true { Glibc.close(copy) }
  }

  /// The kernel's driver has no such order that ends before the next write begins.
  public func softReset() {}

  public func cancel(job id: UInt64) {
    soon { printer in
      guard printer.job?.id == id else { return }
      printer.node?.node.discardUnsent()
      printer.stopJob(PathProblem.cancelled(printer.path))
      printer.pump()
    }
  }

  public func close() {
    isClosed = true
    watch?.close()
    watch = nil
    if let retryTimer { loop.cancel(retryTimer) }
    retryTimer = nil
    statusWorker?.close()
    statusWorker = nil
    release()
    job = nil
  }

  deinit { close() }

  /// Runs on the next turn of the loop, so that no event reaches the owner inside its own call.
  func soon(_ body: @escaping (PathPrinter) -> Void) {
    _ = loop.schedule(after: .milliseconds(0)) { [weak self] in
      guard let self, !isClosed else { return }
      body(self)
    }
  }

  // MARK: - Looking for the device

  func pathChanged() {
    if let node {
      if !node.node.isStillAt(path) { lose(PathProblem.lost(path, "the path was replaced")) }
    } else {
      pace.reset()
      look()
    }
  }

  func look() {
    guard node == nil, !isClosed else { return }
    if let retryTimer { loop.cancel(retryTimer) }
    retryTimer = nil
    do throws(Problem) {
      let open = OpenNode(try PrinterNode.open(path, createsFile: createsFile))
      try register(open)
      node = open
      reported = nil
      onEvent(.arrived(identity: identity(open.node.kind)))
      pump()
    } catch {
      report(error)
      retryLater(longest: error.code == "no-reader" ? Self.pipeRetryLongest : Self.retryLongest)
    }
  }

  func register(_ open: OpenNode) throws(Problem) {
    do throws(SystemError) {
      open.registration = try loop.register(
        open.node.descriptor.raw, interest(open, isWriting: false)
      ) { [weak self] in self?.ready($0) }
    } catch {
      // Regular files and a few devices (/dev/null) know no readiness: they are always ready.
      if error.errno != EPERM { throw PathProblem.opening(path, error) }
    }
  }

  func retryLater(longest: Span) {
    retryTimer = loop.schedule(after: min(pace.wait(), longest)) { [weak self] in
      self?.retryTimer = nil
      self?.look()
    }
  }

  /// Tells why there is no device, when that is news: after "went away", "not there" is none.
  func report(_ problem: Problem) {
    let isNews =
      problem != reported
      && !(reported?.code == "device-lost" && ["absent", "no-reader"].contains(problem.code))
    guard isNews else { return }
    reported = problem
    onEvent(.lost(problem))
  }

  func identity(_ kind: PrinterNode.Kind) -> String {
    switch kind {
    case .file: "\(path) (file, appended to)"
    case .pipe: "\(path) (FIFO)"
    case .lineprinter: "\(path) (printer of the kernel)"
    case .terminal: "\(path) (terminal)"
    case .characterDevice: "\(path) (device)"
    }
  }

  // MARK: - Loss

  /// Closes, tells, and looks again.
  func lose(_ problem: Problem) {
    guard let lost = node else { return }
    if Clock.monotonic() - lost.openedAt >= Self.soundAfter { pace.reset() }
    release()
    queries = []
    stopJob(problem)
    report(problem)
    guard !isClosed, node == nil, retryTimer == nil else { return }
    retryLater(longest: Self.retryLongest)
  }

  func release() {
    guard let node else { return }
    self.node = nil
    if let timer = node.readTimer { loop.cancel(timer) }
    if let registration = node.registration { loop.unregister(registration) }
    node.node.discardUnsent()
  }
}
