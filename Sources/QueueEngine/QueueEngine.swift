public import Branch
public import QueueProtocol

/// Names one connection for as long as it lives.
public typealias SessionID = UInt64

/// What a queue service decides: lines of nodes in; records, lines and hang-ups out. Pure: time is
/// an input, the shell writes the records before it sends what stands behind them.
public struct QueueEngine: Sendable {
  public struct Settings: Sendable {
    public var hub: NodeID
    public var heartbeat: Span
    /// Facts a node may have on the way without an ACK.
    public var window: Int
    /// A rating within this time after the end of a visit at its counter belongs to that visit.
    public var ratingWindow: Span
    /// A rating may carry a clock that is this much behind the hub's.
    public var clockSlack: Span
    /// Who waits longer than this is not called any more.
    public var waiting_max: Span
    /// So long before the time of an appointment its customer may check in, and so long behind it.
    public var checkInEarly: Span = .minutes(60)
    public var checkInLate: Span = .minutes(30)
    public var bounds = Bounds.standard

    public init(
      hub: NodeID, heartbeat: Span = .seconds(15), window: Int = 1024,
      ratingWindow: Span = .minutes(5), clockSlack: Span = .seconds(5),
      waiting_max: Span = .minutes(12 * 60)
    ) {
      self.hub = hub
      self.heartbeat = heartbeat
      self.window = window
      self.ratingWindow = ratingWindow
      self.clockSlack = clockSlack
      self.waiting_max = waiting_max
    }
  }

  /// What a batch of events leads to. `lines` may leave once `records` are durable.
  public struct Output: Sendable {
    public var records: [DurableRecord] = []
    public var lines: [(session: SessionID, line: Line)] = []
    public var hangUps: [SessionID] = []
    /// What somebody who looks after the hub should know.
    public var problems: [Problem] = []
    public var isEmpty: Bool { records.isEmpty && lines.isEmpty && hangUps.isEmpty }
  }

  struct Session {
    var life: HubMemory.Life?
    var branch: BranchID?
    /// Services that the node declared since its HELLO.
    var declared: Set<ServiceID> = []
    /// When something was heard last.
    var heardAt = MonotonicTime(ms: 0)
    /// Names the run of the node's kernel, when it says.
    var boot: String?
    /// The node's clock that never jumps, and ours when it said so.
    var clock: (node: MonotonicTime, heardAt: MonotonicTime)?
    /// The node wants to be named in what it is told.
    var isNamed = false
    /// When WELCOME said what time it is: from there on the session has a clock of its own, which
    /// does not jump with the wall clock. The node counts on it for its `by`.
    var greetedAt: Now?

    func time(_ now: Now) -> WallTime {
      greetedAt.map { $0.wall + (now.monotonic - $0.monotonic) } ?? now.wall
    }
  }

  /// Commands that may wait for one node's acknowledgement; calls beyond that are told later, as
  /// they stand then.
  static let outbox_max = 256

  public let settings: Settings
  public internal(set) var memory: HubMemory
  var sessions: [SessionID: Session] = [:]
  var sessionOf: [NodeID: SessionID] = [:]
  /// Sessions with facts in the batch in hand; acknowledged once, at its end.
  var owedAcknowledgement: Set<SessionID> = []
  var output = Output()
  /// The session whose facts come just now.
  var run: FactRun?
  /// What a person should read with the error that is thrown next.
  var detail = ""
  /// The hub's own life, as its journal names it.
  let epoch: Epoch
  /// What both clocks showed when the wall clock was last taken to be right.
  var clocks: Now?

  /// - Parameter memory: folded from the journal of earlier runs.
  public init(settings: Settings, epoch: Epoch, memory: HubMemory? = nil) {
    self.settings = settings
    self.epoch = epoch
    self.memory = memory ?? HubMemory()
  }

  /// Records and lines that wait for `takeOutput`.
  public var outputCount: Int { output.records.count + output.lines.count }

  public mutating func connected(_ session: SessionID) { sessions[session] = Session() }

  public mutating func closed(_ session: SessionID) {
    run = nil
    if let node = sessions[session]?.life?.node, sessionOf[node] == session {
      sessionOf.removeValue(forKey: node)
    }
    sessions.removeValue(forKey: session)
  }

  /// Takes what the events since the last call led to; acknowledgements are made here, one a
  /// session, so that a batch of facts is one flush and one ACK.
  public mutating func takeOutput() -> Output {
    run = nil
    for id in owedAcknowledgement.sorted() {
      if let life = sessions[id]?.life, let state = memory.lives[life] {
        send(.acknowledge(state.mark), to: id)
      }
    }
    owedAcknowledgement.removeAll(keepingCapacity: true)
    defer { output = Output() }
    return output
  }

  /// A whole line of a node, without its line feed.
  public mutating func received(
    _ line: UnsafeRawBufferPointer, from session: SessionID, now: Now
  ) {
    look(at: now)
    if keep(line, from: session, now: now) || answerPing(line, from: session, now: now) { return }
    run = nil
    understand(Array(line), from: session, now: now)
  }

  /// The same for bytes that stand in an array.
  public mutating func received(_ bytes: [UInt8], from session: SessionID, now: Now) {
    bytes.withUnsafeBytes { received($0, from: session, now: now) }
  }

