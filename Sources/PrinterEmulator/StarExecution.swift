import Barcodes
import CodePages
import QRCode

/// How the printer stands: what ESC @ brings back to the beginning.
struct StarSettings {
  var line = PrintedLine()
  /// 24 rows that stand on the line.
  var band: PrintedRaster?
  var style = PrintedStyle()
  var align = PrintedAlignment.left
  /// Page 0 is the printer's own standard, here that of 437.
  var page: UInt8 = 0
  /// 4 mm.
  var lineSpacing_px = 32
  var qrModuleSize = 3
  var qrLevel = QRErrorLevel.low
  var qrData: [UInt8]?
  var isShiftJIS = false
  /// nil outside of raster mode.
  var raster: StarRasterState?
}

extension EmulatedStarPrinter {
  mutating func perform(_ command: StarCommand, _ bytes: ArraySlice<UInt8>) {
    switch command {
    case .character(let byte): strike(byte, bytes)
    case .pair(let code): strike(pair: code, bytes)
    case .shiftJIS(let on):
      if model.doubleByte.isEmpty { fault(.unsupported, bytes) } else { settings.isShiftJIS = on }
    case .lineFeed: printLine()
    case .nothing: break
    case .initialize:
      atLineStart(bytes)
      tearOffBeforeNext()
      settings = StarSettings()
    case .font(let font): settings.style.font = font
    case .codePage(let number):
      if model.codePages[number] == nil {
        fault(.unsupported, bytes)
      } else {
        settings.page = number
      }
    case .align(let align):
      guard isLineEmpty else { return fault(.notAtLineStart, bytes) }
      settings.align = align
    case .bold(let on): settings.style.bold = on
    case .underline(let on): settings.style.underline = on
    case .invert(let on): settings.style.invert = on
    case .size(let width, let height):
      settings.style.width = width
      settings.style.height = height
    case .lineSpacing(let px): settings.lineSpacing_px = px
    case .feedLines(let count):
      atLineStart(bytes)
      append(.feed(px: count * settings.lineSpacing_px))
      countLine()
    case .cut(let kind, let feeds):
      atLineStart(bytes)
      if feeds { append(.feed(px: Self.toKnife_px)) }
      finishTicket(cut: kind)
    case .band(let raster): stand(raster, bytes)
    case .block(let raster): draw(raster, bytes)
    case .qr(let function): perform(function, bytes)
    case .barcode(let barcode): draw(barcode, bytes)
    case .pulse: break
    case .drive(let device): pulses[device - 1] += 1
    case .automaticStatus(let on): enableAutomaticStatus(on)
    case .clearCounter: counter = 0
    case .countedMark:
      atLineStart(bytes)
      countMark()
    case .echoedMark(let function, let first, let second):
      echo(function, first, second, bytes)
    case .raster(let command): perform(command, bytes)
    }
  }

  /// From the head to the knife: 11 mm.
  static var toKnife_px: Int { 88 }

  private var isLineEmpty: Bool { settings.line.runs.isEmpty && settings.band == nil }

  /// Commands that first print what stands on the line; who sends them there means something else.
  private mutating func atLineStart(_ bytes: ArraySlice<UInt8>) {
    guard !isLineEmpty else { return }
    fault(.notAtLineStart, bytes)
    printLine()
  }

  /// 0 tells the counter, 1 counts first, 2 clears.
  private mutating func echo(
    _ function: UInt8, _ first: UInt8, _ second: UInt8, _ bytes: ArraySlice<UInt8>
  ) {
    if function == 1 {
      atLineStart(bytes)
      printEnds &+= 1
    }
    if function == 2 { printEnds = 0 }
    if function < 2 { answer([0x1B, 0x1D, 0x03, function, first, second, printEnds, 0]) }
  }

  // MARK: Text

  private mutating func strike(_ byte: UInt8, _ bytes: ArraySlice<UInt8>) {
    guard settings.band == nil else { return fault(.notAtLineStart, bytes) }
    let page = model.codePages[settings.page] ?? .cp437
    let table = tables[page] ?? CodePageTable(page)
    tables[page] = table
    let scalar = table.scalar(byte)
    if scalar == nil { fault(.undefinedCharacter, [byte]) }
    put(scalar ?? "\u{FFFD}", settings.style)
  }

