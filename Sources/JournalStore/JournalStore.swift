import Branch
import Glibc
import JournalFormat

/// A durable log of records in one directory.
///
/// Confined to one thread at a time: every call may block on the disk, so a worker makes them.
/// Readers made by `makeReader` belong to the same thread.
public final class JournalStore {
  public struct Options: Sendable {
    /// Size of a segment file, `JournalLimits.segment_bytes_min ... segment_bytes_max`.
    public var segment_bytes: Int
    /// As many of the newest checkpoints stay: a changed byte in the newest one costs nothing
    /// while the one before and all records behind it are there.
    public var checkpoints_kept: Int
    /// No segment is made that would let all files together hold more; nil: no limit. Below four
    /// segments nothing could wait for the hub.
    public var cap_bytes: Int?

    public init(
      segment_bytes: Int = JournalLimits.segment_bytes_default, checkpoints_kept: Int = 2,
      cap_bytes: Int? = nil
    ) {
      self.segment_bytes = segment_bytes
      self.checkpoints_kept = checkpoints_kept
      self.cap_bytes = cap_bytes
    }

    var bounded: Options {
      let bytes = JournalLimits.segment_bytes_min...JournalLimits.segment_bytes_max
      return Options(
        segment_bytes: min(max(segment_bytes, bytes.lowerBound), bytes.upperBound),
        checkpoints_kept: max(1, checkpoints_kept), cap_bytes: cap_bytes)
    }
  }

  public let epoch: Epoch
  /// What opening found.
  public let recovery: RecoveryReport
  /// Position of the record that is appended next.
  public private(set) var nextPosition: UInt64
  /// Highest number of a durable fact that stands in a segment; 0 when none does.
  public private(set) var lastFactSeq: Seq
  /// Why nothing can be appended before `moveToNewSegment`, nil while all is well.
  public private(set) var failure: JournalError?

  let disk: JournalDisk
  private(set) var segments: [Segment]
  private let options: Options
  private let lock: JournalLock
  private var file: OpenFile
  private var nextIndex: UInt64
  private var failedGroup: [DurableRecord] = []
  /// Segments that may stand in the directory although making them failed.
  private var abandoned: [SegmentName] = []
  /// One group, encoded; also the source of zeros. Pages that no group ever reached cost nothing.
  private let scratch: UnsafeMutableRawBufferPointer

  init(_ opened: Opened) {
    disk = opened.disk
    lock = opened.lock
    options = opened.options
    epoch = opened.epoch
    recovery = opened.report
    segments = opened.segments
    file = opened.file
    scratch = opened.scratch.release()
    nextPosition = opened.nextPosition
    lastFactSeq = opened.report.lastFactSeq
    nextIndex = opened.segments[opened.segments.count - 1].name.index + 1
  }

  deinit { scratch.deallocate() }

  // MARK: appending

  /// Appends one group: one write, one flush. On return all of it is durable.
  ///
  /// When it throws with `.io`, `.noSpace` and the like, whether the group is on the disk is not
  /// known; the store is failed. The same file is never flushed again, since the kernel may have
  /// forgotten what it could not write. Call `moveToNewSegment` and append again what it returns.
  /// - Precondition: a fact's `seq` is higher than that of every fact before it.
  /// - Returns: the positions of the records.
  @discardableResult
  public func append(_ group: [DurableRecord]) throws(JournalError) -> Range<UInt64> {
    if let failure { throw .failed(earlier: failure) }
    let group_bytes = try checkedSize(group)
    let start = newest.end
    guard start + group_bytes <= newest.file_bytes else {
      throw .segmentFull(path: disk.path(newest.name.file))
    }
    try checkNumbers(group.count)
    let highest = try checkedHighestSeq(group)
    let encoded = RecordCodec.encode(group, firstPosition: nextPosition, into: scratch)
    do {
      try file.write(UnsafeRawBufferPointer(rebasing: scratch[..<encoded]), at: start)
      try file.flushData()
    } catch {
      failure = error
      failedGroup = group
      throw error
    }
    let positions = nextPosition..<nextPosition + UInt64(group.count)
    nextPosition = positions.upperBound
    newest.end = start + encoded
    if let highest {
      newest.lastFactSeq = highest
      lastFactSeq = highest
    }
    return positions
  }

  private var newest: Segment {
    get { segments[segments.count - 1] }
    set { segments[segments.count - 1] = newValue }
  }

  private func checkedSize(_ group: [DurableRecord]) throws(JournalError) -> Int {
    var sum = 0
    for index in group.indices {
      let payload_bytes = group[index].payload.count
      guard payload_bytes <= JournalLimits.payload_bytes_max else {
        throw .recordTooLarge(payload_bytes, max: JournalLimits.payload_bytes_max)
      }
      sum += group[index].encoded_bytes
    }
    guard sum <= JournalLimits.group_bytes_max else { throw .groupTooLarge(sum) }
    return sum
  }

