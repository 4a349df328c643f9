import Branch
import QueueProtocol
import Testing

@testable import QueueEngine

@Suite("What an operator tells a node")
struct OperatorTests {
  private let hub = Hub()

  @Test("goes to the node at once, numbered and with an end, and the operator hears OK")
  func atOnce() {
    hub.connect(1)
    hub.engine.connected(2)
    let answer = hub.say(2, "TELL n1 show id=7 sign=s text=\"a b\"")
    #expect(answer == ["OK id=7"])
    #expect(
      hub.heard(1) == [
        "CMD 1 show sign=s text=\"a b\" for_ms=10000 expires=\(hub.at + 3_600_000)"
      ])
  }

  @Test("waits for a node that is away, also through a restart of the hub")
  func away() {
    hub.connect(1)
    hub.drop(1)
    hub.engine.connected(2)
    hub.say(2, "TELL n1 configure key=reserve value=9")
    hub.restart()
    hub.engine.connected(3)
    #expect(
      hub.say(3, "HELLO node=n1").contains("CMD 1 configure key=reserve value=9"))
    hub.say(3, "ACK 1")
    hub.drop(3)
    hub.engine.connected(4)
    #expect(hub.say(4, "HELLO node=n1 commands=1").count == 1)
  }

  @Test(
    "is refused when it makes no sense",
    arguments: [
      ("TELL n9 show sign=s text=x", "unknown-node"), ("TELL n1 lease", "syntax"),
      ("TELL n1", "syntax"), ("TELL n1 show text=x", "missing-field"),
      ("TELL n1 show sign=s text=x for_ms=1", "bad-value"), ("TELL n1 call counter=1", "syntax"),
    ])
  func refused(line: String, code: String) {
    hub.connect(1)
    #expect(hub.say(1, line).first?.contains("code=\(code)") == true)
  }
}
