import Branch
import DeviceProfiles
import TestSeeds
import Testing

@testable import TerminalInput

@Suite("Codes of a scanner")
struct ScannerTests {
  private static let enter: UInt16 = 28
  private static let tab: UInt16 = 15

  private func stamp(_ ms: Int64) -> InputTime {
    InputTime(seconds: 1_700_000_000 + ms / 1000, microseconds: ms % 1000 * 1000)
  }

  private func read(
    _ settings: ScannerSettings = ScannerSettings(layout: .us),
    _ events: [InputEvent], at ms: Int64 = 0
  ) -> [ScannerReader.Outcome] {
    var reader = ScannerReader(settings)
    return events.flatMap { reader.feed($0, at: MonotonicTime(ms: ms)) }
  }

  /// Characters each `pace_ms` after the one before, then the key that ends the code.
  private func code(
    _ text: String, from ms: Int64 = 0, pace_ms: Int64 = 8, layout: KeyboardLayout = .us,
    end: UInt16? = enter
  ) -> [InputEvent] {
    let events = Typist(layout).events(text) { stamp(ms + Int64($0) * pace_ms) }
    let last = stamp(ms + Int64(text.unicodeScalars.count) * pace_ms)
    return events + (end.map { Typist.tap($0, at: last) } ?? [])
  }

  @Test("any text that is typed on a layout is read as the same text", arguments: Seeds.some(20))
  func anyText(seed: UInt64) {
    var random = Seeded(seed)
    for layout in KeyboardLayout.allCases {
      let typist = Typist(layout)
      let letters = (0x20...0x24F).compactMap { Unicode.Scalar(UInt32($0)) }
        .filter { typist.strokes($0) != nil }
      for _ in 0..<10 {
        let text = String(
          String.UnicodeScalarView(
            (0..<Int.random(in: 1...80, using: &random)).compactMap { _ in
              letters.randomElement(using: &random)
            }))
        let outcomes = read(
          ScannerSettings(layout: layout), typist.events(text) + Typist.tap(Self.enter))
        #expect(outcomes.scanned == [text], "seed \(seed), layout \(layout)")
        #expect(outcomes.faults.isEmpty, "seed \(seed), layout \(layout)")
      }
    }
  }

  @Test("Caps Lock that the scanner switches itself does not change the text")
  func capsLock() {
    let events =
      Typist.tap(58) + Typist(.us).events("k7a") + Typist.tap(58) + Typist.tap(Self.enter)
    #expect(read(events).scanned == ["K7A"])
  }

  private static let capsLock: UInt16 = 58

  @Test("while Caps Lock is on, letters that are typed small are large, and the other way round")
  func capsLockOn() {
    var reader = ScannerReader(ScannerSettings(layout: .us))
    reader.setCapsLock(true)
    #expect(reader.capsLock)
    let outcomes = code("k7-Y2").flatMap { reader.feed($0, at: MonotonicTime(ms: 0)) }
    #expect(outcomes.scanned == ["K7-y2"])
    reader.setCapsLock(false)
    let next = code("k7-Y2", from: 900).flatMap { reader.feed($0, at: MonotonicTime(ms: 900)) }
    #expect(next.scanned == ["k7-Y2"])
  }

  @Test("a device that comes back has the Caps Lock that its owner set, not that of old keys")
  func capsLockAtOpening() {
    var reader = ScannerReader(ScannerSettings(layout: .us))
    reader.setCapsLock(true)
    reader.adopt([])
    #expect(reader.capsLock)
  }

