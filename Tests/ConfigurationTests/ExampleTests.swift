import Branch
import Configuration
import DeviceProfiles
import SignProtocols
import Testing

@Suite("The shipped example")
struct ExampleTests {
  @Test("loads with the shipped profiles and without a word")
  func loads() throws {
    let bytes = try Shipped.bytes("Devices/kioskd.example.json")
    let (read, diagnostics) = NodeConfiguration.read(
      file: "kioskd.example.json", bytes: bytes, profiles: try Shipped.library.get())
    #expect(diagnostics.map(\.description) == [])
    let node = try #require(read)
    #expect(node.node.text == "kiosk-1" && node.branch.timeZone == "Europe/Berlin")
    #expect(node.hub.addresses == [HubAddress(host: "127.0.0.1", port: 7557)])
    #expect(node.journal.segment_bytes == 4 << 20 && node.journal.cap_bytes == 256 << 20)
    #expect(node.services.map(\.prefix) == ["A", "B"])
    #expect(node.counters.first?.services.map(\.text) == ["cash", "info"])
    #expect(node.devicesDirectory == nil)
  }

  @Test("binds keys, printers and signs as its comments say")
  func bindings() throws {
    let bytes = try Shipped.bytes("Devices/kioskd.example.json")
    let library = try Shipped.library.get()
    let node = try #require(
      NodeConfiguration.read(file: "f", bytes: bytes, profiles: library).configuration)
    let kiosk = try #require(node.terminal(TerminalID("kiosk")!))
    #expect(kiosk.device == .port("1-3") && kiosk.printers.map(\.text) == ["front", "back-office"])
    #expect(kiosk.action(code: 2)?.action == .ticket(ServiceID("cash")!))
    #expect(kiosk.action(code: 3)?.key.text == "button2" && kiosk.action(code: 4) == nil)
    #expect(
      kiosk.action(code: 5)?.action == .ticket(ServiceID("cash")!, priority: true))
    let keypad = try #require(node.terminal(TerminalID("keypad-1")!))
    #expect(keypad.action(code: 73)?.action == .next && keypad.action(code: 82)?.action == .end)
    let front = try #require(node.printer(PrinterID("front")!))
    #expect(front.device == .usb(.any) && front.jobExpiry == .seconds(60))
    let hall = try #require(node.sign(SignID("hall")!))
    #expect(hall.shows == .main && hall.signProtocol == hall.profile.signProtocol)
    #expect(hall.format.text(ticket: "A012", counter: "3") == "A012 > 3")
    let counterSign = try #require(node.sign(SignID("counter-1")!))
    #expect(counterSign.shows == .counter(CounterID("1")!))
    #expect(
      counterSign.signProtocol == .alpha(AlphaSettings()) && counterSign.refresh == .seconds(60))
  }
}
