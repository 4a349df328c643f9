import Branch
import SignProtocols
import Testing

@Suite("The Alpha protocol")
struct AlphaTests {
  static let plain = bytes(
    "00 00 00 00 00 01 5a 30 30 02 41 41 1b 20 62 41 30 31 32 20 3e 20 33 04")
  static let summed = bytes(
    "00 00 00 00 00 01 5a 30 30 02 41 41 1b 20 62 41 30 31 32 20 3e 20 33 03 30 32 41 39 04")

  private func decode(_ parts: [ArraySlice<UInt8>]) -> [AlphaDecoder.Event] {
    var decoder = AlphaDecoder()
    return parts.flatMap { decoder.feed($0) }
  }

  private func shown(_ text: String, label: Character = "A", hasChecksum: Bool = false)
    -> AlphaDecoder.Event
  {
    .frame(
      AlphaFrame(
        typeCode: 0x5A, address: [0x30, 0x30],
        command: .show(
          label: label.asciiValue ?? 0, position: .middle, mode: UInt8(ascii: "b"), text: text),
        hasChecksum: hasChecksum))
  }

  @Test("a ticket and its counter are the known bytes")
  func golden() throws {
    #expect(AlphaProtocol.encode("A012 > 3", AlphaSettings(hasChecksum: false)) == Self.plain)
    #expect(AlphaProtocol.encode("A012 > 3", AlphaSettings()) == Self.summed)
  }

