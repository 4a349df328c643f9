import Branch

/// One TCP connection between a node and the hub: two pipes of bytes.
///
/// Fault model: each connection has its own latency, so that bytes of an old connection may arrive
/// behind those of a new one; a piece may be late by seconds. A connection is cut at any byte, and
/// each end learns of it soon, late, or never. One direction may die without a word. While the
/// cable of a node is out, what was sent is held back and arrives afterwards, in order, or never.
/// Bytes of one direction never change their order, and none is changed: TCP sees to that.
final class SimulatedConnection {
  enum End { case node, hub }

  private struct Pipe {
    /// Nothing comes out of it any more.
    var isDead = false
    var lastArrival: Int64 = 0
    var unsent_bytes = 0
    var held: [() -> Void] = []
    /// The next piece is the last, and not whole.
    var breaks = false
  }

  static let output_bytes_max = 1 << 20

  private unowned let network: SimulatedNetwork
  private var toHub = Pipe()
  private var toNode = Pipe()
  private let latency_ms: Int
  var node: (onBytes: ([UInt8]) -> Void, onClosed: () -> Void, onDrained: () -> Void)?
  var hub: (onBytes: ([UInt8]) -> Void, onClosed: () -> Void)?
  private var isNodeOpen = true
  private var isHubOpen = true
  let nodeIndex: Int
  /// When a clerk pressed for the request with this id; true time, for the checks.
  var requests: [UInt64: Int64] = [:]
  /// The life of the node that made the connection, for the checks.
  var life: LifeLog?

  fileprivate init(_ network: SimulatedNetwork, nodeIndex: Int, latency_ms: Int) {
    self.network = network
    self.nodeIndex = nodeIndex
    self.latency_ms = latency_ms
  }

  private func change(_ end: End, _ body: (inout Pipe) -> Void) {
    if end == .hub { body(&toHub) } else { body(&toNode) }
  }

  private func pipe(_ end: End) -> Pipe { end == .hub ? toHub : toNode }

  /// Bytes on their way that the other side has not taken.
  func unsent_bytes(to end: End) -> Int { pipe(end).unsent_bytes }

  func send(_ bytes: [UInt8], to end: End) {
    guard !bytes.isEmpty else { return }
    change(end) { $0.unsent_bytes += bytes.count }
    if pipe(end).unsent_bytes > Self.output_bytes_max { return tooSlow(end) }
    // A line may come in two pieces.
    let isSplit = bytes.count > 1 && network.random.oneIn(6)
    let cut = isSplit ? network.random.within(1, bytes.count - 1) : bytes.count
    carry(to: end) { $0.arrived(Array(bytes[..<cut]), at: end) }
    if isSplit { carry(to: end) { $0.arrived(Array(bytes[cut...]), at: end) } }
  }

  private func tooSlow(_ end: End) {
    close(end == .hub ? .node : .hub)
    if end == .hub { node?.onClosed() } else { hub?.onClosed() }
  }

  /// Closes one end; the other learns of it behind the bytes that are on their way.
  func close(_ end: End) {
    let other: End
    switch end {
    case .node:
      guard isNodeOpen else { return }
      (node, isNodeOpen) = (nil, false)
      other = .hub
    case .hub:
      guard isHubOpen else { return }
      (hub, isHubOpen) = (nil, false)
      other = .node
    }
    forgetWhenClosed()
    carry(to: other) { $0.ended(other) }
  }

  private func carry(to end: End, _ deliver: @escaping (SimulatedConnection) -> Void) {
    let late = network.random.oneIn(60) ? network.random.within(100, 6_000) : 0
    let arrival = max(
      pipe(end).lastArrival,
      network.time.now + Int64(latency_ms + network.random.below(3) + late))
    change(end) { $0.lastArrival = arrival }
    network.time.at(arrival) { [self] in
      guard !pipe(end).isDead else { return }
      if network.isCut(nodeIndex) || !pipe(end).held.isEmpty {
        change(end) { $0.held.append { [unowned self] in deliver(self) } }
      } else {
        deliver(self)
      }
    }
  }

