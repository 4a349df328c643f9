import Glibc
import LinuxIO
import TerminalInput
import Testing

@Suite("kioskd teach", .timeLimit(.minutes(3)))
struct TeachTests {
  let bench: Bench
  private let pad: String
  private let person: String

  init() throws {
    bench = try Bench()
    pad = bench.path("pad")
    person = bench.path("person")
    try #require(mkfifo(pad, 0o600) == 0)
    try #require(mkfifo(person, 0o600) == 0)
  }

  private var file: String { bench.path("corner-box.json") }
  private var profile: String { String(decoding: SmallFile.bytes(file) ?? [], as: UTF8.self) }

  private func teach(_ more: String...) throws -> Tool {
    let tool = try bench.start(
      "kioskd", ["teach", file, "--device", pad] + more, input: person)
    try wait(tool, "Press a button")
    return tool
  }

  private func wait(_ tool: Tool, _ text: String) throws {
    try bench.wait("\"\(text)\"") { tool.output.contains(text) || tool.code != nil }
    #expect(tool.output.contains(text), "\(tool.output)\(tool.errors)")
  }

  private func type(_ line: String) throws {
    let input = try SystemCall.open(person, O_WRONLY | O_NONBLOCK)
    var line = line + "\n"
    line.withUTF8 { _ = SystemCall.write(input.raw, UnsafeRawBufferPointer($0)) }
  }

  /// Edges with the milliseconds of their stamps.
  private func press(_ edges: [(code: UInt16, value: Int32, ms: Int64)]) throws {
    let pad = try SystemCall.open(pad, O_WRONLY | O_NONBLOCK)
    for edge in edges {
      let time = InputTime(seconds: 1000 + edge.ms / 1000, microseconds: edge.ms % 1000 * 1000)
      inputEventBytes(code: edge.code, value: edge.value, at: time).withUnsafeBytes {
        _ = SystemCall.write(pad.raw, $0)
      }
    }
  }

