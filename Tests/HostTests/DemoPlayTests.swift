import Branch
import Configuration
import DemoBranch
import DeviceProfiles
import Foundation
import PrinterEmulator
import SignProtocols
import Testing

@Suite("The demo is played")
struct DemoPlayTests {
  private func play(
    _ text: String, file: String = "test.script", out: String? = nil,
    change: (String) -> String = { $0 }
  ) throws -> ScriptFailure? {
    let configuration = try ShippedDemo.configuration(change)
    let (script, mistakes) = Script.read(file: file, bytes: Array(text.utf8), for: configuration)
    #expect(mistakes.map(\.description) == [])
    return try ScriptedDemo.play(
      try #require(script), configuration: configuration, out: out)
  }

  @Test("a key that is held and two at once do what the configuration has for them")
  func held() throws {
    let script = """
      press kiosk button1
      expect ticket A001 printed
      press keypad-1 digit9
      press keypad-1 digit9:long
      expect serving 1 A001
      press keypad-1 recall+no-show
      expect serving 1 nobody
      expect facts visit-recalled 0
      expect facts visit-ended 1 ticket=A001
      """
    let failure = try play(script) { text in
      text.replacingOccurrences(
        of: #""counter": "1", "sign": "sign-1"}"#,
        with: #""counter": "1", "sign": "sign-1", "#
          + #""keys": {"digit9:long": "next", "recall+no-show": "end"}}"#)
    }
    #expect(failure == nil, "\(failure.map(\.description) ?? "")")
  }

  @Test("the day that ships comes true, and paper, signs, lines and facts tell the same")
  func day() throws {
    let out = OutDirectory()
    let text = String(decoding: try ShippedDemo.bytes("demo/day.script"), as: UTF8.self)
    let failure = try play(text, file: "day.script", out: out.path)
    try #require(failure == nil, "\(failure.map(\.description) ?? "")")

    let facts = try Record(out.lines("facts.jsonl"))
    let identities = facts.all.map { "\($0["node"] ?? "")/\($0["epoch"] ?? "")/\($0["seq"] ?? "")" }
    #expect(Set(identities).count == identities.count)
    #expect(facts.all.allSatisfy { $0["kind"] is String && $0["at"] is String })

    var printer = EmulatedPrinter(.tmT88V)
    printer.receive(try out.bytes("printer.bin"))
    let paper = printer.tickets.flatMap(\.largeTexts)
    #expect(printer.faults.map(\.description) == [])
    #expect(Set(paper).count == paper.count)
    #expect(paper.sorted() == facts.tickets("ticket-printed"))
    #expect(paper.sorted() == facts.tickets("ticket-issued"))
    for ticket in printer.tickets {
      #expect(ticket.cut != nil)
      #expect(ticket.qrTexts.allSatisfy { $0.hasSuffix("/" + (ticket.largeTexts.first ?? "?")) })
    }

    var sign = AlphaDecoder()
    let shown = sign.feed(try out.bytes("hall.bin")).compactMap { event -> String? in
      guard case .frame(let frame) = event else { return "\(event)" }
      switch frame.command {
      case .show(_, _, _, let text): return text
      // A call is heard.
      case .tone: return nil
      default: return "\(event)"
      }
    }
    #expect(shown.first == "WELCOME")
    // Each call is seen, also those that come in one second or under a refusal, but for one that
    // was over before its turn.
    let visits = facts.all.filter { ($0["kind"] as? String ?? "").hasPrefix("visit-") }
    for (place, call) in visits.enumerated() where call["kind"] as? String == "visit-called" {
      let counter = call["counter"] as? String
      let next = visits[(place + 1)...].first { $0["counter"] as? String == counter }
      let isOver = try next.map { try facts.seconds(call, $0) < 8 } ?? false
      let text = "\(call["ticket"] ?? "") > \(call["counter"] ?? "")"
      #expect(isOver || shown.contains(text), "\(text)")
    }
    #expect(try !out.bytes("sign-1.bin").isEmpty && !out.bytes("sign-2.bin").isEmpty)
    try check(transcript: out.lines("transcript.txt"), facts)
    #expect(try out.lines("tickets.txt").contains { $0.contains("Town Hall") })
  }

  @Test(
    "it comes true with a printer without a knife, too: a hand tears its tickets off",
    arguments: ["generic-58mm", "zjiang-pos-5890"])
  func dayAtTheTearBar(profile: String) throws {
    let profiles = try ShippedDemo.profiles()
    let profile = try #require(ProfileID(profile).flatMap { profiles.printers[$0] })
    let configuration = try ShippedDemo.configuration().withPrinters(of: profile)
    let (script, mistakes) = Script.read(
      file: "day.script", bytes: try ShippedDemo.bytes("demo/day.script"), for: configuration)
    #expect(mistakes.map(\.description) == [])
    let out = OutDirectory()
    let failure = try ScriptedDemo.play(
      try #require(script), configuration: configuration, out: out.path)
    try #require(failure == nil, "\(failure.map(\.description) ?? "")")
    let issued = try Record(out.lines("facts.jsonl")).tickets("ticket-issued")
    let drawn = try out.lines("tickets.txt").filter { $0.contains("Town Hall") }
    #expect(drawn.count == issued.count, "each ticket by itself")
  }

  private func check(transcript: [String], _ facts: Record) throws {
    #expect(transcript.allSatisfy { ["> ", "< ", "# "].contains($0.prefix(2)) })
    let sent = transcript.filter { $0.hasPrefix("> ") && $0.contains(" FACT ") }
    for fact in facts.all where fact["node"] as? String == "demo" {
      let words = " FACT \(fact["seq"] ?? "") \(fact["kind"] ?? "") "
      #expect(sent.contains { $0.contains(words) }, "\(words) was never sent")
    }
    #expect(transcript.filter { $0.hasPrefix("< ") && $0.contains(" WELCOME ") }.count == 2)
  }

  @Test("an expectation that does not come true is told with its line and what is seen")
  func falseExpectation() throws {
    let failure = try #require(
      try play("# first\npress kiosk button2\n\nexpect ticket A001 printed within 300ms\nhub down"))
    #expect(failure.file == "test.script")
    #expect(failure.line == 4)
    #expect(failure.step == "expect ticket A001 printed within 300ms")
    #expect(
      failure.description.hasPrefix("test.script:4: expect ticket A001 printed within 300ms: "))
    #expect(!failure.seen.isEmpty)
  }

  @Test("what cannot become true any more fails at once")
  func never() throws {
    let text = "press kiosk button1\nexpect ticket A001 printed\nexpect no ticket A001 within 600s"
    #expect(try play(text)?.seen == "A001 was printed")
  }

  @Test("what has to last fails when it ends")
  func lasting() throws {
    let text =
      "expect sign hall WELCOME\nunplug sign-1\nexpect sign sign-1 dark\nplug sign-1\n"
      + "expect sign sign-1 dark for 600s"
    #expect(try play(text)?.line == 5)
  }

  @Test("a terminal that is pulled presses nothing, and works again when it is back")
  func pulledTerminal() throws {
    let pulled = try play("unplug kiosk\nexpect device kiosk lost\npress kiosk button1")
    #expect(pulled?.seen == "kiosk is not plugged in")
    let text =
      "unplug kiosk\nexpect device kiosk lost\nplug kiosk\nexpect device kiosk found\n"
      + "press kiosk button1\nexpect ticket A001 printed"
    #expect(try play(text) == nil)
  }

  @Test("the hub may go and come more than once")
  func hubAgain() throws {
    let text = """
      hub down
      press kiosk button1
      expect ticket A980 printed
      hub up
      hub down
      press kiosk button1
      expect ticket A981 printed
      hub up
      expect facts ticket-issued 2 offline=yes within 30s
      expect each-once
      """
    #expect(try play(text) == nil)
  }

  @Test("the example of a configuration can be rehearsed on virtual devices")
  func example() throws {
    let (configuration, diagnostics) = NodeConfiguration.read(
      file: "example", bytes: try ShippedDemo.bytes("kioskd.example.json"),
      profiles: try ShippedDemo.profiles())
    #expect(diagnostics.map(\.description) == [])
    let branch = try #require(configuration)
    let text =
      "unplug front\nexpect device front lost\npress kiosk button1\n"
      + "expect facts ticket-issued 1\nexpect facts ticket-sending 1 printer=back-office"
    let (script, _) = Script.read(file: "s", bytes: Array(text.utf8), for: branch)
    #expect(
      try ScriptedDemo.play(try #require(script), configuration: branch, out: nil) == nil)
  }
}

/// facts.jsonl.
private struct Record {
  let all: [[String: Any]]

  init(_ lines: [String]) throws {
    all = try lines.map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
      return try #require(object as? [String: Any])
    }
  }

  /// From one fact to another, by the clock of their node.
  func seconds(_ one: [String: Any], _ other: [String: Any]) throws -> Double {
    let clock = ISO8601DateFormatter()
    clock.formatOptions.insert(.withFractionalSeconds)
    let times = [one, other].compactMap { ($0["at"] as? String).flatMap(clock.date) }
    try #require(times.count == 2)
    return times[1].timeIntervalSince(times[0])
  }

  func tickets(_ kind: String) -> [String] {
    all.filter { $0["kind"] as? String == kind }.compactMap { $0["ticket"] as? String }.sorted()
  }
}
