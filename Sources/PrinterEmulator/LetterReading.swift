import PaperFont

/// Letters found again in the dots of a printer that has only dots: as what the paper says, for
/// terminals and for whoever looks for a number on a ticket.
///
/// Nothing is guessed: a line counts as read when the same line, drawn anew, has the same dots from
/// one edge of the paper to the other. What cannot be read stays a picture. Of letters that look
/// alike (Latin, Greek and Cyrillic A) the first in Unicode's order is told.
extension PrintedTicket {
  public func lettersRead(width_px: Int) -> PrintedTicket {
    let isDotsOnly = items.allSatisfy {
      switch $0 {
      case .raster, .feed: true
      case .line, .qr, .barcode: false
      }
    }
    guard isDotsOnly, !isBlank else { return self }
    var paper = PaperBitmap(width_px: width_px)
    for item in items {
      switch item {
      case .raster(let raster, let align): PaperRenderer.draw(raster, align, on: &paper)
      case .feed(let px): _ = paper.extend(by: px)
      case .line, .qr, .barcode: break
      }
    }
    var reading = LetterReading(paper)
    var read = self
    read.items = reading.items()
    return read
  }
}

private struct LetterReading {
  /// A size and look that a line may have.
  private struct Look: Hashable {
    var style: PrintedStyle
    var cellHeight_px: Int { style.height * style.font.height_px }
    /// The way to the next line.
    var height_px: Int { max(cellHeight_px + 2, PrintSettings.lineSpacing_default_px) }
  }

  private let paper: PaperBitmap
  /// The outermost black dots of each row; nil for a white one.
  private let rowEdges: [(left: Int, right: Int)?]
  private var fonts = PaperRenderer.Fonts()
  private var y = 0
  private var found: [PrintedItem] = []
  /// Where the picture above `y` begins.
  private var pictureTop: Int?
  private var white = 0

  private static let sizes = 1...8
  /// Blanks before the first letter of a line that is not at the left edge.
  private static let blanks_max = 2

  init(_ paper: PaperBitmap) {
    self.paper = paper
    rowEdges = (0..<paper.height_px).map { Self.edges(paper.row($0)) }
  }

  mutating func items() -> [PrintedItem] {
    var mayBegin = true
    while y < paper.height_px {
      // Lines stand apart: one begins at the top, behind another one, in white or below it.
      if mayBegin || isWhite(y) || isWhite(y - 1), let (line, height) = line() {
        endPicture()
        endWhite()
        found.append(.line(line))
        y += height
        mayBegin = true
        continue
      }
      mayBegin = false
      if isWhite(y) {
        endPicture()
        white += 1
      } else if pictureTop == nil {
        endWhite()
        pictureTop = y
      }
      y += 1
    }
    endPicture()
    endWhite()
    return found
  }

  private func isWhite(_ row: Int) -> Bool { rowEdges[row] == nil }

  private mutating func endWhite() {
    if white > 0 { found.append(.feed(px: white)) }
    white = 0
  }

  /// As narrow as its dots, with the quiet zone of a symbol beside them.
  private mutating func endPicture() {
    guard let top = pictureTop else { return }
    pictureTop = nil
    let edges = rowEdges[top..<y].compactMap(\.self)
    let left = edges.reduce(paper.width_px) { min($0, $1.left) }
    let right = edges.reduce(0) { max($0, $1.right + 1) }
    let stride = (right - left + 7) / 8
    var rows = [UInt8](repeating: 0, count: stride * (y - top))
    for row in top..<y {
      for x in left..<right where paper.isBlack(x: x, y: row) {
        rows[(row - top) * stride + (x - left) / 8] |= 0x80 >> UInt8((x - left) % 8)
      }
    }
    let picture = PrintedRaster(width_px: right - left, height_px: y - top, rows: rows)
    let free = paper.width_px - picture.width_px
    let align: PrintedAlignment =
      abs(2 * left - free) < 16 ? .centre : left < free / 2 ? .left : .right
    found.append(.raster(picture, align: align))
  }

  // MARK: a line

  /// The line whose letters begin at row `y`, and its way to the next one.
  private mutating func line() -> (PrintedLine, Int)? {
    let tallest = Font.a.height_px * Self.sizes.upperBound
    guard let first = (y..<min(y + tallest, paper.height_px)).first(where: { !isWhite($0) }),
      let ink = rowEdges[first]?.left
    else { return nil }
    for font in [Font.a, .b] {
      for height in Self.sizes where (first - y) % height == 0 {
        guard first - y < height * font.height_px,
          let edges = edges(height_px: height * font.height_px)
        else { continue }
        for width in Self.sizes {
          var look = Look(style: PrintedStyle())
          look.style.font = font
          look.style.width = width
          look.style.height = height
          if let line = line(look, ink: ink, edges) { return (line, look.height_px) }
        }
      }
    }
    return nil
  }

  /// The outermost columns with a black dot in so many rows.
  private func edges(height_px: Int) -> (left: Int, right: Int)? {
    var all: (left: Int, right: Int)?
    for row in y..<min(y + height_px, paper.height_px) {
      guard let edges = rowEdges[row] else { continue }
      all = (min(all?.left ?? edges.left, edges.left), max(all?.right ?? 0, edges.right))
    }
    return all
  }

