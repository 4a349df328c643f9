import Glibc
import LinuxIO
import Testing

@Suite("kioskd preview", .timeLimit(.minutes(3)))
struct PreviewTests {
  let bench: Bench
  private let tickets =
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Devices/tickets/"

  init() throws { bench = try Bench() }

  @Test("the ticket stands in the terminal, and in files that other programs read")
  func files() throws {
    let png = bench.path("t.png")
    let tool = try bench.kioskd(
      "preview", tickets + "town-hall.json", "--language", "de", "--priority",
      "--appointment", "--png", png,
      "--svg", bench.path("t.svg"), "--pbm", bench.path("t.pbm"))
    #expect(tool.code == 0, "\(tool.errors)")
    for word in ["Town Hall", "V O R R A N G", "Vor Ihnen: 3", "A", "K7-204518", "✂"] {
      #expect(tool.output.contains(word), "\(word)")
    }
    let dots = try #require(SmallFile.bytes(bench.path("t.pbm")))
    #expect(dots.starts(with: Array("P4\n560 ".utf8)) && dots.contains(0xFF))
    let svg = try #require(SmallFile.text(bench.path("t.svg")))
    #expect(svg.hasPrefix("<svg ") && svg.contains("viewBox=\"0 0 560"))
    #expect(system("tail -n 1 '\(bench.path("t.svg"))' | grep -qx '</svg>'") == 0)
    // Netpbm sees the same dots in the PNG.
    let command = "pngtopnm '\(png)' | cmp - '\(bench.path("t.pbm"))'"
    #expect(system(command) == 0)
  }

  @Test("conditions come from the command line, and each language from the template")
  func conditions() throws {
    func said(_ arguments: String...) throws -> String {
      let tool = try bench.kioskd(["preview", tickets + "town-hall.json"] + arguments)
      #expect(tool.code == 0, "\(tool.errors)")
      return tool.output
    }
    #expect(try said("--language", "fr").contains("Avant vous : 3"))
    #expect(try said("--offline").contains("Your number counts."))
    #expect(try !said().contains("Your number counts."))
    #expect(try said("--reprint").contains("R E P R I N T"))
    #expect(try said("--appointment").contains("Your appointment: "))
    #expect(try said("--printer", "generic-58mm").contains("Town Hall"))
  }

  @Test(
    "a printer of each of Star's languages shows the same words, also one that has only dots",
    arguments: ["star-tsp100", "star-tsp100iv", "star-tsp650", "star-tsp650ii"])
  func star(printer: String) throws {
    let pbm = bench.path("t.pbm")
    let tool = try bench.kioskd(
      "preview", tickets + "town-hall.json", "--language", "de", "--printer", printer, "--priority",
      "--appointment",
      "--png", bench.path("t.png"), "--svg", bench.path("t.svg"), "--pbm", pbm)
    #expect(tool.code == 0, "\(tool.errors)")
    for word in ["Town Hall", "V O R R A N G", "Vor Ihnen: 3", "K7-204518", "✂"] {
      #expect(tool.output.contains(word), "\(word)")
    }
    #expect(!tool.errors.contains("warning") && !tool.errors.contains("would not understand"))
    let dots = try #require(SmallFile.bytes(pbm))
    #expect(dots.starts(with: Array("P4\n624 ".utf8)) && dots.contains(0xFF))
    #expect(system("pngtopnm '\(bench.path("t.png"))' | cmp - '\(pbm)'") == 0)
    #expect(system("tail -n 1 '\(bench.path("t.svg"))' | grep -qx '</svg>'") == 0)
  }

  @Test("only a customer with an appointment has a code to check in with")
  func checkInCode() throws {
    let walkIn = try bench.kioskd("preview", tickets + "town-hall.json")
    #expect(walkIn.code == 0 && !walkIn.output.contains("K7-204518"))
  }

