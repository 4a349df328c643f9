import Barcodes
import CodePages
import QRCode

/// How the printer stands: what ESC @ brings back to the beginning.
struct PrintSettings {
  var line = PrintedLine()
  var style = PrintedStyle()
  var align = PrintedAlignment.left
  var page: UInt8 = 0
  var isDoubleByte = false
  var lineSpacing_px = Self.lineSpacing_default_px
  var qrModuleSize = 3
  var qrLevel = QRErrorLevel.low
  var qrData: [UInt8]?
  var barcodeHeight_px = 162
  var barcodeModule_px = 3
  var barcodeCaption = BarcodeCaption.none

  /// 1/6 inch at 180 dpi.
  static let lineSpacing_default_px = 30
}

extension EmulatedPrinter {
  mutating func perform(_ command: Command, _ bytes: ArraySlice<UInt8>) {
    switch command {
    case .character(let byte): strike(byte)
    case .pair(let code): strike(pair: code, bytes)
    case .doubleByte(let on):
      if on, model.doubleByte.isEmpty { return fault(.unsupported, bytes) }
      settings.isDoubleByte = on
    case .lineFeed: printLine(feed_px: settings.lineSpacing_px)
    case .nothing: break
    case .initialize:
      tearOffBeforeNext()
      settings = PrintSettings()
      // Epson ESC/POS Application Programming Guide, GS ( L function 83: kept until ESC @.
      pictures = [:]
      // Epson ESC/POS reference, GS a: effective until ESC @.
      automaticMask = 0
    case .codePage(let number):
      if model.codePages[number] == nil {
        fault(.unsupported, bytes)
      } else {
        settings.page = number
      }
    case .align(let align):
      guard settings.line.runs.isEmpty else { return fault(.notAtLineStart, bytes) }
      settings.align = align
    case .bold(let on): settings.style.bold = on
    case .underline(let on): settings.style.underline = on
    case .invert(let on): settings.style.invert = on
    case .size(let width, let height):
      settings.style.width = width
      settings.style.height = height
    case .font(let font): settings.style.font = font
    case .printMode(let mode):
      settings.style.font = mode & 0x01 != 0 ? .b : .a
      settings.style.bold = mode & 0x08 != 0
      settings.style.height = mode & 0x10 != 0 ? 2 : 1
      settings.style.width = mode & 0x20 != 0 ? 2 : 1
      settings.style.underline = mode & 0x80 != 0
    case .feedLines(let count): feed(px: count * settings.lineSpacing_px)
    case .feedDots(let count): feed(px: count)
    case .lineSpacing(let dots):
      settings.lineSpacing_px = dots ?? PrintSettings.lineSpacing_default_px
    case .cut(let kind, let feed_px):
      guard model.hasGSV else { return fault(.unsupported, bytes) }
      atLineStart(bytes)
      if feed_px > 0 { append(.feed(px: feed_px)) }
      finishTicket(cut: kind)
    case .escCut(let kind):
      atLineStart(bytes)
      finishTicket(cut: kind)
    case .qr(let function): perform(function, bytes)
    case .raster(let raster, let scaleX, let scaleY):
      perform(raster, scaleX: scaleX, scaleY: scaleY, bytes)
    case .processID(let id):
      guard model.hasProcessID else { return fault(.unsupported, bytes) }
      answer([0x37, 0x22] + id + [0])
    case .automaticStatus(let mask): enableAutomaticStatus(mask)
    case .paperSensor: answer([paperSensorStatus])
    case .drawerSensor: answer([0])
    case .barcode(let symbology, let text): printBarcode(symbology, text, bytes)
    case .barcodeHeight(let height): settings.barcodeHeight_px = height
    case .barcodeModule(let width): settings.barcodeModule_px = width
    case .barcodeCaption(let caption): settings.barcodeCaption = caption
    case .definePicture(let key, let raster): keep(raster, key, bytes)
    case .printPicture(let key, let scaleX, let scaleY):
      guard let raster = pictures[key] else { return fault(.badSymbol, bytes) }
      perform(raster, scaleX: scaleX, scaleY: scaleY, bytes)
    case .presentCut(let isRetracted, let after_s):
      guard model.hasPresenter else { return fault(.unsupported, bytes) }
      atLineStart(bytes)
      finishTicket(cut: .full)
      presentedFor_s = after_s
      endsByRetracting = isRetracted
      isTicketOut = true
    case .present:
      guard model.hasPresenter else { return fault(.unsupported, bytes) }
      isTicketOut = true
    case .endPresenting(let isRetracted):
      guard model.hasPresenter else { return fault(.unsupported, bytes) }
      endPresenting(isRetracted: isRetracted)
    case .drawer: drawerPulses += 1
    case .bell: bells += 1
    }
  }

