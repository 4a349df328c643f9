import Branch
import JournalFormat

/// A journal on a simulated disk, with the codec, the scanner and the rules of JOURNAL.md: groups,
/// segments, a new one after a failed flush, checkpoints, removal. What the real store does with
/// system calls is explored elsewhere; here its place is taken by the smallest thing that keeps the
/// same promises, with segments so small that a world sees many of them.
final class SimulatedJournal {
  struct Segment {
    let index: UInt64
    let firstPosition: UInt64
    var end: Int
    var beginsWithCheckpoint: Bool
    var isDamaged = false
    var facts: [(seq: Seq, offset: Int, position: UInt64)] = []
    var lastFactSeq: Seq { facts.last?.seq ?? 0 }
  }

  static let group_bytes_max = 8 * 1024
  static let segment_bytes = 32 * 1024
  static let checkpointsKept = 2

  let disk: SimulatedDisk
  let epoch: Epoch
  let bugs: PlantedBug?
  var segments: [Segment]
  var nextPosition: UInt64
  var isFailed = false
  /// Written and not flushed.
  private var written: (records: [DurableRecord], bytes: Int)?
  private var nextIndex: UInt64

  init(
    disk: SimulatedDisk, epoch: Epoch, segments: [Segment], nextPosition: UInt64,
    bugs: PlantedBug?
  ) {
    self.disk = disk
    self.epoch = epoch
    self.segments = segments
    self.nextPosition = nextPosition
    self.bugs = bugs
    nextIndex = (segments.last?.index ?? 0) + 1
  }

  // MARK: writing

  /// Hands a group to the kernel; `flush` makes it durable.
  func write(_ group: [DurableRecord], checkpoint: () -> [UInt8]) throws(SimulatedDisk.Failure) {
    if isFailed {
      try rotate(checkpoint())
    } else if shouldRotate {
      do throws(SimulatedDisk.Failure) { try rotate(checkpoint()) } catch {
        if isFailed || newest.end + Self.group_bytes_max > Self.segment_bytes + checkpointRoom {
          throw error
        }
      }
    }
    try writeGroup(group)
  }

  /// A large checkpoint makes a larger file.
  private var checkpointRoom: Int { disk.bytes(newest.index).count - Self.segment_bytes }

  private func writeGroup(_ group: [DurableRecord]) throws(SimulatedDisk.Failure) {
    let bytes = Self.encode(group, firstPosition: nextPosition)
    written = (group, bytes.count)
    disk.note(newest.index, places(of: group, from: newest.end))
    do throws(SimulatedDisk.Failure) {
      try disk.write(newest.index, bytes, at: newest.end)
    } catch {
      isFailed = true
      throw error
    }
  }

  /// The group that was written is durable on return. A failed flush is repeated on a new segment.
  func flush(checkpoint: () -> [UInt8]) throws(SimulatedDisk.Failure) {
    guard let written else { return }
    do throws(SimulatedDisk.Failure) {
      try disk.flush(newest.index)
    } catch {
      if bugs == .failedFlushRepeated {
        try disk.flush(newest.index)
      } else {
        isFailed = true
        try rotate(checkpoint())
        try writeGroup(written.records)
        do throws(SimulatedDisk.Failure) { try disk.flush(newest.index) } catch {
          isFailed = true
          throw error
        }
      }
    }
    var offset = newest.end
    for record in written.records {
      if record.kind == .fact { newest.facts.append((record.seq, offset, nextPosition)) }
      offset += record.encoded_bytes
      nextPosition += 1
    }
    newest.end = offset
    self.written = nil
  }

