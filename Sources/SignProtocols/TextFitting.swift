/// Puts a text into fewer places than it needs without ever showing another number than the one
/// meant: a sign that shows `A01` for `A012` sends the wrong customer.
///
/// For a text that starts with a ticket number, as in `A012 > 3`, the first of these that fits:
/// 1. the text; 2. the text without spaces beside signs, `A012>3`; 3. the ticket number, `A012`;
/// 4. its letters and its number without leading zeros, `A12`; 5. its number, `112` for `A112`;
/// 6. a row of `-`: no number is better than a wrong one.
/// For any other text: 1, 2, and then its beginning, since words are read from there, but no
/// part of a number: `Counter 12` becomes `Counter`, never `Counter 1`.
enum TextFitting {
  static let dash = UInt8(ascii: "-")
  private static let space = UInt8(ascii: " ")

  static func fit(_ text: [UInt8], into places_max: Int) -> [UInt8] {
    let text = trimmed(text)
    if text.count <= places_max { return text }
    let tight = tightened(text)
    if tight.count <= places_max { return tight }
    let word = Array(text.prefix(while: SignText.isWord))
    guard let ticket = Ticket(word) else { return beginning(of: tight, places_max) }
    for candidate in [word, ticket.letters + ticket.number, ticket.number]
    where candidate.count <= places_max {
      return candidate
    }
    return [UInt8](repeating: dash, count: places_max)
  }

  private static func beginning(of text: [UInt8], _ places_max: Int) -> [UInt8] {
    var kept = text.prefix(places_max)
    if SignText.isDigit(text[kept.count]) {
      while let last = kept.last, SignText.isDigit(last) { kept.removeLast() }
    }
    return kept.isEmpty ? [UInt8](repeating: dash, count: places_max) : Array(kept)
  }

  /// Letters and the digits after them, `A012`, or digits alone.
  private struct Ticket {
    let letters: [UInt8]
    /// Without leading zeros, at least one digit.
    let number: [UInt8]

    init?(_ word: [UInt8]) {
      letters = Array(word.prefix(while: SignText.isLetter))
      let digits = word.dropFirst(letters.count)
      guard !digits.isEmpty, digits.allSatisfy(SignText.isDigit) else { return nil }
      let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
      number = Array(digits.dropFirst(min(zeros, digits.count - 1)))
    }
  }

  static func trimmed(_ text: [UInt8]) -> [UInt8] {
    let head = text.drop { $0 == space }
    return Array(head.prefix(head.count - head.reversed().prefix { $0 == space }.count))
  }

  /// `A012 > 3` to `A012>3`, but never `A012 3` to `A0123`.
  static func tightened(_ text: [UInt8]) -> [UInt8] {
    let text = trimmed(text)
    var kept: [UInt8] = []
    for (index, byte) in text.enumerated() where byte != space || !isRedundant(index, text, kept) {
      kept.append(byte)
    }
    return kept
  }

  private static func isRedundant(_ index: Int, _ text: [UInt8], _ kept: [UInt8]) -> Bool {
    guard let last = kept.last, let next = text[index...].first(where: { $0 != space }) else {
      return true
    }
    return last == space || !SignText.isWord(last) || !SignText.isWord(next)
  }
}
