import PaperFont
public import Pictures
import QRCode

/// Paper as dots, as many as the print head has on a line.
public struct PaperBitmap: Hashable, Sendable {
  public let width_px: Int
  public private(set) var height_px: Int
  private let stride: Int
  private var rows: [UInt8]

  init(width_px: Int) {
    self.width_px = width_px
    stride = (width_px + 7) / 8
    height_px = 0
    rows = []
  }

  /// White rows at the lower end; the first new one's number.
  mutating func extend(by count: Int) -> Int {
    defer { height_px += count }
    rows.append(contentsOf: repeatElement(0, count: stride * count))
    return height_px
  }

  mutating func blacken(x: Int, y: Int, width: Int, height: Int) {
    let left = max(x, 0)
    let right = min(x + width, width_px)
    guard left < right else { return }
    let (first, last) = (left / 8, (right - 1) / 8)
    let head: UInt8 = 0xFF >> UInt8(left % 8)
    let tail: UInt8 = 0xFF << UInt8(7 - (right - 1) % 8)
    for row in max(y, 0)..<max(min(y + height, height_px), max(y, 0)) {
      let start = row * stride
      if first == last {
        rows[start + first] |= head & tail
      } else {
        rows[start + first] |= head
        for byte in first + 1..<last { rows[start + byte] = 0xFF }
        rows[start + last] |= tail
      }
    }
  }

  mutating func invert(x: Int, y: Int, width: Int, height: Int) {
    for row in y..<min(y + height, height_px) {
      for column in x..<min(x + width, width_px) {
        rows[row * stride + column / 8] ^= 0x80 >> UInt8(column % 8)
      }
    }
  }

  /// The bytes of a row; white ones below the paper.
  func row(_ y: Int) -> ArraySlice<UInt8> {
    y < height_px ? rows[y * stride..<(y + 1) * stride] : Self.white(stride)
  }

  private static func white(_ count: Int) -> ArraySlice<UInt8> {
    [UInt8](repeating: 0, count: count)[...]
  }

  public func isBlack(x: Int, y: Int) -> Bool {
    rows[y * stride + x / 8] & (0x80 >> UInt8(x % 8)) != 0
  }

  /// The dots for a file; nil for paper without any.
  public var picture: DotPicture? {
    DotPicture(width_px: width_px, height_px: height_px, rows: rows)
  }

  /// The picture as a file: portable bitmap, raw (netpbm pbm(5)).
  public var pbm: [UInt8] { picture?.pbm ?? [] }
}

extension PaperRenderer {
  /// Blank paper above and below, for cameras and eyes.
  private static let margin_px = 40

  /// The ticket dot for dot; text in a font of our own at the printer's character pitch.
  public static func bitmap(_ ticket: PrintedTicket, width_px: Int) -> PaperBitmap {
    var paper = PaperBitmap(width_px: width_px)
    var fonts = Fonts()
    _ = paper.extend(by: margin_px)
    for item in ticket.items {
      switch item {
      case .line(let line): draw(line, &fonts, on: &paper)
      case .feed(let px): _ = paper.extend(by: px)
      case .qr(let qr): draw(qr, on: &paper)
      case .raster(let raster, let align): draw(raster, align, on: &paper)
      case .barcode(let barcode): draw(barcode, &fonts, on: &paper)
      }
    }
    _ = paper.extend(by: margin_px)
    return paper
  }

  private static func left(_ align: PrintedAlignment, width: Int, on paper: PaperBitmap) -> Int {
    let free = max(paper.width_px - width, 0)
    switch align {
    case .left: return 0
    case .centre: return free / 2
    case .right: return free
    }
  }

  static func draw(
    _ line: PrintedLine, _ fonts: inout Fonts, on paper: inout PaperBitmap
  ) {
    let tallest = line.runs.reduce(0) { max($0, $1.style.height * $1.style.font.height_px) }
    let top = paper.extend(by: max(tallest + 2, PrintSettings.lineSpacing_default_px))
    var x = left(line.align, width: line.width_px, on: paper)
    for run in line.runs {
      let style = run.style
      let cell = (
        width: style.cell_px, height: style.height * style.font.height_px
      )
      let y = top + tallest - cell.height
      for scalar in run.text.unicodeScalars {
        draw(scalar, style, &fonts, x: x, y: y, on: &paper)
        if style.underline {
          paper.blacken(x: x, y: y + cell.height - 2, width: cell.width, height: 2)
        }
        if style.invert { paper.invert(x: x, y: y, width: cell.width, height: cell.height) }
        x += cell.width
      }
    }
  }

