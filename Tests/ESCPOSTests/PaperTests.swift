import Branch
import CodePages
import ESCPOS
import PrinterEmulator
import Testing
import TicketDesign
import TicketLayout

/// From the facts of a ticket through bytes to paper, judged by independent readers.
@Suite struct PaperTests {
  private let url = "https://branch.example/t/2026-11-22/A012"

  private func content(_ change: (inout TicketContent) -> Void = { _ in }) throws -> TicketContent {
    let number = try #require(TicketNumber("A012"))
    let instant = WallTime(ms: 1_795_349_100_000)
    var content = TicketContent(
      branchName: "Městský úřad Brno", serviceName: "Passports & ID cards", number: number,
      issuedAt: LocalTime(instant, zoneOffsetSeconds: 3600), customersAhead: 3, qrText: url)
    change(&content)
    return content
  }

  private func print(
    _ content: TicketContent, _ capabilities: PrinterCapabilities, _ model: EmulatedModel
  ) throws -> PrintedTicket {
    let ticket = TicketEncoder(capabilities).encode(
      .standard(content), completion: ProcessID(job: 7))
    #expect(ticket.shortfalls == [])
    var printer = EmulatedPrinter(model)
    printer.receive(ticket.bytes)
    #expect(printer.faults == [])
    #expect(printer.ticketCount == 1)
    if capabilities.processID { expectAnswers(&printer, hex("37222020202700")) }
    #expect(printer.tickets.allSatisfy { $0.lines.allSatisfy { !$0.isBroken } })
    return try #require(printer.tickets.first)
  }

  private var narrow: PrinterCapabilities {
    TicketEncoderTests.capabilities(
      columns: 32, nativeQR: false, processID: false, rasterWidth_px: 384)
  }

  @Test("a standard ticket says what the customer needs to know")
  func says() throws {
    let ticket = try print(try content(), TicketEncoderTests.capabilities(), .tmT88V)
    #expect(
      ticket.plainText.split(separator: "\n") == [
        "Městský úřad Brno", "Passports & ID cards", "A012", "13:05  2026-11-22",
        "Customers ahead: 3", "Thank you for waiting.",
      ])
    #expect(ticket.largeTexts == ["A012"])
    #expect(ticket.qrTexts == [url])
    #expect(ticket.cut == .partial && !ticket.isTorn)
  }

  @Test("what is not known is not said, and a reprint says that it is one")
  func variations() throws {
    let reprint = try content {
      $0.customersAhead = nil
      $0.isReprint = true
      $0.qrText = ""
      $0.notes = ["Please have your documents ready for the clerk, and the photographs too."]
    }
    let ticket = try print(reprint, TicketEncoderTests.capabilities(), .tmT88V)
    #expect(!ticket.plainText.contains("ahead"))
    #expect(ticket.qrTexts == [] && ticket.rasters == [])
    #expect(ticket.lines[0].text == " REPRINT ")
    #expect(ticket.lines[0].runs[0].style.invert)
    #expect(ticket.plainText.contains("ready for the\nclerk") || ticket.plainText.contains("\nthe"))
    #expect(try !print(try content(), narrow, .generic58).plainText.contains("REPRINT"))
  }

  @Test("the QR code on the paper is read by an independent reader, native and as a picture")
  func qrIsReadable() throws {
    let native = try print(try content(), TicketEncoderTests.capabilities(), .tmT88V)
    let picture = try print(try content(), narrow, .generic58)
    #expect(picture.rasters.count == 1)
    let bitmaps = [
      PaperRenderer.bitmap(native, width_px: 512), PaperRenderer.bitmap(picture, width_px: 384),
    ]
    #expect(try ZBar.read(bitmaps.map(\.pbm)) == [url, url])
  }

  /// The terminal's characters as dots: two above each other in each cell, `scale` wide.
  private func dots(_ lines: [String], scale: Int) -> [UInt8] {
    let width = lines[0].count
    var bytes = Array("P4\n\(width * scale) \(lines.count * 2 * scale)\n".utf8)
    for line in lines {
      for half in 0..<2 {
        var row = [UInt8](repeating: 0, count: (width * scale + 7) / 8)
        for (column, character) in line.enumerated() {
          guard character == "█" || character == (half == 0 ? "▀" : "▄") else { continue }
          for dot in column * scale..<(column + 1) * scale {
            row[dot / 8] |= 0x80 >> UInt8(dot % 8)
          }
        }
        for _ in 0..<scale { bytes += row }
      }
    }
    return bytes
  }

  @Test("the ticket in the terminal has one width, a large number and a QR code for a phone")
  func terminal() throws {
    for (ticket, columns) in [
      (try print(try content(), TicketEncoderTests.capabilities(), .tmT88V), 42),
      (try print(try content(), narrow, .generic58), 32),
    ] {
      let lines = PaperRenderer.terminal(ticket, columns: columns)
      #expect(Set(lines.map(\.count)).count == 1)
      #expect(lines.contains { $0.contains("Městský úřad Brno") })
      #expect(lines.last?.contains("✂") == true)
      #expect(!lines.contains { $0.contains("A012") })
      #expect(try ZBar.read([dots(lines, scale: 4)]) == [url])
      let coloured = PaperRenderer.terminal(ticket, columns: columns, ink: .coloured)
      #expect(coloured.count == lines.count)
      #expect(coloured.dropFirst().dropLast().allSatisfy { $0.contains("\u{1B}[0;30;107m") })
    }
  }

  @Test("a torn ticket looks torn")
  func torn() {
    var printer = EmulatedPrinter()
    printer.receive(Array("half\n".utf8))
    printer.powerCycle()
    let lines = PaperRenderer.terminal(printer.tickets[0], columns: 20)
    #expect(lines.last?.contains("/\\/\\") == true)
    #expect(Set(lines.map(\.count)).count == 1)
  }

  @Test("letters of the big font are told apart, and unknown ones show a frame")
  func font() {
    func picture(_ text: String) -> [String] {
      var printer = EmulatedPrinter()
      printer.receive(hex("1d2155") + Array(text.utf8) + [0x0A])
      return PaperRenderer.terminal(printer.current, columns: 6)
    }
    let pictures = Set((0x21...0x7E).map { picture(String(UnicodeScalar(UInt8($0)))) })
    #expect(pictures.count == 0x7E - 0x21 + 1)
    #expect(picture("A").count == 6)
  }

  @Test("random texts in every script reach the paper whole, or are reported")
  func randomTexts() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(seed: seed)
    let letters = Array("abc ABC 123 éèůčřžłßÄÖÜñ€ЖдиΩλ–…待")
    let encoder = TicketEncoder(TicketEncoderTests.capabilities())
    for _ in 0..<200 {
      let name = String(
        (0..<Int.random(in: 1...90, using: &random)).map { _ in
          letters.randomElement(using: &random) ?? "x"
        })
      let ticket = encoder.encode(.standard(try content { $0.serviceName = name }))
      var printer = EmulatedPrinter()
      printer.receive(ticket.bytes)
      #expect(printer.faults == [], "seed \(seed)")
      var expected = name.filter { $0 != " " }
      for case .transliterated(let from, let to) in ticket.shortfalls {
        expected = String(expected.map { $0 == from ? to : String($0) }.joined())
      }
      for case .unprintable(let character) in ticket.shortfalls {
        expected = String(expected.map { $0 == character ? "?" : $0 })
      }
      let paper = printer.tickets[0].lines.filter { $0.height == 2 }.map(\.text).joined()
      #expect(paper.filter { $0 != " " } == expected, "seed \(seed)")
    }
  }
}
