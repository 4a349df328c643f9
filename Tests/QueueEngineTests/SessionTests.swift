import Branch
import QueueProtocol
import Testing

@testable import QueueEngine

@Suite("Sessions, and commands that arrive once")
struct SessionTests {
  let hub = Hub()

  private func code(_ line: String?) -> String? {
    guard let line, case .error(let code, _, _)? = try? HubMessage(parsing: line.utf8) else {
      return nil
    }
    return code
  }

  /// Numbers and texts of the commands among the lines.
  private func commands(_ lines: [String]) -> [String] {
    lines.filter { $0.hasPrefix("CMD ") }
      .map { $0.split(separator: " ").filter { !$0.hasPrefix("at=") }.joined(separator: " ") }
  }

  /// A customer of cash is called to counter 1.
  private func call(_ number: Int, session: SessionID = 1) {
    let seq = (hub.engine.memory.lives[.init(node: NodeID("n1")!, epoch: 1)]?.mark ?? 0) + 1
    hub.issue(seq, "A" + padded(number, to: 3), session: session)
    hub.say(session, "NEXT counter=1")
  }

  @Test(
    "nothing but a hello, a ping or a goodbye is heard before the hello",
    arguments: [
      "SERVICE id=a prefix=A", "COUNTER id=1 services=a", "FACT 1 x-y at=1", "ACK 0",
      "LEASE service=a day=2026-11-22", "NEXT counter=1",
    ])
  func noSession(line: String) {
    hub.engine.connected(1)
    #expect(code(hub.say(1, line).first) == "no-session")
    #expect(hub.records.isEmpty)
  }

  @Test("a ping is answered, with the hub's time, before and behind the hello")
  func ping() {
    hub.engine.connected(1)
    #expect(hub.say(1, "PING") == ["PONG now=\(hub.at)"])
    hub.say(1, "HELLO node=n1")
    #expect(hub.say(1, "PING") == ["PONG now=\(hub.at)"])
  }

  @Test("a ping about a node says whether its session stands: its journal's, on its box")
  func pingAbout() {
    func session(_ fields: String) -> String? {
      let words = hub.say(9, "PING node=n1 \(fields)").first?.split(separator: " ")
      return words?.first { $0.hasPrefix("session=") }.map { String($0.dropFirst(8)) }
    }
    hub.engine.connected(9)
    #expect(session("") == "no")
    hub.connect(1, "n1", "epoch=5 boot=b1")
    for fields in ["", "epoch=5", "boot=b1", "epoch=5 boot=b1 colour=red"] {
      #expect(session(fields) == "yes", "\(fields)")
    }
    for fields in ["epoch=4", "boot=b2", "epoch=5 boot=b2"] {
      #expect(session(fields) == "no", "\(fields)")
    }
    hub.connect(2, "n2")
    #expect(hub.say(9, "PING node=n2 boot=b7") == ["PONG now=\(hub.at) session=yes store=1"])
    hub.drop(1)
    #expect(session("") == "no")
    #expect(code(hub.say(9, "PING node=a/b").first) == "bad-value")
    #expect(hub.hungUp.isEmpty, "nobody was replaced by a question")
  }

  @Test("a goodbye ends the connection")
  func bye() {
    hub.connect(1)
    hub.say(1, "BYE")
    #expect(hub.hungUp == [1])
  }

  @Test("a bad line gets an error and the session goes on")
  func badLine() {
    hub.connect(1)
    for line in [
      "what?", "NXT", "FACT 1", "NEXT", "SERVICE id=a prefix=1", "HELLO version=0 node=n1",
    ] {
      let answer = hub.say(1, line)
      #expect(answer.count == 1 && code(answer.first) != nil, "\(line): \(answer)")
    }
    #expect(hub.hungUp.isEmpty)
    #expect(hub.say(1, "PING").count == 1)
  }

  @Test("an error repeats the id of its request")
  func errorID() {
    hub.connect(1)
    #expect(hub.say(1, "NEXT id=12 counter=9").first?.contains(" id=12 ") == true)
    #expect(hub.say(1, "LEASE id=12 service=x day=1").first?.contains(" id=12 ") == true)
    #expect(hub.say(1, "NEXT id=x counter=9").first?.contains(" id=") == false)
  }

