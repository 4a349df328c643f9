import Configuration
import PositionedJSON
import Testing

/// One mistake: what is spoilt, what it becomes (¶ where the mistake is to be told), its code and
/// field.
struct Bad: Sendable, CustomTestStringConvertible {
  private var edits: [(from: String, to: String)]
  let code: String
  let field: String

  init(_ original: String, _ spoilt: String, _ code: String, _ field: String) {
    edits = [(original, spoilt)]
    self.code = code
    self.field = field
  }

  /// A second edit, so that nothing but the one mistake is left.
  func also(_ original: String, _ spoilt: String) -> Bad {
    var both = self
    both.edits.append((original, spoilt))
    return both
  }

  func spoil(_ text: String) -> Marked {
    var text = text
    for (from, to) in edits {
      #expect(text.ranges(of: from).count == 1, "\(from) does not stand there once")
      text = text.replacing(from, with: to)
    }
    return Marked(text)
  }

  var testDescription: String { "\(field): \(code)" }
}

@Suite("Bad configurations")
struct BadConfigurationTests {
  @Test("the text that is spoilt below is sound itself")
  func base() throws {
    let (configuration, diagnostics) = try readNode(baseText)
    #expect(diagnostics.map(\.description) == [])
    #expect(configuration != nil)
  }

  @Test("one mistake is told once, at its place, with a cure", arguments: nodeMistakes)
  func node(_ bad: Bad) throws { try check(bad) }

  @Test("one mistake of a device is told once, at its place", arguments: deviceMistakes)
  func devices(_ bad: Bad) throws { try check(bad) }

  @Test("one mistake of a terminal is told once, at its place", arguments: terminalMistakes)
  func terminals(_ bad: Bad) throws { try check(bad) }

  @Test("mistakes all over the file are told together")
  func together() throws {
    let marked = Marked(
      baseText.replacing("\"kiosk-1\"", with: "¶\"kiosk 1\"")
        .replacing("\"last\": 99", with: "\"last\": ¶99999")
        .replacing("\"usb-pad\"", with: "¶\"a/b\""))
    let (configuration, diagnostics) = try readNode(marked.text)
    #expect(configuration == nil)
    #expect(diagnostics.map(\.code) == ["name", "range", "by-id"])
    #expect(diagnostics.map(\.position) == marked.places)
  }

  @Test("a wrong printer does not make those who name it wrong too")
  func noConsequences() throws {
    let spoilt = baseText.replacing("\"generic-58mm\"", with: "\"generic-58\"")
    #expect(try readNode(spoilt).diagnostics.map(\.code) == ["unknown-profile"])
  }

  private func check(_ bad: Bad) throws {
    let marked = bad.spoil(baseText)
    let (configuration, diagnostics) = try readNode(marked.text)
    #expect(configuration == nil)
    #expect(diagnostics.map(\.code) == [bad.code], "\(diagnostics)")
    #expect(diagnostics.map(\.field) == [bad.field])
    #expect(diagnostics.map(\.position) == marked.places)
    for diagnostic in diagnostics {
      #expect(diagnostic.cure.count > 5 && ".?".contains(diagnostic.cure.last!))
      #expect(diagnostic.description.hasPrefix("k.json:\(diagnostic.line):\(diagnostic.column): "))
    }
  }
}

