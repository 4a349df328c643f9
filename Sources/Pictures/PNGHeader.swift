/// What the part IHDR says (PNG specification, 11.2.2).
struct PNGHeader {
  enum Kind: UInt8 {
    case grey = 0, colour = 2, palette = 3, greyAlpha = 4, colourAlpha = 6

    var samples: Int {
      switch self {
      case .grey, .palette: 1
      case .greyAlpha: 2
      case .colour: 3
      case .colourAlpha: 4
      }
    }

    /// Bits of a sample that the kind may have (table 11.1).
    var depths: [Int] {
      switch self {
      case .grey: [1, 2, 4, 8, 16]
      case .palette: [1, 2, 4, 8]
      case .colour, .greyAlpha, .colourAlpha: [8, 16]
      }
    }
  }

  /// A picture within the picture: dots from (x, y) on, each so many to the right and below.
  struct Pass {
    let x: Int
    let y: Int
    let dx: Int
    let dy: Int
    let width: Int
    let height: Int
  }

  let width: Int
  let height: Int
  let kind: Kind
  let depth: Int
  let passes: [Pass]

  init(_ data: ArraySlice<UInt8>) throws(PictureError) {
    guard data.count == 13 else { throw .malformed("the part with its size has a wrong length") }
    let fields = Array(data)
    width = Int(fields[0..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
    height = Int(fields[4..<8].reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
    try GreyPicture.check(width: width, height: height)
    guard let kind = Kind(rawValue: fields[9]), kind.depths.contains(Int(fields[8])) else {
      throw .malformed("its kind of colours does not exist")
    }
    guard fields[10] == 0, fields[11] == 0, fields[12] <= 1 else {
      throw .malformed("it is packed in a way that does not exist")
    }
    self.kind = kind
    depth = Int(fields[8])
    passes =
      fields[12] == 0
      ? [Pass(x: 0, y: 0, dx: 1, dy: 1, width: width, height: height)]
      : Self.adam7(width, height)
  }

  /// Clause 8.2: coarse to fine, eighths of the picture first.
  private static func adam7(_ width: Int, _ height: Int) -> [Pass] {
    let steps = [
      (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
      (0, 1, 1, 2),
    ]
    return steps.map { x, y, dx, dy in
      Pass(
        x: x, y: y, dx: dx, dy: dy, width: max(0, (width - x + dx - 1) / dx),
        height: max(0, (height - y + dy - 1) / dy))
    }
  }

  /// Filters look back by whole dots, at least one byte.
  var step_bytes: Int { max(1, kind.samples * depth / 8) }
  func row_bytes(_ width: Int) -> Int { (width * kind.samples * depth + 7) / 8 }

  /// Rows of all passes, each with the byte of its filter.
  var unpacked_bytes: Int {
    passes.reduce(0) { $0 + ($1.width > 0 ? $1.height * (1 + row_bytes($1.width)) : 0) }
  }
}

/// Samples of a row to shades of grey on white paper.
struct PNGShades {
  private let kind: PNGHeader.Kind
  private let depth: Int
  /// One sample to its shade: of grey, or of the palette; nil where there are too many.
  private let direct: [UInt8]?
  private let transparent: [Int]?

  init(
    _ header: PNGHeader, palette: [UInt8], transparency: [UInt8]?
  ) throws(PictureError) {
    kind = header.kind
    depth = header.depth
    let most = 1 << header.depth - 1
    var samples: [Int]?
    var table: [UInt8]?
    switch header.kind {
    case .palette:
      guard !palette.isEmpty else { throw .malformed("its palette is missing") }
      table = Self.shades(of: palette, alphas: transparency ?? [])
    case .grey, .colour:
      if let transparency {
        guard transparency.count == 2 * header.kind.samples else {
          throw .malformed("its transparent colour has a wrong length")
        }
        samples = stride(from: 0, to: transparency.count, by: 2).map {
          (Int(transparency[$0]) << 8 | Int(transparency[$0 + 1])) & most
        }
      }
      if header.kind == .grey, header.depth <= 8 {
        table = (0...most).map { samples == [$0] ? 255 : UInt8($0 * 255 / most) }
      }
    case .greyAlpha, .colourAlpha: break
    }
    direct = table
    transparent = samples
  }

  private static func shades(of palette: [UInt8], alphas: [UInt8]) -> [UInt8] {
    (0..<palette.count / 3).map { index in
      let shade = luminance(
        Int(palette[index * 3]), Int(palette[index * 3 + 1]), Int(palette[index * 3 + 2]))
      return onWhite(shade, alpha: index < alphas.count ? Int(alphas[index]) : 255)
    }
  }

  /// Rec. 601, in thousandths.
  private static func luminance(_ red: Int, _ green: Int, _ blue: Int) -> Int {
    (299 * red + 587 * green + 114 * blue + 500) / 1000
  }

  private static func onWhite(_ shade: Int, alpha: Int) -> UInt8 {
    UInt8((shade * alpha + 255 * (255 - alpha) + 127) / 255)
  }

  func shade(_ row: [UInt8], _ column: Int) throws(PictureError) -> UInt8 {
    if let direct {
      let value = sample(row, column)
      guard value < direct.count else { throw .malformed("a dot has no colour in its palette") }
      return direct[value]
    }
    let first = column * kind.samples
    if let transparent,
      transparent.indices.allSatisfy({ sample(row, first + $0) == transparent[$0] })
    {
      return 255
    }
    switch kind {
    case .grey, .palette: return UInt8(eight(row, first))
    case .greyAlpha: return Self.onWhite(eight(row, first), alpha: eight(row, first + 1))
    case .colour: return UInt8(colour(row, first))
    case .colourAlpha: return Self.onWhite(colour(row, first), alpha: eight(row, first + 3))
    }
  }

  private func colour(_ row: [UInt8], _ first: Int) -> Int {
    Self.luminance(eight(row, first), eight(row, first + 1), eight(row, first + 2))
  }

  private func sample(_ row: [UInt8], _ index: Int) -> Int {
    switch depth {
    case 8: return Int(row[index])
    case 16: return Int(row[2 * index]) << 8 | Int(row[2 * index + 1])
    default:
      let bit = index * depth
      return Int(row[bit / 8]) >> (8 - depth - bit % 8) & (1 << depth - 1)
    }
  }

  /// A sample of 8 or 16 bits in 8.
  private func eight(_ row: [UInt8], _ index: Int) -> Int {
    depth == 16 ? Int(row[2 * index]) : Int(row[index])
  }
}
