import Branch

/// What stands next in a segment.
public enum SegmentEvent: Sendable, Hashable {
  case record(RecordHead)
  /// Bytes that once held records, in the middle of the log; reading goes on behind them.
  case damage(SegmentDamage)
  /// Nothing but zeros from here on.
  case end(offset: Int)
  /// The last write did not finish. From `offset` to `contentEnd` stands what is to be cut.
  /// `explained`: looks as a power cut leaves it (whole sectors still zero, or the file ends
  /// early); otherwise a changed byte in the last record is as likely.
  case tornTail(offset: Int, contentEnd: Int, explained: Bool)
  /// A later segment begins at this position: a failed write was repeated there.
  case superseded(offset: Int, contentEnd: Int)
}

/// Bytes of a segment that changed, and the records that this cost.
public struct SegmentDamage: Sendable, Hashable {
  /// Offsets in the segment.
  public let bytes: Range<Int>
  /// Positions of the records that stood there.
  public let positions: Range<UInt64>

  public init(bytes: Range<Int>, positions: Range<UInt64>) {
    self.bytes = bytes
    self.positions = positions
  }
}

/// Reads the records of one segment in order. Accepts any bytes: each is part of a sound record,
/// or zero behind the end, or reported.
///
/// A group is written with one write and flushed with one flush. Until the flush, a disk may keep
/// any subset of its sectors, so a last group with a hole where a sector is still zero was never
/// acknowledged, and goes as a whole. A hole of any other shape is damage to acknowledged records:
/// what stands before and behind it in the same group stays.
public struct SegmentScanner {
  /// What disks write all or nothing.
  static let sector_bytes = 512

  public let bytes: [UInt8]
  /// Where reading stands.
  public private(set) var offset: Int
  /// Position the next record must have; nil while nothing is known.
  public private(set) var expected: UInt64?
  /// Position where the next segment begins; nil for the newest segment.
  let endPosition: UInt64?
  /// Up to here the checksums are already checked.
  private var verifiedEnd: Int
  /// The record before `offset`, unless bad bytes stand between.
  public private(set) var newest: RecordHead?
  private var last: SegmentEvent?

  /// - Parameters:
  ///   - expected: position of the record at `offset`, nil when the header is lost.
  ///   - endPosition: first position of the next segment, when there is one.
  public init(
    _ bytes: [UInt8], from offset: Int = JournalLimits.header_bytes, expected: UInt64?,
    endPosition: UInt64? = nil
  ) {
    self.bytes = bytes
    self.offset = max(0, offset)
    self.expected = expected
    self.endPosition = endPosition
    verifiedEnd = self.offset
  }

  /// The last three events of `SegmentEvent` come once and then for ever.
  public mutating func next() -> SegmentEvent {
    if let last { return last }
    if let endPosition, let expected, expected >= endPosition { return finishSuperseded() }
    if offset < verifiedEnd, let head = bytes.withUnsafeBytes({ verifiedHead(in: $0) }) {
      return .record(pass(head))
    }
    return bytes.withUnsafeBytes { look(at: $0) }
  }

  private func verifiedHead(in segment: UnsafeRawBufferPointer) -> RecordHead? {
    RecordCodec.plausibleHead(in: segment, at: offset)
  }

  private mutating func pass(_ head: RecordHead) -> RecordHead {
    offset = head.end
    expected = head.position &+ 1
    newest = head
    return head
  }

  /// At a place where the checksum is still to be checked: a group begins here, or bytes are bad.
  private mutating func look(at segment: UnsafeRawBufferPointer) -> SegmentEvent {
    guard let first = sound(in: segment, at: offset, position: expected) else {
      return resolve(segment)
    }
    var newest = first
    while newest.end < first.groupEnd {
      guard let next = sound(in: segment, at: newest.end, position: newest.position &+ 1) else {
        let hole = judge(segment, from: newest.end, sibling: newest)
        if hole.wasNeverAcknowledged { return cut(segment, at: first.offset, explained: true) }
        break
      }
      // A group whose end was cut by an earlier start, with the next group in its place.
      guard next.groupStart == first.groupStart else { break }
      newest = next
    }
    verifiedEnd = newest.end
    return .record(pass(first))
  }

  private func sound(
    in segment: UnsafeRawBufferPointer, at offset: Int, position: UInt64?
  ) -> RecordHead? {
    RecordCodec.record(
      in: segment, at: offset, positions: position.map { $0...$0 } ?? 0...UInt64.max)
  }

  /// Bytes up to and with the last one that is not zero.
  public static func contentEnd(of bytes: [UInt8]) -> Int {
    bytes.withUnsafeBytes { $0.endOfContent(from: 0) }
  }

  // MARK: bad bytes

  /// What surrounds bytes that are no sound record.
  private enum Hole {
    case zerosToTheEnd
    /// Nothing sound behind it.
    case trailing(explained: Bool)
    /// Only records of the same group behind it.
    case inLastGroup(next: RecordHead, explained: Bool)
    /// A later group behind it: this group was acknowledged.
    case middle(next: RecordHead)

    var wasNeverAcknowledged: Bool {
      switch self {
      case .trailing(let explained), .inLastGroup(_, let explained): explained
      case .zerosToTheEnd, .middle: false
      }
    }
  }

