import Branch
import Glibc
import JournalFormat

/// Reads facts in order through a descriptor of its own. Sees what was appended since it was made,
/// goes on into new segments, and past damage. Belongs to the thread of its store.
public final class JournalReader {
  /// Holds the largest fact.
  static let window_bytes = 128 * 1024

  /// The next fact has at least this number.
  public private(set) var nextSeq: Seq
  /// Damage that was passed over since the reader was made, at most `damages_max`.
  public private(set) var damages: [SegmentDamage] = []
  public static let damages_max = 64

  private let store: JournalStore
  private var open: (file: OpenFile, segment: Segment)?
  private var offset = 0
  /// Position that the record at `offset` must have.
  private var position: UInt64 = 0
  private var window: [UInt8] = []
  private var windowStart = 0

  init(store: JournalStore, fromSeq: Seq) {
    self.store = store
    nextSeq = fromSeq
  }

  /// The next facts in order up to number `last`, with payloads of at most `bytes_max` together,
  /// but one at least. Empty when everything durable up to there was read.
  public func next(
    bytes_max: Int, through last: Seq = .max
  ) throws(JournalError) -> [JournalRecord] {
    if nextSeq > last { return [] }
    var batch: [JournalRecord] = []
    var room = bytes_max
    while let segment = try currentSegment() {
      while offset < segment.end {
        guard let head = try soundRecord(in: segment) else {
          try passDamage(in: segment)
          continue
        }
        if head.kind == .fact, head.seq >= nextSeq {
          if head.seq > last {
            // Damage took the facts between; none of them can come behind this one.
            nextSeq = last + 1
            return batch
          }
          guard batch.isEmpty || head.payload.count <= room else { return batch }
          room -= head.payload.count
          batch.append(record(head))
          nextSeq = head.seq &+ 1
        }
        offset += head.end - head.offset
        position = head.position + 1
        if room <= 0 || nextSeq > last { return batch }
      }
      guard try enterNextSegment(after: segment) else { break }
    }
    return batch
  }

  // MARK: segments

  /// The segment being read, as the store knows it now.
  private func currentSegment() throws(JournalError) -> Segment? {
    guard let open else {
      return try enterNextSegment(after: nil) ? self.open?.segment : nil
    }
    // Gone when all its facts are acknowledged: what was known of it still holds.
    return store.segments.last { $0.name == open.segment.name } ?? open.segment
  }

  /// - Returns: false when there is none yet.
  private func enterNextSegment(after current: Segment?) throws(JournalError) -> Bool {
    let wanted = store.segments.first { segment in
      if let current, segment.name <= current.name { return false }
      return segment.name == store.segments.last?.name || (segment.lastFactSeq ?? 0) >= nextSeq
    }
    guard let wanted else { return false }
    let file = try store.disk.open(wanted.name.file, flags: O_RDONLY)
    open = (file, wanted)
    offset = wanted.recordsStart
    position = wanted.firstPosition + (wanted.beginsWithCheckpoint ? 1 : 0)
    window = []
    windowStart = offset
    return true
  }

  // MARK: records

  /// The record at `offset`, nil when what stands there is no sound record.
  private func soundRecord(in segment: Segment) throws(JournalError) -> RecordHead? {
    if let head = recordInWindow() { return head }
    try fillWindow(upTo: segment.end)
    return recordInWindow()
  }

  private func recordInWindow() -> RecordHead? {
    window.withUnsafeBytes {
      RecordCodec.record(in: $0, at: offset - windowStart, positions: position...position)
    }
  }

  private func record(_ head: RecordHead) -> JournalRecord {
    let payload = Array(window[head.payload])
    return JournalRecord(
      position: head.position, DurableRecord(head.kind, seq: head.seq, payload: payload))
  }

  private func fillWindow(upTo end: Int) throws(JournalError) {
    guard let file = open?.file else { return }
    let wanted = min(Self.window_bytes, end - offset)
    windowStart = offset
    window = try FileImage(file, from: offset, bytes_max: wanted).bytes
  }

  /// Looks for the next sound record with the whole segment in hand.
  private func passDamage(in segment: Segment) throws(JournalError) {
    guard let file = open?.file else { return }
    let image = try FileImage(file, bytes_max: segment.end)
    let next = store.segments.first { $0.name > segment.name }
    var scanner = SegmentScanner(
      image.bytes, from: offset, expected: position,
      endPosition: next?.firstPosition ?? store.nextPosition)
    window = []
    var event = scanner.next()
    while case .mended = event { event = scanner.next() }
    switch event {
    case .damage(let damage):
      if damages.count < Self.damages_max { damages.append(damage) }
      offset = max(damage.bytes.upperBound, offset + 8)
      position = damage.positions.upperBound
    case .record:
      // Readable after all, or mended: what the scanner has now is what counts.
      windowStart = offset
      window = Array(scanner.bytes[offset...].prefix(Self.window_bytes))
    case .end, .tornTail, .superseded, .mended:
      offset = segment.end
    }
  }
}
