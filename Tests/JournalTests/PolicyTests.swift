import Branch
import Glibc
import JournalFormat
import JournalStore
import Testing

/// The table "When the disk refuses" of JOURNAL.md, row by row.
@Suite("What the journal does when the disk refuses")
struct PolicyTests {
  private static let directory = "/data"
  private let disk = FakeDisk(seed: 31)

  private func makeStore() throws -> JournalStore {
    let store = try openStore(Self.directory, calls: disk).store
    try store.append([.fact(1, text("first"))])
    return store
  }

  /// What stands in the journal after a power cut.
  private func seqsAfterPowerCut() throws -> [Seq] {
    disk.refusing = [:]
    disk.restart()
    let (store, replayed) = try openStore(Self.directory, calls: disk)
    #expect(!store.recovery.hasLoss, "\(store.recovery.findings)")
    return replayed.filter { $0.kind == .fact }.map(\.seq)
  }

  @Test(
    "without fallocate a segment is filled with zeros all the same",
    arguments: [
      EOPNOTSUPP, ENOSYS,
    ])
  func noFallocate(errno: Int32) throws {
    let store = try makeStore()
    disk.refusing["fallocate"] = errno
    try store.rotate(checkpoint: text("state"))
    let file = try #require(disk.names[disk.segments[1]])
    #expect(file.onDisk.count == JournalLimits.segment_bytes_min)
    try store.append([.fact(2, text("second"))])
    #expect(try seqsAfterPowerCut() == [1, 2])
  }

  private struct Refusal {
    let call: String
    let errno: Int32
    let code: JournalError.Code
  }

  @Test("what is missing for a new segment leaves the old one in use")
  func noNewSegment() throws {
    let refusals = [
      Refusal(call: "fallocate", errno: ENOSPC, code: .noSpace),
      Refusal(call: "fallocate", errno: EDQUOT, code: .noSpace),
      Refusal(call: "open", errno: EMFILE, code: .tooManyFiles),
      Refusal(call: "open", errno: ENFILE, code: .tooManyFiles),
      Refusal(call: "open", errno: EROFS, code: .readOnly),
      Refusal(call: "write", errno: ENOSPC, code: .noSpace),
      Refusal(call: "write", errno: EIO, code: .io),
      Refusal(call: "fdatasync", errno: EIO, code: .io),
    ]
    let store = try makeStore()
    var seq: Seq = 1
    for refused in refusals {
      disk.refusing = [refused.call: refused.errno]
      let error = try #require(refusal { try store.rotate(checkpoint: text("state")) })
      #expect(error.code == refused.code && error.errno == refused.errno, "\(refused)")
      disk.refusing = [:]
      #expect(store.failure == nil, "\(refused)")
      seq += 1
      try store.append([.fact(seq, text("goes on"))])
      #expect(!disk.names.keys.contains { $0.hasSuffix(".tmp") }, "\(refused)")
    }
    #expect(disk.segments.count == 1)
    #expect(try seqsAfterPowerCut() == Array(1...seq))
  }

  @Test(
    "a write or flush that fails ends the use of its file, and nothing is told to be durable",
    arguments: ["write", "fdatasync"], [ENOSPC, EDQUOT, EIO, EROFS])
  func failedAppend(call: String, errno: Int32) throws {
    let store = try makeStore()
    let group = [DurableRecord.fact(2, [UInt8](repeating: 7, count: 1400)), .local(text("with"))]
    disk.refusing = [call: errno]
    let error = try #require(refusal { try store.append(group) })
    #expect(error.errno == errno)
    disk.refusing = [:]
    // The same file is not tried again, although the disk would take it now.
    let calls = disk.callCount
    #expect(refusal { try store.append(group) }?.code == .failed)
    #expect(disk.callCount == calls)
    disk.refusing = [call: errno]
    #expect(refusal { try store.moveToNewSegment(checkpoint: text("state")) }?.errno == errno)
    #expect(store.failure != nil)
    disk.refusing = [:]
    #expect(try store.moveToNewSegment(checkpoint: text("state")) == group)
    try store.append(group)
    #expect(try seqsAfterPowerCut() == [1, 2])
  }

