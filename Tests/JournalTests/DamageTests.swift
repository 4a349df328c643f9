import Branch
import JournalFormat
import JournalStore
import Testing

@Suite("A journal that was changed behind its back")
struct DamageTests {
  private static let directory = "/data"

  /// Two segments: facts 1 to 4, then a checkpoint and facts 5 to 7.
  private func makeDisk() throws -> (disk: FakeDisk, records: [JournalRecord]) {
    let disk = FakeDisk(seed: 1)
    var store: JournalStore? = try openStore(Self.directory, calls: disk).store
    try store?.append([.fact(1, text("one"))])
    try store?.append([.fact(2, text("two")), .local(text("between")), .fact(3, text("three"))])
    try store?.append([.fact(4, text("four"))])
    try store?.rotate(checkpoint: text("state"))
    try store?.append([.fact(5, text("five"))])
    try store?.append([.fact(6, text("six")), .fact(7, text("seven"))])
    store = nil
    disk.killProcess()
    return (disk, try JournalInspection.records(directory: Self.directory, calls: disk).all())
  }

  @Test("any one changed byte of any segment costs nothing, and is reported")
  func everyByte() throws {
    let (disk, records) = try makeDisk()
    #expect(records.count == 9)
    for file in disk.segments {
      let original = try #require(disk.names[file]).cached
      let contentEnd = SegmentScanner.contentEnd(of: original)
      // Of the header's zeros and the empty space a sample is enough; all of the rest.
      let offsets =
        Array(0..<64) + Array(stride(from: 64, to: 4096, by: 73)) + Array(2048..<2112)
        + Array(4096..<(contentEnd + 7) / 8 * 8) + [contentEnd + 50, original.count - 1]
      for offset in offsets {
        disk.change(file) { $0[offset] ^= 0xFF }
        let report = try JournalInspection.verify(directory: Self.directory, calls: disk)
        #expect(!report.contents.findings.isEmpty, "\(file) byte \(offset)")
        #expect(!report.contents.hasLoss, "\(file) byte \(offset)")
        let read = try JournalInspection.records(directory: Self.directory, calls: disk).all()
        #expect(read == records, "\(file) byte \(offset)")
        disk.change(file) { $0 = original }
      }
    }
  }

