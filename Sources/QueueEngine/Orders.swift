import Branch
import QueueProtocol

/// An operator's commands to a node: numbered and kept like all others until the node says that it
/// has them, also while it is away.
extension QueueEngine {
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
    let dated = Self.dated(command, now)
    let number = state.lastCommand + 1
    record(HubJournal.command(life, number, dated))
    if let theirs = sessionOf[node], sessions[theirs]?.life == life {
      send(.command(number, dated), to: theirs)
    }
    send(.ok(id: id, ticket: nil), to: session)
  }

  private static func dated(_ command: HubCommand, _ now: Now) -> HubCommand {
    switch command {
    case .until, .order(.configure): command
    default: .until(min(.onWire_max, now.wall + orderLife), command)
    }
  }
}
