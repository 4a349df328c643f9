import Branch
import Configuration
import DeviceProfiles
import PositionedJSON
import Testing

@Suite("Long presses, chords and scanners in a file")
struct TerminalFormTests {
  private let profile = """
    {
      "kind": "terminal", "name": "T", "lockoutMs": 1500, "longPressMs": 700,
      "scanner": {"layout": "be", "prefix": "~", "suffix": "tab", "timeoutMs": 50},
      "keys": {
        "KEY_1": {"key": "one", "action": {"rate": 1}},
        "KEY_1:long": {"key": "service", "action": "next"},
        "KEY_2+1": {"key": "both", "action": "end"},
        "KEY_3": {"key": "three"}, "KEY_KP3": {"key": "three"},
      },
      "sources": {"*": "s"},
    }
    """

  private func library(_ text: String) -> (ProfileLibrary, [String]) {
    let (library, diagnostics) = ProfileLibrary.load([("dir/box.json", Array(text.utf8))])
    return (library, diagnostics.map(\.code))
  }

  private func pair(_ one: UInt16, _ other: UInt16) throws -> KeyStroke {
    .chord(try #require(KeyPair(one, other)))
  }

  @Test("a profile says them all")
  func whole() throws {
    let (library, mistakes) = library(profile)
    #expect(mistakes == [])
    let box = try #require(library.terminals[ProfileID("box")!])
    #expect(box.lockout.ms == 1500 && box.longPress.ms == 700)
    #expect(
      box.scanner
        == ScannerSettings(
          layout: .be, prefix: "~", suffix: .tab, timeout: .milliseconds(50)))
    #expect(box.key(stroke: .long(2))?.action == .next)
    #expect(box.key(stroke: try pair(1, 3))?.action == .end)
    #expect(box.key(code: 2)?.action == .rate(1))
    #expect(box.wantedCodes.isEmpty, "a scanner may send any key")
  }

  @Test(
    "one mistake is told once",
    arguments: [
      ("\"KEY_2+1\"", "\"KEY_1+KEY_1\"", "key-chord"),
      ("\"KEY_2+1\"", "\"KEY_2+KEY_X9\"", "key-name"),
      ("\"KEY_2+1\"", "\"KEY_2+\"", "key-name"),
      ("\"KEY_1:long\"", "\"KEY_1:lang\"", "key-name"),
      ("\"KEY_2+1\"", "\"2:long\"", "key-code-doubled"),
      ("\"be\"", "\"xx\"", "choice"), ("\"tab\"", "\"space\"", "choice"),
      ("\"~\"", "\"12345678901234567\"", "text-length"),
      ("\"timeoutMs\": 50", "\"timeoutMs\": 19", "range"),
      ("\"lockoutMs\": 1500", "\"lockoutMs\": 60001", "range"),
      ("\"longPressMs\": 700", "\"longPressMs\": 199", "range"),
      ("\"suffix\": \"tab\"", "\"sufix\": \"tab\"", "unknown-key"),
    ])
  func mistakes(old: String, new: String, code: String) {
    #expect(library(profile.replacing(old, with: new)).1 == [code])
  }

  private func kiosk(_ more: String) throws -> (TerminalConfiguration?, [String]) {
    let text = baseText.replacing(
      "\"button4\": null}", with: "\"button4\": null\(more)")
    let (node, diagnostics) = try readNode(text)
    return (node?.terminal(TerminalID("kiosk")!), diagnostics.map(\.code))
  }

  @Test("a configuration gives long presses and chords of any profile an action")
  func strokes() throws {
    let (read, mistakes) = try kiosk(
      #", "button2:long": {"reprint": "front"}, "button1+button2": {"ticket": "info"}}"#)
    #expect(mistakes == [])
    let kiosk = try #require(read)
    let actions = kiosk.strokeActions
    let buttons = kiosk.profile.keys.map(\.codes)
    #expect(buttons[1].allSatisfy { actions[.long($0)] == .reprint(PrinterID("front")!) })
    for one in buttons[0] {
      for other in buttons[1] {
        #expect(actions[try pair(one, other)] == .ticket(ServiceID("info")!))
      }
    }
    #expect(actions[.long(buttons[0][0])] == nil)
    #expect(actions[.press(buttons[0][0])] == .ticket(ServiceID("cash")!))
  }

  @Test(
    "what cannot be is told",
    arguments: [
      (#", "button1+button1": {"ticket": "info"}}"#, "key-chord"),
      (#", "buton1:long": {"ticket": "info"}}"#, "unknown-terminal-key"),
      (#", "button1+x": {"ticket": "info"}}"#, "unknown-terminal-key"),
      (#", "button1:long": {"ticket": "inf"}}"#, "unknown-service"),
      (#", "button1:long": "next"}"#, "missing"),
      (#"}, "lockoutMs": -1"#, "range"), (#"}, "longPressMs": 1"#, "range"),
      (#"}, "scanner": {"layout": "uk", "end": "tab"}"#, "unknown-key"),
    ])
  func notThere(more: String, code: String) throws {
    #expect(try kiosk(more).1 == [code])
  }

  @Test("the configuration changes of a scanner what it names")
  func scanner() throws {
    let text = baseText.replacing(
      #"{"id": "smile","#,
      with: """
        {"id": "scan", "profile": "hid-scanner", "device": {"serial": "S1"},
         "scanner": {"layout": "de"}, "printers": ["front"]}, {"id": "smile",
        """)
    let (node, diagnostics) = try readNode(text)
    #expect(diagnostics.map(\.description) == [])
    let scan = try #require(node?.terminal(TerminalID("scan")!))
    #expect(scan.scanner == ScannerSettings(layout: .de))
    #expect(scan.strokeActions.isEmpty)
    let smile = try #require(node?.terminal(TerminalID("smile")!))
    #expect(smile.scanner == nil && smile.lockout == .seconds(2))
    let without = try readNode(
      text.replacing(
        #""printers": ["front"]}, {"id": "smile""#,
        with: #""counter": "1"}, {"id": "smile""#)
    ).diagnostics
    #expect(without.map(\.code) == ["missing"])
  }
}
