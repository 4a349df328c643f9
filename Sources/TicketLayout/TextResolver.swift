import CodePages
import PaperFont
import PlainLetters

/// Text to scalars that this printer can show; "\n" stays as a line break.
struct TextResolver: Sendable {
  let tables: [CodePageTable]
  let doubleByte: DoubleByteTable?
  /// The printer has no characters: letters of our own are drawn for it.
  var isDrawn = false

  /// Whether a single-byte page has it, or our own letters.
  func isSingle(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 { return (0x20...0x7E).contains(scalar.value) }
    if isDrawn { return PaperFont.has(scalar) }
    return tables.contains { $0.byte(scalar) != nil }
  }

  func canPrint(_ scalar: Unicode.Scalar) -> Bool {
    isSingle(scalar) || doubleByte?.code(scalar) != nil
  }

  /// Columns that it takes: those of two bytes are as wide as two others.
  func columns(_ scalar: Unicode.Scalar) -> Int {
    scalar.value < 0x80 || doubleByte == nil || isSingle(scalar) ? 1 : 2
  }

  /// What could not be shown is added to `shortfalls`.
  func resolve(_ text: String, _ shortfalls: inout [Shortfall]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.utf8.count)
    for character in text {
      if character.isNewline {
        result.append("\n")
      } else if let scalar = character.unicodeScalars.first,
        character.unicodeScalars.count == 1, canPrint(scalar)
      {
        if (0x620...0x6D3).contains(scalar.value), !shortfalls.contains(.unjoinedArabic) {
          shortfalls.append(.unjoinedArabic)
        }
        result.append(scalar)
      } else {
        replace(character, in: &result, &shortfalls)
      }
    }
    return result
  }

  /// Composes marks, else takes a relative, else a question mark. Control characters end here
  /// too: no name in a configuration can smuggle a command to the printer.
  private func replace(
    _ character: Character, in result: inout [Unicode.Scalar], _ shortfalls: inout [Shortfall]
  ) {
    for table in tables {
      if let composed = table.composed(character) { return result.append(composed) }
    }
    if isDrawn, let composed = PaperFont.composed(character) { return result.append(composed) }
    if character == "\t" || character == "\u{A0}" { return result.append(" ") }
    let visible = character.unicodeScalars.filter { !Transliteration.isInvisible($0) }
    guard let first = visible.first else { return }
    if visible.count == 1 {
      if canPrint(first) {
        note(.transliterated(character, as: String(first)), &shortfalls)
        return result.append(first)
      }
      for alternative in Transliteration.alternatives(first)
      where alternative.unicodeScalars.allSatisfy(canPrint) {
        note(.transliterated(character, as: alternative), &shortfalls)
        return result.append(contentsOf: alternative.unicodeScalars)
      }
    }
    note(.unprintable(character), &shortfalls)
    result.append("?")
  }

  private func note(_ shortfall: Shortfall, _ shortfalls: inout [Shortfall]) {
    guard !shortfalls.contains(shortfall) else { return }
    guard shortfalls.count >= Shortfall.reported_max else { return shortfalls.append(shortfall) }
    for (place, other) in shortfalls.enumerated() {
      guard case .moreCharacters(let count) = other else { continue }
      shortfalls[place] = .moreCharacters(count + 1)
      return
    }
    shortfalls.append(.moreCharacters(1))
  }
}
