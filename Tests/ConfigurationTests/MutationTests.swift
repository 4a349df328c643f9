import Configuration
import DeviceProfiles
import PositionedJSON
import Testing

@Suite("Damaged configurations and profiles")
struct MutationTests {
  @Test("with any byte changed or removed there is a configuration or a diagnostic, never both")
  func everyByteOfAConfiguration() throws {
    let library = try Shipped.library.get()
    let text = Array(baseText.utf8)
    var random = SeededRandom(seed: 0x5EED_0010)
    for offset in text.indices {
      for spoilt in spoil(text, at: offset, &random) {
        let (configuration, diagnostics) = NodeConfiguration.read(
          file: "k.json", bytes: spoilt, profiles: library)
        #expect(
          (configuration == nil) != diagnostics.isEmpty, "seed \(random.seed), byte \(offset)")
      }
    }
  }

  @Test("with any byte of a profile changed or removed there is a profile or a diagnostic")
  func everyByteOfAProfile() throws {
    var random = SeededRandom(seed: 0x5EED_0011)
    for name in [
      "epson-tm-t88v", "stx-etx-sign", "alpha-sign", "smiley-5", "nexus-b14-45-485", "dm36-modbus",
      "cd5220-display",
    ] {
      let id = ProfileID(name)!
      let text = try Shipped.bytes("Devices/\(name).json")
      for offset in text.indices {
        for spoilt in spoil(text, at: offset, &random) {
          var library = ProfileLibrary()
          let diagnostics = library.add(fileName: name + ".json", bytes: spoilt)
          #expect(
            (library.kind(of: id) == nil) != diagnostics.isEmpty,
            "seed \(random.seed), \(name), byte \(offset)")
          #expect(library.broken.contains(id) != diagnostics.isEmpty)
        }
      }
    }
  }

  @Test("with many values swapped there is a configuration or a diagnostic, never both")
  func swappedTokens() throws {
    let library = try Shipped.library.get()
    var random = SeededRandom(seed: 0x5EED_0012)
    let tokens = Self.tokens(baseText)
    for _ in 0..<1000 {
      var spoilt = tokens
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let index = Int.random(in: spoilt.indices, using: &random)
        spoilt[index] = tokens.randomElement(using: &random)!
      }
      let (configuration, diagnostics) = NodeConfiguration.read(
        file: "k.json", bytes: Array(spoilt.joined().utf8), profiles: library)
      #expect((configuration == nil) != diagnostics.isEmpty, "seed \(random.seed)")
    }
  }

  /// The text with the byte removed, and with it changed to one that means much or nothing.
  private func spoil(
    _ text: [UInt8], at offset: Int, _ random: inout SeededRandom
  ) -> [[UInt8]] {
    var removed = text
    removed.remove(at: offset)
    let bytes = Array("\"{}[],:0-x\\/\n ".utf8) + [0x00, 0xFF]
    var changed = text
    changed[offset] = bytes.randomElement(using: &random)!
    return [removed, changed]
  }

  /// Texts, numbers, words and single marks; joined they give the text again.
  private static func tokens(_ text: String) -> [String] {
    var tokens: [String] = []
    var rest = Substring(text)
    while let first = rest.first {
      var token = rest.prefix(1)
      if first == "\"" {
        token = rest.prefix(1 + rest.dropFirst().prefix { $0 != "\"" }.count + 1)
      } else if first.isLetter || first.isNumber {
        token = rest.prefix { $0.isLetter || $0.isNumber || $0 == "." }
      }
      tokens.append(String(token))
      rest = rest.dropFirst(token.count)
    }
    return tokens
  }
}
