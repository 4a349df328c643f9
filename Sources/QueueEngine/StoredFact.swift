public import Branch
import QueueProtocol

/// A fact as the hub keeps it: with its identity, `node epoch seq kind at=… …`.
public struct StoredFact: Hashable, Sendable {
  public var node: NodeID
  public var epoch: Epoch
  public var seq: Seq
  public var fact: Fact

  public init(node: NodeID, epoch: Epoch, seq: Seq, fact: Fact) {
    self.node = node
    self.epoch = epoch
    self.seq = seq
    self.fact = fact
  }

  public func encoded() -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(192)
    out += Self.head(node: node, epoch: epoch)
    appendDecimal(seq, to: &out)
    out.append(UInt8(ascii: " "))
    fact.encode(into: &out)
    return out
  }

  /// `node epoch `: the same for all facts of a node's life.
  static func head(node: NodeID, epoch: Epoch) -> [UInt8] {
    var out = Array(node.text.utf8)
    out.append(UInt8(ascii: " "))
    appendDecimal(epoch, to: &out)
    out.append(UInt8(ascii: " "))
    return out
  }

  /// nil for text that no hub of this version wrote.
  public init?(parsing bytes: [UInt8]) {
    let parts = bytes.split(separator: UInt8(ascii: " "), maxSplits: 3)
    guard parts.count == 4,
      let node = NodeID(String(decoding: parts[0], as: UTF8.self)),
      let epoch = Epoch(String(decoding: parts[1], as: UTF8.self)),
      let seq = Seq(String(decoding: parts[2], as: UTF8.self)),
      let fact = try? Fact(parsing: parts[3])
    else { return nil }
    self.init(node: node, epoch: epoch, seq: seq, fact: fact)
  }
}

extension StoredFact {
  /// One JSON object on one line: kind, node, epoch, seq, then as `Fact.json(identity:)` has it.
  public var json: String {
    fact.json(
      identity: "\"node\":\(Fact.quoted(node.text)),\"epoch\":\(epoch),\"seq\":\(seq)")
  }
}
