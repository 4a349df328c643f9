import Branch
import Configuration
import DeviceProfiles
import HubRuntime
import JournalStore
import LinuxIO
import QueueProtocol
import Testing

@testable import NodeRuntime

@Suite("Facts on their way from the journal to the link")
struct RunFactsForLink {
  /// What the journal gives for a read of these facts, each of so many bytes.
  private func found(_ range: ClosedRange<Seq>, through last: Seq, bytes: Int = 8)
    -> FactsForLink.Found
  {
    var lines = FactLines(from: range.lowerBound)
    for _ in range.lowerBound...last { lines.append([UInt8](repeating: 120, count: bytes)) }
    return FactsForLink.Found(range: range.lowerBound...last, lines: lines, missing: nil)
  }

  /// The numbers of the facts that can be sent now.
  private func sent(_ facts: inout FactsForLink) -> [Seq] {
    var text = ""
    facts.take { text += String(decoding: $0, as: UTF8.self) }
    return text.split(separator: "\n").compactMap { Seq($0.split(separator: " ")[1]) }
  }

  /// Starts what is to be read next.
  private func read(_ facts: inout FactsForLink, durable: Seq) -> ClosedRange<Seq>? {
    let range = facts.next(durable: durable)
    if let range { facts.started(range) }
    return range
  }

  @Test("nothing is read before a session wants something, or twice")
  func quiet() {
    var facts = FactsForLink()
    #expect(facts.next(durable: 100) == nil)
    facts.want(5...5, session: 1)
    #expect(read(&facts, durable: 5) == 5...5)
    #expect(facts.next(durable: 5) == nil)
    facts.ended(found(5...5, through: 5))
    #expect(sent(&facts) == [5])
    #expect(facts.next(durable: 5) == nil, "all is sent")
  }

  @Test("what waits behind the window is read ahead, and an acknowledgement sends it at once")
  func readsAhead() {
    var facts = FactsForLink()
    facts.want(1...64, session: 1)
    #expect(read(&facts, durable: 1000) == 1...1000)
    facts.ended(found(1...1000, through: 300))
    #expect(sent(&facts) == Array(1...64))
    facts.want(65...128, session: 1)
    #expect(sent(&facts) == Array(65...128))
    #expect(read(&facts, durable: 1000) == 301...1000)
    facts.want(129...400, session: 1)
    #expect(sent(&facts) == Array(129...300))
    facts.ended(found(301...1000, through: 1000))
    #expect(sent(&facts) == Array(301...400))
  }

  @Test("acknowledgements that come during a read are served together when it is back")
  func joins() {
    var facts = FactsForLink()
    facts.want(1...64, session: 1)
    #expect(read(&facts, durable: 64) == 1...64)
    facts.want(65...70, session: 1)
    facts.want(71...90, session: 1)
    #expect(facts.next(durable: 90) == nil, "one read at a time")
    facts.ended(found(1...64, through: 20))
    #expect(sent(&facts) == Array(1...20))
    #expect(read(&facts, durable: 90) == 21...90)
    facts.ended(found(21...90, through: 90))
    #expect(sent(&facts) == Array(21...90))
  }

  @Test("a new session begins where it says, whatever the old one still wanted")
  func newSession() {
    var facts = FactsForLink()
    facts.want(21...64, session: 1)
    #expect(read(&facts, durable: 100) == 21...100)
    facts.want(65...80, session: 1)
    facts.want(40...50, session: 2)
    #expect(read(&facts, durable: 100) == 40...100)
    facts.ended(found(21...100, through: 100))
    #expect(sent(&facts) == [], "the read for the old session")
    facts.ended(found(40...100, through: 100))
    #expect(sent(&facts) == Array(40...50))
    facts.want(40...45, session: 3)
    #expect(read(&facts, durable: 100) == 40...100, "it has heard less than the one before")
  }

