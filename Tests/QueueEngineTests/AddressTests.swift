import Branch
import QueueProtocol
import Testing

@testable import QueueEngine

@Suite("Who is spoken to, and who speaks")
struct AddressTests {
  let hub = Hub()
  static let whom = "node=n1 branch=hall epoch=5"

  @Test("a node that asks for it is named in each WELCOME, ACK and CMD")
  func named() {
    hub.engine.connected(1)
    let welcome = hub.say(1, "HELLO \(Self.whom) can=clock,named")
    #expect(welcome.first?.hasSuffix("can=clock,named \(Self.whom)") == true, "\(welcome)")
    hub.say(1, "SERVICE id=cash prefix=A")
    let lease = hub.say(1, "LEASE id=3 service=cash day=\(Hub.day)")
    #expect(lease.first?.hasPrefix("CMD 1 lease ") == true)
    #expect(lease.first?.hasSuffix(" \(Self.whom)") == true)
    #expect(lease.last == "OK id=3")
    #expect(hub.say(1, "FACT 1 rating-given at=1 rating=3") == ["ACK 1 \(Self.whom)"])
    #expect(hub.say(1, "PING") == ["PONG now=\(hub.at)"])
    let texts = hub.records.map { String(decoding: $0.payload, as: UTF8.self) }
    #expect(texts.contains { $0.hasPrefix("CMD ") && !$0.contains("branch=hall\"") })
  }

  @Test("a node that does not is not: version 1 has lines without names")
  func unnamed() {
    hub.engine.connected(1)
    #expect(hub.say(1, "HELLO \(Self.whom)").first?.contains("node=") == false)
    #expect(hub.say(1, "FACT 1 rating-given at=1 rating=3") == ["ACK 1"])
  }

  @Test(
    "a line of another node in the session is not kept, ends the connection, and is told",
    arguments: [
      "FACT 1 rating-given at=1 rating=3 node=n2", "FACT 1 rating-given at=1 rating=3 epoch=6",
      "FACT 1 ticket-issued at=1 ticket=A001 service=cash day=2026-11-22 node=n2",
      "ACK 0 node=n2", "LEASE id=1 service=cash day=2026-11-22 node=n2",
      "SERVICE id=cash prefix=B branch=other", "NEXT counter=1 epoch=6",
    ])
  func stranger(line: String) {
    hub.connect(1, "n1", "branch=hall epoch=5")
    hub.connect(2, "n2", "branch=hall epoch=5")
    let records = hub.records.count
    let answer = hub.say(1, line)
    #expect(answer.count == 1 && answer[0].hasPrefix("ERROR code=wrong-node "), "\(answer)")
    #expect(hub.hungUp == [1])
    #expect(hub.records.count == records)
    #expect(hub.problems.map(\.code) == ["wrong-node"])
    #expect(hub.say(1, "FACT 1 rating-given at=1 rating=3").isEmpty, "nothing behind it is heard")
    #expect(hub.say(2, "FACT 1 rating-given at=1 rating=3") == ["ACK 1"], "nobody else is touched")
  }

  @Test("a fact may not name a node at all, and a name out of its form is a bad value")
  func factsNameNobody() {
    hub.connect(1, "n1", "branch=hall epoch=5")
    for whom in ["node=n1", "epoch=5", "node=a/b", "epoch=x"] {
      let answer = hub.say(1, "FACT 1 rating-given at=1 rating=3 \(whom)")
      #expect(answer.first?.hasPrefix("ERROR code=bad-value ") == true, "\(whom)")
    }
    #expect(hub.hungUp.isEmpty && hub.problems.isEmpty)
  }

  @Test("a question about a node is answered by the clock of the asker's session")
  func clockOfTheSession() {
    hub.connect(1)
    // More would end the session, see ClockSetTests.
    hub.now.wall = hub.now.wall + .seconds(4)
    let answer = hub.say(1, "PING node=n1")
    #expect(answer == ["PONG now=\(Hub.morning.ms) session=yes store=1"])
    #expect(hub.say(1, "PING") == ["PONG now=\(Hub.morning.ms)"])
  }
}
