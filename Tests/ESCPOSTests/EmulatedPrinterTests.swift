import PrinterEmulator
import Testing

/// What the printer said since it was last asked.
func expectAnswers(
  _ printer: inout EmulatedPrinter, _ expected: [UInt8],
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let answers = printer.takeAnswers()
  #expect(answers == expected, sourceLocation: sourceLocation)
}

@Suite struct EmulatedPrinterTests {
  private func printer(
    fed text: String, _ model: EmulatedModel = .tmT88V
  ) -> EmulatedPrinter {
    var printer = EmulatedPrinter(model)
    printer.receive(hex(text))
    return printer
  }

  @Test("a hand tears off what reached the tear bar, no more, and between two tickets at once")
  func tearBar() {
    var model = EmulatedModel.generic58
    model.tearFeed_px = 120
    var printer = EmulatedPrinter(model)
    let ticket = [0x1B, 0x40] + Array("A001\n".utf8)
    printer.receive(ticket + [0x1B, 0x64, 3])
    printer.tearOff()
    #expect(printer.tickets.isEmpty, "three lines are not the way to the tear bar")
    printer.receive([0x1B, 0x64, 1, 0x1B])
    printer.tearOff()
    #expect(printer.tickets.isEmpty, "a command has begun")
    printer.receive([0x40] + Array("A002\n".utf8) + [0x1B, 0x64, 4])
    #expect(printer.tickets.map(\.plainText) == ["A001"])
    printer.tearOff()
    #expect(printer.tickets.map(\.plainText) == ["A001", "A002"])
    #expect(printer.tickets.allSatisfy { $0.cut == .tornOff && !$0.isTorn })
    printer.tearOff()
    #expect(printer.tickets.count == 2 && printer.faults.isEmpty)
    var other = EmulatedPrinter(.generic58)
    other.receive(ticket + [0x1B, 0x64, 9])
    other.tearOff()
    #expect(other.tickets.isEmpty, "nobody tears at a printer with a knife")
  }

  @Test("text, styles and alignment stand on the paper")
  func text() {
    let printer = printer(fed: "1b40 1b6101 1b4501 1d2111 4130 1d2100 1b4500 31 0a 1d5601")
    #expect(printer.faults == [])
    #expect(printer.ticketCount == 1)
    let ticket = printer.tickets[0]
    #expect(ticket.plainText == "A01")
    #expect(ticket.cut == .partial)
    #expect(ticket.lines[0].align == .centre)
    #expect(ticket.lines[0].runs.map(\.text) == ["A0", "1"])
    #expect(ticket.lines[0].runs[0].style.width == 2 && ticket.lines[0].runs[0].style.bold)
    #expect(ticket.lines[0].runs[1].style == PrintedStyle())
  }

  @Test("characters are read with the active code page")
  func codePages() {
    let printer = printer(fed: "1b7400 82 1b7411 86 1b7412 88 1b7400 ea 1b740f a4 0a")
    #expect(printer.current.plainText == "éЖłΩ€")
    #expect(printer.faults == [])
  }

  /// Captured from python-escpos 3.1 with its TM-T88V profile: texts in several sizes and code
  /// pages, a QR code, a barcode, a picture, two cuts.
  private static let knownEncoder = """
    1b40 1b2100 1b2100 1b2130 1b4501 1b6101 1b7400 48656c6c6f0a 1d2133 1b6100 413031320a
    1b2100 1b2100 1b2100 1b2d01 8220 1b7411 8620 1b7412 8820 1b7400 ea20 1b740f a40a
    1b4d01 1d4201 696e760a 1b2100 1b2100 1b2100 1b7b00 1d6200 1b4500 1b2d00 1b4d00 1b6100 1d4200
    1d286b040031413200 1d286b0300314304 1d286b0300314530
    1d286b1900315030 68747470733a2f2f782e6578616d706c652f41303132 1d286b0300315130
    1b6101 1d6840 1d7703 1d6600 1d4802 1d6b49067b4241303132
    1d763000 0300 0a00 ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff
    1b6406 1d5600 1b6406 1d5601
    """

  @Test("what a well-known encoder writes is understood without a fault")
  func otherEncoder() {
    let printer = printer(fed: Self.knownEncoder)
    #expect(printer.faults == [])
    #expect(printer.ticketCount == 2)
    let ticket = printer.tickets[0]
    #expect(ticket.plainText == "Hello\nA012\né Ж ł Ω €\ninv")
    #expect(ticket.lines[0].runs[0].style.width == 2 && ticket.lines[0].runs[0].style.bold)
    #expect(ticket.largeTexts == ["A012"])
    #expect(ticket.lines[2].runs[0].style.underline)
    #expect(ticket.lines[3].runs[0].style.invert && ticket.lines[3].runs[0].style.font == .b)
    #expect(ticket.qrTexts == ["https://x.example/A012"])
    #expect(ticket.barcodes == ["A012"])
    #expect(ticket.rasters.map(\.height_px) == [10])
    #expect(printer.tickets.map(\.cut) == [.full, .partial])
  }

