import Branch
import JournalFormat
import JournalStore
import Testing

@Suite("Reading facts while the journal grows")
struct ReaderTests {
  let directory = TemporaryDirectory()

  @Test("a reader sees what is appended behind it, across segments")
  func follows() throws {
    let store = try openStore(directory.path).store
    let reader = store.makeReader(fromSeq: 1)
    #expect(try reader.next(bytes_max: 1000).isEmpty)
    var seq: Seq = 0
    for round in 1...40 {
      try store.append([.local(text("not for readers")), .fact(seq + 1, text("fact \(seq + 1)"))])
      seq += 1
      if round % 7 == 0 { try store.rotate(checkpoint: text("state")) }
      if round % 3 == 0 {
        let batch = try reader.next(bytes_max: 1000)
        #expect(batch.map(\.seq) == [seq - 2, seq - 1, seq])
        #expect(batch.map(\.payload) == [seq - 2, seq - 1, seq].map { text("fact \($0)") })
        #expect(try reader.next(bytes_max: 1000).isEmpty)
      }
    }
  }

  @Test("a reader may start at any fact, known or still to come")
  func startsAnywhere() throws {
    let store = try openStore(directory.path).store
    for seq: Seq in 1...30 {
      try store.append([.fact(seq, [UInt8](repeating: 1, count: 9000))])
      if seq % 11 == 0 { try store.rotate(checkpoint: text("state")) }
    }
    for start: Seq in 1...32 {
      let reader = store.makeReader(fromSeq: start)
      #expect(try reader.next(bytes_max: 1 << 20).map(\.seq) == (start...32).filter { $0 <= 30 })
    }
    let later = store.makeReader(fromSeq: 35)
    for seq: Seq in 31...36 { try store.append([.fact(seq, text("late"))]) }
    #expect(try later.next(bytes_max: 100).map(\.seq) == [35, 36])
  }

  @Test("batches stay within their bytes, but always carry one fact")
  func batches() throws {
    let store = try openStore(directory.path).store
    try store.append((1...20).map { .fact($0, [UInt8](repeating: 2, count: 100)) })
    let reader = store.makeReader(fromSeq: 1)
    #expect(try reader.next(bytes_max: 350).map(\.seq) == [1, 2, 3])
    #expect(try reader.next(bytes_max: 400).map(\.seq) == [4, 5, 6, 7])
    #expect(try reader.next(bytes_max: 1).map(\.seq) == [8])
    #expect(try reader.next(bytes_max: 0).map(\.seq) == [9])
    #expect(try reader.next(bytes_max: 1 << 30).map(\.seq) == Array(10...20))
  }

  @Test("a reader stops at the number it was given, and goes on from there")
  func stops() throws {
    let store = try openStore(directory.path).store
    try store.append((1...9).map { .fact($0, text("fact")) })
    try store.rotate(checkpoint: text("state"))
    try store.append([.fact(20, text("fact")), .fact(21, text("fact"))])
    let reader = store.makeReader(fromSeq: 1)
    #expect(try reader.next(bytes_max: 1000, through: 4).map(\.seq) == [1, 2, 3, 4])
    #expect(try reader.next(bytes_max: 1000, through: 4).isEmpty)
    #expect(reader.nextSeq == 5)
    #expect(try reader.next(bytes_max: 8, through: 6).map(\.seq) == [5, 6])
    #expect(try reader.next(bytes_max: 1000, through: 12).map(\.seq) == [7, 8, 9])
    #expect(reader.nextSeq == 13, "what lies between two facts is known to be missing")
    #expect(try reader.next(bytes_max: 1000, through: 15).isEmpty)
    #expect(try reader.next(bytes_max: 1000).map(\.seq) == [20, 21])
  }

  @Test("several readers go at their own pace, also past segments that are removed")
  func independent() throws {
    let store = try openStore(directory.path).store
    let slow = store.makeReader(fromSeq: 1)
    let fast = store.makeReader(fromSeq: 1)
    for round: Seq in 0..<5 {
      try store.append([.fact(round * 2 + 1, text("a")), .fact(round * 2 + 2, text("b"))])
      try store.rotate(checkpoint: text("state"))
      if round == 0 { #expect(try slow.next(bytes_max: 1).map(\.seq) == [1]) }
      #expect(try fast.next(bytes_max: 100).map(\.seq) == [round * 2 + 1, round * 2 + 2])
    }
    #expect(try store.removeSegments(whoseFactsAreAtMost: 10) == 4)
    // Its own segment is still open; those between are gone.
    #expect(try slow.next(bytes_max: 100).map(\.seq) == [2, 9, 10])
  }

  @Test("what a failed write left behind is never read; its repetition is, once")
  func failedGroup() throws {
    let disk = FakeDisk(seed: 9)
    let store = try openStore("/data", calls: disk).store
    let reader = store.makeReader(fromSeq: 1)
    try store.append([.fact(1, text("one"))])
    disk.failing = (disk.callCount + 2, 5)
    #expect(throws: JournalError.self) { try store.append([.fact(2, text("two"))]) }
    #expect(store.failure?.code == .io)
    #expect(refusal { try store.append([.fact(3, text("no"))]) }?.code == .failed)
    #expect(try reader.next(bytes_max: 100).map(\.seq) == [1])
    let again = try store.moveToNewSegment(checkpoint: text("state"))
    #expect(again == [.fact(2, text("two"))])
    #expect(try reader.next(bytes_max: 100).isEmpty)
    try store.append(again)
    #expect(try reader.next(bytes_max: 100).map(\.seq) == [2])
    #expect(try store.moveToNewSegment(checkpoint: text("state")).isEmpty)
  }

  @Test("damage that comes while the daemon runs is mended or passed over")
  func damageWhileRunning() throws {
    let store = try openStore(directory.path).store
    try store.append([.fact(1, text("one")), .fact(2, text("two")), .fact(3, text("three"))])
    try store.append([.fact(4, text("four"))])
    let file = directory.segments[0]
    var bytes = directory.bytes(file)
    bytes[4096 + 48 + 42] ^= 1
    directory.write(bytes, to: file)
    let mending = store.makeReader(fromSeq: 1)
    #expect(try mending.next(bytes_max: 100).map(\.payload).first { $0 == text("two") } != nil)
    bytes[4096 + 48 + 40] ^= 1
    directory.write(bytes, to: file)
    let reader = store.makeReader(fromSeq: 1)
    #expect(try reader.next(bytes_max: 100).map(\.seq) == [1, 3, 4])
    #expect(reader.damages.map(\.positions) == [2..<3])
  }

  @Test("an inspection beside a running daemon sees all that is durable")
  func inspection() throws {
    let store = try openStore(directory.path).store
    for seq: Seq in 1...9 {
      try store.append([.fact(seq, text("fact"))])
      if seq % 4 == 0 { try store.rotate(checkpoint: text("state")) }
      let report = try JournalInspection.verify(directory: directory.path)
      #expect(report.contents.facts == Int(seq) && report.contents.findings.isEmpty)
      #expect(report.contents.lastFactSeq == seq && report.epoch == testEpoch)
    }
    let report = try JournalInspection.verify(directory: directory.path)
    #expect(report.segments.map(\.facts) == [1...4, 5...8, 9...9])
    #expect(report.segments.map(\.beginsWithCheckpoint) == [false, true, true])
    #expect(report.segments.map(\.records) == [4, 5, 2])
    withExtendedLifetime(store) {}
  }
}
