import Branch
import SignProtocols
import SignTraffic
import Testing

/// How bytes arrive: all at once, one by one, or in two pieces.
enum Pieces: Hashable, CustomTestStringConvertible {
  case whole
  case single
  case cut(Int)

  static let all: [Pieces] = [.whole, .single] + (1...32).map { .cut($0) }

  func of(_ bytes: [UInt8]) -> [[UInt8]] {
    switch self {
    case .whole: [bytes]
    case .single: bytes.map { [$0] }
    case .cut(let place):
      [Array(bytes.prefix(place)), Array(bytes.dropFirst(place))].filter { !$0.isEmpty }
    }
  }

  var testDescription: String { "\(self)" }
}

/// An adapter, as it is and as it was set up.
struct Adapter: Hashable, CustomTestStringConvertible {
  let isSet: Bool
  let echoes: Bool

  static let all = [false, true].flatMap { isSet in
    [false, true].map { Adapter(isSet: isSet, echoes: $0) }
  }

  /// What is to be told of it.
  var settings: [String] {
    isSet == echoes ? [] : [echoes ? "line-hears-itself" : "line-deaf"]
  }

  var testDescription: String { "set \(isSet), echoes \(echoes)" }
}

@Suite("An adapter that hears itself")
struct EchoTests {
  /// Register 7 by function 06, not read back: its answer is the request, byte for byte.
  private let single = SignBoard(
    id: Boards.one,
    signProtocol: .modbus(
      ModbusSettings(
        unit: 1, text: .number(register: 7, max: 9_999), writesMultiple: false, readsBack: false)),
    gap: Span(ms: 0))
  private let singleReadBack = SignBoard(
    id: Boards.one,
    signProtocol: .modbus(
      ModbusSettings(unit: 1, text: .number(register: 7, max: 9_999), writesMultiple: false)),
    gap: Span(ms: 0))

  /// Acknowledges with a byte that its frame has as well.
  private func acknowledging() throws -> SignBoard {
    let frame = try FrameDescription(
      head: [6, 1], text: FrameText(places_max: 8, isPadded: false), tail: [7],
      conversation: FrameConversation(
        answer: FrameAnswer(accepts: [6], refuses: [0x15], within_ms: 50)))
    return SignBoard(id: Boards.one, signProtocol: .frame(frame), gap: Span(ms: 0))
  }

  /// Shows texts one after the other, and gives each frame back as the adapter does, then what the
  /// sign answers.
  private func show(
    _ texts: [String], _ wire: inout Wire, echoes: Bool, _ pieces: Pieces = .whole,
    _ answer: ([UInt8]) -> [UInt8]
  ) {
    for text in texts {
      wire.show(text, on: Boards.one)
      talk(&wire, for: .seconds(4)) { frame in
        (echoes ? frame : []) + answer(frame)
      } pieces: {
        pieces.of($0)
      }
    }
  }

  private func talk(
    _ wire: inout Wire, for span: Span, _ back: ([UInt8]) -> [UInt8],
    pieces: ([UInt8]) -> [[UInt8]] = { [$0] }
  ) {
    let end = wire.now + span
    var heard = max(0, wire.written.count - 1)
    while true {
      wire.drain()
      if heard < wire.written.count, let frame = wire.last {
        heard = wire.written.count
        for piece in pieces(back(frame)) where !piece.isEmpty { wire.hear(piece) }
      } else {
        guard let deadline = wire.traffic.deadline, deadline <= end else { return }
        wire.wait()
      }
    }
  }

  @Test("the copy of a frame is taken out in every split, and the silence begins behind it")
  func mute() throws {
    let board = try Boards.mute(Boards.one, 1, gap: 20)
    for pieces in Pieces.all {
      var wire = try Wire([board], hearsItself: true)
      wire.show("A012", on: Boards.one)
      wire.show("A013", on: Boards.one)
      wire.drain()
      wire.now = wire.now + .milliseconds(40)
      let frame = try #require(wire.last)
      for piece in pieces.of(frame) { wire.hear(piece) }
      #expect(wire.written.count == 1, "\(pieces)")
      #expect(wire.traffic.deadline.map { $0 - wire.now >= .milliseconds(20) } == true)
      wire.wait()
      #expect(wire.written.count == 2 && wire.outcomes == [.sent], "\(pieces)")
      #expect(wire.noise == 0 && wire.echoed == frame.count, "\(pieces)")
      #expect(wire.settings == [])
    }
  }

