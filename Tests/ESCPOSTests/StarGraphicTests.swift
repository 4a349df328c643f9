import Barcodes
import ESCPOS
import PrinterEmulator
import StarPRNT
import Testing
import TicketDesign
import TicketLayout

private func graphic(width_px: Int = 576) -> PrinterCapabilities {
  var capabilities = PrinterCapabilities(
    columns: width_px / 12, cut: .partial, processID: true, rasterWidth_px: width_px)
  capabilities.language = .starGraphic
  capabilities.columnsB = width_px / 9
  capabilities.hasDrawer = true
  capabilities.bell = .bel
  return capabilities
}

/// One that strikes characters and takes our pictures, for the same paper.
private func striking(width_px: Int = 576) -> PrinterCapabilities {
  var capabilities = PrinterCapabilities(
    columns: width_px / 12, cut: .partial,
    codePages: [
      .init(page: .cp437, number: 0), .init(page: .cp858, number: 19),
      .init(page: .cp852, number: 18), .init(page: .cp866, number: 17),
      .init(page: .cp737, number: 14),
    ], rasterWidth_px: width_px)
  capabilities.columnsB = width_px / 9
  return capabilities
}

private let head = "1b2a7252 1b2a7241 1b2a7243 1b2a72503000 1b2a72453100 1b2a7246313300"
private let foot = "1b0c04 1b2a7242"

@Suite("A ticket for a printer that takes pictures only") struct StarGraphicTests {
  private func bytes(_ elements: [TicketElement], job: UInt64? = nil) -> [UInt8] {
    StarEncoder(graphic()).encode(TicketDocument(elements), completion: job).bytes
  }

  /// What comes out, without a fault.
  private func paper(
    _ document: TicketDocument, width_px: Int = 576, _ comment: String = ""
  ) throws -> PrintedTicket {
    var printer = EmulatedStarPrinter(EmulatedStarModel(.graphic, width_px: width_px))
    printer.receive(StarEncoder(graphic(width_px: width_px)).encode(document).bytes)
    #expect(printer.faults == [] && printer.buffered_bytes == 0, "\(comment)")
    return try #require(printer.takeTickets().first, "\(comment)")
  }

  @Test("raster mode is entered without what an interrupted ticket left, and quit without dots")
  func frame() {
    #expect(bytes([]) == hex(head + foot))
    #expect(bytes([.cut]) == hex(head + "1b0c00" + foot))
  }

