/// A record that a core wants in its journal before anyone outside is told of it.
public struct DurableRecord: Hashable, Sendable {
  public enum Kind: UInt8, Sendable {
    /// A fact with a number; replicated.
    case fact = 1
    /// State of this process only.
    case local = 2
    /// The whole state; what stands before it is needed for its facts only.
    case checkpoint = 3
  }
  public var kind: Kind
  /// Number of a fact, else 0.
  public var seq: Seq
  public var payload: [UInt8]

  public init(_ kind: Kind, seq: Seq = 0, payload: [UInt8]) {
    self.kind = kind
    self.seq = seq
    self.payload = payload
  }
}