  @Test(
    "the second Caps Lock of a pair, whose first one is lost, switches nothing",
    arguments: [true, false])
  func capsLockLost(isBeforeEnd: Bool) {
    var reader = ScannerReader(ScannerSettings(layout: .us))
    let lost: [InputEvent] = [InputEvent(type: 0, code: 3, value: 0), .report()]
    func feed(_ events: [InputEvent]) -> [ScannerReader.Outcome] {
      events.flatMap { reader.feed($0, at: MonotonicTime(ms: 0)) }
    }
    _ = feed(code("a0", end: nil))
    #expect(feed(lost).contains(.needsKeyState))
    _ = reader.keyState([], at: MonotonicTime(ms: 0))
    let keys = isBeforeEnd ? [Self.capsLock, Self.enter] : [Self.enter, Self.capsLock]
    _ = feed(Typist.tap(keys[0], at: stamp(24)) + Typist.tap(keys[1], at: stamp(32)))
    #expect(!reader.capsLock)
    #expect(feed(code("b7", from: 600)).scanned == ["b7"])
    let pair =
      Typist.tap(Self.capsLock, at: stamp(1200)) + code("b7", from: 1208)
      + Typist.tap(Self.capsLock, at: stamp(1232))
    #expect(feed(pair).scanned == ["B7"])
    #expect(!reader.capsLock)
  }

  private func read(_ events: [InputEvent]) -> [ScannerReader.Outcome] {
    read(ScannerSettings(layout: .us), events)
  }

  @Test("digits of the keypad are digits, whatever Num Lock says")
  func keypad() {
    let digits: [UInt16] = [79, 80, 81, 82]
    #expect(read(digits.flatMap { Typist.tap($0) } + Typist.tap(96)).scanned == ["1230"])
    let off = Typist.tap(30) + Typist.tap(69) + digits.flatMap { Typist.tap($0) }
    #expect(read(off + Typist.tap(96)).scanned == ["a1230"])
  }

  @Test("dead keys stand on the letter behind them, or alone")
  func deadKeys() {
    func german(_ codes: [UInt16]) -> [String] {
      read(ScannerSettings(layout: .de), (codes + [Self.enter]).flatMap { Typist.tap($0) }).scanned
    }
    #expect(german([41, 18]) == ["ê"])
    #expect(german([41, 57]) == ["^"])
    #expect(german([41, 41]) == ["^"])
    #expect(german([41, 2]) == ["^1"])
    #expect(german([30, 41]) == ["a^"])
    #expect(german([41, 13, 18]) == ["^é"])
  }

  @Test("Control with Alt is AltGr, Control alone spoils the code")
  func control() {
    let controlAlt: [InputEvent] = [
      .key(29, 1), .key(56, 1), .key(16, 1), .key(16, 0), .key(56, 0), .key(29, 0),
    ]
    let german = ScannerSettings(layout: .de)
    #expect(read(german, controlAlt + Typist.tap(Self.enter)).scanned == ["@"])
    let command: [InputEvent] = [.key(29, 1), .key(27, 1), .key(27, 0), .key(29, 0)]
    let outcomes = read(Typist.tap(30) + command + Typist.tap(30) + Typist.tap(Self.enter))
    #expect(outcomes.scanned.isEmpty)
    #expect(outcomes.faults == [.unreadable(27)])
  }

