import CodePages
import ESCPOS
import Foundation
import Glibc
import PrinterEmulator
import StarPRNT
import Testing
import TicketDesign

@testable import TicketLayout

/// Scripts of all kinds on printers with all kinds of code pages.
@Suite("Any text")
struct AnyTextTests {
  private static let pages: [CodePage] = [.cp437, .cp850, .cp852, .cp866, .iso8859_7, .cp1252]

  private func capabilities(
    _ pages: [CodePage] = pages, columns: Int = 42, doubleByte: DoubleByteSet? = nil
  ) -> PrinterCapabilities {
    var capabilities = PrinterCapabilities(
      columns: columns, nativeQR: true, cut: .partial,
      codePages: pages.enumerated().map { .init(page: $1, number: UInt8($0)) },
      rasterWidth_px: columns * 12)
    capabilities.doubleByte = doubleByte
    return capabilities
  }

  private func model(_ capabilities: PrinterCapabilities) -> EmulatedModel {
    let pages = capabilities.codePages.map { ($0.number, $0.page) }
    return EmulatedModel(
      width_px: capabilities.rasterWidth_px, codePages: Dictionary(uniqueKeysWithValues: pages))
  }

  private func print(_ texts: [String], _ capabilities: PrinterCapabilities) throws -> (
    text: String, bytes: [UInt8]
  ) {
    let elements = texts.map { TicketElement.text($0, TextStyle()) }
    let ticket = TicketEncoder(capabilities).encode(TicketDocument(elements + [.cut]))
    #expect(ticket.shortfalls == [])
    var printer = EmulatedPrinter(model(capabilities))
    printer.receive(ticket.bytes)
    #expect(printer.faults == [])
    return (try #require(printer.takeTickets().first).plainText, ticket.bytes)
  }

  // MARK: code pages

  private func switches(_ bytes: [UInt8]) -> Int {
    zip(bytes, bytes.dropFirst()).filter { $0 == 0x1B && $1 == 0x74 }.count
  }

  /// The least number of switches, by trying every page for every character.
  private func leastSwitches(_ text: String, _ pages: [CodePageTable]) -> Int {
    var costs = [Int](repeating: 1, count: pages.count)
    var isFirst = true
    for scalar in text.unicodeScalars where !scalar.isASCII {
      let best = costs.min() ?? 0
      costs = pages.indices.map { index in
        guard pages[index].byte(scalar) != nil else { return 1_000 }
        return isFirst ? 1 : min(costs[index], best + 1)
      }
      isFirst = false
    }
    return isFirst ? 0 : costs.min() ?? 0
  }

  @Test("pages are switched as seldom as can be over the whole ticket, and all of it is right")
  func fewSwitches() throws {
    let seed = UInt64.random(in: 1...1_000_000)
    var random = SeededRandom(seed: seed)
    let alphabet = Array("éèüßłőŘЖяΩλ£ñåø╔a ")
    let capabilities = capabilities()
    let tables = Self.pages.map { CodePageTable($0) }
    for _ in 0..<200 {
      let texts = (0..<4).map { _ in
        String(
          (0..<Int.random(in: 1...20, using: &random)).map { _ in
            alphabet.randomElement(using: &random) ?? "a"
          })
      }
      let printed = try print(texts, capabilities)
      let wanted = texts.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
      let got = printed.text.split(separator: "\n").map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      #expect(got == wanted, "seed \(seed)")
      #expect(
        switches(printed.bytes) == leastSwitches(texts.joined(), tables), "seed \(seed): \(texts)")
    }
  }

  // MARK: right to left

