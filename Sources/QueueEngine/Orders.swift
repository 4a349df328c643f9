import Branch
import QueueProtocol

/// An operator's commands to a node: numbered and kept like all others until the node says that it
/// has them, also while it is away.
extension QueueEngine {
  /// A ticket is printed for the hub's date in UTC and for so many days before and behind it.
  static let printDays_max: Int64 = 1
  /// What is not carried out by then is out of date; settings never are.
  static let orderLife: Span = .minutes(60)

  mutating func tell(
    _ node: NodeID, _ command: HubCommand, id: UInt64, _ session: SessionID, now: Now
  ) throws(ProtocolError) {
    guard let epoch = memory.current[node] else { throw .unknownNode }
    let life = HubMemory.Life(node: node, epoch: epoch)
    guard let state = memory.lives[life], state.outbox.count < Self.outbox_max else {
      throw .busy
    }
    if case .order(.print(let order)) = command.undated { try check(order, state.branch, now) }
    let dated = Self.dated(command, now)
    let number = state.lastCommand + 1
    record(HubJournal.command(life, number, dated))
    if let theirs = sessionOf[node], sessions[theirs]?.life == life {
      send(.command(number, dated), to: theirs)
    }
    send(.ok(id: id, ticket: nil), to: session)
  }

  /// A slip of the hand would print a ticket that nobody can be called with.
  private func check(_ order: HubOrder.PrintOrder, _ branch: BranchID, _ now: Now)
    throws(ProtocolError)
  {
    guard memory.branches[branch]?.services[order.service] != nil else { throw .unknownService }
    let today = LocalTime(now.wall, zoneOffsetSeconds: 0).day.daysSince1970
    guard abs(order.day.daysSince1970 - today) <= Self.printDays_max else { throw .badValue }
  }

  private static func dated(_ command: HubCommand, _ now: Now) -> HubCommand {
    switch command {
    case .until, .order(.configure): command
    default: .until(min(.onWire_max, now.wall + orderLife), command)
    }
  }
}

extension HubCommand {
  fileprivate var undated: HubCommand {
    if case .until(_, let command) = self { return command.undated }
    return self
  }
}
