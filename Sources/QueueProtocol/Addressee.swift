public import Branch

/// Whom a line names, as far as it does. A session has one node; a hub, or something that forwards
/// connections, may still mix two of them up, and then an `ACK` would drop facts that nobody has, a
/// lease would give numbers of another branch. What is named can be held against what one is.
public struct Addressee: Hashable, Sendable {
  public var node: NodeID?
  public var branch: BranchID?
  public var epoch: Epoch?

  /// A node that says this word in its HELLO is named in each WELCOME, ACK and CMD.
  public static let ability = "named"

  public init(node: NodeID? = nil, branch: BranchID? = nil, epoch: Epoch? = nil) {
    self.node = node
    self.branch = branch
    self.epoch = epoch
  }

  /// Whom a line of a hub is meant for; in other verbs these fields are not known.
  public init(ofHub line: Line) throws(ProtocolError) {
    self.init()
    guard ["WELCOME", "ACK", "CMD"].contains(line.verb) else { return }
    try read(line)
  }

  /// Whom a line of a session speaks for. HELLO says it, the others here are about
  /// somebody.
  public init(ofNode line: Line) throws(ProtocolError) {
    self.init()
    guard !["HELLO", "PING", "TELL", "BOOK", "UNBOOK"].contains(line.verb) else { return }
    try read(line)
  }

  private mutating func read(_ line: Line) throws(ProtocolError) {
    if let text = line["node"] { node = try need(NodeID(text)) }
    if let text = line["branch"] { branch = try need(BranchID(text)) }
    if let text = line["epoch"] { epoch = try need(decimal(text)) }
  }

  /// Whether nothing that is named is another.
  public func fits(node: NodeID, branch: BranchID, epoch: Epoch) -> Bool {
    (self.node ?? node) == node && (self.branch ?? branch) == branch
      && (self.epoch ?? epoch) == epoch
  }

  public var fields: [Field] {
    (node.map { [Field("node", $0.text)] } ?? [])
      + (branch.map { [Field("branch", $0.text)] } ?? [])
      + (epoch.map { [Field("epoch", String($0))] } ?? [])
  }
}
