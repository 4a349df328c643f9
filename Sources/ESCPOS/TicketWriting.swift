import TicketDesign
import TicketLayout

/// One ticket being written: the printer's state, and what is still to come.
struct TicketWriting {
  var pen: Pen
  private(set) var shortfalls: [Shortfall] = []
  private let encoder: TicketEncoder
  private let stored: Set<Logo.Key>
  /// Texts that need more than ASCII or more than a line, in their order; the others are few
  /// bytes faster without.
  private var texts: ArraySlice<SetText>
  private var pages: PageChoice

  private var capabilities: PrinterCapabilities { encoder.setter.capabilities }

  init(_ encoder: TicketEncoder, _ document: TicketDocument, stored: Set<Logo.Key>) {
    self.encoder = encoder
    self.stored = stored
    pen = Pen([])
    pen.hasFontB = encoder.setter.capabilities.columnsB != nil
    var texts: [SetText] = []
    for case .text(let text, let style) in document.elements
    where !encoder.setter.isPlainLine(text, style) {
      texts.append(encoder.setter.set(text, style, &shortfalls))
    }
    pages = PageChoice(encoder.setter, for: texts)
    self.texts = texts[...]
  }

  mutating func write(_ element: TicketElement) {
    switch element {
    case .text(let text, let style): write(text, style)
    case .feed(let lines): pen.feed(lines: lines)
    case .rule:
      pen.set(TextStyle(), width: 1, height: 1)
      for _ in 0..<capabilities.columns { pen.bytes.append(UInt8(ascii: "-")) }
      pen.lineFeed()
    case .qr(let text, let moduleSize, let level, let align):
      let symbol = QRRequest(text: text, moduleSize: moduleSize, level: level)
      pen.set(align: align)
      if let shortfall = symbol.write(for: capabilities, &pen) { shortfalls.append(shortfall) }
    case .raster(let raster, let align): write(raster, align)
    case .logo(let logo, let align):
      if stored.contains(logo.key), StoredPicture.fits(logo, capabilities) {
        pen.set(align: align)
        StoredPicture.print(logo.key, &pen)
      } else {
        write(logo.raster, align)
      }
    case .barcode(let barcode, let align):
      let request = BarcodeRequest(barcode: barcode, align: align)
      if let caption = request.write(for: capabilities, &pen, &shortfalls) {
        writeCaption(caption, TextStyle(align: align))
      }
    case .bell: bell()
    case .drawer(let pin):
      guard capabilities.hasDrawer else { return }
      // ESC p: 50 ms on, 500 ms off, which every drawer's solenoid takes.
      pen.put(0x1B, 0x70, pin.rawValue)
      pen.put(25, 250)
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
      guard let (width, height) = encoder.setter.plainLine(buffer, style) else { return false }
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
        pen.select(page: capabilities.codePages[page].number)
        pen.strike(byte)
      case .pair(let first, let second): pen.strike(first, second)
      }
    }
    pen.leaveDoubleByte()
    pen.lineFeed()
  }

  /// The text of a barcode: ASCII by its nature.
  private mutating func writeCaption(_ text: String, _ style: TextStyle) {
    let set = encoder.setter.set(text, style, &shortfalls)
    pen.set(style, width: set.width, height: set.height)
    for line in set.lines {
      pen.bytes.append(contentsOf: line.map { UInt8(truncatingIfNeeded: $0.value) })
      pen.lineFeed()
    }
  }

  // MARK: pictures, sound, knife

  private mutating func write(_ raster: Raster, _ align: Alignment) {
    guard raster.width_px <= capabilities.rasterWidth_px else {
      shortfalls.append(
        .rasterTooWide(width_px: raster.width_px, width_max_px: capabilities.rasterWidth_px))
      return
    }
    pen.set(align: align)
    RasterCommand.write(raster, &pen)
  }

  private mutating func bell() {
    switch capabilities.bell {
    // Pattern A, once (Epson ESC/POS, ESC ( A function 97).
    case .escParenA:
      pen.put(0x1B, 0x28, 0x41)
      pen.put(3, 0, 97)
      pen.put(1, 1)
    // Once, 200 ms.
    case .escB:
      pen.put(0x1B, 0x42)
      pen.put(1, 4)
    case .bel, nil: break
    }
  }

  /// The paper is fed first, so that the cutter behind the head does not go through the text.
  private mutating func cut() {
    let presenting = capabilities.presenting
    if presenting?.kind == .fsP {
      pen.feed(lines: capabilities.feedBeforeCut_lines)
      presenting.map { pen.bytes += PresenterCommand.present($0) }
      return
    }
    if capabilities.cut != .feedAndPartial { pen.feed(lines: capabilities.feedBeforeCut_lines) }
    switch capabilities.cut {
    case .full: pen.put(0x1D, 0x56, 0)
    case .partial: pen.put(0x1D, 0x56, 1)
    case .feedAndPartial:
      pen.put(0x1D, 0x56, 66)
      pen.bytes.append(0)
    case .escM: pen.put(0x1B, 0x6D)
    case .none: break
    }
    presenting.map { pen.bytes += PresenterCommand.present($0) }
  }
}
