import Branch
import Testing

@testable import SignProtocols

/// Descriptions, texts and pictures of one seed.
private struct Maker {
  var random: Seeded

  init(_ seed: UInt64) { random = Seeded(seed) }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
  mutating func flip() -> Bool { Bool.random(using: &random) }
  mutating func one<Element>(of all: [Element]) -> Element { all[number(0...all.count - 1)] }
  mutating func byte() -> UInt8 { UInt8(number(0...255)) }
  mutating func word() -> UInt16 { UInt16(number(0...65_535)) }

  /// Any description at all; nil for one that is refused.
  mutating func description() -> FrameDescription? {
    var head = (0..<number(0...5)).map { _ in byte() }
    var tail = (0..<number(0...4)).map { _ in byte() }
    let format = AddressFormat(
      form: one(of: AddressFormat.Form.allCases), digits: number(1...4), offset: byte())
    var address: FrameAddress?
    if flip(), let bytes = format.bytes(String(number(0...format.address_max))) {
      let place = number(0...head.count)
      head.insert(contentsOf: bytes, at: place)
      address = FrameAddress(format: format, place: .head(place))
    }
    var lines: FrameLines?
    if number(0...3) == 0 {
      let values = (0..<number(1...4)).map { _ in [byte(), byte()] }
      lines = FrameLines(
        place: flip() ? .head(head.count) : .tail(tail.count), values: values)
      if case .head = lines?.place { head += values[0] } else { tail += values[0] }
    }
    return try? FrameDescription(
      head: head, text: text(), tail: tail,
      checksum: flip() ? nil : checksum(head.count, tail.count), address: address,
      conversation: conversation(lines))
  }

  private mutating func text() -> FrameText {
    var bits = SevenSegments.letters
    bits.shuffle(using: &random)
    let segments = SevenSegments(bits: bits, isInverted: flip(), hasPoint: flip())
    let characters = one(of: FrameText.Characters.allCases)
    return FrameText(
      places_max: number(1...12), isPadded: number(0...2) > 0,
      align: one(of: FrameText.Align.allCases), pad: 0x20, characters: characters,
      segments: segments ?? SevenSegments(), order: one(of: FrameText.Order.allCases))
  }

  private mutating func checksum(_ head: Int, _ tail: Int) -> FrameChecksum {
    FrameChecksum(
      kind: one(of: FrameChecksum.Kind.allCases), form: one(of: FrameChecksum.Form.allCases),
      uncoveredBytes: number(0...head), tailBytesBefore: number(0...tail),
      order: one(of: FrameChecksum.Order.allCases),
      crc: CRC16(polynomial: word(), initial: word(), isReflected: flip(), final: word()))
  }

  private mutating func conversation(_ lines: FrameLines?) -> FrameConversation {
    func word(_ maker: inout Maker) -> FrameWord {
      FrameWord((0..<maker.number(1...4)).map { _ in maker.byte() })
    }
    return FrameConversation(
      before: number(0...3) == 0 ? [word(&self)] : [],
      clear: number(0...3) == 0 ? word(&self) : nil,
      beep: number(0...3) == 0 ? word(&self) : nil, latch: number(0...3) == 0 ? word(&self) : nil,
      lines: lines)
  }

  /// A ticket, a ticket and a counter, a number, words, or rubbish.
  mutating func shown() -> String {
    let letters = (0..<number(0...2)).map { _ in one(of: Array("ABCKSZabk")) }
    let digits = (0..<number(1...4)).map { _ in one(of: Array("0123456789")) }
    let ticket = String(letters + digits)
    switch number(0...5) {
    case 0: return ticket
    case 1: return "\(ticket) > \(number(1...20))"
    case 2: return "\(number(0...99)).\(number(0...99))"
    case 3: return one(of: ["CLOSED", "", "Counter 12", "Bitte warten", "12:30", "-5"])
    case 4: return String((0..<number(0...9)).map { _ in Character(UnicodeScalar(byte())) })
    default: return "  " + ticket
    }
  }
}

@Suite("The frame language, whatever is described")
struct FrameLanguageTests {
  private func runs(_ text: String) -> Set<String> {
    Set(
      text.split { !$0.isASCII || !$0.isNumber }.map { run in
        let number = run.drop { $0 == "0" }
        return number.isEmpty ? "0" : String(number)
      })
  }

