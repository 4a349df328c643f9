import Branch
import Testing

@testable import SignProtocols

@Suite("A sign's frame described by data")
struct FrameTests {
  /// EDI ED400: STX, two address digits, four digits, ETX.
  static func ed400() throws -> FrameDescription {
    try FrameDescription(
      head: bytes("02 30 35"),
      text: FrameText(places_max: 4, align: .right, characters: .digits), tail: [0x03])
  }

  static func alphanumeric(_ checksum: FrameChecksum?, padded: Bool = true) throws
    -> FrameDescription
  {
    try FrameDescription(
      head: bytes("02 30 31"),
      text: FrameText(
        places_max: 6, isPadded: padded, align: .right, characters: .upperASCII),
      tail: bytes("03 0d"), checksum: checksum)
  }

  private func decoder(_ description: FrameDescription) -> ([ArraySlice<UInt8>])
    -> [FrameDecoder.Event]
  {
    { parts in
      var decoder = FrameDecoder(description)
      return parts.flatMap { decoder.feed($0) }
    }
  }

  @Test("known displays get their bytes")
  func golden() throws {
    #expect(try Self.ed400().encode("A012 > 3") == bytes("02 30 35 20 30 31 32 03"))
    let ditel = try FrameDescription(
      head: bytes("02 30 37"), text: FrameText(places_max: 6, isPadded: false), tail: [0x0D])
    #expect(ditel.encode("A012") == bytes("02 30 37 41 30 31 32 0d"))
    let customerDisplay = try FrameDescription(
      head: bytes("1b 51 41"), text: FrameText(places_max: 20), tail: [0x0D])
    #expect(
      customerDisplay.encode("A012 > 3")
        == bytes("1b 51 41") + Array("A012 > 3            ".utf8) + [0x0D])
  }

  @Test(
    "checksums are right",
    arguments: [
      // 30 31 20 20 41 30 31 32 between STX and ETX: sum 0x175, xor 0x73.
      (FrameChecksum(kind: .sum8, form: .hex, uncoveredBytes: 1), "37 35 03 0d"),
      (FrameChecksum(kind: .sum8, form: .byte, uncoveredBytes: 1), "75 03 0d"),
      (FrameChecksum(kind: .negatedSum8, form: .byte, uncoveredBytes: 1), "8b 03 0d"),
      (FrameChecksum(kind: .sum8, form: .byte), "77 03 0d"),
      (FrameChecksum(kind: .sum8, form: .byte, uncoveredBytes: 3), "14 03 0d"),
      (FrameChecksum(kind: .xor8, form: .byte, uncoveredBytes: 1), "73 03 0d"),
      (
        FrameChecksum(kind: .xor8, form: .byte, uncoveredBytes: 1, tailBytesBefore: 1),
        "03 70 0d"
      ),
      (FrameChecksum(kind: .xor8, form: .hex, tailBytesBefore: 1), "03 37 32 0d"),
      (FrameChecksum(kind: .xor8, form: .hex, tailBytesBefore: 2), "03 0d 37 46"),
    ])
  func checksums(checksum: FrameChecksum, tail: String) throws {
    let frame = try Self.alphanumeric(checksum).encode("a012")
    #expect(frame == bytes("02 30 31 20 20 41 30 31 32 " + tail))
  }

  @Test(
    "a text that is too long never shows another number",
    arguments: [
      ("A012 > 3", 8, "A012 > 3"), ("A012 > 3", 7, "A012>3"), ("A012 > 3", 6, "A012>3"),
      ("A012 > 3", 5, "A012"), ("A012 > 3", 4, "A012"), ("A012 > 3", 3, "A12"),
      ("A012 > 3", 2, "12"), ("A012 > 3", 1, "-"), ("A112", 3, "112"), ("A112", 2, "--"),
      ("012", 2, "12"), ("000", 1, "0"), ("A012 3", 5, "A012"), ("  A012  ", 4, "A012"),
      ("CLOSED", 4, "CLOS"), ("Counter 12", 8, "Counter "), ("A012B", 4, "A012"), ("", 4, ""),
      ("ABC1234", 6, "1234"), ("12:30", 4, "12"),
    ])
  func fitting(text: String, places: Int, expected: String) {
    let fitted = TextFitting.fit(Array(text.utf8), into: places)
    #expect(String(decoding: fitted, as: UTF8.self) == expected)
  }

  @Test("a text can be left, right or in the middle")
  func aligning() throws {
    for (align, expected) in [
      (FrameText.Align.left, "B7---"), (.right, "---B7"), (.center, "-B7--"),
    ] {
      let description = try FrameDescription(
        head: [], text: FrameText(places_max: 5, align: align, pad: UInt8(ascii: "-")),
        tail: [0x0D])
      #expect(description.encode("B7") == Array(expected.utf8) + [0x0D])
      expectSame(description.encode("B7"), as: [.shown("B7")], by: decoder(description))
    }
  }

  @Test("a text cannot end its own frame")
  func reserved() throws {
    let riceLake = try FrameDescription(
      head: Array("|01".utf8), text: FrameText(places_max: 8, isPadded: false),
      tail: Array("!".utf8))
    #expect(riceLake.encode("a|b!c") == Array("|01a?b?c!".utf8))
    expectSame(riceLake.encode("a|b!c"), as: [.shown("a?b?c")], by: decoder(riceLake))
  }

  @Test("words on a digits-only sign are dashes, nothing is dark")
  func digitsOnly() throws {
    let sign = try Self.ed400()
    #expect(sign.encode("CLOSED") == bytes("02 30 35 2d 2d 2d 2d 03"))
    #expect(sign.encode("") == bytes("02 30 35 20 20 20 20 03"))
    #expect(sign.encode("Z9999") == bytes("02 30 35 39 39 39 39 03"))
  }

  @Test("every kind of frame is read back from any split")
  func roundTrip() throws {
    var checksums: [FrameChecksum?] = [nil]
    for kind in FrameChecksum.Kind.allCases {
      for form in FrameChecksum.Form.allCases {
        for before in 0...2 {
          for uncovered in 0...3 {
            checksums.append(
              FrameChecksum(
                kind: kind, form: form, uncoveredBytes: uncovered, tailBytesBefore: before))
          }
        }
      }
    }
    for checksum in checksums {
      for isPadded in [true, false] {
        if !isPadded, checksum?.form == .byte, checksum?.tailBytesBefore == 0 { continue }
        let sign = try Self.alphanumeric(checksum, padded: isPadded)
        let stream = sign.encode("A012") + sign.encode("") + sign.encode("b7 > 2")
        expectSame(
          stream, as: [.shown("A012"), .shown(""), .shown("B7 > 2")], rounds: 1,
          by: decoder(sign))
      }
    }
  }

  @Test("a changed byte is a bad checksum or noise, never another number")
  func damage() throws {
    let sign = try Self.alphanumeric(FrameChecksum(kind: .xor8, form: .hex))
    let good = sign.encode("A012")
    for index in good.indices {
      for bit in 0..<8 {
        var frame = good
        frame[index] ^= 1 << bit
        let events = decoder(sign)([(frame + good)[...]])
        #expect(events.filter { $0 == .shown("A012") }.count >= 1)
        for event in events {
          if case .shown(let text) = event { #expect(text == "A012") }
        }
      }
    }
  }

  @Test("noise before a frame and a torn frame are counted")
  func noise() throws {
    let sign = try Self.alphanumeric(nil)
    let good = sign.encode("A012")
    for length in 1..<good.count {
      expectSame(
        bytes("ff 02 30") + good.prefix(length) + good,
        as: [.fault(.noise(bytes: 3 + length)), .shown("A012")], rounds: 2, by: decoder(sign))
    }
  }

  @Test("random bytes never stop the reader and it keeps one frame at most")
  func random() throws {
    let sign = try Self.alphanumeric(FrameChecksum(kind: .sum8, form: .hex), padded: false)
    let seed = UInt64.random(in: 0 ... .max)
    var random = Seeded(seed)
    var decoder = FrameDecoder(sign)
    let alphabet: [UInt8] = [0x02, 0x03, 0x30, 0x31, 0x41, 0xFF]
    _ = decoder.feed((0..<50_000).map { _ in alphabet.randomElement(using: &random) ?? 0 })
    let events = decoder.feed(sign.encode("A012") + sign.encode("A013"))
    #expect(events.last == .shown("A013"), "seed \(seed)")
  }

  @Test("descriptions whose frames cannot be told apart are refused")
  func refused() {
    let text = FrameText(places_max: 4)
    let free = FrameText(places_max: 4, isPadded: false)
    let byteSum = FrameChecksum(kind: .sum8, form: .byte)
    let outside = FrameChecksum(kind: .sum8, tailBytesBefore: 2)
    let beyond = FrameChecksum(kind: .sum8, uncoveredBytes: 2)
    let long = [UInt8](repeating: 2, count: 257)
    let attempts: [() throws -> FrameDescription] = [
      { try FrameDescription(head: [], text: text, tail: []) },
      { try FrameDescription(head: [2], text: free, tail: []) },
      { try FrameDescription(head: [2], text: free, tail: [0x41]) },
      { try FrameDescription(head: [2], text: free, tail: [3], checksum: byteSum) },
      { try FrameDescription(head: [2], text: text, tail: [3], checksum: outside) },
      { try FrameDescription(head: [2], text: text, tail: [3], checksum: beyond) },
      { try FrameDescription(head: [2], text: FrameText(places_max: 0), tail: [3]) },
      { try FrameDescription(head: [2], text: FrameText(places_max: 257), tail: [3]) },
      { try FrameDescription(head: [2], text: FrameText(places_max: 4, pad: 7), tail: [3]) },
      { try FrameDescription(head: long, text: text, tail: [3]) },
      { try Self.addressed(.head(1)) },
      { try Self.addressed(.tail(2)) },
    ]
    for make in attempts {
      let problem = #expect(throws: Problem.self) { try make() }
      #expect(problem?.code == "sign-frame")
    }
  }

  @Test("addresses take the width and radix of their frame")
  func addresses() {
    #expect(AddressFormat(form: .decimal, digits: 3).bytes("7") == Array("007".utf8))
    #expect(AddressFormat(form: .decimal, digits: 2).bytes("100") == nil)
    #expect(AddressFormat(form: .hex, digits: 2).bytes("f") == Array("0F".utf8))
    #expect(AddressFormat(form: .byte, digits: 1).bytes("255") == [255])
    for bad in ["", "-1", "+1", "256", "0x1", "999999999"] {
      #expect(AddressFormat(form: .byte, digits: 1).bytes(bad) == nil, "\(bad)")
    }
  }

  /// STX, address, four digits, BEL, address, ETX.
  private static func addressed(_ place: FrameAddress.Place, _ form: AddressFormat.Form = .decimal)
    throws -> FrameDescription
  {
    try FrameDescription(
      head: [2, 0x30], text: FrameText(places_max: 4, isPadded: false), tail: bytes("07 30 31"),
      address: FrameAddress(format: AddressFormat(form: form, digits: 2), place: place))
  }

  @Test("a sign's address stands in its place and leaves the rest")
  func ownAddress() throws {
    let behind = try Self.addressed(.tail(1)).addressed(Array("17".utf8))
    #expect(behind.encode("7") == bytes("02 30 37 07 31 37"))
    let before = try Self.addressed(.head(1), .byte).addressed([0x05])
    #expect(before.encode("7") == bytes("02 05 37 07 30 31"))
  }

  @Test("an address that the frame cannot have is refused")
  func wrongAddress() throws {
    let behind = try Self.addressed(.tail(1))
    for address in ["", "7", "007", "0A"] {
      #expect(throws: Problem.self) { try behind.addressed(Array(address.utf8)) }
    }
    // The text would go on into the address.
    let ending = try Self.addressed(.tail(0), .byte)
    #expect(ending.encode("7") == bytes("02 30 37 07 30 31"))
    #expect(throws: Problem.self) { try ending.addressed([0x41]) }
    let plain = try Self.alphanumeric(nil)
    #expect(throws: Problem.self) { try plain.addressed([0x41]) }
  }

  @Test("only bytes above 0x7F need eight bits")
  func sevenBits() throws {
    let plain = SignProtocol.frame(try Self.addressed(.head(1), .byte))
    #expect(plain.fits(dataBits: 7) && plain.fits(dataBits: 8))
    let high = try plain.addressed([0x80])
    #expect(!high.fits(dataBits: 7) && high.fits(dataBits: 8))
  }

  @Test("answers of a sign are counted, sampled and told once")
  func answers() {
    var answers = SignAnswers()
    #expect(answers.problem(sign: "c1") == nil)
    let first = answers.take([0x06, 0x15])
    let second = answers.take([UInt8](repeating: 0xFF, count: 1_000))
    #expect(first && !second)
    #expect(answers.byteCount == 1_002)
    #expect(answers.sample.count == SignAnswers.sampleBytes_max)
    let problem = answers.problem(sign: "c1")
    #expect(problem?.code == "sign-answered")
    #expect(problem?.cause.hasPrefix("they begin with 06 15 FF") == true)
    answers.clear()
    #expect(answers.problem(sign: "c1") == nil)
    let anew = answers.take([1])
    #expect(anew)
  }
}
