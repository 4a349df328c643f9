import DeviceProfiles
import PositionedJSON
import SignProtocols
import Testing

private let modbus = """
  {
    "kind": "sign",
    "name": "M",
    "serial": {"baud": 9600, "dataBits": 8, "parity": "none", "stopBits": 1},
    "columns": 4,
    "modbus": {
      "address": "7",
      "text": {"form": "characters", "register": 2, "width": 4, "align": "right"},
      "brightness": {"register": 9, "from": 1, "to": 8},
      "writeMultiple": false,
      "readBack": false,
      "answerMs": 300,
    },
    "sources": {"*": "s"},
  }
  """

private let display = """
  {
    "kind": "sign",
    "name": "D",
    "serial": {"baud": 9600, "dataBits": 7, "parity": "even", "stopBits": 1},
    "columns": 20,
    "customerDisplay": {"language": "cd5220", "rows": 1, "characters": "ascii"},
    "sources": {"*": "s"},
  }
  """

private let board = """
  {
    "kind": "sign",
    "name": "B",
    "serial": {"baud": 9600, "dataBits": 8, "parity": "none", "stopBits": 1},
    "columns": 4,
    "frame": {
      "layout": ["STX", "{address}", "{line}", "{text}", "ETX", "{checksum}"],
      "address": {"form": "byte", "offset": 48, "default": "1"},
      "text": {
        "width": 4, "characters": "seven-segment", "order": "right-first",
        "segments": {"bits": "pgfedcba", "inverted": true, "point": false},
      },
      "checksum": {
        "kind": "crc16", "order": "low-first",
        "crc": {"polynomial": "0x1021", "initial": "0xFFFF", "reflected": true, "final": "0x0001"},
      },
      "lines": ["0x41", "'B'"],
      "before": [["CAN", "{address}"], ["DC1"]],
      "clear": ["FF", "{address}"],
      "beep": ["BEL"],
      "latch": ["0x0D"],
      "answer": {"accept": ["ACK"], "refuse": ["NAK", "0x21"], "withinMs": 500},
    },
    "sources": {"*": "s"},
  }
  """

@Suite("Profiles of signs in a person's hands")
struct BadSignTests {
  @Test("every part of the frame language is read")
  func language() throws {
    var library = ProfileLibrary()
    let diagnostics = library.add(fileName: "b.json", bytes: Array(board.utf8))
    #expect(diagnostics.map(\.description) == [])
    let sign = try #require(library.signs[ProfileID("b")!])
    let segments = try #require(
      SevenSegments(bits: Array("pgfedcba".utf8), isInverted: true, hasPoint: false))
    let format = AddressFormat(form: .byte, digits: 1, offset: 48)
    let expected = try FrameDescription(
      head: [2, 0x31, 0x41],
      text: FrameText(
        places_max: 4, characters: .sevenSegment, segments: segments, order: .rightFirst),
      tail: [3],
      checksum: FrameChecksum(
        kind: .crc16, tailBytesBefore: 1, order: .lowFirst,
        crc: CRC16(polynomial: 0x1021, initial: 0xFFFF, isReflected: true, final: 1)),
      address: FrameAddress(format: format, place: .head(1)),
      conversation: FrameConversation(
        before: [FrameWord([0x18, 0x31], addressIndex: 1), FrameWord([0x11])],
        clear: FrameWord([0x0C, 0x31], addressIndex: 1), beep: FrameWord([7]),
        latch: FrameWord([0x0D]),
        lines: FrameLines(place: .head(2), values: [[0x41], [0x42]]),
        answer: FrameAnswer(accepts: [6], refuses: [0x15, 0x21], within_ms: 500)))
    #expect(sign.signProtocol == .frame(expected))
  }

  @Test("Modbus signs and customer displays are read")
  func others() throws {
    var library = ProfileLibrary()
    #expect(library.add(fileName: "m.json", bytes: Array(modbus.utf8)).isEmpty)
    #expect(library.add(fileName: "d.json", bytes: Array(display.utf8)).isEmpty)
    let settings = ModbusSettings(
      unit: 7, text: .characters(register: 2, FrameText(places_max: 4, align: .right)),
      brightness: .init(register: 9, levels: 1...8), writesMultiple: false, readsBack: false,
      answer_ms: 300)
    #expect(library.signs[ProfileID("m")!]?.signProtocol == .modbus(settings))
    let shown = CustomerDisplay(.cd5220, columns: 20, rows: 1, characters: .ascii)
    #expect(library.signs[ProfileID("d")!]?.signProtocol == .customerDisplay(shown))
  }

  @Test("one mistake in a Modbus sign's profile is told once", arguments: modbusMistakes)
  func modbusSigns(_ bad: Bad) { check(bad, modbus) }

  @Test("one mistake in a customer display's profile is told once", arguments: displayMistakes)
  func displays(_ bad: Bad) { check(bad, display) }

  @Test("one mistake in the frame language is told once", arguments: boardMistakes)
  func boards(_ bad: Bad) { check(bad, board) }
}

