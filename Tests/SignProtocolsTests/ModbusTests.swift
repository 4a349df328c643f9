import Branch
import SignProtocols
import Testing

@Suite("Modbus RTU")
struct ModbusTests {
  private let line: SerialSettings

  init() throws { line = try SerialSettings() }

  private func answers(_ question: ModbusQuestion) -> ([ArraySlice<UInt8>]) -> [SignAnswer] {
    { parts in
      var reader = SignAnswerReader(.modbus(question))
      return parts.flatMap { reader.feed($0) } + reader.end()
    }
  }

  @Test(
    "checksums have the values of the catalogue of parametrised CRC algorithms",
    arguments: [
      (CRC16.modbus, 0x4B37),
      (CRC16(polynomial: 0x8005, initial: 0, isReflected: true), 0xBB3D),
      (CRC16(polynomial: 0x1021, initial: 0, isReflected: false), 0x31C3),
      (CRC16(polynomial: 0x1021, initial: 0xFFFF, isReflected: false), 0x29B1),
      (CRC16(polynomial: 0x1021, initial: 0, isReflected: true), 0x2189),
      (CRC16(polynomial: 0x1021, initial: 0xFFFF, isReflected: true, final: 0xFFFF), 0x906E),
      (CRC16(polynomial: 0x8005, initial: 0x800D, isReflected: false), 0x9ECF),
      (CRC16(polynomial: 0x1021, initial: 0xB2AA, isReflected: true), 0x63D0),
    ] as [(CRC16, UInt16)])
  func checksums(crc: CRC16, check: UInt16) {
    #expect(crc.value(Array("123456789".utf8)) == check)
  }

  @Test("requests are those of the specification's examples")
  func examples() {
    // "MODBUS over Serial Line" V1.02, appendix B: 02 07 has the checksum 41 12.
    #expect(CRC16.modbus.value([0x02, 0x07]) == 0x1241)
    // "MODBUS Application Protocol" V1.1b3, 6.3, 6.6 and 6.12.
    let read = Modbus.frame(unit: 0x11, .read(register: 0x6B, count: 3))
    #expect(read == bytes("11 03 00 6b 00 03 76 87"))
    let single = Modbus.frame(unit: 0x11, .writeSingle(register: 1, value: 3))
    #expect(single == bytes("11 06 00 01 00 03 9a 9b"))
    let several = Modbus.frame(
      unit: 0x11, .writeMultiple(register: 1, values: [0x000A, 0x0102]))
    #expect(several == bytes("11 10 00 01 00 02 04 00 0a 01 02 c6 f0"))
  }

  @Test("answers of the specification's examples are understood in any split")
  func answered() {
    let read = ModbusQuestion(
      unit: 0x11, request: .read(register: 0x6B, count: 3), written: [0x022B, 0, 0x64],
      answer_ms: 200)
    let held = closed("11 03 06 02 2b 00 00 00 64")
    expectSame(held, as: [.verified], by: answers(read))
    let other = ModbusQuestion(
      unit: 0x11, request: .read(register: 0x6B, count: 3), written: [0x022B, 7, 0x64],
      answer_ms: 200)
    let difference = SignDifference(
      place: 0x6B, written: [0x022B, 7, 0x64], read: [0x022B, 0, 0x64])
    expectSame(held, as: [.differs(difference)], by: answers(other))
    let single = ModbusQuestion(
      unit: 0x11, request: .writeSingle(register: 1, value: 3), answer_ms: 200)
    expectSame(closed("11 06 00 01 00 03"), as: [.accepted], by: answers(single))
    let several = ModbusQuestion(
      unit: 0x11, request: .writeMultiple(register: 1, values: [10, 258]), answer_ms: 200)
    expectSame(closed("11 10 00 01 00 02"), as: [.accepted], by: answers(several))
    expectSame(
      closed("11 90 02"), as: [.refused(code: 2, meaning: "it has no such register")],
      by: answers(several))
  }