  @Test(
    "a write that is answered by its own copy is accepted from a sign that is there, and no other",
    arguments: Adapter.all)
  func single(adapter: Adapter) throws {
    for pieces in Pieces.all {
      var wire = try Wire([single], hearsItself: adapter.isSet)
      var device = ModbusDevice(unit: 1)
      show(["12", "34"], &wire, echoes: adapter.echoes, pieces) { device.feed($0).flatMap { $0 } }
      #expect(wire.outcomes == [.accepted, .accepted], "\(pieces)")
      #expect(wire.settings == adapter.settings, "\(pieces)")
      #expect(device.values(from: 7, count: 1) == [34] && wire.problems == [], "\(pieces)")
    }
    var wire = try Wire([single], hearsItself: adapter.isSet)
    show(["12", "34"], &wire, echoes: adapter.echoes) { _ in [] }
    #expect(!wire.outcomes.contains(.accepted) && !wire.outcomes.contains(.sent))
    #expect(wire.problems == ["sign-silent"] && wire.settings == adapter.settings)
  }

  @Test("what is read back tells whether there are copies", arguments: Adapter.all)
  func readBack(adapter: Adapter) throws {
    for board in [singleReadBack, Boards.modbus(Boards.one, 1)] {
      for pieces in Pieces.all {
        var wire = try Wire([board], hearsItself: adapter.isSet)
        var device = ModbusDevice(unit: 1)
        show(["12", "34"], &wire, echoes: adapter.echoes, pieces) {
          device.feed($0).flatMap { $0 }
        }
        #expect(wire.outcomes == [.verified, .verified], "\(pieces)")
        #expect(wire.settings == adapter.settings && wire.problems == [], "\(pieces)")
        // Nothing was sent twice, and nothing to find out.
        #expect(wire.frames == (try Boards.shown(board, "12") + Boards.shown(board, "34")))
      }
      var wire = try Wire([board], hearsItself: adapter.isSet)
      show(["12"], &wire, echoes: adapter.echoes) { _ in [] }
      #expect(!wire.outcomes.contains(.verified) && wire.problems == ["sign-silent"])
    }
  }

  @Test("a sign that refuses is heard behind the copy", arguments: Adapter.all)
  func refused(adapter: Adapter) throws {
    var wire = try Wire([single], hearsItself: adapter.isSet)
    var device = ModbusDevice(unit: 1, registers: 0...3)
    show(["12"], &wire, echoes: adapter.echoes) { device.feed($0).flatMap { $0 } }
    #expect(wire.problems == ["sign-refused"] && wire.settings == adapter.settings)
  }

  @Test("an answer that also stands in the frame counts only behind it")
  func words() throws {
    let board = try acknowledging()
    for pieces in Pieces.all {
      var wire = try Wire([board], hearsItself: true)
      show(["12"], &wire, echoes: true, pieces) { _ in [6] }
      #expect(wire.outcomes == [.accepted] && wire.noise == 0, "\(pieces)")
      wire = try Wire([board], hearsItself: true)
      show(["12"], &wire, echoes: true, pieces) { _ in [] }
      #expect(wire.problems == ["sign-silent"] && wire.settings == [], "\(pieces)")
      wire = try Wire([board], hearsItself: true)
      show(["12"], &wire, echoes: false, pieces) { _ in [6] }
      #expect(wire.outcomes == [.accepted] && wire.settings == ["line-deaf"], "\(pieces)")
    }
  }

  @Test("a byte that the transceiver adds before the copy is noise, and does no harm")
  func glitch() throws {
    var wire = try Wire([single], hearsItself: true)
    var device = ModbusDevice(unit: 1)
    wire.show("12", on: Boards.one)
    talk(&wire, for: .seconds(2)) { [0xFF] + $0 + device.feed($0).flatMap { $0 } }
    #expect(wire.outcomes == [.accepted] && wire.noise == 2 && wire.problems == [])
  }