  @Test("rows go as far as their last black dot, white ones are fed")
  func rows() throws {
    let dots = hex("80 01 00 00 00 00 00 00 00 F0 00 00")
    let picture = try #require(Raster(width_px: 32, height_px: 3, rows: dots))
    let expected = "62 0200 8001 1b2a72593100 62 0200 00f0 1b2a7259333000 1b0c00"
    #expect(
      bytes([.raster(picture, align: .left), .feed(lines: 1), .cut])
        == hex(head + expected + foot))
    let right = bytes([
      .raster(try #require(Raster(width_px: 4, height_px: 1, rows: [0x90])), align: .right)
    ])
    #expect(
      right == hex(head + "62 4800") + [UInt8](repeating: 0, count: 71) + hex("09" + foot))
  }

  @Test("the knife is worked at the end of each page as the profile says")
  func cuts() {
    for (kind, mode) in [
      (CutKind.full, "39"), (.partial, "3133"), (.escM, "3133"), (.feedAndPartial, "3133"),
      (.none, "33"),
    ] {
      var capabilities = graphic()
      capabilities.cut = kind
      let bytes = StarEncoder(capabilities).encode(TicketDocument([.cut])).bytes
      #expect(bytes.dropFirst(24).starts(with: hex("1b2a7246" + mode + "00 1b0c00")), "\(kind)")
    }
  }

  @Test("drawers and bells are worked outside of raster mode, before the mark")
  func pulses() {
    #expect(
      bytes([.drawer(.pin2), .drawer(.pin5), .bell], job: 0x12345)
        == hex(head + foot + "1b071414 07 1a 1b071414 07 17"))
    var echoing = graphic()
    echoing.starMark = .echoed
    #expect(
      StarEncoder(echoing).encode(TicketDocument([]), completion: 0x12345).bytes
        == hex(head + foot + "1b1d0301 4523"))
    var plain = graphic()
    plain.hasDrawer = false
    plain.bell = nil
    let document = TicketDocument([.drawer(.pin2), .drawer(.pin5), .bell])
    #expect(StarEncoder(plain).encode(document).bytes == hex(head + foot))
  }

  @Test("what cannot be drawn is a question mark or left out, and told")
  func shortfalls() throws {
    let text = StarEncoder(graphic()).encode(
      TicketDocument([.text("待 e\u{301} Ω ж ש", TextStyle())]))
    #expect(text.shortfalls == [.unprintable("待")])
    let picture = try #require(
      Raster(width_px: 584, height_px: 1, rows: [UInt8](repeating: 1, count: 73)))
    let wide = StarEncoder(graphic()).encode(TicketDocument([.raster(picture, align: .left)]))
    #expect(wide.shortfalls == [.rasterTooWide(width_px: 584, width_max_px: 576)])
    #expect(wide.bytes == hex(head + foot))
    let long = TicketElement.barcode(
      TicketBarcode(try Barcode(.code39, "A-TEXT-THAT-NEEDS-MUCH-ROOM")), align: .left)
    let barcode = StarEncoder(graphic(width_px: 384)).encode(TicketDocument([long, .cut]))
    #expect(barcode.shortfalls.map(\.problem.code) == ["barcode-too-wide"])
    let said = try paper(TicketDocument([long, .cut]), width_px: 384)
    #expect(said.lettersRead(width_px: 384).plainText == "A-TEXT-THAT-NEEDS-MUCH-ROOM")
  }

  @Test("no picture resets the printer on its way")
  func disarmed() throws {
    let picture = try #require(
      Raster(width_px: 72, height_px: 1, rows: hex("1b0618 1b0601 1b0602")))
    let ticket = try paper(TicketDocument([.raster(picture, align: .left), .cut]))
    #expect(ticket.rasters.first?.rows.prefix(9) == hex("1b0e18 1b0e01 1b0602")[...])
  }

  @Test("symbols on it are read by an independent reader")
  func symbols() throws {
    let ticket = try paper(
      TicketDocument([
        .text("A012", TextStyle(width: 6, height: 6, align: .centre)),
        .qr("https://example.org/q/A012", moduleSize: 6, level: .medium, align: .centre),
        .barcode(TicketBarcode(try Barcode(.code128, "A-12%B")), align: .right),
        .barcode(TicketBarcode(try Barcode(.ean13, "400638133393")), align: .left), .cut,
      ]))
    let picture = [PaperRenderer.bitmap(ticket, width_px: 576).pbm]
    #expect(try ZBar.read(picture) == ["https://example.org/q/A012"])
    #expect(try ZBar.read(picture, ["code128"]) == ["A-12%B"])
    #expect(try ZBar.read(picture, ["ean13"]) == ["4006381333931"])
  }

  @Test("its dots are those of the same ticket from a printer that has letters, and can be read")
  func sameDots() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(seed: seed)
    for round in 0..<40 {
      let width_px = [384, 512, 576, 640].randomElement(using: &random) ?? 576
      // A line in reverse is not read right below bars.
      let elements = (0..<Int.random(in: 1...6, using: &random)).flatMap { _ in
        element(&random).map { [$0, .feed(lines: 1)] } ?? []
      }
      let document = TicketDocument(elements + [.text("end", TextStyle()), .cut])
      let comment = "seed \(seed) round \(round)"
      var other = EmulatedPrinter(EmulatedModel(width_px: width_px))
      other.receive(TicketEncoder(striking(width_px: width_px)).encode(document).bytes)
      #expect(other.faults == [], "\(comment)")
      let struck = try #require(other.takeTickets().first, "\(comment)")
      let drawn = try paper(document, width_px: width_px, comment)
      let wanted = PaperRenderer.bitmap(struck, width_px: width_px)
      let seen = PaperRenderer.bitmap(drawn, width_px: width_px)
      let measure = PaperMeasure(graphic(width_px: width_px))
      #expect(measure.height_dots(document) == wanted.height_px - 80, "\(comment)")
      // The way to the knife is fed by the printer.
      #expect(seen.height_px == wanted.height_px + 88, "\(comment)")
      let upTo = (wanted.height_px - 40) * ((width_px + 7) / 8)
      let dots = zip(seen.picture?.rows.prefix(upTo) ?? [], wanted.picture?.rows ?? [])
      // Where dots would be a real-time command, one more is black.
      let differing = dots.enumerated().filter { $0.element.0 != $0.element.1 }
      #expect(differing.allSatisfy { $0.element.0 == $0.element.1 | 0x08 }, "\(comment)")
      guard differing.isEmpty else { continue }
      let read = drawn.lettersRead(width_px: width_px)
      #expect(texts(read.lines) == texts(struck.lines), "\(comment)")
      #expect(texts(read.lines, large: true) == texts(struck.lines, large: true), "\(comment)")
    }
  }

  /// Without blanks at the ends, which nobody sees.
  private func texts(_ lines: [PrintedLine], large: Bool = false) -> [String] {
    lines.filter { !large || $0.runs.contains { $0.style.width >= 3 } }.map { line in
      String(line.text.reversed().drop { $0 == " " }.reversed())
    }
  }

  /// Letters that no other looks like, and that both printers have. Pictures stand at the left:
  /// other printers take whole bytes, which stand elsewhere than so many dots.
  private func element(_ random: inout SeededRandom) -> TicketElement? {
    let align = Alignment.allCases.randomElement(using: &random) ?? .left
    func text(_ letters: String, _ length: ClosedRange<Int>) -> String {
      let count = Int.random(in: length, using: &random)
      return String((0..<count).compactMap { _ in letters.randomElement(using: &random) })
    }
    switch Int.random(in: 0..<8, using: &random) {
    case 0...3:
      let style = TextStyle(
        width: .random(in: 1...8, using: &random), height: .random(in: 1...8, using: &random),
        bold: .random(using: &random), underline: .random(using: &random),
        invert: .random(using: &random), align: align,
        overflow: Bool.random(using: &random) ? .wrap : .shrink,
        font: Bool.random(using: &random) ? .a : .b)
      return .text("x" + text("abcéßЖДłΣ9 Hg", 0...40), style)
    case 4: return .feed(lines: Int.random(in: 0...9, using: &random))
    case 5: return .rule
    case 6:
      return .qr(
        text("abc%?/:é9", 1...60), moduleSize: Int.random(in: 2...8, using: &random),
        level: QRLevel.allCases.randomElement(using: &random) ?? .low, align: .left)
    default:
      guard let symbol = try? Barcode(.code39, "A" + text("ABC-. $/+%09", 1...7)) else {
        return nil
      }
      return .barcode(
        TicketBarcode(
          symbol, height_px: Int.random(in: 20...200, using: &random),
          hasCaption: Bool.random(using: &random)), align: .left)
    }
  }
}

