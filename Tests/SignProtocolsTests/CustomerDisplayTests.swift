import Branch
import SignProtocols
import Testing

@Suite("Customer displays")
struct CustomerDisplayTests {
  private func stream(_ frames: [SignFrame]) -> [UInt8] { frames.flatMap(\.bytes) }

  private func decode(_ display: CustomerDisplay) -> ([ArraySlice<UInt8>])
    -> [CustomerDisplayEvent]
  {
    { parts in
      var decoder = CustomerDisplayDecoder(display)
      return parts.flatMap { decoder.feed($0) }
    }
  }

  @Test("a CD5220 gets its lines as the manual lists them")
  func cd5220() {
    let display = CustomerDisplay(.cd5220)
    let frames = display.frames(for: SignPicture(["A012", "Counter 3"]))
    let upper = bytes("1b 51 41") + Array("A012                ".utf8) + [0x0D]
    let lower = bytes("1b 51 42") + Array("Counter 3           ".utf8) + [0x0D]
    #expect(frames.map(\.bytes) == [upper, lower])
    #expect(display.opening == bytes("0c 1b 40"))
    #expect(display.frames(for: .dark).map(\.bytes) == [[0x0C]])
    let bright = display.frames(for: SignPicture(["1"], brightness_percent: 100))
    #expect(bright.first?.bytes == bytes("0c 1b 2a 04"))
  }

  @Test("an Epson display gets home and forty characters")
  func epson() {
    let display = CustomerDisplay(.epson)
    let frames = display.frames(for: SignPicture(["A012", "Counter 3"], brightness_percent: 25))
    let shown = "A012                Counter 3           "
    #expect(frames.map(\.bytes) == [bytes("1f 58 01"), [0x0B] + Array(shown.utf8)])
    #expect(display.opening == bytes("0c 1b 40"))
  }

  @Test("a text that is too long goes on in the next line, word by word")
  func wrapped() {
    let display = CustomerDisplay(.epson)
    func shown(_ lines: [String]) -> [String] {
      let frame = Array(display.frames(for: SignPicture(lines)).last?.bytes.dropFirst() ?? [])
      return [0, 20].map { start in
        let row = String(decoding: frame[start..<start + 20], as: UTF8.self)
        return String(row.reversed().drop { $0 == " " }.reversed())
      }
    }
    #expect(shown(["Please wait, we will call you"]) == ["Please wait, we will", "call you"])
    #expect(shown(["Twenty places, fully"]) == ["Twenty places, fully", ""])
    #expect(
      shown(["A012 >  Counter  three"]) == ["A012>Counter three", ""], "it fits without blanks")
    #expect(
      shown(["Please wait, we will", "call you by your number"])
        == ["Please wait, we will", "call you by your num"], "no row is left")
    #expect(
      shown(["", "Please wait, we will call you"]) == ["", "Please wait,we will"],
      "each row of a picture keeps its place")
    #expect(
      shown(["Incomprehensibilities of counters 117 and 118"])
        == ["Incomprehensibilitie", "of counters 117 and"], "what has no room is cut, no number is")
  }

  @Test("a display shows what it got, from any split", arguments: CustomerDisplay.Language.allCases)
  func roundTrip(language: CustomerDisplay.Language) {
    let display = CustomerDisplay(language)
    let picture = SignPicture(["A012 > 3", "Please come in"], brightness_percent: 60)
    let bytes =
      display.opening + stream(display.frames(for: picture))
      + stream(display.frames(for: .dark))
    let both = CustomerDisplayEvent.shown(["A012 > 3", "Please come in"])
    let dark = CustomerDisplayEvent.shown(["", ""])
    let between: [CustomerDisplayEvent] =
      language == .cd5220
      ? [dark, .initialised, dark, .brightness(3), .shown(["A012 > 3", ""]), both, dark]
      : [dark, .initialised, .brightness(3), both, dark]
    expectSame(bytes, as: between, by: decode(display))
  }

  @Test("behind ESC Q nothing but a line or a clear screen is obeyed, and we send nothing else")
  func strings() {
    let display = CustomerDisplay(.cd5220)
    var decoder = CustomerDisplayDecoder(display)
    let first = SignPicture(["A"], brightness_percent: 50)
    let second = SignPicture(["B"], brightness_percent: 100)
    let again = stream(display.frames(for: first)) + stream(display.frames(for: second))
    #expect(!decoder.feed(again).contains { if case .fault = $0 { true } else { false } })
    #expect(decoder.feed([0x1B, 0x2A]) == [.fault(0x2A)])
  }

  @Test("characters that national sets replace, and all beyond 7 bits, are no rubbish")
  func characters() {
    let careful = CustomerDisplay(.epson, columns: 12, rows: 1)
    let text = "É{#}~ 10€"
    let shown = careful.frames(for: SignPicture([text])).first?.bytes
    #expect(shown == [0x0B] + Array("E???? 10EUR ".utf8))
    let plain = CustomerDisplay(.epson, columns: 12, rows: 1, characters: .ascii)
    #expect(
      plain.frames(for: SignPicture([text])).first?.bytes == [0x0B] + Array("E{#}~ 10EUR ".utf8))
  }

  @Test("a line too long keeps its ticket, and a picture with more lines its last")
  func fitting() {
    let display = CustomerDisplay(.epson, columns: 5, rows: 2)
    let frames = display.frames(for: SignPicture(["A012 > 3", "x", "y"]))
    #expect(frames.first?.bytes == [0x0B] + Array("A012 x y  ".utf8))
  }

  @Test("what a display does not obey is told, and it goes on")
  func faults() {
    let display = CustomerDisplay(.cd5220, columns: 3, rows: 1)
    let stream = bytes("41 1b 51 44 1b 51 41 41 0d 1b 2a 05 1b 51 41 41 42 43 0d")
    expectSame(
      stream,
      as: [
        .fault(0x41), .fault(0x44), .fault(0x0D), .fault(0x2A), .fault(5), .shown(["ABC"]),
      ], by: decode(display))
  }
}
