import Barcodes
import Testing

@Suite("Barcodes")
struct BarcodeTests {
  /// As a picture with its quiet zones, `scale` dots a module.
  private func pbm(_ barcode: Barcode, scale: Int) -> [UInt8] {
    let margin = barcode.quietZone_modules
    let width = (barcode.width_modules + 2 * margin) * scale
    let height = 60
    var row = [UInt8](repeating: 0, count: (width + 7) / 8)
    var x = margin * scale
    for (place, modules) in barcode.widths.enumerated() {
      let end = x + Int(modules) * scale
      if place % 2 == 0 { for dot in x..<end { row[dot / 8] |= 0x80 >> UInt8(dot % 8) } }
      x = end
    }
    return Array("P4\n\(width) \(height)\n".utf8) + Array(repeating: row, count: height).joined()
  }

  private func read(_ symbology: BarcodeSymbology, _ texts: [String]) throws -> [String] {
    let pictures = try texts.map { pbm(try Barcode(symbology, $0), scale: 2) }
    // The words are the same.
    return try ZBar.read(pictures, [symbology.rawValue])
  }

  @Test("Code 128 of every printable character, and of digits in every place, is read")
  func code128() throws {
    let printable = String((0x20...0x7E).map { Character(Unicode.Scalar($0)) })
    var texts = stride(from: 0, to: 95, by: 19).map { start in
      String(printable.dropFirst(start).prefix(19))
    }
    // zbarimg trims nothing, but a text of blanks alone would not stand out.
    texts[0] = "." + texts[0] + "."
    texts += [
      "A012", "12", "123", "1234", "12345", "123456", "A1234", "A12345", "1234A", "12345A",
      "A123456B", "A1234567B", "A12345B", "00", "0099", "{B}{C", "X-2026-11-22-0042",
    ]
    #expect(try read(.code128, texts) == texts)
  }

  @Test("Code 39 of each of its characters is read")
  func code39() throws {
    let texts = ["0123456789", "ABCDEFGHIJKLM", "NOPQRSTUVWXYZ", "A-. $/+%B", "X"]
    #expect(try read(.code39, texts) == texts)
  }

  @Test("EAN-13 with each first digit is read, with the check digit that belongs to it")
  func ean13() throws {
    let texts = (0...9).map { "\($0)90123412345" }
    let read = try read(.ean13, texts)
    #expect(read.map { String($0.prefix(12)) } == texts)
    // ISO/IEC 15420, an example known from every textbook.
    #expect(try Barcode(.ean13, "400638133393").text == "4006381333931")
  }

  @Test("an odd number of digits keeps its pairs together")
  func runs() throws {
    #expect(try Code128.runs("A12345") == [.text(Array("A1".utf8)), .pairs([23, 45])])
    #expect(try Code128.runs("12345A") == [.pairs([12, 34]), .text(Array("5A".utf8))])
    #expect(try Code128.runs("12") == [.pairs([12])])
    #expect(try Code128.runs("A1234B") == [.text(Array("A1234B".utf8))])
  }

  @Test("a text that is none tells why")
  func refusals() {
    #expect(throws: BarcodeError.empty) { try Barcode(.code128, "") }
    #expect(throws: BarcodeError.character("é")) { try Barcode(.code128, "Café") }
    #expect(throws: BarcodeError.character("\n")) { try Barcode(.code128, "A\nB") }
    #expect(throws: BarcodeError.character("a")) { try Barcode(.code39, "Aa") }
    #expect(throws: BarcodeError.character("*")) { try Barcode(.code39, "A*") }
    #expect(throws: BarcodeError.digitCount(11)) { try Barcode(.ean13, "12345678901") }
    #expect(throws: BarcodeError.checkDigit(given: 0, right: 1)) {
      try Barcode(.ean13, "4006381333930")
    }
    #expect(throws: BarcodeError.tooLong(count: 49, count_max: 48)) {
      try Barcode(.code128, String(repeating: "A", count: 49))
    }
  }
}
