import Branch
import Foundation
import JournalStore
import LinuxIO
import QueueEngine
import Testing

@Suite("Those who look into a journal")
struct RunInspection {
  private let directory: RunDirectory
  private var store: String { directory.path + "/store" }
  /// Each way to look.
  private static let ways: [(program: String, words: [String])] = [
    ("queuehub", ["facts", "--data"]), ("queuehub", ["facts", "--json", "--data"]),
    ("queuehub", ["state", "--data"]), ("kioskd", ["journal", "show"]),
    ("kioskd", ["journal", "verify"]),
  ]

  init() throws { directory = try RunDirectory() }

  /// A store with ratings of one node.
  private func fill() throws {
    let opened = try JournalStore.open(directory: store, makeEpoch: { 1 }, replay: { _ in })
    let keeper = JournalKeeper(
      store: opened, checkpoint: { [] }, becameDurable: { _ in }, removableThrough: { 0 })
    let node = try #require(NodeID("n1"))
    for seq in Seq(1)...9 {
      var fact = Fact(.ratingGiven, at: WallTime(ms: 1_795_341_600_000))
      fact.rating = 3
      fact.reason = "number-\(seq)"
      let stored = StoredFact(node: node, epoch: 1, seq: seq, fact: fact)
      let record = DurableRecord(.fact, seq: seq, payload: stored.encoded())
      guard case .written = keeper.write([record]) else { throw RunBranch.Late() }
    }
  }

  /// Several bytes of one record, more than its checksum can set right.
  private func damage(_ word: String) throws {
    let name = try #require(SmallFile.entries(store).first { $0.hasSuffix(".journal") })
    let url = URL(fileURLWithPath: store + "/" + name)
    var bytes = try Data(contentsOf: url)
    let place = try #require(bytes.range(of: Data(word.utf8)))
    for byte in place { bytes[byte] ^= 0x55 }
    try bytes.write(to: url)
  }

  @Test(
    "a sound one gives exit code 0, one that lost a record 1 and a word about it", arguments: ways)
  func loss(program: String, words: [String]) throws {
    try fill()
    let sound = try RunProgram.run(program, words + [store])
    #expect(sound.code == 0 && !sound.output.contains("[journal-"), "\(sound.output)")
    try damage("number-5")
    let lost = try RunProgram.run(program, words + [store])
    #expect(lost.code == 1, "\(lost.output)")
    #expect(lost.output.contains("1 records in bytes"), "\(lost.output)")
    #expect(lost.output.contains("[journal-damage]"))
    let lists = words.contains("facts") || words.contains("show")
    if lists { #expect(lost.output.contains("number-4") && lost.output.contains("number-6")) }
  }

  @Test("a directory without a journal is an error, not an empty journal", arguments: ways)
  func absent(program: String, words: [String]) throws {
    let (code, output) = try RunProgram.run(program, words + [directory.path])
    #expect(code == 1 && output.contains("[no-journal]"), "\(output)")
    #expect(output.contains("--data of queuehub"))
  }
}
