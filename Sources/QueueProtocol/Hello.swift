public import Branch

/// Opens or resumes a session.
public struct Hello: Hashable, Sendable {
  /// What this code can beyond the least of version 1; the other side says in its WELCOME which of
  /// these it knows too.
  public static let abilities = ["clock", "starts", "expire", Addressee.ability, checkIn]
  /// The word of a hub that books appointments and knows CHECK-IN.
  public static let checkIn = "check-in"
  public static let abilities_max = 32
  /// Starts that are named at most; with so many the list may lack the one that the hub looks for.
  public static let starts_max = 16

  public var version: Int
  public var node: NodeID
  public var branch: BranchID
  public var epoch: Epoch
  /// Lowest fact number that the node still has to send.
  public var next: Seq
  /// Highest command number that is durable at the node.
  public var commands: UInt64
  /// The node's wall clock.
  public var now: WallTime
  /// Names one run of the node's kernel; nil when it does not say.
  public var boot: String?
  /// Names the node's hardware; nil when it does not say.
  public var machine: String?
  /// The node's clock that never jumps: milliseconds since that boot.
  public var monotonic: MonotonicTime?
  /// The starts of the node's process that its journal knows: the last one before `next`, then
  /// all from `next` on. Empty when it does not say.
  public var starts: [String] = []
  /// The journal lost records, so that `commands` may be lower than what was acknowledged.
  public var isDamaged = false
  /// Words for what the node can beyond the least.
  public var can: [String] = []

  public init(
    version: Int = protocolVersion, node: NodeID, branch: BranchID, epoch: Epoch, next: Seq,
    commands: UInt64, now: WallTime
  ) {
    self.version = version
    self.node = node
    self.branch = branch
    self.epoch = epoch
    self.next = next
    self.commands = commands
    self.now = now
  }

  init(_ line: Line) throws(ProtocolError) {
    let version: Int = try line.number("version", default: protocolVersion)
    guard version >= protocolVersion else { throw .badVersion }
    let next: Seq = try line.number("next", default: 1)
    let commands: UInt64 = try line.number("commands", default: 0)
    let start_max = NodeMessage.start_max
    guard (1...start_max).contains(next), commands <= start_max else { throw .badValue }
    self.init(
      version: version, node: try need(NodeID(line.required("node"))),
      branch: try need(BranchID(line["branch"] ?? "main")),
      epoch: try line.number("epoch", default: 1), next: next, commands: commands,
      now: try line.instant("now") ?? WallTime(ms: 0))
    boot = try line.name("boot")
    machine = try line.name("machine")
    monotonic = try line.instant("mono").map { MonotonicTime(ms: $0.ms) }
    starts = try line.names("starts", atMost: Self.starts_max)
    isDamaged = try line.flag("damaged")
    can = try line.names("can", atMost: Self.abilities_max)
  }

  var line: Line {
    var fields = [
      Field("version", String(version)), Field("node", node.text), Field("branch", branch.text),
      Field("epoch", String(epoch)), Field("next", String(next)),
      Field("commands", String(commands)), Field("now", String(now.ms)),
    ]
    if let boot { fields.append(Field("boot", boot)) }
    if let machine { fields.append(Field("machine", machine)) }
    if let monotonic { fields.append(Field("mono", String(monotonic.ms))) }
    if !starts.isEmpty { fields.append(Field("starts", starts.joined(separator: ","))) }
    if isDamaged { fields.append(Field("damaged", "yes")) }
    if !can.isEmpty { fields.append(Field("can", can.joined(separator: ","))) }
    return Line("HELLO", [], fields)
  }
}

/// The answer to HELLO: the session stands.
public struct Welcome: Hashable, Sendable {
  public var version: Int
  public var hub: NodeID
  /// Highest fact number of the epoch that is durable at the hub.
  public var acknowledged: Seq
  /// The hub's wall clock.
  public var now: WallTime
  /// The node sends something at least this often.
  public var heartbeat: Span
  /// Facts that may be on the way without an ACK.
  public var window: Int
  /// Names the store behind this hub: each has its own. nil when it does not say.
  public var store: Epoch?
  /// What both sides can beyond the least.
  public var can: [String] = []

  public init(
    version: Int = protocolVersion, hub: NodeID, acknowledged: Seq, now: WallTime,
    heartbeat: Span, window: Int
  ) {
    self.version = version
    self.hub = hub
    self.acknowledged = acknowledged
    self.now = now
    self.heartbeat = heartbeat
    self.window = window
  }

  init(_ line: Line) throws(ProtocolError) {
    let heartbeat_ms: Int64 = try line.number("heartbeat_ms", default: 15_000)
    let window: Int = try line.number("window", default: 64)
    guard (100...600_000).contains(heartbeat_ms), (1...HubMessage.window_max).contains(window)
    else { throw .badValue }
    let version: Int = try line.number("version", default: protocolVersion)
    guard version == protocolVersion else { throw .badVersion }
    self.init(
      hub: try need(NodeID(line.required("hub"))),
      acknowledged: try line.number("acked", default: 0),
      now: try line.instant("now") ?? WallTime(ms: 0), heartbeat: Span(ms: heartbeat_ms),
      window: window)
    store = try line.store()
    can = try line.names("can", atMost: Hello.abilities_max)
  }

  var line: Line {
    Line(
      "WELCOME", [],
      [
        Field("version", String(version)), Field("hub", hub.text),
        Field("acked", String(acknowledged)), Field("now", String(now.ms)),
        Field("heartbeat_ms", String(heartbeat.ms)), Field("window", String(window)),
      ] + (store.map { [Field("store", String($0))] } ?? [])
        + (can.isEmpty ? [] : [Field("can", can.joined(separator: ","))]))
  }
}

extension Line {
  func store() throws(ProtocolError) -> Epoch? {
    if self["store"] == nil { return nil }
    let store: Epoch = try number("store", default: 0)
    return store
  }
}
