import Branch
import Glibc
import JournalFormat
import JournalStore
import Testing

@Suite("The journal in a directory")
struct StoreTests {
  let directory = TemporaryDirectory()

  private func sampleGroups() -> [[DurableRecord]] {
    [
      [.fact(1, text("issued A001"))],
      [.local(text("sending")), .fact(2, text("printed A001")), .local(text("done"))],
      [.fact(3, text("called A001"))],
      [.fact(4, text("rated 5")), .fact(5, text("ended"))],
      [.local(text("last"))],
    ]
  }

  @Test("an empty directory becomes a journal with the epoch that was asked for")
  func firstOpening() throws {
    let path = directory.path + "/journal"
    let (store, replayed) = try openStore(path)
    #expect(replayed.isEmpty)
    #expect(store.epoch == testEpoch)
    #expect(store.nextPosition == 1)
    #expect(store.recovery == RecoveryReport())
    #expect(!store.shouldRotate)
    for file in try LinuxJournalSyscalls().entries(path) { unlink("\(path)/\(file)") }
    rmdir(path)
  }

  @Test("what was appended is replayed, in order, at the next opening")
  func replay() throws {
    var positions: [Range<UInt64>] = []
    do {
      let store = try openStore(directory.path).store
      for group in sampleGroups() { positions.append(try store.append(group)) }
      #expect(try store.append([]).isEmpty)
    }
    #expect(positions == [1..<2, 2..<5, 5..<6, 6..<8, 8..<9])
    var asked = false
    let again = try JournalStore.open(
      directory: directory.path,
      makeEpoch: {
        asked = true
        return 1
      }, replay: { _ in })
    #expect(!asked)
    #expect(again.epoch == testEpoch)
    #expect(again.recovery.records == 8 && again.recovery.facts == 5)
    #expect(again.lastFactSeq == 5 && again.nextPosition == 9)
    #expect(again.recovery.findings.isEmpty)
    let replayed = try JournalInspection.records(directory: directory.path).all()
    #expect(replayed.map(\.durable) == sampleGroups().flatMap { $0 })
  }

  @Test("records before a checkpoint that suffices are checked and counted, and not replayed")
  func passingOver() throws {
    for refused in [[], ["third"], ["third", "second"], ["third", "second", "first"]] {
      let directory = TemporaryDirectory()
      do {
        let store = try openStore(directory.path).store
        for (index, name) in ["first", "second", "third"].enumerated() {
          try store.append([.fact(Seq(index + 1), text("before the \(name)")), .local(text("and"))])
          try store.rotate(checkpoint: text(name))
        }
        try store.append([.fact(4, text("last"))])
      }
      var replayed: [String] = []
      let store = try JournalStore.open(
        directory: directory.path, options: smallSegments, makeEpoch: { testEpoch },
        suffices: { !refused.contains(String(decoding: $0, as: UTF8.self)) },
        replay: { replayed.append(String(decoding: $0.payload, as: UTF8.self)) })
      let all = [
        "before the first", "and", "first", "before the second", "and", "second",
        "before the third", "and", "third", "last",
      ]
      let begin = [0: 8, 1: 5, 2: 2, 3: 0][refused.count]!
      #expect(replayed == Array(all[begin...]), "without \(refused)")
      #expect(store.recovery.records == 10 && store.recovery.facts == 4)
      #expect(store.lastFactSeq == 4 && store.nextPosition == 11)
    }
  }

  @Test("a checkpoint that damage took is not begun with, and damage before one that is, is told")
  func passingOverDamage() throws {
    let directory = TemporaryDirectory()
    do {
      let store = try openStore(directory.path).store
      try store.append([.fact(1, text(String(repeating: "a", count: 100)))])
      try store.append([.fact(2, text(String(repeating: "b", count: 100)))])
      for name in ["first", "second"] {
        try store.rotate(checkpoint: text(String(repeating: name, count: 20)))
        try store.append([.local(text("behind the \(name)"))])
      }
    }
    func strike(_ file: String, at offset: Int) {
      var bytes = directory.bytes(file)
      for index in offset..<offset + 40 { bytes[index] ^= 0x55 }
      directory.write(bytes, to: file)
    }
    strike(directory.segments[0], at: JournalLimits.header_bytes + 60)
    strike(directory.segments[2], at: JournalLimits.header_bytes + 60)
    var replayed: [String] = []
    let store = try JournalStore.open(
      directory: directory.path, options: smallSegments, makeEpoch: { testEpoch },
      suffices: { _ in true },
      replay: { replayed.append(String(decoding: $0.payload.prefix(16), as: UTF8.self)) })
    #expect(replayed == ["firstfirstfirstf", "behind the first", "behind the secon"])
    #expect(store.recovery.findings.filter { $0.kind == .damage }.count == 2)
  }