  /// What ten thousand idle nodes say all day, without a look at the rest of the protocol.
  private mutating func answerPing(
    _ line: UnsafeRawBufferPointer, from session: SessionID, now: Now
  ) -> Bool {
    guard line.elementsEqual("PING".utf8), sessions[session] != nil else { return false }
    sessions[session]?.heardAt = now.monotonic
    send(.pong(now: sessions[session]?.time(now) ?? now.wall), to: session)
    return true
  }

  private mutating func understand(_ bytes: [UInt8], from session: SessionID, now: Now) {
    // A person who speaks by hand presses return now and then.
    sessions[session]?.heardAt = now.monotonic
    guard sessions[session] != nil, !bytes.isEmpty, bytes != [UInt8(ascii: "\r")] else { return }
    let line: Line
    do {
      line = try Line(parsing: bytes)
    } catch {
      refuse(error, session, id: nil, text: String(decoding: bytes.prefix(80), as: UTF8.self))
      if error == .notUTF8 { output.hangUps.append(session) }
      return
    }
    do {
      try refuseStranger(line, session)
      try handle(NodeMessage(line), from: session, now: now)
    } catch {
      let text = detail.isEmpty ? line.verb : "\(line.verb): \(detail)"
      detail = ""
      refuse(error, session, id: Self.requestID(line), text: text)
      if error == .wrongNode {
        output.hangUps.append(session)
        // Nothing that stands behind it is heard either.
        closed(session)
      }
    }
  }

  /// Verbs whose `id` is a number, besides the clerks'.
  private static let numbered: Set<String> = ["LEASE", "TELL", "CHECK-IN", "BOOK", "UNBOOK"]

  /// Only requests, leases and orders have one; the `id` of a service or counter is a name.
  private static func requestID(_ line: Line) -> UInt64? {
    guard Self.numbered.contains(line.verb) || CounterRequest(rawValue: line.verb) != nil else {
      return nil
    }
    return line["id"].flatMap(UInt64.init)
  }

  /// The connection broke the framing; it ends after the error.
  public mutating func violated(_ error: ProtocolError, by session: SessionID) {
    refuse(error, session, id: nil, text: "")
    output.hangUps.append(session)
  }

  func isReady(_ session: SessionID) -> Bool { sessions[session]?.life != nil }

  mutating func send(_ message: HubMessage, to session: SessionID) {
    output.lines.append((session, named(message, session)))
  }

  mutating func refuse(
    _ error: ProtocolError, _ session: SessionID, id: UInt64?, text: String
  ) {
    let cure = text.isEmpty ? error.cure : "\(text): \(error.cure)"
    send(.error(code: error.rawValue, id: id, text: cure), to: session)
  }

  /// Journals and folds in one record.
  mutating func record(_ record: DurableRecord) {
    output.records.append(record)
    let isReadable = memory.apply(record)
    assert(isReadable, "the hub cannot read what it wrote")
  }

  mutating func recordOwn(_ fact: Fact, branch: BranchID) {
    var fact = fact
    fact.more.append(Field("branch", branch.text))
    record(stored: StoredFact(node: settings.hub, epoch: epoch, seq: memory.ownSeq + 1, fact: fact))
  }

  mutating func record(stored: StoredFact) {
    output.records.append(
      DurableRecord(.fact, seq: memory.factCount + 1, payload: stored.encoded()))
    memory.apply(stored)
  }

  /// Numbers a command for one node and sends it. nil when it has no session or no room.
  @discardableResult
  mutating func command(_ command: HubCommand, to life: HubMemory.Life) -> UInt64? {
    guard let session = sessionOf[life.node], sessions[session]?.life == life,
      let state = memory.lives[life], state.outbox.count < Self.outbox_max
    else { return nil }
    let number = state.lastCommand + 1
    record(HubJournal.command(life, number, command))
    send(.command(number, command), to: session)
    return number
  }

  /// Tells all nodes of a branch. Who is not there finds it out at the next hello: the counter
  /// stays stale for that node.
  mutating func commandAll(_ command: HubCommand, of branch: BranchID) {
    for life in memory.nodes(of: branch) { self.command(command, to: life) }
  }

  /// Tells a node what stands now at the counters that changed while it could not be told. The
  /// newest call comes last, also when the node knows it: boards show the last call of all.
  mutating func tellStale(_ life: HubMemory.Life) {
    guard let state = memory.lives[life], !state.stale.isEmpty else { return }
    let counters = memory.branches[state.branch]?.counters ?? [:]
    let calls = counters.compactMap { counter, state in
      state.serving.map { (counter, $0.key.ticket, at: $0.calledAt ?? $0.issuedAt) }
    }.sorted { ($0.at, $0.0) < ($1.at, $1.0) }
    let isAnyCalled = state.stale.contains { counters[$0]?.serving != nil }
    for (index, call) in calls.enumerated()
    where state.stale.contains(call.0) || (isAnyCalled && index == calls.count - 1) {
      guard command(.call(call.0, call.1, at: call.at, again: false), to: life) != nil else {
        return
      }
    }
    for counter in state.stale.sorted() where counters[counter]?.serving == nil {
      guard command(.clear(counter), to: life) != nil else { return }
    }
  }
}
