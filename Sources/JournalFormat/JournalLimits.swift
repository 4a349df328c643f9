/// Every bound of the journal, in one place.
public enum JournalLimits {
  /// Payload of a fact or local record.
  public static let payload_bytes_max = 64 * 1024
  /// Payload of a checkpoint: the whole state of a node or of a hub.
  public static let checkpoint_bytes_max = 32 * 1024 * 1024
  /// One group with all its record headers; what one flush carries. Every segment in use has room
  /// for one more group of this size until `shouldRotate` says so.
  public static let group_bytes_max = 256 * 1024
  /// No counter gets here in a lifetime; a larger one is no journal's, and nothing overflows.
  public static let position_max: UInt64 = 1 << 62
  /// The header has a page of its own, so that no write of a record ever touches it.
  public static let header_bytes = 4096
  public static let segment_bytes_min = 512 * 1024
  public static let segment_bytes_default = 4 * 1024 * 1024
  public static let segment_bytes_max = 64 * 1024 * 1024
}

/// Where the fields of a record stand. Little-endian; records begin at multiples of 8.
public enum RecordLayout {
  public static let header_bytes = 40
  static let length = 0
  static let checksum = 4
  static let position = 8
  static let seq = 16
  static let kind = 24
  static let groupOffset = 28
  static let groupBytes = 32

  /// Bytes that a record with this payload takes in a segment, padding included.
  @inlinable public static func encoded_bytes(payload_bytes: Int) -> Int {
    padded(header_bytes + payload_bytes)
  }

  /// 1 to 8 bytes of padding, each of them the number of them: a written record never ends in a
  /// zero, so that zeros at the end of a group say that its write did not get there.
  @inlinable static func padded(_ count: Int) -> Int { (count & ~7) + 8 }
}
