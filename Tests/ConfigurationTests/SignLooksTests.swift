import Branch
import Configuration
import Testing

/// A sound node with one sign of each kind, spoilt or read below.
let looksText = """
  {
    "node": "n",
    "branch": {
      "id": "b", "name": "B", "timezone": "Europe/Berlin",
      "hours": {
        "monday": ["08:00-12:00", "13:00-24:00"],
        "exceptions": {"2026-12-24": ["08:00-10:30"], "2026-12-25": []},
      },
    },
    "journal": {"directory": "/j"},
    "hub": {"address": "h:1"},
    "services": [{"id": "cash", "prefix": "A", "name": "C"}],
    "numbers": {"last": 999},
    "counters": [{"id": "1", "services": ["cash"]}, {"id": "2", "services": ["cash"]}],
    "signs": [
      {"id": "led", "profile": "alpha-sign", "port": "/dev/a", "counter": "1",
       "idle": {"de": "Willkommen", "en-US": "Welcome"}, "idleSeconds": 5,
       "closed": ["Zu", "Closed"], "flashSeconds": 2.5, "beep": false,
       "colours": {"call": "green", "alert": "red"}},
      {"id": "lcd", "profile": "cd5220-display", "port": "/dev/b", "main": true, "calls": 2,
       "order": "newest-last", "ended": "stay", "standSeconds": 1.5,
       "format": "{ticket} {arrow} {counter}",
       "arrows": {"1": "left", "2": "down"}, "idle": "One\\nTwo",
       "brightness": [{"from": "06:00", "percent": 100}, {"from": "20:00", "percent": 25}]},
      {"id": "four", "profile": "dm56-modbus", "port": "/dev/c", "counter": "2",
       "shorten": "none", "idle": "OPEN"},
    ],
  }
  """

@Suite("Looks of signs")
struct SignLooksTests {
  @Test("are read as they are written")
  func read() throws {
    let (node, told) = try readNode(looksText)
    #expect(told.map(\.description) == [])
    let signs = try #require(node?.signs)
    let led = signs[0].looks
    #expect(led.idle == ["Willkommen", "Welcome"] && led.turn == .seconds(5))
    #expect(led.closed == ["Zu", "Closed"] && led.flash == Span(ms: 2500) && !led.beeps)
    #expect(led.colours == [.call: .green, .alert: .red])
    let lcd = signs[1].looks
    #expect(lcd.calls_max == 2 && lcd.stand == Span(ms: 1500) && led.stand == .seconds(3))
    #expect(lcd.order == .newestLast && lcd.ended == .stay)
    #expect(lcd.arrows == [CounterID("1")!: .left, CounterID("2")!: .down])
    #expect(lcd.idle == ["One\nTwo"] && lcd.beeps && lcd.flash == .seconds(5))
    #expect(
      lcd.brightness
        == DailyBrightness([
          .init(from_minute: 360, percent: 100), .init(from_minute: 1200, percent: 25),
        ]))
    let hours = try #require(node?.branch.hours)
    #expect(hours.week[0] == [480..<720, 780..<1440] && hours.week[1] == [])
    #expect(
      hours.exceptions == [ServiceDay("2026-12-24")!: [480..<630], ServiceDay("2026-12-25")!: []])
  }

  @Test("a main sign lists as many calls as it has lines when nobody says")
  func standardCalls() throws {
    let text = looksText.replacing(" \"calls\": 2,", with: "")
      .replacing(
        "\"format\": \"{ticket} {arrow} {counter}\"", with: "\"format\": \"{ticket}{arrow}\"")
    let (node, told) = try readNode(text)
    #expect(told.map(\.description) == [])
    #expect(node?.signs.map(\.looks.calls_max) == [1, 2, 1])
  }

  @Test("a text that is longer than a line may go on in the next")
  func wrapped() throws {
    let long = "Please take a ticket beside the door"
    let (node, told) = try readNode(looksText.replacing("One\\nTwo", with: long))
    #expect(told.map(\.description) == [])
    #expect(node?.signs[1].looks.idle == [long])
  }

  @Test("one mistake is told once, at its place, with a cure", arguments: mistakes)
  func bad(_ bad: Bad) throws {
    let marked = bad.spoil(looksText)
    let (node, told) = try readNode(marked.text)
    #expect(node == nil)
    #expect(told.map(\.code) == [bad.code], "\(told)")
    #expect(told.map(\.field) == [bad.field])
    #expect(told.map(\.position) == marked.places)
    #expect(told.allSatisfy { $0.cure.count > 5 && ".?".contains($0.cure.last!) })
  }
}

