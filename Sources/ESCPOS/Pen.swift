import TicketDesign

/// Writes commands, remembering how the printer stands, so that only changes are sent.
struct Pen {
  var bytes: [UInt8]
  private var size: UInt8 = 0
  private var isBold = false
  private var isUnderlined = false
  private var isInverted = false
  private var align = Alignment.left
  private var isDoubleByte = false
  private var font = TextFont.a
  /// FS . was not sent yet, and is needed before a byte of 0x80 or more.
  var startsInDoubleByte = false
  /// Whether font B may be chosen.
  var hasFontB = false

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  @inline(__always)
  mutating func put(_ first: UInt8, _ second: UInt8) {
    bytes.append(first)
    bytes.append(second)
  }

  @inline(__always)
  mutating func put(_ first: UInt8, _ second: UInt8, _ third: UInt8) {
    put(first, second)
    bytes.append(third)
  }

  /// ESC @: the settings become the ones this pen assumes. Half a line and all pictures in the
  /// download memory are gone then (Epson ESC/POS Application Programming Guide, `GS ( L`).
  mutating func initialize() { put(0x1B, 0x40) }

  /// The same settings one by one, for a printer that has to keep its pictures: ESC !, GS !, ESC E,
  /// ESC -, GS B, ESC a, ESC 2. To be used behind a whole ticket or ESC @ only.
  mutating func neutralize(doubleByte: Bool) {
    put(0x1B, 0x21, 0)
    put(0x1D, 0x21, 0)
    put(0x1B, 0x45, 0)
    put(0x1B, 0x2D, 0)
    put(0x1D, 0x42, 0)
    put(0x1B, 0x61, 0)
    put(0x1B, 0x32)
    if doubleByte { put(0x1C, 0x2E) }
  }

  /// A character of one byte.
  mutating func strike(_ byte: UInt8) {
    leaveDoubleByte()
    bytes.append(byte)
  }

  /// A character of two bytes, FS & before the first of them.
  mutating func strike(_ first: UInt8, _ second: UInt8) {
    if !isDoubleByte { put(0x1C, 0x26) }
    isDoubleByte = true
    put(first, second)
  }

  /// FS .: bytes of 0x80 and more are characters of a code page again.
  mutating func leaveDoubleByte() {
    if isDoubleByte { put(0x1C, 0x2E) }
    isDoubleByte = false
  }

  /// ESC t n, and FS . before the first one where it is needed: ASCII is the same in both.
  mutating func select(page number: UInt8) {
    leaveDoubleByte()
    if startsInDoubleByte { put(0x1C, 0x2E) }
    startsInDoubleByte = false
    put(0x1B, 0x74, number)
  }

  mutating func lineFeed() { bytes.append(0x0A) }

  /// ESC d.
  mutating func feed(lines: Int) {
    if lines > 0 { put(0x1B, 0x64, UInt8(clamping: lines)) }
  }

  /// ESC a; only heeded at the beginning of a line, where every element starts.
  mutating func set(align: Alignment) {
    guard align != self.align else { return }
    self.align = align
    put(0x1B, 0x61, align.rawValue)
  }

  /// ESC a, GS !, ESC M, ESC E, ESC -, GS B as far as they differ.
  mutating func set(_ style: TextStyle, width: Int, height: Int) {
    set(align: style.align)
    let size = UInt8(width - 1) << 4 | UInt8(height - 1)
    if size != self.size {
      self.size = size
      put(0x1D, 0x21, size)
    }
    let styleFont = hasFontB ? style.font : .a
    if styleFont != font {
      font = styleFont
      put(0x1B, 0x4D, font.rawValue)
    }
    if style.bold != isBold {
      isBold = style.bold
      put(0x1B, 0x45, isBold ? 1 : 0)
    }
    if style.underline != isUnderlined {
      isUnderlined = style.underline
      put(0x1B, 0x2D, isUnderlined ? 1 : 0)
    }
    if style.invert != isInverted {
      isInverted = style.invert
      put(0x1D, 0x42, isInverted ? 1 : 0)
    }
  }
}
