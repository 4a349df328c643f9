import Glibc
import LinuxIO
import PrinterEmulator
import TerminalInput
import Testing

@Suite("kioskd capture and kioskd replay", .timeLimit(.minutes(3)))
struct CaptureToolTests {
  let bench: Bench

  init() throws { bench = try Bench() }

  private func contents(_ name: String) -> String {
    String(decoding: SmallFile.bytes(bench.path(name)) ?? [], as: UTF8.self)
  }

  private func waitForRecording(_ tool: Tool) throws {
    try bench.wait("the recording to begin") {
      tool.errors.contains("recording") || tool.code != nil
    }
  }

  /// Presses with stamps, all written at once: key, down and up in microseconds.
  private func write(_ edges: [(code: UInt16, value: Int32, at_us: Int64)], to name: String) throws
  {
    let pad = try SystemCall.open(bench.path(name), O_WRONLY | O_NONBLOCK)
    for edge in edges {
      let time = InputTime(
        seconds: 1000 + edge.at_us / 1_000_000, microseconds: edge.at_us % 1_000_000)
      inputEventBytes(code: edge.code, value: edge.value, at: time).withUnsafeBytes {
        _ = SystemCall.write(pad.raw, $0)
      }
    }
  }

  @Test("a box is recorded and read as it would have been, on the recording's own clock")
  func terminal() throws {
    try #require(mkfifo(bench.path("pad"), 0o600) == 0)
    let tool = try bench.start(
      "kioskd",
      [
        "capture", bench.path("pad"), bench.path("a.capture"), "--profile", "smiley-5", "--note",
        "a child", "--events", "12",
      ])
    try waitForRecording(tool)
    // One smiley three times within its lock-out.
    try write(
      [
        (2, 1, 0), (2, 0, 90_000), (2, 1, 300_000), (2, 0, 400_000), (2, 1, 700_000),
        (2, 0, 800_000),
      ],
      to: "pad")
    try bench.wait("its end") { tool.code != nil }
    #expect(tool.code == 0, "\(tool.errors)")
    let text = contents("a.capture")
    for line in [
      "kioskd-capture 1", "kind: evdev", "profile: smiley-5", "note: a child",
      "path: \(bench.path("pad"))",
    ] { #expect(text.contains("\(line)\n"), "\(text)") }
    #expect(text.contains("recorded: 20"))
    #expect(text.hasSuffix(" end 12 events were asked for\n"))
    let replay = try bench.kioskd("replay", bench.path("a.capture"))
    #expect(replay.code == 0, "\(replay.errors)")
    let words = replay.output.split(separator: "\n").map {
      $0.split(separator: " ").dropFirst().joined(separator: " ")
    }
    #expect(
      words == [
        "note opened", "press KEY_1 smiley1 rate 1", "burst KEY_1 2 more, locked out",
      ])
  }

  @Test("a file that is there is left alone")
  func existing() throws {
    try #require(mkfifo(bench.path("pad"), 0o600) == 0)
    let file = try bench.write("a.capture", "precious")
    let tool = try bench.kioskd("capture", bench.path("pad"), file, "--seconds", "1")
    #expect(tool.code == 1)
    #expect(tool.errors.contains("[file]"))
    #expect(contents("a.capture") == "precious")
  }

  @Test("ctrl-C ends a capture; one that was killed is read up to where it got")
  func ends() throws {
    for (signal, name) in [(SIGINT, "ended"), (SIGKILL, "killed")] {
      let pad = bench.path("pad-\(name)")
      try #require(mkfifo(pad, 0o600) == 0)
      let tool = try bench.start("kioskd", ["capture", pad, bench.path(name)])
      try waitForRecording(tool)
      try write([(2, 1, 0)], to: "pad-\(name)")
      try bench.wait("the press") { contents(name).contains("KEY_1 down") }
      tool.send(signal)
      try bench.wait("its end") { tool.code != nil }
      let replay = try bench.kioskd("replay", bench.path(name))
      #expect(replay.code == 0)
      #expect(replay.output.contains("press     KEY_1"))
      #expect(replay.errors.contains("cut off") == (signal == SIGKILL))
      #expect(contents(name).contains(" end stopped") == (signal == SIGINT))
    }
  }