  /// Whether so many positions are left, and one for the checkpoint that follows.
  private func checkNumbers(_ count: Int) throws(JournalError) {
    let last = JournalLimits.position_max
    guard nextPosition <= last, UInt64(count) <= last - nextPosition else {
      throw .exhausted("positions", max: last, directory: disk.directory)
    }
  }

  private func checkedHighestSeq(_ group: [DurableRecord]) throws(JournalError) -> Seq? {
    var highest = lastFactSeq
    for index in group.indices {
      switch group[index].kind {
      case .fact:
        precondition(group[index].seq > highest, "fact numbers must rise")
        guard group[index].seq <= DurableRecord.seq_max else {
          throw .exhausted(
            "numbers of facts", max: DurableRecord.seq_max, directory: disk.directory)
        }
        highest = group[index].seq
      case .local: continue
      case .checkpoint: preconditionFailure("a checkpoint begins a segment")
      }
    }
    return highest > lastFactSeq ? highest : nil
  }

  // MARK: segments

  /// Whether the segment might not take one more group of the largest size, or should not because
  /// its file is damaged.
  public var shouldRotate: Bool {
    newest.end + JournalLimits.group_bytes_max > newest.file_bytes || newest.isDamaged
  }

  /// Starts a new segment, whose first record is a checkpoint. Durable on return.
  /// - Parameter checkpoint: the whole state behind all records appended so far, without those of
  ///   a failed group; at most `JournalLimits.checkpoint_bytes_max`.
  /// - Throws: with `failure` still nil when the old segment can be used on, as on a full disk.
  public func rotate(checkpoint: [UInt8]) throws(JournalError) {
    guard checkpoint.count <= JournalLimits.checkpoint_bytes_max else {
      throw .recordTooLarge(checkpoint.count, max: JournalLimits.checkpoint_bytes_max)
    }
    try checkNumbers(0)
    guard nextIndex <= JournalLimits.position_max else {
      throw .exhausted(
        "numbers of segments", max: JournalLimits.position_max, directory: disk.directory)
    }
    try checkCap()
    let factory = SegmentFactory(disk: disk, segment_bytes: options.segment_bytes)
    let header = (epoch: epoch, index: nextIndex, firstPosition: nextPosition)
    do {
      let made = try factory.make(header, checkpoint: checkpoint, scratch: scratch)
      file = made.file
      segments.append(made.segment)
    } catch {
      if case .after(let cause) = error {
        abandoned.append(SegmentName(epoch: epoch, index: nextIndex))
        nextIndex += 1
        failure = cause
      }
      throw error.error
    }
    nextIndex += 1
    nextPosition += 1
    failure = nil
    try? removeAbandoned()
  }

  private func checkCap() throws(JournalError) {
    guard let cap = options.cap_bytes else { return }
    let held = segments.reduce(0) { $0 + $1.file_bytes }
    guard held + options.segment_bytes <= cap else {
      throw .capReached(directory: disk.directory, cap_bytes: cap)
    }
  }

  /// A later segment began at the same position, so that what stands in these does not count. They
  /// must go before any later one does.
  private func removeAbandoned() throws(JournalError) {
    while let name = abandoned.first {
      do throws(JournalError) { try disk.remove(name.file) } catch {
        if error.code != .missing { throw error }
      }
      abandoned.removeFirst()
      try disk.flushDirectory()
    }
  }

  /// The way out of a failure: as `rotate`. What the old file holds of the failed group does not
  /// count any more from here on.
  /// - Returns: the failed group, which the caller must append again; empty when none failed.
  public func moveToNewSegment(
    checkpoint: [UInt8]
  ) throws(JournalError) -> [DurableRecord] {
    try rotate(checkpoint: checkpoint)
    defer { failedGroup = [] }
    return failedGroup
  }

  /// Removes the oldest segments as long as all their facts have numbers up to `seq` and
  /// `checkpoints_kept` later segments begin with a checkpoint.
  /// - Returns: how many were removed.
  @discardableResult
  public func removeSegments(whoseFactsAreAtMost seq: Seq) throws(JournalError) -> Int {
    if failure == nil { try removeAbandoned() }
    var removed = 0
    while abandoned.isEmpty, let oldest = segments.first, (oldest.lastFactSeq ?? 0) <= seq,
      segments.dropFirst().count(where: \.beginsWithCheckpoint) >= options.checkpoints_kept
    {
      try disk.remove(oldest.name.file)
      segments.removeFirst()
      removed += 1
      // One name after the other becomes durable, so that a crash leaves no gap in the middle.
      try disk.flushDirectory()
    }
    return removed
  }

  /// Bytes that all segments take on the disk, of the newest only what is written.
  public var occupied_bytes: Int {
    segments.dropLast().reduce(newest.end) { $0 + $1.file_bytes }
  }

  // MARK: reading

  /// Reads facts from number `seq` on, those appended later included.
  public func makeReader(fromSeq seq: Seq) -> JournalReader {
    JournalReader(store: self, fromSeq: seq)
  }
}
