public import Branch

extension DurableRecord {
  /// Bytes that the record takes in a segment, header and padding included.
  public var encoded_bytes: Int { RecordLayout.encoded_bytes(payload_bytes: payload.count) }
}

extension DurableRecord.Kind {
  /// Largest payload of a record of this kind.
  public var payload_bytes_max: Int {
    self == .checkpoint ? JournalLimits.checkpoint_bytes_max : JournalLimits.payload_bytes_max
  }
}

/// A record as it is read back.
public struct JournalRecord: Sendable, Hashable {
  /// Place in the log: the record before has one less, across segments.
  public let position: UInt64
  /// As it was handed in.
  public let durable: DurableRecord

  public init(position: UInt64, _ durable: DurableRecord) {
    self.position = position
    self.durable = durable
  }

  public var kind: DurableRecord.Kind { durable.kind }
  public var seq: Seq { durable.seq }
  public var payload: [UInt8] { durable.payload }
}
