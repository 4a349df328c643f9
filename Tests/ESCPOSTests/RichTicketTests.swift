import Barcodes
import ESCPOS
import PrinterEmulator
import Testing
import TicketDesign
import TicketLayout

/// Logos, barcodes, fonts, bell and drawer: what a designed ticket may hold.
@Suite("A rich ticket")
struct RichTicketTests {
  private func capabilities(
    columns: Int = 42, width_px: Int = 512, barcodes: Set<BarcodeSymbology> = [.code128],
    stores: Bool = true
  ) -> PrinterCapabilities {
    var capabilities = PrinterCapabilities(
      columns: columns, nativeQR: true, cut: .partial, feedBeforeCut_lines: 4,
      codePages: [.init(page: .cp437, number: 0)], processID: false, rasterWidth_px: width_px)
    capabilities.columnsB = columns * 4 / 3
    capabilities.nativeBarcodes = barcodes
    capabilities.storesPictures = stores
    capabilities.hasDrawer = true
    capabilities.bell = .escB
    return capabilities
  }

  private func logo() throws -> Logo {
    // Stripes, and the bytes of a real-time command in the middle of them.
    var rows = (0..<48 * 120).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    rows.replaceSubrange(1000..<1003, with: [0x10, 0x04, 0x01])
    let raster = try #require(Raster(width_px: 384, height_px: 120, rows: rows))
    return Logo(key: try #require(Logo.Key("L1")), raster: raster)
  }

  private func print(
    _ elements: [TicketElement], _ capabilities: PrinterCapabilities,
    on printer: inout EmulatedPrinter, stored: Set<Logo.Key> = []
  ) throws -> PrintedTicket {
    let encoder = TicketEncoder(capabilities)
    let ticket = encoder.encode(TicketDocument(elements + [.cut]), stored: stored)
    #expect(ticket.shortfalls == [])
    printer.receive(ticket.bytes)
    #expect(printer.faults == [])
    return try #require(printer.takeTickets().first)
  }

  @Test("each barcode is the same symbol whether the printer draws it or gets a picture")
  func barcodes() throws {
    let symbols = [
      try Barcode(.code128, "A012-{2026}-123456"), try Barcode(.ean13, "400638133393"),
      try Barcode(.code39, "TICKET-7"),
    ]
    for symbol in symbols {
      let element = TicketElement.barcode(TicketBarcode(symbol), align: .centre)
      let name = [symbol.symbology.rawValue]
      var printer = EmulatedPrinter()
      let native = try print([element], capabilities(barcodes: [symbol.symbology]), on: &printer)
      #expect(native.barcodes == [symbol.text])
      #expect(
        try ZBar.read([PaperRenderer.bitmap(native, width_px: 512).pbm], name) == [symbol.text])
      let drawn = try print([element], capabilities(barcodes: []), on: &printer)
      #expect(drawn.barcodes == [] && drawn.rasters.count == 1)
      #expect(drawn.plainText == symbol.text)
      #expect(
        try ZBar.read([PaperRenderer.bitmap(drawn, width_px: 512).pbm], name) == [symbol.text])
    }
  }

  @Test("a barcode that the paper is too narrow for is printed as its text, and told")
  func tooWide() throws {
    let symbol = try Barcode(.code39, "A-TEXT-THAT-NEEDS-MUCH-ROOM")
    let document = TicketDocument([.barcode(TicketBarcode(symbol), align: .left), .cut])
    let ticket = TicketEncoder(capabilities(columns: 32, width_px: 384)).encode(document)
    #expect(ticket.shortfalls.map(\.problem.code) == ["barcode-too-wide"])
    var printer = EmulatedPrinter(.generic58)
    printer.receive(ticket.bytes)
    #expect(printer.faults == [])
    #expect(printer.takeTickets().first?.plainText == symbol.text)
  }

  @Test("a stored logo is the same on paper as one that is sent, and costs few bytes")
  func storedLogo() throws {
    let logo = try logo()
    let capabilities = capabilities()
    let encoder = TicketEncoder(capabilities)
    var printer = EmulatedPrinter()
    let sent = try print([.logo(logo, align: .centre)], capabilities, on: &printer)
    printer.receive(encoder.store([logo]).bytes)
    #expect(printer.faults == [] && printer.takeTickets() == [])
    let stored = try print(
      [.logo(logo, align: .centre)], capabilities, on: &printer, stored: [logo.key])
    #expect(stored.rasters == sent.rasters && sent.rasters.count == 1)
    let bytes = encoder.encode(TicketDocument([.logo(logo, align: .left)]), stored: [logo.key])
    #expect(
      bytes.bytes
        == hex(
          "1b2100 1d2100 1b4500 1b2d00 1d4200 1b6100 1b32 1d284c0600 3055 4c31 0101"))
    // Whatever the ticket before left behind, it is plain again.
    printer.receive(bytes.bytes)
    #expect(printer.faults == [])
    // Without power the memory is gone.
    printer.powerCycle()
    printer.receive(bytes.bytes)
    #expect(printer.faults.map(\.kind) == [.badSymbol])
  }

  @Test("a ticket behind one that ended in another style is printed as if it were the first")
  func plainAgain() throws {
    let logo = try logo()
    let encoder = TicketEncoder(capabilities())
    let style = TextStyle(
      width: 3, height: 4, bold: true, underline: true, invert: true, align: .right, font: .b)
    let wild = TicketDocument([.logo(logo, align: .right), .text("wild", style), .cut])
    let plain = TicketDocument([.text("plain", TextStyle()), .logo(logo, align: .left), .cut])
    var first = EmulatedPrinter()
    first.receive(encoder.encode(plain, stored: []).bytes)
    var second = EmulatedPrinter()
    second.receive(encoder.store([logo]).bytes)
    for document in [wild, plain] {
      second.receive(encoder.encode(document, stored: [logo.key]).bytes)
    }
    #expect(first.faults == [] && second.faults == [])
    #expect(second.takeTickets().last?.lines == first.takeTickets().last?.lines)
  }

  @Test("a printer that starts with two bytes a character leaves that once, before an umlaut")
  func leavesDoubleByte() {
    var capabilities = capabilities()
    capabilities.startsInDoubleByte = true
    func bytes(_ text: String) -> [UInt8] {
      TicketEncoder(capabilities).encode(TicketDocument([.text(text, TextStyle()), .cut])).bytes
    }
    #expect(!bytes("plain").contains(hex("1c2e")))
    let once = bytes("Köln und Münster")
    #expect(once.contains(hex("1c2e 1b74")) && once.indices.count { once[$0] == 0x1C } == 1)
    capabilities.startsInDoubleByte = false
    #expect(!bytes("Köln").contains(hex("1c2e")))
  }

  @Test("a printer without such a memory gets the logo with every ticket")
  func unstoredLogo() throws {
    let logo = try logo()
    let capabilities = capabilities(stores: false)
    #expect(TicketEncoder(capabilities).store([logo]) == StoredPictures())
    var printer = EmulatedPrinter(EmulatedModel(width_px: 512, storesPictures: false))
    let ticket = try print(
      [.logo(logo, align: .left)], capabilities, on: &printer, stored: [logo.key])
    #expect(ticket.rasters.map(\.height_px) == [120])
  }

  @Test("font B fits more on a line, and is font A where there is none")
  func fonts() throws {
    let text = String(repeating: "0123456789", count: 5)
    let element = TicketElement.text(text, TextStyle(font: .b))
    var printer = EmulatedPrinter()
    let small = try print([element], capabilities(), on: &printer)
    #expect(small.lines.map(\.text) == [text])
    #expect(small.lines.first?.runs.first?.style.font == .b)
    var plain = capabilities()
    plain.columnsB = nil
    let large = try print([element], plain, on: &printer)
    #expect(large.lines.map(\.text.count) == [42, 8])
    #expect(large.lines.first?.runs.first?.style.font == .a)
  }

  @Test("drawer and bell are used where the printer has them, and only there")
  func drawerAndBell() throws {
    var printer = EmulatedPrinter()
    _ = try print([.drawer(.pin5), .bell], capabilities(), on: &printer)
    #expect(printer.drawerPulses == 1 && printer.bells == 1)
    var plain = capabilities()
    plain.hasDrawer = false
    plain.bell = nil
    _ = try print([.drawer(.pin5), .bell], plain, on: &printer)
    #expect(printer.drawerPulses == 1 && printer.bells == 1)
    plain.bell = .escParenA
    _ = try print([.bell], plain, on: &printer)
    #expect(printer.bells == 2)
  }
}
