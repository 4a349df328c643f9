public import Branch
import JournalFormat
import JournalStore
import LineSocket
public import LinuxIO
import QueueEngine
import QueueProtocol

/// A queue service on an event loop: lines in, engine, journal, lines out.
public final class HubRuntime {
  public struct Settings: Sendable {
    public var hub = NodeID("hub")!
    /// Directory of the store; made when it is not there.
    public var data: String
    /// `host:port`; port 0 lets the kernel choose.
    public var listen: String
    public var heartbeat: Span = .seconds(15)
    /// Facts that a node may have on the way without an ACK, 1 to 4,096.
    public var window = 1024
    /// Connections at once, as far as the limit of descriptors allows; more are closed at once.
    public var connections_max = 12_000

    public init(data: String, listen: String) {
      self.data = data
      self.listen = listen
    }
  }

  /// One batch of the engine: the lines leave when the records are durable.
  struct Batch {
    var records: [DurableRecord] = []
    var lines: [(session: SessionID, line: Line)] = []
    var hangUps: [SessionID] = []

    /// In place of an empty batch rather than behind it: then nothing is copied.
    mutating func add(_ output: QueueEngine.Output) {
      if records.isEmpty { records = output.records } else { records += output.records }
      lines += output.lines
      hangUps += output.hangUps
    }
  }

  /// A connection that is silent for so many heartbeats is closed.
  static let silentHeartbeats_max: Int64 = 3
  /// Descriptors that connections leave for the store, the loop and what else the process opens.
  static let descriptors_spare = 64
  /// Pause before the journal is tried again after an error.
  static let retry: Span = .seconds(2)

  private let loop: EventLoop
  private let settings: Settings
  private let log: (LogLevel, String) -> Void
  private let observe: ((_ fromNode: Bool, _ line: String) -> Void)?
  private var engine: QueueEngine
  private var worker: Worker<[DurableRecord], JournalKeeper.Outcome>?
  private var listener: LineListener?
  private var sessions: [SessionID: LineConnection] = [:]
  private var nextSession: SessionID = 1
  private var inFlight: Batch?
  private var waiting = Batch()
  private var sweepTimer: TimerID?
  private var refusals = NoiseMeter()
  /// Lines that name another node than the session's.
  private var strangers = NoiseMeter()
  private var isStopping = false
  private var batchNow: Now?

  /// Opens the store and replays it.
  /// - Parameters:
  ///   - observe: sees every line of every session, for transcripts.
  public init(
    loop: EventLoop, settings: Settings, log: @escaping (LogLevel, String) -> Void,
    observe: ((_ fromNode: Bool, _ line: String) -> Void)? = nil
  ) throws(Problem) {
    self.loop = loop
    self.settings = settings
    self.log = log
    self.observe = observe
    let opened = try HubStore.open(settings)
    engine = opened.engine
    for finding in opened.store.recovery.findings { log(.error, "store: \(finding.problem)") }
    if opened.unreadable > 0 {
      log(
        .error, "store: \(opened.unreadable) records are not of this version and were passed over")
    }
    let count = engine.memory.factCount
    log(.notice, "store: \(count) facts in \(settings.data), epoch \(opened.store.epoch)")
    // The store moves to the worker's thread here and is not touched by this one again.
    nonisolated(unsafe) let keeper = JournalKeeper(
      store: opened.store, checkpoint: { [] }, becameDurable: { _ in }, removableThrough: { 0 })
    do throws(SystemError) {
      worker = try Worker(
        loop: loop, name: "hub-journal", capacity: 1, perform: { keeper.write($0) },
        deliver: { [unowned self] outcome in written(outcome) })
    } catch {
      throw Problem(
        code: "system", what: "cannot start a thread", cause: error.description,
        cure: "Free memory or raise the limit of tasks, then start again.")
    }
  }

  /// Whether the hub can listen there, before anything is touched.
  public static func check(listen text: String) throws(Problem) {
    try LineListener.address(of: try target(text))
  }

  private static func target(_ text: String) throws(Problem) -> HostPort {
    if let target = HostPort(text, allowsAnyPort: true) { return target }
    throw Problem(
      code: "bad-address", what: "\"\(text)\" is not an address", cause: "host:port is expected",
      cure: "Write for example --listen 127.0.0.1:7557.")
  }

  /// Starts to listen. Returns the port.
  public func start() throws(Problem) -> UInt16 {
    let target = try Self.target(settings.listen)
    let listener = try LineListener(loop: loop, at: target) { [unowned self] descriptor in
      accepted(descriptor)
    }
    self.listener = listener
    loop.afterEachBatch { [unowned self] in flush() }
    let room = min(Self.descriptorsForConnections, settings.connections_max)
    if room < settings.connections_max {
      log(
        .notice,
        "room for \(room) connections: the limit of open files is \(DescriptorLimit.current)")
    }
    log(.notice, "listening on \(target.host):\(listener.port)")
    return listener.port
  }

