import Branch
import Configuration
import PrinterEmulator
import Testing

@testable import DemoBranch

@Suite("The demo's screen")
struct DemoScreenTests {
  let configuration: NodeConfiguration
  let bindings: KeyBindings

  init() throws {
    configuration = try ShippedDemo.configuration()
    bindings = KeyBindings(configuration)
  }

  private func picture() -> BranchPicture {
    var picture = BranchPicture(branch: configuration.branch.id)
    for sign in configuration.signs {
      picture.signs[sign.id] = BranchPicture.Sign(
        isPlugged: true, columns: sign.profile.columns, text: "A001 > 1")
    }
    for terminal in configuration.terminals {
      picture.terminals[terminal.id] = BranchPicture.Terminal(isPlugged: true)
    }
    var emulator = EmulatedPrinter(.tmT88V)
    let lines = (1...40).map { "line \($0)\n" }.joined()
    emulator.receive(Array(lines.utf8) + [0x1D, 0x56, 0x00])
    for printer in configuration.printers {
      picture.printers[printer.id] = BranchPicture.Printer(
        isPlugged: true, tickets: emulator.tickets)
    }
    return picture
  }

  private func rows(_ columns: Int, _ rows: Int, page: Int = 0) -> [String] {
    var state = ScreenState()
    state.printer = configuration.printers.first?.id
    state.ticketPage = page
    return ScreenLayout(
      size: ScreenSize(columns: columns, rows: rows), configuration: configuration,
      bindings: bindings, picture: picture(), state: state
    ).rows()
  }

  @Test("every row is exactly as wide as the window, whatever its size")
  func sizes() {
    for columns in [1, 7, 20, 40, 60, 71, 72, 80, 100, 200] {
      for height in [1, 2, 5, 11, 24, 30, 60] {
        let rows = rows(columns, height)
        #expect(rows.count == height, "\(columns) × \(height)")
        for row in rows { #expect(TerminalText.width(row) == columns, "\(columns) × \(height)") }
      }
    }
  }

  @Test("one ticket is not called tickets")
  func singular() {
    let panel = BranchPanel(
      configuration: configuration, picture: picture(), state: ScreenState(), columns: 80,
      height: 30)
    #expect(panel.rows().contains { $0.hasSuffix(", 1 ticket") })
  }

  @Test("all of a long ticket can be turned to in a small window")
  func pages() {
    let pages = (0..<4).flatMap { rows(80, 24, page: $0) }
    for line in 1...40 {
      #expect(pages.contains { $0.contains("line \(line) ") }, "line \(line)")
    }
  }

  @Test("control sequences take no cells, wide characters two, and cutting ends every style")
  func text() {
    #expect(TerminalText.width("\u{1B}[1;33mA001\u{1B}[0m") == 4)
    #expect(TerminalText.width("市役所") == 6)
    #expect(TerminalText.width("e\u{301}") == 1)
    #expect(TerminalText.fitted("市役所", to: 5) == "市役\u{1B}[0m ")
    #expect(TerminalText.fitted("\u{1B}[1mabc", to: 2) == "\u{1B}[1mab\u{1B}[0m")
  }

  @Test("keys of the keyboard press the keys of the branch")
  func keys() throws {
    let kiosk = try #require(TerminalID("kiosk"))
    #expect(bindings.commands["2"] == .press(kiosk, try #require(DeviceKey("button2"))))
    let keypad = try #require(TerminalID("keypad-2"))
    #expect(bindings.commands["X"] == .press(keypad, try #require(DeviceKey("no-show"))))
    let smileys = try #require(TerminalID("smileys-1"))
    #expect(bindings.commands["g"] == .press(smileys, try #require(DeviceKey("smiley5"))))
    #expect(bindings.commands["q"] == .quit)
  }

  @Test("arrows and function keys press nothing, in any split of their bytes")
  func sequences() {
    let bytes = Array("1\u{1B}[A\u{1B}[15~\u{1B}OPn".utf8)
    var whole = KeyDecoder()
    #expect(whole.feed(bytes) == ["1", "n"])
    var single = KeyDecoder()
    #expect(bytes.flatMap { single.feed([$0]) } == ["1", "n"])
  }
}