  @Test("a copy that was torn or garbled once is made good; three in a row are told, with a cure")
  func collision() throws {
    let board = try Boards.mute(Boards.one, 1)
    let spoilers: [([UInt8]) -> [UInt8]] = [
      { Array($0.dropLast()) }, { Array($0.dropFirst()) }, { $0.map { $0 ^ 0x20 } },
      { Array($0.prefix(2)) + [0] + $0.dropFirst(2) },
    ]
    for spoil in spoilers {
      var wire = try Wire([board], hearsItself: true)
      var count = 0
      wire.show("12", on: Boards.one)
      talk(&wire, for: .seconds(3)) {
        count += 1
        return count == 1 ? spoil($0) : $0
      }
      #expect(wire.frames.count == 2 && wire.problems == [] && wire.outcomes.last == .sent)
      wire = try Wire([board], hearsItself: true)
      wire.show("12", on: Boards.one)
      talk(&wire, for: .seconds(4), spoil)
      #expect(wire.problems == ["sign-collision"] && !wire.outcomes.contains(.sent))
      #expect(wire.causes[0].contains("not the 5 that were sent"))
      wire.forget()
      talk(&wire, for: .seconds(31)) { $0 }
      #expect(wire.told.contains(.health(Boards.one, nil)) && wire.outcomes == [.sent])
    }
  }

  @Test("an answer with its checksum counts behind a garbled copy")
  func garbledButAnswered() throws {
    var wire = try Wire([Boards.modbus(Boards.one, 1)], hearsItself: true)
    var device = ModbusDevice(unit: 1)
    wire.show("12", on: Boards.one)
    talk(&wire, for: .seconds(3)) { frame in
      [frame[0] ^ 0x40] + frame.dropFirst() + device.feed(frame).flatMap { $0 }
    }
    #expect(wire.outcomes == [.verified] && wire.settings == [])
    #expect(wire.noise == wire.frames.reduce(0) { $0 + $1.count })
  }

  @Test("what makes boards show their texts is sent again when it was torn")
  func latch() throws {
    let board = try Boards.latched(Boards.one, 9)
    var wire = try Wire([board], hearsItself: true)
    var count = 0
    wire.show("12", on: Boards.one)
    talk(&wire, for: .seconds(3)) { frame in
      count += frame == [0x0D] ? 1 : 0
      return frame == [0x0D] && count < 3 ? [0x0C] : frame
    }
    #expect(wire.frames.count { $0 == [0x0D] } == 3 && wire.outcomes == [.sent])
    wire.show("13", on: Boards.one)
    talk(&wire, for: .seconds(9)) { $0 == [0x0D] ? [] : $0 }
    #expect(wire.frames.count { $0 == [0x0D] } == 6 && wire.traffic.isQuiet)
  }

  @Test("an adapter that is set up to hear itself and does not is told once, and used all the same")
  func deaf() throws {
    let board = try Boards.mute(Boards.one, 1)
    var wire = try Wire([board], hearsItself: true)
    wire.show("12", on: Boards.one)
    talk(&wire, for: .seconds(4)) { _ in [] }
    #expect(wire.settings == ["line-deaf"] && wire.frames.count == 3)
    #expect(wire.outcomes.last == .sent && wire.problems == [])
    wire.forget()
    wire.show("13", on: Boards.one)
    talk(&wire, for: .seconds(4)) { _ in [] }
    #expect(wire.frames.count == 1 && wire.outcomes == [.sent] && wire.settings == [])
    // Its plug was loose, say: it is as set up again.
    wire.show("14", on: Boards.one)
    talk(&wire, for: .seconds(4)) { $0 }
    #expect(wire.settings == [""])
    wire.show("15", on: Boards.one)
    talk(&wire, for: .seconds(4)) { Array($0.dropLast()) }
    #expect(wire.problems == ["sign-collision"])
  }

  @Test("copies that nobody expects are told once, also when they come late and several at once")
  func unexpected() throws {
    let board = try Boards.mute(Boards.one, 1)
    for late in 1...4 {
      var wire = try Wire([board])
      for text in 0..<late {
        wire.show("\(text)", on: Boards.one)
        wire.drain()
        wire.wait()
      }
      for byte in wire.frames.flatMap({ $0 }) { wire.hear([byte]) }
      #expect(wire.settings == ["line-hears-itself"], "\(late) frames")
      wire.forget()
      show(["13", "14"], &wire, echoes: true) { _ in [] }
      #expect(wire.outcomes == [.sent, .sent] && wire.noise == 0 && wire.settings == [])
      // It is watched from now on.
      show(["15"], &wire, echoes: false) { Array($0.dropLast()) }
      #expect(wire.problems == ["sign-collision"])
    }
  }