private let nodeMistakes: [Bad] = [
  Bad("{\n  \"node\": \"kiosk-1\",", "¶{", "missing", "node"),
  Bad("\"kiosk-1\"", "¶\"\"", "name", "node"),
  Bad("\"kiosk-1\"", "¶7", "type", "node"),
  Bad("\"node\":", "¶\"\": 1, \"node\":", "unknown-key", ""),
  Bad("\"counters\": [", "¶\"countres\": [], \"counters\": [", "unknown-key", "countres"),
  Bad("\"Town Hall\"", "¶\"\"", "text-length", "branch.name"),
  Bad("\"Town Hall\"", "¶\"a\\tb\"", "text-control", "branch.name"),
  Bad("\"Europe/Berlin\"", "¶\"Europe/../x\"", "timezone", "branch.timezone"),
  Bad("\"Europe/Berlin\"", "¶\"+2\"", "timezone", "branch.timezone"),
  Bad("\"branch\": {", "\"branch\": {¶\"zone\": 1, ", "unknown-key", "branch.zone"),
  Bad("\"/var/lib/kioskd\"", "¶\"kioskd\"", "path", "journal.directory"),
  Bad("\"segmentMiB\": 4", "\"segmentMiB\": ¶65", "range", "journal.segmentMiB"),
  Bad("\"capMiB\": 256", "\"capMiB\": ¶7", "journal-cap", "journal.capMiB"),
  Bad("\"capMiB\": 256", "\"capMiB\": ¶1.5", "range", "journal.capMiB"),
  Bad("\"127.0.0.1:7557\"", "¶\"127.0.0.1\"", "address", "hub.addresses[0]"),
  Bad("\"127.0.0.1:7557\"", "¶\"h:0\"", "address", "hub.addresses[0]"),
  Bad("\"127.0.0.1:7557\"", "¶\"h:65536\"", "address", "hub.addresses[0]"),
  Bad("\"[::1]:7557\"", "¶\"[zz]:7557\"", "address", "hub.addresses[1]"),
  Bad("\"[::1]:7557\"", "¶\"::1:7557\"", "address", "hub.addresses[1]"),
  Bad("\"[::1]:7557\"", "¶\"127.0.0.1:7557\"", "doubled", "hub.addresses[1]"),
  Bad("[\"127.0.0.1:7557\", \"[::1]:7557\"]", "¶[]", "missing", "hub.addresses"),
  Bad(
    "\"addresses\": [\"127", "\"address\": \"a:1\", \"addresses\": ¶[\"127", "conflict",
    "hub.addresses"),
  Bad("\"heartbeatSeconds\": 0.5", "\"heartbeatSeconds\": ¶0.05", "range", "hub.heartbeatSeconds"),
  Bad(
    "\"heartbeatSeconds\": 0.5", "\"heartbeatSeconds\": ¶\"15\"", "type",
    "hub.heartbeatSeconds"),
  Bad("\"/etc/kioskd/devices\"", "¶\"./devices\"", "path", "devices"),
  Bad("\"id\": \"info\"", "\"id\": ¶\"cash\"", "doubled-id", "services[1].id")
    .also(
      "[\"cash\", \"info\"]}, {\"id\": \"2\", \"services\": [\"info\"]}",
      "[\"cash\"]}, {\"id\": \"2\", \"services\": [\"cash\"]}"),
  Bad("\"/etc/kioskd/ticket.json\"", "¶\"ticket.json\"", "path", "tickets.template"),
  Bad("\"language\": \"en\"", "\"language\": ¶\"english!\"", "language", "tickets.language"),
  Bad("\"de-AT\"", "¶\"\"", "text-length", "services[0].language"),
  Bad("\"/t.json\"", "¶5", "type", "printers[3].template"),
  Bad("\"prefix\": \"B\"", "\"prefix\": ¶\"A\"", "doubled-prefix", "services[1].prefix"),
  Bad("\"prefix\": \"B\"", "\"prefix\": ¶\"b\"", "prefix", "services[1].prefix"),
  Bad("\"prefix\": \"B\"", "\"prefix\": ¶\"ABCD\"", "prefix", "services[1].prefix"),
  Bad(
    "{\"id\": \"info\", \"prefix\": \"B\",", "¶{\"id\": \"info\",", "missing",
    "services[1].prefix"),
  Bad(
    "\"first\": 1, \"last\": 99", "\"first\": 100, \"last\": ¶99", "numbers-order",
    "numbers.last"),
  Bad("\"reserve\": 20", "\"reserve\": ¶100", "numbers-reserve", "numbers.reserve"),
  Bad("\"leaseAnswerMs\": 300", "\"leaseAnswerMs\": ¶9", "range", "numbers.leaseAnswerMs"),
  Bad(
    "{\"id\": \"2\", \"services\": [\"info\"]}", "{\"id\": \"2\", \"services\": [¶\"inof\"]}",
    "unknown-service", "counters[1].services[0]"),
  Bad(
    "{\"id\": \"2\", \"services\": [\"info\"]}", "{\"id\": \"2\", \"services\": ¶[]}",
    "missing", "counters[1].services"),
  Bad(
    "\"services\": [\"cash\", \"info\"]", "\"services\": [\"cash\", ¶\"cash\"]", "doubled",
    "counters[0].services[1]"),
  Bad("{\"id\": \"2\",", "{\"id\": ¶\"1\",", "doubled-id", "counters[1].id"),
  Bad("{\"id\": \"2\",", "¶7, {\"id\": \"2\",", "type", "counters[1]"),
]

