import Branch
import CLinux

/// A sound record in the bytes of a segment.
public struct RecordHead: Sendable, Hashable {
  /// Where the record begins, bytes from the start of the segment.
  public let offset: Int
  /// Header and payload, without padding.
  public let length: Int
  public let position: UInt64
  public let seq: Seq
  public let kind: DurableRecord.Kind
  /// Bytes from the start of the record's group to this record.
  public let groupOffset: Int
  /// Bytes of the whole group.
  public let groupBytes: Int

  public var end: Int { offset + RecordLayout.padded(length) }
  public var payload: Range<Int> { offset + RecordLayout.header_bytes..<offset + length }
  public var groupStart: Int { offset - groupOffset }
  public var groupEnd: Int { groupStart + groupBytes }
}

/// Records to bytes and back, as `RecordLayout` has them.
public enum RecordCodec {
  /// Writes a group of records, one behind the other, and returns the bytes used.
  /// - Precondition: `target` holds at least the sum of `encoded_bytes`; what stands in it does
  ///   not matter.
  public static func encode(
    _ group: [DurableRecord], firstPosition: UInt64, into target: UnsafeMutableRawBufferPointer
  ) -> Int {
    // By index, here and in the store: a record taken out of the array costs a retain.
    var groupBytes = 0
    for index in group.indices { groupBytes += group[index].encoded_bytes }
    precondition(groupBytes <= target.count && groupBytes <= UInt32.max)
    var offset = 0
    for index in group.indices {
      let space = UnsafeMutableRawBufferPointer(rebasing: target[offset...])
      encode(
        group[index], position: firstPosition + UInt64(index), groupOffset: offset,
        groupBytes: groupBytes, into: space)
      offset += group[index].encoded_bytes
    }
    return offset
  }

  private static func encode(
    _ record: DurableRecord, position: UInt64, groupOffset: Int, groupBytes: Int,
    into space: UnsafeMutableRawBufferPointer
  ) {
    precondition(record.payload.count <= record.kind.payload_bytes_max)
    let length = RecordLayout.header_bytes + record.payload.count
    let padded = RecordLayout.padded(length)
    space.put(UInt32(length), at: RecordLayout.length)
    space.put(position, at: RecordLayout.position)
    space.put(record.seq, at: RecordLayout.seq)
    space.put(UInt32(record.kind.rawValue), at: RecordLayout.kind)
    space.put(UInt32(groupOffset), at: RecordLayout.groupOffset)
    space.put(UInt32(groupBytes), at: RecordLayout.groupBytes)
    space.put(UInt32(0), at: RecordLayout.groupBytes + 4)
    record.payload.withUnsafeBytes { payload in
      let place = RecordLayout.header_bytes..<length
      UnsafeMutableRawBufferPointer(rebasing: space[place]).copyMemory(from: payload)
    }
    for index in length..<padded { space[index] = UInt8(padded - length) }
    let whole = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(space)[..<padded])
    space.put(checksum(of: whole), at: RecordLayout.checksum)
  }

  /// Over everything of the padded record but the checksum itself.
  static func checksum(of record: UnsafeRawBufferPointer) -> UInt32 {
    let length = UnsafeRawBufferPointer(rebasing: record[..<RecordLayout.checksum])
    let rest = UnsafeRawBufferPointer(rebasing: record[RecordLayout.position...])
    return CRC32C.of(rest, continuing: CRC32C.of(length))
  }

  /// Whether all that no reader needs stands there as `encode` writes it: zeros and padding.
  static func isAsEncoded(_ record: UnsafeRawBufferPointer) -> Bool {
    let length = Int(record.get(UInt32.self, at: RecordLayout.length))
    let kindIsOneByte = record.get(UInt32.self, at: RecordLayout.kind) <= UInt32(UInt8.max)
    let padding = record.count - length
    return kindIsOneByte && record.get(UInt32.self, at: RecordLayout.groupBytes + 4) == 0
      && record[length...].allSatisfy { Int($0) == padding }
  }

  /// The record at `offset` when it is sound in itself; nil for anything else, whatever the bytes.
  /// - Parameter positions: where a record may stand in the log to be believed; checked before
  ///   the checksum, so that looking for the next sound record costs little.
  public static func record(
    in segment: UnsafeRawBufferPointer, at offset: Int,
    positions: ClosedRange<UInt64> = 0...UInt64.max
  ) -> RecordHead? {
    guard let head = plausibleHead(in: segment, at: offset), positions.contains(head.position)
    else { return nil }
    let whole = UnsafeRawBufferPointer(rebasing: segment[offset..<head.end])
    let stored = segment.get(UInt32.self, at: offset + RecordLayout.checksum)
    return checksum(of: whole) == stored ? head : nil
  }

  /// The fields at `offset` when they could belong to a record; the checksum is not looked at.
  static func plausibleHead(in segment: UnsafeRawBufferPointer, at offset: Int) -> RecordHead? {
    guard offset >= 0, offset <= segment.count - RecordLayout.header_bytes else { return nil }
    let length = Int(segment.get(UInt32.self, at: offset + RecordLayout.length))
    guard length >= RecordLayout.header_bytes,
      RecordLayout.padded(length) <= segment.count - offset,
      let kind = DurableRecord.Kind(rawValue: segment[offset + RecordLayout.kind]),
      length - RecordLayout.header_bytes <= kind.payload_bytes_max
    else { return nil }
    let groupOffset = Int(segment.get(UInt32.self, at: offset + RecordLayout.groupOffset))
    let groupBytes = Int(segment.get(UInt32.self, at: offset + RecordLayout.groupBytes))
    let position = segment.get(UInt64.self, at: offset + RecordLayout.position)
    guard groupOffset + RecordLayout.padded(length) <= groupBytes,
      position <= JournalLimits.position_max,
      segment.get(UInt64.self, at: offset + RecordLayout.seq) <= DurableRecord.seq_max
    else { return nil }
    return RecordHead(
      offset: offset, length: length, position: position,
      seq: segment.get(UInt64.self, at: offset + RecordLayout.seq), kind: kind,
      groupOffset: groupOffset, groupBytes: groupBytes)
  }
}

extension UnsafeRawBufferPointer {
  @inline(__always) func get<T: FixedWidthInteger>(_ type: T.Type, at offset: Int) -> T {
    T(littleEndian: loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  /// Whether every byte of the range is zero; a range beyond the end is cut to it.
  func isZero(_ range: Range<Int>) -> Bool {
    let part = range.clamped(to: 0..<count)
    guard let baseAddress else { return true }
    return kioskd_content_end(baseAddress + part.lowerBound, part.count) == 0
  }

  /// End of the last byte at or after `offset` that is not zero; `offset` when all are.
  func endOfContent(from offset: Int) -> Int {
    guard let baseAddress, offset < count else { return offset }
    return offset + kioskd_content_end(baseAddress + offset, count - offset)
  }
}

extension UnsafeMutableRawBufferPointer {
  @inline(__always) func put<T: FixedWidthInteger>(_ value: T, at offset: Int) {
    storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
  }
}