private let mistakes: [Bad] = [
  Bad("\"monday\"", "¶\"mondy\"", "unknown-key", "branch.hours.mondy"),
  Bad("\"08:00-12:00\"", "¶\"8:00-12:00\"", "time", "branch.hours.monday[0]"),
  Bad("\"08:00-12:00\"", "¶\"12:00-08:00\"", "time", "branch.hours.monday[0]"),
  Bad("\"08:00-12:00\"", "¶\"08:00-12:60\"", "time", "branch.hours.monday[0]"),
  Bad("\"13:00-24:00\"", "¶\"13:00-24:01\"", "time", "branch.hours.monday[1]"),
  Bad("\"13:00-24:00\"", "¶\"11:59-14:00\"", "time-order", "branch.hours.monday[1]"),
  Bad("\"2026-12-25\": []", "\"2026-02-29\": ¶[]", "date", "branch.hours.exceptions.2026-02-29"),
  Bad("\"de\": \"Willkommen\"", "\"d\": ¶\"Willkommen\"", "language", "signs[0].idle.d"),
  Bad("[\"Zu\", \"Closed\"]", "[\"Zu\", ¶\"Zu\"]", "doubled", "signs[0].closed[1]"),
  Bad("[\"Zu\", \"Closed\"]", "¶[]", "missing", "signs[0].closed"),
  Bad("\"idleSeconds\": 5", "\"idleSeconds\": ¶1", "range", "signs[0].idleSeconds"),
  Bad("\"flashSeconds\": 2.5", "\"flashSeconds\": ¶61", "range", "signs[0].flashSeconds"),
  Bad("\"beep\": false", "\"beep\": ¶0", "type", "signs[0].beep"),
  Bad("\"green\"", "¶\"blue\"", "choice", "signs[0].colours.call"),
  Bad("\"calls\": 2", "\"calls\": ¶3", "sign-lines", "signs[1].calls"),
  Bad("\"calls\": 2", "\"calls\": ¶9", "range", "signs[1].calls"),
  Bad("\"newest-last\"", "¶\"newest\"", "choice", "signs[1].order"),
  Bad("\"stay\"", "¶\"stays\"", "choice", "signs[1].ended"),
  Bad("\"One\\nTwo\"", "¶\"One\\nTwo\\nThree\"", "sign-lines", "signs[1].idle"),
  Bad("\"1\": \"left\"", "\"9\": ¶\"left\"", "unknown-counter", "signs[1].arrows.9"),
  Bad("\"1\": \"left\"", "\"1\": ¶\"west\"", "choice", "signs[1].arrows.1"),
  Bad("{ticket} {arrow} {counter}", "{ticket} {counter}", "format-arrow", "signs[1].arrows")
    .also("\"arrows\": {", "\"arrows\": ¶{"),
  Bad("\"20:00\"", "¶\"24:00\"", "time", "signs[1].brightness[1].from"),
  Bad("{\"from\": \"20:00\"", "¶{\"from\": \"06:00\"", "time-order", "signs[1].brightness[1]"),
  Bad("\"percent\": 25", "\"percent\": ¶0", "range", "signs[1].brightness[1].percent"),
  Bad("\"idle\": \"OPEN\"", "\"idle\": ¶\"CLOSED\"", "sign-text", "signs[2].idle"),
  Bad(
    "\"Welcome\"", "¶\"\(String(repeating: "w", count: 124))\"", "sign-text",
    "signs[0].idle.en-US"),
  Bad(
    "\"One\\nTwo\"", "¶\"Two lines of twenty have no room for this\"", "sign-text",
    "signs[1].idle"),
  Bad("\"One\\nTwo\"", "¶\"Two\\nlines and a third one\"", "sign-text", "signs[1].idle"),
  Bad("\"standSeconds\": 1.5", "\"standSeconds\": ¶60.5", "range", "signs[1].standSeconds"),
  Bad("\"idle\": \"OPEN\"", "\"standSeconds\": ¶1", "conflict", "signs[2].standSeconds"),
  Bad("\"idle\": \"OPEN\"", "\"calls\": ¶1", "conflict", "signs[2].calls"),
  Bad("\"idle\": \"OPEN\"", "\"colours\": ¶{}", "sign-colours", "signs[2].colours"),
  Bad("\"idle\": \"OPEN\"", "\"brightness\": ¶50", "sign-brightness", "signs[2].brightness"),
  Bad("\"shorten\": \"none\"", "\"shorten\": ¶\"no\"", "choice", "signs[2].shorten"),
  Bad("\"OPEN\"", "\"OPEN\", \"format\": \"{ticket}>{counter}\"", "sign-format", "signs[2].shorten")
    .also("\"shorten\": \"none\"", "\"shorten\": ¶\"none\""),
]

