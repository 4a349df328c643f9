import Branch
import QueueProtocol

/// Whom a line is for and of: both sides hold it against the session, see PROTOCOL.md.
extension QueueEngine {
  /// The line, with the session's node in it where a mistake would do harm and the node looks.
  func named(_ message: HubMessage, _ id: SessionID) -> Line {
    var line = message.line
    switch message {
    case .welcome, .acknowledge, .command:
      guard let session = sessions[id], session.isNamed, let life = session.life else { break }
      let whom = Addressee(node: life.node, branch: session.branch, epoch: life.epoch)
      line.fields += whom.fields
    case .ok, .error, .pong, .bye: break
    }
    return line
  }

  /// A line that names another node, branch or epoch than the session's is of somebody else:
  /// nothing of it is kept, the connection ends, and a person is told.
  mutating func refuseStranger(_ line: Line, _ id: SessionID) throws(ProtocolError) {
    guard let life = sessions[id]?.life, let branch = sessions[id]?.branch,
      let owner = try? Addressee(ofNode: line),
      !owner.fits(node: life.node, branch: branch, epoch: life.epoch)
    else { return }
    let named = owner.fields.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    output.problems.append(
      Problem(
        code: ProtocolError.wrongNode.rawValue,
        what: "\(line.verb) of another (\(named)) in the session of \(life.node)",
        cause: "two nodes, or what forwards their connections, are mixed up",
        cure: "Look at what \(life.node) connects through. The line was not kept."))
    detail = named
    throw .wrongNode
  }
}
