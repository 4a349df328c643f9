import Branch
import SignProtocols
import SignTraffic
import TestSeeds
import Testing

/// A line with signs of every kind on an adapter that may or may not hear itself, and may or may
/// not be set up so.
///
/// Faults: copies that are torn or garbled, bytes from nowhere, answers that are lost, any pieces;
/// a line that is lost and comes back.
private struct EchoStorm {
  static let ids = ["read-back", "single", "mute", "words"].map { SignID($0)! }
  let adapter: Adapter
  let boards: [SignBoard]
  var wire: Wire
  var random: Seeded
  var wanted: [SignID: String] = [:]
  var devices: [UInt8: ModbusDevice] = [1: ModbusDevice(unit: 1), 2: ModbusDevice(unit: 2)]
  /// What the signs without Modbus were sent by a frame that was not spoilt.
  var shown: [UInt8: [UInt8]] = [:]
  private var heard = 0

  init(seed: UInt64) throws {
    random = Seeded(seed)
    adapter = Adapter(isSet: random.chance(2), echoes: random.chance(2))
    let single = ModbusSettings(
      unit: 2, text: .number(register: 7, max: 9_999), writesMultiple: false, readsBack: false)
    let words = try FrameDescription(
      head: [6, 8], text: FrameText(places_max: 8, isPadded: false), tail: [7],
      conversation: FrameConversation(
        answer: FrameAnswer(accepts: [6], refuses: [0x15], within_ms: 50)))
    boards = [
      Boards.modbus(Self.ids[0], 1),
      SignBoard(id: Self.ids[1], signProtocol: .modbus(single), gap: Span(ms: 0)),
      try Boards.mute(Self.ids[2], 9, gap: 7),
      SignBoard(id: Self.ids[3], signProtocol: .frame(words), gap: Span(ms: 0)),
    ]
    wire = try Wire(boards, hearsItself: adapter.isSet)
  }

  mutating func step() {
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<5:
      let id = Self.ids.randomElement(using: &random) ?? Self.ids[0]
      show("\(Int.random(in: 1..<9_999, using: &random))", on: id)
    case 5..<13: deliver(isSound: false)
    case 13..<18: wire.wait()
    case 18: if random.chance(6) { wire.hear([UInt8.random(in: 0...255, using: &random)]) }
    default: if random.chance(9) { reopen() }
    }
  }

  mutating func show(_ text: String, on id: SignID) {
    wanted[id] = text
    wire.show(text, on: id)
  }

  mutating func reopen() {
    wire.traffic.lost()
    heard = wire.written.count
    wire.traffic.opened()
    for (id, text) in wanted { wire.show(text, on: id) }
  }

  private mutating func deliver(isSound: Bool) {
    wire.drain()
    guard heard < wire.written.count, let frame = wire.last else { return }
    heard = wire.written.count
    var copy = adapter.echoes ? frame : []
    let isSpoilt = !isSound && random.chance(6)
    if isSpoilt, !copy.isEmpty {
      let place = Int.random(in: 0..<copy.count, using: &random)
      if random.chance(2) { copy[place] ^= 0x41 } else { copy.removeLast(copy.count - place) }
    }
    var answer = isSpoilt ? [] : answer(frame)
    if !isSound, random.chance(9) { answer = [] }
    var back = (copy + answer)[...]
    while !back.isEmpty {
      let count = Int.random(in: 1...min(9, back.count), using: &random)
      wire.hear(Array(back.prefix(count)))
      back = back.dropFirst(count)
    }
  }

  private mutating func answer(_ frame: [UInt8]) -> [UInt8] {
    if frame[0] == 6 || frame[1] == 9 { shown[frame[0]] = frame }
    if frame[0] == 6, frame[1] == 8 { return [6] }
    var answer: [UInt8] = []
    for unit in devices.keys.sorted() { answer += devices[unit]?.feed(frame).flatMap { $0 } ?? [] }
    return answer
  }

  /// No more faults, until nothing happens any more.
  mutating func calm() {
    for _ in 0..<2_000 {
      guard wire.traffic.deadline != nil || heard < wire.written.count else { return }
      deliver(isSound: true)
      wire.wait()
    }
  }
}

@Suite("Any traffic on an adapter that may hear itself")
struct RandomEchoTests {
  @Test("in the end every sign shows what was asked last", arguments: Seeds.some(100))
  func settles(seed: UInt64) throws {
    var storm = try EchoStorm(seed: seed)
    for _ in 0..<300 { storm.step() }
    for id in EchoStorm.ids {
      storm.show("\(Int.random(in: 1..<9_999, using: &storm.random))", on: id)
    }
    storm.calm()
    #expect(storm.wire.traffic.isQuiet && storm.wire.traffic.deadline == nil, "seed \(seed)")
    for (unit, id) in [(UInt8(1), EchoStorm.ids[0]), (2, EchoStorm.ids[1])] {
      let held = storm.devices[unit]?.values(from: 7, count: 1).map { "\($0)" }
      #expect(held == [storm.wanted[id] ?? ""], "seed \(seed) \(storm.adapter)")
    }
    for (first, index) in [(UInt8(1), 2), (6, 3)] {
      let frames = try Boards.shown(
        storm.boards[index], storm.wanted[EchoStorm.ids[index]] ?? "")
      #expect(storm.shown[first] == frames.last, "seed \(seed) \(storm.adapter)")
    }
  }

  @Test("on a line without faults only a wrong setting is told", arguments: Seeds.some(100))
  func quiet(seed: UInt64) throws {
    var storm = try EchoStorm(seed: seed)
    for _ in 0..<20 {
      for id in EchoStorm.ids where storm.random.chance(2) {
        storm.show("\(Int.random(in: 1..<9_999, using: &storm.random))", on: id)
      }
      storm.calm()
    }
    for id in EchoStorm.ids { storm.show("5", on: id) }
    storm.calm()
    #expect(storm.wire.problems == [], "seed \(seed) \(storm.adapter)")
    #expect(storm.wire.settings == storm.adapter.settings, "seed \(seed) \(storm.adapter)")
    #expect(storm.wire.outcomes.last != nil && storm.wire.traffic.isQuiet, "seed \(seed)")
  }
}