  @Test("what another program sends through the link, and what the sign answers, is recorded")
  func through() throws {
    let sign = try bench.device("line") { _ in [0x15] }
    let file = bench.path("sign.capture")
    let tool = try bench.start(
      "kioskd",
      [
        "capture", bench.path("line"), file, "--profile", "alpha-sign", "--through",
        bench.path("sign"),
      ])
    try waitForRecording(tool)
    var node = NodeText(bench)
    node.add(sign: "counter-1", "alpha-sign", port: bench.path("sign"))
    _ = try bench.kioskd(
      "sign-test", "--config", bench.write("kioskd.json", node.text), "--text", "A012")
    #expect(String(decoding: sign.received, as: UTF8.self).contains("A012"))
    tool.send(SIGINT)
    try bench.wait("its end") { tool.code != nil }
    #expect(tool.code == 0, "\(tool.errors)")
    #expect(SmallFile.linkTarget(bench.path("sign")) == nil, "the link is left behind")
    let replay = try bench.kioskd("replay", file)
    #expect(replay.output.contains("show      \"A012\""), "\(replay.output)")
    #expect(replay.output.contains("nobody asked for: 15"))
    #expect(contents("sign.capture").contains("line: 9600 7E1"))
  }

  @Test("a printed test ticket is recorded with its answers")
  func printer() throws {
    var emulator = EmulatedPrinter(.tmT88V)
    _ = try bench.device("printer") { bytes in
      emulator.receive(bytes)
      return emulator.takeAnswers()
    }
    let file = bench.path("printer.capture")
    let tool = try bench.kioskd(
      "print-test", "--path", bench.path("printer"), "--profile", "epson-tm-t88v", "--capture", file
    )
    #expect(tool.code == 0, "\(tool.errors)\(tool.output)")
    let replay = try bench.kioskd("replay", file)
    #expect(replay.code == 0, "\(replay.errors)")
    #expect(replay.output.contains("ask       printer, offlineCause, errorCause, paper"))
    #expect(replay.output.contains("status    paper: nothing wrong"))
    #expect(replay.output.contains("| printer \(bench.path("printer"))"), "\(replay.output)")
    #expect(replay.output.contains("printed   all before"))
    #expect(!replay.output.contains("fault"))
  }

  @Test("of a printer that is not there no capture is left")
  func noPrinter() throws {
    let file = bench.path("printer.capture")
    let tool = try bench.kioskd(
      "print-test", "--path", bench.path("printer"), "--profile", "generic-80mm", "--capture", file)
    #expect(tool.code == 1, "\(tool.output)")
    #expect(access(file, F_OK) != 0)
  }

  @Test("a serial capture is played to a line byte by byte, and a box to whoever reads its FIFO")
  func playing() throws {
    let head = "kioskd-capture 1\nkind: serial\ntool: test\nline: 9600 8N1\n\n"
    let file = try bench.write(
      "line.capture", head + "0 out 02 30 31\n400 in 06\n2000 out 0d 0a ff\n3000 end x\n")
    let device = try bench.device("line") { _ in [0x06] }
    let out = try bench.kioskd("replay", file, "--to", bench.path("line"))
    #expect(out.code == 0, "\(out.errors)")
    #expect(device.received == [0x02, 0x30, 0x31, 0x0D, 0x0A, 0xFF])
    #expect(out.output.contains("6 bytes written"))
    let other = try bench.device("other")
    #expect(
      try bench.kioskd("replay", file, "--to", bench.path("other"), "--direction", "in", "--fast")
        .code == 0)
    #expect(other.received == [0x06])

