import Glibc
import LinuxIO
import Testing
import TerminalInput

@Suite("kioskd sign-test", .timeLimit(.minutes(3)))
struct SignTestTests {
  let bench: Bench

  init() throws { bench = try Bench() }

  private func configuration(_ profile: String = "alpha-sign") throws -> String {
    var node = NodeText(bench)
    node.add(sign: "counter-1", profile, port: bench.path("sign"))
    return try bench.write("kioskd.json", node.text)
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }

  /// The hexadecimal columns of the dump, joined.
  private func dumped(_ output: String) -> String {
    output.split(separator: "\n").filter { $0.hasPrefix("  ") }
      .map { $0.dropFirst(2).prefix(47).split(separator: " ").joined(separator: " ") }
      .joined(separator: " ")
  }

  @Test("the frame arrives at the sign and is shown as it was sent")
  func sent() throws {
    let sign = try bench.device("sign")
    let tool = try bench.kioskd("sign-test", "--config", configuration(), "--text", "A012")
    #expect(tool.code == 0, "\(tool.output)\(tool.errors)")
    #expect(!sign.received.isEmpty)
    #expect(dumped(tool.output) == hex(sign.received))
    #expect(String(decoding: sign.received, as: UTF8.self).contains("A012"))
    #expect(tool.output.contains("counter-1: \"A012\", sent: \(sign.received.count) bytes"))
    #expect(tool.output.contains("nothing came back"))
  }

  @Test("without a text every column gets a character")
  func pattern() throws {
    let sign = try bench.device("sign")
    let tool = try bench.kioskd("sign-test", "--config", configuration("stx-etx-sign"))
    #expect(tool.code == 0, "\(tool.output)\(tool.errors)")
    #expect(String(decoding: sign.received, as: UTF8.self).contains("TEST1234"))
  }

  @Test("a sign that answers is none, and its bytes are shown")
  func noise() throws {
    _ = try bench.device("sign") { _ in [0x00, 0xFF, 0x41] }
    let tool = try bench.kioskd("sign-test", "--config", configuration())
    #expect(tool.code == 1)
    #expect(tool.output.contains("came back:"))
    #expect(tool.output.contains("00 ff 41"))
    #expect(tool.output.contains("[sign-answered]"))
  }

  @Test("an absent line is a failure with a cure")
  func absent() throws {
    let tool = try bench.kioskd("sign-test", "--config", configuration())
    #expect(tool.code == 1)
    #expect(tool.output.contains("[device-absent]"))
    #expect(tool.output.contains("kioskd devices"))
  }
}

@Suite("kioskd keys", .timeLimit(.minutes(3)))
struct KeysTests {
  static let enter: UInt16 = 28
  static let f12: UInt16 = 88
  let bench: Bench

  init() throws {
    bench = try Bench()
    try #require(mkfifo(bench.path("pad"), 0o600) == 0)
  }

  private func configuration() throws -> String {
    var node = NodeText(bench)
    node.add(keypad: "keypad-1", path: bench.path("pad"))
    return try bench.write("kioskd.json", node.text)
  }

  /// Writes presses once the program reads: before that the FIFO has no reader.
  private func press(_ codes: [UInt16], _ tool: Tool) throws {
    try bench.wait("the terminal to be watched") {
      tool.errors.contains("watching") || tool.code != nil
    }
    let pad = try SystemCall.open(bench.path("pad"), O_WRONLY | O_NONBLOCK)
    for (index, code) in codes.enumerated() {
      let time = InputTime(seconds: Int64(1000 + index), microseconds: 0)
      inputEventBytes(code: code, at: time).withUnsafeBytes {
        _ = SystemCall.write(pad.raw, $0)
      }
    }
  }

  @Test("presses are shown with name, key and action, and counted")
  func presses() throws {
    let tool = try bench.start(
      "kioskd", ["keys", "--config", configuration(), "--terminal", "keypad-1", "--count", "2"])
    try press([Self.enter, Self.f12], tool)
    try bench.wait("its end") { tool.code != nil }
    #expect(tool.code == 0, "\(tool.errors)")
    let lines = tool.output.split(separator: "\n")
    try #require(lines.count == 2, "\(tool.output)")
    let words = lines.map { $0.split(separator: " ").map(String.init) }
    #expect(Array(words[0].dropFirst()) == ["keypad-1", "28", "KEY_ENTER", "next", "next"])
    #expect(Array(words[1].dropFirst()) == ["keypad-1", "88", "KEY_F12", "-", "-"])
  }

  @Test("a path without configuration shows codes and Linux names")
  func path() throws {
    let tool = try bench.start("kioskd", ["keys", "--device", bench.path("pad"), "--count", "1"])
    try press([Self.enter], tool)
    try bench.wait("its end") { tool.code != nil }
    #expect(tool.code == 0)
    #expect(tool.output.contains("28  KEY_ENTER"))
  }

  @Test("codes of a scanner are shown as the node would read them")
  func scanned() throws {
    var node = NodeText(bench)
    node.add(printer: "front", "generic-80mm", path: bench.path("paper"))
    node.add(scanner: "scan-1", path: bench.path("pad"), printer: "front")
    let file = try bench.write("kioskd.json", node.text)
    let tool = try bench.start("kioskd", ["keys", "--config", file, "--count", "1"])
    try bench.wait("the scanner to be watched") {
      tool.errors.contains("watching") || tool.code != nil
    }
    let pad = try SystemCall.open(bench.path("pad"), O_WRONLY | O_NONBLOCK)
    // k, 7, Tab
    let bytes = ([37, 8, 15] as [UInt16]).flatMap { inputEventBytes(code: $0) }
    bytes.withUnsafeBytes { _ = SystemCall.write(pad.raw, $0) }
    try bench.wait("its end") { tool.code != nil }
    #expect(tool.code == 0, "\(tool.errors)")
    let words = tool.output.split(whereSeparator: \.isWhitespace).dropFirst()
    #expect(Array(words) == ["scan-1", "scan", "\"k7\""])
  }

  @Test("a time without the presses asked for ends with exit code 1")
  func nothing() throws {
    let tool = try bench.kioskd(
      "keys", "--device", bench.path("pad"), "--seconds", "1", "--count", "1")
    #expect(tool.code == 1)
    #expect(tool.output.isEmpty)
  }

  @Test("ctrl-C ends it with exit code 0")
  func interrupt() throws {
    let tool = try bench.start("kioskd", ["keys", "--device", bench.path("pad")])
    try bench.wait("the FIFO to be watched") { tool.errors.contains("watching") }
    tool.send(SIGINT)
    try bench.wait("its end") { tool.code != nil }
    #expect(tool.code == 0)
  }

  @Test("a path that is not there is told, with exit code 1 in the end")
  func absent() throws {
    let tool = try bench.kioskd("keys", "--device", bench.path("gone"), "--seconds", "1")
    #expect(tool.code == 1)
    #expect(tool.errors.contains("[device-absent]"))
  }

  @Test(
    "a command line that does not fit is misuse",
    arguments: [
      ["--terminal", "a"], ["--device", "/dev/null", "--terminal", "a"], ["--count", "0"],
      ["--seconds", "x"],
    ])
  func misuse(arguments: [String]) throws {
    let tool = try bench.start("kioskd", ["keys"] + arguments)
    try bench.wait("its end") { tool.code != nil }
    #expect(tool.code == 2, "\(tool.errors)")
  }
}
