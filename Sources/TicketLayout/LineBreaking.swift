/// Breaks resolved text into lines.
enum LineBreaking {
  /// Ranges of scalars, none wider than `columns`, without the spaces at breaks. Words are kept
  /// whole where they fit on a line; characters of two columns part anywhere, as their scripts
  /// do. Every other scalar is in exactly one range.
  static func lines(
    _ text: [Unicode.Scalar], columns: Int, width: (Unicode.Scalar) -> Int = { _ in 1 }
  ) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = 0
    while true {
      let end = text[start...].firstIndex(of: "\n") ?? text.count
      wrap(text, start..<end, columns: columns, width: width, into: &lines)
      if end == text.count { return lines }
      start = end + 1
    }
  }

  private static func wrap(
    _ text: [Unicode.Scalar], _ paragraph: Range<Int>, columns: Int,
    width: (Unicode.Scalar) -> Int, into lines: inout [Range<Int>]
  ) {
    var rest = paragraph
    while true {
      var end = rest.lowerBound
      var used = 0
      // Where the line may end, and the next one begins behind blanks.
      var lastBreak: Int?
      while end < rest.upperBound {
        let wide = width(text[end])
        let isBoundary =
          text[end] == " " || (end > rest.lowerBound && (wide > 1 || width(text[end - 1]) > 1))
        if isBoundary { lastBreak = end }
        guard used + wide <= columns || end == rest.lowerBound else { break }
        used += wide
        end += 1
      }
      guard end < rest.upperBound else { break }
      let isWhole = lastBreak.map { $0 > rest.lowerBound } ?? false
      let stop = isWhole ? lastBreak ?? end : end
      var lineEnd = stop
      while lineEnd > rest.lowerBound, text[lineEnd - 1] == " " { lineEnd -= 1 }
      var next = stop
      if isWhole { while next < rest.upperBound, text[next] == " " { next += 1 } }
      lines.append(rest.lowerBound..<lineEnd)
      rest = next..<rest.upperBound
    }
    if !rest.isEmpty || paragraph.isEmpty { lines.append(rest) }
  }
}