  /// - Parameter sibling: a sound record of the group that the hole is in, if one stands before.
  private func judge(
    _ segment: UnsafeRawBufferPointer, from hole: Int, sibling: RecordHead?
  ) -> Hole {
    let groupStart = sibling?.groupStart ?? hole
    let contentEnd = segment.endOfContent(from: hole)
    if contentEnd == hole, sibling == nil { return .zerosToTheEnd }
    // When the next segment exists, all before its first position was acknowledged.
    let mayBeTorn = endPosition == nil
    let known = sibling.map { $0.position &+ 1 } ?? expected
    guard let next = nextSound(segment, after: hole, known: known) else {
      let end = sibling?.groupEnd ?? claimedEnd(segment, at: hole, contentEnd: contentEnd)
      return .trailing(
        explained: mayBeTorn
          && looksUnwritten(segment, hole: hole..<end, groupStart: groupStart))
    }
    guard next.groupStart <= hole, !laterGroupExists(segment, behind: next) else {
      return .middle(next: next)
    }
    let start = min(groupStart, next.groupStart)
    return .inLastGroup(
      next: next,
      explained: mayBeTorn
        && looksUnwritten(segment, hole: hole..<next.offset, groupStart: start))
  }

  /// Where a last record says that it ends; where its bytes end when it says nothing sensible.
  private func claimedEnd(
    _ segment: UnsafeRawBufferPointer, at hole: Int, contentEnd: Int
  ) -> Int {
    let atLeast = max(contentEnd, hole + RecordLayout.header_bytes)
    guard hole + 4 <= segment.count else { return atLeast }
    let length = Int(segment.get(UInt32.self, at: hole))
    let longest = RecordLayout.header_bytes + JournalLimits.payload_bytes_max
    return length <= longest ? max(atLeast, hole + RecordLayout.padded(length)) : atLeast
  }

  /// Whether the hole looks as a write leaves it that did not finish: nothing came of its end, of
  /// one of its sectors as far as the group covers it, or the file is cut.
  private func looksUnwritten(
    _ segment: UnsafeRawBufferPointer, hole: Range<Int>, groupStart: Int
  ) -> Bool {
    if hole.upperBound > segment.count { return true }
    if segment.isZero(hole.upperBound - 8..<hole.upperBound) { return true }
    var sector = hole.lowerBound / Self.sector_bytes * Self.sector_bytes
    while sector < hole.upperBound {
      let end = sector + Self.sector_bytes
      if segment.isZero(max(sector, groupStart)..<end) { return true }
      sector = end
    }
    return false
  }

  /// First sound record behind `hole` that can stand there: a record takes at least its header,
  /// so the bytes between say how many positions at most were lost.
  private func nextSound(
    _ segment: UnsafeRawBufferPointer, after hole: Int, known: UInt64?
  ) -> RecordHead? {
    var candidate = RecordLayout.padded(hole + 1)
    let contentEnd = segment.endOfContent(from: hole)
    while candidate < contentEnd {
      defer { candidate += 8 }
      var positions = 0...UInt64.max
      if let known {
        let lost_max = UInt64((candidate - hole) / RecordLayout.header_bytes)
        positions =
          known...(known.addingReportingOverflow(lost_max).overflow
          ? UInt64.max : known + lost_max)
      }
      guard let head = RecordCodec.record(in: segment, at: candidate, positions: positions)
      else { continue }
      if let endPosition, head.position >= endPosition { return nil }
      return head
    }
    return nil
  }

  private func laterGroupExists(
    _ segment: UnsafeRawBufferPointer, behind first: RecordHead
  ) -> Bool {
    var newest = first
    while true {
      let following =
        sound(in: segment, at: newest.end, position: newest.position &+ 1)
        ?? nextSound(segment, after: newest.end, known: newest.position &+ 1)
      guard let following else { return false }
      if following.groupStart > first.groupStart { return true }
      newest = following
    }
  }

  private mutating func resolve(_ segment: UnsafeRawBufferPointer) -> SegmentEvent {
    // The group of the record before, when that group should go on here.
    let sibling = newest.flatMap { $0.end < $0.groupEnd ? $0 : nil }
    switch judge(segment, from: offset, sibling: sibling) {
    case .zerosToTheEnd:
      guard let endPosition else { return finish(.end(offset: offset)) }
      return passOver(offset..<offset, to: endPosition, from: expected ?? endPosition)
    case .trailing(let explained):
      guard let endPosition else { return cut(segment, at: offset, explained: explained) }
      let contentEnd = segment.endOfContent(from: offset)
      return passOver(offset..<contentEnd, to: endPosition, from: expected ?? endPosition)
    case .inLastGroup(_, explained: true):
      return cut(segment, at: offset, explained: true)
    case .inLastGroup(let next, explained: false), .middle(let next):
      return passOver(offset..<next.offset, to: next.position, from: expected ?? next.position)
    }
  }

  private mutating func passOver(
    _ bad: Range<Int>, to position: UInt64, from: UInt64
  ) -> SegmentEvent {
    offset = bad.upperBound
    verifiedEnd = offset
    newest = nil
    expected = position
    return .damage(SegmentDamage(bytes: bad, positions: from..<max(from, position)))
  }

  // MARK: the end

  private mutating func cut(
    _ segment: UnsafeRawBufferPointer, at offset: Int, explained: Bool
  ) -> SegmentEvent {
    let contentEnd = segment.endOfContent(from: offset)
    self.offset = offset
    return finish(.tornTail(offset: offset, contentEnd: contentEnd, explained: explained))
  }

  private mutating func finishSuperseded() -> SegmentEvent {
    let contentEnd = bytes.withUnsafeBytes { $0.endOfContent(from: offset) }
    if contentEnd == offset { return finish(.end(offset: offset)) }
    return finish(.superseded(offset: offset, contentEnd: contentEnd))
  }

  private mutating func finish(_ event: SegmentEvent) -> SegmentEvent {
    last = event
    return event
  }
}
