import Branch
import SignProtocols
import SignTraffic
import Testing

@Suite("What boards answer")
struct AnswerTests {
  private let board = Boards.modbus(Boards.one, 1)
  private let other = Boards.modbus(Boards.two, 2)

  /// Boards with these units answer; others are dead.
  private func run(_ wire: inout Wire, _ units: UInt8..., for limit: Span = .seconds(3)) {
    var devices: [UInt8: ModbusDevice] = [:]
    wire.run(for: limit) { frame in
      for unit in units where devices[unit] == nil { devices[unit] = ModbusDevice(unit: unit) }
      return units.flatMap { devices[$0]?.feed(frame).flatMap { $0 } ?? [] }
    }
  }

  @Test("a frame waits for its answer and for the silence behind it, and is then read back")
  func verified() throws {
    var wire = try Wire([board])
    var device = ModbusDevice(unit: 1)
    wire.show("12", on: Boards.one)
    wire.drain()
    let answer = device.feed(try #require(wire.last)).flatMap { $0 }
    wire.hear(Array(answer.prefix(3)))
    wire.hear(Array(answer.dropFirst(3)))
    #expect(wire.written.count == 1)
    let heard = wire.now
    wire.wait()
    // 3.5 characters at 9600 8N1 are 3,646 µs.
    #expect(wire.now - heard >= .milliseconds(4) && wire.now - heard <= .milliseconds(5))
    wire.drain()
    wire.hear(device.feed(try #require(wire.last)).flatMap { $0 })
    #expect(wire.frames == (try Boards.shown(board, "12")))
    wire.wait()
    #expect(wire.told == [.ended(Boards.one, .verified)])
  }

  @Test("a board that is silent is told once, tried less and less, and told when it is back")
  func silent() throws {
    var wire = try Wire([board])
    wire.show("12", on: Boards.one)
    run(&wire, for: .seconds(120))
    #expect(wire.problems == ["sign-silent"])
    let spans = zip(wire.written.dropFirst(), wire.written).map { ($0.at - $1.at).ms }
    #expect(spans.prefix(2).allSatisfy { $0 < 400 }, "\(spans)")
    #expect(spans.dropFirst(2).prefix(5).map { $0 / 1000 } == [1, 2, 4, 8, 16], "\(spans)")
    #expect(spans.dropFirst(7).allSatisfy { $0 / 1000 == 30 } && spans.count < 12, "\(spans)")
    wire.forget()
    run(&wire, 1, for: .seconds(31))
    #expect(wire.told == [.ended(Boards.one, .verified), .health(Boards.one, nil)])
    #expect(wire.traffic.deadline == nil)
  }

  @Test("a dead board holds up the others for one answer a try, and none of their pictures")
  func deadNeighbour() throws {
    var wire = try Wire([board, other])
    wire.show("12", on: Boards.one)
    wire.show("34", on: Boards.two)
    run(&wire, 2)
    #expect(wire.problems == ["sign-silent"])
    wire.forget()
    // It is broken by now: what is asked of the other goes at once, whatever waits for the first.
    wire.show("56", on: Boards.one)
    wire.show("78", on: Boards.two)
    #expect(wire.frames == [try Boards.shown(other, "78")[0]])
    run(&wire, 2, for: .milliseconds(200))
    #expect(wire.frames == (try Boards.shown(other, "78")))
  }

  @Test("a board in trouble is tried also while the others have always something to show")
  func noStarving() throws {
    var wire = try Wire([board, other])
    var device = ModbusDevice(unit: 2)
    wire.show("12", on: Boards.one)
    for number in 0..<200 {
      wire.show("\(number)", on: Boards.two)
      wire.drain()
      let answer = device.feed(wire.last ?? []).flatMap { $0 }
      if !answer.isEmpty { wire.hear(answer) }
      wire.wait()
    }
    #expect(wire.problems == ["sign-silent"])
  }

  @Test("a picture that came while a board was dead is shown when it is back, the older one never")
  func newestAfterTrouble() throws {
    var wire = try Wire([board])
    wire.show("12", on: Boards.one)
    run(&wire, for: .seconds(10))
    wire.show("34", on: Boards.one)
    wire.forget()
    run(&wire, 1, for: .seconds(31))
    #expect(wire.frames == (try Boards.shown(board, "34")))
  }

  @Test("a picture that came while the one before failed is the one that is tried again")
  func newestAfterFailure() throws {
    var wire = try Wire([board])
    wire.show("12", on: Boards.one)
    wire.drain()
    wire.show("34", on: Boards.one)
    wire.forget()
    run(&wire, 1)
    #expect(wire.frames == (try Boards.shown(board, "34")))
  }

  @Test("a board that refuses is tried again, and told with the reason that it gives")
  func refused() throws {
    var wire = try Wire([board])
    var device = ModbusDevice(unit: 1, registers: 0...3)
    wire.show("12", on: Boards.one)
    wire.run(for: .seconds(5)) { device.feed($0).flatMap { $0 } }
    #expect(wire.problems == ["sign-refused"])
    #expect(wire.causes == ["it has no such register (code 2)"])
  }

  @Test(
    "a board that lies is told, sent the picture again, and told anew when it is silent as well")
  func lying() throws {
    var wire = try Wire([board])
    var device = ModbusDevice(unit: 1)
    wire.show("12", on: Boards.one)
    wire.run(for: .seconds(10)) { frame in
      // It takes each write, and shows 99.
      let answers = device.feed(frame).flatMap { $0 }
      _ = device.feed(Modbus.frame(unit: 0, .writeSingle(register: 7, value: 99)))
      return answers
    }
    #expect(wire.problems == ["sign-differs"])
    #expect(wire.frames.count { $0 == wire.frames[0] } >= 3)
    run(&wire, for: .seconds(40))
    #expect(wire.problems == ["sign-differs", "sign-silent"])
  }

  @Test("answers of a wrong speed are told as such")
  func garbled() throws {
    var wire = try Wire([board])
    wire.show("12", on: Boards.one)
    wire.run(for: .seconds(5)) { _ in [0xF8, 0x00, 0xE0] }
    #expect(wire.problems == ["sign-garbled"])
    #expect(wire.told.contains(.noise(bytes: 3)))
  }

  @Test("a picture that the board has is only looked at, and written again when it is lost")
  func refreshing() throws {
    var wire = try Wire([board])
    var device = ModbusDevice(unit: 1)
    wire.show("12", on: Boards.one)
    wire.run { device.feed($0).flatMap { $0 } }
    wire.forget()
    wire.show("12", on: Boards.one)
    wire.run { device.feed($0).flatMap { $0 } }
    let frames = try Boards.shown(board, "12")
    #expect(wire.frames == [frames[1]])
    #expect(wire.told == [.ended(Boards.one, .verified)])
    wire.forget()
    // Without power for a moment, all is 0.
    device = ModbusDevice(unit: 1)
    wire.show("12", on: Boards.one)
    wire.run { device.feed($0).flatMap { $0 } }
    #expect(wire.frames == [frames[1], frames[0], frames[1]])
    let lapses = wire.told.compactMap {
      if case .lapsed(_, let problem) = $0 { problem.cause } else { nil }
    }
    #expect(lapses == ["register 7 was written 12 and holds 0"])
    #expect(device.values(from: 7, count: 1) == [12] && wire.problems == [])
  }

  @Test("one answer that was lost is made good without a word")
  func oneLost() throws {
    var wire = try Wire([board])
    var device = ModbusDevice(unit: 1)
    var count = 0
    wire.show("12", on: Boards.one)
    wire.run(for: .seconds(3)) { frame in
      count += 1
      let answer = device.feed(frame).flatMap { $0 }
      return count == 2 ? [] : answer
    }
    #expect(wire.problems == [] && wire.told.last == .ended(Boards.one, .verified))
    #expect(wire.written.count == 4)
  }

  @Test("a sound that was made is not made again with a picture that has to be sent once more")
  func soundOnce() throws {
    let frame = try FrameDescription(
      head: [1], text: FrameText(places_max: 8, isPadded: false), tail: [7],
      conversation: FrameConversation(
        beep: FrameWord([2, 2]), answer: FrameAnswer(accepts: [6], within_ms: 50)))
    let board = SignBoard(id: Boards.one, signProtocol: .frame(frame), gap: Span(ms: 0))
    var wire = try Wire([board])
    wire.show(SignPicture(["A1"], beeps: true), on: Boards.one)
    var tries = 0
    wire.run(for: .seconds(2)) { frame in
      guard frame[0] == 1 else { return [] }
      tries += 1
      return tries < 3 ? [] : [6]
    }
    #expect(wire.frames.map { $0[0] } == [1, 1, 1, 2])
  }

  @Test("everybody is written to and nobody awaited with a broadcast")
  func broadcast() throws {
    let all = SignBoard(
      id: Boards.one,
      signProtocol: .modbus(ModbusSettings(unit: 0, text: .number(register: 7, max: 9_999))),
      gap: Span(ms: 0))
    var wire = try Wire([all])
    wire.show("12", on: Boards.one)
    wire.run()
    #expect(wire.written.count == 1 && wire.told == [.ended(Boards.one, .sent)])
  }
}