  @Test("what is no answer is counted, wherever it stands")
  func noise() {
    let question = ModbusQuestion(
      unit: 1, request: .writeMultiple(register: 0, values: [1]), answer_ms: 200)
    let answer = closed("01 10 00 00 00 01")
    // An adapter that hears itself, a stray byte, the answer, and another after it.
    let echo = Modbus.frame(unit: 1, .writeMultiple(register: 0, values: [1]))
    let stream = echo + [0x01] + answer + [0xFF, 0x00]
    expectSame(stream, as: [.accepted, .noise(bytes: echo.count + 3)], by: answers(question))
    for index in answer.indices {
      var spoilt = answer
      spoilt[index] ^= 0x10
      expectSame(
        spoilt, as: [.noise(bytes: 8), .silent], rounds: 2, by: answers(question))
    }
    expectSame([], as: [.silent], by: answers(question))
  }

  @Test(
    "frames stand 3.5 characters apart, and 1,750 µs above 19,200 baud",
    arguments: [
      (1200, 8, 1, 29_167), (9600, 8, 1, 3_646), (9600, 8, 2, 4_011), (19_200, 8, 1, 1_823),
      (38_400, 8, 1, 1_750), (115_200, 8, 1, 1_750),
    ])
  func silence(baud: Int, dataBits: Int, stopBits: Int, silence_us: Int) throws {
    let line = try SerialSettings(baud: baud, dataBits: dataBits, stopBits: stopBits)
    #expect(Modbus.silence_us(on: line) == silence_us)
  }

  /// DM36B06, six digits, each with a register.
  static let digits = ModbusSettings(
    unit: 1, text: .characters(register: 0, FrameText(places_max: 6, characters: .upperASCII)))
  static let value = ModbusSettings(unit: 1, text: .number(register: 7, max: 9_999))
  static let signed = ModbusSettings(unit: 1, text: .signedNumber(register: 6, digits: 6))