  @Test("a second process is told who holds the journal")
  func lock() throws {
    let store = try openStore(directory.path).store
    let error = try #require(refusal { try openStore(directory.path) })
    #expect(error.code == .inUse && error.problem.code == "journal-in-use")
    #expect(error.cause.contains("\(getpid())") && error.cure.contains("kill \(getpid())"))
    // Looking does not need the lock.
    #expect(try JournalInspection.verify(directory: directory.path).contents.records == 0)
    withExtendedLifetime(store) {}
  }

  @Test("the lock goes with the store")
  func lockIsFreed() throws {
    _ = try openStore(directory.path)
    _ = try openStore(directory.path)
  }

  @Test("errors of the file system name the path and the cure")
  func openingErrors() throws {
    #expect(refusal { try openStore("/nonexistent/journal") }?.code == .missing)
    directory.write(text("x"), to: "file")
    let error = refusal { try openStore(directory.path + "/file") }
    #expect(error?.problem.what.contains(directory.path) == true)
    #expect(throws: JournalError.self) { try JournalInspection.verify(directory: "/nonexistent") }
  }

  @Test("records and groups beyond their limits are refused, and the store goes on")
  func limits() throws {
    let store = try openStore(directory.path).store
    let largest = [UInt8](repeating: 1, count: JournalLimits.payload_bytes_max)
    #expect(refusal { try store.append([.fact(1, largest + [1])]) }?.code == .recordTooLarge)
    let four = (1...4).map { DurableRecord.fact(UInt64($0), largest) }
    #expect(refusal { try store.append(four) }?.code == .groupTooLarge)
    try store.append(Array(four.dropLast()))
    #expect(store.lastFactSeq == 3 && store.failure == nil)
  }

  @Test("a full segment asks for the next; a checkpoint begins it")
  func rotation() throws {
    let payload = [UInt8](repeating: 3, count: 50_000)
    do {
      let store = try openStore(directory.path).store
      let small = DurableRecord.fact(1, [UInt8](repeating: 3, count: 24_000))
      try store.append([small])
      // As long as it does not ask, a group of the largest size fits.
      var seq: Seq = 1
      while !store.shouldRotate {
        try store.append((1...5).map { .fact(seq + $0, payload) })
        seq += 5
      }
      #expect(seq == 6)
      let group = (1...5).map { DurableRecord.fact(seq + $0, payload) }
      #expect(refusal { try store.append(group) }?.code == .segmentFull)
      #expect(store.failure == nil)
      try store.rotate(checkpoint: text("state"))
      #expect(!store.shouldRotate)
      try store.append(group)
      #expect(store.nextPosition == seq + 7)
    }
    #expect(directory.segments.count == 2)
    let (store, replayed) = try openStore(directory.path)
    #expect(store.recovery.findings.isEmpty)
    #expect(replayed.filter { $0.kind == .checkpoint }.map(\.payload) == [text("state")])
    #expect(replayed.map(\.position) == (1...UInt64(replayed.count)).map { $0 })
  }

