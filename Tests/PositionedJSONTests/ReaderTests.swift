import Branch
import PositionedJSON
import Testing

@Suite("Typed reading")
struct ReaderTests {
  enum Colour: String, CaseIterable {
    case red, green
  }

  @Test("every mistake of an object is told at once, in the order of the file")
  func collectsAll() {
    let told = mistakes(
      #"""
      {
        "colour": "gren",
        "count": 99,
        "flag": "yes",
        "nmae": "x",
        "id": "a b"
      }
      """#
    ) { reader in
      _ = reader.required("id", example: "\"a\"")?.name(PrinterTag.self)
      _ = reader.required("name", example: "\"Desk\"")?.text(length: 1...10)
      _ = reader.optional("count")?.integer(in: 1...9)
      _ = reader.optional("flag")?.bool()
      let _: Colour? = reader.optional("colour")?.choice()
    }
    #expect(
      told == [
        #"f:1:1: name: the key is missing [missing]. Add "name": "Desk"."#,
        #"f:2:13: colour: "gren" is not known here [choice]. Did you mean "green"?"#,
        "f:3:12: count: 99 is outside of 1 to 9 [range]. Give a whole number from 1 to 9.",
        #"f:4:11: flag: true or false is expected, found the text "yes" [type]. "#
          + "Write true or false without quotes.",
        #"f:5:3: nmae: the key "nmae" is not known here [unknown-key]. Did you mean "name"?"#,
        #"f:6:9: id: "a b" cannot be an id [name]. "#
          + "Use 1 to 32 of the characters a-z A-Z 0-9 . _ - .",
      ])
  }

  @Test("sound values come out typed")
  func soundValues() {
    let told = mistakes(
      #"{"id": "p1", "n": 5, "t": [1.25, 2, 0.005], "c": "red", "u": null, "ms": 30}"#
    ) { reader in
      #expect(reader.required("id", example: "")?.name(PrinterTag.self)?.text == "p1")
      #expect(reader.optional("n")?.integer(in: 5...5) == 5)
      let times = reader.optional("t")?.elements(count_max: 3)?.map {
        $0.seconds(in: Span(ms: 5)...Span.seconds(2))?.ms
      }
      #expect(times == [1250, 2000, 5])
      #expect(reader.optional("c")?.choice(Colour.self) == .red)
      #expect(reader.known("u") == nil)
      #expect(reader.optional("ms")?.milliseconds(in: Span(ms: 0)...Span(ms: 30))?.ms == 30)
      #expect(reader.optional("absent") == nil)
    }
    #expect(told == [])
  }

  @Test(
    "times that are no seconds in the range are refused",
    arguments: [
      "0.0001", "1e1", "11", "0.049", "-1", "9223372036854775807", "99999999999999999999", "10.001",
      "9999999999999999999.5",
    ])
  func badSeconds(_ written: String) {
    let told = mistakes("{\"t\": \(written)}") { reader in
      #expect(reader.optional("t")?.seconds(in: Span(ms: 50)...Span.seconds(10)) == nil)
    }
    #expect(told.count == 1)
    #expect(told.first?.contains("outside of 0.05 to 10 seconds [range]") == true)
  }

  @Test(
    "values of another kind are told with what was found",
    arguments: [
      ("null", "null"), ("true", "true"), ("7", "the number 7"), ("1.5", "the number 1.5"),
      ("[]", "a list"),
    ])
  func wrongKind(_ written: String, _ spoken: String) {
    let told = mistakes("{\"x\": \(written)}") { reader in
      #expect(reader.optional("x")?.text(length: 1...9) == nil)
      #expect(reader.optional("x")?.object { _ in 1 } == nil)
    }
    #expect(told.count == 2)
    #expect(told.allSatisfy { $0.contains("found \(spoken) [type]") })
  }

  @Test("texts with control characters, empty and overlong ones are refused")
  func badTexts() {
    let codes = codes(#"{"a": "x\u0007y", "b": "", "c": "abcdef", "d": "e\u0301e\u0301"}"#) {
      _ = $0.optional("a")?.text(length: 1...5)
      _ = $0.optional("b")?.text(length: 1...5)
      _ = $0.optional("c")?.text(length: 1...5)
      #expect($0.optional("d")?.text(length: 4...4) != nil)
    }
    #expect(codes == ["text-control", "text-length", "text-length"])
  }

  @Test("exactly one of several keys is asked for")
  func exactlyOne() {
    func read(_ text: String) -> [String] {
      mistakes(text) { _ = $0.exactlyOne(of: ["usb", "path"], example: "\"usb\": {}") }
    }
    #expect(read(#"{"path": 1}"#) == [])
    #expect(read("{}") == [#"f:1:1: one of usb, path is needed here [missing]. Add "usb": {}."#])
    #expect(
      read(#"{"usb": 1, "path": 2}"#) == [
        "f:1:20: path: only one of usb, path may stand here [conflict]. Keep one of them."
      ])
  }

  @Test("more than the limit of mistakes is counted, not kept")
  func manyMistakes() {
    let keys = (0..<(Findings.count_max + 7)).map { "\"k\($0)\": 0" }.joined(separator: ",\n")
    let told = codes("{\(keys)}") { _ in }
    #expect(told.count == Findings.count_max + 1)
    #expect(told.last == "too-many-errors")
  }

  @Test("lists longer than the limit are told and cut")
  func longLists() {
    let told = codes(#"{"l": [1, 2, 3], "o": {"a": 1, "b": 2}}"#) { reader in
      #expect(reader.optional("l")?.elements(count_max: 2)?.map(\.path) == ["l[0]", "l[1]"])
      #expect(reader.optional("o")?.members(count_max: 1)?.map(\.field.path) == ["o.a"])
    }
    #expect(told == ["list-length", "list-length"])
  }

  @Test("a message stays on one line, whatever the file holds")
  func singleLine() throws {
    let told = mistakes(#"{"a\nb\u001b[2J": 1}"#) { _ in }
    let line = try #require(told.first)
    #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 })
    #expect(line.contains("a\\u{a}b\\u{1b}[2J"))
  }

  @Test(
    "the nearest known name is suggested, and none when all are far",
    arguments: [
      ("prot", "port"), ("Port", "port"), ("seriall", "serial"), ("serail", "serial"),
      ("vid", nil), ("x", nil), ("", nil), ("completely", nil),
    ] as [(String, String?)])
  func suggestions(_ written: String, _ expected: String?) {
    #expect(nearestName(to: written, among: ["port", "serial", "vidpid"]) == expected)
  }

  @Test("seconds are shown as a person writes them")
  func secondsShown() {
    let shown = [0, 15_000, 250, 1005, -1500].map { secondsText(Span(ms: $0)) }
    #expect(shown == ["0", "15", "0.25", "1.005", "-1.5"])
  }

  private func codes(_ text: String, _ body: (ObjectReader) -> Void) -> [String] {
    diagnostics(text, body).map(\.code)
  }

  private func mistakes(_ text: String, _ body: (ObjectReader) -> Void) -> [String] {
    diagnostics(text, body).map(\.description)
  }

  private func diagnostics(_ text: String, _ body: (ObjectReader) -> Void) -> [Diagnostic] {
    let document = JSONDocument(file: "f", bytes: Array(text.utf8))
    let findings = Findings(file: "f", diagnostics: document.diagnostics)
    let root = JSONField(root: document, findings: findings)
    _ = root?.object { reader in
      body(reader)
      return true
    }
    return findings.diagnostics
  }
}
