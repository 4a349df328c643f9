import Barcodes
import CodePages
import ESCPOS
import PrinterEmulator
import StarPRNT
import Testing
import TicketDesign
import TicketLayout

/// Star's two languages.
private let languages = [PrinterLanguage.starPRNT, .starLine]

private func star(
  _ language: PrinterLanguage, width_px: Int = 512, native: Bool = true
) -> PrinterCapabilities {
  var capabilities = PrinterCapabilities(
    columns: width_px / 12, nativeQR: native, cut: .partial, feedBeforeCut_lines: 3,
    codePages: [
      .init(page: .cp437, number: 1), .init(page: .cp858, number: 4),
      .init(page: .cp852, number: 5), .init(page: .cp866, number: 10),
    ], processID: true, rasterWidth_px: width_px)
  capabilities.language = language
  capabilities.columnsB = width_px / 9
  capabilities.nativeBarcodes = native ? Set(BarcodeSymbology.allCases) : []
  capabilities.hasDrawer = true
  capabilities.bell = .bel
  return capabilities
}

private func paper(_ language: PrinterLanguage, native: Bool = true) -> EmulatedStarPrinter {
  EmulatedStarPrinter(
    EmulatedStarModel(
      language == .starLine ? .line : .prnt, width_px: 512, hasNativeQR: native))
}

@Suite("A ticket in Star's languages") struct StarTicketTests {
  private func bytes(
    _ elements: [TicketElement], _ language: PrinterLanguage = .starLine, job: UInt64? = nil
  ) -> [UInt8] {
    Array(
      StarEncoder(star(language)).encode(TicketDocument(elements), completion: job)
        .bytes.dropFirst(9))
  }

  @Test("begins with what the memory switches may say otherwise: font A and lines of 4 mm")
  func beginning() {
    let whole = StarEncoder(star(.starPRNT)).encode(TicketDocument([])).bytes
    #expect(whole == hex("1b40 1b1e4600 1b7a01"))
  }

  @Test("styles, sizes and places are told when they change")
  func styles() {
    let style = TextStyle(
      width: 2, height: 3, bold: true, underline: true, invert: true, align: .centre, font: .b)
    #expect(
      bytes([.text("A", style), .text("B", style), .text("C", TextStyle())])
        == hex("1b1d6101 1b690201 1b1e4601 1b45 1b2d01 1b34 410a 420a")
        + hex("1b1d6100 1b690000 1b1e4600 1b46 1b2d00 1b35 430a"))
  }

  @Test("no character is larger than six times, which is all these printers have")
  func sizes() {
    let huge = TextStyle(width: 8, height: 8, overflow: .shrink)
    #expect(bytes([.text("A", huge)]) == hex("1b690505 410a"))
    #expect(bytes([.text("ÄΩ", huge)]).prefix(4) == hex("1b690505")[...])
    let number = bytes([.text("A0123456", huge)])
    #expect(number.prefix(4) == hex("1b690404")[...], "eight of them on 42 columns")
  }

  @Test("feeds, cuts, drawers and the bell") func smallThings() throws {
    #expect(bytes([.feed(lines: 2), .feed(lines: 0)]) == hex("1b6102"))
    #expect(bytes([.feed(lines: 130)]) == hex("1b617f 1b6103"))
    #expect(bytes([.cut]) == hex("1b6103 1b6401"))
    #expect(bytes([.drawer(.pin2), .drawer(.pin5), .bell]) == hex("1b071414 07 1a 1b071414 07"))
    var plain = star(.starLine)
    plain.hasDrawer = false
    plain.bell = nil
    let document = TicketDocument([.drawer(.pin2), .drawer(.pin5), .bell])
    #expect(StarEncoder(plain).encode(document).bytes.count == 9)
    plain.cut = .feedAndPartial
    #expect(
      StarEncoder(plain).encode(TicketDocument([.cut])).bytes.dropFirst(9) == hex("1b6403")[...])
  }

  @Test("code pages are chosen by their Star numbers")
  func pages() {
    #expect(bytes([.text("é Ж", TextStyle())]) == hex("1b1d7401 82 20 1b1d740a 86 0a"))
  }

  @Test("the mark at the end is the count, the echo, or nothing")
  func marks() {
    #expect(bytes([], job: 0x12345) == hex("17"))
    var capabilities = star(.starPRNT)
    capabilities.starMark = .echoed
    func mark() -> ArraySlice<UInt8> {
      StarEncoder(capabilities).encode(TicketDocument([]), completion: 0x12345).bytes.dropFirst(9)
    }
    #expect(mark() == hex("1b1d0301 4523")[...])
    capabilities.processID = false
    #expect(mark() == [])
  }

  @Test("no picture and no QR text resets the printer on its way")
  func disarmed() throws {
    let rows = hex("1b0618 1b0601 1b0602 0000")
    let picture = try #require(Raster(width_px: 88, height_px: 1, rows: rows))
    for language in languages {
      var printer = paper(language)
      printer.receive(
        StarEncoder(star(language)).encode(TicketDocument([.raster(picture, align: .left)])).bytes)
      printer.receive(
        StarEncoder(star(language)).encode(
          TicketDocument([
            .qr("a\u{1B}\u{6}\u{18}", moduleSize: 4, level: .low, align: .left), .cut,
          ])
        ).bytes)
      #expect(printer.faults == [])
      let ticket = try #require(printer.takeTickets().first)
      #expect(ticket.qrTexts == [] && ticket.rasters.count == 2)
    }
  }

  @Test("a size that these printers do not have is told", arguments: languages)
  func tooLarge(language: PrinterLanguage) {
    func told(_ size: Int) -> [Shortfall] {
      let text = TicketElement.text("A1", TextStyle(width: size, height: size))
      return StarEncoder(star(language)).encode(TicketDocument([text, text])).shortfalls
    }
    #expect(told(8) == [.textSmaller(asked: 8, size_max: 6)])
    #expect(told(6) == [])
  }

  @Test("what is too wide is left out and told")
  func tooWide() throws {
    let picture = try #require(
      Raster(width_px: 1032, height_px: 1, rows: [UInt8](repeating: 1, count: 129)))
    // Wider than the command can say, on a head that is wider still.
    let encoded = StarEncoder(star(.starPRNT, width_px: 1200)).encode(
      TicketDocument([.raster(picture, align: .left)]))
    #expect(encoded.shortfalls == [.rasterTooWide(width_px: 1032, width_max_px: 1024)])
    let wide = try Barcode(.code39, "A-TEXT-THAT-NEEDS-MUCH-ROOM")
    let barcode = StarEncoder(star(.starLine, width_px: 384)).encode(
      TicketDocument([.barcode(TicketBarcode(wide), align: .left)]))
    #expect(barcode.shortfalls.map(\.problem.code) == ["barcode-too-wide"])
  }

  @Test("a barcode that may come out too wide in the printer's own code set is sent as a picture")
  func widest() throws {
    // 24 digits: 12 symbol characters in set C, 24 without.
    let symbol = try Barcode(.code128, "123456789012345678901234")
    for language in languages {
      var printer = paper(language)
      let element = TicketElement.barcode(TicketBarcode(symbol), align: .centre)
      printer.receive(
        StarEncoder(star(language)).encode(TicketDocument([element, .cut])).bytes)
      #expect(printer.faults == [])
      let ticket = try #require(printer.takeTickets().first)
      #expect(ticket.barcodes == [] && ticket.rasters.count == 1)
    }
  }
}

