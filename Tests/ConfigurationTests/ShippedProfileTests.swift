import Branch
import DeviceProfiles
import Foundation
import PositionedJSON
import SignProtocols
import Testing

/// "A012" as each shipped sign takes it; the checksum of the Alpha frame is 01F8. Those of the
/// Modbus signs were computed apart.
private let goldenFrames = [
  "alpha-sign": "0000000000015a30300241411b206241303132033031463804",
  "stx-etx-sign": "023031413031322020202003",
  "betabrite": "0000000000015a30300241411b206241303132033031463804",
  "cd5220-display":
    "1b514141303132202020202020202020202020202020200d1b514220202020202020202020202020"
    + "202020202020200d",
  "ditel-dn": "0230313031320d",
  "dm36-modbus": "0110000000060c00410030003100320020002016fe",
  "dm56-modbus": "0110000000040800410030003100327760",
  "edi-ed400": "0230312030313203",
  "epson-display":
    "0b413031322020202020202020202020202020202020202020202020202020202020202020202020"
    + "20",
  "nexus-b14-45-485": "01773f065b0d",
  "qsystem-board": "01014130313207",
  "rice-lake-remote": "7c3030444d41303132202021",
]

/// Printers that the product promises to know.
private let promisedPrinters: Set = [
  "epson-tm-t88v", "epson-tm-t88vi", "epson-tm-t20ii", "epson-tm-t20iii", "epson-tm-m30",
  "star-tsp100", "star-tsp100iv", "star-tsp650", "citizen-ct-s310ii", "citizen-ct-s601",
  "bixolon-srp-350iii", "bixolon-srp-330", "custom-vkp80ii", "custom-vkp80iii", "custom-kpm216",
  "zjiang-pos-5890", "generic-58mm", "generic-80mm",
]

/// USB ids that several models have, and why that is no mistake.
private let sharedModels: [String: Set<String>] = [
  // Epson's vendor class is one id for all of its receipt printers.
  "04b8:0202": [
    "epson-tm-t88v", "epson-tm-t88vi", "epson-tm-t20ii", "epson-tm-t20iii", "epson-tm-m30",
    "epson-tm-m30iii",
  ],
  // Star gave the fourth TSP100 the number of the first three.
  "0519:0003": ["star-tsp100", "star-tsp100iv"],
]

private func hex(_ bytes: [UInt8]) -> String {
  bytes.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
}

@Suite("Shipped profiles")
struct ShippedProfileTests {
  let library: ProfileLibrary

  init() throws { library = try Shipped.library.get() }

  @Test("every profile in Devices loads without a word")
  func allLoad() throws {
    let names = try Shipped.files().map(\.name).filter(ProfileLibrary.isProfile(fileName:))
    let ids = ProfileKind.allCases.flatMap { library.ids(of: $0) }
    #expect(ids.map { $0.text + ".json" }.sorted() == names.sorted())
    #expect(library.broken.isEmpty)
  }

  @Test("the devices that the product promises are there")
  func promised() {
    #expect(Set(library.ids(of: .printer).map(\.text)).isSuperset(of: promisedPrinters))
    #expect(promisedPrinters.count >= 15)
    #expect(library.ids(of: .sign).count >= 12)
    let terminals = Set(library.ids(of: .terminal).map(\.text))
    #expect(terminals.isSuperset(of: ["counter-keypad", "smiley-5", "kiosk-4-button"]))
  }

  @Test("the TM-T88V has the code page numbers that its encoders use")
  func tmT88V() throws {
    let printer = try #require(library.printers[ProfileID("epson-tm-t88v")!])
    #expect(printer.usb.map(\.description) == ["04b8:0202"])
    #expect(printer.columns == 42 && printer.width_pixels == 512 && printer.dpi == 180)
    #expect(printer.codePages[.cp437] == 0 && printer.codePages[.cp866] == 17)
    #expect(printer.codePages[.cp852] == 18 && printer.codePages[.iso8859_7] == 15)
    #expect(printer.codePages[.cp858] == 19 && printer.codePages[.cp1252] == 16)
    #expect(printer.nativeQR && printer.completion == .processID)
    #expect(printer.status == [.asb, .dleEOT])
  }