@Suite("Tickets on small signs")
struct TicketFitTests {
  /// What ticket 12 of the first service becomes on a sign, or the code of the refusal.
  private func shown(
    _ profile: String, prefixes: [String] = ["A"], last: Int = 999, rule: String = "auto",
    more: String = "", place: String = "\"counter\": \"1\""
  ) throws -> String {
    let services = prefixes.map { "{\"id\": \"\($0)\", \"prefix\": \"\($0)\", \"name\": \"x\"}" }
    let text = """
      {"node": "n", "branch": {"id": "b", "name": "B", "timezone": "UTC"},
       "journal": {"directory": "/j"}, "hub": {"address": "h:1"},
       "services": [\(services.joined(separator: ","))], "numbers": {"last": \(last), "reserve": 1},
       "counters": [{"id": "1", "services": ["\(prefixes[0])"]}],
       "signs": [{"id": "s", "profile": "\(profile)", "port": "/dev/s", \(place),
        "shorten": "\(rule)"\(more)}]}
      """
    let (node, told) = try readNode(text)
    if let first = told.first {
      #expect(told.count == 1)
      return first.code
    }
    let form = try #require(node?.signs.first?.looks.ticketForm)
    return form.text(TicketNumber(prefix: prefixes[0], number: 12))
  }

  @Test(
    "lose zeros and letters by a rule, or are refused",
    arguments: [
      ("dm56-modbus", ["A"], 999, "auto", "A012"),
      ("dm56-modbus", ["AB"], 99, "auto", "AB12"),
      ("dm56-modbus", ["AB", "C"], 99, "auto", "AB12"),
      ("dm56-modbus", ["ABC"], 9, "auto", "ABC12"),
      ("dm56-modbus", ["AB"], 999, "auto", "012"),
      ("dm56-modbus", ["A"], 9999, "auto", "012"),
      ("dm56-modbus", ["AB", "C"], 999, "auto", "sign-ambiguous"),
      ("dm56-modbus", ["A", "B"], 9999, "auto", "sign-ambiguous"),
      ("dm56-modbus", ["A"], 999, "number", "012"),
      ("dm56-modbus", ["A", "B"], 999, "number", "sign-ambiguous"),
      ("dm56-modbus", ["A"], 999, "letter-number", "A012"),
      ("dm56-modbus", ["AB"], 999, "letter-number", "sign-ticket"),
      ("dm56-modbus", ["AB"], 99, "none", "sign-ticket"),
      ("ditel-dn", ["A"], 999, "auto", "012"),
      ("ditel-dn", ["A"], 9999, "auto", "012"),
      ("ditel-dn", ["A", "B"], 99, "auto", "sign-ambiguous"),
      ("ditel-dn", ["A"], 999, "none", "sign-ticket"),
      // S and 5 look alike on seven segments: no letters, so no two services.
      ("nexus-b14-45-485", ["A"], 999, "auto", "A012"),
      ("nexus-b14-45-485", ["S"], 999, "auto", "012"),
      ("nexus-b14-45-485", ["S", "A"], 999, "auto", "sign-ambiguous"),
      ("alpha-sign", ["ABC", "D"], 9999, "auto", "ABC012"),
    ] as [(String, [String], Int, String, String)])
  func rules(
    _ profile: String, _ prefixes: [String], _ last: Int, _ rule: String, _ expected: String
  ) throws {
    #expect(try shown(profile, prefixes: prefixes, last: last, rule: rule) == expected)
  }

