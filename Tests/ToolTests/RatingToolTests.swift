import Branch
import Glibc
import JournalFormat
import JournalStore
import LinuxIO
import Testing

@Suite("queuehub ratings", .timeLimit(.minutes(3)))
struct RatingToolTests {
  let bench: Bench
  var store: String { bench.path("store") }

  init() throws { bench = try Bench() }

  /// A store in which a customer changed her mind once.
  private func fill() throws {
    let store = try JournalStore.open(directory: store, makeEpoch: { 5 }, replay: { _ in })
    let now = Clock.wall().ms
    func text(_ words: String) -> [UInt8] { Array(words.utf8) }
    let facts = [
      "desk1 1 1 rating-given at=1000 counter=1 rating=5 question=courtesy",
      "desk1 1 2 rating-given at=\(now) counter=1 rating=4 question=speed ticket=A001",
      "desk1 1 3 rating-given at=\(now) counter=1 rating=1 question=speed corrects=2 ticket=A001",
      "desk1 1 4 rating-reason at=\(now) counter=1 about=3 reason=\"so \\x1b[31m\"",
    ]
    try store.append([.local(text("NODE node=desk1 epoch=1 branch=main commands=0 at=1"))])
    for (place, fact) in facts.enumerated() {
      try store.append([.fact(UInt64(place + 1), text(fact))])
    }
  }

  private func ratings(_ more: String...) throws -> Tool {
    let tool = try bench.start("queuehub", ["ratings", "--data", store] + more)
    try bench.wait("its end") { tool.code != nil }
    return tool
  }

  @Test("counts by counter and question, what was corrected not at all")
  func text() throws {
    try fill()
    let tool = try ratings()
    #expect(tool.code == 0, "\(tool.errors)")
    #expect(
      tool.output == """
        main counter 1 courtesy: 1 ratings, mean 5.00 (0 0 0 0 1)
        main counter 1 speed: 1 ratings, mean 1.00 (1 0 0 0 0), 1 of visits, 1 corrected, \
        "so \\u001b[31m" 1

        """)
  }

  @Test("of the last days only, one object a line")
  func json() throws {
    try fill()
    let tool = try ratings("--json", "--last-days", "1")
    #expect(
      tool.output == """
        {"branch":"main","counter":"1","question":"speed","count":1,"mean":1.0,\
        "ratings":[1,0,0,0,0],"of_visits":1,"corrected":1,"reasons":{"so \\u001b[31m":1}}

        """)
  }

  @Test("of a store that is not there is a failure with a cure")
  func absent() throws {
    let tool = try ratings()
    #expect(tool.code == 1 && tool.errors.contains("store"))
  }
}

@Suite("kioskd pin", .timeLimit(.minutes(3)))
struct PINToolTests {
  let bench: Bench

  init() throws { bench = try Bench() }

  private func pin(_ typed: String, _ more: String...) throws -> Tool {
    let tool = try bench.start(
      "kioskd", ["pin"] + more, input: try bench.write("typed", typed))
    try bench.wait("its end") { tool.code != nil }
    return tool
  }

  @Test("makes of a PIN another text each time, and shows the PIN nowhere")
  func hashes() throws {
    let (one, other) = (try pin("4711\n"), try pin("4711\n"))
    for tool in [one, other] {
      #expect(tool.code == 0, "\(tool.errors)")
      #expect(tool.output.hasPrefix("pbkdf2-sha256:2000:"))
      #expect(!tool.errors.contains("4711"))
    }
    #expect(one.output != other.output)
  }

  @Test("refuses what is no PIN", arguments: ["", "123\n", "12345678901234\n", "12 34\n", "abcd"])
  func refused(typed: String) throws {
    let tool = try pin(typed)
    #expect(tool.code == 2 && tool.output.isEmpty)
  }

  /// - Parameter pins: of clerks.
  private func configuration(_ pins: String...) throws -> String {
    let clerks = pins.enumerated().map { "{\"id\": \"c\($0)\", \"pin\": \"\($1)\"}" }
    let text = """
      {"node": "n", "branch": {"id": "b", "name": "B", "timezone": "UTC"},
       "journal": {"directory": "/j"}, "hub": {"address": "127.0.0.1:1"},
       "devices": "\(bench.directory)", "clerks": [\(clerks.joined(separator: ", "))]}
      """
    return try bench.write("k.json", text)
  }

  private let known = "pbkdf2-sha256:7:0011223344556677:" + String(repeating: "ab", count: 32)

  @Test("takes the salt of the clerks that are there already")
  func sameSalt() throws {
    let tool = try pin("4711\n", "--config", try configuration(known))
    #expect(tool.code == 0, "\(tool.errors)")
    #expect(tool.output.hasPrefix("pbkdf2-sha256:7:0011223344556677:"))
  }

  @Test("refuses the PIN of another clerk, whatever the salt of that one is")
  func taken() throws {
    let other = try pin("4711\n").output.filter { $0 != "\n" }
    let tool = try pin("4711\n", "--config", try configuration(known, other))
    #expect(tool.code == 1 && tool.output.isEmpty, "\(tool.output)")
    #expect(tool.errors.contains("[doubled-pin]"))
  }
}
