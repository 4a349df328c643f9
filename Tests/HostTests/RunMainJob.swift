import Branch
import Foundation
import Testing

@Suite("The main job, by the real programs")
struct RunMainJob {
  @Test("from the press of a button to the rating, every fact once at the hub")
  func wholePath() throws {
    let branch = try RunBranch()
    try branch.startHub()
    let node = try branch.add(RunNode("hall-1", in: branch, hub: ["127.0.0.1:\(branch.hubPort)"]))
    let printer = try RunPrinter()
    let sign = try RunSign()
    node.devices = [printer]
    node.printer(printer.path)
    node.sign(sign)
    let (kiosk, keypad, smileys) = try node.terminals()
    try node.start()
    try branch.wait("the sign is idle") { sign.text == "FREE" }

    kiosk.press(RunKey.button1)
    try branch.wait("the ticket is out") { printer.tickets.count == 1 }
    let ticket = try #require(printer.tickets.first)
    #expect(ticket.largeTexts == ["A001"])
    #expect(ticket.cut == .partial)
    #expect(ticket.plainText.contains("Town Hall") && ticket.plainText.contains("Cash"))
    #expect(ticket.qrTexts.count == 1)
    try branch.wait("the printer's word is at the hub") {
      branch.facts(.ticketPrinted).count == 1
    }

    keypad.press(RunKey.next)
    try branch.wait("the sign shows the number") { sign.text == "A001" }
    keypad.press(RunKey.end)
    try branch.wait("the sign is free again") { sign.text == "FREE" }
    smileys.press(RunKey.smiley(4))
    try branch.wait("the rating is at the hub") { branch.facts(.ratingGiven).count == 1 }
    try branch.waitUntilSettled(node)

    #expect(printer.emulator.faults.isEmpty && sign.faults.isEmpty)
    branch.expectOnce(of: node)
    try expectFacts(branch)
    try expectNothingOpen(branch)
  }

  /// As anybody else would read them.
  private func expectFacts(_ branch: RunBranch) throws {
    let (code, output) = try RunProgram.run("queuehub", ["facts", "--data", branch.data, "--json"])
    #expect(code == 0)
    let facts = try output.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    for kind in [
      "ticket-issued", "ticket-sending", "ticket-printed", "visit-called", "visit-ended",
      "rating-given",
    ] {
      let found = facts.filter { $0["kind"] as? String == kind }
      #expect(found.count == 1, "\(kind): \(output)")
      #expect(found.first?["ticket"] as? String == "A001", "\(kind)")
      for key in ["node", "epoch", "seq", "at"] { #expect(found.first?[key] != nil, "\(kind)") }
    }
    let rating = try #require(facts.first { $0["kind"] as? String == "rating-given" })
    #expect(rating["rating"] as? Int == 4 && rating["counter"] as? String == "1")
    #expect(rating["service"] as? String == "cash")
    let ended = try #require(facts.first { $0["kind"] as? String == "visit-ended" })
    #expect((ended["transaction_ms"] as? Int).map { $0 >= 0 } == true)
  }

  private func expectNothingOpen(_ branch: RunBranch) throws {
    let (code, output) = try RunProgram.run("queuehub", ["state", "--data", branch.data, "--json"])
    #expect(code == 0)
    #expect(!output.contains("A001"), "\(output)")
  }

  @Test("two kiosks of one hub give numbers in the order of the presses, none twice")
  func twoKiosks() throws {
    let branch = try RunBranch()
    try branch.startHub()
    var kiosks: [RunTerminal] = []
    var printers: [RunPrinter] = []
    for name in ["hall-1", "hall-2"] {
      let desk = try branch.desk(name)
      kiosks.append(desk.kiosk)
      printers.append(desk.printer)
      try desk.start()
    }
    try branch.wait("both hold their reserve") {
      branch.facts(.numbersLeased).count { $0.fact.more["reserve"] == "yes" } == 8
    }
    // One after the other, in turns and not: each number is the one after the last.
    let turns = [0, 1, 0, 0, 1, 1, 1, 0, 1, 0, 1, 1]
    for (count, kiosk) in turns.enumerated() {
      kiosks[kiosk].press(RunKey.button1)
      try branch.wait("ticket \(count + 1)") {
        printers.reduce(0) { $0 + $1.tickets.count } == count + 1
      }
      #expect(printers[kiosk].tickets.last?.largeTexts == [String(format: "A%03d", count + 1)])
    }
    // At once on both, faster than the printers print.
    for _ in 0..<3 { for kiosk in kiosks { kiosk.press(RunKey.button1) } }
    try branch.wait("all came out") { printers.reduce(0) { $0 + $1.tickets.count } == 18 }
    let numbers = printers.flatMap(\.numbers).sorted()
    #expect(numbers == (1...18).map { String(format: "A%03d", $0) })

    // Without a hub both go on, from their own reserve.
    branch.killHub()
    for kiosk in kiosks { kiosk.press(RunKey.button1) }
    try branch.wait("tickets without a hub") {
      printers.reduce(0) { $0 + $1.tickets.count } == 20
    }
    #expect(Set(printers.flatMap(\.numbers)).count == 20)
    try branch.startHub()
    for node in branch.nodes { try branch.waitUntilSettled(node) }
    for node in branch.nodes { branch.expectOnce(of: node) }
    #expect(branch.facts(.ticketIssued).count == 20)
  }
}
