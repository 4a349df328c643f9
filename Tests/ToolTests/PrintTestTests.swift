import Glibc
import LinuxIO
import PrinterEmulator
import Testing

@Suite("kioskd print-test", .timeLimit(.minutes(3)))
struct PrintTestTests {
  let bench: Bench

  init() throws { bench = try Bench() }

  /// A printer on a pty with its own mind.
  final class Printer {
    var emulator: EmulatedPrinter
    var isMute = false
    init(_ model: EmulatedModel) { emulator = EmulatedPrinter(model) }

    func take(_ bytes: [UInt8]) -> [UInt8] {
      emulator.receive(bytes)
      let answers = emulator.takeAnswers()
      return isMute ? [] : answers
    }
  }

  private func printer(_ model: EmulatedModel = .tmT88V) throws -> Printer {
    let printer = Printer(model)
    _ = try bench.device("printer") { printer.take($0) }
    return printer
  }

  private func configuration(_ profile: String = "epson-tm-t88v", confirm_s: Int = 20) throws
    -> String
  {
    var node = NodeText(bench)
    node.add(
      printer: "front", profile, path: bench.path("printer"),
      more: #", "confirmSeconds": \#(confirm_s)"#)
    return try bench.write("kioskd.json", node.text)
  }

  @Test("a printer that confirms gives exit code 0, and a ticket marked TEST")
  func printed() throws {
    let printer = try printer()
    let tool = try bench.kioskd("print-test", "--config", configuration())
    #expect(tool.code == 0, "\(tool.errors)")
    #expect(tool.output.contains("front: printed: the printer confirmed it"))
    let tickets = printer.emulator.tickets
    #expect(tickets.count == 1)
    #expect(printer.emulator.faults.isEmpty)
    let ticket = try #require(tickets.first)
    #expect(ticket.largeTexts.contains { $0.contains("TEST") })
    #expect(ticket.plainText.contains("Town Hall"))
    #expect(ticket.plainText.contains("printer front"))
    #expect(ticket.qrTexts.first?.hasPrefix("kioskd print-test front ") == true)
    #expect(ticket.cut == .partial)
  }

  @Test("the characters on the paper are those that the program lists")
  func sample() throws {
    let printer = try printer()
    let tool = try bench.kioskd("print-test", "--config", configuration())
    let ticket = try #require(printer.emulator.tickets.first)
    let listed = tool.output.split(separator: "\n").filter { $0.hasPrefix("  ") }
    #expect(listed.contains { $0.contains("АБВ") })
    for line in listed {
      #expect(ticket.plainText.contains(line.drop { $0 == " " }), "\(line)")
    }
  }

  @Test("a printer without paper gets no ticket")
  func paperOut() throws {
    let printer = try printer()
    printer.emulator.setPaper(.out)
    let tool = try bench.kioskd("print-test", "--config", configuration())
    #expect(tool.code == 1)
    #expect(tool.output.contains("nothing was sent"))
    #expect(tool.output.contains("the paper is out"))
    #expect(tool.output.contains("[media-empty]. Put in a new roll"))
    // Nothing but questions: four times DLE EOT n.
    let questions: [UInt8] = [0x10, 0x04, 1, 0x10, 0x04, 2, 0x10, 0x04, 3, 0x10, 0x04, 4]
    #expect(bench.devices.first?.received == questions)
  }

  @Test("a roll that ends within the ticket is told, and is no success")
  func rollEnds() throws {
    let printer = try printer()
    printer.emulator.linesUntilPaperOut = 3
    let tool = try bench.kioskd("print-test", "--config", configuration(confirm_s: 1))
    #expect(tool.code == 1)
    #expect(tool.output.contains("front: unconfirmed: it cannot print now: the paper is out"))
  }

  @Test("a printer that keeps silent against its profile is no success")
  func silent() throws {
    let printer = try printer()
    printer.isMute = true
    let tool = try bench.kioskd("print-test", "--config", configuration(confirm_s: 1))
    #expect(tool.code == 1)
    #expect(tool.output.contains("did not answer as its profile says"))
    #expect(printer.emulator.tickets.count == 1)
  }

  @Test("a printer that cannot confirm is unconfirmed, with exit code 0")
  func cannotConfirm() throws {
    let printer = try printer(.generic58)
    let tool = try bench.kioskd("print-test", "--config", configuration("generic-80mm"))
    #expect(tool.code == 0, "\(tool.output)\(tool.errors)")
    #expect(tool.output.contains("unconfirmed: all bytes were taken"))
    #expect(printer.emulator.tickets.count == 1)
  }

  @Test("a file without configuration takes the ticket")
  func file() throws {
    let file = try bench.write("paper.bin", "")
    let tool = try bench.kioskd("print-test", "--path", file, "--profile", "generic-58mm")
    #expect(tool.code == 0, "\(tool.errors)")
    var emulator = EmulatedPrinter(.generic58)
    emulator.receive(try #require(SmallFile.bytes(file)))
    #expect(emulator.faults.isEmpty)
    let ticket = emulator.tickets.first ?? emulator.current
    #expect(ticket.plainText.contains("TEST - not a ticket"))
    #expect(ticket.rasters.count == 1)
  }

  @Test("a configuration may name a printer that takes pictures only, and its ticket can be read")
  func dots() throws {
    let file = try configuration("star-tsp100")
    let checked = try bench.kioskd("check-config", file)
    #expect(checked.code == 0, "\(checked.errors)")
    let paper = try bench.write("paper.bin", "")
    let tool = try bench.kioskd("print-test", "--path", paper, "--profile", "star-tsp100")
    #expect(tool.code == 0, "\(tool.errors)")
    var emulator = EmulatedStarPrinter(EmulatedStarModel(.graphic))
    emulator.receive(try #require(SmallFile.bytes(paper)))
    #expect(emulator.faults.isEmpty)
    let ticket = try #require(emulator.tickets.first)
    let read = ticket.lettersRead(width_px: 576)
    #expect(read.plainText.contains("TEST - not a ticket"), "\(read.plainText)")
    #expect(ticket.cut == .partial)
  }

  @Test("a mistyped path gets no file, and is no success")
  func mistyped() throws {
    let path = bench.path("typo")
    let tool = try bench.kioskd("print-test", "--path", path, "--profile", "generic-58mm")
    #expect(tool.code == 1, "\(tool.output)")
    #expect(tool.output.contains("failed, nothing was sent") && tool.output.contains("createFile"))
    #expect(access(path, F_OK) != 0)
  }

  @Test("a configuration that wants a file gets it, and without the word it gets none")
  func createsFile() throws {
    let path = bench.path("paper.bin")
    for word in [false, true] {
      var node = NodeText(bench)
      node.add(
        printer: "front", "generic-58mm", path: path, more: #", "createFile": \#(word)"#)
      let file = try bench.write("kioskd.json", node.text)
      let tool = try bench.kioskd("print-test", "--config", file)
      #expect(tool.code == (word ? 0 : 1), "\(tool.output)\(tool.errors)")
      #expect((access(path, F_OK) == 0) == word)
    }
  }

  @Test("an absent printer is a failure with a cure")
  func absent() throws {
    let tool = try bench.kioskd(
      "print-test", "--path", "/dev/no-such-printer", "--profile", "generic-58mm")
    #expect(tool.code == 1)
    #expect(tool.output.contains("failed, nothing was sent"))
    #expect(tool.output.contains("correct the path"))
    #expect(access("/dev/no-such-printer", F_OK) != 0)
  }

  @Test(
    "a command line that does not fit is misuse",
    arguments: [
      [], ["--path", "/tmp/x"], ["--path", "x", "--profile", "generic-58mm"],
      ["--path", "/tmp/x", "--profile", "no-such-profile"],
      ["--path", "/tmp/x", "--profile", "alpha-sign"],
    ])
  func misuse(arguments: [String]) throws {
    let tool = try bench.start("kioskd", ["print-test"] + arguments)
    try bench.wait("its end") { tool.code != nil }
    #expect(tool.code == 2, "\(tool.errors)")
    #expect(tool.errors.contains("Try: kioskd print-test --help"))
  }

  @Test("with several printers one has to be named, and must be there")
  func choice() throws {
    var node = NodeText(bench)
    node.add(
      printer: "front", "generic-58mm", path: bench.path("one"), more: #", "createFile": true"#)
    node.add(
      printer: "back", "generic-58mm", path: bench.path("two"), more: #", "createFile": true"#)
    let file = try bench.write("kioskd.json", node.text)
    let unnamed = try bench.kioskd("print-test", "--config", file)
    #expect(unnamed.code == 2)
    #expect(unnamed.errors.contains("'--printer': front, back"))
    let wrong = try bench.kioskd("print-test", "--config", file, "--printer", "left")
    #expect(wrong.code == 2)
    #expect(wrong.errors.contains("no printer 'left'"))
    let right = try bench.kioskd("print-test", "--config", file, "--printer", "back")
    #expect(right.code == 0)
    #expect(access(bench.path("two"), F_OK) == 0)
    #expect(access(bench.path("one"), F_OK) != 0)
  }
}
