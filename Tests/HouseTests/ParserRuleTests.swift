import Testing

/// The rule is fed sources and tables that break it and some that do not.
@Suite struct ParserRuleTests {
  private func file(_ path: String, _ text: String) -> HouseFile {
    HouseFile(path: path, text: SwiftText(text), room: nil)
  }

  @Test(
    "a parser that no fuzzer feeds is found",
    arguments: [
      "public init(parsing bytes: [UInt8]) {}", "  package init?(_ text: String) {",
      "init?(_ bytes: some Collection<UInt8>) {", "  mutating func feed(_ bytes: [UInt8]) {}",
      "private static func parse(_ content: [UInt8]) {}", "init(_ line: Line) throws {",
      "public static func read(\n    file: String, bytes: [UInt8]",
      "init?(bytes: UnsafeRawBufferPointer)",
    ])
  func unfuzzedParser(_ text: String) {
    let row = ParserRules.Row(line: 7, target: "format", files: ["Sources/Format/A.swift"])
    func check(_ rows: [ParserRules.Row], there: Bool = true) -> [String] {
      ParserRules.check(
        rows, targets: ["format"], sources: [file("Sources/Format/A.swift", text)],
        exists: { _ in there }
      )
      .map(\.text)
    }
    #expect(check([row]).isEmpty)
    #expect(check([]).contains { $0.hasPrefix("a parser that stands in no row") })
    #expect(check([]).contains("the target format has no row"))
    #expect(check([row], there: false).count == 2, "neither the file nor kept inputs")
    let other = ParserRules.Row(line: 8, target: "other", files: [])
    #expect(check([row, other]) == ["there is no target other"])
  }

  @Test("what takes no bytes from outside needs no fuzzer; rows are read as they are written")
  func parserTable() {
    for text in [
      "init(bytes: [UInt8], level: Level) {}", "func read() -> Bool {}", "// init?(_ text: String)",
      "try self.init(parsing: text)", "static func read(_ path: String) -> Int {",
    ] {
      #expect(ParserRules.declaration(in: file("Sources/Format/A.swift", text)) == nil, "\(text)")
    }
    let rows = ParserRules.rows(
      of: "| target | parsers |\n|---|---|\n| `a-b` | `X.swift` `Y.swift` |")
    #expect(rows == [ParserRules.Row(line: 3, target: "a-b", files: ["X.swift", "Y.swift"])])
    let names = file("Tests/Fuzz/A.swift", "static let a = FuzzTarget(name: \"a-b\") { bytes in")
    #expect(ParserRules.targets(in: [names]) == ["a-b"])
  }
}
