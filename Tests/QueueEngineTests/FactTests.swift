import Branch
import Testing

@testable import QueueEngine

@Suite("Facts stand once")
struct FactTests {
  let hub = Hub()

  init() {
    hub.connect(1)
    hub.openBranch()
  }

  private func count(of node: String) -> [Seq] {
    hub.facts.filter { $0.node.text == node }.map(\.seq)
  }

  @Test("a batch is acknowledged once, with its last number")
  func batch() {
    for seq in 1...5 {
      hub.engine.received(Array("FACT \(seq) x-y at=\(seq)".utf8), from: 1, now: hub.now)
    }
    hub.settle()
    #expect(hub.heard(1) == ["ACK 5"])
  }

  @Test("epoch and number of a stored fact are read as they were written, however large")
  func largeIdentity() {
    let large = StoredFact(
      node: NodeID("n1")!, epoch: .max, seq: .max, fact: Fact(.factsShed, at: WallTime(ms: 5)))
    #expect(StoredFact(parsing: large.encoded()) == large)
  }

  @Test("a fact that was sent again changes nothing and is acknowledged")
  func duplicate() {
    hub.issue(1, "A001")
    let records = hub.records.count
    #expect(hub.issue(1, "A001") == ["ACK 1"])
    #expect(hub.issue(1, "A999") == ["ACK 1"], "not even with another text")
    #expect(hub.records.count == records)
    #expect(hub.waiting("cash") == ["A001"])
    hub.issue(2, "A002")
    #expect(hub.say(1, "FACT 1 x-y at=1") == ["ACK 2"])
  }

  @Test("a fact that is not the next one is an error and is not stored")
  func gap() {
    hub.issue(1, "A001")
    #expect(hub.issue(3, "A003").first?.hasPrefix("ERROR code=gap ") == true)
    #expect(count(of: "n1") == [1])
    #expect(hub.issue(2, "A002") == ["ACK 2"])
  }

  @Test("the mark is durable in the same flush as the fact, because it is the fact")
  func oneFlush() {
    let before = hub.records.count
    hub.issue(1, "A001")
    #expect(hub.records.count == before + 1)
    hub.restart()
    hub.engine.connected(2)
    #expect(hub.say(2, "HELLO node=n1").first?.contains(" acked=1 ") == true)
  }

  @Test("facts that a node no longer has are recorded as missing, and it goes on behind them")
  func missing() {
    hub.issue(1, "A001")
    hub.engine.connected(2)
    #expect(hub.say(2, "HELLO node=n1 next=5").first?.contains(" acked=4 ") == true)
    let fact = hub.own(.factsMissing).first
    #expect(fact?.more["of"] == "n1" && fact?.more["of_epoch"] == "1")
    #expect(fact?.more["first"] == "2" && fact?.more["last"] == "4")
    #expect(hub.issue(5, "A005", session: 2) == ["ACK 5"])
    hub.restart()
    hub.engine.connected(3)
    #expect(hub.say(3, "HELLO node=n1 next=6").first?.contains(" acked=5 ") == true)
    #expect(hub.own(.factsMissing).count == 1)
  }

  @Test("a node whose journal is older than the hub's knowledge hears how far the hub is")
  func behind() {
    for seq in 1...4 { hub.issue(Seq(seq), "A00\(seq)") }
    hub.engine.connected(2)
    #expect(hub.say(2, "HELLO node=n1 next=2").first?.contains(" acked=4 ") == true)
    #expect(hub.own(.factsMissing).isEmpty)
  }

  @Test("each epoch of a node counts from 1")
  func epochs() {
    hub.issue(1, "A001")
    hub.engine.connected(2)
    #expect(hub.say(2, "HELLO node=n1 epoch=2").first?.contains(" acked=0 ") == true)
    #expect(hub.issue(1, "A002", session: 2) == ["ACK 1"])
    #expect(hub.waiting("cash") == ["A001", "A002"])
  }

  @Test("kinds and fields of a newer node are kept as they are")
  func newer() {
    hub.say(1, "FACT 1 door-opened at=5 door=\"left \\\"wing\\\"\" counter=1")
    #expect(hub.facts.last?.fact.kind == FactKind(rawValue: "door-opened"))
    #expect(hub.facts.last?.fact.more == [Field("door", "left \"wing\"")])
  }

  @Test("the greatest numbers do not end the hub")
  func extremes() {
    let max = 4_503_599_627_370_496
    hub.connect(2, "n2", "epoch=\(max) next=\(max) commands=\(max)")
    #expect(hub.say(2, "FACT \(max) x-y at=253402300799999") == ["ACK \(max)"])
    #expect(hub.say(2, "FACT 1 x-y at=0") == ["ACK \(max)"])
    #expect(hub.say(2, "FACT \(max) x-y at=0") == ["ACK \(max)"])
    #expect(hub.say(2, "ACK \(max)").isEmpty)
    hub.drop(2)
    hub.connect(3, "n2", "epoch=\(max) next=\(max) commands=\(max)")
    hub.restart()
  }

  @Test("an issue time at the ends of time does not end the hub when somebody is called")
  func times() {
    hub.issue(1, "A001", at: WallTime(ms: 0))
    hub.issue(2, "A002", at: WallTime(ms: 253_402_300_799_999))
    hub.say(1, "NEXT counter=1")
    #expect(hub.serving("1") == "A002", "A001 waits since 1970 and lapsed")
  }

  @Test("a store with a hole goes on with rising numbers")
  func hole() {
    for seq in 1...6 { hub.issue(Seq(seq), "A00\(seq)") }
    let facts = hub.records.filter { $0.kind == .fact }
    var memory = HubMemory()
    for record in hub.records where !facts[1...3].contains(record) {
      let isReadable = memory.apply(record)
      #expect(isReadable)
    }
    #expect(memory.factCount == 6)
    var spoilt = facts[5]
    spoilt.seq = 7
    spoilt.payload = Array("noise".utf8)
    let isReadable = memory.apply(spoilt)
    #expect(!isReadable)
    #expect(memory.factCount == 7, "a record that cannot be read has its number all the same")
    var engine = QueueEngine(settings: hub.engine.settings, epoch: 1, memory: memory)
    engine.connected(1)
    engine.received(Array("HELLO node=n1 next=7".utf8), from: 1, now: hub.now)
    engine.received(Array("FACT 7 x-y at=1".utf8), from: 1, now: hub.now)
    #expect(engine.takeOutput().records.filter { $0.kind == .fact }.map(\.seq) == [8])
  }
}
