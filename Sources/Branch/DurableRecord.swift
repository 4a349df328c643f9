/// A record that a core wants in its journal before anyone outside is told of it.
public struct DurableRecord: Hashable, Sendable {
  /// Whom a record is for; the raw value is what stands in the journal.
  public enum Kind: UInt8, Hashable, Sendable {
    /// Something the outside is told of; has a number of its own (`seq`).
    case fact = 1
    /// Something that only this journal's owner needs after a restart.
    case local = 2
    /// The owner's whole state: whoever replays forgets all before it. First record of a segment.
    case checkpoint = 3
  }
  /// Highest number of a fact: a program that reads JSON keeps integers up to 2^53 whole, and at a
  /// million facts a second it is reached after 142 years.
  public static let seq_max: Seq = 1 << 52

  public var kind: Kind
  /// Number of a fact, else 0.
  public var seq: Seq
  public var payload: [UInt8]

  public init(_ kind: Kind, seq: Seq = 0, payload: [UInt8]) {
    self.kind = kind
    self.seq = seq
    self.payload = payload
  }

  public static func fact(_ seq: Seq, _ payload: [UInt8]) -> DurableRecord {
    DurableRecord(.fact, seq: seq, payload: payload)
  }
  public static func local(_ payload: [UInt8]) -> DurableRecord {
    DurableRecord(.local, payload: payload)
  }
}