  /// GNU FriBidi, an independent reader of the same annex (Debian package libfribidi-bin).
  private func fribidi(_ lines: [String]) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/fribidi")
    process.arguments = ["--nopad", "--nobreak", "--wltr"]
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let text = lines.map { $0 + "\n" }.joined()
    DispatchQueue.global().async {
      input.fileHandleForWriting.write(Data(text.utf8))
      try? input.fileHandleForWriting.close()
    }
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    ).dropLast().map(String.init)
  }

  private func visual(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    let ordered = VisualOrder(scalars)?.line(0..<scalars.count) ?? scalars
    var result = ""
    result.unicodeScalars.append(contentsOf: ordered)
    return result
  }

  @Test("Hebrew, numbers, brackets and Latin in one line stand as FriBidi puts them")
  func visualOrder() throws {
    let seed = UInt64.random(in: 1...1_000_000)
    var random = SeededRandom(seed: seed)
    // Thaana for the Arabic class: of Arabic itself, FriBidi joins the letters as well.
    let alphabet = Array("אבגדשתabcXYZ0123456789 ()[]{}<>.,:/+-%$€#!?\"'«»ހށނ٣".unicodeScalars)
    var lines = [
      "שלום עולם", "תור A012 דלפק 3", "A012 שלום", "מחיר: 12.50₪ (כולל מע\"מ)", "טלפון 03-1234567",
      "שעות 08:00-16:30", "(שלום) abc", "abc (שלום 12) def", "א-ב", "100% א", "א 100%", "  א  ",
    ]
    for _ in 0..<3_000 {
      var line = ""
      for _ in 0..<Int.random(in: 1...24, using: &random) {
        line.unicodeScalars.append(alphabet.randomElement(using: &random) ?? "a")
      }
      lines.append(line)
    }
    let expected = try fribidi(lines)
    #expect(expected.count == lines.count)
    for (line, wanted) in zip(lines, expected) {
      #expect(visual(line) == wanted, "seed \(seed): \(line.unicodeScalars.map { $0 })")
    }
  }

  @Test("Hebrew that is broken into lines is read from its first line on")
  func hebrewLines() throws {
    let text = "ברוכים הבאים לסניף המרכזי"
    let printed = try print([text], capabilities([.cp862], columns: 16)).text
    let lines = printed.split(separator: "\n").map { String($0.reversed()) }
    #expect(lines.count == 2)
    #expect(lines.joined(separator: " ") == text)
  }

  // MARK: two bytes

  /// The characters of a set by their codes, from the C library.
  private func characters(_ name: String) throws -> [UInt16: Unicode.Scalar] {
    let converter = try #require(iconv_open("UTF-8", name))
    defer { iconv_close(converter) }
    var characters: [UInt16: Unicode.Scalar] = [:]
    for code in UInt16(0x8140)...0xFEFE where code & 0xFF >= 0x40 {
      var input = [CChar(bitPattern: UInt8(code >> 8)), CChar(bitPattern: UInt8(code & 0xFF))]
      var output = [CChar](repeating: 0, count: 8)
      var (inputLeft, outputLeft) = (2, 8)
      let status = input.withUnsafeMutableBufferPointer { source in
        output.withUnsafeMutableBufferPointer { target in
          var (from, to) = (source.baseAddress, target.baseAddress)
          return Glibc.iconv(converter, &from, &inputLeft, &to, &outputLeft)
        }
      }
      guard status == 0, inputLeft == 0 else {
        _ = Glibc.iconv(converter, nil, nil, nil, nil)
        continue
      }
      let bytes = output.prefix(8 - outputLeft).map(UInt8.init(bitPattern:))
      let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
      if scalars.count == 1 { characters[code] = scalars[0] }
    }
    return characters
  }

  @Test(
    "Chinese, Japanese and Korean are printed in the double-byte mode, twice as wide",
    arguments: [
      (DoubleByteSet.gb18030, "GBK", "请到3号柜台办理业务，谢谢。"),
      (.big5, "BIG5", "請到3號櫃台辦理業務，謝謝。"),
      (.shiftJIS, "SHIFT_JIS", "番号札を取ってお待ちください。"),
      (.ksc5601, "EUC-KR", "번호표를 뽑고 기다려 주십시오."),
    ])
  func doubleByte(set: DoubleByteSet, name: String, text: String) throws {
    let characters = try characters(name)
    let capabilities = capabilities([.cp437], columns: 32, doubleByte: set)
    let table = DoubleByteTable(characters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    let encoder = TicketEncoder(capabilities, doubleByte: table)
    let document = TicketDocument([
      .text("é " + text + " A012", TextStyle(width: 2, height: 2)), .text("é", TextStyle()), .cut,
    ])
    let ticket = encoder.encode(document)
    #expect(ticket.shortfalls == [])
    var model = model(capabilities)
    model.doubleByte = characters
    var printer = EmulatedPrinter(model)
    printer.receive(ticket.bytes)
    #expect(printer.faults == [])
    let paper = try #require(printer.takeTickets().first)
    #expect(paper.lines.allSatisfy { !$0.isBroken })
    let all = paper.plainText.replacing("\n", with: "").replacing(" ", with: "")
    #expect(all == ("é" + text + "A012é").replacing(" ", with: ""))
    // Without the table nothing is garbled: marks stand there, and the log says so.
    let bare = TicketEncoder(capabilities).encode(document)
    #expect(bare.shortfalls.contains { $0.problem.code == "character-unprintable" })
    #expect(!bare.bytes.contains(0x1C))
  }

  @Test("a Star printer for Japan enters Shift JIS for Japanese alone, and no other set")
  func starDoubleByte() throws {
    let characters = try characters("SHIFT_JIS")
    var capabilities = capabilities([.cp437], columns: 32, doubleByte: .shiftJIS)
    let table = DoubleByteTable(characters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    let document = TicketDocument([
      .text("é番号é A", TextStyle(width: 2, height: 2)), .text("札x", TextStyle()), .cut,
    ])
    for language in [PrinterLanguage.starPRNT, .starLine] {
      capabilities.language = language
      let ticket = StarEncoder(capabilities, doubleByte: table).encode(document)
      #expect(ticket.shortfalls == [])
      #expect(
        ticket.bytes.dropFirst(9).starts(
          with: hex("1b2400 1b690101 1b1d7400 82 1b2401 94d4 8d86 1b2400 82 20 41 0a")))
      var model = EmulatedStarModel(
        language == .starLine ? .line : .prnt, width_px: 384, codePages: [0: .cp437])
      model.doubleByte = characters
      var printer = EmulatedStarPrinter(model)
      printer.receive(ticket.bytes)
      #expect(printer.faults == [])
      let paper = try #require(printer.takeTickets().first)
      #expect(paper.lines.map(\.text) == ["é番号é A", "札x"])
      #expect(paper.lines[0].runs.map(\.style.isDoubleByte) == [false, true, false])
      // A model for elsewhere knows no such mode.
      var other = EmulatedStarPrinter(EmulatedStarModel(.line, codePages: [0: .cp437]))
      other.receive(ticket.bytes)
      #expect(other.faults.first?.kind == .unsupported)
      capabilities.doubleByte = .gb18030
      let marked = StarEncoder(capabilities, doubleByte: table).encode(document)
      #expect(marked.shortfalls.contains(.unprintable("番")) && !marked.bytes.contains(0x24))
      capabilities.doubleByte = .shiftJIS
    }
  }
}
