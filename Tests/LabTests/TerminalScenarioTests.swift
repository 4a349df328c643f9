import Testing

@testable import kioskd_lab

@Suite("What a scenario does to boxes and scanners")
struct TerminalScenarioTests {
  private func actions(_ text: String) throws -> [Action] {
    try ScenarioParser.parse(text, name: "x").steps.map(\.action)
  }

  private func mistake(_ text: String) -> String {
    do { _ = try actions(text) } catch { return "\(error)" }
    return "no mistake"
  }

  @Test("each verb is read")
  func verbs() throws {
    let text = """
      rebind kiosk
      swap twin-left twin-right
      book K7-y2 cash
      scan scanner K7-y2
      scan scanner-de K7-y2 as us by keypad
      scan scanner half K7-
      scan scanner 500 codes K over 60s
      freeze kioskd
      thaw hub
      count files kioskd
      """
    let terminal: [TerminalAction] = [
      .rebind("kiosk"), .swap("twin-left", "twin-right"), .book(code: "K7-y2", service: "cash"),
      .scan(Scanning(scanner: "scanner", code: "K7-y2")),
      .scan(Scanning(scanner: "scanner-de", code: "K7-y2", layout: .us, isByKeypad: true)),
      .scanHalf(Scanning(scanner: "scanner", code: "K7-")),
      .scanMany(scanner: "scanner", prefix: "K", count: 500, span_ms: 60_000),
      .freeze(.kioskd, true), .freeze(.hub, false), .countFiles(.kioskd),
    ]
    #expect(try actions(text) == terminal.map { .terminal($0) })
  }

  @Test("each condition is read")
  func conditions() throws {
    let text = """
      expect grabbed kiosk
      expect ungrabbed kiosk
      expect lit scanner capslock
      expect dark scanner capslock
      expect codes scanner in-order
      expect kioskd same-files
      """
    let conditions = try actions(text).map { action -> Condition? in
      if case .expect(let expectation) = action { expectation.condition } else { nil }
    }
    #expect(
      conditions == [
        .grabbed(box: "kiosk", true), .grabbed(box: "kiosk", false),
        .lit(box: "scanner", .capslock, true), .lit(box: "scanner", .capslock, false),
        .codesInOrder(scanner: "scanner"), .sameFiles(.kioskd),
      ])
  }

  @Test(
    "mistakes are told",
    arguments: [
      ("scan kiosk K7", "kiosk is no scanner"),
      ("scan scanner 0 codes K over 1s", "1 to 9999 codes"),
      ("scan scanner K7 as xy", "no layout is called 'xy'"),
      ("expect codes kiosk in-order", "kiosk is no scanner"),
      ("branch moon\nwait 1s", "no branch is called 'moon'"),
      ("count kioskd", "'files' must stand before 'kioskd'"),
    ])
  func mistakes(text: String, told: String) {
    #expect(mistake(text).contains(told), "\(mistake(text))")
  }

  @Test("a scenario stands in the branch that it names")
  func branch() throws {
    #expect(try ScenarioParser.parse("branch twins\nwait 1s", name: "x").branch == .twins)
    #expect(try ScenarioParser.parse("wait 1s", name: "x").branch == .main)
  }

  @Test("a range in a loop stands for its numbers")
  func ranges() throws {
    let spans = try actions("for N in 1..3 7\nwait $Nms\ndone")
    #expect(spans == [.wait(ms: 1), .wait(ms: 2), .wait(ms: 3), .wait(ms: 7)])
    #expect(mistake("for N in 3..1\nwait $Nms\ndone").contains("'3..1ms' needs a unit"))
  }
}

@Suite("A scanner of the lab")
struct LabScannerTests {
  private let text = "ABCXYZMQW abcxyzmqw 0123456789 -+/_@".filter { $0 != " " }

  @Test("types every character of codes, each by one key", arguments: ScannerLayout.allCases)
  func complete(layout: ScannerLayout) {
    let strikes = text.unicodeScalars.map { layout.strike($0) }
    #expect(!strikes.contains(nil))
    #expect(Set(strikes.compactMap { $0.map { "\($0)" } }).count == text.count)
    #expect(layout.strike("€") == nil)
  }

  @Test("has the keys of each country where they are printed")
  func countries() {
    let shift = KeyStrike.leftShift
    #expect(ScannerLayout.de.strike("y") == KeyStrike(usage: 0x1d))
    #expect(ScannerLayout.fr.strike("1") == KeyStrike(usage: 0x1e, modifiers: shift))
    #expect(ScannerLayout.be.strike("A") == KeyStrike(usage: 0x14, modifiers: shift))
    #expect(ScannerLayout.es.strike("@") == KeyStrike(usage: 0x1f, modifiers: KeyStrike.altGr))
    #expect(ScannerLayout.keypadStrike("7") == KeyStrike(usage: 0x5f))
    #expect(ScannerLayout.keypadStrike("A") == nil)
  }

  private func fact(_ seq: Int, _ code: String, reason: String = "unknown-code") throws -> Fact {
    let fields = "\"node\":\"n\",\"epoch\":1,\"seq\":\(seq),\"at\":0,\"terminal\":\"scanner\""
    return try Fact(
      line: "{\"kind\":\"press-refused\",\(fields),\"code\":\"\(code)\",\"reason\":\"\(reason)\"}")
  }

  private func complaint(_ typed: [String], _ facts: [Fact]) -> String {
    switch TerminalJudge.inOrder(typed: typed, facts: facts, terminal: "scanner") {
    case .holds: ""
    case .fails(let seen): seen
    }
  }

  @Test("codes that are missing, doubled, merged or late are found")
  func order() throws {
    let (a, b, c) = (try fact(1, "A"), try fact(2, "B"), try fact(3, "C"))
    #expect(complaint(["A", "B", "C"], [a, b, c]).isEmpty)
    #expect(complaint(["A", "B", "C"], [a, c]).contains("missing: [\"B\"]"))
    #expect(complaint(["A", "B"], [a, b, try fact(3, "B")]).contains("not so often"))
    #expect(complaint(["A", "B"], [try fact(1, "AB")]).contains("AB was heard and not typed"))
    #expect(complaint(["B", "A"], [a, b]).contains("B was heard too late"))
    #expect(!complaint([], []).isEmpty)
  }

  @Test("a code that is refused as busy may overtake those that wait")
  func busy() throws {
    let (b, a) = (try fact(1, "B", reason: "busy"), try fact(2, "A"))
    #expect(complaint(["A", "B"], [b, a]).isEmpty)
  }
}
