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
    /// Counters that changed since the node was last told of them. An absent node has no growing
    /// list of calls: it is told once, when it is back, what stands then.
    public var stale: Set<CounterID> = []
    /// Highest command number that needs no sending any more.
    var acknowledged: UInt64 { outbox.first.map { $0.number - 1 } ?? lastCommand }
    /// Highest command number that the node itself said it has.
    var commandsAcknowledged: UInt64 = 0
    /// The start of its process that the last `node-started` names, and the kernel under it.
    var start: String?
    var boot: String?
    var machine: String?
  }

  public internal(set) var branches: [BranchID: BranchState] = [:]
  public internal(set) var lives: [Life: LifeState] = [:]
  /// The newest life of each node.
  public internal(set) var current: [NodeID: Epoch] = [:]
  public internal(set) var bookings = BookedAppointments()
  private var livesOf: [BranchID: Set<Life>] = [:]
  /// Number of the hub's own last fact.
  public internal(set) var ownSeq: Seq = 0
  /// Facts in the store, of all nodes.
  public internal(set) var factCount: UInt64 = 0

  /// What a branch begins with: losses of the store itself may concern any.
  private var newBranch = BranchState()
  private var hasFreshLoss = false

  public init() {}

  /// Records are lost between the one that was folded in last and the next. One alone can hide no
  /// numbers: a lease stands in two.
  public mutating func lost(records: UInt64) {
    if records > 1 { hasFreshLoss = true }
  }

  /// Behind the last record.
  /// - Parameter time: now.
  public mutating func settleLosses(at time: WallTime) {
    guard hasFreshLoss else { return }
    hasFreshLoss = false
    newBranch.losses.add(at: time)
    for branch in branches.keys { branches[branch]?.losses.add(at: time) }
  }

  /// Folds in a record of the journal. false when it cannot be read.
  public mutating func apply(_ record: DurableRecord) -> Bool {
    switch record.kind {
    case .fact:
      // The store counts on rising numbers, also behind a hole that damage left.
      factCount = max(factCount, record.seq &- 1)
      guard let stored = StoredFact(parsing: record.payload) else {
        factCount += 1
        return false
      }
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
    if let branch = lives[life]?.branch {
      lives[life]?.mark = stored.seq
      if stored.fact.kind == .nodeStarted {
        lives[life]?.start = stored.fact.more["start"]
        lives[life]?.boot = stored.fact.more["boot"]
        lives[life]?.machine = stored.fact.more["machine"]
      }
      branches[branch, default: newBranch].apply(ofNode: stored)
      applyCode(ofNode: stored.fact, branch)
      return
    }
    // A node is recorded before its first fact: what no node said, a hub of this store said.
    // Its facts name their branch.
    ownSeq = max(ownSeq, stored.seq)
    settleLosses(at: stored.fact.at)
    if stored.fact.kind == .numbersLeased || stored.fact.kind == .numbersSkipped {
      applyLease(stored.fact)
    }
    if stored.fact.kind == .factsMissing { applyMissing(stored.fact) }
    guard let branch = stored.fact.more["branch"].flatMap(BranchID.init) else { return }
    branches[branch, default: newBranch].apply(ofHub: stored.fact)
    applyBooking(stored.fact, branch)
    if stored.fact.kind == .clockSet { branches[branch]?.clockWasSet(stored.fact) }
    guard let counter = stored.fact.counter else { return }
    for life in livesOf[branch] ?? [] { lives[life]?.stale.insert(counter) }
  }

  /// Folds in a fact of a node that is kept as it came: does what `apply` does for its kind.
  mutating func apply(_ fact: PlainFact, of life: Life, _ branch: BranchID) {
    factCount += 1
    lives[life]?.mark = fact.seq
    guard case .ticketIssued(let ticket, let service, let day, let at) = fact.content else {
      return
    }
    branches[branch]?.take(ticket: ticket, of: day)
    branches[branch]?.services[service]?.add(
      Visit(key: VisitKey(day: day, ticket: ticket), service: service, issuedAt: at))
  }

  /// The nodes of a branch, each in its newest life, by name.
  func nodes(of branch: BranchID) -> [Life] {
    (livesOf[branch] ?? []).filter { current[$0.node] == $0.epoch }.sorted { $0.node < $1.node }
  }

  private mutating func applyLease(_ fact: Fact) {
    guard let branch = fact.more["branch"].flatMap(BranchID.init), let service = fact.service,
      let day = fact.day, let first = fact.more["first"].flatMap(Int.init),
      let last = fact.more["last"].flatMap(Int.init), first <= last,
      let prefix = fact.more["prefix"] ?? branches[branch]?.services[service]?.prefix
    else { return }
    // The record that declared the service may be lost.
    let whole = branches[branch]?.services[service]?.numbers ?? 1...TicketNumber.number_max
    let isHeld = fact.more["held"] == "yes"
    branches[branch, default: newBranch].take(
      first...last, of: NumberDay(prefix: prefix, day: day), whole: whole,
      isReserve: fact.more["reserve"] == "yes", isByHub: !isHeld)
    // This store never gave them: what else it does not know of nobody can say.
    if isHeld { branches[branch]?.losses.addShown(at: fact.at) }
    branches[branch]?.services[service]?.usedAt = factCount
  }

  private mutating func applyMissing(_ fact: Fact) {
    guard let node = fact.more["of"].flatMap(NodeID.init),
      let epoch = fact.more["of_epoch"].flatMap(Epoch.init),
      let last = fact.more["last"].flatMap(Seq.init)
    else { return }
    let life = Life(node: node, epoch: epoch)
    lives[life]?.mark = last
    if fact.more["forgot"] == "yes", let branch = lives[life]?.branch {
      branches[branch]?.losses.addShown(at: fact.at)
    }
  }

  /// Local records: NODE, SERVICE, FORGET, COUNTER, CMD, ACKED; words as HubJournal.swift writes
  /// them.
  private mutating func apply(_ line: Line) -> Bool {
    guard let branch = line["branch"].flatMap(BranchID.init) else { return applyToLife(line) }
    switch line.verb {
    case "NODE":
      guard let life = life(of: line) else { return false }
      let commands = line["commands"].flatMap(UInt64.init) ?? 0
      let known = lives[life]?.lastCommand ?? 0
      applyNode(life, branch, commands: commands)
      // Numbers come as commands, and this store never gave these.
      if commands > known, let at = line["at"].flatMap(Int64.init) {
        branches[branch]?.losses.addShown(at: WallTime(ms: at))
      }
    case "SERVICE":
      guard case .service(let service)? = try? NodeMessage(line) else { return false }
      let services = branches[branch]?.services ?? [:]
      for (id, other) in services where id != service.id && other.prefix == service.prefix {
        branches[branch]?.services[id]?.prefix = ""
      }
      var state =
        branches[branch, default: newBranch].services[service.id]
        ?? BranchState.ServiceState(
          prefix: service.prefix, name: service.name, numbers: service.numbers)
      state.prefix = service.prefix
      state.name = service.name
      state.numbers = service.numbers
      state.usedAt = factCount
      branches[branch, default: newBranch].services[service.id] = state
    case "FORGET":
      guard let service = line["service"].flatMap(ServiceID.init) else { return false }
      branches[branch]?.services.removeValue(forKey: service)
    case "COUNTER":
      guard case .counter(let id, let services)? = try? NodeMessage(line) else { return false }
      var state =
        branches[branch, default: newBranch].counters[id]
        ?? BranchState.CounterState(services: services)
      state.services = services
      branches[branch, default: newBranch].counters[id] = state
    default: return false
    }
    return true
  }

  /// `commands`: the highest command that the node has, by its own word.
  private mutating func applyNode(_ life: Life, _ branch: BranchID, commands: UInt64) {
    current[life.node] = life.epoch
    if branches[branch] == nil { branches[branch] = newBranch }
    var state = lives[life] ?? LifeState(branch: branch)
    let counters = branches[branch]?.counters ?? [:]
    if lives[life] == nil && commands == 0 {
      // Its signs show nothing yet.
      state.stale = Set(counters.filter { $0.value.serving != nil }.keys)
    } else if state.branch != branch
      || !(state.acknowledged...state.lastCommand).contains(commands)
    {
      // Another branch's calls, or one memory of the two was lost: nobody knows what it shows.
      state.stale = Set(counters.keys)
    }
    state.outbox.removeAll { $0.number <= commands }
    state.commandsAcknowledged = commands
    // A store that is younger than the node goes on behind the node's numbers.
    state.lastCommand = max(state.lastCommand, commands)
    livesOf[state.branch]?.remove(life)
    livesOf[branch, default: []].insert(life)
    state.branch = branch
    lives[life] = state
  }

  private mutating func applyToLife(_ line: Line) -> Bool {
    guard let life = life(of: line), let number = line["n"].flatMap(UInt64.init) else {
      return false
    }
    switch line.verb {
    case "CMD":
      guard let text = line["text"] else { return false }
      // Its first record is lost, and with it the branch of the numbers that this may give.
      if lives[life] == nil { hasFreshLoss = true }
      lives[life]?.outbox.append((number, text))
      lives[life]?.lastCommand = number
      switch try? HubCommand(parsing: text.utf8) {
      case .call(let counter, _, _, _), .clear(let counter): lives[life]?.stale.remove(counter)
      case .lease(let block):
        if let branch = lives[life]?.branch { branches[branch]?.take(command: block) }
      default: break
      }
    case "ACKED":
      lives[life]?.outbox.removeAll { $0.number <= number }
      let said = lives[life]?.commandsAcknowledged ?? 0
      lives[life]?.commandsAcknowledged = max(said, number)
    default: return false
    }
    return true
  }

  private func life(of line: Line) -> Life? {
    guard let node = line["node"].flatMap(NodeID.init),
      let epoch = line["epoch"].flatMap(Epoch.init)
    else { return nil }
    return Life(node: node, epoch: epoch)
  }
}
