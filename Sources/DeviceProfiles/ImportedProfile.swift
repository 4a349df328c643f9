import Branch
import CodePages

/// A profile of ours made of an entry of escpos-printer-db.
public struct ImportedProfile: Sendable {
  /// JSON with comments, as in the files under Devices/.
  public let text: String
  /// An id that fits it: vendor and name in small letters.
  public let suggestedID: ProfileID

  init(_ entry: DatabaseEntry) {
    var draft = ProfileDraft(source: "escpos-printer-db (CC BY 4.0), profile \(entry.key)")
    draft.remark(
      "Made by `kioskd profile import` of github.com/receipt-print-hq/escpos-printer-db, profile "
        + entry.key + ". An entry takes over from a general one what it does not say itself: try "
        + "the printer with `kioskd print-test` before you rely on this.")
    draft.open(name: entry.name, vendor: entry.vendor)
    draft.remark("usb: not in the database; `kioskd devices` shows the ids of a printer.")
    draft.addPaper(of: entry)
    draft.addCodePages(of: entry)
    draft.addAbilities(of: entry)
    draft.addCut(of: entry)
    draft.addAnswers()
    text = draft.text
    suggestedID = Self.id([entry.vendor, entry.name].compactMap(\.self).joined(separator: "-"))
  }

  private static func id(_ words: String) -> ProfileID {
    var text = ""
    for byte in words.lowercased().utf8 {
      let isKept = (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
      if isKept {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else if !text.isEmpty, !text.hasSuffix("-") {
        text += "-"
      }
    }
    text = String(text.prefix(ProfileID.length_max))
    while text.hasSuffix("-") { text.removeLast() }
    guard let id = ProfileID(text) ?? ProfileID("printer") else {
      preconditionFailure("printer is an id")
    }
    return id
  }
}

extension ProfileDraft {
  fileprivate mutating func addPaper(of entry: DatabaseEntry) {
    addColumns("columns", entry.columns, font: 0)
    if let columnsB = entry.columnsB { addColumns("columnsB", columnsB, font: 1) }
    if let pixels = entry.width_pixels {
      fact("widthPixels", "\(pixels)", from: "media: width pixels")
    } else {
      remark("widthPixels: not in the entry. Measure the line, or look into the manual.")
    }
    if let dpi = entry.dpi {
      fact("dpi", "\(dpi)", from: "media: dpi")
    } else {
      remark("dpi: not in the entry. Look into the manual; 203 and 180 are usual.")
    }
  }

  private mutating func addColumns(_ key: String, _ columns: DatabaseEntry.Columns, font: Int) {
    guard let dots = columns.character_dots else {
      fact(key, "\(columns.count)", from: "fonts \(font): columns")
      return
    }
    remark("The entry says \(dots) columns, which must be the dots of a character.")
    fact(key, "\(columns.count)", from: "width pixels divided by \(dots), given as fonts \(font)")
  }

  fileprivate mutating func addCodePages(of entry: DatabaseEntry) {
    let sorted = SortedPages(entry.codePages)
    let pages = sorted.known.map { (name: "\"\($0.page.rawValue)\":", number: "\($0.number)") }
    if entry[.starCommands] == true {
      // escpos-php sends ESC GS t for these entries, whose numbers are Star's.
      remark(
        "language: the entry knows Star commands, and does not say whether the printer is set to "
          + "\"star-prnt\", \"star-line\" or to Star's ESC/POS emulation, which is taken here. The "
          + "numbers of its code pages are those of ESC GS t, not of ESC t; for one of Star's "
          + "languages they are: {\(pages.map { $0.name + $0.number }.joined(separator: ", "))}")
    } else if !pages.isEmpty {
      list("codePages", pages.map { "\($0.name) \($0.number)" }, from: "codePages")
    }
    for (reason, numbers) in sorted.leftOut where !numbers.isEmpty {
      remark("codePages, left out, \(reason): " + numbers.joined(separator: ", ") + ".")
    }
  }

  fileprivate mutating func addAbilities(of entry: DatabaseEntry) {
    if let hasBarcodes = entry[.barcodeB] {
      let all = "[\"code128\", \"ean13\", \"code39\"]"
      fact("nativeBarcodes", hasBarcodes ? all : "[]", from: "features: barcodeB \(hasBarcodes)")
    }
    if let hasQR = entry[.qrCode] {
      fact("nativeQR", "\(hasQR)", from: "features: qrCode \(hasQR)")
    }
    if entry[.bitImageRaster] == false {
      remark(
        "bitImageRaster is false: GS v 0, by which kioskd sends logos and the symbols that the "
          + "printer does not draw by itself, may come out as garbage. Or it is no printer at all.")
    }
    if entry[.graphics] == true {
      remark(
        "storesPictures: the entry knows GS ( L, but not whether its functions 83 and 85 keep a "
          + "picture. Say true when the manual has both.")
    }
    if let hasDrawer = entry[.pulseStandard] {
      fact("drawer", "\(hasDrawer)", from: "features: pulseStandard \(hasDrawer)")
    }
    if entry[.pulseBel] == true {
      remark("bell: pulseBel of the entry opens a drawer by BEL; of a buzzer it says nothing.")
    }
  }

  fileprivate mutating func addCut(of entry: DatabaseEntry) {
    let full = entry[.paperFullCut]
    let partial = entry[.paperPartCut]
    if partial == true {
      fact("cut", "\"partial\"", from: "features: paperPartCut true")
    } else if full == true {
      fact("cut", "\"full\"", from: "features: paperFullCut true")
    } else if full == false, partial == false {
      fact("cut", "\"none\"", from: "features: paperFullCut false, paperPartCut false")
    } else {
      remark("cut: not in the entry; nothing is cut.")
      return
    }
    addFeed(hasCutter: full == true || partial == true, dpi: entry.dpi)
  }

  /// As in generic-80mm and generic-58mm.
  private mutating func addFeed(hasCutter: Bool, dpi: Int?) {
    let feed_mm = hasCutter ? 19 : 15
    let dpi_assumed = 203
    let dots = (dpi ?? dpi_assumed) * feed_mm * 10 / 254
    remark("cutFeedDots: not in the database. Measure it: more if the last line is cut or hidden.")
    fact(
      "cutFeedDots", "\(dots)",
      source: "estimate: \(feed_mm) mm from the head to the \(hasCutter ? "knife" : "tear bar")"
        + (dpi == nil ? ", at an assumed \(dpi_assumed) dpi" : ""))
  }

  fileprivate mutating func addAnswers() {
    remark(
      "completion: not in the database. Put in \"process-id\" and see whether `kioskd print-test` "
        + "gets its confirmation; Epson's reference says so of the TM-T20 to the TM-T88VII.")
    remark(
      "status: not in the database. Put in [\"dle-eot\"], take the roll out, open the cover, and "
        + "see whether `kioskd doctor` tells of it; then the same for \"asb\" and \"port-status\".")
  }
}

/// The numbers of an entry's encodings, by whether we have a table for them.
private struct SortedPages {
  var known: [(page: CodePage, number: UInt8)] = []
  private var twoBytes: [String] = []
  private var again: [String] = []
  private var unidentified: [String] = []
  private var noTable: [String] = []

  var leftOut: [(reason: String, numbers: [String])] {
    [
      ("two bytes a character", twoBytes), ("the same again", again),
      ("not identified", unidentified), ("no table here", noTable),
    ]
  }

  init(_ pages: [(number: UInt8, encoding: String)]) {
    for (number, encoding) in pages {
      if let page = Self.page(encoding) {
        if known.contains(where: { $0.page == page }) {
          again.append("\(number) \(encoding)")
        } else {
          known.append((page, number))
        }
      } else if encoding == "Unknown" {
        unidentified.append("\(number)")
      } else if encoding == "CP932" {
        twoBytes.append("\(number) \(encoding)")
      } else {
        noTable.append("\(number) \(encoding)")
      }
    }
  }

  /// `CP437`, `ISO_8859-2` as the database names them.
  private static func page(_ encoding: String) -> CodePage? {
    let isISO = encoding.hasPrefix("ISO_")
    return CodePage(rawValue: (isISO ? "iso" + encoding.dropFirst(4) : encoding).lowercased())
  }
}