  @Test("the prefix is taken off, and what comes without it is no code")
  func prefix() {
    let settings = ScannerSettings(layout: .us, prefix: "~#", suffix: .tab)
    #expect(read(settings, code("~#K7-204518", end: Self.tab)).scanned == ["K7-204518"])
    #expect(
      read(settings, code("K7-204518", end: Self.tab)).contains(
        .dropped(.noPrefix, characters: 9)))
    #expect(read(settings, code("~#", end: Self.tab)).faults == [.brokenOff])
    #expect(read(settings, code("~#K7", end: Self.enter)).faults == [.unreadable(Self.enter)])
  }

  @Test("a second key behind the end of a code is no code")
  func doubleEnd() {
    let twice = code("A1") + Typist.tap(Self.enter) + Typist.tap(Self.tab) + code("B2")
    #expect(read(twice).scanned == ["A1", "B2"])
    #expect(read(twice).faults.isEmpty)
  }

  @Test("a line feed behind the end of a code is no code, and spoils none behind it")
  func lineFeed() {
    func codes(_ lineFeed: [InputEvent]) -> [InputEvent] {
      ["A1", "B2", "C3"].enumerated().flatMap { place, text in
        code(text, from: Int64(place) * 120)
          + lineFeed.map { .key($0.code, $0.value, at: stamp(Int64(place) * 120 + 24)) }
      }
    }
    let controlJ: [InputEvent] = [.key(29, 1), .key(36, 1), .key(36, 0), .key(29, 0)]
    #expect(read(codes(controlJ)).scanned == ["A1", "B2", "C3"])
    #expect(read(codes(controlJ)).faults.isEmpty)
    // Within a code it is none that one could read, and Control with another key never is.
    #expect(read(code("A", end: nil) + controlJ).faults == [.unreadable(36)])
    let controlK: [InputEvent] = [.key(29, 1), .key(37, 1), .key(37, 0), .key(29, 0)]
    #expect(read(controlK).faults == [.unreadable(37)])
  }

  @Test("a half code is dropped and told, and never glued to the next")
  func halfCode() {
    let outcomes = read(code("A0", end: nil) + code("12", from: 700))
    #expect(
      outcomes.filter { $0 != .allUp } == [
        .dropped(.brokenOff, characters: 2), .scanned("12"),
      ])
  }

  @Test("at its deadline a half code is told, and its late rest belongs to it by its stamps")
  func deadline() {
    var reader = ScannerReader(ScannerSettings(layout: .us))
    for event in code("A0", end: nil) { _ = reader.feed(event, at: MonotonicTime(ms: 50)) }
    #expect(reader.deadline == MonotonicTime(ms: 350))
    #expect(reader.timePassed(MonotonicTime(ms: 349)).isEmpty)
    #expect(
      reader.timePassed(MonotonicTime(ms: 350)) == [.dropped(.brokenOff, characters: 2)])
    #expect(reader.deadline == nil)
    let rest = code("12", from: 16).flatMap { reader.feed($0, at: MonotonicTime(ms: 2000)) }
    #expect(rest.scanned.isEmpty)
    let next = code("B7", from: 100).flatMap { reader.feed($0, at: MonotonicTime(ms: 2000)) }
    #expect(next.scanned == ["B7"])
  }

  @Test("without stamps the time of arrival decides")
  func unstamped() {
    var reader = ScannerReader(ScannerSettings(layout: .us))
    var outcomes = Typist(.us).events("A0").flatMap { reader.feed($0, at: MonotonicTime(ms: 0)) }
    outcomes += (Typist(.us).events("12") + Typist.tap(Self.enter))
      .flatMap { reader.feed($0, at: MonotonicTime(ms: 300)) }
    #expect(outcomes.scanned == ["12"])
    #expect(outcomes.faults == [.brokenOff])
  }

  @Test("without an end key a code ends when nothing follows")
  func noSuffix() {
    let settings = ScannerSettings(layout: .us, suffix: .none, timeout: .milliseconds(100))
    var reader = ScannerReader(settings)
    let first = code("A012", end: nil).flatMap { reader.feed($0, at: MonotonicTime(ms: 40)) }
    #expect(first.scanned.isEmpty)
    #expect(reader.timePassed(MonotonicTime(ms: 140)).scanned == ["A012"])
    let outcomes = (code("B7", from: 500, end: nil) + code("C8", from: 700, end: nil))
      .flatMap { reader.feed($0, at: MonotonicTime(ms: 800)) }
    #expect(outcomes.scanned == ["B7"])
    #expect(reader.timePassed(MonotonicTime(ms: 900)).scanned == ["C8"])
    #expect(reader.timePassed(MonotonicTime(ms: 1900)).isEmpty)
  }

  @Test("a code may be as long as the limit, and is passed over whole beyond it")
  func lengthLimit() {
    let settings = ScannerSettings(layout: .us, prefix: "~")
    let longest = String(repeating: "7", count: ScannerSettings.length_max)
    #expect(read(settings, code("~" + longest)).scanned == [longest])
    let outcomes = read(settings, code("~" + longest + "89") + code("~OK", from: 4200))
    #expect(outcomes.scanned == ["OK"])
    #expect(outcomes.faults == [.tooLong])
  }

  @Test("lost events spoil the code that they may belong to, and only that")
  func lostEvents() {
    let lost: [InputEvent] = [
      InputEvent(type: 0, code: 3, value: 0), .key(5, 1), .report(),
    ]
    for start in [code("A0", end: nil), []] {
      let outcomes = read(start + lost + code("12", from: 16) + code("B7", from: 100))
      #expect(outcomes.scanned == ["B7"])
      #expect(outcomes.faults == [.eventsLost])
      #expect(outcomes.contains(.needsKeyState))
    }
  }

  /// `SYN_DROPPED` with the stamp of the event that found no room.
  private func dropped(at ms: Int64) -> [InputEvent] {
    let stamp = stamp(ms)
    return [
      InputEvent(
        seconds: stamp.seconds, microseconds: stamp.microseconds, type: 0, code: 3, value: 0),
      .report(at: stamp),
    ]
  }

  @Test("the rest of a code whose middle is lost is no code, however long that took")
  func lostMiddle() {
    let now = MonotonicTime(ms: 900)
    for start in [code("K0", end: nil), []] {
      var reader = ScannerReader(ScannerSettings(layout: .us))
      var outcomes = start.flatMap { reader.feed($0, at: MonotonicTime(ms: 10)) }
      outcomes += dropped(at: 600).flatMap { reader.feed($0, at: now) }
      outcomes += reader.keyState([], at: now, stamp: stamp(605))
      outcomes += (code("35", from: 608) + code("B7", from: 700))
        .flatMap { reader.feed($0, at: now) }
      #expect(outcomes.scanned == ["B7"])
      #expect(outcomes.faults == [.eventsLost])
    }
  }

  @Test("a code behind the gap is whole by its stamps, however late it is read")
  func behindTheGap() {
    let now = MonotonicTime(ms: 2000)
    let events = code("K0", end: nil) + dropped(at: 100) + code("B7", from: 500)
    let outcomes = read(ScannerSettings(layout: .us), events, at: now.ms)
    #expect(outcomes.scanned == ["B7"])
  }

  @Test("keys that the question for the key state took from the kernel spoil what they belong to")
  func flushed() {
    let now = MonotonicTime(ms: 900)
    // Begun between the gap and the question; and not begun, as far as anybody can see.
    for (begun, told) in [("K0", 2), ("", 0)] {
      var reader = ScannerReader(ScannerSettings(layout: .us))
      let events = dropped(at: 600) + code("5", from: 604) + code(begun, from: 700, end: nil)
      _ = events.flatMap { reader.feed($0, at: now) }
      var outcomes = reader.keyState([], at: now, stamp: stamp(716))
      outcomes += (code("35", from: 724) + code("B7", from: 800))
        .flatMap { reader.feed($0, at: now) }
      #expect(outcomes.scanned == ["B7"])
      #expect(
        outcomes.filter { $0 != .allUp && $0 != .scanned("B7") } == [
          .dropped(.eventsLost, characters: told)
        ])
    }
  }

  @Test("Shift that went down in a gap of events is known from the key state")
  func shiftInGap() {
    var reader = ScannerReader(ScannerSettings(layout: .us))
    let now = MonotonicTime(ms: 0)
    _ = reader.feed(InputEvent(type: 0, code: 3, value: 0), at: now)
    #expect(reader.feed(.report(), at: now) == [.needsKeyState])
    _ = reader.keyState([42], at: now)
    _ = reader.feed(.key(Self.enter, 1), at: now)
    _ = reader.feed(.key(30, 1), at: now)
    #expect(reader.feed(.key(Self.enter, 1), at: now).scanned == ["A"])
  }

  @Test("a key that is held when the device is opened is no character, and Shift holds")
  func heldAtOpen() {
    var reader = ScannerReader(ScannerSettings(layout: .us))
    reader.adopt([30, 54])
    let now = MonotonicTime(ms: 0)
    let events: [InputEvent] = [.key(30, 0), .key(48, 1), .key(54, 0), .key(48, 0)]
    let outcomes = (events + Typist.tap(Self.enter)).flatMap { reader.feed($0, at: now) }
    #expect(outcomes.scanned == ["B"])
    #expect(outcomes.filter { $0 == .allUp }.count == 2)
  }

  @Test("two scanners whose keys come in turn never mix", arguments: Seeds.some(10))
  func interleaved(seed: UInt64) {
    var random = Seeded(seed)
    let settings = ScannerSettings(layout: .us)
    var readers = [ScannerReader(settings), ScannerReader(settings)]
    let texts = [["AAA111", "BBB222"], ["ccc333", "ddd444", "eee555"]]
    var waiting = texts.map { list in
      list.enumerated().flatMap { code($1, from: Int64($0) * 120) }[...]
    }
    var scanned: [[String]] = [[], []]
    while let one = [0, 1].filter({ !waiting[$0].isEmpty }).randomElement(using: &random) {
      guard let event = waiting[one].popFirst() else { break }
      scanned[one] += readers[one].feed(event, at: MonotonicTime(ms: 0)).scanned
    }
    #expect(scanned == texts, "seed \(seed)")
  }

  @Test("500 codes a minute come out one by one, from any split of the records")
  func fast() {
    let codes = (0..<500).map { "K7-\(100_000 + $0)" }
    let events = codes.enumerated().flatMap { code($1, from: Int64($0) * 120) }
    let bytes = events.flatMap(\.bytes)
    for size in [1, 7, 24, 64 * 24, bytes.count] {
      var decoder = InputEventDecoder()
      var reader = ScannerReader(ScannerSettings(layout: .us))
      var outcomes: [ScannerReader.Outcome] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        for item in decoder.feed(bytes[start..<min(bytes.count, start + size)]) {
          guard case .event(let event) = item else { continue }
          outcomes += reader.feed(event, at: MonotonicTime(ms: 0))
        }
      }
      #expect(outcomes.scanned == codes, "in pieces of \(size) bytes")
      #expect(outcomes.faults.isEmpty)
    }
  }

  @Test("whatever is typed, no code is told that was not typed whole", arguments: Seeds.some(20))
  func noise(seed: UInt64) {
    var random = Seeded(seed)
    var reader = ScannerReader(ScannerSettings(layout: .de, prefix: "#"))
    var ms: Int64 = 0
    for _ in 0..<3000 {
      ms += random.chance(50) ? 400 : 2
      let type: UInt16 = random.chance(40) ? 0 : 1
      let code: UInt16 =
        type == 0 ? (random.chance(2) ? 3 : 0) : UInt16.random(in: 1...110, using: &random)
      let event = InputEvent(
        seconds: stamp(ms).seconds, microseconds: stamp(ms).microseconds, type: type, code: code,
        value: Int32.random(in: 0...2, using: &random))
      for outcome in reader.feed(event, at: MonotonicTime(ms: ms)) {
        if case .scanned(let text) = outcome {
          #expect(!text.isEmpty && text.count <= ScannerSettings.length_max, "seed \(seed)")
        }
        if outcome == .needsKeyState { _ = reader.keyState([], at: MonotonicTime(ms: 0)) }
      }
      if let deadline = reader.deadline { #expect(deadline.ms <= ms + 300, "seed \(seed)") }
    }
  }
}
