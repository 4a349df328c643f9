import DeviceProfiles
import PositionedJSON
import SignProtocols
import Testing

private let printer = """
  {
    "kind": "printer",
    "name": "P",
    "usb": ["04b8:0202", "04b8:0e15"],
    "columns": 42,
    "codePages": {"cp437": 0, "cp858": 19},
    "cut": "partial",
    "status": ["asb", "dle-eot"],
    "sources": {"*": "manual"},
  }
  """

private let alpha = """
  {
    "kind": "sign",
    "name": "A",
    "serial": {"baud": 9600, "dataBits": 7, "parity": "even", "stopBits": 1},
    "columns": 14,
    "alpha": {"address": "00", "file": "A"},
    "sources": {"serial": "s", "columns": "c", "alpha": "a"},
  }
  """

private let frame = """
  {
    "kind": "sign",
    "name": "F",
    "serial": {"baud": 9600, "dataBits": 8, "parity": "none", "stopBits": 2},
    "columns": 8,
    "frame": {
      "layout": ["STX", "0x41", "'CALL'", "{address}", "{text}", "{checksum}", "ETX"],
      "address": {"form": "hex", "digits": 2, "default": "a"},
      "text": {"width": 4, "align": "right", "pad": "0", "characters": "digits"},
      "checksum": {"kind": "xor8", "form": "hex", "firstElement": 1},
      "gapMs": 300,
    },
    "refreshSeconds": 1.5,
    "sources": {"*": "s"},
  }
  """

private let terminal = """
  {
    "kind": "terminal",
    "name": "T",
    "debounceMs": 20,
    "keys": {
      "KEY_1": {"key": "a", "action": "next"},
      "79": {"key": "a"},
      "BTN_0": {"key": "b", "action": {"rate": 3}},
    },
    "leds": {"ok": "LED_NUML"},
    "sources": {"*": "s"},
  }
  """

/// A profile with one mistake is not used, and the mistake is told where it stands.
func check(_ bad: Bad, _ text: String) {
  let marked = bad.spoil(text)
  var library = ProfileLibrary()
  let diagnostics = library.add(fileName: "p.json", bytes: Array(marked.text.utf8))
  #expect(library.kind(of: ProfileID("p")!) == nil)
  #expect(diagnostics.map(\.code) == [bad.code], "\(diagnostics)")
  #expect(diagnostics.map(\.field) == [bad.field])
  #expect(diagnostics.map(\.position) == marked.places)
}

@Suite("Profiles in a person's hands")
struct BadProfileTests {
  @Test("sound profiles of every kind say all that they can")
  func sound() throws {
    let (library, diagnostics) = ProfileLibrary.load(
      [printer, alpha, frame, terminal].enumerated().map { ("dir/p\($0).json", Array($1.utf8)) })
    #expect(diagnostics.map(\.description) == [])
    let sign = try #require(library.signs[ProfileID("p2")!])
    let expected = try FrameDescription(
      head: [2, 0x41] + Array("CALL0A".utf8),
      text: FrameText(places_max: 4, align: .right, pad: 0x30, characters: .digits), tail: [3],
      checksum: FrameChecksum(kind: .xor8, form: .hex, uncoveredBytes: 1),
      address: FrameAddress(format: AddressFormat(form: .hex, digits: 2), place: .head(6)))
    #expect(sign.signProtocol == .frame(expected) && sign.gap.ms == 300)
    #expect(sign.serial.description == "9600 8N2" && sign.refresh?.ms == 1500)
    let box = try #require(library.terminals[ProfileID("p3")!])
    #expect(box.keys.map(\.codes) == [[2, 79], [0x100]])
    #expect(box.key(code: 79)?.action == .next && box.key(code: 0x100)?.action == .rate(3))
    #expect(library.printers[ProfileID("p0")!]?.usb.last == USBModel(vendor: 0x4b8, product: 0xe15))
  }

  @Test("one mistake in a printer's profile is told once", arguments: printerMistakes)
  func printers(_ bad: Bad) { check(bad, printer) }

  @Test("one mistake in a sign's profile is told once", arguments: alphaMistakes)
  func signs(_ bad: Bad) { check(bad, alpha) }

  @Test("one mistake in a frame is told once", arguments: frameMistakes)
  func frames(_ bad: Bad) { check(bad, frame) }

  @Test("one mistake in a terminal's profile is told once", arguments: terminalMistakes)
  func terminals(_ bad: Bad) { check(bad, terminal) }

