import Branch

/// Whom a record is for; the raw value is what stands in the file.
public enum RecordKind: UInt8, Sendable, Hashable {
  /// Something the outside is told of; has a number of its own (`seq`).
  case fact = 1
  /// Something only this journal's owner needs after a restart.
  case local = 2
  /// The owner's whole state: whoever replays forgets all before it. First record of a segment.
  case checkpoint = 3

  /// Largest payload of a record of this kind.
  public var payload_bytes_max: Int {
    self == .checkpoint ? JournalLimits.checkpoint_bytes_max : JournalLimits.payload_bytes_max
  }
}

/// A record as it is handed in.
public struct PendingRecord: Sendable, Hashable {
  public var kind: RecordKind
  /// Number of the fact, from 1; 0 for every other kind.
  public var seq: Seq
  public var payload: [UInt8]

  public init(kind: RecordKind, seq: Seq, payload: [UInt8]) {
    self.kind = kind
    self.seq = seq
    self.payload = payload
  }

  public static func fact(_ seq: Seq, _ payload: [UInt8]) -> PendingRecord {
    PendingRecord(kind: .fact, seq: seq, payload: payload)
  }
  public static func local(_ payload: [UInt8]) -> PendingRecord {
    PendingRecord(kind: .local, seq: 0, payload: payload)
  }

  public var encoded_bytes: Int { RecordLayout.encoded_bytes(payload_bytes: payload.count) }
}

/// A record as it is read back.
public struct JournalRecord: Sendable, Hashable {
  /// Place in the log: the record before has one less, across segments.
  public let position: UInt64
  public let kind: RecordKind
  public let seq: Seq
  public let payload: [UInt8]

  public init(position: UInt64, kind: RecordKind, seq: Seq, payload: [UInt8]) {
    self.position = position
    self.kind = kind
    self.seq = seq
    self.payload = payload
  }
}
