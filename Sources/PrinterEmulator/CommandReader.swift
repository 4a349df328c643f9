/// Reads the command at the front of a buffer. Pure: the same bytes always give the same answer,
/// and a longer buffer never changes an answer that was complete.
///
/// Forms and ranges: Epson ESC/POS Application Programming Guide, the command's own page.
struct CommandReader {
  let bytes: ArraySlice<UInt8>
  /// Behind FS &: a byte of 0x81 and more is the first of two.
  let isDoubleByte: Bool

  init(_ bytes: ArraySlice<UInt8>, isDoubleByte: Bool = false) {
    self.bytes = bytes
    self.isDoubleByte = isDoubleByte
  }

  /// The byte so far behind the front; nil when it has not come yet.
  subscript(index: Int) -> UInt8? {
    let position = bytes.startIndex + index
    return position < bytes.endIndex ? bytes[position] : nil
  }

  func read() -> Parsed {
    guard let first = self[0] else { return .incomplete }
    switch first {
    case 0x0A: return .command(.lineFeed, length: 1)
    // With LF as the line end in use, CR is ignored.
    case 0x0D: return .command(.nothing, length: 1)
    case 0x10: return realTime()
    case 0x1B: return escape()
    case 0x1C: return fileSeparator()
    case 0x1D: return groupSeparator()
    case 0x81...0xFE where isDoubleByte:
      guard let second = self[1] else { return .incomplete }
      return (0x40...0xFE).contains(second)
        ? .command(.pair(UInt16(first) << 8 | UInt16(second)), length: 2)
        : .fault(.badParameter, length: 1)
    case 0x20...0x7E, 0x80...0xFF: return .command(.character(first), length: 1)
    default: return .fault(.unknownCommand, length: 1)
    }
  }

  /// DLE commands were obeyed when they came in; here they are only stepped over.
  private func realTime() -> Parsed {
    guard let second = self[1] else { return .incomplete }
    if second == 0x14 {
      let whole = RealTimeScanner.clearing
      for index in 2..<whole.count {
        guard let byte = self[index] else { return .incomplete }
        guard byte == whole[index] else { return .fault(.badParameter, length: 2) }
      }
      return .command(.nothing, length: whole.count)
    }
    guard second == 0x04 || second == 0x05 else { return .fault(.unknownCommand, length: 1) }
    return parameter(at: 2, length: 3) { value in
      let range: ClosedRange<UInt8> = second == 0x04 ? 1...4 : 1...2
      return range.contains(value) || (second == 0x04 && value == 20) ? .nothing : nil
    }
  }

  /// A command with one parameter; nil from `make` means that it is out of range.
  func parameter(at index: Int, length: Int, _ make: (UInt8) -> Command?) -> Parsed {
    guard let value = self[index] else { return .incomplete }
    guard let command = make(value) else { return .fault(.badParameter, length: length) }
    return .command(command, length: length)
  }

  /// 0, 1, … or the digits '0', '1', …, as many parameters may be given.
  static func small(_ value: UInt8, max: UInt8) -> UInt8? {
    if value <= max { return value }
    return (48...48 + max).contains(value) ? value - 48 : nil
  }

  private func escape() -> Parsed {
    guard let second = self[1] else { return .incomplete }
    switch second {
    case 0x40: return .command(.initialize, length: 2)
    case UInt8(ascii: "("): return bell()
    case UInt8(ascii: "B"):
      guard let count = self[2], let time = self[3] else { return .incomplete }
      return (1...9).contains(count) && (1...9).contains(time)
        ? .command(.bell, length: 4) : .fault(.badParameter, length: 4)
    case UInt8(ascii: "p"):
      guard let pin = self[2], self[3] != nil, self[4] != nil else { return .incomplete }
      guard let pin = Self.small(pin, max: 1) else { return .fault(.badParameter, length: 5) }
      return .command(.drawer(pin), length: 5)
    case UInt8(ascii: "!"):
      return parameter(at: 2, length: 3) { $0 & 0x46 == 0 ? .printMode($0) : nil }
    case UInt8(ascii: "2"): return .command(.lineSpacing(nil), length: 2)
    case UInt8(ascii: "3"): return parameter(at: 2, length: 3) { .lineSpacing(Int($0)) }
    case UInt8(ascii: "-"):
      return parameter(at: 2, length: 3) { Self.small($0, max: 2).map { .underline($0 != 0) } }
    case UInt8(ascii: "E"): return parameter(at: 2, length: 3) { .bold($0 & 1 != 0) }
    case UInt8(ascii: "J"): return parameter(at: 2, length: 3) { .feedDots(Int($0)) }
    case UInt8(ascii: "M"):
      return parameter(at: 2, length: 3) {
        Self.small($0, max: 1).flatMap(Font.init(rawValue:)).map { .font($0) }
      }
    case UInt8(ascii: "a"):
      return parameter(at: 2, length: 3) {
        Self.small($0, max: 2).flatMap(PrintedAlignment.init(rawValue:)).map { .align($0) }
      }
    case UInt8(ascii: "d"): return parameter(at: 2, length: 3) { .feedLines(Int($0)) }
    case UInt8(ascii: "i"): return .command(.escCut(.full), length: 2)
    case UInt8(ascii: "m"): return .command(.escCut(.partial), length: 2)
    case UInt8(ascii: "t"): return parameter(at: 2, length: 3) { .codePage($0) }
    case UInt8(ascii: "v"): return .command(.paperSensor, length: 2)
    case UInt8(ascii: "{"): return upsideDown()
    default: return .fault(.unknownCommand, length: 2)
    }
  }

