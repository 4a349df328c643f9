import Branch
import Glibc
import JournalFormat
import JournalStore
import QueueProtocol
import Testing

@Suite("Journals from dead boxes", .timeLimit(.minutes(3)))
struct JournalToolTests {
  let bench: Bench
  private let journal: String
  private static let epoch: Epoch = 1_732_240_000_000

  init() throws {
    bench = try Bench()
    journal = bench.path("journal")
  }

  /// Three facts, as a node writes them.
  private func fill() throws {
    let store = try JournalStore.open(
      directory: journal,
      options: JournalStore.Options(segment_bytes: JournalLimits.segment_bytes_min),
      makeEpoch: { Self.epoch }, replay: { _ in })
    for seq: Seq in 1...3 {
      var fact = Fact(.pressRefused, at: WallTime(ms: 1_732_240_000_000 + Int64(seq)))
      fact.more = [Field("note", "said \"\(seq)\"")]
      var bytes: [UInt8] = []
      fact.encode(into: &bytes)
      try store.append([.fact(seq, bytes), .local(Array("CMD".utf8))])
    }
  }

  private var segment: String { journal + "/1732240000000-0000000001.journal" }

  private func damageSecondFact() throws {
    let file = open(segment, O_RDWR)
    defer { close(file) }
    let records = try JournalInspection.records(directory: journal)
    var copy = records
    var offset = 4096
    for _ in 0..<2 { offset += try #require(try copy.next()).durable.encoded_bytes }
    let bad: [UInt8] = [0xEE, 0xEE, 0xEE]
    try #require(pwrite(file, bad, 3, offset + 45) == 3)
  }

  @Test("export prints each fact as one line of JSON, in order")
  func export() throws {
    try fill()
    let tool = try bench.kioskd("journal", "export", journal, "--json")
    #expect(tool.code == 0 && tool.errors.isEmpty, "\(tool.errors)")
    let lines = tool.output.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(
      lines.first == """
        {"kind":"press-refused","epoch":1732240000000,"seq":1,\
        "at":"2024-11-22T01:46:40.001Z","note":"said \\"1\\""}
        """)
    let plain = try bench.kioskd("journal", "export", journal)
    #expect(plain.code == 0)
    #expect(plain.output.hasPrefix("2024-11-22T01:46:40.001Z 1732240000000/1 press-refused note="))
  }

  @Test("export prints what is left and says what is lost, with exit code 1")
  func exportDamaged() throws {
    try fill()
    try damageSecondFact()
    let tool = try bench.kioskd("journal", "export", journal, "--json")
    #expect(tool.code == 1)
    #expect(tool.output.split(separator: "\n").count == 2)
    #expect(tool.errors.contains("1 records in bytes"))
  }

  @Test("facts that are no node's are counted and not guessed at")
  func exportForeign() throws {
    do {
      let store = try JournalStore.open(
        directory: journal, makeEpoch: { Self.epoch }, replay: { _ in })
      try store.append([.fact(1, Array("node-1 5 6 nothing".utf8))])
    }
    let tool = try bench.kioskd("journal", "export", journal)
    #expect(tool.code == 1 && tool.output.isEmpty)
    #expect(tool.errors.contains("queuehub facts --data \(journal)"))
  }

  @Test("repair writes all facts into a journal that verifies, and the source stays as it is")
  func repair() throws {
    try fill()
    let target = bench.path("copy")
    let tool = try bench.kioskd("journal", "repair", journal, "--to", target)
    #expect(tool.code == 0, "\(tool.output)\(tool.errors)")
    #expect(tool.output.contains("3 facts up to 3, nothing lost"))
    #expect(try bench.kioskd("journal", "verify", target).code == 0)
    let before = try bench.kioskd("journal", "export", journal).output
    #expect(try bench.kioskd("journal", "export", target).output == before)
  }

  @Test("repair tells what is lost, with exit code 1, and the copy knows of it")
  func repairDamaged() throws {
    try fill()
    try damageSecondFact()
    let target = bench.path("copy")
    let tool = try bench.kioskd("journal", "repair", journal, "--to", target)
    #expect(tool.code == 1)
    #expect(tool.output.contains("2 facts up to 3") && tool.output.contains("LOST"))
    #expect(tool.errors.contains("1 records in bytes"))
    let verified = try bench.kioskd("journal", "verify", target)
    #expect(verified.code == 1 && verified.errors.contains("[journal-missing]"))
    #expect(try bench.kioskd("journal", "export", target).output.split(separator: "\n").count == 2)
  }

  @Test("repair refuses a target that holds something, lies in the source, or has no parent")
  func repairRefuses() throws {
    try fill()
    let within = try bench.kioskd("journal", "repair", journal, "--to", journal + "/copy")
    #expect(within.code == 1 && within.errors.contains("within the journal"))
    let same = try bench.kioskd("journal", "repair", journal, "--to", journal)
    #expect(same.code == 1 && same.errors.contains("[journal-not-empty]"))
    let nowhere = try bench.kioskd("journal", "repair", journal, "--to", "/no/such/place")
    #expect(nowhere.code == 1 && nowhere.errors.contains("[journal-missing]"))
    #expect(try bench.kioskd("journal", "repair", "/no/journal", "--to", bench.path("c")).code == 1)
    #expect(try bench.kioskd("journal", "repair", journal).code == 2)
  }

  @Test("repair refuses a journal that a process writes to, export reads it")
  func inUse() throws {
    let store = try JournalStore.open(
      directory: journal, makeEpoch: { Self.epoch }, replay: { _ in })
    let tool = try bench.kioskd("journal", "repair", journal, "--to", bench.path("copy"))
    #expect(tool.code == 1 && tool.errors.contains("process \(getpid())"))
    #expect(try bench.kioskd("journal", "export", journal).code == 0)
    withExtendedLifetime(store) {}
  }
}