  private static func edges(_ row: ArraySlice<UInt8>) -> (left: Int, right: Int)? {
    guard let first = row.firstIndex(where: { $0 != 0 }),
      let last = row.lastIndex(where: { $0 != 0 })
    else { return nil }
    let left = (first - row.startIndex) * 8 + row[first].leadingZeroBitCount
    let right = (last - row.startIndex) * 8 + 7 - row[last].trailingZeroBitCount
    return (left, right)
  }

  /// - Parameter ink: column of the first black dot.
  private mutating func line(
    _ look: Look, ink: Int, _ edges: (left: Int, right: Int)
  ) -> PrintedLine? {
    let places = places(edges, look.style.cell_px)
    for (align, start, count) in places where (ink - start) % look.style.width == 0 {
      var style = look.style
      // No letter has a dot in the first column of its cell: what is black there is the style.
      style.invert = isBlack(start, y)
      style.underline = isBlack(start, y + look.cellHeight_px - 1) != style.invert
      let first = samples(style, x: start)
      for bold in [false, true] {
        style.bold = bold
        guard Self.alphabets[Seen(style)]?[first] != nil,
          let text = text(style, from: start, count: count)
        else { continue }
        let line = PrintedLine(runs: [PrintedLine.Run(text: text, style: style)], align: align)
        if isThere(line) { return line }
      }
    }
    return nil
  }

  /// Where a line may begin, and of how many letters it is then.
  private func places(
    _ edges: (left: Int, right: Int), _ cell: Int
  ) -> [(PrintedAlignment, start: Int, count: Int)] {
    let most = paper.width_px / cell
    var places: [(PrintedAlignment, start: Int, count: Int)] = []
    for count in stride(from: most, to: 0, by: -1) {
      let free = paper.width_px - count * cell
      for (align, start) in [(PrintedAlignment.centre, free / 2), (.right, free)]
      where start <= edges.left && edges.right < start + count * cell
        && edges.left - start < (Self.blanks_max + 1) * cell
      {
        places.append((align, start, count))
      }
    }
    let count = edges.right / cell + 1
    if count <= most { places.append((.left, 0, count)) }
    // The fewest blanks first, before and behind.
    return places.sorted { ($1.start, $0.count) < ($0.start, $1.count) }
  }

  private func text(_ style: PrintedStyle, from start: Int, count: Int) -> String? {
    guard let alphabet = Self.alphabets[Seen(style)] else { return nil }
    var text = ""
    for place in 0..<count {
      guard let scalar = alphabet[samples(style, x: start + place * style.cell_px)] else {
        return nil
      }
      text.unicodeScalars.append(scalar)
    }
    return text
  }

  private func isBlack(_ x: Int, _ y: Int) -> Bool {
    y < paper.height_px && paper.isBlack(x: x, y: y)
  }

  /// One dot of each of a cell's squares: the last of the first row, which emphasis leaves alone
  /// but in the smallest size.
  private func samples(_ style: PrintedStyle, x: Int) -> [UInt16] {
    let all = UInt16(1) << UInt16(style.font.width_px) - 1
    return (0..<style.font.height_px).map { index in
      let row = paper.row(y + index * style.height)
      var bits: UInt16 = 0
      for column in 0..<style.font.width_px {
        let dot = x + (column + 1) * style.width - 1
        if row[row.startIndex + dot / 8] & (0x80 >> UInt8(dot % 8)) != 0 {
          bits |= 1 << UInt16(column)
        }
      }
      return style.invert ? bits ^ all : bits
    }
  }

  /// What of a style `samples` sees, black on white.
  private struct Seen: Hashable {
    let font: Font
    let isDoubled: Bool
    /// Rows of the underline.
    let lines: Int

    init(font: Font, isDoubled: Bool, lines: Int) {
      self.font = font
      self.isDoubled = isDoubled
      self.lines = lines
    }

    init(_ style: PrintedStyle) {
      font = style.font
      isDoubled = style.bold && style.width == 1
      lines = style.underline ? 2 / style.height : 0
    }
  }

  /// What `samples` sees of every letter there is, in every look.
  private static let alphabets: [Seen: [[UInt16]: Unicode.Scalar]] = {
    var alphabets: [Seen: [[UInt16]: Unicode.Scalar]] = [:]
    var fonts = PaperRenderer.Fonts()
    for font in [Font.a, .b] {
      let all = UInt16(1) << UInt16(font.width_px) - 1
      for scalar in letters {
        let glyph = fonts.glyph(scalar, font).rows
        for isDoubled in [false, true] {
          var rows = isDoubled ? glyph.map { ($0 | $0 << 1) & all } : glyph
          for lines in 0...2 {
            if lines > 0 { rows[rows.count - lines] = all }
            let seen = Seen(font: font, isDoubled: isDoubled, lines: lines)
            if alphabets[seen]?[rows] == nil { alphabets[seen, default: [:]][rows] = scalar }
          }
        }
      }
    }
    return alphabets
  }()

  /// In Unicode's order: those of the planes' beginning that the font has.
  private static let letters: [Unicode.Scalar] =
    [0x20...0x7E, 0xA1...0x5FF, 0x1E00...0x20CF, 0x2100...0x22FF].flatMap { $0 }
    .compactMap { Unicode.Scalar(UInt32($0)) }.filter { PaperFont.has($0) }

  /// Whether the line, drawn here, has exactly the paper's dots.
  private mutating func isThere(_ line: PrintedLine) -> Bool {
    var drawn = PaperBitmap(width_px: paper.width_px)
    PaperRenderer.draw(line, &fonts, on: &drawn)
    return (0..<drawn.height_px).allSatisfy { drawn.row($0) == paper.row(y + $0) }
  }
}