private let deviceMistakes: [Bad] = [
  Bad("\"epson-tm-t88v\"", "¶\"epson-tm-t88\"", "unknown-profile", "printers[0].profile"),
  Bad("\"epson-tm-t88v\"", "¶\"alpha-sign\"", "wrong-profile-kind", "printers[0].profile"),
  Bad("\"usb\": {\"serial\": \"J1\"}", "\"usb\": ¶{}", "doubled-device", "printers[0].usb"),
  Bad("{\"serial\": \"J1\"}", "{\"port\": \"1-2.3\"}", "doubled-device", "printers[1].usb.port")
    .also("\"usb\": {\"port\": \"1-2.3\"}, \"job", "\"usb\": {\"port\": ¶\"1-2.3\"}, \"job"),
  Bad("{\"serial\": \"J1\"}", "{\"port\": ¶\"2\"}", "usb-port", "printers[0].usb.port"),
  Bad("{\"serial\": \"J1\"}", "{\"port\": ¶\"1-2.\"}", "usb-port", "printers[0].usb.port"),
  Bad(
    "{\"serial\": \"J1\"}", "{\"vidpid\": ¶\"04b8-0202\"}", "usb-model",
    "printers[0].usb.vidpid"),
  Bad(
    "{\"serial\": \"J1\"}", "{\"serial\": \"J1\", \"port\": ¶\"1-9\"}", "conflict",
    "printers[0].usb.port"),
  Bad("{\"serial\": \"J1\"}", "{\"serial\": ¶\"\"}", "text-length", "printers[0].usb.serial"),
  Bad("\"confirmSeconds\": 9", "\"confirmSeconds\": ¶601", "range", "printers[0].confirmSeconds"),
  Bad(
    "\"jobExpirySeconds\": 30", "\"jobExpirySeconds\": ¶0", "range",
    "printers[1].jobExpirySeconds"),
  Bad(
    "{\"byId\": \"usb-pad\"}", "{\"byId\": \"usb-pad\"}, \"whenNoPrinter\": ¶\"show\"", "show-sign",
    "terminals[1].whenNoPrinter"),
  Bad("\"rollMetres\": 80", "\"createFile\": ¶true", "conflict", "printers[1].createFile"),
  Bad("\"createFile\": true", "\"createFile\": ¶\"yes\"", "type", "printers[3].createFile"),
  Bad("\"rollMetres\": 80", "\"rollMetres\": ¶4", "range", "printers[1].rollMetres"),
  Bad(
    "\"rollMetres\": 80", "\"present\": ¶{\"then\": \"eject\"}", "no-presenter",
    "printers[1].present"),
  Bad(
    "\"path\": \"/run/p\"", "\"path\": ¶\"/run/p\", \"cups\": {\"queue\": \"x\"}", "conflict",
    "printers[3].path"),
  Bad(
    "{\"id\": \"fifo\", \"profile\": \"generic-58mm\", \"path\": \"/run/p\", ",
    "¶{\"id\": \"fifo\", \"profile\": \"generic-58mm\", ", "missing", "printers[3]"),
  Bad("\"queue\": \"q\"", "\"queue\": ¶\"a b\"", "cups-queue", "printers[2].cups.queue"),
  Bad(
    "\"queue\": \"q\"", "\"queue\": \"q\", \"server\": ¶\"localhost\"", "address",
    "printers[2].cups.server"),
  Bad(
    "\"trustCompleted\": true", "\"trustCompleted\": ¶1", "type",
    "printers[2].cups.trustCompleted"),
  Bad("\"alpha-sign\"", "¶\"smiley-5\"", "wrong-profile-kind", "signs[0].profile"),
  Bad(
    "\"port\": \"/dev/ttyUSB1\"", "\"port\": ¶\"/dev/ttyUSB0\"", "line-settings",
    "signs[1].port"),
  Bad("\"port\": \"/dev/ttyUSB1\"", "\"port\": ¶\"/run/p\"", "doubled-device", "signs[1].port"),
  Bad(
    "\"port\": \"/dev/ttyUSB1\"", "\"port\": ¶\"/dev//a/../ttyUSB0/.\"", "line-settings",
    "signs[1].port"),
  Bad("\"port\": \"/dev/ttyUSB1\"", "\"port\": ¶\"ttyUSB1\"", "path", "signs[1].port"),
  Bad(
    "\"counter\": \"1\", \"address\"", "\"counter\": ¶\"9\", \"address\"", "unknown-counter",
    "signs[0].counter"),
  Bad("\"address\": \"a\"", "\"address\": ¶\"100\"", "address", "signs[0].address"),
  Bad("\"address\": \"a\"", "\"address\": ¶\"zz\"", "address", "signs[0].address"),
  Bad(
    "{\"ticket\": \"cash\"}", "{\"ticket\": \"cash\", \"priority\": ¶\"yes\"}", "type",
    "terminals[0].keys.button1.priority"),
  Bad("\"main\": true", "\"main\": true, \"address\": ¶\"100\"", "address", "signs[1].address"),
  Bad("\"main\": true", "\"main\": ¶true, \"counter\": \"2\"", "conflict", "signs[1].main"),
  Bad("{\"id\": \"all\"", "¶{\"id\": \"all\"", "sign-purpose", "signs[1]")
    .also(", \"main\": true", ""),
  Bad(
    "\"main\": true", "\"main\": true, \"format\": ¶\"{tiket}\"", "format-field",
    "signs[1].format"),
  Bad(
    "\"main\": true", "\"main\": true, \"format\": ¶\"{ticket} > {counter\"", "format",
    "signs[1].format"),
  Bad(
    "\"main\": true", "\"main\": true, \"format\": ¶\"{ticket}}\"", "format",
    "signs[1].format"),
  Bad(
    "\"main\": true", "\"main\": true, \"format\": ¶\"{counter}\"", "format-ticket",
    "signs[1].format"),
  Bad("\"refreshSeconds\": 5", "\"refreshSeconds\": ¶0.5", "range", "signs[2].refreshSeconds"),
  Bad("\"refreshSeconds\": 5", "¶\"refeshSeconds\": 5", "unknown-key", "signs[2].refeshSeconds"),
]

