public import Branch
import JournalFormat

/// Writes a sound copy of a journal, sound or not, without a lock and without changing it.
///
/// Epoch, positions and numbers stay as they are, and each segment of the source begins one of the
/// copy. Where records are lost a new segment begins behind them, so that whoever opens the copy is
/// told of the gap as with the source: it must not give numbers again that the lost records gave.
public enum JournalRepair {
  public struct Report: Sendable, Hashable {
    public internal(set) var epoch: Epoch = 0
    public internal(set) var segments = 0
    public internal(set) var records = 0
    public internal(set) var facts = 0
    /// Highest number of a fact, 0 when there is none.
    public internal(set) var lastFactSeq: Seq = 0
    /// What was wrong with the source.
    public internal(set) var findings: [JournalFinding] = []
    /// Some of it is lost.
    public var hasLoss: Bool { findings.contains(where: \.isLoss) }
  }

  /// - Parameters:
  ///   - directory: the journal, or a copy of its directory.
  ///   - target: is made; must not exist or must be empty.
  /// - Throws: when there is no journal, something stands at the target, or the disk refuses; then
  ///   what stands at the target is not whole.
  public static func copy(
    directory: String, to target: String, calls: any JournalSyscalls = LinuxJournalSyscalls()
  ) throws(JournalError) -> Report {
    let source = JournalDisk(calls: calls, directory: directory)
    let survey = try JournalSurvey(source)
    guard let epoch = survey.segments.first?.name.epoch else {
      throw .noSegments(directory: directory)
    }
    let disk = JournalDisk(calls: calls, directory: target)
    try disk.makeDirectory()
    guard try disk.entries().isEmpty else { throw .notEmpty(directory: target) }
    try disk.flushParent()
    var copy = JournalCopy(disk: disk, epoch: epoch)
    for file in survey.foreign { copy.report.findings.append(JournalFinding(.foreign, file: file)) }
    var walk = JournalWalk(survey, on: source)
    var previous: SegmentWalker?
    while var walker = try walk.nextSegment(after: previous) {
      while let record = walker.next() { try copy.take(record, from: walker.segment) }
      copy.report.findings += walker.findings
      previous = walker
    }
    if let previous {
      try copy.finish(at: previous.expected + UInt64(previous.lostAtEnd_max))
    }
    return copy.report
  }
}

/// A journal that is written record by record.
private struct JournalCopy {
  let disk: JournalDisk
  let epoch: Epoch
  var report: JournalRepair.Report
  private let scratch = Scratch()
  /// Segment of the source that the last record came from.
  private var origin: SegmentName?
  private var made: SegmentFactory.Made?
  private var end = 0
  private var nextPosition: UInt64 = 1

  init(disk: JournalDisk, epoch: Epoch) {
    self.disk = disk
    self.epoch = epoch
    report = JournalRepair.Report()
    report.epoch = epoch
  }

  mutating func take(_ record: JournalRecord, from segment: Segment) throws(JournalError) {
    report.records += 1
    if record.kind == .fact {
      report.facts += 1
      report.lastFactSeq = max(report.lastFactSeq, record.seq)
    }
    let bytes = record.durable.encoded_bytes
    let isFull = made.map { end + bytes > $0.segment.file_bytes } ?? true
    let beginsAnew =
      origin != segment.name || record.position != nextPosition || record.kind == .checkpoint
    origin = segment.name
    if isFull || beginsAnew {
      let checkpoint = record.kind == .checkpoint ? record.payload : nil
      try begin(at: record.position, checkpoint: checkpoint, file_bytes: segment.file_bytes)
      nextPosition = record.position
    }
    if !(beginsAnew && record.kind == .checkpoint) { try append(record.durable) }
    nextPosition = record.position + 1
  }

  private mutating func append(_ record: DurableRecord) throws(JournalError) {
    guard let file = made?.file else { return }
    let count = RecordCodec.encode([record], firstPosition: nextPosition, into: scratch.bytes)
    try file.write(UnsafeRawBufferPointer(rebasing: scratch.bytes[..<count]), at: end)
    end += count
  }

  private mutating func begin(
    at position: UInt64, checkpoint: [UInt8]?, file_bytes: Int
  ) throws(JournalError) {
    try made?.file.flush()
    report.segments += 1
    let limits = JournalLimits.segment_bytes_min...JournalLimits.segment_bytes_max
    let segment_bytes = min(max(file_bytes, limits.lowerBound), limits.upperBound)
    let factory = SegmentFactory(disk: disk, segment_bytes: segment_bytes)
    let header = (epoch: epoch, index: UInt64(report.segments), firstPosition: position)
    do throws(SegmentFactory.Failure) {
      let next = try factory.make(header, checkpoint: checkpoint, scratch: scratch.bytes)
      made = next
      end = next.segment.end
    } catch { throw error.error }
  }

  /// - Parameter position: behind all records that there may have been.
  mutating func finish(at position: UInt64) throws(JournalError) {
    if made == nil || position > nextPosition {
      try begin(at: position, checkpoint: nil, file_bytes: 0)
    }
    try made?.file.flush()
    try disk.flushDirectory()
  }
}
