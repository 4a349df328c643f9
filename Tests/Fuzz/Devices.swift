import Branch
import DeviceProfiles
import ESCPOS
import PrinterEmulator
import SignProtocols
import TerminalInput

extension FuzzTarget {
  /// What a printer answers, with questions open and without, and its port in between.
  static let printerStatus = FuzzTarget(name: "printer-status") { bytes in
    guard let asked = bytes.first else { return }
    let conditions = PrinterStatus.conditions(portStatus: asked)
    always(
      conditions.isEmpty == (asked & 0x38 == 0x18), "port status \(asked) means \(conditions)")
    func decoder() -> StatusDecoder {
      var decoder = StatusDecoder()
      for query in RealTimeQuery.allCases.prefix(Int(asked % 6)) { decoder.asked(query) }
      return decoder
    }
    var whole = decoder()
    var status = PrinterStatus()
    for value in whole.feed(bytes.dropFirst()) {
      let before = status.conditions
      let isNews = status.note(value)
      always(isNews == (status.conditions != before), "a change that is none, or is not told")
      _ = status.note(portStatus: asked)
    }
    var split = decoder()
    for part in pieces(of: Array(bytes.dropFirst())) {
      for case .garbage(let bytes) in split.feed(part) {
        always(bytes.count <= StatusDecoder.garbage_max, "\(bytes.count) bytes of garbage in one")
      }
    }
  }

  /// The strict reader of ESC/POS that the tests and the lab judge tickets with.
  static let paper = FuzzTarget(name: "paper") { bytes in
    var whole = EmulatedPrinter()
    whole.receive(bytes)
    var split = EmulatedPrinter()
    for part in pieces(of: bytes) { split.receive(part) }
    always(whole.takeAnswers() == split.takeAnswers(), "another split gives other answers")
  }

  /// Frames of signs, as virtual signs read them, and what a real one sends unasked.
  static let signs = FuzzTarget(name: "signs") { bytes in
    var alpha = AlphaDecoder()
    let events = alpha.feed(bytes)
    var split = AlphaDecoder()
    always(events == pieces(of: bytes).flatMap { split.feed($0) }, "Alpha: another split differs")
    for description in frames {
      var whole = FrameDecoder(description)
      let events = whole.feed(bytes)
      var split = FrameDecoder(description)
      always(events == pieces(of: bytes).flatMap { split.feed($0) }, "another split differs")
      _ = description.encode(String(decoding: bytes, as: UTF8.self))
    }
    var modbus = ModbusDevice(unit: 1, registers: 0...15)
    let told = modbus.feed(bytes)
    var modbusSplit = ModbusDevice(unit: 1, registers: 0...15)
    always(
      told == pieces(of: bytes).flatMap { modbusSplit.feed($0) }, "Modbus: another split differs")
    always(modbus.held == modbusSplit.held && modbus.noise == modbusSplit.noise, "it holds others")
    let numbers = ModbusSettings(unit: 1, text: .signedNumber(register: 6, digits: 6))
    let written = SignProtocol.modbus(numbers).encode(String(decoding: bytes, as: UTF8.self))
    var number = ModbusDevice(unit: 1, registers: 0...15)
    always(number.feed(written).count == 1, "a sign does not take a number")
    for language in CustomerDisplay.Language.allCases {
      let display = CustomerDisplay(language, columns: 4)
      var whole = CustomerDisplayDecoder(display)
      let events = whole.feed(bytes)
      var split = CustomerDisplayDecoder(display)
      always(events == pieces(of: bytes).flatMap { split.feed($0) }, "another split differs")
      let shown = display.frames(for: SignPicture([String(decoding: bytes, as: UTF8.self)]))
      var judge = CustomerDisplayDecoder(display)
      for case .fault(let byte) in judge.feed(display.opening + shown.flatMap(\.bytes)) {
        always(false, "a display does not obey \(byte)")
      }
    }
    var answers = SignAnswers()
    for part in pieces(of: bytes) { _ = answers.take(Array(part)) }
    always(answers.byteCount == bytes.count, "answers are miscounted")
    always((answers.problem(sign: "sign") == nil) == bytes.isEmpty, "answers are not told")
  }

