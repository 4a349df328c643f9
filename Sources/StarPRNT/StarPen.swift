import TicketDesign

/// Writes commands, remembering how the printer stands, so that only changes are sent.
///
/// Commands and ranges: Star Micronics, "STAR Line Mode Command Specifications" Rev. 1.12, chapter
/// 3, named below as [line 3-…]; "StarPRNT Command Specifications" has the same ones under 2.3.
struct StarPen {
  var bytes: [UInt8]
  private var width = 1
  private var height = 1
  private var isBold = false
  private var isUnderlined = false
  private var isInverted = false
  private var align = Alignment.left
  private var font = TextFont.a
  /// Whether font B may be chosen.
  var hasFontB = false
  /// Whether it is a model for Japan, which may begin in the mode for characters of two bytes.
  var hasShiftJIS = false
  private var isShiftJIS = false

  /// `ESC i` magnifies six times and no more [line 3-12, 3.3.2].
  static let size_max = 6
  /// `ESC a` feeds so many lines at once [line 3-20, 3.3.4].
  private static let feed_lines_max = 127

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  @inline(__always)
  mutating func put(_ some: UInt8...) { bytes.append(contentsOf: some) }

  /// ESC @ brings back what the memory switches say [line 3-63], so what this pen assumes of them
  /// is said: ESC RS F 0, font A; ESC z 1, lines of 4 mm.
  mutating func initialize() {
    put(0x1B, 0x40)
    put(0x1B, 0x1E, 0x46, 0)
    useTextLines()
    if hasShiftJIS { put(0x1B, 0x24, 0) }
  }

  /// A character of one byte. Those of 0x80 and more would begin one of two.
  mutating func strike(_ byte: UInt8) {
    leaveShiftJIS()
    bytes.append(byte)
  }

  /// A character of two bytes, ESC $ 1 before the first of them [line 3-56].
  mutating func strike(_ first: UInt8, _ second: UInt8) {
    if !isShiftJIS { put(0x1B, 0x24, 1) }
    isShiftJIS = true
    put(first, second)
  }

  /// ESC $ 0: bytes of 0x80 and more are characters of a code page again.
  mutating func leaveShiftJIS() {
    if isShiftJIS { put(0x1B, 0x24, 0) }
    isShiftJIS = false
  }

  /// ESC z 1: a line feed is 4 mm, 32 dots [line 3-20].
  mutating func useTextLines() { put(0x1B, 0x7A, 1) }

  /// ESC 0: a line feed is 3 mm, the 24 dots of a band of picture [line 3-21].
  mutating func usePictureLines() { put(0x1B, 0x30) }

  mutating func lineFeed() { bytes.append(0x0A) }

  mutating func feed(lines: Int) {
    var rest = min(max(lines, 0), 255)
    while rest > 0 {
      let count = min(rest, Self.feed_lines_max)
      put(0x1B, 0x61, UInt8(count))
      rest -= count
    }
  }

  /// ESC GS a, for all that stands on a line [line 3-31].
  mutating func set(align: Alignment) {
    guard align != self.align else { return }
    self.align = align
    put(0x1B, 0x1D, 0x61, align.rawValue)
  }

  /// ESC GS a; ESC i, height before width; ESC RS F; ESC E and ESC F; ESC -; ESC 4 and ESC 5: as
  /// far as they differ [line 3-3, 3-12, 3-16 to 3-19].
  mutating func set(_ style: TextStyle, width: Int, height: Int) {
    set(align: style.align)
    if width != self.width || height != self.height {
      self.width = width
      self.height = height
      put(0x1B, 0x69, UInt8(height - 1), UInt8(width - 1))
    }
    let styleFont = hasFontB ? style.font : .a
    if styleFont != font {
      font = styleFont
      put(0x1B, 0x1E, 0x46, font.rawValue)
    }
    if style.bold != isBold {
      isBold = style.bold
      put(0x1B, isBold ? 0x45 : 0x46)
    }
    if style.underline != isUnderlined {
      isUnderlined = style.underline
      put(0x1B, 0x2D, isUnderlined ? 1 : 0)
    }
    if style.invert != isInverted {
      isInverted = style.invert
      put(0x1B, isInverted ? 0x34 : 0x35)
    }
  }

  /// 200 ms of current and 200 ms of pause, which every drawer takes: ESC BEL counts in 10 ms.
  private static let pulse: UInt8 = 20

  /// ESC BEL n1 n2, how long, then BEL: external device 1, a drawer or a bell [line 3-45, 3-46].
  mutating func pulse() {
    put(0x1B, 0x07, Self.pulse, Self.pulse)
    put(0x07)
  }

  /// SUB: external device 2, always 200 ms [line 3-47].
  mutating func pulseSecond() { put(0x1A) }

  /// ESC GS t [line 3-4].
  mutating func set(codePage number: UInt8) { put(0x1B, 0x1D, 0x74, number) }
}
