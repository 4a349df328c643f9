import Branch
import Foundation
import Testing

@Suite("Orders of a technician, by the real programs")
struct RunOrders {
  private func started() throws -> (RunBranch, RunDesk) {
    let branch = try RunBranch()
    try branch.startHub()
    let desk = try branch.desk()
    desk.node.configuration["terminals"] = desk.node.configuration["terminals"]?.replacing(
      #""counter": "1"},"#, with: #""counter": "1", "keys": {"digit9": {"reprint": "front"}}},"#)
    try desk.start()
    try branch.wait("numbers are there") { branch.facts(.numbersLeased).count >= 4 }
    return (branch, desk)
  }

  @Test("kioskd reprint has the ticket printed once more, marked, and the facts say so")
  func reprint() throws {
    let (branch, desk) = try started()
    desk.kiosk.press(RunKey.button1)
    try branch.wait("the ticket is out") { branch.facts(.ticketPrinted).count == 1 }
    let (code, output) = try RunProgram.run(
      "kioskd", ["reprint", "A001", "--config", desk.node.configPath])
    #expect(code == 0 && output.contains("A001"), "\(output)")
    try branch.wait("the second paper") { branch.facts(.ticketPrinted).count == 2 }
    #expect(desk.printer.tickets.map(\.largeTexts) == [["A001"], ["A001"]])
    #expect(desk.printer.tickets.map { $0.plainText.contains("REPRINT") } == [false, true])
    #expect(branch.facts(.ticketOrdered).map { $0.fact.more["reprint"] } == ["yes"])
    try branch.waitUntilSettled(desk.node)
    branch.expectOnce(of: desk.node)
  }

  @Test("a clerk's key prints the last ticket once more while the hub is away")
  func key() throws {
    let (branch, desk) = try started()
    branch.killHub()
    desk.kiosk.press(RunKey.button1)
    try branch.wait("the ticket is out") { desk.node.count(.ticketPrinted) == 1 }
    desk.keypad.press(RunKey.digit9)
    try branch.wait("the second paper") { desk.printer.tickets.count == 2 }
    #expect(Set(desk.printer.tickets.map(\.largeTexts)).count == 1)
    #expect(desk.printer.tickets.last?.plainText.contains("REPRINT") == true)
    try branch.startHub()
    try branch.waitUntilSettled(desk.node)
    branch.expectOnce(of: desk.node)
  }

  @Test("kioskd roll begins the forecast anew, and queuehub tell gives any order")
  func roll() throws {
    let (branch, desk) = try started()
    desk.node.configuration["printers"] = desk.node.configuration["printers"]?.replacing(
      #""confirmSeconds""#, with: #""rollMetres": 80, "confirmSeconds""#)
    desk.node.program?.terminate()
    try branch.wait("it ended") { desk.node.program?.isRunning == false }
    try desk.start()
    try branch.wait("it is back") { branch.facts(.nodeStarted).count == 2 }
    desk.kiosk.press(RunKey.button1)
    try branch.wait("the ticket is out") { branch.facts(.ticketPrinted).count == 1 }
    let (code, output) = try RunProgram.run("kioskd", ["roll", "--config", desk.node.configPath])
    #expect(code == 0, "\(output)")
    try branch.wait("a forecast") {
      branch.facts(.deviceCondition).contains { $0.fact.more["tickets_left"] != nil }
    }
    let hub = "127.0.0.1:\(branch.hubPort)"
    let told = try RunProgram.run("queuehub", ["tell", "n1", "ask what=state", "--hub", hub])
    #expect(told.code == 0, "\(told.output)")
    try branch.wait("the answer") { branch.facts(.nodeAnswered).count == 1 }
    #expect(branch.facts(.nodeAnswered).first?.fact.more["tickets_left"] != nil)
    let refused = try RunProgram.run(
      "queuehub", ["tell", "nobody", "ask what=state", "--hub", hub])
    #expect(refused.code == 1 && refused.output.contains("[unknown-node]"), "\(refused.output)")
    for (order, why) in Self.mistyped {
      let wrong = try RunProgram.run("queuehub", ["tell", "n1", order, "--hub", hub])
      #expect(wrong.code == 2 && wrong.output.contains(why), "\(wrong.output)")
    }
  }

  /// What a person may get wrong, and the words of the answer that help.
  private static let mistyped = [
    ("dance", "'dance' is none of: show, message, print"),
    ("show text=\"Back at two\"", "it needs 'sign'; it takes: show sign=NAME text=TEXT"),
    ("message sign=main text=x", "it has no field 'sign'; it takes: message text=TEXT"),
    ("show main text=x", "'main' is no field; it takes: show"),
    ("show sign=main text=\"x", "it is no word with fields, as in: show sign=NAME"),
    ("show sign=main text=x for_ms=9", "[for_ms=1000…86400000]"),
    ("show sign=main layer=top text=x", "[layer=info|alert]"),
  ]

  @Test("without a hub an order is refused with a cure")
  func unreachable() throws {
    let (branch, desk) = try started()
    branch.killHub()
    let (code, output) = try RunProgram.run(
      "kioskd", ["reprint", "A001", "--config", desk.node.configPath])
    #expect(code == 1 && output.contains("firewall"), "\(output)")
    for wrong in [["reprint", "12"], ["reprint", "Z001"]] {
      let (code, output) = try RunProgram.run(
        "kioskd", wrong + ["--config", desk.node.configPath])
      #expect(code == 2, "\(output)")
    }
  }
}
