import CLinux

/// One byte of a segment that is not as it was written.
public struct ByteChange: Sendable, Hashable {
  /// In the segment.
  public let offset: Int
  /// What stands there now.
  public let found: UInt8
  /// What stood there when it was written.
  public let original: UInt8
}

/// Finds the one byte of a record that changed. A checksum of 32 bits does not only tell that
/// bytes changed: when it was one byte only, it tells which one and what it was, since nearly
/// every single change leaves another difference behind.
///
/// A difference in a byte goes through the checksum's register the same way whatever the other
/// bytes are. So the difference at the end is taken back byte by byte, and each place where it
/// is one that a single byte makes is a candidate. A candidate counts when the record is whole with
/// it (place in the log, group, padding); two candidates are none.
enum RecordMender {
  /// - Parameters:
  ///   - position: the record's place in the log, when it is known.
  ///   - sibling: the record before, when it says that its group goes on here.
  /// - Returns: the change, and where the record ends; nil when more than one byte changed, or
  ///   nothing tells which.
  static func mend(
    _ segment: UnsafeRawBufferPointer, at offset: Int, position: UInt64?, sibling: RecordHead?
  ) -> (change: ByteChange, end: Int)? {
    let header = offset..<offset + RecordLayout.header_bytes
    guard offset >= 0, header.upperBound <= segment.count, !segment.isZero(header) else {
      return nil
    }
    var found: (ByteChange, Int)?
    for candidate in candidates(in: segment, at: offset) {
      let copy = with(candidate, in: segment, at: offset)
      guard isWhole(copy, at: offset, position: position, sibling: sibling) else { continue }
      if found != nil { return nil }
      found = (candidate, offset + copy.count)
    }
    return found
  }

  private static func candidates(
    in segment: UnsafeRawBufferPointer, at offset: Int
  ) -> [ByteChange] {
    let stored = segment.get(UInt32.self, at: offset + RecordLayout.length)
    var all: [ByteChange] = []
    if let end = end(of: segment, at: offset, length: stored) {
      all = changes(of: segment, record: offset..<end)
    }
    // With another length the record ends elsewhere: only a look at each one tells.
    for index in 0..<4 {
      for value in UInt32(0)...255 {
        let length = stored & ~(0xFF << (8 * UInt32(index))) | value << (8 * UInt32(index))
        guard length != stored, let end = end(of: segment, at: offset, length: length),
          Int(segment[end - 1]) == end - offset - Int(length)
        else { continue }
        let place = offset + RecordLayout.length + index
        all.append(ByteChange(offset: place, found: segment[place], original: UInt8(value)))
      }
    }
    return all
  }

  /// Where a record of this length ends; nil for a length that none can have here.
  private static func end(
    of segment: UnsafeRawBufferPointer, at offset: Int, length: UInt32
  ) -> Int? {
    let payload_bytes = Int(length) - RecordLayout.header_bytes
    guard payload_bytes >= 0, payload_bytes <= JournalLimits.checkpoint_bytes_max else {
      return nil
    }
    let end = offset + RecordLayout.padded(Int(length))
    return end <= segment.count ? end : nil
  }

  /// Single changes behind the length that explain the difference between the checksums.
  private static func changes(
    of segment: UnsafeRawBufferPointer, record: Range<Int>
  ) -> [ByteChange] {
    let computed = RecordCodec.checksum(of: UnsafeRawBufferPointer(rebasing: segment[record]))
    let checksumPlace = record.lowerBound + RecordLayout.checksum
    var difference = computed ^ segment.get(UInt32.self, at: checksumPlace)
    var all: [ByteChange] = []
    for index in 0..<4 where difference & ~(0xFF << (8 * UInt32(index))) == 0 {
      let place = checksumPlace + index
      let changed = UInt8(difference >> (8 * UInt32(index)))
      all.append(
        ByteChange(offset: place, found: segment[place], original: segment[place] ^ changed))
    }
    let tables = DifferenceTables.shared
    var place = record.upperBound - 1
    while place >= record.lowerBound + RecordLayout.position {
      let changed = tables.byteWithTop[Int(difference >> 24)]
      let trace = tables.afterByte[Int(changed)]
      if trace == difference {
        all.append(
          ByteChange(offset: place, found: segment[place], original: segment[place] ^ changed))
      }
      difference = (difference ^ trace) << 8 | UInt32(changed)
      place -= 1
    }
    return all
  }

  /// The record as it would stand without the change; empty when it would not fit.
  private static func with(
    _ change: ByteChange, in segment: UnsafeRawBufferPointer, at offset: Int
  ) -> [UInt8] {
    var length = segment.get(UInt32.self, at: offset + RecordLayout.length)
    if change.offset < offset + RecordLayout.checksum {
      let shift = 8 * UInt32(change.offset - offset)
      length = length & ~(0xFF << shift) | UInt32(change.original) << shift
    }
    guard let end = end(of: segment, at: offset, length: length) else { return [] }
    var copy = Array(segment[offset..<end])
    copy[change.offset - offset] = change.original
    return copy
  }

  private static func isWhole(
    _ copy: [UInt8], at offset: Int, position: UInt64?, sibling: RecordHead?
  ) -> Bool {
    copy.withUnsafeBytes { record in
      guard
        let head = RecordCodec.record(
          in: record, at: 0, positions: position.map { $0...$0 } ?? 0...UInt64.max),
        RecordCodec.isAsEncoded(record)
      else { return false }
      if head.groupOffset == 0 { return true }
      guard let sibling else { return position != nil }
      return offset - head.groupOffset == sibling.groupStart
        && head.groupBytes == sibling.groupBytes
    }
  }
}

/// How a difference in one byte shows in the register of CRC-32C (polynomial of RFC 3720, bits
/// reversed) right behind that byte, and which byte it was by the register's top 8 bits.
private struct DifferenceTables {
  static let shared = DifferenceTables()
  var afterByte = [UInt32](repeating: 0, count: 256)
  var byteWithTop = [UInt8](repeating: 0, count: 256)

  private init() {
    for byte in 0..<256 {
      var register = UInt32(byte)
      for _ in 0..<8 { register = register & 1 == 0 ? register >> 1 : register >> 1 ^ 0x82F6_3B78 }
      afterByte[byte] = register
      byteWithTop[Int(register >> 24)] = UInt8(byte)
    }
  }
}