  @Test("a text is a register a place, and is read back")
  func characters() {
    let frames = Self.digits.frames(for: SignPicture(["A012"]), on: line)
    #expect(frames.count == 2 && frames.allSatisfy { $0.silence_us == 3_646 })
    #expect(
      frames[0].bytes
        == closed("01 10 00 00 00 06 0c 00 41 00 30 00 31 00 32 00 20 00 20"))
    #expect(frames[1].bytes == closed("01 03 00 00 00 06"))
    #expect(frames.map(\.question.answer_ms) == [200, 200])
  }

  @Test("function 06 writes register after register")
  func singles() {
    let settings = ModbusSettings(
      unit: 5, text: .characters(register: 2, FrameText(places_max: 3)), writesMultiple: false,
      readsBack: false)
    let frames = settings.frames(for: SignPicture(["B7"]), on: line)
    #expect(
      frames.map(\.bytes)
        == [closed("05 06 00 02 00 42"), closed("05 06 00 03 00 37"), closed("05 06 00 04 00 20")])
  }

  @Test("a broadcast awaits no answer and leaves everybody time")
  func broadcast() throws {
    let all = try #require(Self.digits.addressed([0]))
    let frames = all.frames(for: SignPicture(["7"]), on: line)
    #expect(frames.count == 1 && frames[0].bytes.first == 0)
    #expect(frames[0].question == .none && frames[0].silence_us == 200_000)
    #expect(Self.digits.addressed([248]) == nil && Self.digits.addressed([247])?.unit == 247)
  }

  @Test(
    "a number is the ticket's, with sign and decimals where the sign has them",
    arguments: [
      ("A012 > 3", "12", "12"), ("", "0", "0"), ("CLOSED", "0", "0"), ("9999", "9999", "9999"),
      ("10000", "0", "10000"), ("123456", "0", "123456"), ("1000000", "0", "0"),
      ("1234567", "0", "0"),
      ("99999999999999999999", "0", "0"), ("-3.5", "0", "-3.5"), ("12.30", "0", "12.30"),
      ("12.3.4", "12", "12"), ("0.00001", "0", "0.00001"), ("-7", "0", "-7"),
    ])
  func numbers(text: String, plain: String, withSign: String) {
    for (settings, expected) in [(Self.value, plain), (Self.signed, withSign)] {
      var sign = ModbusDevice(unit: 1)
      let frames = settings.frames(for: SignPicture([text]), on: line)
      #expect(talk(frames, &sign) == [.accepted, .verified])
      #expect(settings.text.shown(by: sign) == expected, "\(text)")
    }
  }

  @Test("the registers of a signed number are those of the DM36's list")
  func signedRegisters() {
    var sign = ModbusDevice(unit: 1)
    _ = talk(Self.signed.frames(for: SignPicture(["-12345.6"]), on: line), &sign)
    // 123456 is 0x01E240; one place behind the point; 1 for minus.
    #expect(sign.values(from: 6, count: 2) == [0x1101, 0xE240])
  }

  @Test("brightness goes to its register, from the darkest to the brightest level")
  func brightness() {
    let settings = ModbusSettings(
      unit: 1, text: .number(register: 7, max: 9_999),
      brightness: .init(register: 9, levels: 1...8))
    for (percent, level) in [(1, UInt16(1)), (12, 1), (13, 2), (50, 4), (100, 8)] {
      var sign = ModbusDevice(unit: 1)
      let picture = SignPicture(["1"], brightness_percent: percent)
      #expect(talk(settings.frames(for: picture, on: line), &sign).count == 4)
      #expect(sign.values(from: 9, count: 1) == [level], "\(percent) %")
    }
  }

  @Test("a sign that lost its power is seen when it is read, and a missing register is refused")
  func differing() {
    let frames = Self.digits.frames(for: SignPicture(["A012"]), on: line)
    var dark = ModbusDevice(unit: 1)
    let told = talk([frames[1]], &dark)
    let written = "A012  ".utf8.map { UInt16($0) }
    let difference = SignDifference(place: 0, written: written, read: [0, 0, 0, 0, 0, 0])
    #expect(told == [.differs(difference)])
    #expect(
      difference.problem(sign: "c1").cause == "register 0 was written 65 and holds 0")
    var small = ModbusDevice(unit: 1, registers: 0...3)
    #expect(
      talk(frames, &small)
        == [SignAnswer](repeating: .refused(code: 2, meaning: "it has no such register"), count: 2))
    var other = ModbusDevice(unit: 2)
    #expect(talk(frames, &other) == [.silent, .silent])
  }

  @Test("a sign reads requests from any split, and noise never stops it")
  func device() {
    let noise = bytes("01 07 ff 10")
    let write = Modbus.frame(unit: 1, .writeMultiple(register: 0, values: [0x41, 0x42]))
    let stream = noise + write + Modbus.frame(unit: 1, .read(register: 0, count: 2))
    expectSame(
      stream, as: [closed("01 10 00 00 00 02"), closed("01 03 04 00 41 00 42")],
      by: { parts in
        var sign = ModbusDevice(unit: 1)
        let answers = parts.flatMap { sign.feed($0) }
        #expect(sign.noise == noise.count)
        return answers
      })
  }

  private func closed(_ hex: String) -> [UInt8] {
    let frame = bytes(hex)
    let sum = CRC16.modbus.value(frame)
    return frame + [UInt8(sum & 0xFF), UInt8(sum >> 8)]
  }
}

/// What the sign answers to all frames.
func talk(_ frames: [SignFrame], _ sign: inout ModbusDevice) -> [SignAnswer] {
  frames.flatMap { frame in
    var reader = SignAnswerReader(frame.question)
    return sign.feed(frame.bytes).flatMap { reader.feed($0) } + reader.end()
  }
}