  @Test("address, label, place and mode stand where the manual has them")
  func settings() throws {
    let settings = AlphaSettings(
      typeCode: UInt8(ascii: "^"), address: Array("1F".utf8), label: AlphaProtocol.priorityLabel,
      position: .fill, mode: .rotate, hasChecksum: false)
    #expect(
      AlphaProtocol.encode("7", settings)
        == bytes("00 00 00 00 00 01 5e 31 46 02 41 30 1b 30 61 37 04"))
  }

  @Test("the priority file is released by nothing after its label")
  func release() throws {
    let frame = AlphaProtocol.encodePriorityRelease(AlphaSettings(hasChecksum: false))
    #expect(frame == bytes("00 00 00 00 00 01 5a 30 30 02 41 30 04"))
    let expected = AlphaFrame(
      typeCode: 0x5A, address: [0x30, 0x30], command: .releasePriority, hasChecksum: false)
    expectSame(frame, as: [.frame(expected)], by: decode)
  }

  @Test("positions have the codes of the manual")
  func positions() {
    let codes: [String: UInt8] = [
      "middle": 0x20, "top": 0x22, "bottom": 0x26, "fill": 0x30, "left": 0x31, "right": 0x32,
    ]
    #expect(AlphaPosition.allCases.count == codes.count)
    for (name, code) in codes { #expect(AlphaPosition(rawValue: name)?.byte == code) }
    for position in AlphaPosition.allCases {
      #expect(AlphaPosition(byte: position.byte) == position)
    }
    #expect(AlphaPosition(byte: 0x21) == nil)
  }

  @Test(
    "text that the sign does not have is folded",
    arguments: [
      ("Café", "Cafe"), ("A012 → 3", "A012 > 3"), ("Schließer 4", "Schliesser 4"),
      ("№ 7", "No 7"), ("Witamy w urzędzie, Łódź", "Witamy w urzedzie, Lodz"),
      ("İstanbul Beşiktaş", "Istanbul Besiktas"), ("5 € · Σ", "5 EUR . ?"),
      ("e\u{301}t\u{e9}", "ete"), ("10\u{a0}000", "10 000"), ("\u{1b}\u{4}", "??"),
      ("号", "?"), ("“a” – b", "\"a\" - b"),
    ])
  func folding(text: String, expected: String) throws {
    expectSame(
      AlphaProtocol.encode(text, AlphaSettings(hasChecksum: false)), as: [shown(expected)],
      by: decode)
  }

  @Test("a long text is cut at the file's size")
  func bounded() throws {
    let settings = AlphaSettings(hasChecksum: false, textBytes_max: 10)
    let text = String(repeating: "x", count: 500)
    #expect(
      decode([AlphaProtocol.encode(text, settings)[...]])
        == [shown(String(repeating: "x", count: 10))])
  }

  @Test("frames are read back from any split")
  func roundTrip() {
    expectSame(
      Self.plain + Self.summed,
      as: [shown("A012 > 3"), shown("A012 > 3", hasChecksum: true)], by: decode)
  }

  @Test("a wrong checksum is told with both sums")
  func badChecksum() {
    var frame = Self.summed
    frame[15] = UInt8(ascii: "B")
    expectSame(
      frame + Self.plain,
      as: [.fault(.badChecksum(given: "02A9", computed: "02AA")), shown("A012 > 3")], by: decode)
  }

  @Test("noise between frames is counted once")
  func noise() {
    expectSame(
      bytes("ff 41 01 02") + Self.plain + bytes("aa bb") + Self.plain,
      as: [
        .fault(.noise(bytes: 4)), shown("A012 > 3"), .fault(.noise(bytes: 2)), shown("A012 > 3"),
      ], by: decode)
  }

  @Test("four NULs are too few")
  func tooFewNuls() {
    expectSame(
      Array(Self.plain.dropFirst()),
      as: [.fault(.tooFewNuls(4))], by: decode)
  }

  @Test("a frame cut by the next one is torn, and the next one counts")
  func torn() {
    for length in 6..<(Self.summed.count - 1) {
      expectSame(
        Array(Self.summed.prefix(length)) + Self.plain, as: [.fault(.torn), shown("A012 > 3")],
        rounds: 2, by: decode)
    }
  }

  @Test(
    "what is no frame has a fault of its own",
    arguments: [
      ("01 5a 30 07 02 41 41 1b 20 62 41 04", AlphaFault.badHeader),
      ("01 5a 30 30 30 41 41 1b 20 62 41 04", .badHeader),
      ("01 5a 30 30 02 04", .badHeader),
      ("01 5a 30 30 02 41 41 1b 21 62 41 04", .badPlace),
      ("01 5a 30 30 02 41 41 41 30 31 32 04", .badPlace),
      ("01 5a 30 30 02 41 41 1b 20 62 41 1d 31 04", .controlInText(0x1D)),
      ("01 5a 30 30 02 41 41 1b 20 62 c4 04", .controlInText(0xC4)),
      ("01 5a 30 30 02 41 41 1b 20 62 41 03 30 32 04", .badEnd),
      ("01 5a 30 30 02 41 41 1b 20 62 41 03 30 32 41 39 39", .badEnd),
      ("01 5a 30 30 02 41 41 1b 20 01", .torn),
    ])
  func faults(hex: String, fault: AlphaFault) {
    let frame = bytes("00 00 00 00 00 " + hex)
    var events = decode([(frame + Self.plain)[...]])
    #expect(events.first == .fault(fault))
    #expect(events.last == shown("A012 > 3"))
    events.removeAll { if case .fault(.noise) = $0 { true } else { false } }
    #expect(events.count == 2)
    expectSame(frame + Self.plain, as: decode([(frame + Self.plain)[...]]), rounds: 2, by: decode)
  }

  @Test("a frame without end is given up at the sign's memory")
  func endless() {
    var decoder = AlphaDecoder()
    let endless = [UInt8](repeating: 0x41, count: 100_000)
    let events = decoder.feed(Self.plain.prefix(10) + endless)
    #expect(events == [.fault(.tooLong)])
    let next = decoder.feed(Self.plain)
    #expect(next.last == shown("A012 > 3"))
  }

  @Test("random bytes never stop it")
  func random() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = Seeded(seed)
    var decoder = AlphaDecoder()
    let alphabet: [UInt8] = [0, 0, 0, 0, 0, 1, 2, 3, 4, 0x1B, 0x20, 0x41, 0x5A, 0x30]
    for _ in 0..<200 {
      let noise = (0..<200).map { _ in
        alphabet.randomElement(using: &random) ?? 0
      }
      _ = decoder.feed(noise)
    }
    let next = decoder.feed(Self.plain)
    #expect(next.last == shown("A012 > 3"), "seed \(seed)")
  }
}