  @Test(
    "what no manual allows is a fault with its place in the stream",
    arguments: [
      ("61 1b7a 62", CommandFault.Kind.unknownCommand, 1),
      ("00", .unknownCommand, 0), ("1d21 88", .badParameter, 0), ("1b6103", .badParameter, 0),
      ("1b74c8", .unsupported, 0), ("61 1d5602", .badParameter, 1),
      ("1d286b0300315130", .badSymbol, 0), ("1d286b0300310130", .badParameter, 0),
      ("1d284806003030 20202000", .badParameter, 0), ("1d287a", .unknownCommand, 0),
      ("1d76300000000a00", .badParameter, 0), ("100409", .badParameter, 0),
      ("1b7410 81", .undefinedCharacter, 3), ("61 1b6101", .notAtLineStart, 1),
      ("1d763000 4600 0100" + String(repeating: "00", count: 70), .tooWide, 0),
      ("1d763000 0300 0100 100401", .realTimeWithinData, 0), ("1d6b04 4100", .unsupported, 0),
      ("1d6b4904 7b421b40", .badParameter, 0), ("1b7a", .unknownCommand, 0),
    ])
  func faults(bytes: String, kind: CommandFault.Kind, offset: Int) {
    let printer = printer(fed: bytes)
    #expect(printer.faults.first?.kind == kind)
    #expect(printer.faults.first?.offset == offset)
  }

