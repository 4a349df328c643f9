import QRCode

/// Draws printed tickets: for a terminal, or dot for dot.
public enum PaperRenderer {
  /// How terminal text may be set.
  public enum Ink: Sendable {
    /// Characters only; dark dots as blocks.
    case plain
    /// ECMA-48 colours: black on white whatever the terminal's own, so that a camera can read QR
    /// symbols from the screen; bold, underline and inverse as printed.
    case coloured
  }

  /// The ticket as lines of text, all of one width: a strip of paper `columns` characters wide
  /// (or wider if a symbol needs it) between edges, with the cut below.
  public static func terminal(
    _ ticket: PrintedTicket, columns: Int, ink: Ink = .plain
  ) -> [String] {
    let blocks = ticket.items.map { rows($0, columns: columns, ink: ink) }
    let width = blocks.joined().reduce(columns) { max($0, $1.width) }
    var lines = ["┌" + String(repeating: "─", count: width + 2) + "┐"]
    for row in blocks.joined() {
      let free = width - row.width
      let before =
        switch row.align {
        case .left: 0
        case .centre: free / 2
        case .right: free
        }
      let paper =
        String(repeating: " ", count: before + 1) + row.text
        + String(repeating: " ", count: free - before + 1)
      lines.append("│" + (ink == .coloured ? Colour.paper + paper + Colour.off : paper) + "│")
    }
    lines.append(lowerEdge(ticket, width: width))
    return lines
  }

  private static func lowerEdge(_ ticket: PrintedTicket, width: Int) -> String {
    if ticket.isTorn {
      let edge = String(repeating: "/\\", count: (width + 2) / 2 + 1).prefix(width + 2)
      return "└" + edge + "┘"
    }
    switch ticket.cut {
    case .full?: return "└✂" + String(repeating: "╌", count: width + 1) + "┘"
    case .partial?:
      let half = (width + 1) / 2
      return "└✂" + String(repeating: "╌", count: half) + "─"
        + String(repeating: "╌", count: width - half) + "┘"
    case .tornOff?: return "└" + String(repeating: "╌", count: width + 2) + "┘"
    case nil: return "╵" + String(repeating: " ", count: width + 2) + "╵"
    }
  }

  // MARK: Rows

  /// A row of the strip; `width` counts cells, without control sequences.
  struct Row {
    var text: String
    var width: Int
    var align: PrintedAlignment
  }

  enum Colour {
    static let paper = "\u{1B}[0;30;107m"
    static let off = "\u{1B}[0m"
  }

  private static func rows(_ item: PrintedItem, columns: Int, ink: Ink) -> [Row] {
    switch item {
    case .line(let line): return rows(line, ink: ink)
    case .feed(let px):
      // At most a few: a terminal is shorter than a roll of paper.
      let count = min(px / PrintSettings.lineSpacing_default_px, 3)
      return Array(repeating: Row(text: "", width: 0, align: .left), count: count)
    case .qr(let qr):
      guard let symbol = try? QRCode(bytes: qr.bytes, level: qr.level.symbolLevel) else {
        return []
      }
      return halfBlocks(
        width: symbol.size, height: symbol.size, align: qr.align,
        margin: QRCode.quietZone_modules
      ) { symbol[$0, $1] }
    case .raster(let raster, let align): return rows(raster, align, columns: columns)
    case .barcode(let barcode):
      let bars = "▌│█║▌║│█ " + barcode.text
      return [Row(text: bars, width: bars.count, align: barcode.align)]
    }
  }

  private static func rows(_ line: PrintedLine, ink: Ink) -> [Row] {
    if let run = line.runs.first, line.runs.count == 1, run.style.width > BlockFont.width_px,
      run.style.height * 2 > BlockFont.height_px
    {
      return largeRows(run, align: line.align)
    }
    var text = ""
    var width = 0
    for run in line.runs {
      // Wide characters stand apart, as far as they would reach.
      let gap = String(repeating: " ", count: (run.style.width - 1) * run.style.columns)
      let spaced = run.text.map { String($0) + gap }.joined()
      text += ink == .coloured ? styled(spaced, run.style) : spaced
      width += run.text.count * run.style.width * run.style.columns
    }
    return [Row(text: text, width: width, align: line.align)]
  }

