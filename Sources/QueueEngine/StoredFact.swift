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
    appendDecimal(Int64(clamping: seq), to: &out)
    out.append(UInt8(ascii: " "))
    fact.encode(into: &out)
    return out
  }

  /// `node epoch `: the same for all facts of a node's life.
  static func head(node: NodeID, epoch: Epoch) -> [UInt8] {
    var out = Array(node.text.utf8)
    out.append(UInt8(ascii: " "))
    appendDecimal(Int64(clamping: epoch), to: &out)
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
  /// One JSON object on one line: kind, node, epoch, seq, `at` in ISO 8601, then the fact's fields
  /// under their names on the wire; counts and durations as numbers, all else as strings.
  public var json: String {
    var out = "{\"kind\":\(quoted(fact.kind.rawValue)),\"node\":\(quoted(node.text))"
    out += ",\"epoch\":\(epoch),\"seq\":\(seq),\"at\":\(quoted(fact.at.description))"
    for field in fact.fields.dropFirst() {
      out += ",\(quoted(field.key)):"
      out +=
        Self.numeric.contains(field.key)
        ? (Int64(field.value).map(String.init) ?? "null")
        : quoted(field.value)
    }
    return out + "}"
  }

  private static let numeric: Set<String> = [
    "rating", "waiting_ms", "transaction_ms", "job", "bytes", "first", "last", "of_epoch",
  ]

  private func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": out += "\\\(scalar)"
      case "\u{0}"..<" ", "\u{7F}":
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
