import Branch
import QueueProtocol

extension QueueEngine {
  /// How much of each thing a hub remembers: what nodes may name without end would fill its memory
  /// and its store. Beyond, HELLO, SERVICE and COUNTER are refused with `busy`.
  public struct Bounds: Hashable, Sendable {
    public static let standard = Bounds(
      branches_max: 10_000, nodes_max: 100_000, lives_max: 400_000, services_max: 256,
      counters_max: 1_024)

    public var branches_max: Int
    public var nodes_max: Int
    /// Epochs of all nodes.
    public var lives_max: Int
    /// Of one branch.
    public var services_max: Int
    /// Of one branch.
    public var counters_max: Int
    /// Booked appointments of all branches, those of the day before included.
    public var bookings_max = 200_000
    /// Of one branch.
    public var branchBookings_max = 2_000
  }

  /// Whether there is room for what this HELLO names first.
  func checkRoom(_ hello: Hello) throws(ProtocolError) {
    let bounds = settings.bounds
    let life = HubMemory.Life(node: hello.node, epoch: hello.epoch)
    let hasRoom =
      (memory.branches[hello.branch] != nil || memory.branches.count < bounds.branches_max)
      && (memory.current[hello.node] != nil || memory.current.count < bounds.nodes_max)
      && (memory.lives[life] != nil || memory.lives.count < bounds.lives_max)
    if !hasRoom { throw .busy }
  }

  /// Makes room for one more service where it can: a branch renames its services over the years,
  /// and what no session declares any more and nobody waits for takes no place for good. What was
  /// declared and used longest ago goes first; its numbers of the day stay with its prefix.
  mutating func makeRoom(for service: ServiceID, _ branch: BranchID) throws(ProtocolError) {
    let services = memory.branches[branch]?.services ?? [:]
    guard services[service] == nil, services.count >= settings.bounds.services_max else { return }
    let declared = sessions.values.filter { $0.branch == branch }
      .reduce(into: Set<ServiceID>()) { $0.formUnion($1.declared) }
    let oldest = services.filter { $0.value.waitingCount == 0 && !declared.contains($0.key) }
      .min { ($0.value.usedAt, $0.key) < ($1.value.usedAt, $1.key) }
    guard let oldest else { throw .busy }
    record(HubJournal.forgotten(oldest.key, branch: branch))
  }

  func checkRoom(for counter: CounterID, _ branch: BranchID) throws(ProtocolError) {
    let counters = memory.branches[branch]?.counters ?? [:]
    if counters[counter] == nil, counters.count >= settings.bounds.counters_max { throw .busy }
  }
}
