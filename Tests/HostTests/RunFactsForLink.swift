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
  @Test("acknowledgements that come during a read make one read of what they allow")
  func joins() {
    var facts = FactsForLink()
    #expect(facts.next == nil)
    facts.want(1...64, session: 1)
    #expect(facts.next == .init(range: 1...64, session: 1))
    facts.started()
    facts.want(65...70, session: 1)
    facts.want(71...90, session: 1)
    #expect(facts.next == nil, "one read at a time")
    facts.ended(through: 64)
    #expect(facts.next == .init(range: 65...90, session: 1))
  }

  @Test("what a read left comes before what is wanted behind it")
  func goesOn() {
    var facts = FactsForLink()
    facts.want(1...64, session: 1)
    facts.started()
    facts.ended(through: 20)
    #expect(facts.next == .init(range: 21...64, session: 1))
    facts.started()
    facts.want(65...90, session: 1)
    facts.ended(through: 40)
    #expect(facts.next == .init(range: 41...90, session: 1))
  }

  @Test("a new session begins where it says, whatever the old one still wanted")
  func newSession() {
    var facts = FactsForLink()
    facts.want(1...64, session: 1)
    facts.started()
    facts.want(65...80, session: 1)
    facts.want(40...50, session: 2)
    facts.ended(through: 20)
    #expect(facts.next == .init(range: 40...50, session: 2))
    facts.started()
    facts.ended(through: 50)
    #expect(facts.next == nil)
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
