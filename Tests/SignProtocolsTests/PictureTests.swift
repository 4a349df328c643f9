import Branch
import SignProtocols
import Testing

@Suite("What a sign is to look like, in every language")
struct PictureTests {
  private let line: SerialSettings

  init() throws { line = try SerialSettings() }

  private func description(latch: Bool) throws -> FrameDescription {
    try FrameDescription(
      head: [0x01], text: FrameText(places_max: 4, characters: .sevenSegment), tail: [],
      address: FrameAddress(
        format: AddressFormat(form: .byte, digits: 1), place: .head(0)),
      conversation: FrameConversation(latch: latch ? FrameWord([0x0D]) : nil))
  }

  @Test("a picture keeps within its limits")
  func limits() {
    let picture = SignPicture([String](repeating: "x", count: 20), brightness_percent: 0)
    #expect(picture.lines.count == SignPicture.lines_max && picture.brightness_percent == 1)
    #expect(SignPicture(["a", "", "b"]).text == "a b" && SignPicture.dark.text == "")
    #expect(SignPicture([], brightness_percent: 900).brightness_percent == 100)
  }

  @Test("the wider silence counts, the profile's or the language's")
  func gaps() throws {
    let modbus = SignProtocol.modbus(ModbusTests.value)
    #expect(modbus.frames(for: .dark, on: line).map(\.silence_us) == [3_646, 3_646])
    let patient = modbus.frames(for: .dark, on: line, gap: Span(ms: 20))
    #expect(patient.map(\.silence_us) == [20_000, 20_000])
    #expect(patient.allSatisfy { $0.question.answer_ms == 200 })
  }

  @Test("a sign that nothing is asked of can only be noisy")
  func unasked() {
    var reader = SignAnswerReader(.none)
    #expect(reader.feed([1, 2, 3]) == [] && reader.end() == [.noise(bytes: 3)])
    var silent = SignAnswerReader(.none)
    #expect(silent.end() == [])
  }

  @Test("the bytes of a writer without gaps are those of all frames that show the text")
  func encoding() throws {
    let frame = try description(latch: true)
    #expect(SignProtocol.frame(frame).encode("12") == frame.encode("12") + [0x0D])
    let display = SignProtocol.customerDisplay(CustomerDisplay(.cd5220))
    #expect(display.encode("12").count == 2 * 24 && display.opening.first?.bytes.count == 3)
    var sign = ModbusDevice(unit: 1)
    #expect(sign.feed(SignProtocol.modbus(ModbusTests.value).encode("A012")).count == 1)
    #expect(sign.values(from: 7, count: 1) == [12])
  }

  @Test("an address that the language does not have is refused with a cure")
  func addresses() throws {
    let modbus = SignProtocol.modbus(ModbusTests.value)
    let refused = #expect(throws: Problem.self) { try modbus.addressed([248]) }
    #expect(refused?.code == "sign-frame" && refused?.cure.contains("247") == true)
    let display = SignProtocol.customerDisplay(CustomerDisplay(.epson))
    #expect(display.addressFormat == nil)
    #expect(throws: Problem.self) { try display.addressed([1]) }
    #expect(!modbus.fits(dataBits: 7) && display.fits(dataBits: 7))
  }
}
