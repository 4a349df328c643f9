import TicketDesign
import TicketLayout

/// One ticket being written: the printer's state, and what is still to come.
struct StarWriting {
  var pen: StarPen
  private(set) var shortfalls: [Shortfall] = []
  private let setter: TextSetter
  /// Texts that need more than ASCII or more than a line, in their order.
  private var texts: ArraySlice<SetText>
  private var pages: PageChoice

  private var capabilities: PrinterCapabilities { setter.capabilities }

  init(_ encoder: StarEncoder, _ document: TicketDocument) {
    setter = encoder.setter
    pen = StarPen([])
    pen.hasFontB = setter.capabilities.columnsB != nil
    pen.hasShiftJIS = setter.capabilities.doubleByte == .shiftJIS
    var texts: [SetText] = []
    for case .text(let text, let style) in document.elements {
      let asked = max(style.width, style.height)
      let smaller = Shortfall.textSmaller(asked: asked, size_max: StarPen.size_max)
      // One that may shrink is as large as it can be, and that is what was asked for.
      if asked > StarPen.size_max, style.overflow == .wrap, !shortfalls.contains(smaller) {
        shortfalls.append(smaller)
      }
      let style = Self.within(style)
      if !setter.isPlainLine(text, style) { texts.append(setter.set(text, style, &shortfalls)) }
    }
    pages = PageChoice(setter, for: texts)
    self.texts = texts[...]
  }

  /// No larger than these printers magnify.
  private static func within(_ style: TextStyle) -> TextStyle {
    var style = style
    style.width = min(style.width, StarPen.size_max)
    style.height = min(style.height, StarPen.size_max)
    return style
  }

  mutating func write(_ element: TicketElement) {
    switch element {
    case .text(let text, let style): write(text, Self.within(style))
    case .feed(let lines): pen.feed(lines: lines)
    case .rule:
      pen.set(TextStyle(), width: 1, height: 1)
      for _ in 0..<capabilities.columns { pen.bytes.append(UInt8(ascii: "-")) }
      pen.lineFeed()
    case .qr(let text, let moduleSize, let level, let align):
      let symbol = StarQR(text: text, moduleSize: moduleSize, level: level)
      pen.set(align: align)
      if let shortfall = symbol.write(for: capabilities, &pen) { shortfalls.append(shortfall) }
    case .raster(let raster, let align): write(raster, align)
    // Logos would be kept in flash memory (ESC FS q), which wears out: each ticket brings its own.
    case .logo(let logo, let align): write(logo.raster, align)
    case .barcode(let barcode, let align):
      let request = StarBarcode(barcode: barcode, align: align)
      if let caption = request.write(for: capabilities, &pen, &shortfalls) {
        writeCaption(caption, TextStyle(align: align))
      }
    case .bell: if capabilities.bell == .bel { pen.pulse() }
    case .drawer(.pin2): if capabilities.hasDrawer { pen.pulse() }
    case .drawer(.pin5): if capabilities.hasDrawer { pen.pulseSecond() }
    case .cut: cut()
    }
  }

  // MARK: text

  private mutating func write(_ text: String, _ style: TextStyle) {
    if writePlainLine(text, style) { return }
    guard let text = texts.popFirst() else { return }
    pen.set(style, width: text.width, height: text.height)
    for line in text.lines { strike(line) }
  }

  /// Nearly all text of nearly all tickets: plain ASCII on one line.
  private mutating func writePlainLine(_ text: String, _ style: TextStyle) -> Bool {
    text.utf8.withContiguousStorageIfAvailable { buffer in
      guard let (width, height) = setter.plainLine(buffer, style) else { return false }
      pen.set(style, width: width, height: height)
      pen.bytes.append(contentsOf: buffer)
      pen.lineFeed()
      return true
    } ?? false
  }

  private mutating func strike(_ line: [Unicode.Scalar]) {
    for scalar in line {
      switch pages.strike(scalar) {
      case .byte(let byte): pen.strike(byte)
      case .switched(let page, let byte):
        pen.set(codePage: capabilities.codePages[page].number)
        pen.strike(byte)
      case .pair(let first, let second): pen.strike(first, second)
      }
    }
    pen.leaveShiftJIS()
    pen.lineFeed()
  }

  /// The text of a barcode: ASCII by its nature.
  private mutating func writeCaption(_ text: String, _ style: TextStyle) {
    let set = setter.set(text, style, &shortfalls)
    pen.set(style, width: set.width, height: set.height)
    for line in set.lines {
      pen.bytes.append(contentsOf: line.map { UInt8(truncatingIfNeeded: $0.value) })
      pen.lineFeed()
    }
  }

  // MARK: pictures, sound, knife

  private mutating func write(_ raster: Raster, _ align: Alignment) {
    let width_max_px = min(
      capabilities.rasterWidth_px, StarPicture.width_max_px(capabilities.language))
    guard raster.width_px <= width_max_px else {
      shortfalls.append(
        .rasterTooWide(width_px: raster.width_px, width_max_px: width_max_px))
      return
    }
    pen.set(align: align)
    StarPicture.write(raster, capabilities.language, &pen)
  }

  /// ESC d: 0 full and 1 partial where the paper is, 3 after a feed to the knife [line 3-44].
  private mutating func cut() {
    if capabilities.cut != .feedAndPartial { pen.feed(lines: capabilities.feedBeforeCut_lines) }
    switch capabilities.cut {
    case .full: pen.put(0x1B, 0x64, 0)
    case .partial, .escM: pen.put(0x1B, 0x64, 1)
    case .feedAndPartial: pen.put(0x1B, 0x64, 3)
    case .none: break
    }
  }
}