  @Test(
    "an error about anything else has none, whatever the line calls id",
    arguments: [
      "SERVICE id=12 prefix=lower", "COUNTER id=12 services=nothing",
      "FACT 7 rating-given at=1 rating=3 id=12", "JUMP id=12", "HELLO id=12", "ACK 77 id=12",
    ])
  func noErrorID(line: String) {
    hub.connect(1)
    let answer = hub.say(1, line).first
    #expect(answer?.hasPrefix("ERROR ") == true)
    #expect(answer?.contains(" id=") == false)
  }

  @Test("what is not UTF-8 ends that connection only")
  func notUTF8() {
    hub.connect(1)
    hub.connect(2, "n2")
    #expect(code(hub.say(1, [0x50, 0xFF]).first) == "not-utf8")
    #expect(hub.hungUp == [1])
  }

  @Test("an oversized line ends that connection only")
  func oversized() {
    hub.connect(1)
    hub.engine.violated(.tooLong, by: 1)
    hub.settle()
    #expect(code(hub.heard(1).first) == "too-long")
    #expect(hub.hungUp == [1])
  }

  @Test("empty lines of a person are passed over")
  func emptyLines() {
    hub.connect(1)
    #expect(hub.say(1, "").isEmpty)
    #expect(hub.say(1, "\r").isEmpty)
  }

  @Test("lines of a connection that is gone change nothing")
  func gone() {
    hub.connect(1)
    hub.drop(1)
    #expect(hub.say(1, "FACT 1 x-y at=1").isEmpty)
    #expect(hub.facts.isEmpty)
  }

  @Test("a second connection of a node takes over; the first is told and ended")
  func replaced() {
    hub.connect(1)
    hub.openBranch()
    hub.engine.connected(2)
    hub.say(2, "HELLO node=n1 commands=0")
    #expect(code(hub.heard(1).first) == "replaced")
    #expect(hub.hungUp == [1])
    #expect(code(hub.say(1, "FACT 1 x-y at=1").first) == "no-session")
    #expect(hub.say(2, "FACT 1 x-y at=1") == ["ACK 1"])
    hub.drop(1)
    call(1, session: 2)
    #expect(hub.serving("1") == "A001", "the end of the old connection does not end the session")
  }

  @Test("a session may say hello again, and under another name it leaves the old one")
  func helloAgain() {
    hub.connect(1, "n1")
    #expect(hub.say(1, "HELLO node=n1").first?.hasPrefix("WELCOME ") == true)
    hub.say(1, "HELLO node=n2")
    hub.engine.connected(2)
    #expect(hub.say(2, "HELLO node=n1").first?.hasPrefix("WELCOME ") == true)
    #expect(hub.hungUp.isEmpty)
    #expect(hub.say(1, "FACT 1 x-y at=1") == ["ACK 1"])
  }

  @Test("nobody may call himself by the hub's name")
  func hubName() {
    hub.engine.connected(1)
    #expect(code(hub.say(1, "HELLO node=hub").first) == "bad-value")
  }

  @Test("commands are numbered without gaps and come again until they are acknowledged")
  func resent() {
    hub.connect(1)
    hub.openBranch()
    call(1)
    call(2)
    hub.say(1, "RECALL counter=1")
    hub.drop(1)
    hub.engine.connected(2)
    let all = [
      "CMD 1 call counter=1 ticket=A001", "CMD 2 call counter=1 ticket=A002",
      "CMD 3 call counter=1 ticket=A002 again=yes",
    ]
    #expect(commands(hub.say(2, "HELLO node=n1 commands=0")) == all)
    #expect(commands(hub.say(2, "HELLO node=n1 commands=2")) == Array(all[2...]))
    hub.say(2, "ACK 3")
    #expect(commands(hub.say(2, "HELLO node=n1 commands=3")).isEmpty)
  }

