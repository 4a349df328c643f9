import Branch
import Testing

@testable import QueueEngine

@Suite("Nodes declare services and counters")
struct DeclarationTests {
  let hub = Hub()

  init() { hub.connect(1) }

  private func service(_ id: String) -> BranchState.ServiceState? {
    hub.engine.memory.branches[BranchID("main")!]?.services[ServiceID(id)!]
  }

  @Test("once said, said: a repetition writes nothing")
  func repetition() {
    hub.openBranch()
    let records = hub.records.count
    hub.openBranch()
    #expect(hub.records.count == records)
  }

  @Test("a prefix that another service has is refused")
  func conflict() {
    hub.say(1, "SERVICE id=cash prefix=A")
    let answer = hub.say(1, "SERVICE id=info prefix=A")
    #expect(answer.first?.hasPrefix("ERROR code=prefix-taken ") == true)
    #expect(service("info") == nil)
  }

  @Test("another branch may use the same prefix")
  func otherBranch() {
    hub.say(1, "SERVICE id=cash prefix=A")
    hub.connect(2, "n2", "branch=other")
    #expect(hub.say(2, "SERVICE id=info prefix=A").isEmpty)
  }

  @Test("a change of name, prefix or range is taken, and who waits goes on waiting")
  func change() {
    hub.openBranch()
    hub.issue(1, "A001")
    #expect(hub.say(1, "SERVICE id=cash prefix=C name=\"Cash desk\" first=5 last=50").isEmpty)
    #expect(service("cash")?.prefix == "C")
    #expect(service("cash")?.name == "Cash desk")
    #expect(service("cash")?.numbers == 5...50)
    hub.say(1, "NEXT counter=1")
    #expect(hub.serving("1") == "A001")
  }

  @Test("a counter's services may change while it serves")
  func counterChange() {
    hub.openBranch()
    hub.issue(1, "A001")
    hub.issue(2, "A002")
    hub.issue(3, "B001", "info")
    hub.say(1, "NEXT counter=1")
    hub.say(1, "COUNTER id=1 services=info")
    #expect(hub.serving("1") == "A001")
    hub.say(1, "NEXT counter=1")
    #expect(hub.serving("1") == "B001")
  }

  @Test("a counter of a service that nobody declared is refused")
  func unknownService() {
    #expect(
      hub.say(1, "COUNTER id=1 services=tea").first?.hasPrefix("ERROR code=unknown-service ")
        == true)
  }

  @Test("the longest declaration that is taken can be read back")
  func longest() {
    let name = String(repeating: "n", count: 32)
    hub.connect(2, "m", "branch=" + String(repeating: "b", count: 32))
    let text = String(repeating: "\\x01", count: 256)
    #expect(
      hub.say(2, "SERVICE id=\(name) prefix=ZZZ name=\"\(text)\" first=9998 last=9999").isEmpty)
    let list = Array(repeating: name, count: 64).joined(separator: ",")
    #expect(hub.say(2, "COUNTER id=\(name) services=\(list)").isEmpty)
  }
}