  /// Each dot as large as the size says; emphasised letters are struck twice, and large
  /// ones not so far apart that they close.
  private static func draw(
    _ scalar: Unicode.Scalar, _ style: PrintedStyle, _ fonts: inout Fonts, x: Int, y: Int,
    on paper: inout PaperBitmap
  ) {
    let glyph = fonts.glyph(scalar, style.font)
    let cell_px = style.cell_px
    for (row, bits) in glyph.rows.enumerated() where bits != 0 {
      for column in 0..<glyph.width_px where bits >> UInt16(column) & 1 != 0 {
        // Of a wider character some columns are a dot wider than others.
        let left = column * cell_px / glyph.width_px
        let dotWidth = (column + 1) * cell_px / glyph.width_px - left
        paper.blacken(
          x: x + left, y: y + row * style.height,
          width: style.bold ? dotWidth + (style.width + 1) / 2 : dotWidth,
          height: style.height)
      }
    }
  }

  /// Characters of a ticket that stand in a picture of it as empty boxes: our letters lack them.
  public static func undrawable(_ ticket: PrintedTicket) -> [Unicode.Scalar] {
    var seen: Set<Unicode.Scalar> = []
    return ticket.lines.flatMap(\.text.unicodeScalars).filter {
      !$0.properties.isWhitespace && !PaperFont.has($0) && seen.insert($0).inserted
    }
  }

  /// The printer's two fonts, each drawn as far as it is needed.
  struct Fonts {
    private var a = PaperFont(.a)
    private var b = PaperFont(.b)

    mutating func glyph(_ scalar: Unicode.Scalar, _ font: Font) -> PaperGlyph {
      font == .a ? a.glyph(scalar) : b.glyph(scalar)
    }
  }

  private static func draw(_ qr: PrintedQR, on paper: inout PaperBitmap) {
    guard let symbol = try? QRCode(bytes: qr.bytes, level: qr.level.symbolLevel) else { return }
    let side = symbol.size * qr.moduleSize_px
    let top = paper.extend(by: side)
    let x = left(qr.align, width: side, on: paper)
    for row in 0..<symbol.size {
      for column in 0..<symbol.size where symbol[column, row] {
        paper.blacken(
          x: x + column * qr.moduleSize_px, y: top + row * qr.moduleSize_px,
          width: qr.moduleSize_px, height: qr.moduleSize_px)
      }
    }
  }

  private static func draw(
    _ barcode: PrintedBarcode, _ fonts: inout Fonts, on paper: inout PaperBitmap
  ) {
    let top = paper.extend(by: barcode.height_px)
    let width = barcode.symbol.width_modules * barcode.moduleWidth_px
    var x = left(barcode.align, width: width, on: paper)
    for (place, modules) in barcode.symbol.widths.enumerated() {
      let count = Int(modules) * barcode.moduleWidth_px
      if place % 2 == 0 {
        paper.blacken(x: x, y: top, width: count, height: barcode.height_px)
      }
      x += count
    }
    guard barcode.hasCaption else { return }
    let run = PrintedLine.Run(text: barcode.text, style: PrintedStyle())
    draw(PrintedLine(runs: [run], align: barcode.align), &fonts, on: &paper)
  }

  static func draw(
    _ raster: PrintedRaster, _ align: PrintedAlignment, on paper: inout PaperBitmap
  ) {
    let top = paper.extend(by: raster.height_px)
    let x = left(align, width: raster.width_px, on: paper)
    let stride = (raster.width_px + 7) / 8
    for row in 0..<raster.height_px {
      for place in 0..<stride {
        let dots = raster.rows[row * stride + place]
        guard dots != 0 else { continue }
        for bit in 0..<min(raster.width_px - place * 8, 8) where dots & (0x80 >> UInt8(bit)) != 0 {
          paper.blacken(x: x + place * 8 + bit, y: top + row, width: 1, height: 1)
        }
      }
    }
  }
}