  @Test("a checkpoint larger than a segment gets a file with room behind it")
  func largeCheckpoint() throws {
    let state = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }
    do {
      let store = try openStore(directory.path).store
      try store.append([.fact(1, text("before"))])
      try store.rotate(checkpoint: state)
      #expect(!store.shouldRotate)
      try store.append([.fact(2, text("behind"))])
    }
    let (store, replayed) = try openStore(directory.path)
    #expect(replayed.map(\.kind) == [.fact, .checkpoint, .fact])
    #expect(replayed[1].payload == state)
    #expect(try store.makeReader(fromSeq: 1).next(bytes_max: 100).map(\.seq) == [1, 2])
  }

  @Test("segments go when their facts may, but two checkpoints stay")
  func removal() throws {
    let store = try openStore(directory.path).store
    for index: UInt64 in 1...5 {
      try store.append([.fact(index * 2 - 1, text("a")), .fact(index * 2, text("b"))])
      try store.rotate(checkpoint: text("state \(index)"))
    }
    #expect(directory.segments.count == 6)
    #expect(try store.removeSegments(whoseFactsAreAtMost: 1) == 0)
    #expect(try store.removeSegments(whoseFactsAreAtMost: 3) == 1)
    #expect(try store.removeSegments(whoseFactsAreAtMost: 4) == 1)
    #expect(try store.removeSegments(whoseFactsAreAtMost: 1000) == 2)
    #expect(directory.segments.count == 2)
    try store.append([.fact(11, text("on"))])
    #expect(
      try JournalInspection.records(directory: directory.path).all().map(\.seq) == [
        0, 9, 10, 0, 11,
      ])
    #expect(try JournalInspection.verify(directory: directory.path).contents.findings.isEmpty)
  }

  @Test("a damaged checkpoint costs nothing while the one before it stands")
  func damagedCheckpoint() throws {
    do {
      let store = try openStore(directory.path).store
      for index: UInt64 in 1...3 {
        try store.append([.fact(index, text("fact \(index)"))])
        try store.rotate(checkpoint: text("state \(index)"))
      }
      try store.append([.fact(4, text("fact 4"))])
      try store.removeSegments(whoseFactsAreAtMost: 3)
    }
    var bytes = directory.bytes(directory.segments[1])
    for offset in 42..<44 { bytes[4096 + offset] ^= 1 }
    directory.write(bytes, to: directory.segments[1])
    let (store, replayed) = try openStore(directory.path)
    #expect(replayed.map(\.payload) == [text("state 2"), text("fact 3"), text("fact 4")])
    #expect(store.recovery.hasLoss && store.shouldRotate)
  }

  @Test("a file that does not belong is moved away and reported")
  func foreignFiles() throws {
    do { try openStore(directory.path).store.append([.fact(1, text("mine"))]) }
    let mine = directory.bytes(directory.segments[0])
    directory.write(mine, to: SegmentName(epoch: testEpoch, index: 7).file)
    directory.write(mine, to: SegmentName(epoch: testEpoch - 1, index: 2).file)
    directory.write(text("half"), to: SegmentName(epoch: testEpoch, index: 3).file + ".tmp")
    directory.write(text("notes"), to: "notes.txt")
    #expect(try JournalInspection.verify(directory: directory.path).contents.findings.count == 2)
    let (store, replayed) = try openStore(directory.path)
    #expect(replayed.map(\.seq) == [1])
    #expect(store.recovery.findings.map(\.kind) == [.foreign, .foreign])
    #expect(directory.files.count { $0.hasSuffix(".foreign") } == 2)
    #expect(
      directory.files.contains("notes.txt") && !directory.files.contains { $0.hasSuffix(".tmp") })
  }

  @Test("a journal of a later format is refused and left alone")
  func newerFormat() throws {
    do { _ = try openStore(directory.path) }
    var bytes = directory.bytes(directory.segments[0])
    for start in [0, 2048] {
      bytes[start + 8] = 2
      let crc = bytes[start..<start + 48].withUnsafeBytes { CRC32C.of($0) }
      for byte in 0..<4 { bytes[start + 48 + byte] = UInt8(truncatingIfNeeded: crc >> (8 * byte)) }
    }
    directory.write(bytes, to: directory.segments[0])
    #expect(refusal { try openStore(directory.path) }?.code == .newerFormat)
    #expect(directory.bytes(directory.segments[0]) == bytes)
  }

  @Test("every finding and every error says what, why and what to do")
  func wording() throws {
    do { try openStore(directory.path).store.append(sampleGroups()[3]) }
    var bytes = directory.bytes(directory.segments[0])
    for offset in 30..<32 { bytes[4096 + offset] ^= 1 }
    directory.write(bytes, to: directory.segments[0])
    let store = try openStore(directory.path).store
    let problem = try #require(store.recovery.findings.first?.problem)
    #expect(problem.code == "journal-damage")
    #expect(problem.what.contains(directory.segments[0]) && problem.what.contains("1 records"))
    #expect(problem.cure.contains(".damaged"))
  }
}

extension JournalInspection.Records {
  func all() throws(JournalError) -> [JournalRecord] {
    var copy = self
    var records: [JournalRecord] = []
    while let record = try copy.next() { records.append(record) }
    return records
  }
}
