import PositionedJSON
import Testing

@Suite("Parser")
struct ParserTests {
  @Test("a value knows where it begins and ends, in characters")
  func ranges() throws {
    let value = try sound("{\n  \"é\": [1, \"ñandú\", {}]\n}")
    let list = try #require(value["é"])
    #expect(list.range == range(2, 8, 2, 24))
    let elements = try #require(list.elements)
    #expect(elements.map(\.start) == [place(2, 9), place(2, 12), place(2, 21)])
    #expect(elements[1].range.end == place(2, 19))
    let member = try #require(value.members?.first)
    #expect(member.keyRange == range(2, 3, 2, 6))
    #expect(value.range == range(1, 1, 3, 2))
  }

  @Test("LF, CR LF and a lone CR each end one line")
  func lineEnds() throws {
    for end in ["\n", "\r\n", "\r"] {
      let value = try sound("[\(end)// x\(end) 7]")
      #expect(value.elements?.first?.start == place(3, 2))
    }
  }

  @Test("whole numbers of 64 bits are exact, all others keep their text")
  func numbers() throws {
    let value = try sound(
      "[0, -0, 9223372036854775807, -9223372036854775808, 9223372036854775808,"
        + "1.50, 1e3, -2E-7]")
    #expect(
      value.elements?.map(\.content) == [
        .integer(0), .integer(0), .integer(.max), .integer(.min), .decimal("9223372036854775808"),
        .decimal("1.50"), .decimal("1e3"), .decimal("-2E-7"),
      ])
  }

  @Test("escapes become their characters")
  func escapes() throws {
    let value = try sound(#"["\"\\\/\b\f\n\r\t", "\u00e9\uD83D\uDE00", "\u0000"]"#)
    #expect(value.elements?.map(\.string) == ["\"\\/\u{8}\u{c}\n\r\t", "é😀", "\0"])
  }

  @Test("comments, trailing commas and a byte order mark are allowed")
  func relaxations() throws {
    let text = "\u{FEFF}// a\n/* b \n **/{ /**/ \"a\" /*:*/ : // c\n [1,/*x*/2,], \"b\": {},}// end"
    let value = try sound(text)
    #expect(value.start == place(3, 5))
    #expect(value["a"]?.elements?.map(\.content) == [.integer(1), .integer(2)])
    #expect(value["b"]?.members == [])
  }

  @Test("an object keeps the order of its keys")
  func order() throws {
    let value = try sound(#"{"z": 1, "a": 2, "m": 3}"#)
    #expect(value.members?.map(\.key) == ["z", "a", "m"])
  }

  @Test("a doubled key is told with its path, and reading goes on")
  func doubledKeys() throws {
    let text = #"{"a": [{"b": 1, "c": 2, "b": 3}], "a": 4}"#
    let document = JSONDocument(file: "f", bytes: Array(text.utf8))
    #expect(document.diagnostics.map(\.code) == ["json-doubled-key", "json-doubled-key"])
    #expect(document.diagnostics.map(\.field) == ["a[0].b", "a"])
    #expect(document.diagnostics.map(\.column) == [25, 35])
    #expect(document.value?["a"]?.elements?.first?["b"]?.content == .integer(1))
  }

  @Test(
    "a broken text is told at its place",
    arguments: [
      Broken("", "json-end", 1, 1), Broken("  \n ", "json-end", 2, 2),
      Broken("{", "json-end", 1, 2), Broken("[1, 2", "json-end", 1, 6),
      Broken("[1 2]", "json-comma", 1, 4, ""), Broken("[1,,2]", "json-value", 1, 4, "[1]"),
      Broken("[,]", "json-value", 1, 2, "[0]"), Broken("{,}", "json-key", 1, 2),
      Broken("{a: 1}", "json-key", 1, 2), Broken("{'a': 1}", "json-key", 1, 2),
      Broken("{\"a\" 1}", "json-colon", 1, 6, "a"), Broken("{\"a\": }", "json-value", 1, 7, "a"),
      Broken("{\"a\": 1 \"b\": 2}", "json-comma", 1, 9), Broken("[1}", "json-comma", 1, 3),
      Broken("1 2", "json-trailing", 1, 3), Broken("{}]", "json-trailing", 1, 3),
      Broken("True", "json-value", 1, 1), Broken("nul", "json-value", 1, 1),
      Broken("01", "json-number", 1, 1), Broken("-", "json-number", 1, 1),
      Broken("1.", "json-number", 1, 1), Broken(".5", "json-value", 1, 1),
      Broken("1e", "json-number", 1, 1), Broken("+1", "json-value", 1, 1),
      Broken("0x1F", "json-number", 1, 1), Broken("1-2", "json-number", 1, 1),
      Broken("\"abc", "json-string", 1, 1), Broken("[\"a\nb\"]", "json-string", 1, 2, "[0]"),
      Broken("\"a\tb\"", "json-string", 1, 3), Broken(#""a\qb""#, "json-escape", 1, 3),
      Broken(#""\u12G4""#, "json-escape", 1, 2), Broken(#""\uD800""#, "json-escape", 1, 2),
      Broken(#""\uDC00""#, "json-escape", 1, 2), Broken(#""\uD800A""#, "json-escape", 1, 2),
      Broken(#""\uD800\u0041""#, "json-escape", 1, 2), Broken("\"\\", "json-end", 1, 3),
      Broken("/* x", "json-comment", 1, 1), Broken("/*/", "json-comment", 1, 1),
      Broken("[1] /", "json-comment", 1, 5),
      Broken("{\"a\": {\"b\": [0, {\"c\": tru}]}}", "json-value", 1, 23, "a.b[1].c"),
    ])
  func broken(_ example: Broken) throws {
    let document = JSONDocument(file: "f", bytes: Array(example.text.utf8))
    #expect(document.value == nil)
    let diagnostic = try #require(document.diagnostics.first)
    #expect(document.diagnostics.count == 1)
    #expect(diagnostic.code == example.code)
    #expect(diagnostic.position == example.position)
    #expect(diagnostic.field == example.field)
    #expect(!diagnostic.cure.isEmpty && diagnostic.cure.last != " ")
  }

  @Test("brackets may be open to the limit and no further")
  func depth() {
    let limit = JSONDocument.depth_max
    let allowed = nest(limit)
    #expect(JSONDocument(file: "f", bytes: allowed).diagnostics.isEmpty)
    let diagnostics = JSONDocument(file: "f", bytes: nest(limit + 1)).diagnostics
    #expect(diagnostics.map(\.code) == ["json-too-deep"])
    #expect(diagnostics.first?.column == limit + 1)
    let flood = Array(repeating: UInt8(ascii: "["), count: JSONDocument.size_bytes_max)
    #expect(JSONDocument(file: "f", bytes: flood).diagnostics.map(\.code) == ["json-too-deep"])
  }

  @Test("a file may be as large as the limit and no larger")
  func size() {
    let blanks = Array(repeating: UInt8(ascii: " "), count: JSONDocument.size_bytes_max - 1)
    #expect(JSONDocument(file: "f", bytes: blanks + [0x31]).value != nil)
    let diagnostics = JSONDocument(file: "f", bytes: blanks + [0x31, 0x32]).diagnostics
    #expect(diagnostics.map(\.code) == ["json-too-large"])
  }

  @Test("a number of more digits than the limit is refused")
  func longNumber() {
    let limit = JSONDocument.numberLength_max
    let digits = String(repeating: "7", count: limit)
    #expect(JSONDocument(file: "f", bytes: Array(digits.utf8)).value?.content == .decimal(digits))
    let longer = JSONDocument(file: "f", bytes: Array((digits + "7").utf8))
    #expect(longer.diagnostics.map(\.code) == ["json-number"])
  }

  private func nest(_ depth: Int) -> [UInt8] {
    Array(repeating: UInt8(ascii: "["), count: depth)
      + Array(repeating: UInt8(ascii: "]"), count: depth)
  }
}

struct Broken: Sendable, CustomTestStringConvertible {
  let text: String
  let code: String
  let position: SourcePosition
  let field: String

  init(_ text: String, _ code: String, _ line: Int, _ column: Int, _ field: String = "") {
    self.text = text
    self.code = code
    position = place(line, column)
    self.field = field
  }

  var testDescription: String { "\(text.debugDescription) is \(code) at \(position)" }
}

func place(_ line: Int, _ column: Int) -> SourcePosition {
  SourcePosition(line: line, column: column)
}

func range(_ line: Int, _ column: Int, _ endLine: Int, _ endColumn: Int) -> SourceRange {
  SourceRange(start: place(line, column), end: place(endLine, endColumn))
}

/// The value of a text that has to be sound.
func sound(_ text: String) throws -> JSONValue {
  let document = JSONDocument(file: "f", bytes: Array(text.utf8))
  #expect(document.diagnostics.map(\.description) == [])
  return try #require(document.value)
}