  private mutating func strike(pair code: UInt16, _ bytes: ArraySlice<UInt8>) {
    guard settings.band == nil else { return fault(.notAtLineStart, bytes) }
    let scalar = model.doubleByte[code]
    if scalar == nil { fault(.undefinedCharacter, bytes) }
    var style = settings.style
    style.isDoubleByte = true
    put(scalar ?? "\u{FFFD}", style)
  }

  private mutating func put(_ scalar: Unicode.Scalar, _ style: PrintedStyle) {
    if settings.line.width_px + style.cell_px > model.width_px {
      settings.line.isBroken = true
      printLine()
    }
    if settings.line.runs.last?.style != style {
      settings.line.runs.append(PrintedLine.Run(text: "", style: style))
    }
    settings.line.runs[settings.line.runs.count - 1].text.unicodeScalars.append(scalar)
  }

  /// What stands on the line goes onto the paper; an empty one only feeds.
  private mutating func printLine() {
    if let band = settings.band {
      put(band)
      // The paper goes on by the line feed, not by the picture.
      if settings.lineSpacing_px > 24 { append(.feed(px: settings.lineSpacing_px - 24)) }
      settings.band = nil
    } else if settings.line.runs.isEmpty {
      append(.feed(px: settings.lineSpacing_px))
    } else {
      settings.line.align = settings.align
      append(.line(settings.line))
      settings.line = PrintedLine()
    }
    countLine()
  }

  // MARK: Pictures and symbols

  private mutating func stand(_ raster: PrintedRaster, _ bytes: ArraySlice<UInt8>) {
    check(raster.rows, bytes)
    guard isLineEmpty else { return fault(.notAtLineStart, bytes) }
    guard raster.width_px <= model.width_px else { return fault(.tooWide, bytes) }
    settings.band = raster
  }

  private mutating func draw(_ raster: PrintedRaster, _ bytes: ArraySlice<UInt8>) {
    check(raster.rows, bytes)
    guard raster.width_px <= model.width_px else { return fault(.tooWide, bytes) }
    atLineStart(bytes)
    put(raster)
    countLine()
  }

  /// Bands that follow each other are one picture: nothing is fed between them.
  mutating func put(_ raster: PrintedRaster) {
    if case .raster(let above, let align)? = current.items.last, align == settings.align,
      above.width_px == raster.width_px, above.height_px < PrintedRaster.height_max_px
    {
      current.items[current.items.count - 1] = .raster(above.joined(raster), align: align)
    } else {
      append(.raster(raster, align: settings.align))
    }
  }

  /// ESC ACK SOH and ESC ACK CAN are obeyed within data as well.
  mutating func check(_ data: [UInt8], _ bytes: ArraySlice<UInt8>) {
    let holdsOne = data.indices.dropLast(2).contains {
      data[$0] == 0x1B && data[$0 + 1] == 0x06 && (data[$0 + 2] == 1 || data[$0 + 2] == 0x18)
    }
    if holdsOne { fault(.realTimeWithinData, bytes) }
  }

  private mutating func perform(_ function: QRFunction, _ bytes: ArraySlice<UInt8>) {
    guard model.hasNativeQR else { return fault(.unsupported, bytes) }
    switch function {
    case .model: break
    case .moduleSize(let size): settings.qrModuleSize = size
    case .level(let level): settings.qrLevel = level
    case .store(let data):
      check(data, bytes)
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

  /// Start, check, stop and the closing bar of Code 128.
  private static var code128Frame_modules: Int { 11 + 11 + 13 }

  private mutating func draw(_ barcode: StarBarcodeCommand, _ bytes: ArraySlice<UInt8>) {
    atLineStart(bytes)
    guard let symbol = try? Barcode(barcode.symbology, barcode.text) else {
      return fault(.badSymbol, bytes)
    }
    // Which code sets a model chooses is its own affair: it must fit with the widest.
    let modules =
      barcode.symbology == .code128
      ? barcode.text.utf8.count * 11 + Self.code128Frame_modules : symbol.width_modules
    guard modules * barcode.moduleWidth_px <= model.width_px else { return fault(.tooWide, bytes) }
    append(
      .barcode(
        PrintedBarcode(
          symbol: symbol, height_px: barcode.height_px, moduleWidth_px: barcode.moduleWidth_px,
          hasCaption: barcode.hasCaption, align: settings.align)))
    countLine()
  }
}
