import PrinterEmulator
import StarPRNT
import Testing
import TicketDesign
import TicketLayout

@Suite("The virtual Star printer") struct StarPrinterTests {
  private func printer(_ language: EmulatedStarModel.Language = .line) -> EmulatedStarPrinter {
    EmulatedStarPrinter(EmulatedStarModel(language))
  }

  @Test(
    "what no manual allows is a fault",
    arguments: [
      ("00", CommandFault.Kind.unknownCommand), ("1b22", .unknownCommand), ("05", .unknownCommand),
      ("1d21", .unknownCommand), ("1b690600", .badParameter), ("1b6100", .badParameter),
      ("1b6180", .badParameter), ("1b6404", .badParameter), ("1b1e4602", .badParameter),
      ("1b1d7463", .unsupported), ("1b1d6103", .badParameter), ("1b7a00", .badParameter),
      ("1b070080", .badParameter), ("1b6b0000", .badParameter), ("1b6b0101", .badParameter),
      ("1b1d53", .unsupported), ("1b1d79533209", .badParameter), ("1b1d7950", .badSymbol),
      ("1b1d794431000000", .badParameter), ("1b62 04 02 04 50 41 1e", .badParameter),
      ("1b62 05 02 01 50 41 1e", .unsupported), ("1b62 06 02 01 50 2541 1e", .badParameter),
      ("1b0618", .unknownCommand), ("1b1d03 03 0000", .unsupported),
      ("1b1d7420 81", .undefinedCharacter),
      ("41 1b1d6101", .notAtLineStart), ("41 1b6401", .notAtLineStart), ("41 17", .notAtLineStart),
    ])
  func strict(bytes: String, kind: CommandFault.Kind) {
    var printer = printer()
    printer.receive(hex(bytes))
    #expect(printer.faults.map(\.kind) == [kind], "\(bytes): \(printer.faults)")
  }

  @Test("StarPRNT has pictures of any height, and refuses wrong ones")
  func blocks() {
    var printer = printer(.prnt)
    printer.receive(hex("1b1d5301 0200 0200 00 ffff0000 1b6400"))
    #expect(printer.faults == [] && printer.takeTickets().first?.rasters.first?.height_px == 2)
    printer.receive(hex("1b1d5300 0200 0200 00"))
    #expect(printer.faults.map(\.kind) == [.badParameter])
  }

  @Test("bands are one picture when the line feed is as high as they are, and not otherwise")
  func bands() {
    let band = hex("1b6b0100") + [UInt8](repeating: 0xAA, count: 24) + [0x0A]
    var printer = printer()
    printer.receive(hex("1b30") + band + band + hex("1b6400"))
    #expect(printer.takeTickets().first?.rasters.map(\.height_px) == [48])
    printer.receive(hex("1b7a01") + band + band + hex("1b6400"))
    #expect(printer.takeTickets().first?.rasters.map(\.height_px) == [24, 24])
  }

