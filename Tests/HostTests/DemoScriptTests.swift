import Branch
import Configuration
import DemoBranch
import Testing

@testable import DemoBranch

@Suite("Demo scripts are read")
struct DemoScriptTests {
  let configuration: NodeConfiguration

  init() throws { configuration = try ShippedDemo.configuration() }

  private func read(_ text: String) -> (script: Script?, mistakes: [String]) {
    let (script, mistakes) = Script.read(
      file: "s", bytes: Array(text.utf8), for: configuration)
    return (script, mistakes.map { "\($0.line):\($0.column) \($0.code)" })
  }

  private func action(_ line: String) throws -> Script.Action {
    let (script, mistakes) = read(line)
    #expect(mistakes == [])
    return try #require(script?.steps.first?.action)
  }

  @Test("each verb becomes its step")
  func verbs() throws {
    let kiosk = try #require(TerminalID("kiosk"))
    let printer = try #require(PrinterID("printer"))
    let key = try #require(DeviceKey("button2"))
    #expect(try action("press kiosk button2") == .press(kiosk, VirtualPress(key)))
    #expect(
      try action("press kiosk button2:long") == .press(kiosk, VirtualPress(key, isLong: true)))
    #expect(try action("\tpaper printer out  # comment") == .printer(printer, .paper(.out)))
    #expect(try action("paper printer ok") == .printer(printer, .paper(.ok)))
    #expect(try action("paper printer low") == .printer(printer, .paper(.nearEnd)))
    #expect(try action("cover printer open") == .printer(printer, .cover(open: true)))
    #expect(try action("cover printer closed") == .printer(printer, .cover(open: false)))
    #expect(try action("offline printer on") == .printer(printer, .offline(true)))
    #expect(try action("stall printer off") == .printer(printer, .stall(false)))
    #expect(try action("garbage printer") == .printer(printer, .garbage))
    #expect(try action("unplug kiosk") == .unplug(.terminal(kiosk)))
    #expect(try action("plug printer\r") == .plug(.printer(printer)))
    #expect(try action("hub down") == .hub(isUp: false))
    #expect(try action("hub up") == .hub(isUp: true))
    #expect(try action("wait 1.25s") == .wait(Span(ms: 1250)))
    #expect(try action("wait 500ms") == .wait(Span(ms: 500)))
  }

  @Test("a script that an editor saved with CR and LF is the same day")
  func returns() throws {
    let text = "hub down\n# a comment\n\nwait 1s\nhub up\n"
    let lines = try #require(read(text).script?.steps.map(\.line))
    let (script, mistakes) = read(
      text.split(separator: "\n", omittingEmptySubsequences: false)
        .joined(separator: "\r\n"))
    #expect(mistakes == [])
    #expect(script?.steps.map(\.line) == lines)
    #expect(script?.steps.map(\.text) == ["hub down", "wait 1s", "hub up"])
  }

  @Test(
    "each expectation becomes what it says",
    arguments: [
      ("ticket A001 printed", ScriptExpectation.ticket(TicketNumber("A001")!, on: nil)),
      (
        "ticket A001 printed on printer",
        .ticket(TicketNumber("A001")!, on: PrinterID("printer")!)
      ),
      ("no ticket", .noTicket),
      ("no ticket B002", .noTicketOf(TicketNumber("B002")!)),
      ("sign hall \"A001 > 1\"", .sign(SignID("hall")!, text: "A001 > 1")),
      ("sign hall dark", .dark(SignID("hall")!)),
      ("sign hall \"dark\"", .sign(SignID("hall")!, text: "dark")),
      ("sign sign-2 \"\"", .sign(SignID("sign-2")!, text: "")),
      ("waiting passports 0", .waiting(ServiceID("passports")!, count: 0)),
      ("serving 2 A003", .serving(CounterID("2")!, TicketNumber("A003"))),
      ("serving 2 nobody", .serving(CounterID("2")!, nil)),
      (
        "facts rating-given 2 rating=4 counter=*",
        .facts(
          .ratingGiven, count: 2,
          conditions: [
            FieldCondition(key: "rating", value: "4"), FieldCondition(key: "counter", value: nil),
          ])
      ),
      ("link up", .link(isUp: true)), ("link down", .link(isUp: false)),
      ("refused keypad-1", .answered(TerminalID("keypad-1")!, isRefused: true)),
      ("accepted keypad-1", .answered(TerminalID("keypad-1")!, isRefused: false)),
      ("device hall lost", .device(.sign(SignID("hall")!), isFound: false)),
      ("each-once", .eachOnce), ("paper-agrees", .paperAgrees),
    ])
  func expectations(_ text: String, _ expectation: ScriptExpectation) throws {
    let isAbsence = text.hasPrefix("no ")
    let standard = isAbsence ? Patience.standardLasting : .standard
    #expect(try action("expect \(text)") == .expect(expectation, standard))
    #expect(
      try action("expect \(text) within 30s") == .expect(expectation, .within(.seconds(30))))
    #expect(try action("expect \(text) for 2s") == .expect(expectation, .lasting(.seconds(2))))
  }

  @Test(
    "a mistake is told with its line, column and code",
    arguments: [
      ("pres kiosk button1", "1:1 unknown-word"),
      ("press", "1:7 missing-word"),
      ("press kisk button1", "1:7 unknown-name"),
      ("press kiosk", "1:13 missing-word"),
      ("press kiosk next", "1:13 unknown-name"),
      ("press kiosk button1+button1", "1:13 key-chord"),
      ("press kiosk button1+button9", "1:13 unknown-name"),
      ("press kiosk button1 twice", "1:21 extra-word"),
      ("\"press\" kiosk button1", "1:1 unknown-word"),
      ("paper sign-1 out", "1:7 unknown-name"),
      ("paper printer full", "1:15 unknown-word"),
      ("unplug everything", "1:8 unknown-name"),
      ("hub sideways", "1:5 unknown-word"),
      ("wait 5", "1:6 duration"), ("wait 0s", "1:6 duration"), ("wait 1.2345s", "1:6 duration"),
      ("wait 601s", "1:6 duration"), ("wait -1s", "1:6 duration"),
      ("expect", "1:8 missing-word"),
      ("expect tickets", "1:8 unknown-word"),
      ("expect ticket A1 printed", "1:15 ticket"),
      ("expect ticket C001 printed", "1:15 ticket"),
      ("expect ticket A001", "1:20 missing-word"),
      ("expect sign hall", "1:18 missing-word"),
      ("expect sign hall A001 > 1", "1:23 extra-word"),
      ("expect waiting passports many", "1:26 number"),
      ("expect waiting passports -1", "1:26 number"),
      ("expect serving 3 nobody", "1:16 unknown-name"),
      ("expect facts ticket-isued 1", "1:14 unknown-word"),
      ("expect facts ticket-issued 1 offline", "1:30 condition"),
      ("expect link up within", "1:23 missing-word"),
      ("expect link up within soon", "1:23 duration"),
      ("expect sign hall \"A001", "1:18 open-quote"),
      ("press kiosk \u{1}", "1:13 control"),
      ("", "1:1 empty"), ("# nothing\n\n", "1:1 empty"),
    ])
  func mistakes(_ text: String, _ expected: String) {
    let (script, mistakes) = read(text)
    #expect(script == nil)
    #expect(mistakes == [expected])
  }

  @Test("all mistakes of a script are told, and none of its steps is done")
  func allMistakes() {
    let (script, mistakes) = read("hub up\nhub upp\n\npress kiosk buton1 # é\n")
    #expect(script == nil)
    #expect(mistakes == ["2:5 unknown-word", "4:13 unknown-name"])
  }

  @Test("what is not UTF-8 is told instead of guessed")
  func notUTF8() {
    let (script, mistakes) = Script.read(
      file: "s", bytes: [0x68, 0xFF, 0x0A], for: configuration)
    #expect(script == nil)
    #expect(mistakes.map(\.code) == ["not-utf8"])
  }

  @Test("a near miss is answered with the word that was meant")
  func nearMiss() {
    let (_, mistakes) = Script.read(
      file: "day", bytes: Array("press kiosk buton1".utf8), for: configuration)
    #expect(mistakes.first?.description.contains("Did you mean \"button1\"?") == true)
    #expect(mistakes.first?.description.hasPrefix("day:1:13: ") == true)
  }
}