  @Test("noise is no copy")
  func noise() throws {
    let board = try Boards.mute(Boards.one, 1)
    var wire = try Wire([board])
    show(["12", "13"], &wire, echoes: false) { Array($0.dropLast()) }
    #expect(wire.settings == [] && wire.outcomes == [.sent, .sent] && wire.noise == 8)
  }

  @Test("a line that was lost forgets what it had found")
  func reopened() throws {
    let board = try Boards.mute(Boards.one, 1)
    var wire = try Wire([board])
    show(["12"], &wire, echoes: true) { _ in [] }
    wire.traffic.lost()
    wire.traffic.opened()
    wire.forget()
    show(["13"], &wire, echoes: true) { _ in [] }
    #expect(wire.settings == ["line-hears-itself"])
  }

  @Test("the frame that finds out whether there are copies is sent once for a line")
  func sounding() throws {
    for adapter in Adapter.all {
      var wire = try Wire([single], hearsItself: adapter.isSet)
      var device = ModbusDevice(unit: 1)
      let sent = { (wire: Wire) in wire.frames.count { $0[1] == 3 } }
      show(["12"], &wire, echoes: adapter.echoes) { device.feed($0).flatMap { $0 } }
      #expect(sent(wire) == 1 && wire.frames[0][1] == 3, "\(adapter)")
      show(["34"], &wire, echoes: adapter.echoes) { device.feed($0).flatMap { $0 } }
      #expect(sent(wire) == 1, "\(adapter)")
    }
    // A line that only makes noise is not asked for ever.
    var wire = try Wire([single], hearsItself: true)
    show(["12"], &wire, echoes: false) { _ in [0, 0, 0] }
    #expect(wire.frames.count { $0[1] == 3 } == 3 && wire.frames.count > 3)
    #expect(wire.problems == ["sign-collision"])
  }

  @Test("a copy that comes before the kernel says that it has the whole frame is one all the same")
  func early() throws {
    let board = try Boards.mute(Boards.one, 1)
    var wire = try Wire([board], hearsItself: true)
    wire.show("12", on: Boards.one)
    wire.hear(try #require(wire.last))
    #expect(wire.outcomes == [])
    wire.drain()
    #expect(wire.outcomes == [.sent] && wire.noise == 0 && wire.traffic.deadline == nil)
  }

  @Test("a copy that comes later than the answer may take is waited for, and the answer behind it")
  func late() throws {
    var wire = try Wire([try acknowledging()], hearsItself: true)
    wire.show("12", on: Boards.one)
    wire.drain()
    wire.pass(.milliseconds(300))
    wire.hear(try #require(wire.last) + [6])
    #expect(wire.outcomes == [.accepted] && wire.settings == [] && wire.frames.count == 1)
  }

  @Test("the beginning of a copy that looks like an answer is none")
  func lookalike() throws {
    // The answer to function 16 ends where the request has the count of bytes and the first value.
    var found: (register: UInt16, high: UInt8)?
    for register in 0...UInt16.max where found == nil {
      var device = ModbusDevice(unit: 1)
      let request = ModbusRequest.writeMultiple(register: register, values: [1])
      let answer = device.feed(Modbus.frame(unit: 1, request)).flatMap { $0 }
      if answer[6] == 2, (1...38).contains(answer[7]) { found = (register, answer[7]) }
    }
    let (register, high) = try #require(found)
    let settings = ModbusSettings(
      unit: 1, text: .number(register: register, max: 9_999), readsBack: false)
    let board = SignBoard(id: Boards.one, signProtocol: .modbus(settings), gap: Span(ms: 0))
    for pieces in Pieces.all {
      var wire = try Wire([board], hearsItself: true)
      show(["\(Int(high) << 8)"], &wire, echoes: true, pieces) { _ in [] }
      #expect(wire.problems == ["sign-silent"] && wire.settings == [], "\(pieces)")
    }
  }

  @Test("a sign that falls silent on an adapter that is known is not read as well")
  func knownAndSilent() throws {
    var wire = try Wire([singleReadBack], hearsItself: true)
    var device = ModbusDevice(unit: 1)
    show(["12"], &wire, echoes: true) { device.feed($0).flatMap { $0 } }
    wire.forget()
    show(["34"], &wire, echoes: true) { _ in [] }
    #expect(wire.problems == ["sign-silent"])
    #expect(wire.frames.allSatisfy { $0[1] == 6 })
  }
}
