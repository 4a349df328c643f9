import CodePages
public import TicketDesign

/// A text as it is struck: lines that fit the paper, from left to right.
public struct SetText: Hashable, Sendable {
  /// Multiples of the normal character, 1 to 8, after shrinking.
  public let width: Int
  public let height: Int
  public let lines: [[Unicode.Scalar]]
}

/// How one scalar is struck.
public enum Strike: Hashable, Sendable {
  case byte(UInt8)
  /// A byte of another code page, which is selected first: an index of the capabilities' pages.
  case switched(page: Int, UInt8)
  case pair(UInt8, UInt8)
}

/// Sets texts for one model of printer. Make one and keep it: it holds lookup tables.
public struct TextSetter: Sendable {
  public let capabilities: PrinterCapabilities
  let resolver: TextResolver

  /// Without a table of the capabilities' double-byte set, the printer counts as having none.
  public init(_ capabilities: PrinterCapabilities, doubleByte: DoubleByteTable? = nil) {
    self.capabilities = capabilities
    let isDrawn = capabilities.language == .starGraphic
    resolver = TextResolver(
      tables: isDrawn ? [] : capabilities.codePages.map { CodePageTable($0.page) },
      doubleByte: isDrawn || capabilities.doubleByte == nil ? nil : doubleByte, isDrawn: isDrawn)
  }

  /// Multiples for so many columns of text: `.shrink` takes what fits on one line.
  public func fittingSize(_ style: TextStyle, length: Int) -> (width: Int, height: Int) {
    let columns = capabilities.columns(of: style.font)
    // Characters wider than half of the paper would stand alone on their lines.
    let widest = max(min(style.width, columns / 2), 1)
    guard style.overflow == .shrink, length > 0 else { return (widest, style.height) }
    let width = max(min(widest, columns / length), 1)
    return width < style.width ? (width, min(style.height, width)) : (width, style.height)
  }

  /// The size of a text that is plain ASCII and fits on one line; nil for any other.
  public func plainLine(
    _ text: UnsafeBufferPointer<UInt8>, _ style: TextStyle
  ) -> (width: Int, height: Int)? {
    // What stands for a barcode is told.
    guard style.insteadOf == nil, text.allSatisfy({ $0 &- 0x20 < 0x5F }) else { return nil }
    let size = fittingSize(style, length: text.count)
    return text.count * size.width <= capabilities.columns(of: style.font) ? size : nil
  }

  /// Whether `plainLine` has an answer.
  public func isPlainLine(_ text: String, _ style: TextStyle) -> Bool {
    text.utf8.withContiguousStorageIfAvailable { plainLine($0, style) != nil } ?? false
  }

  /// Resolves, breaks and orders a text. What could not be shown is added to `shortfalls`.
  public func set(
    _ text: String, _ style: TextStyle, _ shortfalls: inout [Shortfall]
  ) -> SetText {
    if let symbology = style.insteadOf {
      shortfalls.append(.barcodeImpossible(text: text, symbology: symbology.rawValue))
    }
    let scalars = resolver.resolve(text, &shortfalls)
    let longest = LineBreaking.lines(scalars, columns: .max / 2).reduce(0) { longest, line in
      max(longest, scalars[line].reduce(0) { $0 + resolver.columns($1) })
    }
    let (width, height) = fittingSize(style, length: longest)
    let columns = max(capabilities.columns(of: style.font) / width, 1)
    let ranges = LineBreaking.lines(scalars, columns: columns, width: resolver.columns)
    return SetText(width: width, height: height, lines: Self.ordered(scalars, ranges))
  }

  /// Each paragraph is ordered as a whole, then line by line (Unicode Standard Annex 9, 3.4).
  private static func ordered(
    _ scalars: [Unicode.Scalar], _ ranges: [Range<Int>]
  ) -> [[Unicode.Scalar]] {
    guard scalars.contains(where: BidiClass.turns) else { return ranges.map { Array(scalars[$0]) } }
    var lines: [[Unicode.Scalar]] = []
    var start = 0
    for paragraph in scalars.split(separator: "\n", omittingEmptySubsequences: false) {
      start = paragraph.startIndex
      let order = VisualOrder(Array(paragraph))
      for range in ranges
      where range.lowerBound >= start && range.upperBound <= paragraph.endIndex
        && (range.isEmpty ? range.lowerBound == start && paragraph.isEmpty : true)
      {
        let inner = range.lowerBound - start..<range.upperBound - start
        lines.append(order?.line(inner) ?? Array(scalars[range]))
      }
    }
    return lines
  }
}

/// Chooses code pages for all the texts of a ticket, so that it is switched as little as can be:
/// each time the page that serves the longest stretch of what is still to come.
public struct PageChoice: Sendable {
  private let setter: TextSetter
  /// What needs a page, in the order in which it is struck.
  private let demand: [Unicode.Scalar]
  private var next = 0
  private var page: Int?

  public init(_ setter: TextSetter, for texts: some Sequence<SetText>) {
    self.setter = setter
    demand = texts.flatMap { $0.lines.joined() }.filter {
      !$0.isASCII && setter.resolver.isSingle($0)
    }
  }

  /// The scalars must come in the order of the texts. ASCII is in every page.
  public mutating func strike(_ scalar: Unicode.Scalar) -> Strike {
    if scalar.isASCII { return .byte(UInt8(scalar.value)) }
    let tables = setter.resolver.tables
    if let page, let byte = tables[page].byte(scalar) {
      next += 1
      return .byte(byte)
    }
    // A character of a page is always the next one that is demanded.
    guard setter.resolver.isSingle(scalar), let best = longest(),
      let byte = tables[best].byte(scalar)
    else { return pair(scalar) }
    page = best
    next += 1
    return .switched(page: best, byte)
  }

  private func pair(_ scalar: Unicode.Scalar) -> Strike {
    guard let code = setter.resolver.doubleByte?.code(scalar) else { return .byte(0x3F) }
    return .pair(UInt8(code >> 8), UInt8(code & 0xFF))
  }

  /// The page that holds the most of what is demanded next; nil: nothing is demanded any more.
  private func longest() -> Int? {
    guard next < demand.count else { return nil }
    var best: (page: Int, length: Int)?
    for (index, table) in setter.resolver.tables.enumerated() {
      let length = demand[next...].prefix { table.byte($0) != nil }.count
      if length > (best?.length ?? 0) { best = (index, length) }
    }
    return best?.page
  }
}
