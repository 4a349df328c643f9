import PositionedJSON
import Testing

@Suite("Damaged files")
struct MutationTests {
  static let text = Array(
    #"""
    // é
    {"a": [1, -2.5e3, "x\u00e9\n", true, null,], /* c */
     "b": {"ключ": {}, "d": []},}
    """#.utf8)

  @Test("with any byte changed, removed or added there is a value or a diagnostic")
  func everyByte() {
    for offset in Self.text.indices {
      var removed = Self.text
      removed.remove(at: offset)
      check(removed)
      check(Array(Self.text[..<offset]))
      for byte in UInt8.min...UInt8.max {
        var changed = Self.text
        changed[offset] = byte
        check(changed)
        changed = Self.text
        changed.insert(byte, at: offset)
        check(changed)
      }
    }
  }

  @Test("tokens thrown together give a value or a diagnostic")
  func tokenSoup() {
    var random = SeededRandom(seed: 0x5EED_0009)
    let tokens = [
      "{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "1", "-", "0.5", "true", "null", "//", "\n",
      "/*", "*/", "\\", "\"", "\\u", "D800", " ", "é", "\u{FEFF}",
    ]
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...30, using: &random)
      let soup = (0..<count).map { _ in tokens.randomElement(using: &random)! }.joined()
      check(Array(soup.utf8), "seed \(random.seed): \(soup.debugDescription)")
    }
  }

  private func check(_ bytes: [UInt8], _ comment: Comment? = nil) {
    let document = JSONDocument(file: "f", bytes: bytes)
    let isTold = document.value != nil || !document.diagnostics.isEmpty
    if !isTold { Issue.record(comment ?? "silent about \(bytes)") }
    // A diagnostic never points behind the text.
    let lines = 1 + bytes.reduce(0) { $0 + ($1 == 0x0A || $1 == 0x0D ? 1 : 0) }
    for diagnostic in document.diagnostics where diagnostic.line > lines {
      Issue.record(comment ?? "line \(diagnostic.line) of \(lines): \(bytes)")
    }
  }
}
