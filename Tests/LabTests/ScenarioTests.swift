import Testing

@testable import kioskd_lab

private func parsed(_ text: String) throws -> Scenario {
  try ScenarioParser.parse(text, name: "x")
}

private func mistake(_ text: String) -> String {
  do { _ = try parsed(text) } catch { return "\(error)" }
  return "no mistake"
}

@Suite("A scenario file")
struct ScenarioTests {
  @Test("holds settings first, then steps with their lines")
  func steps() throws {
    let scenario = try parsed(
      """
      about Something happens.   # not to the reader
      limit 30s

      # A comment
      press kiosk KEY_1
      paper printer out
      expect within 2s sign sign shows "A 1"
      """)
    #expect(scenario.about == "Something happens.")
    #expect(scenario.limit_ms == 30_000)
    #expect(scenario.steps.map(\.line) == [5, 6, 7])
    #expect(scenario.steps[0].action == .press(box: "kiosk", key: "KEY_1"))
    #expect(scenario.steps[1].action == .paper(printer: "printer", out: true))
    let shows = Condition.sign("sign", shows: "A 1")
    #expect(
      scenario.steps[2].action
        == .expect(Expectation(patience: .within(ms: 2000), condition: shows)))
  }

  @Test("has loops: the lines once for each word, each mistake at its own line")
  func loops() throws {
    let scenario = try parsed(
      """
      for BYTES in 1 20   # places
      when printer got $BYTES bytes pull
      plug printer
      done
      printer printer stalls
      """)
    #expect(scenario.steps.map(\.line) == [2, 3, 2, 3, 5])
    #expect(scenario.steps[2].action == .trap(device: "printer", bytes: 20, .pull))
    #expect(scenario.steps[4].action == .stall(printer: "printer", true))
    #expect(mistake("for A in 1\npress kiosk 1").contains("is not ended by 'done'"))
    #expect(mistake("press kiosk 1\ndone").contains("x.scenario:2: 'done' without a loop"))
    #expect(mistake("for A in 1\nfor B in 2\ndone\ndone").contains("a loop stands within a loop"))
    #expect(mistake("for A 1\ndone").contains("'for NAME in WORD …'"))
    #expect(mistake("for A in 1 x\nwait $A\ndone").contains("x.scenario:2: "))
  }

  @Test("names facts by kind, count and fields")
  func facts() throws {
    let scenario = try parsed("expect facts ticket-issued count >=2 where ticket=A001 counter=1")
    guard case .expect(let expectation) = scenario.steps[0].action else {
      Issue.record("no expectation")
      return
    }
    #expect(
      expectation.condition
        == .facts(
          kind: "ticket-issued", Comparison(relation: .atLeast, number: 2),
          fields: [Field(key: "ticket", value: "A001"), Field(key: "counter", value: "1")]))
    #expect(expectation.patience == .within(ms: ExpectationParser.patience_ms_default))
  }

  @Test("pulls a sign's adapter within a frame, and gives its number away")
  func adapters() throws {
    let scenario = try parsed(
      """
      branch ftdi
      when ftdi-1 got 7 bytes pull
      expect sign ftdi-2 torn
      expect line ftdi-2 9600 7E1
      renumber ftdi-1
      renumber kiosk
      """)
    let line = Condition.line(sign: "ftdi-2", "9600 7E1")
    let patience = Expectation.Patience.within(ms: ExpectationParser.patience_ms_default)
    #expect(
      scenario.steps.map(\.action) == [
        .trap(device: "ftdi-1", bytes: 7, .pull),
        .expect(Expectation(patience: patience, condition: .torn(sign: "ftdi-2"))),
        .expect(Expectation(patience: patience, condition: line)),
        .renumber("ftdi-1"), .renumber("kiosk"),
      ])
  }

  @Test("springs traps on bytes")
  func traps() throws {
    let actions = try parsed(
      "when printer got 5 bytes pull\nwhen printer got 1 bytes kill hub\n"
        + "when printer got 9 bytes paper out\nwhen printer got 7 bytes stall"
    ).steps.map(\.action)
    #expect(
      actions == [
        .trap(device: "printer", bytes: 5, .pull),
        .trap(device: "printer", bytes: 1, .kill(.hub)),
        .trap(device: "printer", bytes: 9, .paperOut),
        .trap(device: "printer", bytes: 7, .stall),
      ])
  }

  @Test(
    "tells a mistake with its line",
    arguments: [
      ("wait 1s\nfly away", "x.scenario:2: no verb is called 'fly'; LAB.md lists them"),
      ("press kiosk 99", "x.scenario:1: no key is called '99'"),
      (
        "press printer 1",
        "no box is called 'printer'; there are: kiosk, kiosk-2, counter, smiley, buzzer"
      ),
      ("wait 5", "'5' needs a unit, ms or s"),
      ("wait 5s more", "'more' is too much"),
      ("kill sign", "no program is called 'sign'; there are: hub, kioskd"),
      ("expect sun", "no condition is called 'sun'"),
      ("expect facts x count many", "'many' is no number of facts"),
      ("expect facts x count 1 where y", "'y' is not key=value"),
      ("expect ticket A001 twice", "not 'twice'"),
      ("when printer got 0 bytes pull", "a trap springs after 1 byte at least"),
      ("when ftdi-1 got 9 bytes stall", "a sign can only be pulled"),
      ("renumber sign", "sign gets no other number"),
      ("expect line sign 9600 7E1", "sign hangs on no FTDI adapter"),
      ("expect line ftdi-1", "baud and format is missing"),
      ("about \"half", "a quote is not closed"),
      ("about nothing", "it does nothing"),
      ("wait 1s\nlimit 5s", "no verb is called 'limit'"),
    ])
  func mistakes(text: String, told: String) {
    #expect(mistake(text).contains(told), "\(mistake(text))")
  }

  @Test("compares counts", arguments: [("2", [2]), (">=2", [2, 3]), ("<=2", [1, 2])])
  func comparisons(word: String, fitting: [Int]) throws {
    var words = try Words(word)
    let comparison = try words.comparison("count")
    #expect((1...3).filter(comparison.holds) == fitting)
  }
}