  @Test(
    "a rename or its flush that fails ends the use of the old segment",
    arguments: [
      "rename", "fsync directory",
    ])
  func failedRename(call: String) throws {
    let store = try makeStore()
    disk.refusing = [call: EIO]
    #expect(refusal { try store.rotate(checkpoint: text("state")) }?.code == .io)
    #expect(refusal { try store.append([.fact(2, text("second"))]) }?.code == .failed)
    disk.refusing = [:]
    #expect(try store.moveToNewSegment(checkpoint: text("state")).isEmpty)
    // What may stand there of the attempt takes no space from here on.
    #expect(disk.segments.count == 2)
    try store.append([.fact(2, text("second"))])
    #expect(try seqsAfterPowerCut() == [1, 2])
  }

  @Test("segments that cannot be removed stay, and go later")
  func failedRemoval() throws {
    let store = try makeStore()
    for seq: Seq in 2...4 {
      try store.rotate(checkpoint: text("state"))
      try store.append([.fact(seq, text("next"))])
    }
    disk.refusing = ["unlink": EROFS]
    #expect(
      refusal { try store.removeSegments(whoseFactsAreAtMost: 4) }?.code == .readOnly)
    try store.append([.fact(5, text("goes on"))])
    disk.refusing = [:]
    #expect(try store.removeSegments(whoseFactsAreAtMost: 4) == 2)
    #expect(try seqsAfterPowerCut() == [3, 4, 5])
  }

  @Test("an opening that may not write refuses; looking at the journal needs no writing")
  func readOnly() throws {
    do { _ = try makeStore() }
    disk.killProcess()
    // A real one refuses to open the lock file for writing.
    disk.refusing = ["open lock": EROFS, "write": EROFS, "fdatasync": EROFS]
    let error = try #require(refusal { try openStore(Self.directory, calls: disk) })
    #expect(error.code == .readOnly && error.cure.contains("dmesg"))
    let report = try JournalInspection.verify(directory: Self.directory, calls: disk)
    #expect(report.contents.records == 1 && report.contents.findings.isEmpty)
  }

  @Test("an opening whose writes fail goes on in a copy of the segment")
  func refusedOpening() throws {
    let store = try makeStore()
    // In the page cache only, as a process leaves it that is killed before its flush.
    disk.refusing = ["fdatasync": EIO]
    #expect(throws: JournalError.self) { try store.append([.fact(2, text("second"))]) }
    disk.killProcess()
    disk.refusing = [:]
    disk.makeUnwritable(disk.segments[0])
    do {
      let (store, replayed) = try openStore(Self.directory, calls: disk)
      #expect(replayed.map(\.seq) == [1, 2])
      #expect(store.recovery.findings.map(\.kind) == [.rewritten])
      #expect(store.failure == nil)
      try store.append([.fact(3, text("third"))])
    }
    #expect(try seqsAfterPowerCut() == [1, 2, 3])
  }

  @Test("when not even a copy can be made, the journal does not open, and nothing is lost")
  func nothingCanBeFlushed() throws {
    do { _ = try makeStore() }
    disk.killProcess()
    disk.refusing = ["fdatasync": EIO]
    let error = try #require(refusal { try openStore(Self.directory, calls: disk) })
    #expect(error.code == .io && error.cure.contains("replace the disk"))
    disk.killProcess()
    #expect(try seqsAfterPowerCut() == [1])
  }

  @Test("each errno has a code and a cure of its own")
  func words() throws {
    let cures: [(errno: Int32, code: String, cure: String)] = [
      (ENOSPC, "journal-no-space", "df -h"), (EDQUOT, "journal-no-space", "df -h"),
      (EFBIG, "journal-no-space", "df -h"), (EACCES, "journal-denied", "chown"),
      (EPERM, "journal-denied", "chown"), (EROFS, "journal-read-only", "mounted read-only"),
      (EMFILE, "journal-too-many-files", "LimitNOFILE"),
      (ENFILE, "journal-too-many-files", "LimitNOFILE"),
      (EIO, "journal-io", "replace the disk"), (EUCLEAN, "journal-io", "replace the disk"),
    ]
    let store = try makeStore()
    for (errno, code, cure) in cures {
      disk.refusing = ["fallocate": errno]
      let problem = refusal { try store.rotate(checkpoint: text("state")) }?.problem
      #expect(problem?.code == code)
      #expect(problem?.cure.contains(cure) == true, "\(code)")
    }
  }
}

@Suite("Numbers at their end")
struct NumberLimitTests {
  private let directory = TemporaryDirectory()

