import Branch
import JournalFormat

/// What a start finds on the disk.
struct SimulatedRecovery {
  var journal: SimulatedJournal
  var records: [DurableRecord] = []
  /// Records that must have been acknowledged are gone, and it was told.
  var hasLoss = false
  /// Numbers of facts in doubt behind the last fact or checkpoint.
  var seqsInDoubt: UInt64 = 0
  /// The last group could not be made durable once more.
  var isUnsettled = false
  var mendedCount = 0
  var cutCount = 0

  /// Reads all segments in order with the real scanner, sets changed bytes right, cuts a torn tail,
  /// and writes the last group once more before anyone acts on it.
  static func open(
    _ disk: SimulatedDisk, epochIfNew: Epoch, bugs: PlantedBug?
  ) throws(SimulatedDisk.Failure) -> SimulatedRecovery {
    let files = try survey(disk)
    guard !files.isEmpty else {
      let journal = SimulatedJournal(
        disk: disk, epoch: epochIfNew, segments: [], nextPosition: 1, bugs: bugs)
      try journal.rotate(nil)
      return SimulatedRecovery(journal: journal)
    }
    var all = SimulatedRecovery(
      journal: SimulatedJournal(
        disk: disk, epoch: files[0].header.epoch, segments: [], nextPosition: 1, bugs: bugs))
    var expected = files[0].header.firstPosition
    for (place, file) in files.enumerated() {
      let following = place + 1 < files.count ? files[place + 1].header.firstPosition : nil
      var walk = SegmentWalk(
        index: file.index, header: file.header, bytes: try disk.readable(file.index),
        endPosition: following)
      walk.run(&all)
      expected = walk.expected
      all.journal.segments.append(walk.segment)
      try? walk.setRight(disk)
      if following == nil { all.settle(walk, disk, bugs) }
    }
    all.journal = SimulatedJournal(
      disk: disk, epoch: files[0].header.epoch, segments: all.journal.segments,
      nextPosition: expected, bugs: bugs)
    all.journal.isFailed = all.isUnsettled
    return all
  }

  private static func survey(_ disk: SimulatedDisk) throws(SimulatedDisk.Failure)
    -> [(index: UInt64, header: SegmentHeader)]
  {
    var found: [(index: UInt64, header: SegmentHeader)] = []
    for index in disk.files.map(\.index).sorted() {
      let bytes = try disk.readable(index)
      switch bytes.withUnsafeBytes({ SegmentHeader.read($0) }) {
      case .sound(let header), .damaged(let header): found.append((index, header))
      case .lost, .newerFormat: preconditionFailure("this disk spares header pages")
      }
    }
    return found
  }

  private mutating func settle(_ walk: SegmentWalk, _ disk: SimulatedDisk, _ bugs: PlantedBug?) {
    let group = min(walk.lastGroupStart, walk.segment.end)..<walk.segment.end
    do throws(SimulatedDisk.Failure) {
      if !group.isEmpty {
        try disk.write(walk.segment.index, Array(walk.bytes[group]), at: group.lowerBound)
      }
      if let tail = walk.tornTail, bugs != .tornTailKept {
        let zeros = [UInt8](repeating: 0, count: tail.count)
        try disk.write(walk.segment.index, zeros, at: tail.lowerBound)
      }
      try disk.flush(walk.segment.index)
    } catch {
      isUnsettled = true
    }
  }
}

/// One segment from start to end.
struct SegmentWalk {
  var segment: SimulatedJournal.Segment
  var expected: UInt64 { scanner.expected ?? segment.firstPosition }
  var bytes: [UInt8] { scanner.bytes }
  private(set) var tornTail: Range<Int>?
  private(set) var lastGroupStart = JournalLimits.header_bytes
  private var mended: [Int] = []
  private var scanner: SegmentScanner

  init(index: UInt64, header: SegmentHeader, bytes: [UInt8], endPosition: UInt64?) {
    segment = SimulatedJournal.Segment(
      index: index, firstPosition: header.firstPosition, end: JournalLimits.header_bytes,
      beginsWithCheckpoint: false)
    scanner = SegmentScanner(bytes, expected: header.firstPosition, endPosition: endPosition)
  }

  mutating func run(_ all: inout SimulatedRecovery) {
    var lost: UInt64 = 0
    while true {
      switch scanner.next() {
      case .record(let head):
        let payload = Array(scanner.bytes[head.payload])
        if head.kind != .local {
          all.seqsInDoubt = 0
          lost = 0
        }
        note(head)
        all.records.append(head.durable(payload))
      case .mended(let change):
        mended.append(change.offset)
        segment.isDamaged = true
        all.mendedCount += 1
      case .damage(let damage):
        segment.isDamaged = true
        all.hasLoss = true
        lost += UInt64(damage.positions.count)
      case .end(let offset), .superseded(let offset, _):
        return finish(at: offset, lost, &all)
      case .tornTail(let offset, let contentEnd):
        tornTail = offset..<contentEnd
        all.cutCount += 1
        return finish(at: all.journal.bugs == .tornTailKept ? contentEnd : offset, lost, &all)
      }
    }
  }

  private mutating func finish(at offset: Int, _ lost: UInt64, _ all: inout SimulatedRecovery) {
    all.seqsInDoubt += lost
    segment.end = (offset + 7) / 8 * 8
  }

  private mutating func note(_ head: RecordHead) {
    if head.kind == .checkpoint, head.offset == JournalLimits.header_bytes {
      segment.beginsWithCheckpoint = true
    }
    if head.kind == .fact { segment.facts.append((head.seq, head.offset, head.position)) }
    lastGroupStart = max(JournalLimits.header_bytes, head.groupStart)
  }

  /// Writes mended bytes back.
  func setRight(_ disk: SimulatedDisk) throws(SimulatedDisk.Failure) {
    guard !mended.isEmpty else { return }
    for offset in mended { try disk.write(segment.index, [scanner.bytes[offset]], at: offset) }
    try disk.flush(segment.index)
  }
}

extension RecordHead {
  fileprivate func durable(_ payload: [UInt8]) -> DurableRecord {
    switch kind {
    case .fact: DurableRecord(.fact, seq: seq, payload: payload)
    case .local: DurableRecord(.local, payload: payload)
    case .checkpoint: DurableRecord(.checkpoint, payload: payload)
    }
  }
}
