import Branch
import Glibc
import LinuxIO
import PrinterEmulator
import Testing

@Suite("kioskd doctor", .timeLimit(.minutes(3)))
struct DoctorTests {
  let bench: Bench

  init() throws { bench = try Bench() }

  private func doctor(_ node: NodeText) throws -> Tool {
    try bench.kioskd("doctor", "--config", bench.write("kioskd.json", node.text))
  }

  private func line(_ tool: Tool, _ words: String...) -> String? {
    tool.output.split(separator: "\n").map(String.init).first { line in
      words.allSatisfy(line.contains)
    }
  }

  /// A hub on a port that the kernel chose.
  private func hub() throws -> (tool: Tool, address: String) {
    let hub = try bench.start(
      "queuehub", ["run", "--data", bench.path("hub"), "--listen", "127.0.0.1:0"])
    try bench.wait("the hub to listen") { address(of: hub) != nil || hub.code != nil }
    return (hub, try #require(address(of: hub)))
  }

  private func address(of hub: Tool) -> String? {
    hub.errors.split(separator: "\n").first { $0.contains("listening on ") }?
      .split(separator: " ").last.map(String.init)
  }

  /// Everything virtual and in order.
  private func soundNode(hub: String, _ answer: @escaping ([UInt8]) -> [UInt8]) throws
    -> NodeText
  {
    _ = try bench.device("printer", answer: answer)
    _ = try bench.device("sign")
    try #require(mkfifo(bench.path("pad"), 0o600) == 0)
    var node = NodeText(bench)
    node.hub = hub
    node.add(printer: "front", "epson-tm-t88v", path: bench.path("printer"))
    node.add(
      printer: "file", "generic-58mm", path: bench.path("paper.bin"), more: #", "createFile": true"#
    )
    node.add(sign: "counter-1", "alpha-sign", port: bench.path("sign"))
    node.add(keypad: "keypad-1", path: bench.path("pad"))
    return node
  }

  @Test("a node with all it needs is fine, and nothing was printed or made")
  func fine() throws {
    var printer = EmulatedPrinter(.tmT88V)
    let node = try soundNode(hub: try hub().address) {
      printer.receive($0)
      return printer.takeAnswers()
    }
    let tool = try doctor(node)
    #expect(tool.code == 0, "\(tool.output)\(tool.errors)")
    #expect(!tool.output.contains("FAIL"))
    #expect(tool.lastLine == "all 9 checks are fine")
    #expect(line(tool, "ok", "front", "ready") != nil)
    #expect(line(tool, "ok", "hub", "speaks the protocol") != nil)
    #expect(printer.tickets.isEmpty && printer.current.isBlank)
    #expect(access(bench.path("paper.bin"), F_OK) != 0)
    #expect(access(bench.path("journal"), F_OK) != 0)
  }

  @Test("a path where nothing stands is a printer that is missing, unless a file is to be made")
  func mistypedPath() throws {
    var node = NodeText(bench)
    node.add(printer: "typo", "generic-58mm", path: bench.path("typo"))
    let tool = try doctor(node)
    #expect(tool.code == 1)
    #expect(line(tool, "FAIL", "typo") != nil && tool.output.contains("createFile"))
    #expect(access(bench.path("typo"), F_OK) != 0)
  }

  @Test("missing devices, hub and zone each fail with a cure of their own")
  func missing() throws {
    var node = NodeText(bench)
    node.zone = "Atlantis/Capital"
    node.journal = bench.path("none/journal")
    node.add(printer: "front", "epson-tm-t88v", path: "/dev/usb/lp15")
    node.add(sign: "counter-1", "alpha-sign", port: bench.path("sign"))
    node.add(keypad: "keypad-1", path: bench.path("pad"))
    let tool = try doctor(node)
    #expect(tool.code == 1)
    #expect(line(tool, "FAIL", "zone", "Atlantis/Capital", "tzdata") != nil)
    #expect(line(tool, "FAIL", "journal", "[no-journal]", "install -d") != nil)
    #expect(line(tool, "FAIL", "hub", "127.0.0.1:1", "Check that queuehub runs") != nil)
    #expect(line(tool, "FAIL", "front", "Plug the printer in") != nil)
    #expect(line(tool, "FAIL", "counter-1", "kioskd devices") != nil)
    #expect(line(tool, "FAIL", "keypad-1", "kioskd devices") != nil)
    #expect(tool.lastLine == "6 of 8 checks found a problem")
  }

  @Test("a printer without paper is not fine")
  func paperOut() throws {
    var printer = EmulatedPrinter(.tmT88V)
    printer.setPaper(.out)
    let node = try soundNode(hub: try hub().address) {
      printer.receive($0)
      return printer.takeAnswers()
    }
    let tool = try doctor(node)
    #expect(tool.code == 1)
    #expect(line(tool, "FAIL", "front", "the paper is out", "new roll") != nil)
    #expect(tool.lastLine == "1 of 9 checks found a problem")
  }

  @Test("a printer that does not answer against its profile is not fine")
  func mute() throws {
    let tool = try doctor(try soundNode(hub: try hub().address) { _ in [] })
    #expect(tool.code == 1)
    #expect(line(tool, "FAIL", "front", "[mute]") != nil)
  }

  @Test("noise instead of status bytes is not fine")
  func noise() throws {
    let tool = try doctor(try soundNode(hub: try hub().address) { $0.map { _ in 0xFF } })
    #expect(tool.code == 1)
    #expect(line(tool, "FAIL", "front", "[mute]") != nil)
  }

  @Test("a mistake in the configuration is told with its place")
  func mistake() throws {
    let file = try bench.write("kioskd.json", "{\n  \"nodes\": \"k1\"\n}")
    let tool = try bench.kioskd("doctor", "--config", file)
    #expect(tool.code == 1)
    #expect(line(tool, "FAIL", "configuration", "kioskd.json:2:3") != nil)
    let absent = try bench.kioskd("doctor", "--config", bench.path("gone.json"))
    #expect(absent.code == 1)
    #expect(line(absent, "FAIL", "configuration", "gone.json", "Check the path") != nil)
  }

  @Test("what answers PING with something else is no hub")
  func stranger() throws {
    let socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(socket, $0, length)
        getsockname(socket, $0, &length)
      }
    }
    try #require(listen(socket, 4) == 0)
    var node = NodeText(bench)
    node.hub = "127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
    let tool = try bench.start(
      "kioskd", ["doctor", "--config", bench.write("kioskd.json", node.text)])
    let client = accept(socket, nil, nil)
    let answer = Array("HTTP/1.1 400 Bad Request\r\n".utf8)
    _ = write(client, answer, answer.count)
    try bench.wait("its end") { tool.code != nil }
    close(client)
    #expect(tool.code == 1)
    #expect(line(tool, "FAIL", "hub", "[not-a-hub]", "HTTP/1.1 400") != nil)
  }

  /// Runs doctor until it says what the node has to find out first.
  private func doctor(
    _ file: String, beside node: Tool, until condition: (Tool) -> Bool
  ) throws -> Tool {
    let end = Clock.monotonic() + .milliseconds(Bench.limit_ms)
    var tool = try bench.kioskd("doctor", "--config", file)
    while !condition(tool), node.code == nil, Clock.monotonic() < end {
      tool = try bench.kioskd("doctor", "--config", file)
    }
    return tool
  }

  @Test("a running node keeps its devices and its session, and its word counts")
  func running() throws {
    var emulator = EmulatedPrinter(.tmT88V)
    let hub = try hub()
    let node = try soundNode(hub: hub.address) {
      emulator.receive($0)
      return emulator.takeAnswers()
    }
    let printer = try #require(bench.devices.first)
    let file = try bench.write("kioskd.json", node.text)
    let kioskd = try bench.start("kioskd", ["run", "--config", file, "--verbose"])
    let tool = try doctor(file, beside: kioskd) { tool in
      ["front", "counter-1", "keypad-1"].allSatisfy {
        line(tool, $0, "which says that it is well") != nil
      } && line(tool, "has a session") != nil
    }
    #expect(tool.code == 0, "\(tool.output)\(kioskd.errors)")
    #expect(line(tool, "ok", "front", "held by the running kioskd (process \(kioskd.pid))") != nil)
    #expect(line(tool, "ok", "journal", "in use by kioskd (process \(kioskd.pid))") != nil)
    #expect(line(tool, "ok", "hub", "has a session with kioskd") != nil)
    #expect(line(tool, "ok", "file", "paper.bin") != nil)
    #expect(line(tool, "does not use it") == nil, "a file is open only while it is written")
    #expect(!hub.tool.errors.contains("replaced"))

    emulator.setPaper(.out)
    printer.send(emulator.takeAnswers())
    let without = try doctor(file, beside: kioskd) { line($0, "FAIL", "front") != nil }
    #expect(without.code == 1)
    #expect(line(without, "FAIL", "front", "held by", "the paper is out", "new roll") != nil)

    kioskd.send(SIGTERM)
    try bench.wait("the node's end") { kioskd.code != nil }
    #expect(kioskd.code == 0)
  }

  @Test("a running node without a session is not fine, unless another of its hubs has one")
  func withoutSession() throws {
    let hub = try hub()
    var node = NodeText(bench)
    node.hub = hub.address
    let first = try bench.write("first.json", node.text)
    let kioskd = try bench.start("kioskd", ["run", "--config", first])
    _ = try doctor(first, beside: kioskd) { line($0, "ok", "has a session") != nil }
    // Another box that goes by the same name.
    node.journal = bench.path("other-journal")
    let second = try bench.write("second.json", node.text)
    let other = try bench.start("kioskd", ["run", "--config", second])
    let tool = try doctor(first, beside: kioskd) { line($0, "FAIL", "hub") != nil }
    #expect(tool.code == 1)
    #expect(line(tool, "[no-session]", "the hub answers, but kioskd has no session") != nil)
    let fine = try doctor(second, beside: other) { line($0, "has a session") != nil }
    #expect(fine.code == 0, "\(fine.output)")
    // The other box has a second hub, which has no session and need not, but is another service.
    let spare = try bench.start(
      "queuehub", ["run", "--data", bench.path("spare"), "--listen", "127.0.0.1:0"])
    try bench.wait("it to listen") { address(of: spare) != nil || spare.code != nil }
    node.hub += "\", \"" + (try #require(address(of: spare)))
    let both = try bench.kioskd(
      "doctor", "--config", try bench.write("both.json", node.text))
    #expect(both.code == 1, "\(both.output)")
    #expect(both.output.split(separator: "\n").count { $0.hasPrefix("FAIL") } == 1)
    #expect(both.output.contains("[other-store]") && !both.output.contains("[no-session]"))
    #expect(both.output.split(separator: "\n").count { $0.contains("speaks the protocol") } == 2)
    for tool in [kioskd, other] { tool.send(SIGKILL) }
  }

  @Test("the other commands name the node that holds what they want")
  func held() throws {
    var emulator = EmulatedPrinter(.tmT88V)
    let node = try soundNode(hub: "127.0.0.1:1") {
      emulator.receive($0)
      return emulator.takeAnswers()
    }
    let file = try bench.write("kioskd.json", node.text)
    let kioskd = try bench.start("kioskd", ["run", "--config", file, "--verbose"])
    _ = try doctor(file, beside: kioskd) { tool in
      ["front", "counter-1", "keypad-1"].allSatisfy {
        line(tool, $0, "which says that it is well") != nil
      }
    }
    let holder = "kioskd (process \(kioskd.pid))"
    let print = try bench.kioskd("print-test", "--config", file, "--printer", "front")
    #expect(print.code == 1)
    #expect(print.errors.contains("held by \(holder)"))
    #expect(print.errors.contains("systemctl stop kioskd"))
    let sign = try bench.kioskd("sign-test", "--config", file)
    #expect(sign.code == 1)
    #expect(sign.errors.contains("held by \(holder)"))
    let keys = try bench.kioskd("keys", "--config", file)
    #expect(keys.code == 1)
    #expect(keys.errors.contains("held by \(holder)"))
    #expect(emulator.tickets.isEmpty)
  }
}
