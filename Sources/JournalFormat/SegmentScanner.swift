import Branch

/// What stands next in a segment.
public enum SegmentEvent: Sendable, Hashable {
  case record(RecordHead)
  /// One byte had changed and is set right in `bytes`; its record comes next.
  case mended(ByteChange)
  /// Bytes that once held records; reading goes on behind them.
  case damage(SegmentDamage)
  /// Nothing but zeros from here on.
  case end(offset: Int)
  /// The last write did not finish: whole sectors or its end are still zero, or the file ends
  /// early. From `offset` to `contentEnd` stands what is to be cut.
  case tornTail(offset: Int, contentEnd: Int)
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
/// what stands before and behind it in the same group stays. A single changed byte costs nothing.
public struct SegmentScanner {
  /// As they were given, with mended bytes set right.
  public private(set) var bytes: [UInt8]
  /// End of the last byte that is not zero. A segment is mostly zeros: they are gone through once.
  private var contentEnd: Int
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
    contentEnd = Self.contentEnd(of: bytes)
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
    let event = bytes.withUnsafeBytes { look(at: $0) }
    if case .mended(let change) = event {
      bytes[change.offset] = change.original
      contentEnd = Self.contentEnd(of: bytes)
    }
    return event
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
        if let change = mend(segment, at: newest.end, sibling: newest) { return .mended(change) }
        let hole = judge(segment, from: newest.end, sibling: newest)
        if hole.wasNeverAcknowledged { return cut(segment, at: first.offset) }
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

  private func contentEnd(from offset: Int) -> Int { max(contentEnd, offset) }

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
    let contentEnd = contentEnd(from: hole)
    if contentEnd == hole, sibling == nil { return .zerosToTheEnd }
    // When the next segment exists, all before its first position was acknowledged.
    let mayBeTorn = endPosition == nil
    let known = sibling.map { $0.position &+ 1 } ?? expected
    guard let next = nextSound(segment, after: hole, known: known) else {
      let end = sibling?.groupEnd ?? TornWrite.claimedEnd(segment, at: hole, contentEnd: contentEnd)
      return .trailing(
        explained: mayBeTorn
          && TornWrite.isLike(segment, hole: hole..<end, groupStart: groupStart))
    }
    guard next.groupStart <= hole, !laterGroupExists(segment, behind: next) else {
      return .middle(next: next)
    }
    let start = min(groupStart, next.groupStart)
    return .inLastGroup(
      next: next,
      explained: mayBeTorn
        && TornWrite.isLike(segment, hole: hole..<next.offset, groupStart: start))
  }

  /// The changed byte of the record at `offset`, when it is one, and not what a write that did
  /// not finish may have left.
  private func mend(
    _ segment: UnsafeRawBufferPointer, at offset: Int, sibling: RecordHead?
  ) -> ByteChange? {
    guard
      let mended = RecordMender.mend(
        segment, at: offset, position: sibling.map { $0.position &+ 1 } ?? expected,
        sibling: sibling)
    else { return nil }
    // A write that lacks one byte only is mended to what it was to be, which is right as well.
    let record = offset..<mended.end
    let mayBeTorn = endPosition == nil
    return mayBeTorn
      && TornWrite.hasUnwrittenSector(segment, hole: record, groupStart: record.lowerBound)
      ? nil : mended.change
  }

  /// First sound record behind `hole` that can stand there: a record takes at least its header,
  /// so the bytes between say how many positions at most were lost.
  private func nextSound(
    _ segment: UnsafeRawBufferPointer, after hole: Int, known: UInt64?
  ) -> RecordHead? {
    var candidate = RecordLayout.padded(hole + 1)
    let contentEnd = contentEnd(from: hole)
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
    if let change = mend(segment, at: offset, sibling: sibling) { return .mended(change) }
    switch judge(segment, from: offset, sibling: sibling) {
    case .zerosToTheEnd:
      guard let endPosition else { return finish(.end(offset: offset)) }
      return passOver(offset..<offset, to: endPosition, from: expected ?? endPosition)
    case .trailing(explained: true) where endPosition == nil, .inLastGroup(_, explained: true):
      return cut(segment, at: offset)
    case .trailing:
      let end = max(contentEnd, offset + 1)
      if let endPosition {
        return passOver(offset..<end, to: endPosition, from: expected ?? endPosition)
      }
      // How many records stood here nobody can say: as many as fit, so that no position and no
      // number is given again.
      let bad = offset..<min(RecordLayout.padded(end - 1), segment.count)
      let lost = UInt64(max(1, bad.count / RecordLayout.encoded_bytes(payload_bytes: 0)))
      let first = expected ?? 1
      return passOver(bad, to: first &+ lost, from: first)
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
    _ segment: UnsafeRawBufferPointer, at offset: Int
  ) -> SegmentEvent {
    self.offset = offset
    return finish(.tornTail(offset: offset, contentEnd: contentEnd(from: offset)))
  }

  private mutating func finishSuperseded() -> SegmentEvent {
    let contentEnd = contentEnd(from: offset)
    if contentEnd == offset { return finish(.end(offset: offset)) }
    return finish(.superseded(offset: offset, contentEnd: contentEnd))
  }

  private mutating func finish(_ event: SegmentEvent) -> SegmentEvent {
    last = event
    return event
  }
}