  /// `rounds` accepted descriptions, each with its seed.
  private func each(_ rounds: Int, _ body: (FrameDescription, inout Maker, UInt64) throws -> Void)
    rethrows
  {
    let first = UInt64.random(in: 0 ... .max)
    var seed = first
    var made = 0
    while made < rounds {
      seed &+= 1
      var maker = Maker(seed)
      guard let description = maker.description() else { continue }
      made += 1
      try body(description, &maker, seed)
    }
    print("seeds \(first &+ 1) to \(seed)")
  }

  @Test("a strict reader gives the text back, and never another number")
  func roundTrip() {
    each(1_500) { description, maker, seed in
      let shown = maker.shown()
      let frame = description.encode(shown)
      #expect(frame.count <= description.frameBytes_max, "seed \(seed)")
      var decoder = FrameDecoder(description)
      let events = decoder.feed(frame)
      guard events.count == 1, case .shown(let read) = events[0] else {
        Issue.record("seed \(seed): \(shown) became \(events)")
        return
      }
      // What it was to show, by the rules alone, without frames.
      let expected = description.text.shown(description.field(for: shown))
      #expect(read == expected && decoder.noise == 0, "seed \(seed)")
      let folded = String(decoding: SignText.ascii(shown), as: UTF8.self)
      #expect(runs(read).isSubset(of: runs(folded)), "seed \(seed): \(shown) shows \(read)")
    }
  }

  @Test("all frames of a picture are read, in every split")
  func conversations() {
    each(150) { description, maker, seed in
      let picture = SignPicture(
        (0..<maker.number(0...5)).map { _ in maker.shown() }, beeps: maker.flip())
      let frames = description.frames(for: picture)
      let whole = read([frames.flatMap(\.bytes)[...]], description)
      let isClean = whole.allSatisfy { if case .fault = $0 { false } else { true } }
      #expect(isClean && whole.count == frames.count, "seed \(seed): \(whole)")
      expectSame(frames.flatMap(\.bytes), as: whole, rounds: 1) { read($0, description) }
    }
  }

  private func read(_ parts: [ArraySlice<UInt8>], _ description: FrameDescription)
    -> [FrameDecoder.Event]
  {
    var decoder = FrameDecoder(description)
    return parts.flatMap { decoder.feed($0) }
  }

  @Test("a line of seven bits gets no byte that it cannot carry, but for a checksum of one byte")
  func sevenBits() {
    each(1_000) { description, maker, seed in
      guard SignProtocol.frame(description).fits(dataBits: 7) else { return }
      let hasByte = description.checksum.map { $0.form == .byte } ?? false
      let frames = description.frames(for: SignPicture([maker.shown()], beeps: true))
      for frame in frames where !hasByte {
        #expect(frame.bytes.allSatisfy { $0 < 0x80 }, "seed \(seed)")
      }
    }
  }

  @Test("every address goes into its place, and a sign with another one takes nothing")
  func addresses() {
    each(1_000) { description, maker, seed in
      guard let format = description.address?.format else { return }
      let written = String(maker.number(0...format.address_max))
      guard let bytes = format.bytes(written), let other = try? description.addressed(bytes)
      else { return }
      let shown = maker.shown()
      let events = read([other.encode(shown)[...]], description)
      let isSame = other.heads == description.heads
      let isTaken = events.contains { if case .shown = $0 { true } else { false } }
      #expect(isSame || !isTaken || description.heads.contains(other.heads[0]), "seed \(seed)")
      #expect(read([other.encode(shown)[...]], other).count == 1, "seed \(seed)")
    }
  }

  @Test("texts that were cut never show part of a number")
  func cutting() {
    let first = UInt64.random(in: 0 ... .max)
    print("seeds \(first) to \(first &+ 2_000)")
    for offset in 0..<2_000 {
      var maker = Maker(first &+ UInt64(offset))
      let shown = maker.shown()
      let places = maker.number(1...10)
      let text = SignText.ascii(shown)
      let fitted = String(decoding: TextFitting.fit(text, into: places), as: UTF8.self)
      let folded = String(decoding: text, as: UTF8.self)
      #expect(fitted.utf8.count <= places)
      #expect(runs(fitted).isSubset(of: runs(folded)), "\(shown) in \(places): \(fitted)")
    }
  }
}