  @Test("a printer without a command says so")
  func lesserModels() {
    #expect(printer(fed: "1d286b0300314304", .generic58).faults.map(\.kind) == [.unsupported])
    #expect(
      printer(fed: "1d284806003030 20202020", .generic58).faults.map(\.kind) == [.unsupported])
    var model = EmulatedModel.generic58
    model.hasGSV = false
    #expect(printer(fed: "1d5601", model).faults.map(\.kind) == [.unsupported])
    #expect(printer(fed: "610a1b6d", model).ticketCount == 1)
  }

  @Test("lines that are too long are broken by the printer, and marked")
  func breaks() {
    var printer = EmulatedPrinter(.generic58)
    printer.receive([UInt8](repeating: 0x61, count: 33) + [0x0A])
    #expect(printer.current.lines.map(\.text.count) == [32, 1])
    #expect(printer.current.lines.map(\.isBroken) == [true, false])
  }

  @Test("while paper is out, commands wait and real-time ones are answered")
  func paperOut() {
    var printer = EmulatedPrinter()
    printer.receive(hex("1d610e"))
    expectAnswers(&printer, hex("10000000"))
    printer.setPaper(.out)
    expectAnswers(&printer, hex("18000f00"))
    printer.receive(hex("410a 1d5601 1d284806003030 20202021 100404 100401"))
    expectAnswers(&printer, hex("72 1a"))
    #expect(printer.ticketCount == 0 && printer.buffered_bytes > 0)
    printer.setPaper(.ok)
    expectAnswers(&printer, hex("10000000 37222020202100"))
    let tickets = printer.takeTickets()
    #expect(tickets.map(\.plainText) == ["A"])
    #expect(printer.tickets == [] && printer.ticketCount == 1)
    #expect(printer.faults == [])
  }

  @Test("the roll can end within a ticket, which goes on when it is changed")
  func paperEndsWithin() {
    var printer = EmulatedPrinter()
    printer.linesUntilPaperOut = 2
    printer.receive(hex("610a 620a 630a 1d5601"))
    #expect(printer.current.plainText == "a\nb")
    #expect(printer.isStopped)
    printer.setPaper(.nearEnd)
    #expect(printer.tickets.map(\.plainText) == ["a\nb\nc"])
  }

  @Test("cover, cutter and offline stop the printer and are told")
  func otherStops() {
    var printer = EmulatedPrinter()
    printer.receive(hex("1d610e"))
    printer.setCover(open: true)
    printer.receive(hex("100402 41 0a"))
    printer.setCover(open: false)
    expectAnswers(&printer, hex("10000000 38000000 16 10000000"))
    #expect(printer.current.plainText == "A")
    printer.setCutterJammed(true)
    printer.receive(hex("100402 100403"))
    expectAnswers(&printer, hex("18080000 52 1a"))
    printer.setCutterJammed(false)
    printer.setOffline(true)
    expectAnswers(&printer, hex("10000000 18000000"))
    printer.setPaper(.nearEnd)
    expectAnswers(&printer, hex("18000300"))
  }

  @Test("the port status of USB tells the same as the printer's own answers")
  func portStatus() {
    var printer = EmulatedPrinter()
    #expect(printer.portStatus == 0x18)
    printer.setPaper(.out)
    #expect(printer.portStatus == 0x30)
    printer.setPaper(.ok)
    printer.setCover(open: true)
    #expect(printer.portStatus == 0x10)
    printer.setCover(open: false)
    printer.setOffline(true)
    #expect(printer.portStatus == 0x08)
  }

  @Test("DLE ENQ 2 forgets what waits behind a jammed knife, and does nothing else")
  func mends() {
    var printer = EmulatedPrinter()
    printer.receive(hex("61 100502 0a"))
    #expect(printer.current.plainText == "a")
    printer.setCutterJammed(true)
    printer.receive(hex("62 0a 100502 63 0a"))
    #expect(printer.current.plainText == "a\nc")
    printer.setPaper(.out)
    printer.receive(hex("64 0a 100502"))
    printer.setPaper(.ok)
    #expect(printer.current.plainText == "a\nc\nd", "nothing to mend at paper end")
    #expect(printer.faults == [])
  }

  @Test("DLE DC4 function 8 forgets what waits in any state, and says so")
  func clears() {
    var printer = EmulatedPrinter()
    printer.receive(hex("61 0a"))
    printer.setPaper(.out)
    printer.receive(hex("62 0a") + hex("10140801031401060208"))
    #expect(printer.takeAnswers() == hex("372500"))
    printer.setPaper(.ok)
    printer.receive(hex("63 0a") + hex("10140801031401060208") + hex("64 0a"))
    #expect(printer.current.plainText == "a\nc\nd")
    #expect(printer.faults == [])
  }

  @Test("a power cycle loses the buffer and tears the ticket that was being printed")
  func powerCycle() {
    var printer = EmulatedPrinter()
    printer.receive(hex("1b4501 610a 1d286b0700315030"))
    printer.powerCycle()
    #expect(printer.tickets.map(\.isTorn) == [true])
    #expect(printer.tickets[0].plainText == "a")
    printer.receive(hex("620a 1d5601"))
    #expect(printer.tickets.map(\.plainText) == ["a", "b"])
    #expect(printer.tickets[1].lines[0].runs[0].style.bold == false)
    printer.powerCycle()
    // Letters that only stood in the line buffer leave no paper behind.
    printer.receive(hex("63"))
    printer.powerCycle()
    #expect(printer.ticketCount == 2)
    #expect(printer.faults == [])
  }

  @Test("bytes beyond the buffer are lost and reported, also within a picture")
  func overflow() {
    var model = EmulatedModel.tmT88V
    model.buffer_bytes_max = 1024
    var printer = EmulatedPrinter(model)
    printer.setPaper(.out)
    printer.receive([UInt8](repeating: 0x61, count: 1023))
    #expect(printer.hasRoom)
    printer.receive([0x61, 0x61])
    #expect(!printer.hasRoom)
    #expect(printer.faults.map(\.kind) == [.bufferOverflow])
  }

  @Test("the same stream gives the same paper, answers and faults in every split")
  func splits() {
    let stream = hex(
      """
      1b40 1b6101 1d2155 41303132 0a 1d2100 100404 1b7412 9f 0a 1d610e 1b7a
      1d286b070031503041303132 1d286b0300315130 1d763000 0300 0200 aabbccddeeff
      1b6406 1d5601 1d284806003030 20202021 100401
      """)
    func outcome(_ pieces: [[UInt8]]) -> ([PrintedTicket], [CommandFault], [UInt8]) {
      var printer = EmulatedPrinter()
      var answers: [UInt8] = []
      for piece in pieces {
        printer.receive(piece)
        answers += printer.takeAnswers()
      }
      return (printer.tickets, printer.faults, answers)
    }
    let whole = outcome([stream])
    #expect(whole.0.count == 1 && whole.1.count == 1)
    #expect(outcome(stream.map { [$0] }) == whole)
    for cut in 0...stream.count {
      #expect(outcome([Array(stream[..<cut]), Array(stream[cut...])]) == whole)
    }
  }

  @Test("random bytes never trap, and stay bounded")
  func garbage() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(seed: seed)
    let lead = hex("1b1d1c10 0a 286b 48 76 30 56 40 61 04 05 14 31 50")
    for _ in 0..<40 {
      var printer = EmulatedPrinter()
      for _ in 0..<1000 {
        let byte =
          Bool.random(using: &random)
          ? UInt8.random(in: 0...255, using: &random) : lead.randomElement(using: &random) ?? 0
        printer.receive([byte])
        if byte == 0xFF { printer.setPaper(printer.paper == .out ? .ok : .out) }
      }
      printer.powerCycle()
      #expect(printer.faults.count <= EmulatedPrinter.faults_max, "seed \(seed)")
      for ticket in printer.tickets.prefix(4) {
        _ = PaperRenderer.terminal(ticket, columns: 42)
        _ = PaperRenderer.bitmap(ticket, width_px: 512)
      }
    }
  }
}