  /// What signs answer to the questions that there are.
  static let signAnswers = FuzzTarget(name: "sign-answers") { bytes in
    let requests: [ModbusRequest] = [
      .writeSingle(register: 1, value: 3), .writeMultiple(register: 1, values: [10, 258]),
      .read(register: 1, count: 2),
    ]
    let modbus = requests.map { request in
      SignQuestion.modbus(
        ModbusQuestion(unit: 1, request: request, written: [10, 258], answer_ms: 200))
    }
    let words = FrameAnswer(accepts: [0x06], refuses: [0x21, 0x06], within_ms: 200)
    for question in modbus + [.words(words), .none] {
      var whole = SignAnswerReader(question)
      let told = whole.feed(bytes) + whole.end()
      var split = SignAnswerReader(question)
      let others = pieces(of: bytes).flatMap { split.feed($0) } + split.end()
      always(told == others, "another split gives other answers")
      always(told.count <= 2, "\(told.count) answers to one question")
      for case .noise(let count) in told {
        always(count <= bytes.count, "more noise than bytes")
      }
    }
  }

  /// A display with fixed places and no checksum, and one with a checksum and an open length.
  private static let frames: [FrameDescription] = [
    try? FrameDescription(
      head: [0x02, 0x30, 0x35], text: FrameText(places_max: 4, align: .right, characters: .digits),
      tail: [0x03]),
    try? FrameDescription(
      head: [0x02, 0x30, 0x31],
      text: FrameText(
        places_max: 6, isPadded: false, align: .right, characters: .upperASCII),
      tail: [0x03, 0x0D]),
    try? FrameDescription(
      head: [0x01, 0x41],
      text: FrameText(places_max: 2, characters: .sevenSegment, order: .rightFirst), tail: [],
      checksum: FrameChecksum(kind: .crc16, order: .lowFirst),
      conversation: FrameConversation(
        before: [FrameWord([0x18])], latch: FrameWord([0x0D]),
        lines: FrameLines(place: .head(1), values: [[0x41], [0x42]]))),
  ].compactMap { $0 }

  static let evdev = FuzzTarget(name: "evdev") { bytes in
    var whole = InputEventDecoder()
    let items = whole.feed(bytes)
    var split = InputEventDecoder()
    let others = pieces(of: bytes).flatMap { split.feed($0) }
    let events = items.compactMap { if case .event(let event) = $0 { event } else { nil } }
    let otherEvents = others.compactMap { if case .event(let event) = $0 { event } else { nil } }
    always(events == otherEvents, "another split gives other events")
    for layout in KeyboardLayout.allCases {
      for suffix in ScannerSettings.Suffix.allCases { readTerminal(events, layout, suffix) }
    }
  }

  /// Keys of all kinds beside a scanner.
  private static func readTerminal(
    _ events: [InputEvent], _ layout: KeyboardLayout, _ suffix: ScannerSettings.Suffix
  ) {
    let chords: [KeyStroke] = [KeyPair(59, 60)].compactMap { $0.map { .chord($0) } }
    let rules = TerminalRules(
      strokes: chords + [.press(61), .long(61)],
      scanner: ScannerSettings(layout: layout, suffix: suffix), debounce: .milliseconds(20),
      lockout: .milliseconds(500), longPress: .milliseconds(800))
    var reader = TerminalReader(rules)
    var now = MonotonicTime(ms: 0)
    for event in events {
      now = max(now, MonotonicTime(ms: event.seconds & 0xFFFF_FFFF))
      if let deadline = reader.deadline, deadline <= now { judge(reader.timePassed(now)) }
      judge(reader.feed(event, at: now))
    }
    judge(reader.deviceLost(at: now))
    always(reader.down.isEmpty, "keys of a device that is gone are down")
  }

  private static func judge(_ outcomes: [TerminalReader.Outcome]) {
    for case .scanned(let code) in outcomes {
      always(!code.isEmpty, "an empty code")
      always(
        code.unicodeScalars.count <= ScannerSettings.length_max, "a code beyond the limit")
    }
  }
}
