import Branch
import Testing

@testable import QueueEngine

@Suite("What nodes may make a hub remember")
struct BoundTests {
  private let hub: Hub

  init() {
    var settings = QueueEngine.Settings(hub: NodeID("hub")!)
    settings.bounds = QueueEngine.Bounds(
      branches_max: 2, nodes_max: 3, lives_max: 4, services_max: 2, counters_max: 2)
    hub = Hub(settings: settings)
  }

  private var session: SessionID = 0

  /// The verb of the answer, or the code of the error.
  private mutating func hello(_ fields: String) -> String {
    session += 1
    hub.engine.connected(session)
    return word(hub.say(session, "HELLO " + fields))
  }

  private func word(_ answer: [String]) -> String {
    let words = answer.first?.split(separator: " ") ?? []
    return String(words.first == "ERROR" ? words[1].dropFirst(5) : words.first ?? "")
  }

  @Test("no more branches, nodes and epochs than there is room for; those known come again")
  mutating func nodes() {
    #expect(hello("node=a branch=one") == "WELCOME")
    #expect(hello("node=b branch=two") == "WELCOME")
    #expect(hello("node=c branch=three") == "busy")
    #expect(hello("node=c branch=two") == "WELCOME")
    #expect(hello("node=d branch=two") == "busy")
    #expect(hello("node=a branch=one epoch=2") == "WELCOME")
    #expect(hello("node=a branch=one epoch=3") == "busy")
    let records = hub.records.count
    #expect(hello("node=a branch=two epoch=9") == "busy")
    #expect(hub.records.count == records, "nothing is written of what was refused")
    #expect(hello("node=b branch=one") == "WELCOME")
    #expect(hub.engine.memory.lives.count == 4)
  }

  @Test("a refused HELLO leaves the session of the node alone")
  mutating func noTakeover() {
    _ = hello("node=a branch=one")
    _ = hello("node=b branch=two")
    #expect(hello("node=a branch=three") == "busy")
    #expect(hub.hungUp.isEmpty)
    #expect(hub.say(1, "FACT 1 rating-given at=1 rating=3") == ["ACK 1"])
  }

  @Test("no more services and counters of a branch than there is room for; those known may change")
  mutating func declarations() {
    _ = hello("node=a branch=one")
    for (id, prefix) in [("x", "X"), ("y", "Y")] {
      #expect(hub.say(1, "SERVICE id=\(id) prefix=\(prefix)").isEmpty)
    }
    #expect(word(hub.say(1, "SERVICE id=z prefix=Z")) == "busy")
    #expect(hub.say(1, "SERVICE id=y prefix=W name=Other").isEmpty)
    for id in 1...2 { #expect(hub.say(1, "COUNTER id=\(id) services=x").isEmpty) }
    #expect(word(hub.say(1, "COUNTER id=3 services=x")) == "busy")
    #expect(hub.say(1, "COUNTER id=2 services=y").isEmpty)
    _ = hello("node=b branch=two")
    #expect(hub.say(2, "SERVICE id=z prefix=Z").isEmpty, "another branch has room of its own")
  }

  private func services() -> [String] {
    (hub.engine.memory.branches[BranchID("one")!]?.services.keys).map { $0.map(\.text).sorted() }
      ?? []
  }

  @Test("a service that no box declares any more makes room, the one unused for longest first")
  mutating func forgotten() {
    _ = hello("node=a branch=one")
    _ = hello("node=b branch=one")
    hub.say(1, "SERVICE id=old prefix=O")
    hub.say(1, "SERVICE id=new prefix=N")
    hub.say(1, "LEASE service=old day=2026-11-22")
    #expect(word(hub.say(2, "SERVICE id=third prefix=T")) == "busy", "both are declared")
    hub.drop(1)
    // The one whose numbers were given last is the younger.
    #expect(hub.say(2, "SERVICE id=third prefix=T").isEmpty)
    #expect(services() == ["old", "third"])
    hub.say(2, "SERVICE id=fourth prefix=F")
    #expect(services() == ["fourth", "third"])
    #expect(word(hub.say(2, "SERVICE id=fifth prefix=V")) == "busy")
    hub.restart()
    #expect(services() == ["fourth", "third"])
  }

  @Test("while somebody waits for it, it stays; its numbers of the day are never given again")
  mutating func waitedFor() {
    _ = hello("node=a branch=one")
    _ = hello("node=b branch=one")
    hub.say(1, "SERVICE id=old prefix=O")
    hub.say(1, "SERVICE id=new prefix=N")
    hub.say(1, "LEASE service=old day=2026-11-22")
    hub.issue(1, "N001", "new")
    hub.drop(1)
    #expect(hub.say(2, "SERVICE id=third prefix=T").isEmpty)
    #expect(services() == ["new", "third"])
    #expect(word(hub.say(2, "SERVICE id=fourth prefix=F")) == "busy")
    hub.drop(2)
    _ = hello("node=a branch=one")
    #expect(hub.say(3, "SERVICE id=old prefix=O").isEmpty)
    let lease = hub.say(3, "LEASE service=old day=2026-11-22").first { $0.hasPrefix("CMD") }
    #expect(lease?.contains(" first=2 ") == true, "\(lease ?? "")")
  }
}