  @Test("each fact of a printer has a source of its own")
  func ownSources() throws {
    for file in try Shipped.files() {
      guard let root = JSONDocument(file: file.name, bytes: file.bytes).value,
        root["kind"]?.string == "printer"
      else { continue }
      let head: Set = ["kind", "name", "vendor", "sources"]
      let facts = (root.members ?? []).filter {
        !head.contains($0.key) && $0.value.content != .null
      }
      let sources = root["sources"]?.members ?? []
      #expect(Set(facts.map(\.key)) == Set(sources.map(\.key)), "\(file.name)")
      #expect(sources.allSatisfy { ($0.value.string ?? "").count > 10 }, "\(file.name)")
    }
  }

  @Test("a USB id that several printers have is known to be shared")
  func sharedIDs() {
    var claims: [String: Set<String>] = [:]
    for printer in library.printers.values {
      for model in printer.usb { claims[model.description, default: []].insert(printer.id.text) }
    }
    #expect(claims.filter { $0.value.count > 1 } == sharedModels)
  }

  @Test("what is known of a printer fits together", arguments: promisedPrinters.sorted())
  func fitting(id: String) throws {
    let printer = try #require(ProfileID(id).flatMap { library.printers[$0] })
    if let pixels = printer.width_pixels {
      // No font is narrower than 8 dots, none of those that a line is made of wider than 24.
      #expect((8...24).contains(pixels / printer.columns), "\(pixels) / \(printer.columns)")
    }
    if let columnsB = printer.columnsB { #expect(columnsB > printer.columns) }
    // Star's raster mode feeds to the knife by itself.
    if printer.cut != .none, printer.language != .starGraphic {
      #expect(printer.cutFeed_dots > 0)
    }
    let numbers = printer.codePages.values
    #expect(Set(numbers).count == numbers.count)
  }

  @Test("Star's printers have the numbers of ESC GS t, and their own language")
  func star() throws {
    for id in ["star-tsp100iv", "star-tsp650", "star-tsp650ii"] {
      let printer = try #require(library.printers[ProfileID(id)!])
      #expect(printer.language == (id == "star-tsp100iv" ? .starPRNT : .starLine))
      #expect(printer.codePages[.cp437] == 1 && printer.codePages[.cp1252] == 32)
    }
    let old = try #require(library.printers[ProfileID("star-tsp100")!])
    #expect(old.language == .starGraphic && old.codePages.isEmpty)
  }

  @Test("Custom's kiosk printers cut through, and feed up to the knife")
  func custom() throws {
    let new = try #require(library.printers[ProfileID("custom-vkp80iii")!])
    #expect(new.usb.map(\.description) == ["0dd4:0205"] && new.cut == .full)
    // 11.9 mm at 8 dots a millimetre.
    #expect(new.cutFeed_dots >= 95)
    let wide = try #require(library.printers[ProfileID("custom-kpm216")!])
    #expect(wide.columns == 92 && wide.width_pixels == 1664 && wide.feedUnitsPerInch == 408)
  }

  @Test("unknown facts take the cautious value")
  func cautious() throws {
    let printer = try #require(library.printers[ProfileID("generic-58mm")!])
    #expect(printer.completion == .none && printer.status.isEmpty && printer.cut == .none)
    #expect(printer.usb.isEmpty && printer.feedUnitsPerInch == nil)
  }

  @Test("the signs speak what the protocol facts say")
  func signs() throws {
    let alpha = try #require(library.signs[ProfileID("alpha-sign")!])
    #expect(alpha.serial.description == "9600 7E1")
    #expect(alpha.signProtocol == .alpha(AlphaSettings()))
    let generic = try #require(library.signs[ProfileID("stx-etx-sign")!])
    #expect(generic.serial.description == "9600 8N1")
    #expect(alpha.gap == .milliseconds(0) && generic.gap == .milliseconds(20))
  }

  @Test("every sign gets the bytes of its protocol", arguments: goldenFrames.keys.sorted())
  func frames(id: String) throws {
    let sign = try #require(ProfileID(id).flatMap { library.signs[$0] })
    #expect(hex(sign.signProtocol.encode("A012")) == goldenFrames[id])
  }

  @Test("no shipped sign goes without a known frame")
  func allGolden() {
    #expect(library.ids(of: .sign).map(\.text) == goldenFrames.keys.sorted())
  }

  @Test("what is read back from a Modbus sign is what was written")
  func readBack() throws {
    for (id, places) in [("dm36-modbus", 6), ("dm56-modbus", 4)] {
      let sign = try #require(ProfileID(id).flatMap { library.signs[$0] })
      var device = ModbusDevice(unit: 1, registers: 0...7)
      let frames = sign.signProtocol.frames(
        for: SignPicture(["A012"]), on: sign.serial, gap: sign.gap)
      for frame in frames {
        var reader = SignAnswerReader(frame.question)
        let answers = device.feed(frame.bytes).flatMap { reader.feed($0) }
        #expect(answers == [frame.bytes[1] == 3 ? .verified : .accepted])
      }
      #expect(device.values(from: 0, count: 4) == [0x41, 0x30, 0x31, 0x32] && frames.count == 2)
      #expect(sign.columns == places)
    }
  }

  @Test("Nexus boards of one line change together")
  func nexus() throws {
    let board = try #require(library.signs[ProfileID("nexus-b14-45-485")!])
    let frames = try [1, 2].flatMap { number in
      try board.signProtocol.addressed([number])
        .frames(for: SignPicture(["7"]), on: board.serial, gap: board.gap)
    }
    #expect(frames.map { hex($0.bytes) } == ["0100000007", "0d", "0200000007", "0d"])
    #expect(frames.map(\.isLatch) == [false, true, false, true])
    #expect(throws: Problem.self) { try board.signProtocol.addressed([0x0D]) }
  }

  @Test("a sign's own address stands where the profile has one")
  func addressed() throws {
    let alpha = try #require(library.signs[ProfileID("alpha-sign")!]).signProtocol
    let eleven = try alpha.addressed(try #require(alpha.addressFormat?.bytes("b")))
    #expect(hex(eleven.encode("")) == "0000000000015a30420241411b2062033031323404")
    let generic = try #require(library.signs[ProfileID("stx-etx-sign")!]).signProtocol
    let seven = try generic.addressed(try #require(generic.addressFormat?.bytes("7")))
    #expect(hex(seven.encode("B7")) == "023037423720202020202003")
  }

  @Test("the terminals' keys ask for what their names say")
  func terminals() throws {
    let keypad = try #require(library.terminals[ProfileID("counter-keypad")!])
    #expect(keypad.key(code: 96)?.action == .next)
    #expect(keypad.key(code: 28)?.action == .next)
    #expect(keypad.key(code: 79)?.action == .recall)
    #expect(keypad.key(code: 80)?.action == .noShow)
    #expect(keypad.key(code: 82)?.action == .end)
    #expect(keypad.key(code: 1) == nil && keypad.errorLED == 0 && keypad.okLED == nil)
    let smiley = try #require(library.terminals[ProfileID("smiley-5")!])
    #expect(smiley.keys.map(\.action) == (1...5).map { .rate($0) })
    #expect(smiley.key(code: 0x123)?.action == .rate(4))
    let kiosk = try #require(library.terminals[ProfileID("kiosk-4-button")!])
    #expect(kiosk.keys.map(\.name.text) == ["button1", "button2", "button3", "button4"])
    #expect(kiosk.keys.allSatisfy { $0.action == nil && $0.codes.count == 5 })
    #expect(kiosk.okLED == 0 && kiosk.errorLED == 1)
  }
}

@Suite("Linux key names")
struct LinuxKeyTests {
  /// The header of the system these tests run on is the judge.
  @Test("every name has the code that linux/input-event-codes.h gives it")
  func agreesWithTheHeader() throws {
    let header = try String(
      contentsOfFile: "/usr/include/linux/input-event-codes.h", encoding: .utf8)
    var codes: [String: UInt16] = [:]
    for line in header.split(separator: "\n") where line.hasPrefix("#define") {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard words.count >= 3 else { continue }
      let value = words[2]
      codes[String(words[1])] =
        value.hasPrefix("0x")
        ? UInt16(value.dropFirst(2), radix: 16)
        : UInt16(value) ?? codes[String(value)]
    }
    #expect(LinuxKeys.names.count > 250)
    for name in LinuxKeys.names {
      #expect(codes[name] == LinuxKeys.code(of: name), "\(name)")
    }
    #expect(Set(LinuxKeys.names).count == LinuxKeys.names.count)
    #expect(codes["KEY_MAX"] == LinuxKeys.codes.upperBound)
  }

  @Test("a code without a name is written as its number")
  func unnamed() {
    #expect(LinuxKeys.written(79) == "KEY_KP1" && LinuxKeys.written(0x2FF) == "767")
  }
}
