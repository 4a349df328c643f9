import Branch
import QueueProtocol
import Testing

@Suite("No text can break a line")
struct QuotingTests {
  private func wire(_ value: String) -> String { Line("PING", [], [Field("t", value)]).description }

  @Test(
    "a text comes back as it was",
    arguments: [
      "", " ", "a b", "\n", "a\nFACT 9 x at=1", "\r\n", "\t", "\u{0}", "a\u{0}b", "\"", "\\",
      "\\\"",
      "\\n", "\\x0a", "=", "k=v", "é", "日本語", "\u{2028}", "\u{2029}", "\u{85}", "\u{feff}x",
      "👩‍👩‍👧", "e\u{301}", "\u{7f}", "\u{1b}[31m", "\u{202E}abc", "'", "a,b", "\u{10FFFF}",
    ])
  func hostile(text: String) throws {
    let bytes = Line("PING", [text], [Field("t", text)]).encoded()
    #expect(bytes.firstIndex(of: 10) == bytes.count - 1)
    #expect(bytes.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7F })
    let line = try Line(parsing: bytes.dropLast())
    #expect(line.words.map { Array($0.utf8) } == [Array(text.utf8)])
    #expect(line["t"].map { Array($0.utf8) } == Array(text.utf8))
  }

  @Test(
    "what can stand bare does, the rest has one spelling",
    arguments: [
      ("abc", "PING t=abc"), ("é日", "PING t=é日"), ("", #"PING t="""#), ("a b", #"PING t="a b""#),
      ("a=b", #"PING t="a=b""#), ("a\"b", #"PING t="a\"b""#), ("a\\b", #"PING t="a\\b""#),
      ("\n\t\r", #"PING t="\n\t\x0d""#), ("\u{0}\u{7f}", #"PING t="\x00\x7f""#),
    ])
  func spelling(text: String, expected: String) { #expect(wire(text) == expected) }

  @Test("both cases of hexadecimal digits are read")
  func hexadecimal() throws {
    #expect(try Line(parsing: #"PING t="\x1B\x1b""#.utf8)["t"] == "\u{1b}\u{1b}")
  }

  @Test("a quoted text may hold spaces and line feeds only as escapes")
  func rawControls() {
    #expect(throws: ProtocolError.syntax) { try Line(parsing: "PING t=\"a\u{9}b\"".utf8) }
    #expect(throws: ProtocolError.syntax) { try Line(parsing: "PING t=\"a\nb\"".utf8) }
  }

  @Test("a journal's record may be longer than a line, because a hub adds fields to a fact")
  func records() throws {
    let long =
      "x-y at=1 t=" + String(repeating: "x", count: 4000) + " u="
      + String(repeating: "y", count: 200)
    #expect(throws: ProtocolError.tooLong) { try Line(parsing: ("FACT 1 " + long).utf8) }
    #expect(try Fact(parsing: long.utf8).more.count == 2)
    let endless = "x-y at=1 t=" + String(repeating: "x", count: 9000)
    #expect(throws: ProtocolError.tooLong) { try Fact(parsing: endless.utf8) }
  }
}
