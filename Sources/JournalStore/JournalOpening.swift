import Branch
import Glibc
import JournalFormat

/// All that a store begins with.
struct Opened {
  let disk: JournalDisk
  let lock: JournalLock
  let options: JournalStore.Options
  let epoch: Epoch
  let report: RecoveryReport
  let segments: [Segment]
  let file: OpenFile
  let scratch: Scratch
  let nextPosition: UInt64
}

/// Frees its memory unless somebody takes it over.
final class Scratch {
  private var memory: UnsafeMutableRawBufferPointer?
  init() {
    memory = .allocate(byteCount: JournalLimits.group_bytes_max, alignment: 4096)
  }
  deinit { memory?.deallocate() }

  /// - Precondition: not released.
  var bytes: UnsafeMutableRawBufferPointer {
    guard let memory else { preconditionFailure("released") }
    return memory
  }

  func release() -> UnsafeMutableRawBufferPointer {
    defer { memory = nil }
    return bytes
  }
}

extension JournalStore {
  /// Opens the journal in `directory`, which is made if it is not there. A torn tail is cut, damage
  /// is set aside and reported; neither keeps the journal from opening.
  ///
  /// - Parameters:
  ///   - makeEpoch: asked for when there is no segment yet.
  ///   - replay: gets records of all segments in order; a checkpoint tells it to forget what came
  ///     before.
  ///   - suffices: whether a checkpoint tells all that `replay` has to know of what came before.
  ///     Records before the newest such checkpoint are checked only: facts by the million that wait
  ///     to be sent are not all folded in at a start.
  /// - Throws: when the directory is in use, cannot be read or written, or was written by a newer
  ///   version.
  public static func open(
    directory: String, options: Options = Options(),
    calls: any JournalSyscalls = LinuxJournalSyscalls(), makeEpoch: () -> Epoch,
    suffices: ((_ checkpoint: [UInt8]) -> Bool)? = nil, replay: (JournalRecord) -> Void
  ) throws(JournalError) -> JournalStore {
    let disk = JournalDisk(calls: calls, directory: directory)
    try disk.makeDirectory()
    let lock = try JournalLock(disk)
    let survey = try JournalSurvey(disk)
    for file in survey.unfinished { try? disk.remove(file) }
    var recovery = Recovery(disk: disk, survey: survey)
    let first = suffices.map { survey.newestCheckpoint(disk, suffices: $0) } ?? 0
    try recovery.replayAll(from: first, replay)
    let opened = try recovery.finish(
      lock: lock, options: options.bounded, makeEpoch: makeEpoch)
    return JournalStore(opened)
  }

  /// Why this process could not make a new segment when the one in use is full, although it may
  /// write that: the directory belongs to somebody else, or may not be changed (chattr +i).
  public static func problemOfNewSegments(in directory: String) -> Problem? {
    guard access(directory, W_OK | X_OK) != 0 else { return nil }
    let failure = SyscallFailure(code: errno)
    return JournalError(failure, cannot: "make new files in", path: directory).problem
  }
}

/// Reads all segments and prepares the newest one for appending.
struct Recovery {
  /// Copies of damaged segments in a directory; beyond, damage is only reported.
  static let setAside_max = 8

  let disk: JournalDisk
  let survey: JournalSurvey
  private var report = RecoveryReport()
  private var segments: [Segment] = []
  private var newest: SegmentWalker?
  private var setAsideCount: Int
  private let scratch = Scratch()

  init(disk: JournalDisk, survey: JournalSurvey) {
    self.disk = disk
    self.survey = survey
    setAsideCount = survey.setAside.count
  }

  /// - Parameter first: index of the segment with which `replay` begins.
  mutating func replayAll(
    from first: UInt64, _ replay: (JournalRecord) -> Void
  ) throws(JournalError) {
    for file in survey.foreign { moveAway(file) }
    var walk = JournalWalk(survey, on: disk)
    while var walker = try walk.nextSegment(after: newest) {
      newest = nil
      let isReplayed = walker.segment.name.index >= first
      while let head = walker.nextHead() {
        report.records += 1
        if head.kind == .fact {
          report.facts += 1
          report.lastFactSeq = max(report.lastFactSeq, head.seq)
        }
        if head.kind != .local { report.seqsInDoubt = 0 }
        if isReplayed { replay(walker.record(head)) }
      }
      report.seqsInDoubt += walker.seqsInDoubt
      let copy = walker.segment.isDamaged ? setAside(walker) : nil
      for var finding in walker.findings {
        finding.setAside = copy
        report.add(finding)
      }
      setRight(walker)
      segments.append(walker.segment)
      newest = walker
    }
    report.segments = segments.count
  }

  private mutating func moveAway(_ file: String) {
    let target = file + JournalDisk.foreign_suffix
    let moved = (try? disk.rename(file, to: target)) != nil
    report.add(JournalFinding(.foreign, file: file, setAside: moved ? target : nil))
  }

  // MARK: setting aside

  /// Keeps a copy of a damaged segment as it was found.
  /// - Returns: its name; nil when it could not be made, for which no start is refused.
  private mutating func setAside(_ walker: SegmentWalker) -> String? {
    let target = walker.segment.name.file + JournalDisk.damaged_suffix
    if survey.setAside.contains(target) { return target }
    guard setAsideCount < Self.setAside_max, (try? copy(walker.bytesAsFound, to: target)) != nil
    else { return nil }
    setAsideCount += 1
    return target
  }