  @Test(
    "an opening sets a changed byte right, keeps a copy, and goes on", arguments: [false, true])
  func openingMends(andTheDiskRefuses: Bool) throws {
    let (disk, records) = try makeDisk()
    for file in disk.segments {
      let original = try #require(disk.names[file]).cached
      let contentEnd = SegmentScanner.contentEnd(of: original)
      for offset in stride(from: 4096, to: contentEnd, by: 11) {
        let (disk, _) = try makeDisk()
        disk.change(file) { $0[offset] ^= 0x20 }
        let note = "\(file) byte \(offset)"
        if andTheDiskRefuses { disk.makeUnwritable(file) }
        let (store, replayed) = try openStore(Self.directory, calls: disk)
        let isNewest = file == disk.segments[1]
        // The newest has to be flushed all the same, and then stands in a new file.
        let isRewritten = andTheDiskRefuses && isNewest
        #expect(
          store.recovery.findings.map(\.kind) == (isRewritten ? [.mended, .rewritten] : [.mended]),
          "\(note)")
        #expect(replayed == records, "\(note)")
        let copy = try #require(disk.names[file + ".damaged"], "\(note)").cached
        #expect(copy[offset] == original[offset] ^ 0x20, "\(note)")
        let isSetRight = disk.names[file]?.cached == original
        #expect(isSetRight == (!andTheDiskRefuses || isNewest), "\(note)")
        #expect(store.shouldRotate == isNewest, "\(note)")
        try expectGoesOn(store, disk, replayed, note)
      }
    }
  }

  @Test("an opening reports damage, keeps a copy, and goes on behind it")
  func opening() throws {
    let (disk, records) = try makeDisk()
    for file in disk.segments {
      let original = try #require(disk.names[file]).cached
      let contentEnd = SegmentScanner.contentEnd(of: original)
      for offset in stride(from: 4096, to: contentEnd, by: 24) {
        let (disk, _) = try makeDisk()
        disk.change(file) { for place in offset..<offset + 2 { $0[place] ^= 0x20 } }
        let changed = try #require(disk.names[file]).cached
        let note = "\(file) byte \(offset)"
        let (store, replayed) = try openStore(Self.directory, calls: disk)
        #expect(store.recovery.hasLoss, "\(note)")
        #expect(replayed.count == records.count - 1, "\(note)")
        let lastIsLost = replayed.last != records.last && file == disk.segments[1]
        #expect(store.recovery.seqsInDoubt == (lastIsLost ? 1 : 0), "\(note)")
        let copy = try #require(disk.names[file + ".damaged"], "\(note)").cached
        #expect(Array(changed[..<copy.count]) == copy, "\(note)")
        #expect(copy.count >= contentEnd - 1, "\(note)")
        #expect(store.shouldRotate == (file == disk.segments[1]), "\(note)")
        try expectGoesOn(store, disk, replayed, note)
      }
    }
  }

  private func expectGoesOn(
    _ store: JournalStore, _ disk: FakeDisk, _ before: [JournalRecord], _ note: String
  ) throws {
    try store.append([.fact(100, text("on"))])
    try store.rotate(checkpoint: text("later"))
    try store.append([.fact(101, text("and on"))])
    let facts = before.filter { $0.kind == .fact }.map(\.seq) + [100, 101]
    let reader = store.makeReader(fromSeq: 1)
    #expect(try reader.next(bytes_max: 10_000).map(\.seq) == facts, "\(note)")
    disk.killProcess()
    let (again, replayed) = try openStore(Self.directory, calls: disk)
    #expect(replayed.filter { $0.kind == .fact }.map(\.seq) == facts, "\(note)")
    #expect(again.recovery.findings.allSatisfy { $0.kind != .tornTail }, "\(note)")
  }

  @Test("a file cut at any length opens with what stands before the cut")
  func truncation() throws {
    let (disk, records) = try makeDisk()
    let file = disk.segments[1]
    let original = try #require(disk.names[file]).cached
    let first = records.filter { $0.position < 6 }
    for length in Array(stride(from: 0, to: 4096, by: 333)) + Array(4096..<4500) {
      let (disk, _) = try makeDisk()
      disk.change(file) { $0 = Array(original[..<length]) }
      let (store, replayed) = try openStore(Self.directory, calls: disk)
      #expect(Array(records[..<replayed.count]) == replayed, "cut at \(length)")
      #expect(replayed.count >= first.count, "cut at \(length)")
      #expect(store.recovery.findings.contains { $0.kind == .shortened || $0.kind == .damage })
      #expect(store.recovery.seqsInDoubt > 1000, "nobody knows what stood there")
      #expect(store.epoch == testEpoch)
      if store.shouldRotate { try store.rotate(checkpoint: text("again")) }
      try store.append([.fact(50, text("on"))])
      disk.killProcess()
      let again = try openStore(Self.directory, calls: disk).replayed
      #expect(again.last?.seq == 50, "cut at \(length)")
    }
  }

  @Test("a segment that is gone is reported as missing records")
  func missingSegment() throws {
    let disk = FakeDisk(seed: 3)
    var store: JournalStore? = try openStore(Self.directory, calls: disk).store
    for seq: UInt64 in 1...3 {
      try store?.append([.fact(seq, text("fact"))])
      try store?.rotate(checkpoint: text("state"))
    }
    store = nil
    disk.killProcess()
    try disk.remove(disk.segments[1])
    let (again, replayed) = try openStore(Self.directory, calls: disk)
    #expect(replayed.map(\.seq) == [1, 0, 3, 0])
    #expect(again.recovery.findings.map(\.kind) == [.missing])
    #expect(again.recovery.findings.map(\.positions) == [2..<4])
  }

  @Test("a segment that the file system cannot open is moved away, not waited for")
  func unopenableSegment() throws {
    let (disk, records) = try makeDisk()
    let file = disk.segments[0]
    disk.makeUnopenable(file)
    let (store, replayed) = try openStore(Self.directory, calls: disk)
    #expect(replayed == records.filter { $0.position >= 6 })
    #expect(store.recovery.findings.map(\.kind) == [.foreign] && store.recovery.hasLoss)
    #expect(disk.names[file + ".foreign"] != nil)
  }

  @Test("copies of damaged segments are bounded, reports are not lost")
  func boundedCopies() throws {
    let disk = FakeDisk(seed: 4)
    var store: JournalStore? = try openStore(Self.directory, calls: disk).store
    for seq: UInt64 in 1...12 {
      try store?.append([.fact(2 * seq, text("fact")), .fact(2 * seq + 1, text("fact"))])
      try store?.rotate(checkpoint: text("state"))
    }
    try store?.append([.fact(100, text("last"))])
    store = nil
    disk.killProcess()
    for file in disk.segments {
      disk.change(file) {
        $0[4096 + 45] ^= 1; $0[4096 + 46] ^= 1
      }
    }
    for _ in 1...2 {
      let report = try openStore(Self.directory, calls: disk).store.recovery
      #expect(report.findings.count == 13)
      #expect(report.setAside.count == 8)
      #expect(disk.names.keys.count { $0.hasSuffix(".damaged") } == 8)
      disk.killProcess()
    }
  }
}
