import Branch
import Testing

@testable import SignProtocols

@Suite("Files, colours and modes of the Alpha protocol")
struct AlphaFileTests {
  private static let plain = AlphaSettings(hasChecksum: false)

  private func decode(_ parts: [ArraySlice<UInt8>]) -> [AlphaDecoder.Event] {
    var decoder = AlphaDecoder()
    return parts.flatMap { decoder.feed($0) }
  }

  private func frame(_ command: AlphaCommand, hasChecksum: Bool = true) -> AlphaDecoder.Event {
    .frame(
      AlphaFrame(
        typeCode: UInt8(ascii: "Z"), address: Array("00".utf8), command: command,
        hasChecksum: hasChecksum))
  }

  private static let head = bytes("00 00 00 00 00 01 5a 30 30 02")

  @Test("colours and STRING files stand within the text as the manual has them")
  func parts() throws {
    let parts: [AlphaPart] = [
      .colour(.green), .text("A012"), .string(label: UInt8(ascii: "1")), .colour(.automatic),
    ]
    let expected = Self.head + bytes("41 41 1b 20 62 1c 32 41 30 31 32 10 31 1c 43 04")
    #expect(AlphaProtocol.encode(parts, Self.plain) == expected)
    expectSame(
      AlphaProtocol.encode(parts, AlphaSettings()),
      as: [
        frame(
          .showParts(label: UInt8(ascii: "A"), position: .middle, mode: .hold, parts: parts))
      ], by: decode)
  }

  @Test("a priority text is the file 0, and goes when it is released")
  func priority() {
    let set = AlphaProtocol.encodePriority([.text("FIRE")], Self.plain)
    #expect(set == Self.head + bytes("41 30 1b 20 62 46 49 52 45 04"))
    let stream = set + AlphaProtocol.encodePriorityRelease(Self.plain)
    expectSame(
      stream,
      as: [
        frame(
          .show(
            label: AlphaProtocol.priorityLabel, position: .middle, mode: UInt8(ascii: "b"),
            text: "FIRE"), hasChecksum: false),
        frame(.releasePriority, hasChecksum: false),
      ], by: decode)
  }

  @Test("a STRING file is written by G, at most 125 bytes")
  func strings() {
    let one = UInt8(ascii: "1")
    let written = AlphaProtocol.encodeString("A012", label: one, Self.plain)
    #expect(written == Self.head + bytes("47 31 41 30 31 32 04"))
    let long = String(repeating: "x", count: 300)
    expectSame(
      AlphaProtocol.encodeString(long, label: one, AlphaSettings()),
      as: [frame(.string(label: one, text: String(repeating: "x", count: 125)))], rounds: 2,
      by: decode)
  }

  @Test("memory is set up file by file")
  func memory() throws {
    let files = [
      try #require(AlphaMemory(label: UInt8(ascii: "A"), kind: .text, size: 256)),
      try #require(AlphaMemory(label: UInt8(ascii: "1"), kind: .string, size: 125)),
    ]
    let written = AlphaProtocol.encodeMemory(files, Self.plain)
    #expect(written == Self.head + Array("E$AAU0100FF001BL007D0000".utf8) + [0x04])
    expectSame(
      AlphaProtocol.encodeMemory(files, AlphaSettings()), as: [frame(.memory(files))], by: decode)
    #expect(AlphaMemory(label: AlphaProtocol.priorityLabel, kind: .text, size: 9) == nil)
    #expect(AlphaMemory(label: UInt8(ascii: "1"), kind: .string, size: 126) == nil)
    #expect(AlphaMemory(label: UInt8(ascii: "1"), kind: .text, size: 0) == nil)
  }

  @Test("a sign gets its address by function 7, and sounds by a function of its own")
  func functions() {
    let address = AlphaProtocol.encodeNewAddress(Array("1F".utf8), Self.plain)
    #expect(address == Self.head + Array("E71F".utf8) + [0x04])
    expectSame(
      address, as: [frame(.newAddress(Array("1F".utf8)), hasChecksum: false)], by: decode)
    expectSame(AlphaProtocol.encodeTone(AlphaSettings()), as: [frame(.tone)], by: decode)
    let other = Self.head + Array("E, ".utf8) + [0x04]
    expectSame(
      other, as: [frame(.other(command: 0x45, data: Array(", ".utf8)), hasChecksum: false)],
      by: decode)
  }

  @Test("modes and colours have codes of their own")
  func codes() {
    #expect(Set(AlphaMode.allCases.map(\.bytes)).count == AlphaMode.allCases.count)
    #expect(AlphaMode.rollUp.bytes == Array("e".utf8) && AlphaMode.snow.bytes == Array("n2".utf8))
    #expect(AlphaColour.allCases.map(\.byte) == Array("123456789ABC".utf8))
    for mode in AlphaMode.allCases where mode.bytes.count == 2 {
      let settings = AlphaSettings(mode: mode)
      expectSame(
        AlphaProtocol.encode("B7", settings),
        as: [
          frame(
            .showParts(
              label: UInt8(ascii: "A"), position: .middle, mode: mode, parts: [.text("B7")]))
        ], rounds: 1, by: decode)
    }
  }

  @Test("a picture's wishes become a mode, a colour and a sound")
  func picture() {
    let settings = AlphaSettings()
    let picture = SignPicture(["A012", "3"], colour: .red, flashes: true, beeps: true)
    let frames = AlphaProtocol.frames(for: picture, settings)
    #expect(frames.count == 2 && frames.allSatisfy { $0.silence_us == 100_000 })
    expectSame(
      frames.flatMap(\.bytes),
      as: [
        frame(
          .showParts(
            label: UInt8(ascii: "A"), position: .middle, mode: .flash,
            parts: [.colour(.red), .text("A012 3")])),
        frame(.tone),
      ], by: decode)
    #expect(
      AlphaProtocol.frames(for: .dark, settings).map(\.bytes)
        == [AlphaProtocol.encode("", settings)])
  }

  @Test("signs on one line are told apart by their address")
  func addressed() {
    let signs = ["01", "0A"].map { AlphaSettings().addressed(Array($0.utf8)) }
    let stream = signs.enumerated().flatMap { AlphaProtocol.encode("\($0)", $1) }
    let addresses = decode([stream[...]]).compactMap { event in
      if case .frame(let frame) = event { frame.address } else { nil }
    }
    #expect(addresses == ["01", "0A"].map { Array($0.utf8) })
  }

  @Test("parts beyond the file are left out whole, texts are cut")
  func bounded() {
    let settings = AlphaSettings(hasChecksum: false, textBytes_max: 3)
    let cut = AlphaProtocol.encode([.colour(.red), .text("AB"), .colour(.green)], settings)
    #expect(cut == Self.head + bytes("41 41 1b 20 62 1c 31 41 04"))
    // A ticket at its end is left out whole, not shown as another one.
    let ticket = AlphaProtocol.encode(
      "now 112", AlphaSettings(hasChecksum: false, textBytes_max: 5))
    #expect(ticket == Self.head + bytes("41 41 1b 20 62 6e 6f 77 20 04"))
  }

  @Test("every changed byte of a summed frame is a fault, never another text")
  func spoilt() {
    let whole = AlphaProtocol.encode([.colour(.red), .text("A012")], AlphaSettings())
    let expected = decode([whole[...]])
    for index in 9..<whole.count {
      var bytes = whole
      bytes[index] ^= 0x02
      let events = decode([bytes[...]])
      #expect(events != expected)
      for case .frame(let frame) in events { Issue.record("\(index): \(frame)") }
    }
  }
}