private let modbusMistakes: [Bad] = [
  Bad("\"address\": \"7\"", "\"address\": ¶\"248\"", "address", "modbus.address"),
  Bad("\"characters\", \"reg", "¶\"digits\", \"reg", "choice", "modbus.text.form"),
  Bad("\"register\": 2", "\"register\": ¶65533", "range", "modbus.text.register"),
  Bad("\"register\": 2", "\"register\": ¶65536", "range", "modbus.text.register"),
  Bad("\"width\": 4", "\"width\": ¶124", "range", "modbus.text.width"),
  Bad(", \"width\": 4", "", "missing", "modbus.text.width").also("\"text\": {", "\"text\": ¶{"),
  Bad(
    "\"align\": \"right\"", "\"characters\": ¶\"seven-segment\"", "modbus-text",
    "modbus.text.characters"),
  Bad("\"form\": \"characters\"", "\"form\": \"number\"", "unknown-key", "modbus.text.width")
    .also(", \"width\": 4, \"align\": \"right\"", ", ¶\"width\": 4"),
  Bad(
    "\"form\": \"characters\", \"register\": 2, \"width\": 4, \"align\": \"right\"",
    "\"form\": \"signed-number\", \"register\": ¶65535, \"digits\": 6", "range",
    "modbus.text.register"),
  Bad("\"to\": 8", "\"to\": ¶1", "range", "modbus.brightness.to"),
  Bad("\"register\": 9", "\"register\": ¶5", "conflict", "modbus.brightness.register"),
  Bad("\"register\": 9", "\"register\": ¶2", "conflict", "modbus.brightness.register"),
  Bad("\"columns\": 4", "\"columns\": ¶3", "conflict", "columns"),
  Bad("\"answerMs\": 300", "\"answerMs\": ¶19", "range", "modbus.answerMs"),
  Bad("\"dataBits\": 8", "\"dataBits\": 7", "seven-bits", "modbus")
    .also("\"modbus\": {", "\"modbus\": ¶{"),
]

private let displayMistakes: [Bad] = [
  Bad("\"cd5220\"", "¶\"cd5221\"", "choice", "customerDisplay.language"),
  Bad("\"rows\": 1", "\"rows\": ¶3", "range", "customerDisplay.rows"),
  Bad("\"rows\": 1", "\"rows\": ¶5", "range", "customerDisplay.rows"),
  Bad("\"ascii\"", "¶\"latin\"", "choice", "customerDisplay.characters"),
  Bad("\"columns\": 20", "\"columns\": 41", "conflict", "customerDisplay")
    .also("\"customerDisplay\": {", "\"customerDisplay\": ¶{"),
]

private let boardMistakes: [Bad] = [
  Bad("\"columns\": 4", "\"columns\": ¶3", "conflict", "columns"),
  Bad("\"offset\": 48", "\"offset\": ¶256", "range", "frame.address.offset"),
  Bad(
    "\"byte\", \"offset\": 48", "\"hex\", \"digits\": 1, \"offset\": ¶48", "conflict",
    "frame.address.offset"),
  Bad("\"right-first\"", "¶\"right\"", "choice", "frame.text.order"),
  Bad("\"pgfedcba\"", "¶\"pgfedcbb\"", "frame-segments", "frame.text.segments.bits"),
  Bad("\"pgfedcba\"", "¶\"pgfedcb\"", "text-length", "frame.text.segments.bits"),
  Bad("\"seven-segment\"", "\"digits\"", "conflict", "frame.text.segments")
    .also("\"segments\": {", "\"segments\": ¶{"),
  Bad("\"crc16\"", "\"sum16\"", "conflict", "frame.checksum.crc")
    .also("\"crc\": {", "\"crc\": ¶{"),
  Bad("\"low-first\"", "¶\"low\"", "choice", "frame.checksum.order"),
  Bad("\"0x1021\"", "¶\"1021\"", "frame-crc", "frame.checksum.crc.polynomial"),
  Bad("\"0xFFFF\"", "¶\"0x+FFF\"", "frame-crc", "frame.checksum.crc.initial"),
  Bad(", \"reflected\": true", "", "missing", "frame.checksum.crc.reflected")
    .also("\"crc\": {", "\"crc\": ¶{"),
  Bad("\"0x0001\"", "¶\"0x1\"", "frame-crc", "frame.checksum.crc.final"),
  Bad("\"'B'\"]", "¶\"B\"]", "frame-element", "frame.lines[1]"),
  Bad("    \"lines\": [\"0x41\", \"'B'\"],\n", "", "missing", "frame.lines")
    .also("\"frame\": {", "\"frame\": ¶{"),
  Bad("\"{line}\", ", "", "conflict", "frame.lines").also("\"lines\": [", "\"lines\": ¶["),
  Bad("\"'B'\"]", "\"'A'\"]", "sign-frame", "frame.layout")
    .also("\"layout\": [", "\"layout\": ¶["),
  Bad("[\"DC1\"]", "[¶\"DC5\"]", "frame-element", "frame.before[1][0]"),
  Bad("[\"DC1\"]", "¶[]", "list-length", "frame.before[1]"),
  Bad(
    "[\"FF\", \"{address}\"]", "[\"{address}\", ¶\"{address}\"]", "frame-element",
    "frame.clear[1]"),
  Bad("[\"BEL\"]", "¶\"BEL\"", "type", "frame.beep"),
  Bad("\"latch\": [\"0x0D\"]", "\"latch\": [\"STX\"]", "sign-frame", "frame.layout")
    .also("\"layout\": [", "\"layout\": ¶["),
  Bad("[\"ACK\"]", "[\"NAK\"]", "sign-frame", "frame.layout")
    .also("\"layout\": [", "\"layout\": ¶["),
  Bad("\"withinMs\": 500", "\"withinMs\": ¶9", "range", "frame.answer.withinMs"),
  Bad("\"accept\": [\"ACK\"], ", "", "missing", "frame.answer.accept")
    .also("\"answer\": {", "\"answer\": ¶{"),
  Bad("\"dataBits\": 8", "\"dataBits\": 7", "seven-bits", "frame")
    .also("\"frame\": {", "\"frame\": ¶{"),
]
