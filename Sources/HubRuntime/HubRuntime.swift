public import Branch
import JournalFormat
import JournalStore
import LineSocket
public import LinuxIO
import QueueEngine
import QueueProtocol

/// A queue service on an event loop: lines in, engine, journal, lines out.
public final class HubRuntime {
  struct Peer {
    let connection: LineConnection
    let share: Backlog.Share
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
  private var sessions: [SessionID: Peer] = [:]
  private var backlog = Backlog()
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
    let share = Backlog.Share(id)
    do throws(SystemError) {
      let connection = try LineConnection(
        loop: loop, descriptor: descriptor,
        onLine: { [unowned self] line in received(line, share) },
        onClosed: { [unowned self] closure in closed(id, closure) })
      connection.mayRead = { [unowned self] in backlog.admits(share) }
      sessions[id] = Peer(connection: connection, share: share)
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

  private func received(_ line: UnsafeRawBufferPointer, _ share: Backlog.Share) {
    observe?(true, String(decoding: line, as: UTF8.self))
    let before = engine.outputCount
    engine.received(line, from: share.session, now: now())
    // A PING behind nothing else is answered without the store, see `flush`.
    if share.isEmpty, line.elementsEqual("PING".utf8) { return }
    backlog.hold(text_bytes: line.count, items: engine.outputCount - before, of: share)
  }

  private func closed(_ id: SessionID, _ closure: LineClosure) {
    if case .violation(let error) = closure { return engine.violated(error, by: id) }
    engine.closed(id)
    forget(id)
  }

  @discardableResult
  private func forget(_ id: SessionID) -> LineConnection? {
    guard let peer = sessions.removeValue(forKey: id) else { return nil }
    backlog.closed(peer.share)
    return peer.connection
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
      engine.look(at: now())
      let limit = Clock.monotonic()
      for (id, peer) in sessions
      where peer.connection.heardAt + settings.heartbeat * Self.silentHeartbeats_max < limit
        && !peer.connection.isHeldUp
      {
        log(.info, "session \(id): silent, closed")
        peer.connection.close()
        closed(id, .end)
      }
      armSweep()
    }
  }

  // MARK: durability

  private func flush() {
    batchNow = nil
    var output = engine.takeOutput()
    for problem in output.problems { tell(problem) }
    if inFlight != nil || !output.records.isEmpty { answerPings(&output) }
    waiting.add(output)
    writeNext()
  }

  /// Who says nothing but PING need not wait until a disk that is slow, or full, has taken what
  /// others said.
  private func answerPings(_ output: inout QueueEngine.Output) {
    output.lines.removeAll { id, line in
      guard line.verb == "PONG", let peer = sessions[id], peer.share.isEmpty else { return false }
      send(line, to: peer)
      return true
    }
  }

  private func send(_ line: Line, to peer: Peer) {
    observe?(false, line.description)
    peer.connection.send(line.encoded())
  }

  private func writeNext() {
    guard inFlight == nil, retryTimer == nil else { return }
    let batch = waiting
    waiting = Batch()
    backlog.batchBegan()
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
      // With what came in since, in this batch of events too.
      flush()
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
      if let peer = sessions[id] { send(line, to: peer) }
    }
    for id in batch.hangUps {
      // The session stays in the engine's sight until the line is gone.
      forget(id)?.closeWhenSent()
      engine.closed(id)
    }
    for id in backlog.batchEnded() { sessions[id]?.connection.readOn() }
  }
}
