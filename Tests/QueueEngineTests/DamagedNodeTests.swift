import Branch
import QueueProtocol
import Testing

@testable import QueueEngine

@Suite("A node that has lost records")
struct DamagedNodeTests {
  private let hub = Hub()

  /// A001 is called at counter 1, and the node has said that it knows.
  private func call() {
    hub.connect(1)
    hub.openBranch()
    hub.issue(1, "A001")
    #expect(commands(hub.say(1, "NEXT id=1 counter=1")) == ["call"])
    hub.say(1, "ACK 1")
    hub.drop(1)
  }

  private func commands(_ lines: [String]) -> [String] {
    lines.filter { $0.hasPrefix("CMD ") }.map { String($0.split(separator: " ")[2]) }
  }

  private func comesBack(_ session: SessionID, commands: Int, _ more: String = "") -> [String] {
    hub.engine.connected(session)
    let answer = hub.say(session, "HELLO node=n1 next=2 commands=\(commands) \(more)")
    return self.commands(answer)
  }

  @Test("is told what stands at each counter, since the lost record may have been a call")
  func toldAnew() {
    call()
    #expect(comesBack(2, commands: 1, "damaged=yes") == ["call", "clear"])
    hub.say(2, "ACK 3")
    hub.drop(2)
    #expect(comesBack(3, commands: 3) == [], "one in order needs nothing")
    hub.drop(3)
    hub.restart()
    #expect(comesBack(4, commands: 3, "damaged=yes") == ["call", "clear"])
  }

  @Test("is told the newest call last, whatever the counters are called: boards show that one")
  func newestLast() {
    call()
    hub.connect(2, "n2")
    hub.openBranch(2)
    hub.pass(.seconds(1))
    hub.issue(1, "B001", "info", session: 2)
    hub.say(2, "NEXT id=1 counter=2")
    hub.pass(.seconds(1))
    hub.say(2, "END id=2 counter=1")
    hub.issue(2, "A002", session: 2)
    hub.say(2, "NEXT id=3 counter=1")
    hub.engine.connected(3)
    let answer = hub.say(3, "HELLO node=n1 next=2 commands=1 damaged=yes")
    let told = answer.filter { $0.contains(" call ") }.compactMap { line in
      line.split(separator: " ").first { $0.hasPrefix("ticket=") }
    }
    #expect(told == ["ticket=B001", "ticket=A002"], "\(answer)")
  }
}
