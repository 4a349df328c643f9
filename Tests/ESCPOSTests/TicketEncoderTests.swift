import Branch
import ESCPOS
import Testing
import TicketDesign
import TicketLayout

@Suite struct TicketEncoderTests {
  static let pages: [PrinterCapabilities.CodePageSlot] = [
    .init(page: .cp437, number: 0), .init(page: .cp850, number: 2),
    .init(page: .cp1252, number: 16), .init(page: .cp866, number: 17),
    .init(page: .cp852, number: 18), .init(page: .cp858, number: 19),
    .init(page: .iso8859_7, number: 15),
  ]

  static func capabilities(
    columns: Int = 42, nativeQR: Bool = true, cut: CutKind = .partial, feed_lines: Int = 6,
    pages: [PrinterCapabilities.CodePageSlot] = TicketEncoderTests.pages, processID: Bool = true,
    rasterWidth_px: Int = 512
  ) -> PrinterCapabilities {
    PrinterCapabilities(
      columns: columns, nativeQR: nativeQR, cut: cut, feedBeforeCut_lines: feed_lines,
      codePages: pages, processID: processID, rasterWidth_px: rasterWidth_px)
  }

  private func encode(
    _ elements: [TicketElement], _ capabilities: PrinterCapabilities = capabilities(),
    completion: ProcessID? = nil
  ) -> EncodedTicket {
    TicketEncoder(capabilities).encode(TicketDocument(elements), completion: completion)
  }

  private func text(_ text: String, _ style: TextStyle = TextStyle()) -> [UInt8] {
    Array(encode([.text(text, style)]).bytes.dropFirst(2))
  }

  // MARK: Golden bytes

  @Test("a ticket begins with ESC @")
  func begins() { #expect(encode([]).bytes == hex("1b40")) }

  @Test("styles are the bytes that manuals give, and are sent only when they change")
  func styles() {
    #expect(text("a", TextStyle(bold: true)) == hex("1b4501 61 0a"))
    #expect(text("a", TextStyle(width: 4, height: 4)) == hex("1d2133 61 0a"))
    #expect(text("a", TextStyle(width: 8, height: 1)) == hex("1d2170 61 0a"))
    #expect(text("a", TextStyle(align: .centre)) == hex("1b6101 61 0a"))
    #expect(text("a", TextStyle(align: .right)) == hex("1b6102 61 0a"))
    #expect(text("a", TextStyle(underline: true)) == hex("1b2d01 61 0a"))
    #expect(text("a", TextStyle(invert: true)) == hex("1d4201 61 0a"))
    let bold = TextStyle(bold: true)
    let two = encode([.text("a", bold), .text("b", bold), .text("c", TextStyle())])
    #expect(two.bytes == hex("1b40 1b4501 610a 620a 1b4500 630a"))
  }

  @Test("characters beyond ASCII take the page that has them")
  func codePages() {
    #expect(text("é Ж ł Ω") == hex("1b7400 82 20 1b7411 86 20 1b7412 88 20 1b7400 ea 0a"))
    #expect(text("€") == hex("1b7410 80 0a"))
  }

  @Test("a page is chosen for the longest stretch, so that switches are few")
  func fewestSwitches() {
    // é is in every page; only CP852 has č and ř too.
    #expect(text("é č ř é") == hex("1b7412 82 20 9f 20 fd 20 82 0a"))
    let once = encode([.text("é", TextStyle()), .text("à", TextStyle())]).bytes
    #expect(once == hex("1b40 1b7400 82 0a 85 0a"))
  }

  @Test("a QR code of model 2, level L and size 4 is Epson's GS ( k sequence")
  func nativeQR() {
    let qr = encode([.qr("A012", moduleSize: 4, level: .low, align: .left)])
    #expect(
      qr.bytes
        == hex(
          """
          1b40 1d286b040031413200 1d286b0300314304 1d286b0300314530
          1d286b070031503041303132 1d286b0300315130
          """))
    #expect(qr.shortfalls.isEmpty)
  }

