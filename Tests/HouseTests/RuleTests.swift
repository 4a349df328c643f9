import Testing

/// Each rule is fed a text that breaks it and one that does not.
@Suite struct RuleTests {
  private let map = PackageMap(
    """
    let floor0: [Target] = [
      // Words.
      room("Branch"),
      .target(name: "CLinux"),
    ]
    let floor1: [Target] = [
      // Bytes.
      room("Format", ["Branch"]),
    ]
    let floor6: [Target] = [
      // The daemon.
      program("kiosk-d", ["Branch", "Format"]),
    ]
    let proof: [Target] = [
      // Drives.
      .executableTarget(
        name: "kioskd-lab", dependencies: ["Branch"], path: "Tests/Lab/Driver"),
      tests("FormatTests", ["Format", "kiosk-d"]),
    ]
    """)

  private func file(_ path: String, _ text: String) -> HouseFile {
    HouseFile(path: path, text: SwiftText(text), room: map.room(of: path))
  }

  private func library(_ text: String) -> HouseFile { file("Sources/Format/A.swift", text) }
  private func program(_ text: String) -> HouseFile { file("Sources/kiosk-d/A.swift", text) }
  private func test(_ text: String) -> HouseFile { file("Tests/FormatTests/A.swift", text) }

  @Test("the map is read with names, floors, folders and dependencies")
  func mapIsRead() {
    #expect(
      map.rooms.map(\.name) == [
        "Branch", "CLinux", "Format", "kiosk-d", "kioskd-lab", "FormatTests",
      ])
    #expect(map.rooms.map(\.floor) == [0, 0, 1, 6, nil, nil])
    #expect(
      map.rooms.map(\.folder) == [
        "Sources/Branch/", "Sources/CLinux/", "Sources/Format/", "Sources/kiosk-d/",
        "Tests/Lab/Driver/", "Tests/FormatTests/",
      ])
    #expect(map.rooms[3].dependencies == ["Branch", "Format"])
    #expect(map.rooms[4].dependencies == ["Branch"])
  }

  @Test(
    "an import that is not declared is found, however it is written",
    arguments: [
      "import CLinux", "public import CLinux", "@testable import CLinux",
      "@preconcurrency public import CLinux", "import struct CLinux.input_event",
      "  internal import CLinux  // why not", "import Dispatch", "import Foundation",
      "import Testing", "@_exported import CLinux",
    ])
  func undeclaredImport(_ line: String) {
    #expect(ImportRules.check(library("// first\n" + line), map).map(\.line) == [2])
  }

  @Test(
    "declared imports and words in comments and strings are fine",
    arguments: [
      "import Branch", "public import Branch", "import Glibc", "import Synchronization",
      "// import CLinux", #"let text = "import CLinux""#, "/* import CLinux */",
    ])
  func declaredImport(_ line: String) {
    #expect(ImportRules.check(library(line), map).isEmpty)
  }

  @Test("programs and tests may use Foundation; a dash in a name becomes an underscore")
  func upperFloors() {
    #expect(ImportRules.check(program("import Foundation\nimport Format"), map).isEmpty)
    let tests = test("import Foundation\nimport Testing\n@testable import kiosk_d")
    #expect(ImportRules.check(tests, map).isEmpty)
    #expect(ImportRules.check(program("import Testing"), map).count == 1)
    #expect(ImportRules.check(test("import Branch"), map).count == 1)
  }

  @Test("a file outside of all rooms is found")
  func homeless() {
    #expect(ImportRules.check(file("Sources/Nowhere/A.swift", ""), map).count == 1)
  }

  @Test("looking up, to the unknown or to tests is found; its own floor is fine")
  func floors() {
    let bad = PackageMap(
      """
      let floor1: [Target] = [room("A", ["B", "C", "D", "E"]), room("B")]
      let floor2: [Target] = [room("C")]
      let proof: [Target] = [tests("D", ["C"])]
      """)
    #expect(
      ImportRules.checkFloors(bad).map(\.text) == [
        "A on floor 1 looks up to C", "A depends on D, which is for tests",
        "A depends on E, which does not exist",
      ])
    #expect(ImportRules.checkFloors(map).isEmpty)
  }

  @Test("a room without its comment line is found")
  func comments() {
    #expect(ImportRules.checkComments(map).map(\.text) == ["CLinux has no comment line above it"])
  }

  @Test("a line of 101 columns is found, one of 100 is fine")
  func columns() {
    #expect(CodeRules.size(library(String(repeating: "é", count: 101))).count == 1)
    #expect(CodeRules.size(library(String(repeating: "é", count: 100))).isEmpty)
  }

  @Test("a product file of 401 lines is found; 400 are fine, and tests may be longer")
  func lines() {
    let long = String(repeating: "\n", count: 401)
    #expect(CodeRules.size(library(long)).count == 1)
    #expect(CodeRules.size(library(String(long.dropLast()))).isEmpty)
    #expect(CodeRules.size(test(long)).isEmpty)
  }

  @Test(
    "forbidden phrases are found in a library",
    arguments: [
      "let x = try! f()", "usleep(5)", "sleep(1)", "Glibc.nanosleep(&t, nil)",
      "try await Task.sleep(for: x)", "let now = Date()", "print(x)", "if a { print(x) }",
      "debugPrint(x)", "Swift.print(x)", "Task { f() }", "Task.detached { f() }",
      #"f("\(x)"); print(x)"#,
    ])
  func phrases(_ line: String) {
    #expect(!CodeRules.phrases(library(line)).isEmpty)
  }

  @Test(
    "harmless phrases are left alone",
    arguments: [
      "let x = try f()", "if try !f() {", "// try! sleep(1) print(x)", #"let x = "try! print(x)""#,
      "canvas.print(x)", "case print(Int)", "func print(_ x: Int) {}", "let sleep = 1",
      "let x = Date(x)",
      "let x = #\"a\"print(\"#", "let x = \"\"\"\n  print(x)\n  \"\"\"", "fingerprint(x)",
      #"let x = "\(f("print("))""#, "/* /* */ print(x) */",
    ])
  func harmless(_ line: String) {
    #expect(CodeRules.phrases(library(line)).isEmpty)
  }

  @Test("what is forbidden depends on the room")
  func phrasesByRoom() {
    #expect(CodeRules.phrases(program("print(x); let now = Date()")).isEmpty)
    #expect(CodeRules.phrases(program("try! f()")).count == 1)
    #expect(CodeRules.phrases(test("print(Date())")).isEmpty)
    #expect(CodeRules.phrases(test("sleep(1)")).count == 1)
    #expect(CodeRules.phrases(file("Tests/Lab/Driver/A.swift", "sleep(1)")).count == 1)
  }

  @Test(
    "a promise without a reason is found",
    arguments: [
      "final class A: @unchecked Sendable {}", "\nextension A: @unchecked Sendable {}",
      "let a = 1  // why\nfinal class A: @unchecked Sendable {}", "nonisolated(unsafe) var x = 1",
    ])
  func unexplained(_ text: String) { #expect(CodeRules.unexplained(library(text)).count == 1) }

  @Test("a promise with a reason above it is fine")
  func explained() {
    let class_ = "// Guarded by the lock.\n@frozen\nfinal class A: @unchecked Sendable {}"
    #expect(CodeRules.unexplained(library(class_)).isEmpty)
    #expect(CodeRules.unexplained(library("// \"@unchecked Sendable\"")).isEmpty)
  }

  @Test(
    "public types and free functions without a doc comment are found",
    arguments: [
      "public struct A {", "public enum A: Int {", "public final class A {", "public protocol A {",
      "@frozen public struct A {", "// no doc\npublic struct A {", "public func f() {",
      "public indirect enum A {", "\n\npublic struct A {",
      "/// doc\n\npublic struct A {",
    ])
  func undocumented(_ text: String) { #expect(CodeRules.undocumented(library(text)).count == 1) }

  @Test(
    "documented, inner and private declarations are fine",
    arguments: [
      "/// Doc.\npublic struct A {", "/// Doc.\n@frozen\npublic struct A {", "struct A {",
      "public enum Tag {}", "extension B {\n  public func f() {",
      "extension B {\n  public enum A {", "public typealias A = B",
      "/// Doc.\n/// More.\npublic func f() {", #"let x = "public struct A""#,
    ])
  func documented(_ text: String) { #expect(CodeRules.undocumented(library(text)).isEmpty) }

  @Test("unfinished work is found in any text")
  func unfinished() {
    for word in TextRules.unfinished {
      #expect(TextRules.checkWords("a.json", "fine\n// \(word): later").map(\.line) == [2])
      #expect(TextRules.checkWords("a.json", word.lowercased() + "\(word)ish").isEmpty)
    }
    for phrase in TextRules.unfinishedPhrases {
      #expect(TextRules.checkWords("a.md", phrase.capitalized).count == 1)
    }
  }

  @Test("strangers and gaps at the top level are found")
  func topLevel() {
    #expect(TextRules.checkTopLevel(TextRules.topLevel.union([".ci", ".gitignore"])).isEmpty)
    let bad = TextRules.topLevel.union(["docs"]).subtracting(["Devices"])
    #expect(TextRules.checkTopLevel(bad).map(\.file) == ["docs", "Devices"])
  }

  @Test("dead links are found, relative to their page")
  func links() {
    let files: Set = ["README.md", "Sources/A/B.md", "Sources/A/C.swift"]
    func dead(_ path: String, _ text: String) -> Int {
      TextRules.checkLinks(path, text, exists: files.contains).count
    }
    #expect(dead("README.md", "[a](Sources/A/B.md) and [b](nowhere.md)") == 1)
    #expect(dead("README.md", "[a](Sources/A/B.md#part) [c](https://x.org) [d](#here)") == 0)
    #expect(dead("Sources/A/B.md", "[a](C.swift) [b](../../README.md) [c](./C.swift)") == 0)
    #expect(dead("Sources/A/B.md", "[a](Sources/A/C.swift)") == 1)
    #expect(dead("README.md", "`[a](b)`\n```\n[a](b)\n```\n[`a`](b)") == 1)
  }
}

@Suite struct SwiftTextTests {
  private func words(_ text: String) -> [String] {
    SwiftText(text).tokens.filter { $0.kind == .word }.map(\.text)
  }

  @Test(
    "code is told from comments and strings",
    arguments: [
      ("a // b\nc", ["a", "c"]), ("a /* b /* c */ d */ e", ["a", "e"]), (#"a("b") c"#, ["a", "c"]),
      (#"a("b\"c") d"#, ["a", "d"]), (#"a("\(b("c"))") d"#, ["a", "d"]),
      (##"a(#"b"c\("#) d"##, ["a", "d"]), (##"a(#"b\#("c")"#) d"##, ["a", "d"]),
      ("a(\"\"\"\n b \" c\n \"\"\") d", ["a", "d"]), ("a(/[\"]/)\nb", ["a", "b"]),
      ("a(\"// b\") c", ["a", "c"]), ("ä.ö", ["ä", "ö"]), ("", []), ("\"", []), ("/*", []),
    ])
  func code(_ text: String, _ expected: [String]) { #expect(words(text) == expected) }

  @Test("strings come without quotes, and lines are counted through everything")
  func strings() {
    let text = SwiftText("/* 1\n2 */ \"a\"\n#\"b\"#\n\"\"\"\nc\n\"\"\" d")
    #expect(text.tokens.map(\.text) == ["a", "b", "\nc\n", "d"])
    #expect(text.tokens.map(\.line) == [2, 3, 4, 6])
    #expect(text.comments == [1: "/* 1", 2: "2 */"])
    #expect(text.isOnlyComment(1) && !text.isOnlyComment(2))
  }
}
