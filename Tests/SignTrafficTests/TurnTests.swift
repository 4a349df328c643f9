import Branch
import SignProtocols
import SignTraffic
import Testing

@Suite("Boards that share a line")
struct TurnTests {
  @Test("a board that is alone is written at once, and silence is kept behind it")
  func alone() throws {
    let board = try Boards.mute(Boards.one, 1, gap: 300)
    var wire = try Wire([board])
    wire.show("A012", on: Boards.one)
    #expect(wire.frames == (try Boards.shown(board, "A012")))
    wire.drain()
    wire.show("A013", on: Boards.one)
    #expect(wire.written.count == 1)
    wire.wait()
    #expect(wire.frames == (try Boards.shown(board, "A012") + Boards.shown(board, "A013")))
    // 7 characters of 10 bits at 9600 baud are on their way for 7.3 ms, and then the 300 ms.
    let span = wire.written[1].at - wire.written[0].at
    #expect(span >= .milliseconds(308) && span <= .milliseconds(310))
  }

  @Test("no gap is shorter than the most patient board of the line wants")
  func widestGap() throws {
    let quick = try Boards.mute(Boards.one, 1)
    let slow = try Boards.mute(Boards.two, 2, gap: 300)
    var wire = try Wire([quick, slow])
    wire.show("1", on: Boards.one)
    wire.show("2", on: Boards.two)
    wire.run()
    #expect(wire.written[1].at - wire.written[0].at >= .milliseconds(300))
  }

  @Test("of several pictures that wait for one board the newest is sent, once")
  func newest() throws {
    let board = try Boards.mute(Boards.one, 1, gap: 20)
    var wire = try Wire([board])
    for text in ["A1", "A2", "A3", "A4"] { wire.show(text, on: Boards.one) }
    wire.run()
    #expect(wire.frames == (try Boards.shown(board, "A1") + Boards.shown(board, "A4")))
    #expect(wire.told == [.ended(Boards.one, .sent), .ended(Boards.one, .sent)])
  }

  @Test("boards have their turns in the order in which they were asked, each one a round")
  func fairness() throws {
    let boards = [
      try Boards.mute(Boards.one, 1), try Boards.mute(Boards.two, 2),
      try Boards.mute(Boards.three, 3),
    ]
    var wire = try Wire(boards)
    wire.show("a", on: Boards.three)
    wire.show("b", on: Boards.one)
    wire.show("c", on: Boards.two)
    wire.drain()
    // One hammers; the other does not wait longer for that.
    wire.show("d", on: Boards.one)
    wire.drain()
    wire.show("e", on: Boards.one)
    wire.run()
    let texts = wire.frames.map { String(decoding: $0[1...2], as: UTF8.self) }
    #expect(texts == ["\u{3}a", "\u{1}b", "\u{2}c", "\u{1}e"])
  }

  @Test("a picture of several frames is finished before another board's begins")
  func wholePictures() throws {
    let display = SignBoard(
      id: Boards.one, signProtocol: .customerDisplay(CustomerDisplay(.cd5220)), gap: Span(ms: 2))
    let other = try Boards.mute(Boards.two, 2)
    var wire = try Wire([display, other])
    wire.show("A012", on: Boards.one)
    wire.show("B", on: Boards.two)
    wire.show("A013", on: Boards.one)
    wire.run()
    let opening = display.signProtocol.opening.map(\.bytes)
    let rows = try Boards.shown(display, "A012") + Boards.shown(other, "B")
    #expect(wire.frames == (try opening + rows + Boards.shown(display, "A013")))
  }

  @Test("boards that latch are latched once, behind all that were asked")
  func latching() throws {
    let boards = [try Boards.latched(Boards.one, 1), try Boards.latched(Boards.two, 2)]
    var wire = try Wire(boards)
    wire.show("12", on: Boards.one)
    wire.show("34", on: Boards.two)
    wire.show("56", on: Boards.one)
    wire.run()
    // The first one begins alone: nobody else was asked by then.
    #expect(wire.frames.map { $0[0] } == [1, 0x0D, 2, 1, 0x0D])
    for (one, next) in zip(wire.written, wire.written.dropFirst()) {
      #expect(next.at - one.at >= .milliseconds(5))
    }
  }

  @Test("the sound of a call is not lost when its picture waits, and not made twice")
  func beeping() throws {
    let board = try Boards.mute(Boards.one, 1, gap: 10, beep: true)
    var wire = try Wire([board])
    wire.show("A1", on: Boards.one)
    wire.show(SignPicture(["A2"], beeps: true), on: Boards.one)
    wire.show(SignPicture(["A2"]), on: Boards.one)
    wire.run()
    #expect(wire.frames.map { $0[0] } == [1, 1, 2])
    // A refresh shows the same again, without a sound; so does another text behind it.
    wire.show("A2", on: Boards.one)
    wire.run()
    wire.show(SignPicture(["A3"], beeps: true), on: Boards.one)
    wire.show("A4", on: Boards.one)
    wire.run()
    #expect(wire.frames.map { $0[0] } == [1, 1, 2, 1, 1, 2, 1])
  }

  @Test("nothing goes over a line that is lost, and what waited is forgotten")
  func lost() throws {
    let board = try Boards.mute(Boards.one, 1, gap: 10)
    var wire = try Wire([board], opens: false)
    wire.show("A1", on: Boards.one)
    #expect(wire.frames == [] && wire.traffic.deadline == nil)
    wire.traffic.opened()
    wire.show("A2", on: Boards.one)
    wire.show("A3", on: Boards.one)
    wire.traffic.lost()
    wire.drain()
    wire.pass(.seconds(60))
    #expect(wire.frames == (try Boards.shown(board, "A2")))
    wire.traffic.opened()
    wire.show("A4", on: Boards.one)
    #expect(wire.last == (try Boards.shown(board, "A4").last))
  }

  @Test("a display that was opened anew is set up anew")
  func openings() throws {
    let board = SignBoard(
      id: Boards.one, signProtocol: .customerDisplay(CustomerDisplay(.epson)), gap: Span(ms: 0))
    var wire = try Wire([board])
    for _ in 0..<2 {
      wire.show("A1", on: Boards.one)
      wire.run()
    }
    wire.traffic.lost()
    wire.traffic.opened()
    wire.show("A1", on: Boards.one)
    wire.run()
    let opening = try #require(board.signProtocol.opening.first?.bytes)
    #expect(wire.frames.map { $0 == opening } == [true, false, false, true, false])
  }

  @Test("bytes that nobody asked for are told, and change nothing")
  func noise() throws {
    var wire = try Wire([Boards.mute(Boards.one, 1, gap: 10)])
    wire.hear([1, 2, 3])
    wire.show("A1", on: Boards.one)
    wire.hear([4])
    wire.drain()
    wire.hear([5, 6])
    wire.run()
    let noise = wire.told.compactMap { if case .noise(let bytes) = $0 { bytes } else { nil } }
    #expect(noise == [3, 1, 2])
    #expect(wire.written.count == 1)
  }
}
