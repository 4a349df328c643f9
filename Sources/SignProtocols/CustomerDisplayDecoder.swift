/// What a customer display did with what it got.
public enum CustomerDisplayEvent: Hashable, Sendable {
  /// It shows this on its rows, without blanks at their ends.
  case shown([String])
  case brightness(Int)
  case initialised
  /// A byte that it does not obey here.
  case fault(UInt8)
}

/// A display as strict as its manual: for virtual displays, tests and the lab.
public struct CustomerDisplayDecoder: Sendable {
  private enum State: Sendable {
    case outside, escape, unit, brightness, line
    case text(row: Int)
  }

  public let display: CustomerDisplay
  public private(set) var rows: [[UInt8]]
  private var state = State.outside
  /// Behind `ESC Q` a CD5220 takes only another one, CLR and CAN.
  private var isInStrings = false
  private var field: [UInt8] = []
  /// Where an Epson display writes next.
  private var cursor = 0

  public init(_ display: CustomerDisplay) {
    self.display = display
    rows = Self.blank(display)
  }

  private static func blank(_ display: CustomerDisplay) -> [[UInt8]] {
    let row = [UInt8](repeating: 0x20, count: display.columns)
    return [[UInt8]](repeating: row, count: display.rows)
  }

  public mutating func feed(_ bytes: some Sequence<UInt8>) -> [CustomerDisplayEvent] {
    bytes.compactMap { take($0) }
  }

  private mutating func take(_ byte: UInt8) -> CustomerDisplayEvent? {
    switch state {
    case .outside: return takeOutside(byte)
    case .escape: return takeEscaped(byte)
    case .unit:
      state = byte == 0x58 ? .brightness : .outside
      return byte == 0x58 ? nil : .fault(byte)
    case .brightness:
      state = .outside
      let levels = CustomerDisplay.brightnessLevels
      return levels.contains(Int(byte)) ? .brightness(Int(byte)) : .fault(byte)
    case .line: return takeLine(byte)
    case .text(let row): return takeText(byte, row)
    }
  }

  private mutating func takeOutside(_ byte: UInt8) -> CustomerDisplayEvent? {
    switch byte {
    case CustomerDisplay.clear:
      rows = Self.blank(display)
      cursor = 0
      isInStrings = false
      return shown
    case CustomerDisplay.escape: state = .escape
    case CustomerDisplay.unitSeparator where display.language == .epson: state = .unit
    case CustomerDisplay.home where display.language == .epson: cursor = 0
    case let byte where display.language == .epson && SignText.isPrintable(byte):
      return write(byte)
    default: return .fault(byte)
    }
    return nil
  }

  /// The last place of the last row is followed by the first of the first.
  private mutating func write(_ byte: UInt8) -> CustomerDisplayEvent? {
    rows[cursor / display.columns][cursor % display.columns] = byte
    cursor = (cursor + 1) % (display.columns * display.rows)
    return cursor == 0 ? shown : nil
  }

  private mutating func takeEscaped(_ byte: UInt8) -> CustomerDisplayEvent? {
    state = .outside
    if byte == 0x51, display.language == .cd5220 {
      state = .line
      return nil
    }
    guard !isInStrings else { return .fault(byte) }
    if byte == 0x40 {
      rows = Self.blank(display)
      cursor = 0
      return .initialised
    }
    guard byte == 0x2A, display.language == .cd5220 else { return .fault(byte) }
    state = .brightness
    return nil
  }

  private mutating func takeLine(_ byte: UInt8) -> CustomerDisplayEvent? {
    let row = Int(byte) - 0x41
    guard rows.indices.contains(row) else {
      state = .outside
      return .fault(byte)
    }
    isInStrings = true
    field = []
    state = .text(row: row)
    return nil
  }

  private mutating func takeText(_ byte: UInt8, _ row: Int) -> CustomerDisplayEvent? {
    if field.count < display.columns, SignText.isPrintable(byte) {
      field.append(byte)
      return nil
    }
    state = .outside
    guard byte == CustomerDisplay.carriageReturn, field.count == display.columns else {
      return .fault(byte)
    }
    rows[row] = field
    return shown
  }

  private var shown: CustomerDisplayEvent {
    .shown(
      rows.map { row in
        SignText.string(row.prefix(row.count - row.reversed().prefix { $0 == 0x20 }.count))
      })
  }
}