  @Test("a file is a profile by its name, and its name is the id")
  func names() {
    let text = Array(printer.utf8)
    let (library, diagnostics) = ProfileLibrary.load([
      ("kioskd.example.json", []), ("README.md", []), ("a b.json", text), ("x/ok.json", text),
      ("y/ok.json", text), (".json", text),
    ])
    #expect(library.ids(of: .printer).map(\.text) == ["ok"])
    #expect(diagnostics.map(\.code) == ["profile-name", "profile-doubled", "profile-name"])
    #expect(diagnostics.map(\.file) == ["a b.json", "y/ok.json", ".json"])
  }

  @Test("a broken profile does not hide the sound ones")
  func brokenBeside() {
    let (library, diagnostics) = ProfileLibrary.load([
      ("bad.json", Array("{".utf8)), ("good.json", Array(alpha.utf8)),
    ])
    #expect(library.kind(of: ProfileID("good")!) == .sign)
    #expect(library.broken == [ProfileID("bad")!])
    #expect(diagnostics.map(\.code) == ["json-end"])
  }

  @Test("more files than the limit are told")
  func tooMany() {
    let files = (0...ProfileLibrary.files_max).map { ("p\($0).json", Array(alpha.utf8)) }
    let (library, diagnostics) = ProfileLibrary.load(files)
    #expect(library.signs.count == ProfileLibrary.files_max)
    #expect(diagnostics.map(\.code) == ["too-many-profiles"])
  }
}

private let printerMistakes: [Bad] = [
  Bad("\"printer\"", "¶\"printr\"", "choice", "kind"),
  Bad("{\n  \"kind\": \"printer\",", "¶{", "missing", "kind"),
  Bad("\"name\": \"P\",", "", "missing", "name").also("{\n  \"kind\"", "¶{\n  \"kind\""),
  Bad("\"04b8:0e15\"", "¶\"04b8:e15\"", "usb-model", "usb[1]"),
  Bad("\"04b8:0e15\"", "¶\"04b8:0202\"", "doubled", "usb[1]"),
  Bad("\"columns\": 42", "\"columns\": ¶0", "range", "columns"),
  Bad("\"columns\": 42", "\"columns\": ¶null", "type", "columns"),
  Bad("\"cp858\": 19", "¶\"cp859\": 19", "code-page", "codePages.cp859"),
  Bad("\"cp858\": 19", "\"cp858\": ¶256", "range", "codePages.cp858"),
  Bad("\"partial\"", "¶\"half\"", "choice", "cut"),
  Bad("\"dle-eot\"]", "¶\"asb\"]", "doubled", "status[1]"),
  Bad("[\"asb\", \"dle-eot\"]", "¶[\"star-request\"]", "language", "status"),
  Bad("\"cut\"", "\"completion\": ¶\"print-end\", \"cut\"", "language", "completion"),
  Bad(
    "\"status\": [\"asb\", \"dle-eot\"]", "\"language\": \"star-line\", \"completion\": ¶\"etb\"",
    "language", "completion"),
  Bad("\"cut\"", "¶\"cutter\"", "unknown-key", "cutter"),
  Bad("\"*\": \"manual\"", "\"*\": ¶\"\"", "text-length", "sources.*"),
  Bad("\"*\": \"manual\"", "\"*\": \"m\", ¶\"dpi\": \"x\"", "source-unused", "sources.dpi"),
  Bad("  \"sources\": {\"*\": \"manual\"},\n", "", "missing", "sources")
    .also("{\n  \"kind\"", "¶{\n  \"kind\""),
]

private let alphaMistakes: [Bad] = [
  Bad("\"baud\": 9600", "\"baud\": ¶9601", "range", "serial.baud"),
  Bad("\"dataBits\": 7", "\"dataBits\": ¶9", "range", "serial.dataBits"),
  Bad("\"even\"", "¶\"evn\"", "choice", "serial.parity"),
  Bad(", \"stopBits\": 1}", "}", "missing", "serial.stopBits").also("{\"baud\"", "¶{\"baud\""),
  Bad("\"address\": \"00\"", "\"address\": ¶\"GG\"", "address", "alpha.address"),
  Bad("\"file\": \"A\"", "\"file\": ¶\"AB\"", "text-length", "alpha.file"),
  Bad("\"file\": \"A\"", "\"file\": ¶\"é\"", "character", "alpha.file"),
  Bad("\"file\": \"A\"", "\"signType\": ¶\"~\"", "character", "alpha.signType"),
  Bad("\"file\": \"A\"", "\"mode\": ¶\"held\"", "choice", "alpha.mode"),
  Bad(
    "\"columns\": 14", "\"columns\": 14, ¶\"refreshSeconds\": 60", "source-missing",
    "refreshSeconds"),
  Bad("\"serial\": \"s\", ", "", "source-missing", "serial")
    .also("\"serial\": {", "¶\"serial\": {"),
  Bad("\"alpha\": {", "\"frame\": ¶{}, \"alpha\": {", "conflict", "frame")
    .also("\"alpha\": \"a\"", "\"*\": \"a\""),
]