  static func encode(_ group: [DurableRecord], firstPosition: UInt64) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: group.reduce(0) { $0 + $1.encoded_bytes })
    let count = bytes.withUnsafeMutableBytes {
      RecordCodec.encode(group, firstPosition: firstPosition, into: $0)
    }
    precondition(count == bytes.count)
    return bytes
  }

  private func places(of group: [DurableRecord], from start: Int) -> [SimulatedDisk.Place] {
    var offset = start
    return group.map { record in
      defer { offset += record.encoded_bytes }
      return SimulatedDisk.Place(
        bytes: offset..<offset + record.encoded_bytes, seq: record.seq, kind: record.kind)
    }
  }

  private var newest: Segment {
    get { segments[segments.count - 1] }
    set { segments[segments.count - 1] = newValue }
  }

  private var shouldRotate: Bool {
    newest.end + Self.group_bytes_max > disk.bytes(newest.index).count || newest.isDamaged
  }

  // MARK: segments

  func rotate(_ checkpoint: [UInt8]?) throws(SimulatedDisk.Failure) {
    var bytes = SegmentHeader(
      epoch: epoch, index: nextIndex, firstPosition: nextPosition,
      file_bytes: UInt64(Self.segment_bytes)
    ).encoded()
    var places: [SimulatedDisk.Place] = []
    if let checkpoint {
      let record = DurableRecord(.checkpoint, payload: checkpoint)
      places = self.places(of: [record], from: bytes.count)
      bytes += Self.encode([record], firstPosition: nextPosition)
    }
    let end = bytes.count
    let whole = max(Self.segment_bytes, end + Self.segment_bytes / 2)
    bytes += [UInt8](repeating: 0, count: whole - end)
    let index = nextIndex
    do throws(SimulatedDisk.Making) {
      try disk.make(index, bytes, places: places)
    } catch {
      switch error {
      case .before(let failure): throw failure
      case .after(let failure):
        abandoned.append(index)
        nextIndex += 1
        isFailed = true
        throw failure
      }
    }
    nextIndex += 1
    segments.append(
      Segment(
        index: index, firstPosition: nextPosition, end: end,
        beginsWithCheckpoint: checkpoint != nil))
    if checkpoint != nil { nextPosition += 1 }
    isFailed = false
    removeAbandoned()
  }

  /// Names of segments that may be there although making them failed.
  private var abandoned: [UInt64] = []

  private func removeAbandoned() {
    while let index = abandoned.first {
      guard (try? disk.remove(index)) != nil else { return }
      abandoned.removeFirst()
    }
  }

  func removeSegments(whoseFactsAreAtMost seq: Seq) {
    if !isFailed { removeAbandoned() }
    while abandoned.isEmpty, let oldest = segments.first, oldest.lastFactSeq <= seq,
      segments.dropFirst().count(where: \.beginsWithCheckpoint) >= Self.checkpointsKept
    {
      guard (try? disk.remove(oldest.index)) != nil else { return }
      segments.removeFirst()
    }
  }

  // MARK: reading

  /// Facts of the range as they can be read now; damaged ones are left out.
  func read(_ range: ClosedRange<Seq>) throws(SimulatedDisk.Failure) -> [(
    seq: Seq, payload: [UInt8]
  )] {
    var found: [(seq: Seq, payload: [UInt8])] = []
    for (place, segment) in segments.enumerated() where segment.lastFactSeq >= range.lowerBound {
      guard let first = segment.facts.first, first.seq <= range.upperBound else { continue }
      let bytes = try disk.readable(segment.index)
      let following = place + 1 < segments.count ? segments[place + 1].firstPosition : nextPosition
      for fact in segment.facts where range.contains(fact.seq) {
        guard
          let payload = Self.payload(
            in: bytes, at: fact.offset, position: fact.position, endPosition: following)
        else { continue }
        found.append((fact.seq, payload))
      }
    }
    return found
  }

  private static func payload(
    in bytes: [UInt8], at offset: Int, position: UInt64, endPosition: UInt64
  ) -> [UInt8]? {
    let head = bytes.withUnsafeBytes {
      RecordCodec.record(in: $0, at: offset, positions: position...position)
    }
    if let head { return Array(bytes[head.payload]) }
    var scanner = SegmentScanner(
      bytes, from: offset, expected: position, endPosition: endPosition)
    var event = scanner.next()
    while case .mended = event { event = scanner.next() }
    guard case .record(let mended) = event, mended.position == position else { return nil }
    return Array(scanner.bytes[mended.payload])
  }
}
