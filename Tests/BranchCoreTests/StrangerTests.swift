import Branch
import Testing

@testable import BranchCore

/// The box is node n1 of branch main, epoch 7.
@Suite("A hub that takes the node for another")
struct StrangerTests {
  let box = Box()

  private func expectRefused(_ line: String, at location: SourceLocation = #_sourceLocation) {
    #expect(!box.isConnected && !box.core.isLinked, "\(line)", sourceLocation: location)
    #expect(
      box.logs.contains { $0.contains("[wrong-node]") && $0.contains(line.prefix(40)) },
      "\(line)", sourceLocation: location)
  }

  @Test(
    "a WELCOME of another node, branch or epoch is no session",
    arguments: ["node=n2", "branch=other", "epoch=8", "node=n1 branch=main epoch=6"])
  func welcome(whom: String) {
    box.press(Plans.smiley, 25)
    box.pass(Span(ms: 0))
    box.connect()
    let line = "WELCOME hub=hub acked=1 \(whom)"
    box.hub(line)
    expectRefused(line)
    #expect(box.core.memory.acknowledged == 0, "all facts are kept")
    #expect(box.takeToHub().allSatisfy { !$0.hasPrefix("FACT") }, "and none is told")
  }

  @Test(
    "what is said to another in the session is not believed, and ends it",
    arguments: [
      "ACK 1 epoch=6", "ACK 1 node=n2 branch=main epoch=7",
      "CMD 1 call counter=1 ticket=A001 node=n2",
      "CMD 1 lease service=cash prefix=A day=2026-11-22 first=1 last=9 branch=other",
      "CMD 1 show sign=main text=Closed node=n2", "CMD 1 clear counter=1 epoch=8",
    ])
  func session(line: String) {
    box.openAll()
    box.link(acked: 0, "node=n1 branch=main epoch=7")
    let records = box.journal.count
    let shown = box.shown
    box.hub(line)
    expectRefused(line)
    #expect(box.journal.count == records, "nothing is journalled of it")
    #expect(box.core.memory.acknowledged == 0 && box.core.memory.commands == 0)
    #expect(box.core.memory.stock.isEmpty && box.core.memory.calls.all.isEmpty)
    #expect(box.shown == shown || box.shown.values.allSatisfy { !$0.contains("Closed") })
    #expect(box.takeToHub().allSatisfy { !$0.hasPrefix("ACK") })
  }

  @Test("the right hub gets every fact afterwards, and is believed")
  func recovery() {
    for _ in 0..<3 { box.press(Plans.smiley, 25) }
    box.link(acked: 0, "node=n1 branch=main epoch=7")
    box.hub("ACK 2 node=n2 branch=main epoch=7")
    #expect(!box.core.isLinked)
    box.pass(Span(ms: 501))
    box.link(acked: 0, "node=n1 branch=main epoch=7")
    #expect(box.takeToHub().count { $0.hasPrefix("FACT") } == box.facts.count)
    box.hub("ACK 2 node=n1 branch=main epoch=7")
    #expect(box.core.memory.acknowledged == 2)
    box.hub("CMD 1 call counter=1 ticket=A001 node=n1 branch=main epoch=7")
    #expect(box.core.memory.calls.standing.count == 1)
    #expect(box.core.isLinked)
  }

  @Test("a name out of its form is nonsense, and a hub that names nobody is believed as before")
  func forms() {
    box.link(acked: 0)
    box.hub("ACK 1 node=a/b")
    box.hub("ACK 1 epoch=-1")
    #expect(box.core.isLinked && box.core.memory.acknowledged == 0)
    box.hub("ACK 1")
    #expect(box.core.memory.acknowledged == 1)
    // In other lines these fields are not known.
    box.hub("PONG now=1 node=n2")
    #expect(box.core.isLinked)
  }
}
