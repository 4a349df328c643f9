import Branch
import Glibc
import JournalFormat
import JournalStore
import Testing

@Suite("A sound copy of a journal")
struct RepairTests {
  private let source = TemporaryDirectory()
  private let target = TemporaryDirectory()

  /// Facts 1 to 6 in three segments, with locals between.
  private func fill() throws {
    let store = try openStore(source.path).store
    for seq: Seq in 1...6 {
      try store.append([
        .fact(seq, [UInt8](repeating: UInt8(seq), count: 100)), .local(text("local \(seq)")),
      ])
      if seq % 2 == 0 { try store.rotate(checkpoint: text("state \(seq)")) }
    }
  }

  private func damage(_ segment: Int, at offset: Int, count: Int) {
    var bytes = source.bytes(source.segments[segment])
    for place in offset..<offset + count { bytes[place] ^= 0x5A }
    source.write(bytes, to: source.segments[segment])
  }

  private func records(_ directory: TemporaryDirectory) throws -> [JournalRecord] {
    try JournalInspection.records(directory: directory.path).all()
  }

  @Test("the copy of a sound journal has the same records, positions and numbers")
  func sound() throws {
    try fill()
    let before = Dictionary(uniqueKeysWithValues: source.files.map { ($0, source.bytes($0)) })
    let report = try JournalRepair.copy(directory: source.path, to: target.path)
    #expect(report.findings.isEmpty && report.facts == 6 && report.lastFactSeq == 6)
    #expect(try records(target) == records(source))
    #expect(try JournalInspection.verify(directory: target.path).contents.findings.isEmpty)
    #expect(source.files.allSatisfy { source.bytes($0) == before[$0] })
    #expect(source.files.count == before.count)
    let (store, _) = try openStore(target.path)
    #expect(store.epoch == testEpoch && store.recovery.findings.isEmpty)
    try store.append([.fact(7, text("goes on"))])
  }

  @Test("what damage left is in the copy, and the gap is known there as well")
  func damaged() throws {
    try fill()
    damage(1, at: 4096 + 120, count: 30)
    let left = try records(source)
    #expect(left.count < 15)
    let report = try JournalRepair.copy(directory: source.path, to: target.path)
    #expect(report.hasLoss && report.records == left.count)
    #expect(try records(target) == left)
    let (store, replayed) = try openStore(target.path)
    #expect(replayed == left)
    #expect(store.recovery.findings.map(\.kind) == [.missing])
    #expect(store.recovery.findings[0].positions == report.findings[0].positions)
  }

  @Test("numbers that may have been given behind the last record are in doubt in the copy, too")
  func damagedAtTheEnd() throws {
    do {
      let store = try openStore(source.path).store
      for seq: Seq in 1...4 { try store.append([.fact(seq, text("fact \(seq)"))]) }
    }
    damage(0, at: 4096 + 48 * 3 + 8, count: 30)
    let report = try JournalRepair.copy(directory: source.path, to: target.path)
    #expect(report.hasLoss && report.lastFactSeq == 3)
    let copy = try openStore(target.path).store
    #expect(copy.recovery.seqsInDoubt == 1)
    #expect(try openStore(source.path).store.recovery.seqsInDoubt == 1)
    try copy.append([.fact(10, text("goes on"))])
  }

  @Test("a file that was cut costs the copy as much doubt as the source")
  func shortened() throws {
    do { try openStore(source.path).store.append([.fact(1, text("first"))]) }
    source.write(Array(source.bytes(source.segments[0])[..<8192]), to: source.segments[0])
    _ = try JournalRepair.copy(directory: source.path, to: target.path)
    let copy = try openStore(target.path).store.recovery
    #expect(copy.seqsInDoubt == (try openStore(source.path).store.recovery.seqsInDoubt))
    #expect(copy.seqsInDoubt > 1000)
  }

  @Test("a changed byte and a torn tail are gone from the copy")
  func mended() throws {
    try fill()
    damage(0, at: 4096 + 50, count: 1)
    let last = source.segments[3]
    var bytes = source.bytes(last)
    let end = SegmentScanner.contentEnd(of: bytes)
    for place in 0..<20 { bytes[(end + 7) / 8 * 8 + place] = 9 }
    source.write(bytes, to: last)
    let report = try JournalRepair.copy(directory: source.path, to: target.path)
    #expect(!report.hasLoss)
    #expect(report.findings.map(\.kind) == [.mended, .tornTail])
    #expect(try records(target).filter { $0.kind == .fact }.map(\.seq) == [1, 2, 3, 4, 5, 6])
    #expect(try JournalInspection.verify(directory: target.path).contents.findings.isEmpty)
  }

  @Test("a target that holds something is refused, and so is a source that holds nothing")
  func refusals() throws {
    #expect(
      refusal { try JournalRepair.copy(directory: source.path, to: target.path) }?.code
        == .missing)
    try fill()
    target.write([1], to: "file")
    let error = refusal { try JournalRepair.copy(directory: source.path, to: target.path) }
    #expect(error?.code == .notEmpty && target.files == ["file"])
    #expect(
      refusal { try JournalRepair.copy(directory: source.path, to: source.path) }?.code
        == .notEmpty)
    #expect(
      refusal { try JournalRepair.copy(directory: source.path, to: "/no/such/place") }?.code
        == .missing)
  }
}