  /// ESC {: only switching it off is known; nothing we send stands on its head.
  private func upsideDown() -> Parsed {
    guard let value = self[2] else { return .incomplete }
    return value & 1 == 0
      ? .command(.nothing, length: 3) : .fault(.unsupported, length: 3)
  }

  /// FS & enters the double-byte mode, FS . leaves it.
  private func fileSeparator() -> Parsed {
    guard let second = self[1] else { return .incomplete }
    switch second {
    case UInt8(ascii: "."): return .command(.doubleByte(false), length: 2)
    case UInt8(ascii: "P"): return presentCut()
    case UInt8(ascii: "&"): return .command(.doubleByte(true), length: 2)
    default: return .fault(.unknownCommand, length: 2)
    }
  }

  /// FS P n b c t: steps of 5 mm, lamp, R or E, seconds.
  private func presentCut() -> Parsed {
    guard let steps = self[2], let lamp = self[3], let end = self[4], let seconds = self[5] else {
      return .incomplete
    }
    guard steps > 0, lamp <= 1, [0x45, 0x52].contains(end) else {
      return .fault(.badParameter, length: 6)
    }
    return .command(.presentCut(isRetracted: end == 0x52, after_s: Int(seconds)), length: 6)
  }

  private func groupSeparator() -> Parsed {
    guard let second = self[1] else { return .incomplete }
    switch second {
    case UInt8(ascii: "!"):
      return parameter(at: 2, length: 3) {
        $0 & 0x88 == 0 ? .size(width: Int($0 >> 4) + 1, height: Int($0 & 7) + 1) : nil
      }
    case UInt8(ascii: "("): return extended()
    case UInt8(ascii: "B"): return parameter(at: 2, length: 3) { .invert($0 & 1 != 0) }
    case UInt8(ascii: "H"):
      return parameter(at: 2, length: 3) {
        Self.small($0, max: 3).flatMap(BarcodeCaption.init(rawValue:)).map { .barcodeCaption($0) }
      }
    case UInt8(ascii: "V"): return cut()
    case UInt8(ascii: "a"): return parameter(at: 2, length: 3) { .automaticStatus($0) }
    // Smoothing is not to be seen here.
    case UInt8(ascii: "b"): return parameter(at: 2, length: 3) { _ in .nothing }
    case UInt8(ascii: "e"):
      guard let function = self[2] else { return .incomplete }
      switch function {
      case 2: return .command(.endPresenting(isRetracted: true), length: 3)
      case 3: return parameter(at: 3, length: 4) { $0 > 0 ? .present : nil }
      case 5: return .command(.endPresenting(isRetracted: false), length: 3)
      default: return .fault(.badParameter, length: 3)
      }
    case UInt8(ascii: "f"):
      return parameter(at: 2, length: 3) { Self.small($0, max: 1).map { _ in .nothing } }
    case UInt8(ascii: "h"):
      return parameter(at: 2, length: 3) { $0 > 0 ? .barcodeHeight(Int($0)) : nil }
    case UInt8(ascii: "k"): return barcode()
    case UInt8(ascii: "r"):
      return parameter(at: 2, length: 3) {
        Self.small($0, max: 2).flatMap { $0 == 0 ? nil : $0 == 1 ? .paperSensor : .drawerSensor }
      }
    case UInt8(ascii: "v"): return raster()
    case UInt8(ascii: "w"):
      return parameter(at: 2, length: 3) { (2...6).contains($0) ? .barcodeModule(Int($0)) : nil }
    default: return .fault(.unknownCommand, length: 2)
    }
  }

  /// GS V: function A cuts where the paper is, function B feeds n dots more than to the cutter.
  private func cut() -> Parsed {
    guard let mode = self[2] else { return .incomplete }
    switch mode {
    case 0, 48: return .command(.cut(.full, feed_px: 0), length: 3)
    case 1, 49: return .command(.cut(.partial, feed_px: 0), length: 3)
    case 65: return parameter(at: 3, length: 4) { .cut(.full, feed_px: Int($0)) }
    case 66: return parameter(at: 3, length: 4) { .cut(.partial, feed_px: Int($0)) }
    default: return .fault(.badParameter, length: 3)
    }
  }
}
