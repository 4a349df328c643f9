import Branch
import QueueProtocol
import Testing

@testable import QueueEngine

/// A hub in memory that is spoken to by hand. Every record that it writes goes through its bytes
/// into a second memory, and both must say the same after every line.
final class Hub {
  static let day = ServiceDay("2026-11-22")!
  /// 2026-11-22T08:00:00Z.
  static let morning = WallTime(ms: 1_795_334_400_000)

  var engine: QueueEngine
  var now = Now(wall: morning, monotonic: MonotonicTime(ms: 1_000_000))
  private(set) var records: [DurableRecord] = []
  private(set) var replayed = HubMemory()
  /// Lines not yet looked at, by session.
  private var mail: [SessionID: [String]] = [:]
  private(set) var hungUp: Set<SessionID> = []
  private(set) var problems: [Problem] = []
  /// Off for long runs with much to remember; then the test compares at its end.
  var comparesEveryLine = true

  init(settings: QueueEngine.Settings = .init(hub: NodeID("hub")!)) {
    engine = QueueEngine(settings: settings, epoch: 1)
  }

  /// One that starts again from its records.
  /// - Parameter lost: places of records that are gone.
  func restart(without lost: Range<Int> = 0..<0) {
    var memory = HubMemory()
    for (place, record) in records.enumerated() where !lost.contains(place) {
      if place == lost.upperBound { memory.lost(records: UInt64(lost.count)) }
      let isReadable = memory.apply(record)
      #expect(isReadable)
    }
    if lost.upperBound == records.count { memory.lost(records: UInt64(lost.count)) }
    memory.settleLosses(at: now.wall)
    if !lost.isEmpty { comparesEveryLine = false }
    engine = QueueEngine(settings: engine.settings, epoch: 1, memory: memory)
    mail = [:]
    hungUp = []
  }

  /// Like one whose disk was set back to an old copy.
  func restart(keeping count: Int) {
    records.removeSubrange(count...)
    restart()
    replayed = engine.memory
  }

  var at: Int64 { now.wall.ms }

  func pass(_ span: Span) {
    now.wall = now.wall + span
    now.monotonic = now.monotonic + span
  }

  /// Opens a connection, says hello and throws the answer away.
  func connect(_ session: SessionID, _ node: String = "n1", _ more: String = "") {
    engine.connected(session)
    _ = say(session, "HELLO node=\(node) \(more)")
  }

  func drop(_ session: SessionID) {
    engine.closed(session)
    mail[session] = nil
  }

  /// Says a line, gives all that the session hears since it was last looked at.
  @discardableResult
  func say(_ session: SessionID, _ line: String) -> [String] {
    say(session, Array(line.utf8))
  }

  @discardableResult
  func say(_ session: SessionID, _ bytes: [UInt8]) -> [String] {
    engine.received(bytes, from: session, now: now)
    settle()
    return heard(session)
  }

  func settle() {
    let output = engine.takeOutput()
    for record in output.records {
      records.append(record)
      let isReadable = replayed.apply(record)
      #expect(isReadable, "\(String(decoding: record.payload, as: UTF8.self))")
    }
    if comparesEveryLine { compare() }
    for (session, line) in output.lines {
      let bytes = line.encoded()
      #expect(bytes.count <= Line.length_max)
      #expect((try? HubMessage(parsing: bytes.dropLast())) != nil, "a node cannot read: \(line)")
      mail[session, default: []].append(line.description)
    }
    hungUp.formUnion(output.hangUps)
    problems += output.problems
  }

  func compare() {
    #expect(picture(replayed) == picture(engine.memory), "the journal says something else")
  }

  func heard(_ session: SessionID) -> [String] {
    defer { mail[session] = nil }
    return mail[session] ?? []
  }

  /// A branch with two services, `cash` (A) before `info` (B) at counter 1, the other way at 2.
  func openBranch(_ session: SessionID = 1) {
    say(session, "SERVICE id=cash prefix=A")
    say(session, "SERVICE id=info prefix=B")
    say(session, "COUNTER id=1 services=cash,info")
    say(session, "COUNTER id=2 services=info,cash")
  }

  /// A ticket, issued now; gives the hub's answer.
  @discardableResult
  func issue(
    _ seq: Seq, _ ticket: String, _ service: String = "cash", session: SessionID = 1,
    at: WallTime? = nil
  ) -> [String] {
    say(
      session,
      "FACT \(seq) ticket-issued at=\((at ?? now.wall).ms) ticket=\(ticket) service=\(service) "
        + "day=\(Self.day)")
  }

  /// Facts as the hub stores them, the hub's own and those of nodes.
  var facts: [StoredFact] {
    records.filter { $0.kind == .fact }.compactMap { StoredFact(parsing: $0.payload) }
  }

  func own(_ kind: FactKind) -> [Fact] {
    facts.filter { $0.node.text == "hub" && $0.fact.kind == kind }.map(\.fact)
  }

  func waiting(_ service: String) -> [String] {
    (engine.memory.branches[BranchID("main")!]?.services[ServiceID(service)!]?.waiting ?? [])
      .map(\.key.ticket.description)
  }

  func serving(_ counter: String) -> String? {
    engine.memory.branches[BranchID("main")!]?.counters[CounterID(counter)!]?.serving?
      .key.ticket.description
  }
}

/// All that a hub remembers, as text that two memories can be compared by.
func picture(_ memory: HubMemory) -> String {
  var lines = ["facts \(memory.factCount) own \(memory.ownSeq)"]
  for (id, branch) in memory.branches.sorted(by: { $0.key < $1.key }) {
    lines.append("\(id) \(branch.losses)")
    for (service, state) in branch.services.sorted(by: { $0.key < $1.key }) {
      lines.append("\(id) \(service) \(state.prefix) \(state.name) \(state.numbers)")
      lines.append("  used at \(state.usedAt)")
      lines += state.waiting.map { "  waits \($0)" }
      lines += state.favoured.map { "  favoured \($0)" }
    }
    for (counter, state) in branch.counters.sorted(by: { $0.key < $1.key }) {
      lines.append("\(id) \(counter) \(state.services.map(\.text))")
      lines.append("  \(String(describing: state.serving)) \(String(describing: state.clerk))")
      lines += state.ended.map { "  ended \($0)" }
      lines += state.formerlyRated.map { "  rated \($0)" }
      lines += state.served.map { "  served \($0)" }
    }
    lines += memory.bookings.entries(of: id).map { "\(id) booked \($0)" }
    for (day, rest) in branch.rests.sorted(by: {
      $0.key.prefix + $0.key.day.description
        < $1.key.prefix + $1.key.day.description
    }) {
      lines.append("\(id) \(day.prefix) \(day.day) \(rest)")
    }
  }
  for (life, state) in memory.lives.sorted(by: {
    ($0.key.node.text, $0.key.epoch)
      < ($1.key.node.text, $1.key.epoch)
  }) {
    lines.append("\(life.node)/\(life.epoch) \(state.branch) \(state.mark) \(state.lastCommand)")
    lines.append("  \(state.outbox) \(state.stale.sorted())")
    lines.append("  current \(memory.current[life.node] == life.epoch)")
  }
  return lines.joined(separator: "\n")
}
