/// A character as a thermal printer strikes it, in dots.
public struct PaperGlyph: Hashable, Sendable {
  public let width_px: Int
  /// From the top; bit 0 is the leftmost dot.
  public let rows: [UInt16]

  public func isBlack(x: Int, y: Int) -> Bool { rows[y] >> UInt16(x) & 1 != 0 }
}

/// The two sizes in which printers have their letters, drawn from one set of strokes. Remembers
/// what it has drawn: make one for a ticket or for many.
public struct PaperFont: Sendable {
  public enum Face: Sendable {
    /// 12 × 24 dots.
    case a
    /// 9 × 17 dots.
    case b
  }

  private let pen: Pen
  private var drawn: [Unicode.Scalar: PaperGlyph] = [:]

  public init(_ face: Face) { pen = Pen(face) }

  /// ASCII, European Latin, Greek, Cyrillic, Hebrew; a box stands for everything else.
  public mutating func glyph(_ scalar: Unicode.Scalar) -> PaperGlyph {
    if let glyph = drawn[scalar] { return glyph }
    let glyph = pen.draw(Strokes.of(scalar) ?? Strokes.box)
    drawn[scalar] = glyph
    return glyph
  }

  /// Whether there is more than a box for it.
  public static func has(_ scalar: Unicode.Scalar) -> Bool { Strokes.of(scalar) != nil }

  /// The letter that a base and its marks make, where there is one.
  public static func composed(_ character: Character) -> Unicode.Scalar? {
    Strokes.wholes[character]
  }
}

/// Draws strokes into a cell of dots.
///
/// The grid of the strokes has 9 columns and 23 rows: capitals reach from row 4 to row 18, small
/// letters begin at row 9, tails end at row 22. Font A takes them as they are, with a pen of two
/// dots; font B has fewer dots than the grid has places and a pen of one.
struct Pen: Sendable {
  private let face: PaperFont.Face

  init(_ face: PaperFont.Face) { self.face = face }

  private static let centre = (x: 4.0, y: 11.0)
  private static let columnsB: [Double] = [1, 2, 2.5, 3, 4, 5, 5.5, 6, 7]

  func draw(_ strokes: [Stroke]) -> PaperGlyph {
    var rows = [UInt16](repeating: 0, count: face == .a ? 24 : 17)
    for stroke in strokes {
      let size = face == .a && !stroke.isFine ? 2 : 1
      for point in stroke.points {
        let (x, y) = place(point)
        for row in y..<min(y + size, rows.count) where row >= 0 {
          rows[row] |= (1 << UInt16(size) - 1) << UInt16(x)
        }
      }
    }
    return PaperGlyph(width_px: face == .a ? 12 : 9, rows: rows)
  }

  /// Halves go away from the middle, so that a letter's two sides are alike.
  private func place(_ point: (x: Double, y: Double)) -> (Int, Int) {
    if face == .a {
      let x = Self.centre.x + (point.x - Self.centre.x).rounded(.toNearestOrAwayFromZero)
      let y = Self.centre.y + (point.y - Self.centre.y).rounded(.toNearestOrAwayFromZero)
      return (Int(x) + 1, Int(y))
    }
    let left = Int(point.x)
    let right = min(left + 1, Self.columnsB.count - 1)
    let part = point.x - Double(left)
    let x = Self.columnsB[left] * (1 - part) + Self.columnsB[right] * part
    return (Int(4 + (x - 4).rounded(.toNearestOrAwayFromZero)), Int(rowB(point.y).rounded()))
  }

  /// Capitals 3 to 13, small letters from 6, tails to 16.
  private func rowB(_ y: Double) -> Double {
    switch y {
    case ..<4: y * 0.75
    case ..<9: 3 + (y - 4) * 0.6
    case ..<18: 6 + (y - 9) * 7 / 9
    default: 13 + (y - 18) * 0.75
    }
  }
}

/// A line that the pen draws without being lifted: all places that it passes, close together.
struct Stroke: Sendable {
  let points: [(x: Double, y: Double)]
  /// One dot wide where others have two.
  let isFine: Bool
}
