import CLinux
import Glibc
import LinuxIO
import Testing

@testable import CommandLineKit

@Suite struct OutputJSONTests {
  @Test("one line, members in the order written")
  func compact() {
    let json: OutputJSON = [
      "z": 1, "a": ["x", true, .null, .number(0.5)], "empty": [], "none": .object([]),
    ]
    #expect(json.compact == #"{"z":1,"a":["x",true,null,0.5],"empty":[],"none":{}}"#)
  }

  @Test("several lines for people")
  func indented() {
    let json: OutputJSON = ["a": [1, ["b": false]], "c": []]
    let expected = """
      {
        "a": [
          1,
          {
            "b": false
          }
        ],
        "c": []
      }
      """
    #expect(json.indented == expected)
  }

  @Test(
    "strings are escaped, controls and all",
    arguments: [
      ("", #""""#), ("Schalter 3 ü 日本", #""Schalter 3 ü 日本""#), (#"say "hi""#, #""say \"hi\"""#),
      (#"a\b"#, #""a\\b""#), ("a\r\n\tb", #""a\r\n\tb""#),
      ("\u{0}\u{1B}[2J", #""\u0000\u001b[2J""#),
      ("\u{7F}\u{9B}", #""\u007f\u009b""#), ("👍🏽", #""👍🏽""#),
    ])
  func strings(_ text: String, _ quoted: String) {
    #expect(OutputJSON.quoted(text) == quoted)
  }

  @Test("numbers are always JSON")
  func numbers() {
    #expect(OutputJSON.integer(.min).compact == "-9223372036854775808")
    #expect(OutputJSON.number(1e-7).compact == "1e-07")
    #expect(OutputJSON.number(.infinity).compact == "null")
    #expect(OutputJSON.number(.nan).compact == "null")
    #expect(OutputJSON.optional(nil) == .null)
    #expect(OutputJSON.optional("x") == "x")
  }
}

@Suite struct LogTests {
  /// A connected pair; what is logged into one end is read from the other.
  private final class Pipe {
    let write: CInt
    private let read: CInt

    init(socket: Bool) throws {
      var ends: [CInt] = [-1, -1]
      let result =
        socket
        ? socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) : kioskd_pipe2(&ends, 0)
      try SystemCall.check("pair", result)
      (read, write) = (ends[0], ends[1])
      try Descriptor.withoutOwning(read) { try $0.setNonBlocking() }
    }

    deinit {
      close(read)
      close(write)
    }

    var journalStream: String {
      var status = stat()
      fstat(write, &status)
      return "\(status.st_dev):\(status.st_ino)"
    }

    /// Everything that waits to be read.
    func text() -> String {
      var bytes: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while case .bytes(let count) = buffer.withUnsafeMutableBytes({
        SystemCall.read(read, into: $0)
      }) {
        bytes += buffer[..<count]
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  @Test("journald gets levels in front, and no time")
  func journal() throws {
    let pipe = try Pipe(socket: true)
    let log = Log(descriptor: pipe.write, threshold: .debug, journalStream: pipe.journalStream)
    log.error("e")
    log.warning("w")
    log.notice("n")
    log.info("i")
    log.debug("d")
    #expect(pipe.text() == "<3>e\n<4>w\n<5>n\n<6>i\n<7>d\n")
  }

  @Test("a person gets words and the time")
  func person() throws {
    let pipe = try Pipe(socket: false)
    let log = Log(descriptor: pipe.write, threshold: .info, journalStream: nil)
    log.warning("paper is low")
    let text = pipe.text()
    #expect(text.wholeMatch(of: /20\d\d-\d\d-\d\dT[\d:.]{12}Z warning: paper is low\n/) != nil)
  }

  @Test("an inherited JOURNAL_STREAM of another descriptor is not believed")
  func inherited() throws {
    let (pipe, other) = (try Pipe(socket: true), try Pipe(socket: true))
    let log = Log(descriptor: pipe.write, threshold: .info, journalStream: other.journalStream)
    log.warning("x")
    #expect(pipe.text().hasSuffix("Z warning: x\n"))
  }

  @Test("less important records are not even made")
  func threshold() throws {
    let pipe = try Pipe(socket: false)
    let log = Log(descriptor: pipe.write, threshold: .warning, journalStream: nil)
    func costly() -> String {
      Issue.record("made")
      return ""
    }
    log.info(costly())
    #expect(pipe.text() == "")
  }

  @Test("noise can neither forge a record nor steer a terminal")
  func noise() {
    #expect(
      Log.escaped("a\n<0>b\u{1B}[2J\u{7F}\u{85}\r\u{0}") == "a\\n<0>b\\x1b[2J\\x7f\\x85\\x0d\\x00")
    #expect(Log.escaped("ü 日本") == "ü 日本")
    let long = Log.escaped(String(repeating: "x", count: Log.text_max + 1))
    #expect(long == String(repeating: "x", count: Log.text_max) + "…")
    let full = String(repeating: "x", count: Log.text_max)
    #expect(Log.escaped(full) == full)
  }

  @Test("a journald that reads nothing does not stop the daemon, and the loss is told")
  func stuckJournal() throws {
    let pipe = try Pipe(socket: true)
    let log = Log(descriptor: pipe.write, threshold: .info, journalStream: pipe.journalStream)
    let written = 5000
    for _ in 0..<written { log.info(String(repeating: "x", count: 1000)) }
    let arrived = pipe.text().split(separator: "\n").filter { $0.hasPrefix("<6>x") }.count
    #expect((1..<written).contains(arrived))
    log.info("again")
    let rest = pipe.text()
    #expect(rest.hasPrefix("<4>"))
    #expect(rest.contains("log records were lost"))
    #expect(rest.hasSuffix("<6>again\n"))
  }
}

extension Descriptor {
  /// Lends a number that stays somebody else's.
  fileprivate static func withoutOwning(
    _ raw: CInt, _ body: (borrowing Descriptor) throws -> Void
  ) throws {
    let descriptor = Descriptor(owning: raw)
    try body(descriptor)
    _ = descriptor.release()
  }
}
