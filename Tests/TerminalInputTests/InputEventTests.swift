import Testing

@testable import TerminalInput

@Suite("Records of input events")
struct InputEventTests {
  /// KEY_1 down at 1700000000.250000 as x86-64 writes it.
  static let golden: [UInt8] = [
    0x00, 0xF1, 0x53, 0x65, 0, 0, 0, 0, 0x90, 0xD0, 0x03, 0, 0, 0, 0, 0, 1, 0, 2, 0, 1, 0, 0, 0,
  ]
  static let stamp = InputTime(seconds: 1_700_000_000, microseconds: 250_000)

  private func decode(_ parts: [ArraySlice<UInt8>]) -> [InputEventDecoder.Item] {
    var decoder = InputEventDecoder()
    return parts.flatMap { decoder.feed($0) }
  }

  /// Whole, byte by byte, and in every split.
  private func expectSame(_ bytes: [UInt8], as expected: [InputEventDecoder.Item]) {
    #expect(decode([bytes[...]]) == expected)
    #expect(decode(bytes.indices.map { bytes[$0...$0] }) == expected)
    for split in 0...bytes.count {
      #expect(decode([bytes[..<split], bytes[split...]]) == expected, "split at \(split)")
    }
  }

  @Test("a record has the kernel's layout")
  func layout() {
    #expect(InputEvent.key(2, 1, at: Self.stamp).bytes == Self.golden)
    expectSame(Self.golden, as: [.event(.key(2, 1, at: Self.stamp))])
  }

  @Test("a press is down, report, up, report")
  func press() {
    let bytes = inputEventBytes(code: 30, at: Self.stamp)
    #expect(bytes.count == 96)
    expectSame(
      bytes,
      as: [
        .event(.key(30, 1, at: Self.stamp)), .event(.report(at: Self.stamp)),
        .event(.key(30, 0, at: Self.stamp)), .event(.report(at: Self.stamp)),
      ])
  }

  @Test("a negative value and other types pass")
  func otherTypes() {
    let event = InputEvent(type: 2, code: 8, value: -1)
    expectSame(event.bytes, as: [.event(event)])
    #expect(InputEvent.led(1, isOn: true).bytes.suffix(8) == [0x11, 0, 1, 0, 1, 0, 0, 0])
  }

  @Test("garbage before records is passed over, whatever its length", arguments: 1...60)
  func garbage(count: Int) {
    let press = inputEventBytes(code: 2, at: Self.stamp)
    expectSame(
      [UInt8](repeating: 0xFF, count: count) + press,
      as: [.garbage(bytes: count)] + decode([press[...]]))
  }

  @Test("records without time stamps are found again too")
  func zeroStamps() {
    let press = inputEventBytes(code: 2)
    let expected = decode([press[...]])
    expectSame(press + Array("noise".utf8) + press, as: expected + [.garbage(bytes: 5)] + expected)
  }

  @Test("a torn record between records costs only itself", arguments: 1..<24)
  func torn(length: Int) {
    let press = inputEventBytes(code: 2, at: Self.stamp)
    let items = decode([(press.prefix(length) + press)[...]])
    let keys = items.filter { if case .event(let event) = $0 { event.type == 1 } else { false } }
    #expect(keys.count >= 1)
    #expect(items.suffix(2) == decode([press[...]]).suffix(2))
  }

  @Test(
    "what cannot be a record is none",
    arguments: [
      InputEvent(type: 0x20, code: 0, value: 0), InputEvent(type: 1, code: 0x300, value: 1),
      InputEvent(type: 1, code: 2, value: 3), InputEvent(type: 1, code: 2, value: -1),
      InputEvent(type: 0, code: 4, value: 0),
      InputEvent(type: 0, code: 0, value: 2),
      InputEvent(microseconds: 1_000_000, type: 1, code: 2, value: 1),
      InputEvent(seconds: -1, type: 1, code: 2, value: 1),
      InputEvent(seconds: 1 << 34, type: 1, code: 2, value: 1),
    ])
  func impossible(event: InputEvent) {
    #expect(InputEvent(record: event.bytes[...]) == nil)
    let press = inputEventBytes(code: 2, at: Self.stamp)
    let items = decode([(event.bytes + press)[...]])
    #expect(items == [.garbage(bytes: 24)] + decode([press[...]]))
  }

  @Test("endless garbage is counted and not kept")
  func endless() {
    var decoder = InputEventDecoder()
    for _ in 0..<1_000 { _ = decoder.feed([UInt8](repeating: 0xA5, count: 97)) }
    #expect(decoder.passedOver > 96_000)
    let press = inputEventBytes(code: 2, at: Self.stamp)
    let items = decoder.feed(press)
    #expect(items.first == .garbage(bytes: 97_000))
    #expect(items.count == 5)
  }
}