  /// A journal whose next record has this position, in a segment of this number.
  private func makeJournal(nextPosition: UInt64, lastSeq: Seq, index: UInt64 = 1) {
    let made = MadeSegment(
      [[.fact(lastSeq, text("before"))]], firstPosition: nextPosition - 1, index: index,
      file_bytes: 600_000)
    directory.write(made.bytes, to: SegmentName(epoch: testEpoch, index: index).file)
  }

  @Test("the last position but one is given, the last one is kept for a checkpoint")
  func positions() throws {
    let last = JournalLimits.position_max
    makeJournal(nextPosition: last - 3, lastSeq: 10)
    let store = try openStore(directory.path).store
    #expect(store.recovery.findings.isEmpty)
    let error = try #require(
      refusal { try store.append((11...14).map { .fact($0, text("too many")) }) })
    #expect(error.code == .exhausted && error.cause.contains("positions"))
    #expect(error.cure.contains("new epoch"))
    try store.append((11...13).map { .fact($0, text("the last")) })
    #expect(refusal { try store.append([.fact(14, text("none"))]) }?.code == .exhausted)
    try store.rotate(checkpoint: text("state"))
    #expect(refusal { try store.rotate(checkpoint: text("state")) }?.code == .exhausted)
    #expect(refusal { try store.append([.fact(14, text("none"))]) }?.code == .exhausted)
    #expect(store.failure == nil)
    let reader = store.makeReader(fromSeq: 1)
    #expect(try reader.next(bytes_max: 1000).map(\.seq) == [10, 11, 12, 13])
    #expect(try reader.next(bytes_max: 1000).isEmpty)
  }

  @Test("a journal that is full of positions opens again")
  func openAtTheEnd() throws {
    makeJournal(nextPosition: JournalLimits.position_max + 1, lastSeq: 10)
    for _ in 1...2 {
      let (store, replayed) = try openStore(directory.path)
      #expect(store.recovery.findings.isEmpty)
      #expect(replayed.map(\.position) == [JournalLimits.position_max])
      #expect(refusal { try store.append([.local([])]) }?.code == .exhausted)
      #expect(refusal { try store.rotate(checkpoint: []) }?.code == .exhausted)
    }
  }

  @Test("the last number of a fact is given, and none behind it")
  func seqs() throws {
    makeJournal(nextPosition: 100, lastSeq: DurableRecord.seq_max - 1)
    let store = try openStore(directory.path).store
    try store.append([.fact(DurableRecord.seq_max, text("the last"))])
    let beyond = DurableRecord.seq_max + 1
    let error = refusal { try store.append([.local([1]), .fact(beyond, text("one more"))]) }
    #expect(error?.code == .exhausted && error?.cause.contains("numbers of facts") == true)
    #expect(
      refusal { try store.append([.fact(.max, text("the largest"))]) }?.code == .exhausted)
    try store.append([.local(text("goes on"))])
    let reader = store.makeReader(fromSeq: DurableRecord.seq_max)
    #expect(try reader.next(bytes_max: 1000).map(\.seq) == [DurableRecord.seq_max])
    #expect(try reader.next(bytes_max: 1000).isEmpty)
    #expect(try store.makeReader(fromSeq: .max).next(bytes_max: 1000).isEmpty)
  }

  @Test("the last segment takes no successor")
  func segments() throws {
    makeJournal(nextPosition: 100, lastSeq: 5, index: JournalLimits.position_max)
    let store = try openStore(directory.path).store
    let error = refusal { try store.rotate(checkpoint: text("state")) }
    #expect(error?.code == .exhausted && error?.cause.contains("segments") == true)
    #expect(store.failure == nil)
    try store.append([.fact(6, text("goes on"))])
  }

  private static let beyondLimits: [(UInt64, Seq)] = [
    (JournalLimits.position_max + 1, 1), (.max, 1), (1, DurableRecord.seq_max + 1), (1, .max),
  ]

  @Test("numbers beyond the limits are no record's", arguments: beyondLimits)
  func beyond(position: UInt64, seq: Seq) throws {
    let made = MadeSegment([[.fact(seq, text("no"))]], firstPosition: position)
    let scan = Scan(made.bytes, expected: nil)
    #expect(scan.records.isEmpty)
    directory.write(made.bytes, to: SegmentName(epoch: testEpoch, index: 1).file)
    let report = try JournalInspection.verify(directory: directory.path)
    #expect(report.contents.hasLoss)
    let (store, replayed) = try openStore(directory.path)
    #expect(replayed.isEmpty)
    try store.append([.fact(1, text("goes on"))])
  }
}
