import Branch
import DeviceProfiles
import Testing

@testable import TerminalInput

@Suite("Keys beside a scanner")
struct TerminalReaderTests {
  private static let f1: UInt16 = 59
  private static let f2: UInt16 = 60
  private static let enter: UInt16 = 28

  /// F1 is a key that can be held; all others belong to codes.
  private func reader() -> TerminalReader {
    TerminalReader(
      TerminalRules(
        strokes: [.press(Self.f1), .long(Self.f1)], scanner: ScannerSettings(layout: .us),
        debounce: .milliseconds(0), lockout: Span(ms: 0), longPress: .milliseconds(800)))
  }

  private func feed(
    _ reader: inout TerminalReader, _ events: [InputEvent], at ms: Int64 = 0
  ) -> [TerminalReader.Outcome] {
    events.flatMap { reader.feed($0, at: MonotonicTime(ms: ms)) }
  }

  private let dropped: [InputEvent] = [InputEvent(type: 0, code: 3, value: 0), .report()]

  @Test("a key in the midst of a code does not spoil it, nor does the code press keys")
  func both() {
    var reader = reader()
    let events =
      Typist(.us).events("A0") + Typist.tap(Self.f1) + Typist(.us).events("12")
      + Typist.tap(Self.enter)
    let told = feed(&reader, events).filter { $0 != .allUp }
    #expect(
      told == [
        .pressed(KeyPress(code: Self.f1, at: MonotonicTime(ms: 0))), .scanned("A012"),
      ])
  }

  @Test("a key that is not among the keys spoils a code")
  func foreign() {
    var reader = reader()
    let events = Typist(.us).events("A0") + Typist.tap(Self.f2) + Typist.tap(Self.enter)
    let told = feed(&reader, events).filter { $0 != .allUp }
    #expect(told == [.scanDropped(.unreadable(Self.f2), characters: 2)])
  }

  @Test("the key state is asked for once, and each part gets its keys")
  func lostEvents() {
    var reader = reader()
    #expect(feed(&reader, dropped) == [.scanDropped(.eventsLost, characters: 0), .needsKeyState])
    #expect(reader.keyState([Self.f1, 42], at: MonotonicTime(ms: 10)).isEmpty)
    #expect(reader.down == [Self.f1, 42])
    #expect(reader.deadline == MonotonicTime(ms: 810))
    #expect(
      reader.timePassed(MonotonicTime(ms: 810)) == [
        .pressed(KeyPress(stroke: .long(Self.f1), at: MonotonicTime(ms: 810)))
      ])
    _ = feed(&reader, [.key(Self.enter, 1), .key(Self.enter, 0)], at: 900)
    #expect(feed(&reader, [.key(30, 1), .key(Self.enter, 1)], at: 900).contains(.scanned("A")))
  }

  @Test("all keys are up when none of either part is down")
  func allUp() {
    var reader = reader()
    reader.adopt([Self.f1, 30])
    #expect(feed(&reader, [.key(30, 0)]) == [])
    #expect(feed(&reader, [.key(Self.f1, 0)]) == [.allUp])
  }

  @Test("a code that is half there when the device goes is told as dropped")
  func unplugged() {
    var reader = reader()
    _ = feed(&reader, Typist(.us).events("A0") + [.key(5, 1)])
    #expect(
      reader.deviceLost(at: MonotonicTime(ms: 5)) == [.scanDropped(.brokenOff, characters: 3)])
    #expect(reader.down.isEmpty && reader.deadline == nil)
    #expect(reader.deviceLost(at: MonotonicTime(ms: 5)).isEmpty)
  }

  @Test("keys alone hear every key, also those without a meaning")
  func keysAlone() {
    var reader = TerminalReader(TerminalRules(debounce: .milliseconds(20)))
    let told = feed(&reader, [.key(700, 1), .key(700, 0)])
    #expect(told == [.pressed(KeyPress(code: 700, at: MonotonicTime(ms: 0))), .allUp])
  }
}