@Suite("A printer of Star's graphic mode") struct StarGraphicPrinterTests {
  private func faults(_ bytes: String) -> [CommandFault.Kind] {
    var printer = EmulatedStarPrinter(EmulatedStarModel(.graphic))
    printer.receive(hex(bytes))
    return printer.faults.map(\.kind)
  }

  @Test(
    "takes no characters, and no commands of other languages",
    arguments: [
      ("41", CommandFault.Kind.unsupported), ("0a", .unknownCommand), ("1b40", .unknownCommand),
      ("1b1e4600", .unsupported), ("1b1d7401", .unsupported), ("62 0100 80", .unsupported),
      ("1b2a725900", .unsupported), ("1b0c04", .unknownCommand), ("1b2a7158", .unknownCommand),
    ])
  func foreign(bytes: String, kind: CommandFault.Kind) {
    #expect(faults(bytes).first == kind)
  }

  @Test(
    "takes nothing malformed within raster mode",
    arguments: [
      ("62 0000", CommandFault.Kind.badParameter), ("1b2a725900", .badParameter),
      ("1b2a72593000", .badParameter), ("1b2a7259 3130303030 00", .badParameter),
      ("1b2a724534 00", .badParameter), ("1b2a72503100", .unsupported),
      ("1b2a725931 0a", .badParameter), ("1b0c01", .unknownCommand), ("07", .unknownCommand),
      ("17", .unknownCommand), ("1b1d0301 0000", .unknownCommand), ("6c", .unsupported),
      ("62 4900" + String(repeating: "01", count: 73), .tooWide),
      ("62 0300 1b0601", .realTimeWithinData), ("1b2a7251 3000", .unknownCommand),
    ])
  func malformed(bytes: String, kind: CommandFault.Kind) {
    #expect(faults("1b2a7241" + bytes).first == kind)
  }