private let terminalMistakes: [Bad] = [
  Bad("\"kiosk-4-button\"", "¶\"kiosk-4-buton\"", "unknown-profile", "terminals[0].profile"),
  Bad("{\"port\": \"1-3\"}", "¶{}", "missing", "terminals[0].device"),
  Bad(
    "{\"port\": \"1-3\"}", "{¶\"vidpid\": \"04b8:0202\", \"port\": \"1-3\"}", "unknown-key",
    "terminals[0].device.vidpid"),
  Bad(
    "{\"path\": \"/run/s\"}", "{\"path\": ¶\"/dev/ttyUSB2\"}", "doubled-device",
    "terminals[2].device.path"),
  Bad(
    "{\"path\": \"/run/s\"}", "{\"path\": ¶\"/run/../dev/input/by-id/usb-pad\"}",
    "doubled-device", "terminals[2].device.path"),
  Bad(
    "{\"path\": \"/run/s\"}", "{\"path\": ¶\"/dev//input/event7\"}", "path",
    "terminals[2].device.path"),
  Bad(
    "{\"path\": \"/run/s\"}", "{\"byId\": ¶\"usb-pad\"}", "doubled-device",
    "terminals[2].device.byId"),
  Bad("\"usb-pad\"", "¶\"/dev/input/by-id/usb-pad\"", "by-id", "terminals[1].device.byId"),
  Bad("\"sign\": \"no\"", "\"sign\": ¶\"nosign\"", "unknown-sign", "terminals[0].sign")
    .also("\"refreshSeconds\": 5", "\"counter\": \"2\""),
  Bad(
    "\"front\", \"fifo\"]", "\"front\", ¶\"fifi\"]", "unknown-printer",
    "terminals[0].printers[1]"),
  Bad("\"front\", \"fifo\"]", "\"front\", ¶\"front\"]", "doubled", "terminals[0].printers[1]"),
  Bad("{\"id\": \"kiosk\"", "¶{\"id\": \"kiosk\"", "missing", "terminals[0].printers")
    .also(", \"printers\": [\"front\", \"fifo\"]", ""),
  Bad("{\"id\": \"kiosk\"", "¶{\"id\": \"kiosk\"", "missing", "terminals[0].printers")
    .also("\"printers\": [\"front\", \"fifo\"]", "\"printers\": []"),
  Bad("{\"id\": \"pad\"", "¶{\"id\": \"pad\"", "missing", "terminals[1].counter")
    .also("{\"byId\": \"usb-pad\"}, \"counter\": \"1\"", "{\"byId\": \"usb-pad\"}"),
  Bad("{\"id\": \"smile\"", "¶{\"id\": \"smile\"", "missing", "terminals[2].counter")
    .also("{\"path\": \"/run/s\"}, \"counter\": \"1\"", "{\"path\": \"/run/s\"}"),
  Bad(
    "{\"ticket\": \"cash\"}", "{\"reprint\": ¶\"frnt\"}", "unknown-printer",
    "terminals[0].keys.button1.reprint"),
  Bad(
    "{\"ticket\": \"cash\"}", "{\"ticket\": ¶\"csh\"}", "unknown-service",
    "terminals[0].keys.button1.ticket"),
  Bad("{\"ticket\": \"cash\"}", "¶\"nxt\"", "action", "terminals[0].keys.button1"),

  Bad(
    "{\"ticket\": \"cash\"}", "{\"ticket\": \"cash\", \"rate\": ¶1}", "conflict",
    "terminals[0].keys.button1.rate"),
  Bad("{\"ticket\": \"cash\"}", "{\"rate\": ¶6}", "range", "terminals[0].keys.button1.rate"),
  Bad(
    "\"button4\": null", "¶\"button5\": \"next\"", "unknown-terminal-key",
    "terminals[0].keys.button5"),
  Bad(
    "\"keys\": {\"button1\": {\"ticket\": \"cash\"}, \"button4\": null}",
    "\"keys\": ¶{\"button1\": null}", "no-action", "terminals[0].keys"),
  Bad("{\"id\": \"kiosk\"", "¶{\"id\": \"kiosk\"", "missing", "terminals[0].keys")
    .also("\"keys\": {\"button1\": {\"ticket\": \"cash\"}, \"button4\": null}", "\"keys\": {}"),
  Bad("\"id\": \"smile\"", "\"id\": ¶\"pad\"", "doubled-id", "terminals[2].id"),
]