  @Test("what stands beside the ticket has to fit as well")
  func formats() throws {
    let format = #", "format": "{ticket} > {counter}""#
    #expect(try shown("dm36-modbus", more: format) == "A012")
    #expect(try shown("dm36-modbus", last: 9999, more: format) == "012")
    #expect(try shown("dm56-modbus", last: 99, more: format) == "12")
    #expect(try shown("dm56-modbus", more: format) == "sign-format")
    #expect(try shown("dm56-modbus", prefixes: ["A", "B"], last: 9, more: format) == "A12")
    #expect(try shown("ditel-dn", last: 9, more: format) == "sign-format")
  }

  @Test("all calls together have to fit into the file of a sign that scrolls")
  func scrolled() throws {
    let format = #", "format": "{ticket} please go to counter {counter}""#
    func shown(_ calls: Int) throws -> String {
      try self.shown(
        "alpha-sign", more: format + ", \"calls\": \(calls)", place: "\"main\": true")
    }
    // 29 characters each, and blanks between them, in 123.
    #expect(try shown(4) == "A012")
    #expect(try shown(5) == "sign-lines")
    #expect(try shown(8) == "sign-lines")
  }

  @Test("a letter that segments cannot show does not take those of the ticket with it")
  func segments() throws {
    func shown(_ format: String, _ prefixes: [String]) throws -> String {
      try self.shown(
        "nexus-b14-45-485", prefixes: prefixes, last: 9, more: #", "format": "\#(format)""#)
    }
    #expect(try shown("n{ticket}", ["A", "B"]) == "A12")
    #expect(try shown("K{ticket}", ["A", "B"]) == "sign-format")
    #expect(try shown("K{ticket}", ["A"]) == "sign-format")
    #expect(try shown("K {ticket}", ["A", "B"]) == "A12")
  }

  @Test("no two numbers of a branch look the same, and none is longer than the sign")
  func different() throws {
    for (places, prefixes) in [(3, ["A"]), (4, ["A", "B"]), (4, ["A", "BC"]), (5, ["A", "BC"])] {
      for last in [9, 42, 99, 100, 999, 1000] {
        guard let form = try form(places, prefixes, last) else { continue }
        var seen: [String: TicketNumber] = [:]
        for prefix in prefixes {
          for number in 1...last {
            let ticket = TicketNumber(prefix: prefix, number: number)
            let text = form.text(ticket)
            #expect(text.utf8.count <= places)
            #expect(seen.updateValue(ticket, forKey: text) == nil, "\(text)")
          }
        }
      }
    }
    #expect(try form(3, ["A"], 99) == .lettersAndNumber(digits: 2))
    #expect(try form(3, ["A", "B"], 999) == nil)
  }

  /// The form on a sign with so many places of ASCII; nil when it is refused.
  private func form(_ places: Int, _ prefixes: [String], _ last: Int) throws -> TicketForm? {
    let profile = """
      {"kind": "sign", "name": "x", "columns": \(places), "sources": {"*": "x"},
       "serial": {"baud": 9600, "dataBits": 8, "parity": "none", "stopBits": 1},
       "frame": {"layout": ["STX", "{text}", "ETX"], "text": {"width": \(places)}}}
      """
    var library = try Shipped.library.get()
    #expect(library.add(fileName: "small.json", bytes: Array(profile.utf8)).isEmpty)
    let services = prefixes.map { "{\"id\": \"\($0)\", \"prefix\": \"\($0)\", \"name\": \"x\"}" }
    let text = """
      {"node": "n", "branch": {"id": "b", "name": "B", "timezone": "UTC"},
       "journal": {"directory": "/j"}, "hub": {"address": "h:1"},
       "services": [\(services.joined(separator: ","))],
       "numbers": {"last": \(last), "reserve": 1},
       "counters": [{"id": "1", "services": ["\(prefixes[0])"]}],
       "signs": [{"id": "s", "profile": "small", "port": "/dev/s", "counter": "1"}]}
      """
    let read = NodeConfiguration.read(file: "k.json", bytes: Array(text.utf8), profiles: library)
    return read.configuration?.signs.first?.looks.ticketForm
  }
}
