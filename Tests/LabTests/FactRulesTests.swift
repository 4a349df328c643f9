import Testing

@testable import kioskd_lab

private func fact(
  _ kind: String, _ seq: Int, ticket: String? = nil, node: String = "n", epoch: Int = 1
) throws -> Fact {
  let more = ticket.map { ",\"ticket\":\"\($0)\",\"day\":\"2026-06-01\"" } ?? ""
  let identity = "\"node\":\"\(node)\",\"epoch\":\(epoch),\"seq\":\(seq)"
  return try Fact(line: "{\"kind\":\"\(kind)\",\(identity),\"at\":1\(more)}")
}

private func complaint(_ verdict: Verdict) -> String? {
  if case .fails(let seen) = verdict { seen } else { nil }
}

@Suite("The rules for facts")
struct FactRulesTests {
  @Test("a line without an identity is no fact")
  func lines() throws {
    #expect(throws: LabError.self) { try Fact(line: "{\"kind\":\"x\",\"node\":\"n\",\"seq\":1}") }
    #expect(throws: LabError.self) { try Fact(line: "ticket-issued") }
    let rating = try Fact(
      line: #"{"kind":"rating-given","node":"n","epoch":2,"seq":7,"at":"x","rating":5}"#)
    #expect(rating.has([Field(key: "rating", value: "5"), Field(key: "seq", value: "7")]))
    #expect(!rating.has([Field(key: "rating", value: "4")]))
    #expect(!rating.has([Field(key: "ticket", value: "A001")]))
  }

  @Test("each stands once")
  func once() throws {
    let first = try fact("ticket-issued", 1, ticket: "A001")
    #expect(complaint(FactRules.eachOnce([])) != nil)
    #expect(complaint(FactRules.eachOnce([first, try fact("x", 2)])) == nil)
    #expect(complaint(FactRules.eachOnce([first, first])) == "n/1/1 stands twice")
    // The same number in another life of the node is another fact, but the same ticket.
    let again = try fact("ticket-issued", 1, ticket: "A001", epoch: 2)
    #expect(complaint(FactRules.eachOnce([first, again])) == "A001 of 2026-06-01 was issued twice")
  }

  @Test("none is missing")
  func gaps() throws {
    let one = try fact("x", 1)
    let two = try fact("x", 2)
    let hub = try fact("y", 1, node: "hub")
    #expect(complaint(FactRules.noGaps([two, hub, one])) == nil)
    #expect(complaint(FactRules.noGaps([two, hub])) == "n/1: 1 is missing, 2 comes next")
    let four = try fact("x", 4)
    #expect(complaint(FactRules.noGaps([one, two, four])) == "n/1: 3 is missing, 4 comes next")
  }

  static let whole = PaperTicket(text: "Cash desk\nA001", isCut: true)
  static let torn = PaperTicket(text: "Cash desk\nA001", isCut: false)

  @Test(
    "endings must agree with the paper",
    arguments: [
      (["ticket-printed"], [whole], nil),
      (["ticket-printed"], [], "A001: printed, and there is no paper"),
      (["ticket-printed"], [torn], "A001: printed, and there is no paper"),
      (["ticket-printed"], [whole, whole], "A001: it came out 2 times"),
      (["ticket-printed", "ticket-printed"], [whole], "has the endings"),
      (["ticket-printed", "ticket-unconfirmed"], [whole], "has the endings"),
      (["ticket-unconfirmed"], [whole], nil),
      (["ticket-unconfirmed"], [torn], nil),
      (["ticket-failed", "ticket-voided"], [], nil),
      (["ticket-failed", "ticket-printed"], [whole], nil),
      (["ticket-voided"], [whole], "and it lies on paper"),
      (["ticket-sending"], [whole], "A001: it has no ending"),
    ] as [([String], [PaperTicket], String?)])
  func paper(endings: [String], sheets: [PaperTicket], told: String?) throws {
    var facts = [try fact("ticket-issued", 1, ticket: "A001")]
    for (index, kind) in endings.enumerated() {
      facts.append(try fact(kind, index + 2, ticket: "A001"))
    }
    let seen = complaint(FactRules.paperAgrees(facts, paper: sheets))
    #expect(told.map { seen?.contains($0) == true } ?? (seen == nil), "\(seen ?? "agrees")")
  }

  @Test("paper that nobody issued is found")
  func forged() throws {
    let facts = [
      try fact("ticket-issued", 1, ticket: "B001"), try fact("ticket-voided", 2, ticket: "B001"),
    ]
    #expect(complaint(FactRules.paperAgrees(facts, paper: [Self.whole])) != nil)
  }
}