  /// Commands that need an empty print buffer; a real printer ignores them or spoils the line.
  private mutating func atLineStart(_ bytes: ArraySlice<UInt8>) {
    guard !settings.line.runs.isEmpty else { return }
    fault(.notAtLineStart, bytes)
    printLine(feed_px: settings.lineSpacing_px)
  }

  // MARK: Text

  private mutating func strike(_ byte: UInt8) {
    let page = model.codePages[settings.page] ?? .cp437
    let table = tables[page] ?? CodePageTable(page)
    tables[page] = table
    let scalar = table.scalar(byte)
    if scalar == nil { fault(.undefinedCharacter, [byte]) }
    put(scalar ?? "\u{FFFD}", settings.style)
  }

  private mutating func strike(pair code: UInt16, _ bytes: ArraySlice<UInt8>) {
    let scalar = model.doubleByte[code]
    if scalar == nil { fault(.undefinedCharacter, bytes) }
    var style = settings.style
    style.isDoubleByte = true
    put(scalar ?? "\u{FFFD}", style)
  }

  private mutating func put(_ scalar: Unicode.Scalar, _ style: PrintedStyle) {
    var style = style
    style.character_px = model.characters_px[style.font]
    if settings.line.width_px + style.cell_px > model.width_px {
      settings.line.isBroken = true
      printLine(feed_px: settings.lineSpacing_px)
    }
    if settings.line.runs.last?.style != style {
      settings.line.runs.append(PrintedLine.Run(text: "", style: style))
    }
    settings.line.runs[settings.line.runs.count - 1].text.unicodeScalars.append(scalar)
  }

  /// The line buffer goes onto the paper; an empty one only feeds.
  private mutating func printLine(feed_px: Int) {
    if settings.line.runs.isEmpty {
      appendFeed(feed_px)
    } else {
      settings.line.align = settings.align
      append(.line(settings.line))
      settings.line = PrintedLine()
    }
    countLine()
  }

  private mutating func feed(px: Int) {
    if settings.line.runs.isEmpty {
      appendFeed(px)
    } else {
      printLine(feed_px: 0)
      appendFeed(px - settings.lineSpacing_px)
    }
  }

  private mutating func appendFeed(_ px: Int) {
    if px > 0 { append(.feed(px: px)) }
  }

  // MARK: Graphics

  private mutating func perform(_ function: QRFunction, _ bytes: ArraySlice<UInt8>) {
    guard model.hasNativeQR else { return fault(.unsupported, bytes) }
    switch function {
    case .model: break
    case .moduleSize(let size): settings.qrModuleSize = size
    case .level(let level): settings.qrLevel = level
    case .store(let data):
      if RealTimeScanner.occurs(in: data) { fault(.realTimeWithinData, bytes) }
      settings.qrData = data
    case .printStored: printSymbol(bytes)
    }
  }