  @Test("draws what k writes on top of each other, and cuts what is left when raster mode ends")
  func rows() throws {
    var printer = EmulatedStarPrinter(EmulatedStarModel(.graphic, width_px: 96))
    printer.receive(hex("1b2a7241 6b 0100 80 6b 0200 0101 62 0100 40 6b 0100 01 1b2a7242"))
    #expect(printer.faults == [])
    let ticket = try #require(printer.takeTickets().first)
    let pad = [UInt8](repeating: 0, count: 10)
    #expect(ticket.rasters.map(\.rows) == [[0xC1, 0x01] + pad + [0x01, 0x00] + pad])
    #expect(ticket.cut == .partial)
    printer.receive(hex("1b2a7241 62 0100 80 1b2a7243 1b2a7242"))
    #expect(printer.tickets == [] && printer.current.isBlank, "cleared dots are not printed")
  }

  @Test("zeros complete any command that was cut in two, and raster mode is left without a cut")
  func completed() throws {
    let capabilities = graphic()
    let bytes = StarEncoder(capabilities).encode(
      TicketDocument([.text("A012", TextStyle(width: 3, height: 3)), .rule, .cut])
    ).bytes
    let whole = StarEncoder(capabilities).encode(
      TicketDocument([.text("NEXT", TextStyle()), .cut])
    ).bytes
    var clean = EmulatedStarPrinter(EmulatedStarModel(.graphic))
    clean.receive(whole)
    let next = try #require(clean.tickets.first?.items)
    // All of the head, of the first rows and of the end, and some places between.
    let cuts = Array(1..<120) + stride(from: 121, to: bytes.count - 40, by: 211)
    for cut in cuts + Array(bytes.count - 40..<bytes.count) {
      var printer = EmulatedStarPrinter(EmulatedStarModel(.graphic))
      printer.receive(bytes[..<cut])
      printer.receive(StarRequest.completing(zeros: bytes.count, capabilities))
      #expect(printer.buffered_bytes == 0, "cut at \(cut)")
      // Marks are for outside of raster mode.
      printer.receive(StarRequest.enableAutomaticStatus.bytes + StarRequest.countedMark.bytes)
      #expect(!printer.takeAnswers().isEmpty, "cut at \(cut)")
      let isEnded = cut > bytes.count - 20
      #expect(printer.tickets.isEmpty || isEnded, "cut at \(cut)")
      printer.receive(whole)
      let last = try #require(printer.tickets.last)
      #expect(last.cut == .partial && last.items.suffix(next.count) == next[...], "cut at \(cut)")
    }
  }
}