  private static func styled(_ text: String, _ style: PrintedStyle) -> String {
    var codes = ""
    if style.bold || style.height > 1 { codes += "\u{1B}[1m" }
    if style.underline { codes += "\u{1B}[4m" }
    if style.invert { codes += "\u{1B}[7m" }
    return codes.isEmpty ? text : codes + text + Colour.paper
  }

  /// Big characters drawn from blocks.
  private static func largeRows(_ run: PrintedLine.Run, align: PrintedAlignment) -> [Row] {
    let scalars = Array(run.text.unicodeScalars)
    let cell = run.style.width
    let scale = min(
      cell / (BlockFont.width_px + 1), run.style.height * 2 / (BlockFont.height_px + 1))
    let height = (BlockFont.height_px + 1) * max(scale, 1)
    return halfBlocks(width: scalars.count * cell, height: height, align: align, margin: 0) {
      let column = $0 % cell / max(scale, 1)
      let row = $1 / max(scale, 1)
      guard column < BlockFont.width_px, row < BlockFont.height_px else { return false }
      let bits = BlockFont.rows(scalars[$0 / cell])
      return bits[bits.startIndex + row] >> UInt8(4 - column) & 1 != 0
    }
  }

  /// Square pictures whose dots come in squares of n × n, as QR symbols do, are shown one block a
  /// square; others so small that they fit the strip.
  private static func rows(
    _ raster: PrintedRaster, _ align: PrintedAlignment, columns: Int
  ) -> [Row] {
    let grid = raster.grid_px
    // Rows come in whole bytes.
    let isSymbol = grid > 1 && abs(raster.width_px - raster.height_px) < 8
    let step = isSymbol ? grid : max((raster.width_px + columns - 1) / columns, 1)
    let width = (raster.width_px + step - 1) / step
    let height = (raster.height_px + step - 1) / step
    return halfBlocks(width: width, height: height, align: align, margin: 0) {
      raster.isDark(x: $0 * step, y: $1 * step, side_px: step)
    }
  }

  /// Two dots above each other in one character.
  private static func halfBlocks(
    width: Int, height: Int, align: PrintedAlignment, margin: Int,
    isDark: (_ x: Int, _ y: Int) -> Bool
  ) -> [Row] {
    stride(from: -margin, to: height + margin, by: 2).map { y in
      var text = ""
      for x in -margin..<width + margin {
        let isInside = (0..<width).contains(x)
        let upper = isInside && (0..<height).contains(y) && isDark(x, y)
        let lower = isInside && (0..<height).contains(y + 1) && isDark(x, y + 1)
        text += upper ? (lower ? "█" : "▀") : (lower ? "▄" : " ")
      }
      return Row(text: text, width: width + 2 * margin, align: align)
    }
  }
}

extension PrintedRaster {
  /// Whether at least a third of a square of dots is black, which looks dark, as far as it lies
  /// within the picture.
  func isDark(x: Int, y: Int, side_px: Int) -> Bool {
    let (right, lower) = (min(x + side_px, width_px), min(y + side_px, height_px))
    var black = 0
    for row in y..<lower {
      for column in x..<right where isBlack(x: column, y: row) { black += 1 }
    }
    return black * 3 >= (right - x) * (lower - y)
  }

  /// The side of the squares that the picture is made of; 1 if of single dots.
  var grid_px: Int {
    var grid = 0
    var edges = Set<Int>()
    for y in 0..<height_px {
      for x in 1..<max(width_px, 1) where isBlack(x: x, y: y) != isBlack(x: x - 1, y: y) {
        edges.insert(x)
      }
    }
    for y in 1..<max(height_px, 1) {
      let isEdge = (0..<width_px).contains { isBlack(x: $0, y: y) != isBlack(x: $0, y: y - 1) }
      if isEdge { edges.insert(y) }
    }
    for edge in edges { grid = Self.divisor(grid, edge) }
    return max(grid, 1)
  }

  private static func divisor(_ left: Int, _ right: Int) -> Int {
    right == 0 ? left : divisor(right, left % right)
  }
}
