import CodePages
public import TicketDesign
public import TicketLayout

/// A ticket as bytes for one printer.
public struct EncodedTicket: Hashable, Sendable {
  public let bytes: [UInt8]
  /// What could not be shown as designed; empty as a rule.
  public let shortfalls: [Shortfall]
}

/// Tickets to ESC/POS for one model of printer. Make one and keep it: it holds lookup tables.
public struct TicketEncoder: Sendable {
  public let capabilities: PrinterCapabilities
  let resolver: TextResolver

  /// Room for a ticket with a native QR symbol.
  private static let usual_bytes = 512

  public init(_ capabilities: PrinterCapabilities) {
    self.capabilities = capabilities
    resolver = TextResolver(tables: capabilities.codePages.map { CodePageTable($0.page) })
  }

  /// With a `completion` id, the printer is asked to answer when all of it has been printed;
  /// ignored where the capabilities say that it never answers. Logos that are `stored` in the
  /// printer (see `store`) are printed by their key.
  public func encode(
    _ document: TicketDocument, completion: ProcessID? = nil, stored: Set<Logo.Key> = []
  ) -> EncodedTicket {
    var bytes: [UInt8] = []
    let shortfalls = append(document, completion: completion, stored: stored, to: &bytes)
    return EncodedTicket(bytes: bytes, shortfalls: shortfalls)
  }

  /// As `encode`, into bytes that exist already.
  public func append(
    _ document: TicketDocument, completion: ProcessID? = nil, stored: Set<Logo.Key> = [],
    to bytes: inout [UInt8]
  ) -> [Shortfall] {
    var pen = Pen([])
    swap(&pen.bytes, &bytes)
    pen.bytes.reserveCapacity(pen.bytes.count + Self.usual_bytes)
    var shortfalls: [Shortfall] = []
    pen.hasFontB = capabilities.columnsB != nil
    pen.initialize()
    for element in document.elements { write(element, stored, &pen, &shortfalls) }
    if let completion, capabilities.processID {
      StatusRequest.processID(completion).append(to: &pen.bytes)
    }
    swap(&pen.bytes, &bytes)
    return shortfalls
  }

  private func write(
    _ element: TicketElement, _ stored: Set<Logo.Key>, _ pen: inout Pen,
    _ shortfalls: inout [Shortfall]
  ) {
    switch element {
    case .text(let text, let style): write(text, style, &pen, &shortfalls)
    case .feed(let lines): pen.feed(lines: lines)
    case .rule:
      pen.set(TextStyle(), width: 1, height: 1)
      for _ in 0..<capabilities.columns { pen.bytes.append(UInt8(ascii: "-")) }
      pen.lineFeed()
    case .qr(let text, let moduleSize, let level, let align):
      let symbol = QRRequest(text: text, moduleSize: moduleSize, level: level)
      pen.set(align: align)
      if let shortfall = symbol.write(for: capabilities, &pen) { shortfalls.append(shortfall) }
    case .raster(let raster, let align): write(raster, align, &pen, &shortfalls)
    case .logo(let logo, let align):
      if stored.contains(logo.key), StoredPicture.fits(logo, capabilities) {
        pen.set(align: align)
        StoredPicture.print(logo.key, &pen)
      } else {
        write(logo.raster, align, &pen, &shortfalls)
      }
    case .barcode(let barcode, let align):
      let request = BarcodeRequest(barcode: barcode, align: align)
      if let caption = request.write(for: capabilities, &pen, &shortfalls) {
        write(caption, TextStyle(align: align), &pen, &shortfalls)
      }
    case .bell: bell(&pen)
    case .drawer(let pin):
      // 50 ms on, 500 ms off, which every drawer's solenoid takes.
      if capabilities.hasDrawer { pen.put(0x1B, 0x70, pin.rawValue); pen.put(25, 250) }
    case .cut: cut(&pen)
    }
  }

  /// The bytes that leave a logo in the printer's memory until its power goes, so that tickets
  /// print it by its key; nil where the printer keeps no pictures or this one is too large.
  public func store(_ logo: Logo) -> [UInt8]? {
    guard StoredPicture.fits(logo, capabilities) else { return nil }
    var pen = Pen([])
    StoredPicture.define(logo, &pen)
    return pen.bytes
  }