  @Test("what damage took is told when it is wanted, as far as it is wanted")
  func lost() {
    var facts = FactsForLink()
    facts.want(1...4, session: 1)
    #expect(read(&facts, durable: 100) == 1...100)
    var found = found(1...100, through: 6)
    found.missing = 7...20
    facts.ended(found)
    #expect(sent(&facts) == [1, 2, 3, 4])
    #expect(facts.lost == nil)
    #expect(facts.next(durable: 100) == nil, "not read again and again")
    facts.want(5...6, session: 1)
    #expect(sent(&facts) == [5, 6])
    facts.want(7...10, session: 1)
    #expect(sent(&facts) == [])
    #expect(facts.lost == 7...10)
    facts.abandoned()
    facts.want(11...14, session: 1)
    #expect(read(&facts, durable: 100) == 11...100)
  }

  @Test("little is kept in hand, however much waits")
  func bounded() {
    var facts = FactsForLink()
    let durable: Seq = 100_000
    var given: Seq = 0
    var wanted: Seq = 0
    var expected: Seq = 1
    while wanted < 50_000 {
      facts.want(wanted + 1...wanted + 10, session: 1)
      wanted += 10
      while let range = read(&facts, durable: durable) {
        #expect(range.lowerBound == given + 1)
        given = min(range.upperBound, given + 256)
        facts.ended(self.found(range, through: given, bytes: 1000))
      }
      for seq in sent(&facts) {
        #expect(seq == expected)
        expected += 1
      }
      #expect(given < wanted + 512, "of 1,000 bytes each")
      #expect(facts.held_bytes < 2 * NodeJournal.read_bytes_max + 65_536)
    }
    #expect(expected == wanted + 1)
  }

  @Test("a window of long facts, many times what a socket holds, gets through")
  func longFacts() throws {
    let directory = try RunDirectory()
    let count: Seq = 4000
    try fill(directory.path + "/node", count: count)
    let loop = try EventLoop()
    var settings = HubRuntime.Settings(data: directory.path + "/hub", listen: "127.0.0.1:0")
    settings.window = 4096
    var closures = 0
    let hub = try HubRuntime(loop: loop, settings: settings, log: { _, _ in })
    let port = try hub.start()
    let node = try NodeRuntime(
      loop: loop, configuration: configuration(directory.path + "/node", port),
      log: { level, text in if level <= .warning { closures += 1 } })
    node.start()
    loop.afterEachBatch { if node.acknowledged >= count { loop.stop() } }
    let limit = loop.schedule(after: .seconds(60)) { loop.stop() }
    loop.run()
    loop.cancel(limit)
    #expect(node.acknowledged >= count)
    #expect(closures == 0, "in one session")
  }

  /// 14 MB of facts.
  private func fill(_ directory: String, count: Seq) throws {
    let store = try JournalStore.open(
      directory: directory, makeEpoch: { 1 }, replay: { _ in })
    let keeper = JournalKeeper(
      store: store, checkpoint: { Array("STATE next=1 acked=0 commands=0\n".utf8) },
      becameDurable: { _ in }, removableThrough: { 0 })
    var fact = Fact(.deviceLost, at: WallTime(ms: 1_795_341_600_000))
    fact.device = "front"
    fact.reason = String(repeating: "x", count: 3500)
    let records = (1...count).map { DurableRecord(.fact, seq: $0, payload: fact.encoded()) }
    guard case .written = keeper.write(records) else { throw RunBranch.Late() }
  }

  private func configuration(_ journal: String, _ port: UInt16) throws -> NodeConfiguration {
    let text = """
      {
        "node": "n1", "branch": {"id": "b", "name": "B", "timezone": "Europe/Berlin"},
        "journal": {"directory": "\(journal)"}, "hub": {"address": "127.0.0.1:\(port)"}
      }
      """
    let (configuration, mistakes) = NodeConfiguration.read(
      file: "test", bytes: Array(text.utf8), profiles: ProfileLibrary())
    return try #require(configuration, "\(mistakes)")
  }
}
