import PositionedJSON

/// A word of a script and where it stands.
struct ScriptWord: Hashable, Sendable {
  let text: String
  /// In Unicode scalars, from 1.
  let column: Int
  /// Behind its last character.
  let end: Int
  /// Quotes keep a word from being read as a keyword.
  let isQuoted: Bool
}

/// A line of a script taken apart: words between blanks, `"two words"` in quotes, `#` begins a
/// comment where a word could begin.
struct ScriptLine {
  enum Mistake: Error, Equatable {
    case openQuote(column: Int)
    case control(column: Int)
  }

  private(set) var words: [ScriptWord] = []

  init(_ text: some StringProtocol) throws(Mistake) {
    let scalars = Array(text.unicodeScalars)
    var place = 0
    while place < scalars.count {
      if scalars[place] == "#" { return }
      if scalars[place] == " " || scalars[place] == "\t" {
        place += 1
        continue
      }
      words.append(try Self.word(scalars, &place))
    }
  }

  private static func word(_ scalars: [Unicode.Scalar], _ place: inout Int) throws(Mistake)
    -> ScriptWord
  {
    let start = place
    var text = String.UnicodeScalarView()
    var quote: Int?
    var hasQuotes = false
    while place < scalars.count {
      let scalar = scalars[place]
      if scalar == "\"" {
        quote = quote == nil ? place : nil
        hasQuotes = true
      } else if quote == nil, scalar == " " || scalar == "\t" {
        break
      } else if scalar.value < 0x20 || scalar.value == 0x7F {
        throw .control(column: place + 1)
      } else {
        text.append(scalar)
      }
      place += 1
    }
    if let quote { throw .openQuote(column: quote + 1) }
    return ScriptWord(
      text: String(text), column: start + 1, end: place + 1, isQuoted: hasQuotes)
  }
}