  @Test("columns and the width of a character are those of the profile")
  func wideCharacters() throws {
    let pbm = bench.path("t.pbm")
    let file = try bench.write(
      "t.json",
      #"{"elements": [{"text": "\#(String(repeating: "M", count: 92))"}, "#
        + #"{"text": "{number}"}, {"cut": true}]}"#)
    let tool = try bench.kioskd("preview", file, "--printer", "custom-kpm216", "--pbm", pbm)
    #expect(tool.errors.contains(", 92 columns"), "\(tool.errors)")
    let other = try bench.kioskd("preview", file, "--printer", "custom-vkp80ii")
    #expect(other.errors.contains(", 32 columns"), "\(other.errors)")
    // 92 letters of 18 dots fill nearly all of the 1664.
    let dots = try #require(SmallFile.bytes(pbm))
    let head = Array("P4\n1712 ".utf8)
    #expect(dots.starts(with: head))
    let stride = 1712 / 8
    let rows = dots.dropFirst(dots.count % stride)
    let farthest = rows.enumerated().filter { $0.element != 0 }.map { $0.offset % stride }.max()
    #expect(try #require(farthest) > 200)
  }

  @Test("a letter that the printer has and the picture lacks is told where a picture is made")
  func undrawn() throws {
    let file = try bench.write(
      "t.json", #"{"elements": [{"text": "Kiosk™ {number}"}, {"cut": true}]}"#)
    let told = try bench.kioskd(
      "preview", file, "--printer", "generic-80mm", "--png", bench.path("t.png"))
    #expect(
      told.code == 0 && told.errors.contains("warning: the printer has '™'"), "\(told.errors)")
    let shown = try bench.kioskd("preview", file, "--printer", "generic-80mm")
    #expect(shown.output.contains("Kiosk™") && !shown.errors.contains("warning"))
  }

  @Test("what the printer cannot show is told as a warning")
  func shortfall() throws {
    let file = try bench.write(
      "t.json", #"{"elements": [{"text": "Καλημέρα"}, {"text": "10 € {number}"}, {"cut": true}]}"#)
    let tool = try bench.kioskd("preview", file, "--printer", "generic-80mm")
    #expect(tool.code == 0)
    #expect(tool.errors.contains("warning: 'Κ' was printed as"), "\(tool.errors)")
    #expect(tool.output.contains("10 €"))
  }

  @Test("mistakes are told with their place, and end the preview")
  func mistakes() throws {
    let file = try bench.write("t.json", "{\"elements\": [\n  {\"text\": \"{nubmer}\"}]}")
    let tool = try bench.kioskd("preview", file)
    #expect(tool.code == 2)
    #expect(tool.errors.contains("t.json:2:12: elements[0].text:"), "\(tool.errors)")
    #expect(tool.errors.contains("Did you mean {number}?"))
    #expect(try bench.kioskd("preview", bench.path("none.json")).code == 2)
    let other = try bench.kioskd("preview", tickets + "standard.json", "--language", "de")
    #expect(other.code == 2 && other.errors.contains("it has: en"))
    let nowhere = try bench.kioskd("preview", tickets + "standard.json", "--png", "/no/where.png")
    #expect(nowhere.code == 1 && nowhere.errors.contains("[file]"))
  }

  @Test("check-config tells the mistakes of templates, and languages that they do not speak")
  func checkConfig() throws {
    var node = NodeText(bench)
    let bad = try bench.write("bad.json", #"{"elements": [{"text": ""}]}"#)
    node.add(
      printer: "front", "generic-80mm", path: bench.path("paper.bin"),
      more: #", "template": "\#(bad)""#)
    let text = node.text.replacing(
      "\"services\": [{",
      with:
        #""tickets": {"template": "\#(tickets)town-hall.json", "language": "it"}, "services": [{"#)
    let file = try bench.write("kioskd.json", text)
    let check = try bench.kioskd("check-config", file)
    #expect(check.code == 1)
    #expect(check.errors.contains("bad.json:1:24: elements[0].text: the text is empty"))
    #expect(check.errors.contains("tickets.language: ") && check.errors.contains("\"it\""))
    #expect(check.errors.contains("2 mistakes"), "\(check.errors)")
    let wide = try bench.write("wide.pbm", "P1 600 1 " + String(repeating: "1", count: 600))
    let design =
      #"{"elements": [{"logo": {"file": "\#(wide)"}}, {"text": "{number}"}, {"cut": true}]}"#
    let wideText = text.replacing("\"it\"", with: "\"pl\"")
      .replacing(bad, with: try bench.write("wide.json", design))
    let told = try bench.kioskd("check-config", bench.write("wide-config.json", wideText))
    #expect(told.code == 1 && told.errors.contains("printers[0].template: its logo has 600 dots"))
    let sound = text.replacing("\"it\"", with: "\"pl\"")
      .replacing(bad, with: tickets + "town-hall.json")
    #expect(try bench.kioskd("check-config", bench.write("sound.json", sound)).code == 0)
  }
}
