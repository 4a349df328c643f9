import PositionedJSON
import Testing

@Suite("UTF-8")
struct UTF8Tests {
  @Test(
    "bytes that are no UTF-8 are told at their place, in comments too",
    arguments: [
      [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
      [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xE2, 0x28, 0xA1], [0xF0, 0x9F, 0x28, 0x80],
    ] as [[UInt8]])
  func malformed(_ bytes: [UInt8]) throws {
    for head in ["é\u{1F600}// ", "\n[\"é"] {
      let document = JSONDocument(file: "f", bytes: Array(head.utf8) + bytes + Array("\"]".utf8))
      let diagnostic = try #require(document.diagnostics.first)
      #expect(diagnostic.code == "json-utf8")
      #expect(diagnostic.position == (head.first == "\n" ? place(2, 4) : place(1, 6)))
      #expect(document.value == nil)
    }
  }

  /// The standard library's decoder is the judge.
  @Test("a byte sequence is taken as text exactly when it is well-formed")
  func agreesWithTheStandardLibrary() {
    var random = SeededRandom(seed: 0x5EED_0008)
    let edges: [UInt8] = [
      0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED,
      0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5,
    ]
    var sound = 0
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 1...5, using: &random)).map { _ in
        edges.randomElement(using: &random)!
      }
      let isText = String(validating: bytes, as: UTF8.self) != nil
      sound += isText ? 1 : 0
      let document = JSONDocument(file: "f", bytes: [0x22] + bytes + [0x22])
      #expect((document.value != nil) == isText, "seed \(random.seed): \(bytes)")
    }
    #expect(sound > 100)
  }
}

/// SplitMix64 [Steele, Lea, Flood 2014], so that a seed repeats a run.
struct SeededRandom: RandomNumberGenerator {
  let seed: UInt64
  private var state: UInt64

  init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
