import Branch
import Captures
import TerminalInput
import Testing

@Suite("the form of captures") struct CaptureFormTests {
  private let head = "kioskd-capture 1\nkind: serial\ntool: kioskd 0.1.0\n\n"
  private let keys = "kioskd-capture 1\nkind: evdev\ntool: kioskd 0.1.0\n\n"

  private func read(_ text: String) throws(Problem) -> Capture {
    try Capture.read(file: "x", bytes: Array(text.utf8))
  }

  private func refused(_ text: String) -> Problem? {
    do throws(Problem) {
      _ = try read(text)
      return nil
    } catch {
      return error
    }
  }

  @Test("what is written is read again, to the last field")
  func roundTrip() throws {
    var header = CaptureHeader(kind: .evdev, tool: "kioskd 9.9")
    header.command = "kioskd capture 'a b' c"
    header.recorded = "2026-11-22T14:05:09.123Z"
    header.kernel = "Linux 6.1"
    header.device = "Bücher # Box: 7"
    header.usb = "04d9:a0cd"
    header.serial = CaptureHeader.hidden
    header.path = "/dev/input/event3"
    header.profile = "kiosk-4-button"
    header.abilities = ["keys 1-14", "LEDs 0"]
    header.notes = ["one", "two: # three"]
    let record = try #require(InputRecord(type: EventType.key, code: 2, value: 1))
    let entries = [
      Capture.Entry(0, .keysDown([30, 2])), Capture.Entry(0, .keysDown([])),
      Capture.Entry(7, .input(record)), Capture.Entry(7, .note("lost # not a comment")),
      Capture.Entry(Capture.time_us_max, .end("ctrl-C")),
    ]
    let text = header.text + entries.map(\.line).joined()
    let capture = try read(text)
    #expect(capture.header == header)
    #expect(capture.entries == entries)
    #expect(capture.remarks.isEmpty)
    #expect(capture.isWhole)
  }

  @Test("bytes are cut into lines and come back in order")
  func bytes() throws {
    let all = (0...255).map { UInt8($0) }
    let chunks = Capture.Event.chunks(.out, all)
    #expect(chunks.count == 8)
    let lines = chunks.map { Capture.Entry(5, $0).line }.joined()
    let capture = try read(head + lines)
    let back = capture.entries.flatMap { entry -> [UInt8] in
      if case .bytes(.out, let bytes) = entry.event { bytes } else { [] }
    }
    #expect(back == all)
    #expect(!capture.isWhole)
  }

  @Test("a file that was cut anywhere is read up to its last whole line, and says so")
  func cut() throws {
    let whole = head + "0 in 41 42  # AB\n5 out 0d\n9 end x\n"
    for length in head.utf8.count..<whole.utf8.count {
      let capture = try read(String(decoding: Array(whole.utf8)[..<length], as: UTF8.self))
      #expect(capture.entries.count <= 2)
      #expect(capture.remarks.contains { $0.contains("cut off") }, "at \(length)")
    }
    #expect(try read(whole).remarks.isEmpty)
  }

  @Test(
    "what is not in its document is a mistake, told with its line",
    arguments: [
      "0 in 4\n", "0 in 4g\n", "0 in 041\n", "0 in\n", "0 inn 41\n", "-1 in 41\n", "x in 41\n",
      "5 in 41\n4 in 41\n", "0 end x\n1 in 41\n", "0 down 3\n", "604800000001 in 41\n", "0\n",
      "0 in +1\n", "1_0 in 41\n",
    ])
  func mistakes(lines: String) throws {
    let problem = try #require(refused(head + lines))
    #expect(problem.code.hasPrefix("capture-"))
    #expect(problem.what.contains("line \(4 + lines.split(separator: "\n").count) of x"))
    #expect(!problem.cure.isEmpty)
  }

  @Test(
    "records that the kernel does not send are mistakes",
    arguments: [
      "0 in 1 2 3\n", "0 in 1 768 1\n", "0 in 32 0 0\n", "0 in 1 2\n", "0 out 1 2 1\n",
      "0 down 3 3\n", "0 down 768\n", "0 in 0 9 0\n", "0 in 1 2 2147483648\n",
    ])
  func records(lines: String) throws {
    #expect(try #require(refused(keys + lines)).code == "capture-line")
  }

  @Test(
    "a header is strict",
    arguments: [
      "kioskd-capture 2\n", "kioskd-capture 1\nkind: smell\ntool: x\n\n",
      "kioskd-capture 1\nkind: evdev\n\n", "kioskd-capture 1\ntool: x\n\n",
      "kioskd-capture 1\nkind: evdev\ntool: x\ntool: y\n\n",
      "kioskd-capture 1\nkind: evdev\ntool: x\ncolour: red\n\n",
      "kioskd-capture 1\nkind: evdev\ntool:x\n\n", "kioskd-capture 1\nkind: evdev\ntool: \n\n",
      "kioskd-capture 1\nkind: evdev\ntool: \u{7}\n\n",
    ])
  func header(text: String) throws {
    #expect(try #require(refused(text)).code.hasPrefix("capture-"))
  }

  @Test("other files are none", arguments: ["", "\n\n", "hello\n", "{}\n", "kioskd-capture 1"])
  func others(text: String) throws {
    #expect(try #require(refused(text)).code == "capture-form")
  }

  @Test("lines and files have an end")
  func bounds() throws {
    let long = head + "0 note " + String(repeating: "x", count: 2000) + "\n"
    #expect(try #require(refused(long)).code == "capture-line")
    let large = [UInt8](repeating: 0x0A, count: Capture.file_bytes_max + 1)
    #expect(throws: Problem.self) { try Capture.read(file: "x", bytes: large) }
    #expect(try #require(refused(head + "0 note \u{0}\n")).code == "capture-line")
  }

  @Test("settings of a line are read as they are written")
  func line() throws {
    for text in ["9600 8N1", "300 7E2", "115200 8O1"] {
      #expect(SerialSettings(line: text)?.description == text)
    }
    for text in [
      "", "9600", "9600 8X1", "9601 8N1", "9600 9N1", "9600 8N3", "+9600 8N1", "9600  8N1",
    ] { #expect(SerialSettings(line: text) == nil, "\(text)") }
  }
}