@Suite("Boards with segments, answers and latches")
struct FrameBoardTests {
  /// Nexus B14-45-485: address, then digits 4 to 1, each `dp g f e d c b a`; 0D updates all.
  static func nexus() throws -> FrameDescription {
    try FrameDescription(
      head: [0x01], text: FrameText(places_max: 4, align: .right, characters: .sevenSegment),
      tail: [],
      address: FrameAddress(format: AddressFormat(form: .byte, digits: 1), place: .head(0)),
      conversation: FrameConversation(latch: FrameWord([0x0D])))
  }

  @Test("segments are the bits of the Nexus board, and 0D shows all boards at once")
  func segments() throws {
    let board = try Self.nexus()
    let frames = board.frames(for: SignPicture(["A012"]))
    #expect(frames.map(\.bytes) == [bytes("01 77 3f 06 5b"), [0x0D]])
    #expect(frames.map(\.isLatch) == [false, true])
    #expect(board.encode("12.5") == bytes("01 00 06 db 6d"))
    #expect(board.encode("") == bytes("01 00 00 00 00"))
    #expect(throws: Problem.self) { try board.addressed([0x0D]) }
  }

  @Test(
    "a letter without a shape of its own is never a digit",
    arguments: [
      ("S012", " 012"), ("B12", " b12"), ("K7 > 3", "   7"), ("A012 > 3", "A012"),
      ("Z9999", "9999"), ("S10000", "----"), ("CLOSED", "CLo-"), ("Open", "oPEn"), ("1:5", " 1-5"),
      ("12345", "----"), ("1.2.3.4", "1.2.3.4"), ("..", "  --"), ("5.", "  5."),
    ])
  func shapes(text: String, expected: String) throws {
    var decoder = FrameDecoder(try Self.nexus())
    // Blanks on the left are the filling.
    let shown = String(expected.drop { $0 == " " })
    #expect(decoder.feed(try Self.nexus().encode(text)) == [.shown(shown)])
  }

  @Test("bits can be in any order, inverted, and digits from the right")
  func order() throws {
    let bits = Array("pgfedcba".utf8)
    let segments = try #require(SevenSegments(bits: bits, isInverted: true, hasPoint: false))
    let board = try FrameDescription(
      head: [0x02],
      text: FrameText(
        places_max: 2, characters: .sevenSegment, segments: segments, order: .rightFirst),
      tail: [0x03])
    // 7 is a b c: bits 7, 6, 5. 1 is b c.
    #expect(board.encode("71") == [0x02, ~0x60, ~0xE0, 0x03])
    #expect(SevenSegments(bits: Array("abcdefgg".utf8), isInverted: false, hasPoint: true) == nil)
  }