  private func arrived(_ bytes: [UInt8], at end: End) {
    change(end) { $0.unsent_bytes -= bytes.count }
    var bytes = bytes
    if pipe(end).breaks {
      bytes = Array(bytes.prefix(network.random.below(bytes.count)))
      change(end) { $0.isDead = true }
    }
    let isDrained = pipe(end).unsent_bytes == 0
    switch end {
    case .hub:
      hub?.onBytes(bytes)
      if isDrained { node?.onDrained() }
    case .node: node?.onBytes(bytes)
    }
  }

  private func ended(_ end: End) {
    switch end {
    case .node:
      let told = node
      (node, isNodeOpen) = (nil, false)
      told?.onClosed()
    case .hub:
      let told = hub
      (hub, isHubOpen) = (nil, false)
      told?.onClosed()
    }
    forgetWhenClosed()
  }

  private func forgetWhenClosed() {
    if !isNodeOpen, !isHubOpen { network.forget(self) }
  }

  // MARK: faults

  /// The cable is back: what was held comes now, or the connection did not survive it.
  fileprivate func release() {
    for end in [End.hub, .node] {
      let held = pipe(end).held
      change(end) { $0.held = [] }
      for deliver in held where !pipe(end).isDead { deliver() }
    }
  }

  /// One direction dies; nobody is told.
  func deafen(_ end: End) { change(end) { $0.isDead = true } }

  /// Both directions end, the one to the hub at any byte of its next piece. `tellNode`, `tellHub`:
  /// milliseconds until an end learns of it; nil: never.
  func cut(tellNode: Int?, tellHub: Int?) {
    toHub.breaks = true
    toNode.isDead = true
    if let tellNode { network.time.after(tellNode) { [self] in ended(.node) } }
    if let tellHub {
      network.time.after(tellHub) { [self] in
        toHub.isDead = true
        ended(.hub)
      }
    }
  }

  /// A machine lost its power: its end is gone without a word.
  func vanish(_ end: End) {
    if end == .node { (node, isNodeOpen) = (nil, false) } else { (hub, isHubOpen) = (nil, false) }
    toHub.isDead = true
    toNode.isDead = true
    forgetWhenClosed()
  }
}

/// The cables between the nodes and the hub.
final class SimulatedNetwork {
  fileprivate let time: Timeline
  fileprivate var random: Seeded
  private(set) var connections: [SimulatedConnection] = []
  private var cutUntil: [Int64]
  /// Takes a connection; false: nobody listens.
  var accept: (SimulatedConnection) -> Bool = { _ in false }

  init(time: Timeline, nodes: Int, seed: UInt64) {
    self.time = time
    random = Seeded(seed)
    cutUntil = Array(repeating: 0, count: nodes)
  }

  fileprivate func forget(_ connection: SimulatedConnection) {
    connections.removeAll { $0 === connection }
  }

  func isCut(_ node: Int) -> Bool { cutUntil[node] > time.now }

  func cut(_ node: Int, for ms: Int, keepsConnections: Bool) {
    cutUntil[node] = max(cutUntil[node], time.now + Int64(ms))
    let mine = connections.filter { $0.nodeIndex == node }
    if !keepsConnections { for connection in mine { connection.cut(tellNode: nil, tellHub: nil) } }
    time.after(ms) { [self] in release(node) }
  }

  private func release(_ node: Int) {
    guard !isCut(node) else { return }
    for connection in connections where connection.nodeIndex == node { connection.release() }
  }

  func heal() {
    for node in cutUntil.indices where isCut(node) {
      cutUntil[node] = 0
      release(node)
    }
  }

  /// Tries to connect; `done` gets the connection, or nil when it was refused. Nothing is said
  /// while the cable is out.
  func connect(
    from node: Int, _ done: @escaping (SimulatedConnection?) -> Void
  ) {
    let latency_ms = random.mostly(0, 400)
    time.after(1 + 2 * latency_ms) { [self] in
      guard !isCut(node) else { return }
      let connection = SimulatedConnection(self, nodeIndex: node, latency_ms: latency_ms)
      guard accept(connection) else { return done(nil) }
      connections.append(connection)
      done(connection)
    }
  }
}
