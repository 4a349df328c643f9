import Glibc
import LinuxIO
import Testing

@Suite("The other commands of kioskd", .timeLimit(.minutes(3)))
struct OtherToolTests {
  let bench: Bench

  init() throws { bench = try Bench() }

  @Test("devices lists what is there, or says that nothing is, with exit code 0")
  func devices() throws {
    let text = try bench.kioskd("devices")
    #expect(text.code == 0)
    #expect(!text.output.isEmpty)
    let json = try bench.kioskd("devices", "--json")
    #expect(json.code == 0)
    #expect(json.output.hasPrefix("[") && json.output.hasSuffix("]\n"))
  }

  @Test(
    "a journal that is none is a clear failure", arguments: ["verify", "show", "export"],
    ["/dev/null", "/no/such/place", "empty"])
  func badJournal(command: String, place: String) throws {
    try #require(mkdir(bench.path("empty"), 0o700) == 0)
    let directory = place == "empty" ? bench.path("empty") : place
    let tool = try bench.kioskd("journal", command, directory)
    #expect(tool.code == 1, "\(tool.output)\(tool.errors)")
    #expect(tool.errors.contains(directory))
    #expect(tool.errors.contains("[journal-") || tool.errors.contains("[no-journal]"))
  }

  @Test(
    "each command explains itself, with an example",
    arguments: [
      "devices", "doctor", "print-test", "sign-test", "keys", "journal verify", "journal show",
      "journal export", "journal repair", "profile import",
      "check-config", "run", "preview",
    ])
  func help(command: String) throws {
    let words = command.split(separator: " ").map(String.init)
    let tool = try bench.start("kioskd", words + ["--help"])
    try bench.wait("its end") { tool.code != nil }
    #expect(tool.code == 0)
    #expect(tool.output.contains("Example: "))
    #expect(tool.output.contains("Exit code"))
    #expect(tool.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }
}
