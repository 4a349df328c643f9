import Branch
import QueueProtocol
import TestSeeds
import Testing

@Suite("What is written is read back")
struct RoundTripTests {
  @Test("every line of a node", arguments: Seeds.some(20))
  func nodeMessages(seed: UInt64) throws {
    var samples = Samples(seed: seed)
    for _ in 0..<200 {
      let message = samples.nodeMessage()
      let bytes = message.line.encoded()
      #expect(bytes.firstIndex(of: 10) == bytes.count - 1, "one line feed, at the end")
      #expect(try NodeMessage(parsing: bytes.dropLast()) == message)
    }
  }

  @Test("every line of a hub", arguments: Seeds.some(20))
  func hubMessages(seed: UInt64) throws {
    var samples = Samples(seed: seed)
    for _ in 0..<200 {
      let message = samples.hubMessage()
      let bytes = message.line.encoded()
      #expect(bytes.firstIndex(of: 10) == bytes.count - 1, "one line feed, at the end")
      #expect(try HubMessage(parsing: bytes.dropLast()) == message)
    }
  }

  @Test("facts and commands as journals keep them", arguments: Seeds.some(20))
  func journalTexts(seed: UInt64) throws {
    var samples = Samples(seed: seed)
    for _ in 0..<200 {
      let fact = samples.fact()
      #expect(try Fact(parsing: fact.encoded()) == fact)
      let command = samples.hubCommand()
      #expect(try HubCommand(parsing: command.text.utf8) == command)
    }
  }

  @Test("a fact has the same text on the wire and in the journal", arguments: Seeds.some(20))
  func factText(seed: UInt64) {
    var samples = Samples(seed: seed)
    for _ in 0..<200 {
      let fact = samples.fact()
      let wire = NodeMessage.fact(7, fact).line.encoded()
      #expect(wire == Array("FACT 7 ".utf8) + fact.encoded() + [10])
    }
  }

  @Test("what a person leaves out has its default")
  func defaults() throws {
    let me = NodeID("me")!
    #expect(
      try NodeMessage(parsing: "HELLO node=me".utf8)
        == .hello(
          Hello(
            node: me, branch: BranchID("main")!, epoch: 1, next: 1, commands: 0,
            now: WallTime(ms: 0))))
    #expect(
      try NodeMessage(parsing: "SERVICE id=cash prefix=A".utf8)
        == .service(
          ServiceDeclaration(
            id: ServiceID("cash")!, prefix: "A", name: "cash", numbers: 1...999)))
    #expect(
      try NodeMessage(parsing: "LEASE service=cash day=2026-11-22".utf8)
        == .lease(
          NodeMessage.Lease(
            id: 0, service: ServiceID("cash")!, day: ServiceDay("2026-11-22")!, count: 1,
            isReserve: false)))
    #expect(
      try NodeMessage(parsing: "NEXT counter=1".utf8)
        == .request(.next, id: 0, counter: CounterID("1")!, by: nil))
    #expect(
      try HubMessage(parsing: "WELCOME hub=h".utf8)
        == .welcome(
          Welcome(
            hub: NodeID("h")!, acknowledged: 0, now: WallTime(ms: 0), heartbeat: .seconds(15),
            window: 64)))
  }

  @Test("what a newer side adds is passed over, and kept in facts")
  func additions() throws {
    #expect(try NodeMessage(parsing: "PING colour=red".utf8) == .ping)
    #expect(
      try NodeMessage(parsing: "NEXT counter=1 mood=good".utf8)
        == .request(.next, id: 0, counter: CounterID("1")!, by: nil))
    #expect(
      try HubMessage(parsing: "CMD 4 dance counter=1".utf8) == .command(4, .unknown("dance")))
    let fact = try Fact(parsing: "door-opened at=5 door=left ticket=A001".utf8)
    #expect(fact.kind == FactKind(rawValue: "door-opened"))
    #expect(fact.more == [Field("door", "left")])
    #expect(fact.ticket == TicketNumber("A001"))
  }

  @Test("spaces between parts and a carriage return at the end do not matter")
  func people() throws {
    #expect(
      try NodeMessage(parsing: "  NEXT   counter=1  id=4 \r".utf8)
        == .request(.next, id: 4, counter: CounterID("1")!, by: nil))
  }
}
