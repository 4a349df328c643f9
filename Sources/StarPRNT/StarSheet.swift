import PaperFont
import TicketDesign
import TicketLayout

/// Paper as dots, drawn from the top down, for a printer that has no letters of its own: ours, at
/// the pitch of the fonts that other printers have.
struct StarSheet {
  let width_px: Int
  /// Bytes of a row.
  let stride: Int
  /// From the top; the highest bit is the leftmost dot.
  private(set) var rows: [UInt8] = []
  private var fontA = PaperFont(.a)
  private var fontB = PaperFont(.b)

  init(width_px: Int) {
    self.width_px = width_px
    stride = (width_px + 7) / 8
  }

  var height_px: Int { rows.count / stride }

  mutating func removeAll() { rows.removeAll(keepingCapacity: true) }

  /// White rows at the lower end.
  mutating func feed(px: Int) { rows.append(contentsOf: repeatElement(0, count: px * stride)) }

  /// A line whose letters are `width` and `height` times as large as those of the style's font.
  mutating func draw(_ line: [Unicode.Scalar], _ style: TextStyle, width: Int, height: Int) {
    let cell = (
      width: (style.font == .a ? 12 : 9) * width, height: (style.font == .a ? 24 : 17) * height
    )
    let top = height_px
    feed(px: max(cell.height + DrawnLine.gap_dots, PrinterLanguage.starGraphic.lineHeight_dots))
    var x = left(style.align, width_px: line.count * cell.width)
    for scalar in line {
      let glyph = style.font == .a ? fontA.glyph(scalar) : fontB.glyph(scalar)
      draw(glyph, x: x, y: top, width: width, height: height, isBold: style.bold)
      if style.underline {
        blacken(x: x, y: top + cell.height - 2, width: cell.width, height: 2)
      }
      if style.invert { invert(x: x, y: top, width: cell.width, height: cell.height) }
      x += cell.width
    }
  }

  /// A picture between the edges; it must not be wider than the paper.
  mutating func draw(_ raster: Raster, _ align: Alignment) {
    let top = height_px
    feed(px: raster.height_px)
    let x = left(align, width_px: raster.width_px)
    let source = (raster.width_px + 7) / 8
    // Dots beyond the picture's width pad its rows.
    let padding = UInt8(source * 8 - raster.width_px)
    for row in 0..<raster.height_px {
      let start = (top + row) * stride + x / 8
      for place in 0..<source {
        var bits = raster.rows[row * source + place]
        if place == source - 1 { bits &= 0xFF << padding }
        rows[start + place] |= bits >> UInt8(x % 8)
        let rest = bits << UInt8(8 - x % 8)
        if x % 8 > 0, rest != 0 { rows[start + place + 1] |= rest }
      }
    }
  }

  private func left(_ align: Alignment, width_px: Int) -> Int {
    let free = max(self.width_px - width_px, 0)
    switch align {
    case .left: return 0
    case .centre: return free / 2
    case .right: return free
    }
  }

  /// Each dot as large as the size says; emphasised letters are struck twice, and large ones not
  /// so far apart that they close.
  private mutating func draw(
    _ glyph: PaperGlyph, x: Int, y: Int, width: Int, height: Int, isBold: Bool
  ) {
    let dot = isBold ? width + (width + 1) / 2 : width
    for (row, bits) in glyph.rows.enumerated() where bits != 0 {
      for column in 0..<glyph.width_px where bits >> UInt16(column) & 1 != 0 {
        blacken(x: x + column * width, y: y + row * height, width: dot, height: height)
      }
    }
  }

  private mutating func blacken(x: Int, y: Int, width: Int, height: Int) {
    change(x: x, y: y, width: width, height: height) { $0 |= $1 }
  }

  private mutating func invert(x: Int, y: Int, width: Int, height: Int) {
    change(x: x, y: y, width: width, height: height) { $0 ^= $1 }
  }

  private mutating func change(
    x: Int, y: Int, width: Int, height: Int, _ change: (inout UInt8, UInt8) -> Void
  ) {
    let right = min(x + width, width_px)
    for row in y..<y + height {
      var column = x
      while column < right {
        let end = min(column / 8 * 8 + 8, right)
        let mask = UInt8(0xFF) >> UInt8(column % 8) & UInt8(0xFF) << UInt8(7 - (end - 1) % 8)
        change(&rows[row * stride + column / 8], mask)
        column = end
      }
    }
  }
}
