import Branch
import LinuxIO
import QueueEngine
import Testing

@Suite("Killed and started again")
struct RunKilled {
  private func node(_ branch: RunBranch, _ printer: RunPrinter) throws -> (
    RunNode, kiosk: RunTerminal, keypad: RunTerminal, smileys: RunTerminal
  ) {
    let node = try branch.add(RunNode("hall-1", in: branch, hub: ["127.0.0.1:\(branch.hubPort)"]))
    node.devices = [printer]
    node.printer(printer.path)
    let terminals = try node.terminals()
    return (node, terminals.kiosk, terminals.keypad, terminals.smileys)
  }

  @Test("a hub killed again and again under presses has every fact once, in order")
  func hubKilled() throws {
    var random = RunRandom(seed: UInt64.random(in: 0...UInt64.max))
    let branch = try RunBranch()
    try branch.startHub()
    let printer = try RunPrinter()
    let (node, kiosk, keypad, smileys) = try node(branch, printer)
    try node.start()
    try branch.wait("the reserve is there") { branch.facts(.numbersLeased).count >= 4 }
    var ratings = 0
    for round in 1...6 {
      let target = branch.freshFacts().count + Int.random(in: 2...14, using: &random)
      try branch.wait("round \(round), seed \(random.seed): facts come in") {
        if kiosk.unread_bytes == 0, printer.tickets.count == printer.emulator.ticketCount {
          kiosk.press(RunKey.button1)
        }
        if ratings < round * 30 {
          smileys.press(RunKey.smiley(1 + ratings % 5))
          ratings += 1
        }
        keypad.press(RunKey.next)
        return branch.facts().count >= target
      }
      branch.killHub()
      let before = printer.tickets.count
      kiosk.press(RunKey.button1)
      try branch.wait("a ticket comes out without a hub") { printer.tickets.count > before }
      try branch.startHub()
    }
    try branch.wait("all presses are read") { kiosk.unread_bytes + smileys.unread_bytes == 0 }
    try branch.wait("the printer has nothing to do") {
      let facts = branch.facts()
      let issued = facts.count { $0.fact.kind == .ticketIssued }
      return issued == facts.count { $0.fact.kind == .ticketPrinted }
        && issued == printer.tickets.count
    }
    try branch.waitUntilSettled(node)

    branch.expectOnce(of: node)
    #expect(branch.facts(.ratingGiven).count == ratings, "seed \(random.seed)")
    #expect(Set(printer.numbers).count == printer.numbers.count, "seed \(random.seed)")
    expectOwnFactsInOrder(branch)
    try expectSameState(branch, keypad)
  }

  /// The hub's own facts have numbers without a hole too, over all its lives.
  private func expectOwnFactsInOrder(_ branch: RunBranch) {
    let own = branch.freshFacts().filter { $0.node.text == "hub" }.map(\.seq)
    #expect(own == Array(1...UInt64(own.count)), "\(own)")
  }

  /// What it tells of its state is the same before and after one more `kill -9`, and it calls on
  /// from there.
  private func expectSameState(_ branch: RunBranch, _ keypad: RunTerminal) throws {
    func state() throws -> String {
      let (code, text) = try RunProgram.run("queuehub", ["state", "--data", branch.data, "--json"])
      #expect(code == 0)
      return text
    }
    let before = try state()
    branch.killHub()
    try branch.startHub()
    #expect(try state() == before)
    let called = Set(branch.facts(.visitCalled).compactMap(\.fact.ticket))
    let waiting = branch.facts(.ticketIssued).map(\.fact)
      .filter { $0.ticket.map { !called.contains($0) } ?? false }
    let next = try #require(waiting.min { $0.at < $1.at }, "somebody still waits")
    try branch.wait("the first of those who wait is called") {
      if keypad.unread_bytes == 0 { keypad.press(RunKey.next) }
      return branch.facts(.visitCalled).count > called.count
    }
    #expect(branch.facts(.visitCalled)[called.count].fact.ticket == next.ticket)
  }

  @Test("kioskd killed at twenty moments under steady presses: no number and no ticket twice")
  func nodeKilled() throws {
    var random = RunRandom(seed: UInt64.random(in: 0...UInt64.max))
    let branch = try RunBranch()
    try branch.startHub()
    let printer = try RunPrinter()
    let (node, kiosk, _, smileys) = try node(branch, printer)
    for round in 1...20 {
      try node.start()
      let bytes = printer.bytes.count + Int.random(in: 1...1500, using: &random)
      let limit = Clock.monotonic() + Span(ms: Int64.random(in: 200...700, using: &random))
      try branch.wait("round \(round), seed \(random.seed): the moment comes") {
        if kiosk.unread_bytes == 0 { kiosk.press(RunKey.button1) }
        if smileys.unread_bytes == 0 { smileys.press(RunKey.smiley(3)) }
        return printer.bytes.count >= bytes || Clock.monotonic() >= limit
      }
      node.kill()
      branch.pump()
    }
    kiosk.drain()
    smileys.drain()
    try node.start()
    try branch.wait("a last ticket") {
      if kiosk.unread_bytes == 0, branch.facts(.ticketPrinted).isEmpty {
        kiosk.press(RunKey.button1)
      }
      return !branch.facts(.ticketPrinted).isEmpty
    }
    try branch.wait("every ticket has its end") {
      let facts = branch.facts()
      return facts.count { $0.fact.kind == .ticketIssued } == facts.count(where: isEnd)
    }
    try branch.waitUntilSettled(node)
    expectTicketsOnce(branch, printer, seed: random.seed)
    branch.expectOnce(of: node)
  }

  private func isEnd(_ fact: StoredFact) -> Bool {
    [.ticketPrinted, .ticketUnconfirmed, .ticketVoided].contains(fact.fact.kind)
  }

  private func expectTicketsOnce(_ branch: RunBranch, _ printer: RunPrinter, seed: UInt64) {
    let facts = branch.freshFacts()
    func tickets(_ kind: FactKind) -> [String] {
      facts.filter { $0.fact.kind == kind }.compactMap { $0.fact.ticket?.description }
    }
    let issued = tickets(.ticketIssued)
    let ends = facts.filter(isEnd).compactMap { $0.fact.ticket?.description }
    #expect(Set(issued).count == issued.count, "seed \(seed): \(issued)")
    #expect(ends.sorted() == issued.sorted(), "seed \(seed)")
    let onPaper = printer.numbers
    #expect(Set(onPaper).count == onPaper.count, "seed \(seed): \(onPaper)")
    #expect(Set(onPaper).isSubset(of: issued), "seed \(seed): \(onPaper)")
    #expect(Set(tickets(.ticketPrinted)).isSubset(of: onPaper), "seed \(seed)")
    #expect(Set(tickets(.ticketVoided)).isDisjoint(with: onPaper), "seed \(seed)")
    #expect(issued.count >= 10, "the test shows something, seed \(seed)")
  }
}