  private mutating func printSymbol(_ bytes: ArraySlice<UInt8>) {
    atLineStart(bytes)
    guard let data = settings.qrData,
      let version = QRCode.version(byteCount: data.count, level: settings.qrLevel.symbolLevel)
    else { return fault(.badSymbol, bytes) }
    let side_px = QRCode.size_modules(version: version) * settings.qrModuleSize
    guard side_px <= model.width_px else { return fault(.tooWide, bytes) }
    append(
      .qr(
        PrintedQR(
          bytes: data, moduleSize_px: settings.qrModuleSize, level: settings.qrLevel,
          align: settings.align)))
    countLine()
  }

  private mutating func printBarcode(
    _ symbology: BarcodeSymbology, _ text: String, _ bytes: ArraySlice<UInt8>
  ) {
    atLineStart(bytes)
    guard let symbol = try? Barcode(symbology, text) else { return fault(.badSymbol, bytes) }
    // Real printers leave out a symbol that does not fit.
    let width_px = symbol.width_modules * settings.barcodeModule_px
    guard width_px <= model.width_px else { return fault(.tooWide, bytes) }
    append(
      .barcode(
        PrintedBarcode(
          symbol: symbol, height_px: settings.barcodeHeight_px,
          moduleWidth_px: settings.barcodeModule_px,
          hasCaption: settings.barcodeCaption != .none, align: settings.align)))
    countLine()
  }

  /// The download memory holds so many bytes and refuses what goes beyond.
  private mutating func keep(
    _ raster: PrintedRaster, _ key: PictureKey, _ bytes: ArraySlice<UInt8>
  ) {
    if RealTimeScanner.occurs(in: raster.rows) { fault(.realTimeWithinData, bytes) }
    guard model.storesPictures else { return fault(.unsupported, bytes) }
    let others = pictures.reduce(0) { $1.key == key ? $0 : $0 + $1.value.rows.count }
    guard others + raster.rows.count <= Self.pictures_bytes_max else {
      return fault(.bufferOverflow, bytes)
    }
    pictures[key] = raster
  }

  private mutating func perform(
    _ raster: PrintedRaster, scaleX: Int, scaleY: Int, _ bytes: ArraySlice<UInt8>
  ) {
    if RealTimeScanner.occurs(in: raster.rows) { fault(.realTimeWithinData, bytes) }
    guard raster.width_px * scaleX <= model.width_px else { return fault(.tooWide, bytes) }
    atLineStart(bytes)
    let scaled = raster.scaled(x: scaleX, y: scaleY)
    // Bands that follow each other are one picture: nothing is fed between them.
    if case .raster(let above, let align)? = current.items.last, align == settings.align,
      above.width_px == scaled.width_px, above.height_px < PrintedRaster.height_max_px
    {
      current.items[current.items.count - 1] = .raster(above.joined(scaled), align: align)
    } else {
      append(.raster(scaled, align: settings.align))
    }
    countLine()
  }
}

extension QRErrorLevel {
  var symbolLevel: QRCode.Level {
    switch self {
    case .low: .low
    case .medium: .medium
    case .quartile: .quartile
    case .high: .high
    }
  }
}

extension PrintedRaster {
  /// Bands that follow a picture of this height begin a new one.
  static var height_max_px: Int { 8192 }

  func joined(_ below: PrintedRaster) -> PrintedRaster {
    PrintedRaster(
      width_px: width_px, height_px: height_px + below.height_px, rows: rows + below.rows)
  }

  /// Every dot doubled as `GS v 0` modes 1 to 3 say.
  func scaled(x scaleX: Int, y scaleY: Int) -> PrintedRaster {
    if scaleX == 1 && scaleY == 1 { return self }
    let width = width_px * scaleX
    let stride = (width + 7) / 8
    var scaled: [UInt8] = []
    for y in 0..<height_px {
      var row = [UInt8](repeating: 0, count: stride)
      for x in 0..<width where isBlack(x: x / scaleX, y: y) {
        row[x / 8] |= 0x80 >> UInt8(x % 8)
      }
      for _ in 0..<scaleY { scaled.append(contentsOf: row) }
    }
    return PrintedRaster(width_px: width, height_px: height_px * scaleY, rows: scaled)
  }
}
