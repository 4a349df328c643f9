import Glibc
import LinuxIO
import Testing

@Suite("kioskd profile import", .timeLimit(.minutes(3)))
struct ProfileImportTests {
  let bench: Bench
  private let table: String
  private let bare: String

  init() throws {
    bench = try Bench()
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    table = root + "/Tests/Fuzz/Corpus/printer-database/table.seed"
    bare = root + "/Tests/Fuzz/Corpus/printer-database/bare.seed"
  }

  @Test("prints the profile of the chosen entry, which a node can use at once")
  func printed() throws {
    let tool = try bench.kioskd("profile", "import", table, "--model", "TM-T20II")
    #expect(tool.code == 0 && tool.errors.isEmpty, "\(tool.errors)")
    #expect(tool.output.hasPrefix("// Made by `kioskd profile import`"))
    #expect(tool.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
    try #require(mkdir(bench.path("profiles"), 0o755) == 0)
    _ = try bench.write("profiles/epson.json", tool.output)
    var node = NodeText(bench)
    node.devices = bench.path("profiles")
    node.add(printer: "front", "epson", path: bench.path("paper.bin"))
    let check = try bench.kioskd("check-config", try bench.write("kioskd.json", node.text))
    #expect(!check.errors.contains("epson"), "\(check.errors)")
  }

  @Test("writes a new file, and never over one that is there")
  func written() throws {
    let file = bench.path("epson-tm-t20ii.json")
    let words = ["profile", "import", table, "--model", "TM-T20II", "--out", file]
    let first = try bench.start("kioskd", words)
    try bench.wait("its end") { first.code != nil }
    #expect(first.code == 0, "\(first.errors)")
    #expect(first.lastLine.hasSuffix("--profile epson-tm-t20ii --profiles \(bench.directory)"))
    let text = try #require(SmallFile.text(file))
    #expect(text.hasSuffix("}"))
    let again = try bench.start("kioskd", words)
    try bench.wait("its end") { again.code != nil }
    #expect(again.code == 1 && again.errors.contains("Move the old file away"), "\(again.errors)")
    #expect(SmallFile.text(file) == text)
  }

  @Test("lists the entries of a file that has several, with exit code 2")
  func listed() throws {
    let tool = try bench.kioskd("profile", "import", table)
    #expect(tool.code == 2 && tool.output.isEmpty)
    #expect(tool.errors.contains("--model KEY"))
    #expect(tool.errors.contains("  NT-80-V-UL        Netum 80-V-UL\n"))
    #expect(tool.errors.contains("  TM-T20II          Epson TM-T20II\n"))
  }

  @Test("a lone entry needs no name, and takes one for its sources")
  func bareEntry() throws {
    let plain = try bench.kioskd("profile", "import", bare)
    #expect(plain.code == 0 && plain.output.contains("profile TSP600 Series, fonts 0"))
    let named = try bench.kioskd("profile", "import", bare, "--model", "TSP600")
    #expect(named.code == 0 && named.output.contains("profile TSP600, fonts 0"))
  }

  @Test("a mistyped name is answered with the one that was meant")
  func unknownModel() throws {
    let near = try bench.kioskd("profile", "import", table, "--model", "tm-t20i")
    #expect(near.code == 1 && near.output.isEmpty && near.errors.contains("[unknown-model]"))
    #expect(near.errors.contains("Did you mean TM-T20II?"))
    let far = try bench.kioskd("profile", "import", table, "--model", "laser")
    #expect(far.errors.contains("Leave --model out to see them."))
  }

  @Test("what cannot be used is told with its place, its code and a cure")
  func mistakes() throws {
    let broken = try bench.write("broken.json", "{\"profiles\": {\"A\": {\"name\": \"A\"}}}")
    let tool = try bench.kioskd("profile", "import", broken)
    #expect(tool.code == 1 && tool.output.isEmpty)
    #expect(tool.errors.contains("broken.json:1:20: profiles.A.fonts: "), "\(tool.errors)")
    #expect(tool.errors.contains("[missing]"))
    // The bench gives its programs /dev/null to read.
    let input = try bench.kioskd("profile", "import", "-")
    #expect(input.code == 1 && input.errors.contains("standard input:1:1: "), "\(input.errors)")
    let gone = try bench.kioskd("profile", "import", bench.path("gone.json"))
    #expect(gone.code == 1 && gone.errors.contains("Check the path."))
  }

  @Test(
    "a file whose name no configuration could use is refused before anything is read",
    arguments: ["profile.txt", ".json", "a b.json", "x.example.json"])
  func badNames(name: String) throws {
    let tool = try bench.kioskd(
      "profile", "import", "/no/such/file", "--out", bench.path(name))
    #expect(tool.code == 2 && tool.errors.contains("'--out' takes the file of a profile"))
  }
}
