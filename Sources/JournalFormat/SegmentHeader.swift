import Branch
import Glibc

/// First page of a segment. Two equal copies half a page apart: a lost sector costs one of them.
public struct SegmentHeader: Sendable, Hashable {
  public static let version: UInt32 = 1
  /// "KIOSKJNL" as it stands in the file.
  static let magic: [UInt8] = Array("KIOSKJNL".utf8)
  static let copy_offsets = [0, JournalLimits.header_bytes / 2]
  static let copy_bytes = 56

  public let epoch: Epoch
  /// Number of the segment within the epoch, from 1.
  public let index: UInt64
  /// Position of the segment's first record; whatever an earlier segment holds from there on was
  /// never acknowledged and does not count.
  public let firstPosition: UInt64
  /// Size of the file as it was made.
  public let file_bytes: UInt64

  public init(epoch: Epoch, index: UInt64, firstPosition: UInt64, file_bytes: UInt64) {
    self.epoch = epoch
    self.index = index
    self.firstPosition = firstPosition
    self.file_bytes = file_bytes
  }

  /// The whole first page, `JournalLimits.header_bytes` long.
  public func encoded() -> [UInt8] {
    var page = [UInt8](repeating: 0, count: JournalLimits.header_bytes)
    page.withUnsafeMutableBytes { page in
      for start in Self.copy_offsets {
        let copy = UnsafeMutableRawBufferPointer(rebasing: page[start..<start + Self.copy_bytes])
        copy.copyBytes(from: Self.magic)
        copy.put(Self.version, at: 8)
        copy.put(UInt32(JournalLimits.header_bytes), at: 12)
        copy.put(epoch, at: 16)
        copy.put(index, at: 24)
        copy.put(firstPosition, at: 32)
        copy.put(file_bytes, at: 40)
        let covered = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(copy)[..<48])
        copy.put(CRC32C.of(covered), at: 48)
      }
    }
    return page
  }

  public enum Reading: Hashable, Sendable {
    case sound(SegmentHeader)
    /// One copy is lost, or the rest of the page is not as it was written.
    case damaged(SegmentHeader)
    /// Neither copy can be read.
    case lost
    /// Written by a later version of this format.
    case newerFormat(version: UInt32)
  }

  /// Reads the first page of a segment; any bytes and any count are accepted.
  public static func read(_ page: UnsafeRawBufferPointer) -> Reading {
    let copies = copy_offsets.map { readCopy(page, at: $0) }
    guard let known = copies.lazy.compactMap({ $0 }).first else { return .lost }
    if known.version > version { return .newerFormat(version: known.version) }
    let header = known.header
    guard let start = page.baseAddress, page.count >= JournalLimits.header_bytes else {
      return .damaged(header)
    }
    let isWhole = header.encoded().withUnsafeBytes { asWritten in
      asWritten.baseAddress.map { memcmp(start, $0, asWritten.count) } == 0
    }
    return isWhole ? .sound(header) : .damaged(header)
  }

  private static func readCopy(
    _ page: UnsafeRawBufferPointer, at start: Int
  ) -> (header: SegmentHeader, version: UInt32)? {
    guard page.count >= start + copy_bytes else { return nil }
    let copy = UnsafeRawBufferPointer(rebasing: page[start..<start + copy_bytes])
    let covered = UnsafeRawBufferPointer(rebasing: copy[..<48])
    guard copy[..<magic.count].elementsEqual(magic),
      CRC32C.of(covered) == copy.get(UInt32.self, at: 48)
    else { return nil }
    let header = SegmentHeader(
      epoch: copy.get(UInt64.self, at: 16), index: copy.get(UInt64.self, at: 24),
      firstPosition: copy.get(UInt64.self, at: 32), file_bytes: copy.get(UInt64.self, at: 40))
    guard header.firstPosition <= JournalLimits.position_max,
      header.index <= JournalLimits.position_max
    else { return nil }
    return (header, copy.get(UInt32.self, at: 8))
  }
}

/// The file name of a segment carries what recovery needs should the header be lost.
public struct SegmentName: Sendable, Hashable, Comparable {
  public let epoch: Epoch
  public let index: UInt64

  public static let suffix = ".journal"
  private static let index_digits = 10

  public init(epoch: Epoch, index: UInt64) {
    self.epoch = epoch
    self.index = index
  }

  /// nil unless the name is exactly one that `file` makes.
  public init?(file: String) {
    guard file.hasSuffix(Self.suffix) else { return nil }
    let parts = file.dropLast(Self.suffix.count).split(
      separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let epoch = Epoch(parts[0]), let index = UInt64(parts[1]),
      index <= JournalLimits.position_max
    else { return nil }
    self.init(epoch: epoch, index: index)
    guard self.file == file else { return nil }
  }

  /// `1732240000000-0000000001.journal`
  public var file: String {
    let digits = String(index)
    let zeros = String(repeating: "0", count: max(0, Self.index_digits - digits.count))
    return "\(epoch)-\(zeros)\(digits)\(Self.suffix)"
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.epoch, left.index) < (right.epoch, right.index)
  }
}