private let frameMistakes: [Bad] = [
  Bad("\"0x41\"", "¶\"0x4\"", "frame-element", "frame.layout[1]"),
  Bad("\"0x41\"", "¶\"0x+4\"", "frame-element", "frame.layout[1]"),
  Bad("\"0x41\"", "¶\"stx\"", "frame-element", "frame.layout[1]"),
  Bad("\"'CALL'\"", "¶\"'é'\"", "frame-element", "frame.layout[2]"),
  Bad("\"'CALL'\"", "¶\"''\"", "frame-element", "frame.layout[2]"),
  Bad("\"{text}\", ", "", "frame-text", "frame.layout").also("[\"STX\"", "¶[\"STX\""),
  Bad("\"ETX\"", "¶\"{text}\"", "doubled", "frame.layout[6]"),
  Bad("\"{address}\", ", "", "conflict", "frame.address")
    .also("\"address\": {", "\"address\": ¶{"),
  Bad(
    "    \"checksum\": {\"kind\": \"xor8\", \"form\": \"hex\", \"firstElement\": 1},\n", "",
    "missing", "frame.checksum"
  ).also("\"frame\": {", "\"frame\": ¶{"),
  Bad("\"default\": \"a\"", "\"default\": ¶\"100\"", "address", "frame.address.default"),
  Bad("\"digits\": 2", "\"digits\": ¶5", "range", "frame.address.digits"),
  Bad("\"pad\": \"0\"", "\"pad\": ¶\"é\"", "frame-pad", "frame.text.pad"),
  Bad("\"xor8\"", "¶\"crc17\"", "choice", "frame.checksum.kind"),
  Bad("\"firstElement\": 1", "\"firstElement\": ¶5", "range", "frame.checksum.firstElement"),
  Bad(", \"firstElement\": 1", ", \"firstElement\": ¶6", "range", "frame.checksum.firstElement"),
  Bad(
    "\"{text}\", \"{checksum}\"", "\"{checksum}\", \"{text}\"", "frame-checksum",
    "frame.layout"
  ).also("[\"STX\"", "¶[\"STX\""),
  Bad("\"width\": 4, ", "", "sign-frame", "frame.layout")
    .also("[\"STX\"", "¶[\"STX\"").also("\"ETX\"", "\"'A'\""),
  Bad("\"width\": 4, ", "", "sign-frame", "frame.layout")
    .also("[\"STX\"", "¶[\"STX\"").also("\"form\": \"hex\", \"first", "\"first"),
  Bad("\"width\": 4", "\"width\": ¶257", "range", "frame.text.width"),
  Bad("\"0x41\"", "\"0xC1\"", "seven-bits", "frame")
    .also("\"dataBits\": 8", "\"dataBits\": 7").also("\"frame\": {", "\"frame\": ¶{"),
  Bad("\"gapMs\": 300", "\"gapMs\": ¶5001", "range", "frame.gapMs"),
  Bad("\"refreshSeconds\": 1.5", "\"refreshSeconds\": ¶0.5", "range", "refreshSeconds"),
]

private let terminalMistakes: [Bad] = [
  Bad("\"KEY_1\"", "¶\"KEY_KPP1\"", "key-name", "keys.KEY_KPP1"),
  Bad("\"KEY_1\"", "¶\"768\"", "key-name", "keys.768"),
  Bad("\"KEY_1\"", "¶\"0\"", "key-name", "keys.0"),
  Bad("\"79\"", "¶\"2\"", "key-code-doubled", "keys.2"),
  Bad(
    "\"79\": {\"key\": \"a\"}", "\"79\": ¶{\"key\": \"a\", \"action\": \"end\"}", "conflict",
    "keys.79"),
  Bad("{\"key\": \"a\"}", "¶{}", "missing", "keys.79.key"),
  Bad("{\"key\": \"a\"}", "{\"key\": ¶\"a b\"}", "name", "keys.79.key"),
  Bad("{\"rate\": 3}", "{\"rate\": ¶0}", "range", "keys.BTN_0.action.rate"),
  Bad("{\"rate\": 3}", "¶{}", "missing", "keys.BTN_0.action"),
  Bad("{\"rate\": 3}", "¶7", "type", "keys.BTN_0.action"),
  Bad("\"LED_NUML\"", "¶\"LED_NUM\"", "led-name", "leds.ok"),
  Bad("\"debounceMs\": 20", "\"debounceMs\": ¶1001", "range", "debounceMs"),
]
