import Branch

// How the lines of a picture come to stand on those of a sign.
extension SignPicture {
  /// Exactly `rows` lines. While there are rows to spare, a line that is too long goes on in the
  /// next one, from its first word that has no room; what has no row of its own in the end stands
  /// behind the last.
  func lines(rows: Int, places: Int) -> [String] {
    var laid: [String] = []
    for (index, line) in lines.enumerated() {
      let rows_max = rows - laid.count - (lines.count - index - 1)
      laid += Self.wrapped(line, places: places, rows_max: max(1, rows_max))
    }
    let rest = laid.dropFirst(rows - 1).filter { !$0.isEmpty }.joined(separator: " ")
    let head = laid.prefix(rows - 1)
    return head + [String](repeating: "", count: rows - 1 - head.count) + [rest]
  }

  /// A line in pieces of whole words; the last of `rows_max` has all the rest.
  private static func wrapped(_ line: String, places: Int, rows_max: Int) -> [String] {
    func fits(_ text: String) -> Bool {
      TextFitting.tightened(SignText.ascii(text)).count <= places
    }
    if fits(line) { return [line] }
    var pieces: [String] = []
    for word in line.split(separator: " ").map(String.init) {
      if let last = pieces.last, pieces.count == rows_max || fits(last + " " + word) {
        pieces[pieces.count - 1] = last + " " + word
      } else {
        pieces.append(word)
      }
    }
    return pieces.isEmpty ? [line] : pieces
  }
}

extension SignProtocol {
  /// Whether the sign shows all of the text, whose lines `\n` ends: each on its own lines, or where
  /// there are some to spare on several.
  public func shows(_ text: String) -> Bool {
    guard let places, !showsNumberOnly else { return true }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return lines.count <= self.lines
      && SignPicture(lines).lines(rows: self.lines, places: places).allSatisfy(fits)
  }
}
