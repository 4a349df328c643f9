/// The image buffer and how it is emptied; what ESC * r A begins anew.
struct StarRasterState {
  /// Whole rows that are not printed yet.
  var rows: [UInt8] = []
  /// The row that `k` writes on.
  var row: [UInt8] = []
  /// The usual ends, that of a model whose switches nobody touched.
  var end = StarPageEnd(feeds: true, cut: .partial)
  var formFeed = StarPageEnd(feeds: true, cut: .partial)

  /// Rows that the buffer takes before they are printed.
  static let rows_max = 24
}

extension EmulatedStarPrinter {
  private var stride: Int { (model.width_px + 7) / 8 }

  mutating func perform(_ command: StarRasterCommand, _ bytes: ArraySlice<UInt8>) {
    guard var raster = settings.raster else {
      // Of the others the reader knows nothing out here.
      if command == .enter { settings.raster = StarRasterState() }
      return
    }
    switch command {
    case .initialize: settings.raster = StarRasterState()
    case .enter: break
    case .clear:
      raster.rows.removeAll()
      raster.row.removeAll()
      settings.raster = raster
    case .pageLength(let dots): if dots > 0 { fault(.unsupported, bytes) }
    case .endMode(let end): settings.raster?.end = end
    case .formFeedMode(let end): settings.raster?.formFeed = end
    case .row(let dots, let goesOn): write(dots, goesOn: goesOn, bytes)
    case .move(let rows):
      printRows()
      append(.feed(px: rows))
      countLine()
    case .formFeed: endPage(raster.formFeed)
    case .end: endPage(raster.end)
    case .quit:
      // Dots that are left make it the end of a document.
      if !raster.rows.isEmpty || !raster.row.isEmpty { endPage(raster.end) }
      settings.raster = nil
    }
  }

  /// Dots stand on what `k` wrote there before; beyond the paper they would be lost.
  private mutating func write(_ dots: [UInt8], goesOn: Bool, _ bytes: ArraySlice<UInt8>) {
    check(dots, bytes)
    guard dots.count <= stride else { return fault(.tooWide, bytes) }
    guard var raster = settings.raster else { return }
    if raster.row.isEmpty { raster.row = [UInt8](repeating: 0, count: stride) }
    for (place, byte) in dots.enumerated() { raster.row[place] |= byte }
    if goesOn {
      raster.rows += raster.row
      raster.row.removeAll()
    }
    settings.raster = raster
    if raster.rows.count >= StarRasterState.rows_max * stride { printRows() }
  }

  private mutating func printRows() {
    guard var raster = settings.raster else { return }
    let rows = raster.rows + raster.row
    raster.rows.removeAll()
    raster.row.removeAll()
    settings.raster = raster
    guard !rows.isEmpty else { return }
    put(PrintedRaster(width_px: stride * 8, height_px: rows.count / stride, rows: rows))
    countLine()
  }

  private mutating func endPage(_ end: StarPageEnd) {
    printRows()
    if end.feeds { append(.feed(px: Self.toKnife_px)) }
    if let cut = end.cut { finishTicket(cut: cut) }
  }
}
