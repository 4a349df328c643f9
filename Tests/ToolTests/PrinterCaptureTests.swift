import Glibc
import LinuxIO
import PrinterEmulator
import Testing

@Suite("kioskd capture between a program and its printer", .timeLimit(.minutes(3)))
struct PrinterCaptureTests {
  let bench: Bench

  init() throws { bench = try Bench() }

  /// Records a printer at this path, and makes `link` for others.
  private func capture(_ path: String, _ more: String...) throws -> Tool {
    let tool = try bench.start(
      "kioskd",
      [
        "capture", path, bench.path("printer.capture"), "--kind", "printer", "--through",
        bench.path("link"),
      ] + more)
    try bench.wait("the recording to begin") {
      tool.errors.contains("recording") || tool.code != nil
    }
    return tool
  }

  private func end(_ tool: Tool) throws {
    tool.send(SIGINT)
    try bench.wait("its end") { tool.code != nil }
    #expect(tool.code == 0, "\(tool.errors)")
    #expect(SmallFile.linkTarget(bench.path("link")) == nil, "the link is left behind")
  }

  @Test("a ticket that another program prints through the link is recorded with the answers")
  func through() throws {
    var emulator = EmulatedPrinter(.tmT88V)
    _ = try bench.device("printer") { bytes in
      emulator.receive(bytes)
      return emulator.takeAnswers()
    }
    let tool = try capture(bench.path("printer"), "--profile", "epson-tm-t88v")
    let test = try bench.kioskd(
      "print-test", "--path", bench.path("link"), "--profile", "epson-tm-t88v")
    #expect(test.code == 0, "\(test.output)\(test.errors)")
    #expect(emulator.takeTickets().count == 1 && emulator.faults.isEmpty)
    try end(tool)
    let replay = try bench.kioskd("replay", bench.path("printer.capture"))
    #expect(replay.output.contains("ask       printer, offlineCause, errorCause, paper"))
    #expect(replay.output.contains("printed   all before"), "\(replay.output)")
    #expect(!replay.output.contains("fault"))
  }

  @Test("a printer that takes nothing makes the program wait, and gets every byte later")
  func slow() throws {
    let printer = try PseudoTerminal()
    let tool = try capture(printer.slavePath)
    let program = try SystemCall.open(bench.path("link"), O_RDWR | O_NOCTTY | O_NONBLOCK)
    var sent: [UInt8] = []
    var refused = 0
    // So many looks at a line that stays full, each of 10 ms.
    while refused < 100 {
      let piece = (0..<1_000).map { UInt8(truncatingIfNeeded: (sent.count + $0) / 7) }
      let result = piece.withUnsafeBytes { SystemCall.write(program.raw, $0) }
      if case .bytes(let count) = result {
        sent += piece.prefix(count)
        refused = 0
      } else {
        refused += 1
      }
      if refused > 0 { try bench.wait("a moment") { true } }
      try #require(sent.count < 1 << 20, "nobody holds the program up")
    }
    var got: [UInt8] = []
    try bench.wait("all bytes") {
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while case .bytes(let count) = buffer.withUnsafeMutableBytes({
        SystemCall.read(printer.master.raw, into: $0)
      }) {
        got += buffer[..<count]
      }
      return got.count >= sent.count || tool.code != nil
    }
    #expect(got == sent)
    try end(tool)
  }

  @Test("a printer that comes later is waited for, and so is the program's ticket")
  func later() throws {
    let tool = try bench.start(
      "kioskd",
      [
        "capture", bench.path("printer"), bench.path("printer.capture"), "--kind", "printer",
        "--through", bench.path("link"),
      ])
    try bench.wait("the absence to be told") { tool.errors.contains("printer") || tool.code != nil }
    #expect(tool.code == nil, "\(tool.errors)")
    let program = try SystemCall.open(bench.path("link"), O_RDWR | O_NOCTTY | O_NONBLOCK)
    _ = Array("A012".utf8).withUnsafeBytes { SystemCall.write(program.raw, $0) }
    let printer = try bench.device("printer")
    try bench.wait("the ticket") { printer.received == Array("A012".utf8) || tool.code != nil }
    try end(tool)
    let text = String(
      decoding: SmallFile.bytes(bench.path("printer.capture")) ?? [], as: UTF8.self)
    #expect(text.contains("out 41 30 31 32"), "\(text)")
  }

  @Test("a link that cannot be made is told with its cure")
  func badLink() throws {
    _ = try bench.device("printer")
    let tool = try bench.kioskd(
      "capture", bench.path("printer"), bench.path("new"), "--kind", "printer", "--through",
      "/nowhere/x")
    #expect(tool.code == 1 && tool.errors.contains("[link]"), "\(tool.errors)")
  }
}
