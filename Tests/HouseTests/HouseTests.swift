import Testing

/// The rules, applied to this repository. `RuleTests` shows that each of them can fail.
@Suite struct HouseTests {
  private let house = Repository.shared

  private func expectNone(_ findings: [Finding]) {
    if findings.isEmpty { return }
    let list = findings.map(\.description).joined(separator: "\n")
    Issue.record("\(findings.count) findings:\n\(list)")
  }

  @Test("the whole house is seen")
  func everythingIsSeen() {
    #expect(house.map.rooms.count >= 40)
    #expect(house.swift.count >= 60)
    #expect(house.map.room(of: "Sources/Branch/Time.swift")?.floor == 0)
    #expect(house.map.room(of: "Tests/HardwareLab/Driver/main.swift")?.name == "kioskd-lab")
    #expect(house.map.rooms.first { $0.name == "kioskd" }?.floor == 6)
    #expect(house.map.rooms.first { $0.name == "LinuxIO" }?.dependencies == ["CLinux", "Branch"])
  }

  @Test("every import stands in Package.swift, and Foundation stays on top")
  func imports() { expectNone(house.swift.flatMap { ImportRules.check($0, house.map) }) }

  @Test("floors only look down")
  func floors() { expectNone(ImportRules.checkFloors(house.map)) }

  @Test("every room has its comment line")
  func comments() { expectNone(ImportRules.checkComments(house.map)) }

  @Test("lines and files are short")
  func size() {
    expectNone(house.swift.flatMap(CodeRules.size))
    expectNone(CodeRules.size(HouseFile(path: "Package.swift", text: house.map.text, room: nil)))
    for file in house.swift where file.room?.isTest == false {
      let count = CodeRules.lineCount(file)
      if count > CodeRules.lines_soft { print("worth a thought: \(file.path) has \(count) lines") }
    }
  }

  @Test("nothing forbidden is said")
  func phrases() { expectNone(house.swift.flatMap(CodeRules.phrases)) }

  @Test("promises to the compiler are explained")
  func promises() { expectNone(house.swift.flatMap(CodeRules.unexplained)) }

  @Test("public types and functions are documented")
  func documentation() { expectNone(house.swift.flatMap(CodeRules.undocumented)) }

  @Test("nothing is left unfinished")
  func words() {
    expectNone(house.paths.flatMap { TextRules.checkWords($0, house.text($0)) })
  }

  @Test("every parser is fuzzed")
  func parsers() {
    let rows = ParserRules.rows(of: house.text(ParserRules.table))
    let targets = ParserRules.targets(in: house.swift)
    #expect(targets.count >= 18)
    let sources = house.swift.filter {
      $0.path.hasPrefix("Sources/") && !$0.path.hasPrefix("Sources/kioskd-bench/")
    }
    expectNone(
      ParserRules.check(rows, targets: targets, sources: sources, exists: house.exists))
  }

  @Test("the top level is as the design says")
  func topLevel() throws { expectNone(TextRules.checkTopLevel(try house.topLevel())) }

  @Test("links in documents lead somewhere")
  func links() {
    expectNone(
      house.paths.filter { $0.hasSuffix(".md") }.flatMap {
        TextRules.checkLinks($0, house.text($0), exists: house.exists)
      })
  }
}