  @Test("each kind of cut is its own sequence, behind enough feed")
  func cuts() {
    func cut(_ kind: CutKind) -> [UInt8] {
      Array(encode([.cut], Self.capabilities(cut: kind)).bytes.dropFirst(2))
    }
    #expect(cut(.full) == hex("1b6406 1d5600"))
    #expect(cut(.partial) == hex("1b6406 1d5601"))
    #expect(cut(.feedAndPartial) == hex("1d564200"))
    #expect(cut(.escM) == hex("1b6406 1b6d"))
    #expect(cut(.none) == hex("1b6406"))
  }

  @Test("completion is asked for last, and only from printers that answer")
  func completion() {
    let id = ProcessID(job: 1)
    #expect(encode([.cut], completion: id).bytes.suffix(11) == hex("1d2848060030302020 2021"))
    let silent = encode([.cut], Self.capabilities(processID: false), completion: id)
    #expect(silent.bytes == encode([.cut]).bytes)
  }

  @Test("a picture is GS v 0 in bands of at most 255 rows")
  func raster() throws {
    let picture = try #require(
      Raster(width_px: 24, height_px: 10, rows: [UInt8](repeating: 0xAA, count: 30)))
    let bytes = encode([.raster(picture, align: .left)]).bytes
    #expect(bytes == hex("1b40 1d763000 0300 0a00") + [UInt8](repeating: 0xAA, count: 30))
    let tall = try #require(
      Raster(width_px: 8, height_px: 300, rows: [UInt8](repeating: 0xFF, count: 300)))
    let bands = encode([.raster(tall, align: .left)]).bytes
    #expect(bands[2..<10] == hex("1d763000 0100 ff00")[...])
    #expect(bands[265..<273] == hex("1d763000 0100 2d00")[...])
    #expect(bands.count == 2 + 8 + 255 + 8 + 45)
  }

  @Test("job numbers become ids of four printable bytes, different for 95⁴ jobs in a row")
  func processIDs() {
    #expect(ProcessID(job: 0).bytes == hex("20202020"))
    #expect(ProcessID(job: 94).bytes == hex("2020207e"))
    #expect(ProcessID(job: 95).bytes == hex("20202120"))
    #expect(ProcessID(job: ProcessID.count - 1).bytes == hex("7e7e7e7e"))
    #expect(ProcessID(job: ProcessID.count) == ProcessID(job: 0))
    #expect(ProcessID(job: .max).bytes.allSatisfy { (0x20...0x7E).contains($0) })
    #expect(ProcessID(hex("2020207e")) == ProcessID(job: 94))
    #expect(ProcessID(hex("2020201f")) == nil)
    #expect(ProcessID(hex("202020")) == nil)
  }

  // MARK: Text that does not fit

  private func lines(_ string: String, columns: Int, _ style: TextStyle = TextStyle()) -> [String] {
    let bytes = encode([.text(string, style)], Self.capabilities(columns: columns)).bytes
    let text = bytes.drop { $0 != UInt8(ascii: "|") }
    return String(decoding: text, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    ).dropLast().map(String.init)
  }

  @Test("long text breaks between words, and no word is lost")
  func wraps() {
    #expect(lines("|one two three four", columns: 10) == ["|one two", "three four"])
    #expect(lines("|abcdefghijklmno p", columns: 8) == ["|abcdefg", "hijklmno", "p"])
    #expect(lines("|a\nb\n\nc", columns: 8) == ["|a", "b", "", "c"])
    #expect(lines("|23456 8 then", columns: 8) == ["|23456 8", "then"])
    #expect(lines("|2345678 then", columns: 8) == ["|2345678", "then"])
    #expect(lines("|ab         cd", columns: 8) == ["|ab", "cd"])
    #expect(lines("|ab cd ef gh ij", columns: 20, TextStyle(width: 2)) == ["|ab cd ef", "gh ij"])
  }

  @Test("random text keeps every character in order and no line is too long")
  func wrapsRandomText() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(seed: seed)
    for _ in 0..<500 {
      let length = Int.random(in: 0...120, using: &random)
      let string = String((0..<length).map { _ in "abcé  \n".randomElement(using: &random) ?? "a" })
      let columns = Int.random(in: 8...42, using: &random)
      let encoded = encode([.text("|" + string, TextStyle())], Self.capabilities(columns: columns))
      var text = Array(encoded.bytes.drop { $0 != UInt8(ascii: "|") })
      // The one page switch goes; é is one byte then.
      if let escape = text.firstIndex(of: 0x1B) { text.removeSubrange(escape..<escape + 3) }
      let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
      #expect(lines.allSatisfy { $0.count <= columns }, "seed \(seed)")
      let kept = text.filter { $0 != 0x20 && $0 != 0x0A }
      let given = ("|" + string).filter { !$0.isWhitespace }.map {
        $0 == "é" ? 0x82 : $0.asciiValue
      }
      #expect(kept == given, "seed \(seed)")
    }
  }

  @Test("a ticket number shrinks until it fits on one line")
  func shrinks() {
    func bytes(_ number: String, columns: Int) -> [UInt8] {
      let style = TextStyle(width: 6, height: 6, overflow: .shrink)
      return Array(
        encode([.text(number, style)], Self.capabilities(columns: columns)).bytes.dropFirst(2))
    }
    #expect(bytes("A012", columns: 42) == hex("1d2155") + Array("A012\n".utf8))
    #expect(bytes("ABC1234", columns: 42) == hex("1d2155") + Array("ABC1234\n".utf8))
    #expect(bytes("ABC1234", columns: 32) == hex("1d2133") + Array("ABC1234\n".utf8))
    #expect(bytes("ABC1234", columns: 8) == Array("ABC1234\n".utf8))
  }

  // MARK: What cannot be shown

  @Test("characters without a page are replaced by a relative and reported")
  func transliterates() {
    let ascii = Self.capabilities(pages: [])
    let encoded = encode([.text("Łódź – 5 €", TextStyle())], ascii)
    #expect(encoded.bytes.dropFirst(2) == Array("Lodz - 5 EUR\n".utf8)[...])
    #expect(encoded.shortfalls.contains(.transliterated("ź", as: "z")))
    #expect(encoded.shortfalls.contains(.transliterated("€", as: "EUR")))
    let combined = encode([.text("e\u{301} x\u{304}", TextStyle())])
    #expect(combined.bytes.dropFirst(2) == hex("1b7400 82 20 78 0a")[...])
    #expect(combined.shortfalls == [.transliterated("x\u{304}", as: "x")])
  }

  @Test("characters without a relative become question marks and are reported")
  func questionMarks() {
    let encoded = encode([.text("待つ 👩‍👩‍👧", TextStyle())])
    #expect(encoded.bytes.dropFirst(2) == Array("?? ?\n".utf8)[...])
    #expect(encoded.shortfalls == [.unprintable("待"), .unprintable("つ"), .unprintable("👩‍👩‍👧")])
    #expect(encoded.shortfalls[0].problem.code == "character-unprintable")
  }

  @Test("no text can carry a command to the printer")
  func controlCharacters() {
    let hostile = "a\u{1B}@\u{10}\u{4}\u{1}\u{1D}V\u{0}\u{7F}\u{9B}b"
    let encoded = encode([.text(hostile, TextStyle())])
    #expect(encoded.bytes.dropFirst(2) == Array("a?@????V???b\n".utf8)[...])
  }

  @Test("reports are bounded")
  func boundedReports() {
    let many = String((0x4E00..<0x4F00).compactMap { UnicodeScalar($0).map(Character.init) })
    let told = encode([.text(many, TextStyle())]).shortfalls
    #expect(told.count == Shortfall.reported_max + 1)
    #expect(told.last == .moreCharacters(256 - Shortfall.reported_max))
    #expect(told.last?.problem.what == "240 more characters were not as written")
  }

  @Test("a QR code that no paper holds is left out and reported; the rest prints")
  func impossibleQR() {
    let long = String(repeating: "x", count: 3000)
    let tooLong = encode([.qr(long, moduleSize: 4, level: .low, align: .left), .cut])
    #expect(tooLong.bytes == encode([.cut]).bytes)
    #expect(tooLong.shortfalls == [.qrTooLong(bytes: 3000, bytes_max: 2953)])
    let wide = String(repeating: "x", count: 2900)
    let tooWide = encode(
      [.qr(wide, moduleSize: 4, level: .low, align: .left)], Self.capabilities(rasterWidth_px: 256))
    #expect(tooWide.shortfalls == [.qrTooWide(modules: 185, width_px: 256)])
  }

  @Test("modules get smaller when a symbol would be wider than the paper")
  func smallerModules() {
    let text = String(repeating: "x", count: 500)
    let bytes = encode([.qr(text, moduleSize: 8, level: .low, align: .left)]).bytes
    // Version 15: 77 + 8 modules on 512 dots.
    #expect(bytes[2...].dropFirst(9).prefix(8) == hex("1d286b0300314306")[...])
  }

  @Test("what is smaller or other than designed is told")
  func shrunk() {
    let text = String(repeating: "x", count: 500)
    let qr = encode([.qr(text, moduleSize: 8, level: .low, align: .left)])
    #expect(qr.shortfalls == [.qrSmaller(asked: 8, module_px: 6)])
    var style = TextStyle()
    style.insteadOf = .ean13
    let barcode = encode([.text("12", style)])
    #expect(barcode.shortfalls == [.barcodeImpossible(text: "12", symbology: "ean13")])
    #expect(barcode.bytes == encode([.text("12", TextStyle())]).bytes)
  }

  @Test("Arabic letters, which go out unjoined, are told once, and Hebrew ones not at all")
  func arabic() {
    let pages = [
      PrinterCapabilities.CodePageSlot(page: .cp1256, number: 50),
      PrinterCapabilities.CodePageSlot(page: .cp1255, number: 49),
    ]
    let capabilities = Self.capabilities(pages: pages)
    let line = TicketElement.text("مرحبا", TextStyle())
    #expect(encode([line, line], capabilities).shortfalls == [.unjoinedArabic])
    #expect(encode([.text("שלום", TextStyle())], capabilities).shortfalls == [])
  }

  @Test("no picture holds the bytes of a real-time command")
  func disarmed() throws {
    let rows = hex("1004 0110 0502 1014 0104")
    let picture = try #require(Raster(width_px: 80, height_px: 1, rows: rows))
    let bytes = encode([.raster(picture, align: .left)]).bytes
    #expect(bytes.suffix(10) == hex("1804 0118 0502 1814 0104")[...])
    // A QR text with such bytes goes as a picture, whose modules cannot form them.
    let qr = encode([.qr("a\u{10}\u{4}\u{1}", moduleSize: 4, level: .low, align: .left)]).bytes
    #expect(Array(qr[2..<6]) == hex("1d763000"))
  }

  @Test("a picture wider than the paper is left out and reported")
  func widePicture() throws {
    let picture = try #require(
      Raster(width_px: 520, height_px: 1, rows: [UInt8](repeating: 1, count: 65)))
    let encoded = encode([.raster(picture, align: .left)])
    #expect(encoded.bytes == hex("1b40"))
    #expect(encoded.shortfalls == [.rasterTooWide(width_px: 520, width_max_px: 512)])
    #expect(Raster(width_px: 9, height_px: 1, rows: [1]) == nil)
    #expect(Raster(width_px: 0, height_px: 1, rows: []) == nil)
    #expect(Raster(width_px: .max, height_px: .max, rows: []) == nil)
  }
}