  @Test("buttons, a held one and two at once become a profile that kioskd takes")
  func buttons() throws {
    let tool = try teach("--name", "Corner box", "--vendor", "ACME")
    try press([(256, 1, 0), (256, 0, 90)])
    try wait(tool, "BTN_0 (code 256)")
    try type("ticket")
    try press([(257, 1, 1000), (257, 0, 1004), (257, 1, 1010), (257, 0, 1100)])
    try wait(tool, "bounced once, up to 6 ms")
    try type("call next")
    try press([(256, 1, 2000), (256, 0, 3500)])
    try wait(tool, "BTN_0:long (code 256), held for 1500 ms")
    try type("")
    try press([(256, 1, 4000), (257, 1, 4030), (256, 0, 4100), (257, 0, 4120)])
    try wait(tool, "BTN_0+BTN_1")
    try type("both rate 5")
    try press([(256, 1, 5000), (256, 0, 5090)])
    try wait(tool, "that is ticket already")
    try type("")
    try bench.wait("its end") { tool.code != nil }
    #expect(tool.code == 0, "\(tool.output)\(tool.errors)")
    for line in [
      #""name": "Corner box","#, #""vendor": "ACME","#, #""debounceMs": 30,"#,
      #""BTN_0": {"key": "ticket"},"#, #""BTN_1": {"key": "call", "action": "next"},"#,
      #""BTN_0:long": {"key": "ticket-long"},"#,
      #""BTN_0+BTN_1": {"key": "both", "action": {"rate": 5}},"#,
    ] { #expect(profile.contains(line), "\(profile)") }
    #expect(tool.output.contains("\"ticket\": {\"ticket\": SERVICE}"))
    let keys = try bench.start(
      "kioskd",
      [
        "keys", "--device", pad, "--profile", "corner-box", "--profiles", bench.directory,
        "--count", "1",
      ])
    try bench.wait("the box to be watched") { keys.errors.contains("watching") }
    try press([(256, 1, 0), (256, 0, 1500)])
    try bench.wait("its end") { keys.code != nil }
    #expect(keys.output.contains("BTN_0:long        ticket-long"), "\(keys.output)\(keys.errors)")
  }

  @Test("lines of a script wait for the presses that they name")
  func script() throws {
    let tool = try teach()
    try type("one\ntwo next\n")
    try wait(tool, "Press the button for one")
    try press([(2, 1, 0), (2, 0, 90)])
    try wait(tool, "Press the button for two")
    try press([(3, 1, 1000), (3, 0, 1090)])
    try bench.wait("its end") { tool.code != nil }
    #expect(tool.code == 0, "\(tool.output)\(tool.errors)")
    #expect(profile.contains(#""KEY_1": {"key": "one"},"#))
    #expect(profile.contains(#""KEY_2": {"key": "two", "action": "next"},"#))
  }

  @Test("a box that types is a scanner, whose keyboard its code tells")
  func scanner() throws {
    let tool = try teach()
    // Shift and the key of Q, and so on: A-0 as Belgian keyboards have it, each digit with Shift.
    var edges: [(UInt16, Int32, Int64)] = []
    var ms: Int64 = 0
    for (code, isShifted) in [(16, true), (13, false), (11, true), (11, true), (28, false)]
      as [(UInt16, Bool)]
    {
      if isShifted { edges.append((42, 1, ms)) }
      edges += [(code, 1, ms + 4), (code, 0, ms + 8)]
      if isShifted { edges.append((42, 0, ms + 9)) }
      ms += 12
    }
    try press(edges.map { (code: $0.0, value: $0.1, ms: $0.2) })
    try wait(tool, "that is a scanner")
    try type("A-00")
    try wait(tool, "Keyboard be")
    try type("")
    try bench.wait("its end") { tool.code != nil }
    #expect(tool.code == 0, "\(tool.output)\(tool.errors)")
    #expect(
      profile.contains(#""scanner": {"layout": "be", "suffix": "enter", "timeoutMs": 300},"#),
      "\(profile)")
  }

  @Test("ctrl-C, on the terminal or on the box, writes nothing")
  func interrupt() throws {
    for isOnBox in [false, true] {
      let tool = try teach()
      try press([(2, 1, 0), (2, 0, 90)])
      try wait(tool, "KEY_1 (code 2)")
      try type("one")
      try wait(tool, "Press the next button")
      if isOnBox { try press([(29, 1, 1000), (46, 1, 1050)]) } else { tool.send(SIGINT) }
      try bench.wait("its end") { tool.code != nil }
      #expect(tool.code == 1)
      #expect(SmallFile.entries(bench.directory).sorted() == ["pad", "person"])
    }
  }

  @Test("two buttons of one name are one key of the configuration, and a dash is no name")
  func sameName() throws {
    let tool = try teach()
    try type("-")
    try wait(tool, "A name has")
    try type("one\none")
    try wait(tool, "Press the button for one")
    try press([(2, 1, 0), (2, 0, 90), (3, 1, 1000), (3, 0, 1090)])
    try bench.wait("both") { tool.output.contains("KEY_2 (code 3)") || tool.code != nil }
    try type("")
    try bench.wait("its end") { tool.code != nil }
    #expect(tool.code == 0, "\(tool.output)\(tool.errors)")
    #expect(tool.output.contains(#""keys": {"one": {"ticket": SERVICE}},"#), "\(tool.output)")
  }

  @Test("a name that no profile may have is told before the first press")
  func longName() throws {
    for text in [String(repeating: "n", count: 81), "a\nb"] {
      let tool = try bench.kioskd("teach", file, "--device", pad, "--vendor", text)
      #expect(tool.code == 2 && tool.errors.contains("'--vendor'"), "\(tool.errors)")
    }
  }

  @Test("nothing taught is nothing written")
  func nothing() throws {
    let tool = try teach()
    try type("")
    try bench.wait("its end") { tool.code != nil }
    #expect(tool.code == 1)
    #expect(tool.errors.contains("[nothing-taught]"))
    #expect(access(file, F_OK) != 0)
  }

  @Test("a folder that is not there is told before the first press")
  func noFolder() throws {
    let tool = try bench.kioskd("teach", bench.path("none/box.json"), "--device", pad)
    #expect(tool.code == 1 && tool.errors.contains("[file]"), "\(tool.errors)")
    #expect(tool.output.isEmpty)
  }

  @Test("a capture as text is no device, and its tool is named")
  func textCapture() throws {
    let text = try bench.write("box.capture", "kioskd-capture 1\nkind: evdev\ntool: t\n\n")
    for words in [["teach", file], ["keys"]] {
      let tool = try bench.kioskd(words + ["--device", text])
      #expect(tool.code == 1 && tool.errors.contains("kioskd replay \(text)"), "\(tool.errors)")
    }
  }

  @Test("a profile that is there is left alone, and a wrong name is misuse")
  func names() throws {
    _ = try bench.write("corner-box.json", "precious")
    #expect(try bench.kioskd("teach", file, "--device", pad).code == 1)
    #expect(profile == "precious")
    #expect(try bench.kioskd("teach", bench.path("box.txt"), "--device", pad).code == 2)
    #expect(try bench.kioskd("teach", "--device", pad).code == 2)
  }
}
