import Branch
import SignProtocols
import SignTraffic
import TestSeeds
import Testing

/// A line with two Modbus boards, one that says nothing and a display of several frames, where
/// anything happens in any order.
///
/// Faults: answers that are lost, torn in two, late or spoilt; bytes from nowhere; a line that is
/// lost and comes back; a Modbus board without power.
private struct Storm {
  static let ids = ["a", "b", "mute", "display"].map { SignID($0)! }
  var wire: Wire
  var random: Seeded
  var devices: [UInt8: ModbusDevice] = [1: ModbusDevice(unit: 1), 2: ModbusDevice(unit: 2)]
  var wanted: [SignID: String] = [:]
  /// Frames that were answered or not; each is heard once.
  var heard = 0
  /// Frames that were the first ones of a line that was opened anew.
  private(set) var firsts: Set<Int> = []
  let boards: [SignBoard]

  init(seed: UInt64) throws {
    random = Seeded(seed)
    boards = [
      Boards.modbus(Self.ids[0], 1), Boards.modbus(Self.ids[1], 2),
      try Boards.mute(Self.ids[2], 9, gap: 7),
      SignBoard(
        id: Self.ids[3], signProtocol: .customerDisplay(CustomerDisplay(.cd5220)), gap: Span(ms: 0)
      ),
    ]
    wire = try Wire(boards)
  }

  mutating func step() {
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<5:
      let id = Self.ids.randomElement(using: &random) ?? Self.ids[0]
      show("\(Int.random(in: 1..<9_999, using: &random))", on: id)
    case 5..<14: deliver(isSound: false)
    case 14..<17: wire.wait()
    case 17: wire.hear([UInt8.random(in: 0...255, using: &random)])
    case 18: if random.chance(8) { reopen() }
    default: if random.chance(8) { devices[1] = ModbusDevice(unit: 1) }
    }
  }

  mutating func show(_ text: String, on id: SignID) {
    wanted[id] = text
    wire.show(text, on: id)
  }

  private mutating func reopen() {
    wire.traffic.lost()
    heard = wire.written.count
    wire.traffic.opened()
    firsts.insert(wire.written.count)
    // What the core does then.
    for (id, text) in wanted { wire.show(text, on: id) }
  }

  /// The kernel takes the frame, and the boards hear it and answer.
  mutating func deliver(isSound: Bool) {
    wire.drain()
    guard heard < wire.written.count, let frame = wire.last else { return }
    heard = wire.written.count
    let isLost = !isSound && random.chance(4)
    if isLost { return }
    var answer: [UInt8] = []
    for unit in devices.keys.sorted() { answer += devices[unit]?.feed(frame).flatMap { $0 } ?? [] }
    if !isSound, random.chance(6), !answer.isEmpty { answer[0] ^= 0x40 }
    let cut = answer.isEmpty ? 0 : Int.random(in: 0...answer.count, using: &random)
    for part in [Array(answer[..<cut]), Array(answer[cut...])] where !part.isEmpty {
      wire.hear(part)
    }
  }

  /// No more faults, until nothing happens any more.
  mutating func calm() {
    for _ in 0..<2_000 where wire.traffic.deadline != nil || heard < wire.written.count {
      deliver(isSound: true)
      wire.wait()
    }
  }
}

@Suite("Any traffic on a line")
struct RandomTrafficTests {
  @Test("in the end every board shows what was asked last", arguments: Seeds.some(200))
  func settles(seed: UInt64) throws {
    var storm = try Storm(seed: seed)
    for _ in 0..<300 { storm.step() }
    for id in Storm.ids { storm.show("\(Int.random(in: 1..<9_999, using: &storm.random))", on: id) }
    storm.calm()
    #expect(storm.wire.traffic.isQuiet && storm.wire.traffic.deadline == nil, "seed \(seed)")
    for (unit, id) in [(UInt8(1), Storm.ids[0]), (2, Storm.ids[1])] {
      let held = storm.devices[unit]?.values(from: 7, count: 1).map { "\($0)" }
      #expect(held == [storm.wanted[id] ?? ""], "seed \(seed)")
    }
    let mute = storm.wire.frames.last { $0.starts(with: [1, 9]) }
    let shown = try Boards.shown(storm.boards[2], storm.wanted[Storm.ids[2]] ?? "")
    #expect(mute == shown.last, "seed \(seed)")
    var display = CustomerDisplayDecoder(CustomerDisplay(.cd5220))
    let faces = storm.wire.frames.filter { $0[0] == 0x0C || $0[0] == 0x1B }
      .flatMap { display.feed($0) }
    guard case .shown(let rows)? = faces.last else {
      Issue.record("seed \(seed): \(faces.suffix(3))")
      return
    }
    #expect(rows.joined() == storm.wanted[Storm.ids[3]], "seed \(seed)")
  }

  @Test("whatever happens, silence is kept behind every frame", arguments: Seeds.some(50))
  func silence(seed: UInt64) throws {
    var storm = try Storm(seed: seed)
    for _ in 0..<300 { storm.step() }
    let written = storm.wire.written
    for (index, frame) in written.enumerated().dropLast()
    where !storm.firsts.contains(index + 1) {
      // What the most patient board wants.
      #expect(written[index + 1].at - frame.at >= .milliseconds(7), "seed \(seed)")
    }
  }
}