  /// Says goodbye to all nodes and writes what is in hand; `done` comes after that.
  public func stop(_ done: @escaping () -> Void) {
    isStopping = true
    listener?.close()
    for id in sessions.keys { waiting.lines.append((id, HubMessage.bye.line)) }
    waiting.hangUps += sessions.keys
    whenIdle = done
    flush()
  }

  private var whenIdle: (() -> Void)?

  // MARK: sessions

  private static var descriptorsForConnections: Int {
    let limit = DescriptorLimit.current
    return max(limit - descriptors_spare, limit / 2)
  }

  private func accepted(_ descriptor: consuming Descriptor) {
    guard !isStopping else { return }
    // The kernel gives the lowest free number: a high one says that all below it are taken, also
    // by connections that only wait for their other end to close.
    guard sessions.count < settings.connections_max,
      descriptor.raw < Self.descriptorsForConnections
    else { return refused() }
    let id = nextSession
    nextSession += 1
    do throws(SystemError) {
      sessions[id] = try LineConnection(
        loop: loop, descriptor: descriptor,
        onLine: { [unowned self] line in received(line, id) },
        onClosed: { [unowned self] closure in closed(id, closure) })
    } catch {
      return log(.warning, "a connection was not taken: \(error)")
    }
    engine.connected(id)
    armSweep()
  }

  private func refused() {
    guard let count = refusals.heard(1, now: Clock.monotonic()) else { return }
    let problem = Problem(
      code: "too-many-connections", what: "\(count) connections were closed at once",
      cause: "\(sessions.count) are open, and there is room for no more",
      cure: "Look for a node that connects again and again (ss -tn), or raise LimitNOFILE.")
    log(.warning, "\(problem)")
  }

  private func tell(_ problem: Problem) {
    guard let count = strangers.heard(1, now: Clock.monotonic()) else { return }
    log(.error, "\(problem)" + (count > 1 ? " (and \(count - 1) more like it)" : ""))
  }

  private func received(_ line: UnsafeRawBufferPointer, _ id: SessionID) {
    observe?(true, String(decoding: line, as: UTF8.self))
    engine.received(line, from: id, now: now())
  }

  private func closed(_ id: SessionID, _ closure: LineClosure) {
    if case .violation(let error) = closure { return engine.violated(error, by: id) }
    engine.closed(id)
    sessions.removeValue(forKey: id)
  }

  /// The clocks, read once for all lines of a batch of events.
  private func now() -> Now {
    if let batchNow { return batchNow }
    let now = Now(wall: Clock.wall(), monotonic: Clock.monotonic())
    batchNow = now
    return now
  }

  private func armSweep() {
    guard sweepTimer == nil, !sessions.isEmpty else { return }
    sweepTimer = loop.schedule(after: settings.heartbeat) { [unowned self] in
      sweepTimer = nil
      let limit = Clock.monotonic()
      for (id, connection) in sessions
      where connection.heardAt + settings.heartbeat * Self.silentHeartbeats_max < limit {
        log(.info, "session \(id): silent, closed")
        connection.close()
        closed(id, .end)
      }
      armSweep()
    }
  }

  // MARK: durability

  private func flush() {
    batchNow = nil
    let output = engine.takeOutput()
    for problem in output.problems { tell(problem) }
    waiting.add(output)
    writeNext()
  }

  private func writeNext() {
    guard inFlight == nil, retryTimer == nil else { return }
    let batch = waiting
    waiting = Batch()
    if batch.records.isEmpty {
      perform(batch)
      if let whenIdle {
        self.whenIdle = nil
        worker?.close()
        whenIdle()
      }
      return
    }
    inFlight = batch
    submit(batch.records)
  }

  private var retryTimer: TimerID?
  private var trouble = JournalTrouble()

  private func submit(_ records: [DurableRecord]) {
    let isTaken = worker?.submit(records) ?? false
    precondition(isTaken, "one batch is in flight at a time")
  }

  private func written(_ outcome: JournalKeeper.Outcome) {
    switch outcome {
    case .written:
      guard let batch = inFlight else { return }
      inFlight = nil
      if trouble.ended() { log(.notice, "the store can be written again") }
      perform(batch)
      writeNext()
    case .failed(let error, let unsaved):
      if trouble.failed(error.problem, now: Clock.monotonic()) {
        log(.error, "store: \(error.problem)")
      }
      retryTimer = loop.schedule(after: Self.retry) { [unowned self] in
        retryTimer = nil
        submit(unsaved)
      }
    }
  }

  private func perform(_ batch: Batch) {
    for (id, line) in batch.lines {
      observe?(false, line.description)
      sessions[id]?.send(line.encoded())
    }
    for id in batch.hangUps {
      // The session stays in the engine's sight until the line is gone.
      sessions.removeValue(forKey: id)?.closeWhenSent()
      engine.closed(id)
    }
  }
}