  /// Writes mended bytes back. When that fails, every reader still mends them for itself.
  private func setRight(_ walker: SegmentWalker) {
    guard !walker.mended.isEmpty,
      let file = try? disk.open(walker.segment.name.file, flags: O_WRONLY)
    else { return }
    for byte in walker.mended {
      try? file.write(walker.bytes, byte.offset..<byte.offset + 1)
    }
    try? file.flushData()
  }

  private func copy(_ bytes: [UInt8], to target: String) throws(JournalError) {
    let unfinished =
      String(target.dropLast(JournalDisk.damaged_suffix.count)) + JournalDisk.unfinished_suffix
    do throws(JournalError) {
      let file = try disk.open(unfinished, flags: O_WRONLY | O_CREAT | O_TRUNC)
      try file.write(bytes, 0..<SegmentScanner.contentEnd(of: bytes))
      try file.flush()
      try disk.rename(unfinished, to: target)
      try disk.flushDirectory()
    } catch {
      try? disk.remove(unfinished)
      throw error
    }
  }

  // MARK: the newest segment

  mutating func finish(
    lock: JournalLock, options: JournalStore.Options, makeEpoch: () -> Epoch
  ) throws(JournalError) -> Opened {
    guard let newest else {
      return try openEmpty(lock: lock, options: options, epoch: makeEpoch())
    }
    let file = try settledFile(newest)
    return Opened(
      disk: disk, lock: lock, options: options, epoch: newest.segment.name.epoch, report: report,
      segments: segments, file: file, scratch: scratch, nextPosition: newest.expected)
  }

  private mutating func settledFile(_ newest: SegmentWalker) throws(JournalError) -> OpenFile {
    do throws(JournalError) {
      let file = try disk.open(newest.segment.name.file, flags: O_RDWR)
      try settle(newest, file)
      return file
    } catch {
      let file = try rewrite(newest)
      report.add(JournalFinding(.rewritten, file: newest.segment.name.file))
      return file
    }
  }

  /// Makes what was replayed durable before anyone acts on it: a killed process may have left
  /// records in the page cache alone. The last group is written once more, since after a failed
  /// flush the cache calls pages clean that never reached the disk.
  private func settle(_ newest: SegmentWalker, _ file: OpenFile) throws(JournalError) {
    let segment = newest.segment
    let group = segment.lastGroup(from: newest.lastGroupStart)
    if group.count <= JournalLimits.group_bytes_max {
      try file.write(newest.bytes, group)
    }
    if let tail = newest.tornTail { try erase(tail, of: file) }
    try file.flushData()
    // Killed between a rename and its flush, a process leaves a name that only memory has.
    try disk.flushDirectory()
  }

  /// The whole segment in a new file in the place of the old one, which the disk does not take a
  /// write for any more. Its records were replayed, so nothing goes on without them.
  private func rewrite(_ newest: SegmentWalker) throws(JournalError) -> OpenFile {
    let name = newest.segment.name.file
    let unfinished = name + JournalDisk.unfinished_suffix
    let file: OpenFile
    do throws(JournalError) {
      file = try disk.open(unfinished, flags: O_RDWR | O_CREAT | O_TRUNC)
      try file.write(newest.bytes, 0..<newest.segment.end)
      let rest = newest.segment.end..<max(newest.segment.end, newest.bytes.count)
      try file.writeZeros(rest, scratch: scratch.bytes)
      try file.flush()
    } catch {
      try? disk.remove(unfinished)
      throw error
    }
    try disk.rename(unfinished, to: name)
    try disk.flushDirectory()
    return file
  }

  private static let word_bytes = 8

  /// The first word goes first and by itself: from then on the tail is seen for what it is,
  /// whatever of the other zeros a second crash leaves. Zeros in the middle of a record that begins
  /// well are what only damage makes.
  private func erase(_ tail: Range<Int>, of file: OpenFile) throws(JournalError) {
    let wordEnd = min(tail.lowerBound + Self.word_bytes, tail.upperBound)
    try file.writeZeros(tail.lowerBound..<wordEnd, scratch: scratch.bytes)
    try file.flushData()
    try file.writeZeros(wordEnd..<tail.upperBound, scratch: scratch.bytes)
  }

  private func openEmpty(
    lock: JournalLock, options: JournalStore.Options, epoch: Epoch
  ) throws(JournalError) -> Opened {
    // Before the first segment: where one stands, no later start asks whether this was done.
    try disk.flushParent()
    let factory = SegmentFactory(disk: disk, segment_bytes: options.segment_bytes)
    let made: SegmentFactory.Made
    do throws(SegmentFactory.Failure) {
      made = try factory.make(
        (epoch: epoch, index: 1, firstPosition: 1), checkpoint: nil, scratch: scratch.bytes)
    } catch { throw error.error }
    return Opened(
      disk: disk, lock: lock, options: options, epoch: epoch, report: report,
      segments: [made.segment], file: made.file, scratch: scratch, nextPosition: 1)
  }
}

extension Segment {
  func lastGroup(from start: Int) -> Range<Int> { min(start, end)..<end }
}
