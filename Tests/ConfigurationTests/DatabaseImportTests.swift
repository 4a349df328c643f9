import Branch
import CodePages
import DeviceProfiles
import PositionedJSON
import Testing

/// Three small pieces of escpos-printer-db (CC BY 4.0), which fuzzing starts from, too.
private func sample(_ name: String) throws -> [UInt8] {
  try Shipped.bytes("Tests/Fuzz/Corpus/printer-database/\(name).seed")
}

private func database(_ bytes: [UInt8]) throws -> PrinterDatabase {
  let (database, diagnostics) = PrinterDatabase.read(file: "db.json", bytes: bytes)
  #expect(diagnostics.map(\.description) == [])
  return try #require(database)
}

private func database(_ text: String) throws -> PrinterDatabase {
  try database(Array(text.utf8))
}

/// The profile of an entry, read again as a file in Devices/ is.
private func imported(
  _ database: PrinterDatabase, _ key: String? = nil
) throws -> PrinterProfile {
  let entry = try #require(database.entries.first { key == nil || $0.key == key })
  let (profile, mistakes) = database.profile(of: entry)
  #expect(mistakes.map(\.description) == [])
  return try read(try #require(profile))
}

private func read(_ profile: ImportedProfile) throws -> PrinterProfile {
  var library = ProfileLibrary()
  let mistakes = library.add(
    fileName: "\(profile.suggestedID).json", bytes: Array(profile.text.utf8))
  #expect(mistakes.map(\.description) == [], "\(profile.text)")
  return try #require(library.printers[profile.suggestedID])
}

/// What is told of an entry or a file that cannot be used.
private func codes(_ text: String) -> [String] {
  let (database, diagnostics) = PrinterDatabase.read(file: "db.json", bytes: Array(text.utf8))
  guard let database else { return diagnostics.map(\.code) }
  return database.entries.flatMap { database.profile(of: $0).diagnostics.map(\.code) }
}

@Suite("Profiles out of escpos-printer-db")
struct DatabaseImportTests {
  @Test("what the database knows of a printer stands in the profile")
  func facts() throws {
    let printer = try imported(try database(try sample("table")), "TM-T20II")
    #expect(printer.id.text == "epson-tm-t20ii")
    #expect(printer.name == "TM-T20II" && printer.vendor == "Epson")
    #expect(printer.columns == 48 && printer.columnsB == 64)
    #expect(printer.width_pixels == 576 && printer.dpi == 203)
    #expect(printer.nativeBarcodes == [.code128, .ean13, .code39] && printer.nativeQR)
    #expect(printer.hasDrawer && printer.cut == .partial)
    // 19 mm.
    #expect(printer.cutFeed_dots == 151)
    #expect(printer.codePages[.cp437] == 0 && printer.codePages[.cp858] == 19)
    #expect(printer.codePages[.iso8859_2] == 39 && printer.codePages[.iso8859_15] == 40)
    #expect(printer.codePages.count == 28)
  }

  @Test("what it does not know takes the cautious value, and a comment tells how to find out")
  func unknown() throws {
    let database = try database(try sample("table"))
    let printer = try imported(database, "TM-T20II")
    #expect(printer.completion == .none && printer.status.isEmpty && printer.usb.isEmpty)
    #expect(!printer.storesPictures && printer.bell == nil && printer.language == .escpos)
    let text = try #require(database.profile(of: database.entries[0]).profile).text
    for word in ["usb", "storesPictures", "completion", "status", "cutFeedDots"] {
      #expect(text.contains("  // \(word): "), "\(word)")
    }
    #expect(text.contains("two bytes a character: 1 CP932."))
    #expect(text.contains("not identified: 255."))
    #expect(text.contains("no table here: 11 CP851, 12 CP853, 30 TCVN-3-1"))
  }

  @Test("each fact says from which field of which entry it comes, under which licence")
  func sources() throws {
    let database = try database(try sample("table"))
    let text = try #require(database.profile(of: database.entries[0]).profile).text
    let document = JSONDocument(file: "p.json", bytes: Array(text.utf8))
    let root = try #require(document.value)
    let sources = try #require(root["sources"]?.members)
    let head: Set = ["kind", "name", "vendor", "sources"]
    let facts = try #require(root.members).map(\.key).filter { !head.contains($0) }
    #expect(facts == sources.map(\.key))
    for source in sources where source.key != "cutFeedDots" {
      let said = source.value.string ?? ""
      #expect(said.hasPrefix("escpos-printer-db (CC BY 4.0), profile TM-T20II, "), "\(said)")
    }
    #expect(text.split(separator: "\n").prefix { $0.hasPrefix("//") }.count == 3)
  }

  @Test("dots of a character in place of the characters of a line are understood")
  func cellWidths() throws {
    let printer = try imported(try database(try sample("table")), "NT-80-V-UL")
    #expect(printer.columns == 576 / 12 && printer.columnsB == 576 / 9)
    // The first number of a table that is listed twice.
    #expect(printer.codePages[.cp437] == 0 && printer.codePages[.cp1252] == 16)
  }

  @Test("\"Unknown\" is left out, and an estimate says what it assumes")
  func unknownMedia() throws {
    let database = try database(try sample("keyed"))
    let printer = try imported(database, "default")
    #expect(printer.width_pixels == nil && printer.dpi == nil && printer.cutFeed_dots == 151)
    let text = try #require(database.profile(of: database.entries[0]).profile).text
    #expect(text.contains("// widthPixels: ") && text.contains("// dpi: "))
    #expect(text.contains("at an assumed 203 dpi"))
  }

  @Test("numbers of Star's code pages are not taken for those of ESC t")
  func star() throws {
    let database = try database(try sample("bare"))
    #expect(database.isBareEntry && database.entries.map(\.key) == ["TSP600 Series"])
    let profile = try #require(
      database.profile(of: database.entries[0], calling: "TSP600").profile)
    let printer = try read(profile)
    #expect(printer.codePages.isEmpty && printer.language == .escpos)
    #expect(profile.text.contains("\"cp1252\":32,") && profile.text.contains("\"star-line\""))
    #expect(profile.text.contains("profile TSP600, fonts 0"))
  }

  @Test("an entry that says little gives a profile that says little")
  func little() throws {
    let printer = try imported(
      try database(#"{"X": {"name": "X", "fonts": {"0": {"columns": 32}}}}"#), "X")
    #expect(printer.columns == 32 && printer.columnsB == nil && printer.cut == .none)
    #expect(printer.cutFeed_dots == 0 && printer.codePages.isEmpty && printer.vendor == "")
    let cutter = try database(
      #"{"X": {"name": "X", "fonts": {"0": {"columns": 32}}, "media": {"dpi": 180},"#
        + #""features": {"paperFullCut": true, "paperPartCut": false, "barcodeB": false}}}"#)
    let full = try imported(cutter)
    #expect(full.cut == .full && full.cutFeed_dots == 134 && full.nativeBarcodes.isEmpty)
  }

  @Test("no text of an entry gets out of its comment or its quotes")
  func quoting() throws {
    let printer = try imported(
      try database(
        #"{"a\"b\\ // */": {"name": "N\"\\", "vendor": "é \/* ü", "fonts": {"0": {"columns": 32}},"#
          + #""codePages": {"7": "\"}, // \\"}}}"#), "a\"b\\ // */")
    #expect(printer.name == "N\"\\" && printer.vendor == "é /* ü")
    #expect(printer.id.text == "n")
  }

  @Test(
    "a mistake has its code",
    arguments: [
      ("", "json-end"), ("{", "json-end"), ("[]", "type"), ("7", "type"),
      ("{}", "no-entries"), (#"{"profiles": {}}"#, "no-entries"), (#"{"profiles": 5}"#, "type"),
      (#"{"profiles": {"A": 5}}"#, "type"),
      (#"{"profiles": {"A": {"fonts": {"0": {"columns": 32}}}}}"#, "missing"),
      (#"{"profiles": {"A": {"name": "A"}}}"#, "missing"),
      (#"{"profiles": {"A": {"name": "A", "fonts": {}}}}"#, "missing"),
      (#"{"profiles": {"A": {"name": "A", "fonts": {"0": {}}}}}"#, "missing"),
      (#"{"profiles": {"": {"name": "A", "fonts": {"0": {"columns": 32}}}}}"#, "model-name"),
      (#"{"profiles": {"\u0007": {"name": "A", "fonts": {"0": {"columns": 32}}}}}"#, "model-name"),
      (#"{"A": {"name": "A\u0007", "fonts": {"0": {"columns": 32}}}}"#, "text-control"),
      (#"{"name": "A", "fonts": {"0": {"columns": 0}}}"#, "range"),
      (#"{"name": "A", "fonts": {"0": {"columns": -9223372036854775808}}}"#, "range"),
      (#"{"name": "A", "fonts": {"0": {"columns": 12}}}"#, "range"),
      (#"{"name": "A", "fonts": {"0": {"columns": "48"}}}"#, "type"),
      (#"{"name": "A", "fonts": {"0": {"columns": 48}}, "media": {"dpi": 5}}"#, "range"),
      (
        #"{"name": "A", "fonts": {"0": {"columns": 48}}, "media": {"width": {"pixels": 1e9}}}"#,
        "range"
      ),
      (#"{"name": "A", "fonts": {"0": {"columns": 48}}, "features": {"qrCode": "yes"}}"#, "type"),
      (#"{"name": "A", "fonts": {"0": {"columns": 48}}, "codePages": {"256": "CP437"}}"#, "range"),
      (#"{"name": "A", "fonts": {"0": {"columns": 48}}, "codePages": {"+1": "CP437"}}"#, "range"),
      (#"{"name": "A", "fonts": {"0": {"columns": 48}}, "codePages": {"1": 437}}"#, "type"),
    ])
  func mistakes(text: String, code: String) {
    #expect(codes(text) == [code], "\(text)")
  }

  @Test("a mistake is told with its place in the file")
  func places() throws {
    let marked = Marked(
      "{\"profiles\": {\"A\": {\"name\": \"A\",\n  \"fonts\": {\"0\": {\"columns\": ¶700}}}}}")
    let database = try database(marked.text)
    let told = database.profile(of: database.entries[0]).diagnostics
    #expect(told.map(\.position) == marked.places)
    #expect(told.map(\.field) == ["profiles.A.fonts.0.columns"])
  }

  @Test("with any byte of a file changed or removed there is a sound profile or a diagnostic")
  func everyByte() throws {
    var random = SeededRandom(seed: 0x5EED_0013)
    let bytes = Array("\"{}[],:0-x\\/\n ".utf8) + [0x00, 0xFF]
    for name in ["table", "keyed", "bare"] {
      let text = try sample(name)
      for offset in text.indices {
        var removed = text
        removed.remove(at: offset)
        var changed = text
        changed[offset] = bytes.randomElement(using: &random)!
        for spoilt in [removed, changed] {
          let note = "seed \(random.seed), \(name), byte \(offset)"
          let (database, diagnostics) = PrinterDatabase.read(file: "db.json", bytes: spoilt)
          #expect((database == nil) != diagnostics.isEmpty, "\(note)")
          for entry in database?.entries ?? [] {
            let (profile, mistakes) = try #require(database).profile(of: entry)
            #expect((profile == nil) != mistakes.isEmpty, "\(note)")
            if let profile { _ = try read(profile) }
          }
        }
      }
    }
  }

  @Test("a mistyped key finds the one that was meant")
  func nearest() throws {
    let database = try database(try sample("table"))
    #expect(database.nearestKey(to: "tm-t20ii") == "TM-T20II")
    #expect(database.nearestKey(to: "laser") == nil)
  }
}