  @Test("they survive a restart of the hub")
  func resentAfterRestart() {
    hub.connect(1)
    hub.openBranch()
    call(1)
    call(2)
    hub.say(1, "ACK 1")
    hub.restart()
    hub.engine.connected(1)
    #expect(
      commands(hub.say(1, "HELLO node=n1 commands=1")) == ["CMD 2 call counter=1 ticket=A002"])
  }

  @Test("an acknowledgement of what was never sent is an error")
  func falseAcknowledgement() {
    hub.connect(1)
    #expect(code(hub.say(1, "ACK 1").first) == "bad-value")
  }

  @Test("a new epoch gets the picture of now")
  func newEpoch() {
    hub.connect(1)
    hub.openBranch()
    call(1)
    call(2)
    hub.engine.connected(2)
    let lines = hub.say(2, "HELLO node=n1 epoch=2")
    #expect(commands(lines) == ["CMD 1 call counter=1 ticket=A002"])
    #expect(lines.first?.hasPrefix("WELCOME ") == true)
  }

  @Test("a node that was away gets each counter once, as it stands, not every call of the day")
  func absent() {
    hub.connect(1)
    hub.openBranch()
    hub.connect(2, "n2")
    call(1)
    hub.say(2, "ACK 1")
    hub.drop(2)
    for number in 2...9 { call(number) }
    hub.issue(10, "B001", "info")
    hub.say(1, "NEXT counter=2")
    hub.say(1, "END counter=2")
    hub.engine.connected(3)
    #expect(
      commands(hub.say(3, "HELLO node=n2 commands=1")) == [
        "CMD 2 call counter=1 ticket=A009", "CMD 3 clear counter=2",
      ])
    hub.say(3, "ACK 3")
    hub.restart()
    hub.engine.connected(1)
    #expect(commands(hub.say(1, "HELLO node=n2 commands=3")).isEmpty, "and not again")
  }

  @Test("a node that reads but never acknowledges has a bounded list, then gets what stands")
  func neverAcknowledges() {
    hub.connect(1)
    hub.openBranch()
    hub.comparesEveryLine = false
    for number in 1...(QueueEngine.outbox_max + 40) { call(number) }
    let life = HubMemory.Life(node: NodeID("n1")!, epoch: 1)
    #expect(hub.engine.memory.lives[life]?.outbox.count == QueueEngine.outbox_max)
    let last = "A\(QueueEngine.outbox_max + 40)"
    #expect(
      commands(hub.say(1, "ACK \(QueueEngine.outbox_max)")) == [
        "CMD \(QueueEngine.outbox_max + 1) call counter=1 ticket=\(last)"
      ])
    hub.compare()
  }

  @Test("a node that lost its memory of commands is told everything anew")
  func forgetful() {
    hub.connect(1)
    hub.openBranch()
    call(1)
    hub.say(1, "ACK 1")
    hub.drop(1)
    hub.engine.connected(2)
    #expect(
      commands(hub.say(2, "HELLO node=n1 commands=0")) == [
        "CMD 2 call counter=1 ticket=A001", "CMD 3 clear counter=2",
      ])
  }

  @Test("a hub that lost its memory goes on behind the node's numbers")
  func youngHub() {
    hub.engine.connected(1)
    hub.say(1, "HELLO node=n1 next=41 commands=17")
    hub.openBranch()
    hub.issue(41, "A041")
    #expect(
      commands(hub.say(1, "NEXT counter=1")) == ["CMD 18 call counter=1 ticket=A041"])
    #expect(hub.own(.factsMissing).first?.more["last"] == "40")
  }

  @Test("an epoch that comes back is told what it missed")
  func oldEpoch() {
    hub.connect(1)
    hub.openBranch()
    call(1)
    hub.say(1, "ACK 1")
    hub.connect(2, "n1", "epoch=2")
    hub.say(2, "END counter=1")
    hub.engine.connected(3)
    #expect(commands(hub.say(3, "HELLO node=n1 next=2 commands=1")) == ["CMD 2 clear counter=1"])
  }

  @Test("a node that moves to another branch sees that branch's counters")
  func moved() {
    hub.connect(1)
    hub.openBranch()
    call(1)
    hub.connect(2, "n2", "branch=other")
    hub.say(2, "SERVICE id=cash prefix=A")
    hub.say(2, "COUNTER id=7 services=cash")
    hub.engine.connected(3)
    #expect(
      commands(hub.say(3, "HELLO node=n2 branch=main")) == [
        "CMD 1 call counter=1 ticket=A001", "CMD 2 clear counter=2",
      ])
  }
}
