import Branch
import JournalFormat
import QueueEngine
import QueueProtocol

/// One run of the hub: the real engine in a shell that does what `HubRuntime` does.
final class HubProcess {
  struct Batch {
    var records: [DurableRecord] = []
    var lines: [(session: SessionID, line: Line)] = []
    var hangUps: [SessionID] = []
  }

  struct Session {
    let id: SessionID
    let connection: SimulatedConnection
    var framer = LineFramer()
    var heardAt: MonotonicTime
  }

  static let silentHeartbeats_max: Int64 = 3
  static let retry_ms = 2_000
  private static let bookingSystem = SessionID.max

  private unowned let world: World
  private unowned let machine: HubMachine
  private(set) var engine: QueueEngine
  private let journal: SimulatedJournal
  private(set) var sessions: [Session] = []
  private var nextSession: SessionID = 1
  private var waiting = Batch()
  private var inFlight: Batch?
  private var isRetrying = false
  private var isFlushing = false
  private var isSweeping = false
  private var isDead = false
  var linesUntilKill: Int?

  init(machine: HubMachine, journal: SimulatedJournal, engine: QueueEngine) {
    world = machine.world
    self.machine = machine
    self.journal = journal
    self.engine = engine
  }

  func kill(losingPower: Bool) {
    isDead = true
    for session in sessions {
      if losingPower { session.connection.vanish(.hub) } else { session.connection.close(.hub) }
    }
    sessions = []
  }

  // MARK: sessions

  func accept(_ connection: SimulatedConnection) {
    let id = nextSession
    nextSession += 1
    sessions.append(Session(id: id, connection: connection, heardAt: machine.now.monotonic))
    connection.hub = (
      onBytes: { [unowned self] in received($0, id) }, onClosed: { [unowned self] in closed(id) }
    )
    engine.connected(id)
    armSweep()
  }

  /// A booking system says it, on a connection of its own that does not fail.
  func book(_ booking: Booking) {
    engine.connected(Self.bookingSystem)
    engine.received(
      Array(NodeMessage.book(booking, id: 0).line.encoded().dropLast()),
      from: Self.bookingSystem, now: machine.now)
    flushSoon()
  }

  private func place(_ id: SessionID) -> Int? { sessions.firstIndex { $0.id == id } }

  private func received(_ bytes: [UInt8], _ id: SessionID) {
    guard let place = place(id), !isDead else { return }
    var lines: [[UInt8]] = []
    do {
      try sessions[place].framer.feed(bytes) { lines.append($0) }
    } catch {
      engine.violated(error, by: id)
    }
    for line in lines { take(line, id) }
    flushSoon()
  }

  private func take(_ bytes: [UInt8], _ id: SessionID) {
    guard let place = place(id) else { return }
    let now = machine.now
    sessions[place].heardAt = now.monotonic
    world.trace { "hub < \(id): \(String(decoding: bytes, as: UTF8.self))" }
    var bytes = bytes
    let verb = bytes.prefix { $0 != UInt8(ascii: " ") }
    let isRequest = ["NEXT", "RECALL", "NO-SHOW", "END"].contains { verb.elementsEqual($0.utf8) }
    if isRequest, world.bug == .hubIgnoresDeadlines { bytes = Self.without(["by"], bytes) }
    if world.bug == .hubTakesTwins, verb.elementsEqual("HELLO".utf8) {
      bytes = Self.without(["starts", "boot"], bytes)
    }
    if world.bug == .hubIgnoresDamage, verb.elementsEqual("HELLO".utf8) {
      bytes = Self.without(["damaged"], bytes)
    }
    if world.bug == .timeWindowInsteadOfMarks { takeAgain(bytes, id) }
    // What it records of its clock is no effect of this line.
    engine.look(at: now)
    let before = engine.memory.ownSeq
    engine.received(bytes, from: id, now: now)
    if isRequest, engine.memory.ownSeq != before {
      world.checker.tookEffect(bytes, over: sessions[place].connection)
    }
  }

  private func closed(_ id: SessionID) {
    engine.closed(id)
    sessions.removeAll { $0.id == id }
    flushSoon()
  }

  private func armSweep() {
    guard !isSweeping, !sessions.isEmpty, world.bug != .hubNeverHangsUp else { return }
    isSweeping = true
    let heartbeat = engine.settings.heartbeat
    world.time.after(Int(heartbeat.ms)) { [weak self] in
      guard let self, !isDead else { return }
      isSweeping = false
      let limit = machine.now.monotonic
      for session in sessions
      where session.heardAt + heartbeat * Self.silentHeartbeats_max < limit {
        session.connection.close(.hub)
        closed(session.id)
      }
      armSweep()
    }
  }

  // MARK: durability