  @Test("its status comes on request at any time, and by itself where that is on")
  func status() {
    var printer = printer()
    printer.setPaper(.out)
    #expect(printer.takeAnswers() == [], "nobody asked")
    printer.receive(StarRequest.status.bytes)
    #expect(printer.takeAnswers() == hex("2306 08 00 00 0c 00 00 00"))
    printer.receive(StarRequest.enableAutomaticStatus.bytes)
    printer.setPaper(.ok)
    printer.setCover(open: true)
    printer.setCover(open: false)
    printer.setCutterJammed(true)
    printer.setCutterJammed(false)
    printer.setPaper(.nearEnd)
    printer.setOffline(true)
    #expect(
      printer.takeAnswers()
        == hex("2306 28 00 00 00 00 00 00 2306 00 00 00 00 00 00 00 2306 08 08 00 00 00 00 00")
        + hex("2306 00 00 00 00 00 00 00 2306 00 00 00 04 00 00 00 2306 08 00 00 04 00 00 00"))
    printer.setOffline(false)
    _ = printer.takeAnswers()
    printer.receive(StarRequest.disableAutomaticStatus.bytes)
    printer.setPaper(.ok)
    #expect(printer.takeAnswers() == [])
  }

  @Test("marks are answered when everything before them is on paper, and not sooner")
  func marks() {
    var printer = printer()
    printer.receive(StarRequest.enableAutomaticStatus.bytes)
    printer.linesUntilPaperOut = 2
    printer.receive(hex("410a 420a 430a 17") + StarRequest.echoedMark(0x1234).bytes)
    #expect(printer.takeAnswers() == hex("2306 08 00 00 0c 00 00 00"), "out of paper")
    #expect(printer.current.plainText == "A\nB")
    printer.setPaper(.ok)
    #expect(
      printer.takeAnswers()
        == hex("2306 00 00 00 00 00 00 00 2306 02 00 00 00 00 02 00 1b1d0301 3412 01 00"))
    #expect(printer.current.plainText == "A\nB\nC")
    printer.receive(hex("1b1e4500 17"))
    #expect(printer.takeAnswers() == hex("2306 02 00 00 00 00 02 00"), "counted anew")
    printer.receive([UInt8](repeating: 0x17, count: 32))
    #expect(printer.takeAnswers().suffix(2) == hex("0200")[...], "modulo 32")
    printer.powerCycle()
    printer.receive(StarRequest.status.bytes)
    #expect(printer.takeAnswers() == hex("2306 00 00 00 00 00 00 00"))
  }

  @Test("its buffer is bounded while it is stopped, and what does not fit is a fault")
  func buffer() {
    var printer = EmulatedStarPrinter(EmulatedStarModel(.line, buffer_bytes_max: 1024))
    printer.setCover(open: true)
    printer.receive([UInt8](repeating: 0x41, count: 1025))
    #expect(printer.buffered_bytes == 1024 && !printer.hasRoom)
    #expect(printer.faults.map(\.kind) == [.bufferOverflow])
  }

  @Test("zeros complete any command that was cut in two, and a RS ends a barcode")
  func completed() throws {
    var capabilities = PrinterCapabilities(
      columns: 48, nativeQR: true, cut: .partial, rasterWidth_px: 576)
    capabilities.nativeBarcodes = [.code128]
    let picture = try #require(
      Raster(width_px: 64, height_px: 25, rows: [UInt8](repeating: 0xFF, count: 200)))
    for language in [PrinterLanguage.starLine, .starPRNT] {
      capabilities.language = language
      let bytes = StarEncoder(capabilities).encode(
        TicketDocument([
          .text("A012", TextStyle(width: 3, height: 3)), .raster(picture, align: .centre),
          .qr("text", moduleSize: 4, level: .low, align: .left),
          .barcode(TicketBarcode(try .init(.code128, "A012")), align: .left), .cut,
        ])
      ).bytes
      let whole = StarEncoder(capabilities).encode(
        TicketDocument([.text("NEXT", TextStyle()), .cut])
      ).bytes
      for cut in 1..<bytes.count {
        var printer = EmulatedStarPrinter(
          EmulatedStarModel(language == .starLine ? .line : .prnt))
        printer.receive(bytes[..<cut])
        printer.receive(StarRequest.completing(zeros: bytes.count, capabilities))
        printer.receive(whole)
        #expect(printer.buffered_bytes == 0, "\(language) cut at \(cut)")
        let last = printer.tickets.last
        #expect(last?.lines.last?.text == "NEXT", "\(language) cut at \(cut)")
      }
    }
  }

  @Test("any split of any stream gives the same paper, faults and answers")
  func splits() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(seed: seed)
    let common = hex("1b 1d 1e 79 53 44 62 6b 06 01 17 0a 03 64 41 00 02 31 32 2a 72 0c 59")
    for _ in 0..<200 {
      let bytes = (0..<Int.random(in: 1...300, using: &random)).map { _ in
        Int.random(in: 0..<4, using: &random) == 0
          ? UInt8.random(in: 0...255, using: &random)
          : common.randomElement(using: &random) ?? 0
      }
      let language =
        [EmulatedStarModel.Language.line, .prnt, .graphic].randomElement(using: &random) ?? .line
      var whole = printer(language)
      whole.receive(bytes)
      var split = printer(language)
      for byte in bytes { split.receive([byte]) }
      #expect(whole.tickets == split.tickets && whole.current == split.current, "seed \(seed)")
      #expect(whole.faults == split.faults, "seed \(seed)")
      #expect(whole.takeAnswers() == split.takeAnswers(), "seed \(seed)")
    }
  }
}