  private func write(
    _ raster: Raster, _ align: Alignment, _ pen: inout Pen, _ shortfalls: inout [Shortfall]
  ) {
    guard raster.width_px <= capabilities.rasterWidth_px else {
      shortfalls.append(
        .rasterTooWide(width_px: raster.width_px, width_max_px: capabilities.rasterWidth_px))
      return
    }
    pen.set(align: align)
    RasterCommand.write(raster, &pen)
  }

  private func bell(_ pen: inout Pen) {
    switch capabilities.bell {
    // Pattern A, once (Epson ESC/POS, ESC ( A function 97).
    case .escParenA:
      pen.put(0x1B, 0x28, 0x41)
      pen.put(3, 0, 97)
      pen.put(1, 1)
    // Once, 200 ms.
    case .escB: pen.put(0x1B, 0x42, 1); pen.bytes.append(4)
    case .bel, nil: break
    }
  }

  /// The paper is fed first, so that the cutter behind the head does not go through the text.
  private func cut(_ pen: inout Pen) {
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
  }
}

// MARK: - Text

extension TicketEncoder {
  private func write(
    _ text: String, _ style: TextStyle, _ pen: inout Pen, _ shortfalls: inout [Shortfall]
  ) {
    if writeShortASCII(text, style, &pen) { return }
    let resolved = resolver.resolve(text, &shortfalls)
    let longest = LineBreaking.lines(resolved, columns: .max / 2).reduce(0) { max($0, $1.count) }
    let (width, height) = fittingSize(style, length: longest)
    pen.set(style, width: width, height: height)
    let columns = max(capabilities.columns(of: style.font) / width, 1)
    for line in LineBreaking.lines(resolved, columns: columns) {
      write(resolved[line], &pen)
      pen.lineFeed()
    }
  }

  /// Nearly all text of nearly all tickets: plain ASCII on one line.
  private func writeShortASCII(_ text: String, _ style: TextStyle, _ pen: inout Pen) -> Bool {
    text.utf8.withContiguousStorageIfAvailable { buffer in
      guard buffer.allSatisfy({ $0 &- 0x20 < 0x5F }) else { return false }
      let (width, height) = fittingSize(style, length: buffer.count)
      guard buffer.count * width <= capabilities.columns(of: style.font) else { return false }
      pen.set(style, width: width, height: height)
      pen.bytes.append(contentsOf: buffer)
      pen.lineFeed()
      return true
    } ?? false
  }

  private func fittingSize(_ style: TextStyle, length: Int) -> (width: Int, height: Int) {
    let columns = capabilities.columns(of: style.font)
    // Characters wider than half of the paper would stand alone on their lines.
    let widest = max(min(style.width, columns / 2), 1)
    guard style.overflow == .shrink, length > 0 else { return (widest, style.height) }
    let width = max(min(widest, columns / length), 1)
    return width < style.width ? (width, min(style.height, width)) : (width, style.height)
  }

  private func write(_ line: ArraySlice<Unicode.Scalar>, _ pen: inout Pen) {
    for index in line.indices {
      let scalar = line[index]
      if scalar.isASCII {
        pen.bytes.append(UInt8(scalar.value))
      } else if let page = pen.page, let byte = resolver.tables[page].byte(scalar) {
        pen.bytes.append(byte)
      } else {
        select(pageFor: line[index...], &pen)
        if let page = pen.page, let byte = resolver.tables[page].byte(scalar) {
          pen.bytes.append(byte)
        }
      }
    }
  }

  /// ESC t with the page that serves the longest stretch of what follows. Taking the longest
  /// each time gives the fewest switches on a line.
  private func select(pageFor text: ArraySlice<Unicode.Scalar>, _ pen: inout Pen) {
    var best = (index: 0, length: 0)
    for (index, table) in resolver.tables.enumerated() {
      let length = text.prefix { $0.isASCII || table.byte($0) != nil }.count
      if length > best.length { best = (index, length) }
    }
    pen.page = best.index
    pen.put(0x1B, 0x74, capabilities.codePages[best.index].number)
  }
}
