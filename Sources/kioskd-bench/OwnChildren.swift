import Branch

// The two programs that most measures need, each a process of its own.

/// A hub that listens on a free port of this machine.
struct HubChild {
  let child: Child
  let port: UInt16

  /// - Parameter window: facts on the way without an ACK; nil for the hub's own.
  init(_ scratch: Scratch, window: Int? = nil) throws(Problem) {
    let more = window.map { ["--window", "\($0)"] } ?? []
    child = try Child(own: ["run-hub", "--data", scratch.file("hub")] + more)
    guard let port = UInt16(try child.line(after: "port ", within: .seconds(10))) else {
      throw benchProblem("the hub did not start", "it names no port")
    }
    self.port = port
  }

  func end() { child.end() }
}

extension Child {
  /// A node that has opened its journal and its devices.
  static func node(
    _ configuration: String, _ profiles: Profiles, within limit: Span = .seconds(10)
  ) throws(Problem) -> Child {
    let node = try Child(
      own: ["run-node", "--config", configuration, "--devices", profiles.directory])
    _ = try node.line(after: "started", within: limit)
    return node
  }
}