  private func flushSoon() {
    guard !isFlushing else { return }
    isFlushing = true
    world.time.after(world.random.oneIn(8) ? world.random.below(30) : 0) { [weak self] in
      guard let self, !isDead else { return }
      isFlushing = false
      let output = engine.takeOutput()
      waiting.records += output.records
      waiting.lines += output.lines
      waiting.hangUps += output.hangUps
      writeNext()
    }
  }

  private func writeNext() {
    guard !isDead, inFlight == nil, !isRetrying else { return }
    let batch = waiting
    waiting = Batch()
    if batch.records.isEmpty { return perform(batch) }
    inFlight = batch
    if world.bug == .hubSpeaksBeforeFlush { perform(batch) }
    guard !isDead else { return }
    submit(batch.records[...])
  }

  private func submit(_ records: ArraySlice<DurableRecord>) {
    guard !records.isEmpty else { return written() }
    var bytes = 0
    let count = records.prefix {
      bytes += $0.encoded_bytes
      return bytes <= SimulatedJournal.group_bytes_max
    }.count
    let group = records.prefix(max(1, count))
    do throws(SimulatedDisk.Failure) {
      try journal.write(Array(group)) { [] }
    } catch { return retry(records) }
    let pause = world.random.mostly(1, world.random.oneIn(50) ? 3_000 : 60)
    world.time.after(pause) { [weak self] in
      guard let self, !isDead else { return }
      if machine.diesAtFlush {
        machine.diesAtFlush = false
        return machine.kill(losingPower: true)
      }
      do throws(SimulatedDisk.Failure) { try journal.flush { [] } } catch { return retry(records) }
      for record in group { world.checker.hub.apply(record) }
      submit(records.dropFirst(group.count))
    }
  }

  private func retry(_ records: ArraySlice<DurableRecord>) {
    world.trace { "hub: the store fails" }
    isRetrying = true
    world.time.after(Self.retry_ms) { [weak self] in
      guard let self, !isDead else { return }
      isRetrying = false
      submit(records)
    }
  }

  private func written() {
    guard let batch = inFlight else { return }
    inFlight = nil
    if world.bug != .hubSpeaksBeforeFlush { perform(batch) }
    writeNext()
  }

  private func perform(_ batch: Batch) {
    for (id, line) in batch.lines {
      if let left = linesUntilKill {
        linesUntilKill = left - 1
        if left <= 0 { return machine.kill(losingPower: world.random.oneIn(2)) }
      }
      guard let place = place(id) else { continue }
      world.trace { "hub > \(id): \(line)" }
      let line = world.bug == .timeWindowInsteadOfMarks ? forgetful(line, id) : line
      world.checker.hubSays(line, over: sessions[place].connection)
      sessions[place].connection.send(line.encoded(), to: .node)
    }
    for id in batch.hangUps where world.bug != .hubNeverHangsUp {
      if let place = place(id) { sessions.remove(at: place).connection.close(.hub) }
      engine.closed(id)
    }
  }

  var sizes: [(String, Int, max: Int)] {
    [
      ("records that wait for the store", waiting.records.count, 20_000),
      ("sessions", sessions.count, 64),
      (
        "commands that wait for a node", engine.memory.lives.values.map(\.outbox.count).max() ?? 0,
        256
      ),
    ]
  }

  // MARK: planted bugs

  private static func without(_ keys: [String], _ bytes: [UInt8]) -> [UInt8] {
    guard var line = try? Line(parsing: bytes) else { return bytes }
    line.fields.removeAll { keys.contains($0.key) }
    return Array(line.encoded().dropLast())
  }

  /// A fact that came before counts as new when that is a minute ago.
  private var factsSeen: [String: Int64] = [:]

  private func takeAgain(_ bytes: [UInt8], _ id: SessionID) {
    let message = try? NodeMessage(parsing: bytes)
    if case .hello(let hello)? = message { nextOf[id] = hello.next }
    guard case .fact(let seq, let fact)? = message,
      let node = place(id).map({ world.nodes[sessions[$0].connection.nodeIndex] }),
      let epoch = node.process?.journal.epoch
    else { return }
    let name = "\(node.plan.node) \(epoch) \(seq)"
    if let seen = factsSeen[name], world.time.now - seen > 60_000 {
      let stored = StoredFact(node: node.plan.node, epoch: epoch, seq: seq, fact: fact)
      waiting.records.append(DurableRecord(.fact, seq: nextStoreSeq, payload: stored.encoded()))
    }
    factsSeen[name] = world.time.now
  }

  /// What each session said is its next fact.
  private var nextOf: [SessionID: Seq] = [:]

  /// Without marks, a hub takes the node's word for what it has.
  private func forgetful(_ line: Line, _ id: SessionID) -> Line {
    guard line.verb == "WELCOME", let next = nextOf[id] else { return line }
    var line = line
    line.fields = line.fields.map { $0.key == "acked" ? Field("acked", String(next - 1)) : $0 }
    return line
  }

  private var nextStoreSeq: Seq { engine.memory.factCount + 1 }
}