@Suite("The same ticket on Epson and Star") struct SameTicketTests {
  private func epson(native: Bool = true) -> PrinterCapabilities {
    var capabilities = star(.escpos, native: native)
    capabilities.codePages = [
      .init(page: .cp437, number: 0), .init(page: .cp858, number: 19),
      .init(page: .cp852, number: 18), .init(page: .cp866, number: 17),
    ]
    return capabilities
  }

  /// The same paper from all three, without a fault; that of Epson first.
  private func print(
    _ document: TicketDocument, native: Bool = true, _ comment: String = ""
  ) throws -> [PrintedTicket] {
    var first = EmulatedPrinter()
    let encoded = TicketEncoder(epson(native: native)).encode(document)
    first.receive(encoded.bytes)
    #expect(first.faults == [], "\(comment)")
    var tickets = [try #require(first.takeTickets().first)]
    for language in languages {
      var printer = paper(language, native: native)
      let other = StarEncoder(star(language, native: native)).encode(document, completion: 1)
      printer.receive(other.bytes)
      #expect(printer.faults == [], "\(language) \(comment)")
      #expect(other.shortfalls == encoded.shortfalls, "\(language) \(comment)")
      #expect(printer.buffered_bytes == 0)
      tickets.append(try #require(printer.takeTickets().first))
    }
    return tickets
  }

  private func expectSame(_ tickets: [PrintedTicket], _ comment: String = "") {
    for other in tickets.dropFirst() {
      #expect(other.plainText == tickets[0].plainText, "\(comment)")
      #expect(other.qrTexts == tickets[0].qrTexts, "\(comment)")
      #expect(other.barcodes == tickets[0].barcodes, "\(comment)")
      #expect(other.largeTexts == tickets[0].largeTexts, "\(comment)")
      #expect(other.cut == tickets[0].cut, "\(comment)")
    }
  }

  private func rich() throws -> TicketDocument {
    TicketDocument([
      .text("Bürgerbüro am Żoliborz", TextStyle(bold: true, align: .centre)),
      .text("A012", TextStyle(width: 6, height: 6, align: .centre, overflow: .shrink)), .rule,
      .text("Очередь 100 % ждёт", TextStyle(invert: true)),
      .text("long text that has to be wrapped by words at the end of the line", TextStyle()),
      .text("small", TextStyle(font: .b)), .feed(lines: 1),
      .qr("https://example.org/q/A012?p=%20", moduleSize: 6, level: .medium, align: .centre),
      .barcode(TicketBarcode(try Barcode(.code128, "A-12%B")), align: .right),
      .barcode(TicketBarcode(try Barcode(.ean13, "400638133393"), height_px: 60), align: .left),
      .barcode(TicketBarcode(try Barcode(.code39, "TICKET-7"), hasCaption: false), align: .centre),
      .cut,
    ])
  }

  @Test("with the symbols of the printers themselves")
  func native() throws {
    let tickets = try print(try rich())
    expectSame(tickets)
    #expect(tickets[0].qrTexts == ["https://example.org/q/A012?p=%20"])
    #expect(tickets[0].barcodes == ["A-12%B", "4006381333931", "TICKET-7"])
  }

  @Test("with pictures of them, which an independent reader reads")
  func pictures() throws {
    let tickets = try print(try rich(), native: false)
    expectSame(tickets)
    for ticket in tickets {
      #expect(ticket.qrTexts == [] && ticket.rasters.count == 4)
      let picture = [PaperRenderer.bitmap(ticket, width_px: 512).pbm]
      #expect(try ZBar.read(picture) == ["https://example.org/q/A012?p=%20"])
      #expect(try ZBar.read(picture, ["code128"]) == ["A-12%B"])
      #expect(try ZBar.read(picture, ["ean13"]) == ["4006381333931"])
      #expect(try ZBar.read(picture, ["code39"]) == ["TICKET-7"])
    }
  }

  @Test("pictures have the same dots, in line mode up to the end of the last band")
  func dots() throws {
    var random = SeededRandom(seed: 7)
    // Without the first bytes of real-time commands, which each language disarms in its way.
    let rows = (0..<40 * 1200).map { _ in UInt8.random(in: 0x20...0xFF, using: &random) }
    let raster = try #require(Raster(width_px: 320, height_px: 1200, rows: rows))
    let tickets = try print(TicketDocument([.raster(raster, align: .centre), .cut]))
    let drawn = tickets.map(\.rasters)
    #expect(drawn.allSatisfy { $0.count == 1 })
    #expect(drawn[0][0] == drawn[1][0])
    #expect(drawn[2][0].rows == drawn[0][0].rows, "1200 rows are 50 bands")
    let odd = try #require(Raster(width_px: 8, height_px: 25, rows: Array(rows[0..<25])))
    let banded = try print(TicketDocument([.raster(odd, align: .left), .cut]))[2].rasters[0]
    #expect(banded.rows == odd.rows + [UInt8](repeating: 0, count: 23))
  }

  @Test("random tickets")
  func random() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(seed: seed)
    for round in 0..<150 {
      let elements = (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in
        element(&random)
      }
      let native = Bool.random(using: &random)
      let document = TicketDocument(elements + [.text("end", TextStyle()), .cut])
      expectSame(
        try print(document, native: native, "seed \(seed) round \(round)"),
        "seed \(seed) round \(round)")
    }
  }

  private func element(_ random: inout SeededRandom) -> TicketElement? {
    let align = Alignment.allCases.randomElement(using: &random) ?? .left
    func text(_ letters: String, _ length: ClosedRange<Int>) -> String {
      let count = Int.random(in: length, using: &random)
      return String((0..<count).compactMap { _ in letters.randomElement(using: &random) })
    }
    switch Int.random(in: 0..<9, using: &random) {
    case 0...3:
      // Six times at most, as Star's printers have.
      let style = TextStyle(
        width: .random(in: 1...6, using: &random), height: .random(in: 1...6, using: &random),
        bold: .random(using: &random), underline: .random(using: &random),
        invert: .random(using: &random), align: align,
        overflow: Bool.random(using: &random) ? .wrap : .shrink,
        font: Bool.random(using: &random) ? .a : .b)
      return .text(text("abcé ßЖДłŁ€\n\u{1B}待 'x9", 0...70), style)
    case 4: return .feed(lines: Int.random(in: 0...200, using: &random))
    case 5: return .rule
    case 6:
      return .qr(
        text("abc%?/:é9", 1...60), moduleSize: Int.random(in: 1...8, using: &random),
        level: QRLevel.allCases.randomElement(using: &random) ?? .low, align: align)
    case 7:
      let symbology = BarcodeSymbology.allCases.randomElement(using: &random) ?? .code39
      let content =
        switch symbology {
        case .code128: text("aB%{1 23456789", 1...12)
        case .ean13: text("0123456789", 12...12)
        case .code39: text("ABC-. $/+%09", 1...8)
        }
      guard let symbol = try? Barcode(symbology, content) else { return nil }
      return .barcode(
        TicketBarcode(
          symbol, height_px: Int.random(in: 20...200, using: &random),
          hasCaption: Bool.random(using: &random)), align: align)
    default:
      let stride = Int.random(in: 1...64, using: &random)
      let height = Int.random(in: 1...60, using: &random)
      let rows = (0..<stride * height).map { _ in UInt8.random(in: 0...255, using: &random) }
      return Raster(width_px: stride * 8, height_px: height, rows: rows)
        .map { .raster($0, align: align) }
    }
  }
}
