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
    var answers = SignAnswers()
    for part in pieces(of: bytes) { _ = answers.take(Array(part)) }
    always(answers.byteCount == bytes.count, "answers are miscounted")
    always((answers.problem(sign: "sign") == nil) == bytes.isEmpty, "answers are not told")
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
