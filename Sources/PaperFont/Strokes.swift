/// Which strokes make a character.
enum Strokes {
  static func of(_ scalar: Unicode.Scalar) -> [Stroke]? {
    if scalar == " " || scalar == "\u{A0}" { return [] }
    if let text = table[scalar] { return strokes(text) }
    if let twin = twins[scalar], let text = table[twin] { return strokes(text) }
    guard let (base, mark) = composed[scalar], let letter = of(base), let text = marks[mark]
    else { return nil }
    // Marks are drawn for capitals; above small letters they come down.
    let isHigh = scalar.properties.isUppercase || "bdfhklt".unicodeScalars.contains(base)
    let isBelow = "¸˛,".unicodeScalars.contains(mark)
    return letter + strokes(text, down: isHigh || isBelow ? 0 : 4)
  }

  static let box = strokes("04848i0i04")

  /// Strokes stand apart by blanks. A point is a column, 0 to 8, and a row, 0 to m (22). Behind an
  /// apostrophe stands the point towards which a curve is drawn on its way to the next; a fine
  /// stroke begins with a hyphen.
  static func strokes(_ text: String, down: Double = 0) -> [Stroke] {
    text.split(separator: " ").map { stroke in
      let isFine = stroke.hasPrefix("-")
      var letters = Array(stroke.utf8)[(isFine ? 1 : 0)...]
      var points: [(x: Double, y: Double)] = []
      while !letters.isEmpty {
        let isCurve = letters.first == UInt8(ascii: "'")
        if isCurve { letters.removeFirst() }
        let bend = point(&letters, down)
        let end = isCurve ? point(&letters, down) : bend
        draw(to: end, bend: isCurve ? bend : nil, &points)
      }
      return Stroke(points: points, isFine: isFine)
    }
  }

  private static func point(
    _ letters: inout ArraySlice<UInt8>, _ down: Double
  ) -> (x: Double, y: Double) {
    guard let column = letters.popFirst(), let row = letters.popFirst() else { return (0, 0) }
    let y = row < UInt8(ascii: "a") ? Int(row) - 48 : Int(row) - 87
    return (Double(Int(column) - 48), Double(y) + down)
  }

  private static func draw(
    to end: (x: Double, y: Double), bend: (x: Double, y: Double)?,
    _ points: inout [(x: Double, y: Double)]
  ) {
    guard let start = points.last else { return points.append(end) }
    let middle = bend ?? ((start.x + end.x) / 2, (start.y + end.y) / 2)
    let length =
      abs(middle.x - start.x) + abs(middle.y - start.y) + abs(end.x - middle.x)
      + abs(end.y - middle.y)
    let steps = max(Int(length * 2), 1)
    for step in 1...steps {
      let t = Double(step) / Double(steps)
      let (a, b, c) = ((1 - t) * (1 - t), 2 * t * (1 - t), t * t)
      points.append(
        (a * start.x + b * middle.x + c * end.x, a * start.y + b * middle.y + c * end.y))
    }
  }

  /// Character, blank, strokes; one a line.
  private static let table: [Unicode.Scalar: String] = {
    var table: [Unicode.Scalar: String] = [:]
    for text in [LetterStrokes.latin, LetterStrokes.greekAndCyrillic, LetterStrokes.hebrew] {
      for line in text.split(separator: "\n") {
        guard let scalar = line.unicodeScalars.first else { continue }
        table[scalar] = String(line.dropFirst(2))
      }
    }
    return table
  }()

  /// Letters that look like another: those of the first text like those of the second.
  private static let twins = Dictionary(
    zip(LetterStrokes.twins.unicodeScalars, LetterStrokes.twinsOf.unicodeScalars),
    uniquingKeysWith: { first, _ in first })

  private static let marks: [Unicode.Scalar: String] = {
    var marks: [Unicode.Scalar: String] = [:]
    for line in LetterStrokes.marks.split(separator: "\n") {
      guard let scalar = line.unicodeScalars.first else { continue }
      marks[scalar] = String(line.dropFirst(2))
    }
    return marks
  }()

  /// Characters of a letter and its mark: however they are written, they are equal.
  static let wholes = Dictionary(
    composed.keys.map { (Character($0), $0) }, uniquingKeysWith: { first, _ in first })

  private static let composed: [Unicode.Scalar: (base: Unicode.Scalar, mark: Unicode.Scalar)] = {
    var composed: [Unicode.Scalar: (base: Unicode.Scalar, mark: Unicode.Scalar)] = [:]
    for line in LetterStrokes.composed.split(separator: "\n") {
      guard let mark = line.unicodeScalars.first else { continue }
      let pairs = Array(line.unicodeScalars.dropFirst(2))
      for place in stride(from: 0, to: pairs.count - 1, by: 2) {
        composed[pairs[place]] = (pairs[place + 1], mark)
      }
    }
    return composed
  }()
}