  @Test("each line of a sign has a frame of its own")
  func lines() throws {
    let display = try FrameDescription(
      head: bytes("1b 51 41"), text: FrameText(places_max: 4), tail: [0x0D],
      conversation: FrameConversation(
        before: [FrameWord([0x0C])],
        lines: FrameLines(place: .head(2), values: [[0x41], [0x42]])))
    let frames = display.frames(for: SignPicture(["A012", "3", "x"]))
    #expect(
      frames.map(\.bytes)
        == [[0x0C], bytes("1b 51 41 41 30 31 32 0d"), bytes("1b 51 42 33 20 78 20 0d")])
    var decoder = FrameDecoder(display)
    #expect(
      decoder.feed(frames.flatMap(\.bytes))
        == [.word(FrameWord([0x0C])), .shown("A012"), .line(1, "3 x")])
  }

  @Test("answers are found among noise in every split, the longer one counts")
  func answers() {
    let answer = FrameAnswer(accepts: Array("OK".utf8), refuses: Array("NOK".utf8), within_ms: 99)
    func read(_ parts: [ArraySlice<UInt8>]) -> [SignAnswer] {
      var reader = SignAnswerReader(.words(answer))
      return parts.flatMap { reader.feed($0) } + reader.end()
    }
    let refused = SignAnswer.refused(code: 0, meaning: "it answered 4E 4F 4B")
    expectSame(Array("OOK.".utf8), as: [.accepted, .noise(bytes: 2)], by: read)
    expectSame(Array("xNOK".utf8), as: [refused, .noise(bytes: 1)], by: read)
    expectSame(Array("NO".utf8), as: [.noise(bytes: 2), .silent], by: read)
    expectSame([], as: [.silent], by: read)
    let early = FrameAnswer(accepts: Array("OK".utf8), refuses: Array("OKAY".utf8), within_ms: 99)
    #expect(early.isAmbiguous && !answer.isAmbiguous)
  }

  @Test("a sign with a sound, an empty picture and a word for it")
  func words() throws {
    let format = AddressFormat(form: .decimal, digits: 2)
    let sign = try FrameDescription(
      head: bytes("02 30 31"), text: FrameText(places_max: 4), tail: [0x03],
      address: FrameAddress(format: format, place: .head(1)),
      conversation: FrameConversation(
        clear: FrameWord(bytes("18 30 31"), addressIndex: 1),
        beep: FrameWord(bytes("07 30 31"), addressIndex: 1),
        answer: FrameAnswer(accepts: [0x06], refuses: [0x15], within_ms: 500)))
    let seven = try sign.addressed(Array("17".utf8))
    #expect(seven.frames(for: .dark).map(\.bytes) == [bytes("18 31 37")])
    let loud = seven.frames(for: SignPicture(["B7"], beeps: true))
    #expect(loud.map(\.bytes) == [bytes("02 31 37 42 37 20 20 03"), bytes("07 31 37")])
    #expect(loud.map(\.question.answer_ms) == [500, nil])
  }

  @Test("frames that a sign would mix up are refused with a cure")
  func ambiguous() throws {
    let text = FrameText(places_max: 4)
    func make(_ conversation: FrameConversation) throws -> FrameDescription {
      try FrameDescription(head: [2, 0x41], text: text, tail: [3], conversation: conversation)
    }
    let same = FrameWord([0x0C])
    let bad = [
      FrameConversation(latch: FrameWord([2])), FrameConversation(latch: FrameWord([2, 0x41, 9])),
      FrameConversation(beep: same, latch: FrameWord([0x0C, 1])),
      FrameConversation(before: [same, FrameWord([0x0C, 1])]),
      FrameConversation(before: [same], beep: same), FrameConversation(clear: same, beep: same),
      FrameConversation(latch: FrameWord([])),
      FrameConversation(latch: FrameWord([9], addressIndex: 0)),
      FrameConversation(latch: FrameWord([UInt8](repeating: 9, count: 65))),
      FrameConversation(lines: FrameLines(place: .head(1), values: [[0x41], [0x41]])),
      FrameConversation(lines: FrameLines(place: .head(1), values: [[0x41], [0x42, 0x43]])),
      FrameConversation(lines: FrameLines(place: .head(2), values: [[0x41], [0x42]])),
      FrameConversation(lines: FrameLines(place: .head(1), values: [])),
      FrameConversation(answer: FrameAnswer(accepts: [6], refuses: [6], within_ms: 99)),
    ]
    for conversation in bad {
      let problem = #expect(throws: Problem.self) { try make(conversation) }
      #expect(problem?.code == "sign-frame" && problem?.cure.isEmpty == false)
    }
    #expect(try make(FrameConversation(before: [same, same])).frames(for: .dark).count == 3)
    #expect(throws: Problem.self) {
      try FrameDescription(
        head: [2], text: FrameText(places_max: 4, isPadded: false, characters: .sevenSegment),
        tail: [3])
    }
  }

  @Test("checksums of two bytes have an order and a form")
  func wide() throws {
    func tail(_ checksum: FrameChecksum) -> [UInt8] { checksum.encode(Array("123456789".utf8)) }
    let modbus = FrameChecksum(kind: .crc16, order: .lowFirst)
    #expect(tail(modbus) == [0x37, 0x4B])
    #expect(tail(FrameChecksum(kind: .crc16, form: .hex)) == Array("4B37".utf8))
    // 1 to 9 in ASCII add up to 0x1DD; xor 0x31.
    #expect(tail(FrameChecksum(kind: .sum16)) == [0x01, 0xDD])
    #expect(tail(FrameChecksum(kind: .sum16, form: .hex, order: .lowFirst)) == Array("DD01".utf8))
    #expect(tail(FrameChecksum(kind: .lrc)) == [0x31])
    #expect(FrameChecksum(kind: .lrc).encode([0x80, 0x7F]) == [0x7F])
  }
}
