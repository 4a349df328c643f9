import Branch
import Configuration
import DeviceProfiles
import Testing

@Suite("Forms of text")
struct FormTests {
  @Test("host and port are read and shown alike")
  func hubAddresses() {
    for text in [
      "127.0.0.1:7557", "hub.example:1", "[::1]:65535", "[::]:1", "[fe80::1%eth0]:7557",
      "[2001:db8::7]:7557", "[1:2:3:4:5:6:7:8]:1", "[1:2:3:4:5:6:7::]:1", "[::ffff:192.0.2.1]:1",
      "[1:2:3:4:5:6:192.0.2.1]:1",
    ] {
      #expect(HubAddress(text)?.description == text)
    }
    for text in [
      "[zz]:7557", "[1]:1", "[1:2]:1", "[1::2::3]:1", "[:::]:1", "[12345::]:1", "[::1%]:1",
      "[::1%e 0]:1",
      "[1:2:3:4:5:6:7:8:9]:1", "[1:2:3:4::5:6:7:8]:1", "[192.0.2.1::]:1", "[::192.0.2.256]:1",
      "[::1:]:1", "[127.0.0.1]:1", "[hub.example]:1",
    ] {
      #expect(HubAddress(text) == nil, "\(text)")
    }
    for text in ["", ":1", "h", "h:", "h:0", "h:65536", "h:+1", "h h:1", "[]:1", "::1:80", "h:1 "] {
      #expect(HubAddress(text) == nil, "\(text)")
    }
  }

  @Test("USB ids are read and shown alike")
  func usbModels() {
    #expect(USBModel("04b8:0E15")?.description == "04b8:0e15")
    for text in ["", "04b8", "04b8:", "4b8:0202", "04b8:0202:1", "+4b8:0202", "04b8:020g"] {
      #expect(USBModel(text) == nil, "\(text)")
    }
  }

  @Test("a sign's format puts ticket and counter in their places")
  func signFormats() throws {
    #expect(try SignFormat("{ticket}").text(ticket: "A001", counter: "2") == "A001")
    #expect(
      try SignFormat("to {counter}: {ticket}!").text(ticket: "B7", counter: "12") == "to 12: B7!")
    #expect(SignFormat.ticketAndCounter.description == "{ticket} > {counter}")
    #expect(throws: SignFormat.Mistake.noTicket) { try SignFormat("closed") }
    #expect(throws: SignFormat.Mistake.brace) { try SignFormat("{ticket") }
    #expect(throws: SignFormat.Mistake.brace) { try SignFormat("}{ticket}") }
    #expect(throws: SignFormat.Mistake.unknownField("{x")) { try SignFormat("{ticket}{{x}") }
  }

  @Test("the directory of profiles is known before the rest is read")
  func devicesDirectory() {
    func directory(_ text: String) -> String? {
      ConfigurationFile(file: "f", bytes: Array(text.utf8)).devicesDirectory
    }
    #expect(directory("{\"devices\": \"/a/b\"}") == "/a/b")
    #expect(directory("{\"devices\": \"b\"}") == nil)
    #expect(directory("{}") == nil && directory("{\"devices\": 7}") == nil && directory("[") == nil)
  }

  @Test("what is left out has its documented value")
  func defaults() throws {
    let text = """
      {"node": "n", "branch": {"id": "b", "name": "B", "timezone": "UTC"},
       "journal": {"directory": "/j"}, "hub": {"address": "h:1"},
       "printers": [{"id": "p", "profile": "generic-80mm", "cups": {"queue": "q"}}],
       "signs": [{"id": "s", "profile": "alpha-sign", "port": "/dev/ttyS0", "main": true}]}
      """
    let (read, diagnostics) = try readNode(text)
    #expect(diagnostics.map(\.description) == [])
    let node = try #require(read)
    #expect(node.journal.segment_bytes == 4 << 20 && node.journal.cap_bytes == 256 << 20)
    #expect(node.hub.heartbeat == .seconds(15) && node.hub.answer == .seconds(3))
    #expect(node.numbers.first == 1 && node.numbers.last == 999 && node.numbers.reserve == 50)
    #expect(node.numbers.leaseAnswer == .milliseconds(300))
    let printer = try #require(node.printers.first)
    #expect(printer.jobExpiry == .seconds(60) && printer.confirm == .seconds(20))
    #expect(
      printer.device
        == .cups(CUPSQueue(queue: "q", server: "localhost:631", trustCompleted: false)))
    let sign = try #require(node.signs.first)
    #expect(
      sign.format == .ticketAndCounter && sign.looks.idle == [""] && sign.refresh == .seconds(60))
    #expect(node.services.isEmpty && node.counters.isEmpty && node.terminals.isEmpty)
  }

  @Test("a key that the configuration sets to null does nothing")
  func silencedKey() throws {
    let text = baseText.replacing(
      "{\"byId\": \"usb-pad\"}",
      with: "{\"byId\": \"usb-pad\"}, \"keys\": {\"next\": null, \"digit3\": \"recall\"}")
    let node = try #require(try readNode(text).configuration)
    let pad = try #require(node.terminal(TerminalID("pad")!))
    #expect(pad.action(code: 96) == nil && pad.action(code: 81)?.action == .recall)
    #expect(pad.action(code: 82)?.action == .end)
  }
}
