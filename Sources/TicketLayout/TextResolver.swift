public import CodePages

/// Text to scalars that this printer can show, one a column; "\n" stays as a line break.
public struct TextResolver: Sendable {
  public let tables: [CodePageTable]

  public init(tables: [CodePageTable]) { self.tables = tables }

  /// Whether the scalar stands in one of the tables.
  public func canPrint(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 { return (0x20...0x7E).contains(scalar.value) }
    return tables.contains { $0.byte(scalar) != nil }
  }

  /// What could not be shown is added to `shortfalls`.
  public func resolve(_ text: String, _ shortfalls: inout [Shortfall]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.utf8.count)
    for character in text {
      if character.isNewline {
        result.append("\n")
      } else if let scalar = character.unicodeScalars.first,
        character.unicodeScalars.count == 1, canPrint(scalar)
      {
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
    guard shortfalls.count < Shortfall.reported_max, !shortfalls.contains(shortfall) else { return }
    shortfalls.append(shortfall)
  }
}

/// Breaks resolved text into lines.
public enum LineBreaking {
  /// Ranges of scalars, none longer than `columns`, without the spaces at breaks. Words are kept
  /// whole where they fit on a line. Every other scalar is in exactly one range.
  public static func lines(_ text: [Unicode.Scalar], columns: Int) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = 0
    while true {
      let end = text[start...].firstIndex(of: "\n") ?? text.count
      wrap(text, start..<end, columns: columns, into: &lines)
      if end == text.count { return lines }
      start = end + 1
    }
  }

  private static func wrap(
    _ text: [Unicode.Scalar], _ paragraph: Range<Int>, columns: Int, into lines: inout [Range<Int>]
  ) {
    var start = paragraph.lowerBound
    var rest = paragraph
    while rest.count > columns {
      let window = text[start + 1...start + columns]
      var end = start + columns
      if let space = window.lastIndex(of: " ") {
        end = space
        start = space + 1
        while start < paragraph.upperBound, text[start] == " " { start += 1 }
      } else {
        start = end
      }
      while end > rest.lowerBound, text[end - 1] == " " { end -= 1 }
      lines.append(rest.lowerBound..<end)
      rest = start..<paragraph.upperBound
    }
    if !rest.isEmpty || paragraph.isEmpty { lines.append(rest) }
  }
}