    let records = bench.path("records")
    for code in [0, 1] as [Int32] {
      // Once: a file that is there is not written over.
      #expect(
        try bench.kioskd("replay", file, "--to", records, "--fast").code == code)
      #expect(SmallFile.bytes(records) == device.received)
    }
    try #require(mkfifo(bench.path("pad"), 0o600) == 0)
    let box = try bench.write(
      "box.capture",
      "kioskd-capture 1\nkind: evdev\ntool: t\n\n0 in 1 28 1\n0 in 0 0 0\n"
        + "9000 in 1 28 0\n9000 in 0 0 0\n"
    )
    let unread = try bench.kioskd("replay", box, "--to", bench.path("pad"))
    #expect(unread.code == 1)
    #expect(unread.errors.contains("[replay-unread]"))
    let keys = try bench.start("kioskd", ["keys", "--device", bench.path("pad")])
    try bench.wait("the FIFO to be watched") { keys.errors.contains("watching") }
    #expect(try bench.kioskd("replay", box, "--to", bench.path("pad")).code == 0)
    try bench.wait("the press") { keys.output.contains("28  KEY_ENTER") }
  }

  @Test("what is expected of a capture is written beside it, once")
  func expect() throws {
    let file = try bench.write(
      "scan.txt", "E: 0.000000 0001 001e 0001\nE: 0.002000 0001 001c 0001\n")
    let tool = try bench.kioskd("replay", file, "--layout", "fr", "--expect")
    #expect(tool.code == 0, "\(tool.errors)")
    #expect(
      contents("scan.txt.expected") == "options: --layout fr\n     0.002  scan      \"q\"\n")
    #expect(try bench.kioskd("replay", file, "--expect").code == 1)
  }

  @Test(
    "what cannot be read or does not fit is refused with its cure",
    arguments: [
      (["replay", "/dev/null"], 1), (["replay", "/dev/ptmx"], 1), (["replay", "/nowhere"], 1),
      (["replay"], 2),
      (["replay", "SERIAL", "--layout", "de"], 1),
      (["replay", "SERIAL", "--profile", "smiley-5"], 1),
      (["replay", "SERIAL", "--profile", "none"], 1), (["replay", "SERIAL", "--layout", "xx"], 2),
      (["replay", "SERIAL", "--fast"], 2),
      (["replay", "SERIAL", "--to", "/x", "--direction", "up"], 2),
      (["replay", "SERIAL", "--to", "/nowhere/x"], 1),
      (["replay", "SERIAL", "--to", "/dev/uinput"], 1),
      (["replay", "SERIAL", "--to", "/dev/uinput", "--direction", "in"], 2),
      (["replay", "SERIAL", "--to", "/x", "--link", "/y"], 2),
      (["replay", "SERIAL", "--link", "/y"], 2),
      (["replay", "SERIAL", "--to", "/x", "--expect"], 2),
      (["capture", "/dev/null", "NEW"], 1), (["capture", "/nowhere", "NEW"], 1),
      (["capture", "/nowhere", "NEW", "--kind", "evdev", "--seconds", "1"], 1),
      (["capture", "SERIAL", "NEW", "--kind", "evdev"], 1),
      (["capture", "/dev/null", "NEW", "--kind", "smell"], 2),
      (["capture", "/dev/null", "NEW", "--kind", "printer"], 2),
      (["capture", "/dev/null", "NEW", "--kind", "evdev", "--line", "9600 8N1"], 2),
      (["capture", "/dev/null", "NEW", "--kind", "printer", "--line", "9600 8N1"], 2),
      (["capture", "/dev/null", "NEW", "--kind", "evdev", "--through", "/x"], 2),
      (["capture", "/dev/null", "NEW", "--kind", "serial", "--line", "fast"], 2),
      (["capture", "/dev/null", "NEW", "--kind", "serial", "--grab"], 2),
      (["capture", "/dev/null", "NEW", "--kind", "serial", "--profile", "smiley-5"], 2),
    ] as [([String], Int32)])
  func refused(arguments: [String], code: Int32) throws {
    let serial = try bench.write(
      "serial.capture", "kioskd-capture 1\nkind: serial\ntool: t\n\n0 out 41\n")
    let words = arguments.map { word in
      word == "SERIAL" ? serial : word == "NEW" ? bench.path("new") : word
    }
    let tool = try bench.kioskd(words)
    #expect(tool.code == code, "\(tool.errors)")
    #expect(!tool.errors.isEmpty)
    #expect(tool.output.isEmpty)
    #expect(access(bench.path("new"), F_OK) != 0)
  }
}
