public import Branch
import QueueProtocol

/// All that a hub has to remember, as a fold over its journal: what runs and what is replayed
/// after `kill -9` go through the same `apply`.
public struct HubMemory: Sendable {
  /// A node in one of its lives.
  public struct Life: Hashable, Sendable {
    public var node: NodeID
    public var epoch: Epoch
    public init(node: NodeID, epoch: Epoch) {
      self.node = node
      self.epoch = epoch
    }
  }

  public struct LifeState: Sendable {
    public var branch: BranchID
    /// Highest fact number stored: the high-water mark. It is not written by itself; it *is* the
    /// number of the last stored fact, and so in the same flush by construction.
    public var mark: Seq = 0
    /// Commands not yet acknowledged, in order.
    public var outbox: [(number: UInt64, text: String)] = []
    public var lastCommand: UInt64 = 0
  }

  public internal(set) var branches: [BranchID: BranchState] = [:]
  public internal(set) var lives: [Life: LifeState] = [:]
  /// The newest life of each node.
  public internal(set) var current: [NodeID: Epoch] = [:]
  /// Number of the hub's own last fact.
  public internal(set) var ownSeq: Seq = 0
  /// Facts in the store, of all nodes.
  public internal(set) var factCount: UInt64 = 0

  public init() {}

  /// Folds in a record of the journal. false when it cannot be read.
  public mutating func apply(_ record: DurableRecord) -> Bool {
    switch record.kind {
    case .fact:
      guard let stored = StoredFact(parsing: record.payload) else { return false }
      apply(stored)
      return true
    case .local:
      guard let line = try? Line(record: record.payload) else { return false }
      return apply(line)
    case .checkpoint: return true
    }
  }

  mutating func apply(_ stored: StoredFact) {
    factCount += 1
    let life = Life(node: stored.node, epoch: stored.epoch)
    let branch: BranchID?
    if let known = lives[life]?.branch {
      branch = known
      lives[life]?.mark = stored.seq
    } else {
      // A node is recorded before its first fact: what no node said, a hub of this store said.
      // Its facts name their branch.
      ownSeq = max(ownSeq, stored.seq)
      branch = stored.fact.more["branch"].flatMap(BranchID.init)
      if stored.fact.kind == .numbersLeased { applyLease(stored.fact) }
      if stored.fact.kind == .factsMissing { applyMissing(stored.fact) }
    }
    if let branch { branches[branch, default: BranchState()].apply(stored.fact) }
  }

  private mutating func applyLease(_ fact: Fact) {
    guard let branch = fact.more["branch"].flatMap(BranchID.init), let service = fact.service,
      let day = fact.day, let first = fact.more["first"].flatMap(Int.init),
      let last = fact.more["last"].flatMap(Int.init),
      let state = branches[branch]?.services[service]
    else { return }
    let whole = state.remaining[day] ?? state.numbers
    guard let whole else { return }
    let rest =
      first == whole.lowerBound
      ? (last < whole.upperBound ? last + 1...whole.upperBound : nil)
      : whole.lowerBound...first - 1
    branches[branch]?.services[service]?.remaining[day] = .some(rest)
    branches[branch]?.forgetOldDays(of: service)
  }

  private mutating func applyMissing(_ fact: Fact) {
    guard let node = fact.more["of"].flatMap(NodeID.init),
      let epoch = fact.more["of_epoch"].flatMap(Epoch.init),
      let last = fact.more["last"].flatMap(Seq.init)
    else { return }
    lives[Life(node: node, epoch: epoch)]?.mark = last
  }

  /// Local records: NODE, SERVICE, COUNTER, CMD, ACKED; words as HubJournal.swift writes them.
  private mutating func apply(_ line: Line) -> Bool {
    guard let branch = line["branch"].flatMap(BranchID.init) else { return applyToLife(line) }
    switch line.verb {
    case "NODE":
      guard let life = life(of: line) else { return false }
      lives[life, default: LifeState(branch: branch)].branch = branch
      current[life.node] = life.epoch
      if branches[branch] == nil { branches[branch] = BranchState() }
    case "SERVICE":
      guard case .service(let service)? = try? NodeMessage(line) else { return false }
      var state =
        branches[branch, default: BranchState()].services[service.id]
        ?? BranchState.ServiceState(
          prefix: service.prefix, name: service.name, numbers: service.numbers)
      state.prefix = service.prefix
      state.name = service.name
      state.numbers = service.numbers
      branches[branch, default: BranchState()].services[service.id] = state
    case "COUNTER":
      guard case .counter(let id, let services)? = try? NodeMessage(line) else { return false }
      var state =
        branches[branch, default: BranchState()].counters[id]
        ?? BranchState.CounterState(services: services)
      state.services = services
      branches[branch, default: BranchState()].counters[id] = state
    default: return false
    }
    return true
  }

  private mutating func applyToLife(_ line: Line) -> Bool {
    guard let life = life(of: line), let number = line["n"].flatMap(UInt64.init) else {
      return false
    }
    switch line.verb {
    case "CMD":
      guard let text = line["text"] else { return false }
      lives[life]?.outbox.append((number, text))
      lives[life]?.lastCommand = number
    case "ACKED":
      lives[life]?.outbox.removeAll { $0.number <= number }
    default: return false
    }
    return true
  }

  private func life(of line: Line) -> Life? {
    guard let node = line["node"].flatMap(NodeID.init), let epoch = line["epoch"].flatMap(Epoch.init)
    else { return nil }
    return Life(node: node, epoch: epoch)
  }
}
