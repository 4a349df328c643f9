import Branch
import Glibc
import JournalFormat

/// What the store keeps in mind about a segment.
struct Segment {
  let name: SegmentName
  let firstPosition: UInt64
  /// Behind the checkpoint that the segment begins with, if it does.
  var recordsStart = JournalLimits.header_bytes
  /// Behind the last record that counts.
  var end = JournalLimits.header_bytes
  var file_bytes = 0
  var beginsWithCheckpoint = false
  /// nil when the segment holds no fact.
  var lastFactSeq: Seq?
  var isDamaged = false
}

/// Reads one segment from start to end: its records, and what was found wrong.
struct SegmentWalker {
  private(set) var segment: Segment
  private(set) var findings: [JournalFinding] = []
  /// Bytes that were set right; the file still has the changed ones.
  private(set) var mended: [(offset: Int, found: UInt8)] = []
  /// What is to be cut, when the segment is the newest.
  private(set) var tornTail: Range<Int>?
  /// Start of the group that the last record stands in.
  private(set) var lastGroupStart = JournalLimits.header_bytes
  /// So many may have stood behind the last record that can be read.
  let lostAtEnd_max: Int
  /// Numbers of facts that nobody knows to have been given or not.
  var seqsInDoubt: UInt64 { UInt64(lostSinceFact + lostAtEnd_max) }
  /// Records lost behind the last fact or checkpoint; each of them may have been a fact.
  private(set) var lostSinceFact = 0
  private var scanner: SegmentScanner

  /// Position behind the last record that counts.
  var expected: UInt64 { scanner.expected ?? segment.firstPosition }
  /// With mended bytes set right.
  var bytes: [UInt8] { scanner.bytes }
  /// As the file has them.
  var bytesAsFound: [UInt8] {
    var all = scanner.bytes
    for byte in mended { all[byte.offset] = byte.found }
    return all
  }

  /// - Parameters:
  ///   - previousEnd: position behind the segment before, for when this header is lost.
  ///   - endPosition: first position of the next segment.
  init(
    _ entry: JournalSurvey.Entry, image: FileImage, previousEnd: UInt64?, endPosition: UInt64?
  ) {
    let file = entry.name.file
    let first = entry.header?.firstPosition ?? previousEnd ?? entry.firstPosition
    segment = Segment(name: entry.name, firstPosition: first ?? 1)
    segment.file_bytes = image.bytes.count
    lostAtEnd_max = Self.recordsThatMayBeLost(entry, image)
    scanner = SegmentScanner(image.bytes, expected: first, endPosition: endPosition)
    for range in image.unreadable {
      add(JournalFinding(.unreadable, file: file, bytes: range))
    }
    if !entry.headerIsWhole {
      let page = 0..<min(JournalLimits.header_bytes, image.bytes.count)
      add(JournalFinding(entry.header == nil ? .damage : .header, file: file, bytes: page))
    }
    if let header = entry.header, header.file_bytes > image.bytes.count {
      let missing = image.bytes.count..<Int(clamping: header.file_bytes)
      add(JournalFinding(.shortened, file: file, bytes: missing))
    }
  }

  /// Records that may have stood where the file now ends, or where it has nothing that can be read.
  private static func recordsThatMayBeLost(
    _ entry: JournalSurvey.Entry, _ image: FileImage
  ) -> Int {
    var lost_bytes = 0
    if let header = entry.header {
      lost_bytes = max(0, Int(clamping: header.file_bytes) - image.bytes.count)
    } else if entry.firstPosition == nil {
      lost_bytes = max(image.bytes.count, JournalLimits.segment_bytes_default)
    }
    lost_bytes = min(lost_bytes, JournalLimits.segment_bytes_max)
    return lost_bytes / RecordLayout.encoded_bytes(payload_bytes: 0)
  }

  private mutating func add(_ finding: JournalFinding) {
    if finding.isLoss || finding.kind == .header || finding.kind == .mended {
      segment.isDamaged = true
    }
    if findings.count < RecoveryReport.findings_max { findings.append(finding) }
  }

  /// The next record, nil at the end of the segment.
  mutating func next() -> JournalRecord? { nextHead().map(record) }

  func record(_ head: RecordHead) -> JournalRecord {
    let payload = Array(scanner.bytes[head.payload])
    return JournalRecord(
      position: head.position, DurableRecord(head.kind, seq: head.seq, payload: payload))
  }

  /// The same without its payload.
  mutating func nextHead() -> RecordHead? {
    while true {
      switch scanner.next() {
      case .record(let head):
        note(head)
        return head
      case .mended(let change): note(change)
      case .damage(let damage): note(damage)
      case .end(let offset):
        segment.end = min(offset, segment.file_bytes)
        return nil
      case .tornTail(let offset, let contentEnd):
        finish(at: offset, .tornTail, contentEnd)
        tornTail = offset..<contentEnd
        return nil
      case .superseded(let offset, let contentEnd):
        finish(at: offset, .superseded, contentEnd)
        return nil
      }
    }
  }

  private mutating func note(_ head: RecordHead) {
    if head.kind == .checkpoint, head.offset == JournalLimits.header_bytes {
      segment.beginsWithCheckpoint = true
      segment.recordsStart = head.end
    }
    if head.kind == .fact {
      segment.lastFactSeq = max(segment.lastFactSeq ?? 0, head.seq)
      lostSinceFact = 0
    }
    if head.kind == .checkpoint { lostSinceFact = 0 }
    lastGroupStart = max(JournalLimits.header_bytes, head.groupStart)
  }

  private mutating func note(_ change: ByteChange) {
    mended.append((change.offset, change.found))
    let place = change.offset..<change.offset + 1
    add(JournalFinding(.mended, file: segment.name.file, bytes: place))
  }

  private mutating func note(_ damage: SegmentDamage) {
    lostSinceFact += damage.positions.count
    add(
      JournalFinding(
        damage.bytes.isEmpty ? .missing : .damage, file: segment.name.file, bytes: damage.bytes,
        positions: damage.positions))
  }

  /// The scanner repeats its last event; only the first time is news.
  private mutating func finish(
    at offset: Int, _ kind: JournalFinding.Kind, _ contentEnd: Int
  ) {
    segment.end = min(offset, segment.file_bytes)
    guard findings.last?.kind != kind else { return }
    add(JournalFinding(kind, file: segment.name.file, bytes: offset..<max(offset, contentEnd)))
  }
}

/// Reads the segments of a survey one after the other.
struct JournalWalk {
  let disk: JournalDisk
  let entries: [JournalSurvey.Entry]
  private var index = 0
  private var previousEnd: UInt64?

  init(_ survey: JournalSurvey, on disk: JournalDisk) {
    self.disk = disk
    entries = survey.segments
  }

  /// - Parameter previous: the walker that this returned before, read to its end.
  mutating func nextSegment(
    after previous: SegmentWalker?
  ) throws(JournalError) -> SegmentWalker? {
    if let previous { previousEnd = previous.expected }
    while index < entries.count {
      let entry = entries[index]
      index += 1
      let file: OpenFile
      do { file = try disk.open(entry.name.file, flags: O_RDONLY) } catch {
        if error.code == .missing { continue }
        throw error
      }
      let image = try FileImage(file, bytes_max: JournalSurvey.file_bytes_max)
      let following = entries[index...].lazy.compactMap(\.firstPosition).first
      return SegmentWalker(
        entry, image: image, previousEnd: previousEnd, endPosition: following)
    }
    return nil
  }
}
