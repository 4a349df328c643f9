import Barcodes

/// Reads the command at the front of a buffer, in Star's languages. Pure: the same bytes always
/// give the same answer, and a longer buffer never changes an answer that was complete.
///
/// Forms and ranges: Star Micronics, "STAR Line Mode Command Specifications" Rev. 1.12, chapter 3;
/// ESC GS S from "StarPRNT Command Specifications", 2.3.12.
struct StarCommandReader {
  let bytes: ArraySlice<UInt8>
  let language: EmulatedStarModel.Language
  /// Behind ESC * r A: letters are commands.
  let isRaster: Bool
  /// Behind ESC $ 1: some bytes are the first of two.
  let isShiftJIS: Bool

  init(
    _ bytes: ArraySlice<UInt8>, _ language: EmulatedStarModel.Language, isRaster: Bool = false,
    isShiftJIS: Bool = false
  ) {
    self.bytes = bytes
    self.language = language
    self.isRaster = isRaster
    self.isShiftJIS = isShiftJIS
  }

  /// The byte so far behind the front; nil when it has not come yet.
  subscript(index: Int) -> UInt8? {
    let position = bytes.startIndex + index
    return position < bytes.endIndex ? bytes[position] : nil
  }

  func read() -> StarParsed {
    guard let first = self[0] else { return .incomplete }
    if language == .graphic { return readGraphic(first) }
    switch first {
    case 0x07: return .command(.drive(device: 1), length: 1)
    case 0x0A: return .command(.lineFeed, length: 1)
    case 0x17: return .command(.countedMark, length: 1)
    case 0x1A: return .command(.drive(device: 2), length: 1)
    case 0x1B: return escape()
    case 0x80...0x9F where isShiftJIS, 0xE0...0xFF where isShiftJIS: return pair(first)
    case 0x20...0x7E, 0x80...0xFF: return .command(.character(first), length: 1)
    default: return .fault(.unknownCommand, length: 1)
    }
  }

  /// A second byte of 7F or FD and more makes both ignored ["STAR Line Mode Command Specifications"
  /// of the line thermal and dot printers, Rev. 0.00, page 3-74].
  private func pair(_ first: UInt8) -> StarParsed {
    guard let second = self[1] else { return .incomplete }
    guard (0x40...0xFC).contains(second), second != 0x7F else {
      return .fault(.undefinedCharacter, length: 2)
    }
    return .command(.pair(UInt16(first) << 8 | UInt16(second)), length: 2)
  }

  /// A command with one parameter; nil from `make` means that it is out of range.
  func parameter(at index: Int, _ make: (UInt8) -> StarCommand?) -> StarParsed {
    guard let value = self[index] else { return .incomplete }
    guard let command = make(value) else { return .fault(.badParameter, length: index + 1) }
    return .command(command, length: index + 1)
  }

  private func escape() -> StarParsed {
    guard let second = self[1] else { return .incomplete }
    switch second {
    case 0x06: return realTime()
    case 0x07: return pulse()
    case 0x1D: return groupSeparator()
    case 0x1E: return recordSeparator()
    case UInt8(ascii: "$"):
      return parameter(at: 2) { CommandReader.small($0, max: 1).map { .shiftJIS($0 == 1) } }
    case UInt8(ascii: "-"):
      return parameter(at: 2) { CommandReader.small($0, max: 1).map { .underline($0 == 1) } }
    case UInt8(ascii: "0"): return .command(.lineSpacing(px: 24), length: 2)
    case UInt8(ascii: "4"): return .command(.invert(true), length: 2)
    case UInt8(ascii: "5"): return .command(.invert(false), length: 2)
    case UInt8(ascii: "@"): return .command(.initialize, length: 2)
    case UInt8(ascii: "E"): return .command(.bold(true), length: 2)
    case UInt8(ascii: "F"): return .command(.bold(false), length: 2)
    case UInt8(ascii: "a"):
      return parameter(at: 2) { (1...127).contains($0) ? .feedLines(Int($0)) : nil }
    case UInt8(ascii: "b"): return barcode()
    case UInt8(ascii: "d"):
      return parameter(at: 2) {
        CommandReader.small($0, max: 3).map { .cut($0 % 2 == 0 ? .full : .partial, feeds: $0 > 1) }
      }
    case UInt8(ascii: "i"): return size()
    case UInt8(ascii: "k"): return band()
    case UInt8(ascii: "z"):
      return parameter(at: 2) { $0 == 1 || $0 == 49 ? .lineSpacing(px: 32) : nil }
    default: return .fault(.unknownCommand, length: 2)
    }
  }

  /// ESC ACK SOH was obeyed when it came in; ESC ACK CAN resets, and nobody here sends it.
  func realTime() -> StarParsed {
    guard let third = self[2] else { return .incomplete }
    return third == 0x01
      ? .command(.nothing, length: 3) : .fault(.unknownCommand, length: 3)
  }

  func pulse() -> StarParsed {
    guard let on = self[2], let off = self[3] else { return .incomplete }
    return (1...127).contains(on) && (1...127).contains(off)
      ? .command(.pulse, length: 4) : .fault(.badParameter, length: 4)
  }

  private func size() -> StarParsed {
    guard let high = self[2], let wide = self[3] else { return .incomplete }
    guard let high = CommandReader.small(high, max: 5), let wide = CommandReader.small(wide, max: 5)
    else { return .fault(.badParameter, length: 4) }
    return .command(.size(width: Int(wide) + 1, height: Int(high) + 1), length: 4)
  }

  func recordSeparator() -> StarParsed {
    guard let third = self[2] else { return .incomplete }
    switch third {
    case UInt8(ascii: "F"):
      return parameter(at: 3) {
        CommandReader.small($0, max: 1).flatMap(Font.init(rawValue:)).map { .font($0) }
      }
    case UInt8(ascii: "a"):
      return parameter(at: 3) {
        CommandReader.small($0, max: 1).map { .automaticStatus($0 == 1) }
      }
    case UInt8(ascii: "E"):
      return parameter(at: 3) { CommandReader.small($0, max: 0).map { _ in .clearCounter } }
    default: return .fault(.unknownCommand, length: 3)
    }
  }

  func groupSeparator() -> StarParsed {
    guard let third = self[2] else { return .incomplete }
    switch third {
    case 0x03:
      guard let function = self[3], let first = self[4], let second = self[5] else {
        return .incomplete
      }
      guard function <= 2 else { return .fault(.unsupported, length: 6) }
      return .command(
        .echoedMark(function: function, first: first, second: second), length: 6)
    case UInt8(ascii: "S"): return block()
    case UInt8(ascii: "a"):
      return parameter(at: 3) {
        CommandReader.small($0, max: 2).flatMap(PrintedAlignment.init(rawValue:)).map { .align($0) }
      }
    case UInt8(ascii: "t"): return parameter(at: 3) { .codePage($0) }
    case UInt8(ascii: "y"): return symbol()
    default: return .fault(.unknownCommand, length: 3)
    }
  }

  // MARK: commands with data of their own

  /// The bytes of a range behind the front; nil until all have come.
  func data(_ range: Range<Int>) -> ArraySlice<UInt8>? {
    guard range.upperBound <= bytes.count else { return nil }
    return bytes[bytes.startIndex + range.lowerBound..<bytes.startIndex + range.upperBound]
  }

  /// ESC k n1 0 and 24 rows.
  private func band() -> StarParsed {
    guard let stride = self[2], let high = self[3] else { return .incomplete }
    guard stride > 0, high == 0 else { return .fault(.badParameter, length: 4) }
    let count = Int(stride) * 24
    guard let dots = data(4..<4 + count) else { return .incomplete }
    let raster = PrintedRaster(width_px: Int(stride) * 8, height_px: 24, rows: Array(dots))
    return .command(.band(raster), length: 4 + count)
  }

  /// ESC GS S m xL xH yL yH n; line mode has no such command.
  private func block() -> StarParsed {
    guard language == .prnt else { return .fault(.unsupported, length: 3) }
    guard let mode = self[3], let xLow = self[4], let xHigh = self[5], let yLow = self[6],
      let yHigh = self[7], let colour = self[8]
    else { return .incomplete }
    let stride = Int(xLow) + Int(xHigh) << 8
    let rows = Int(yLow) + Int(yHigh) << 8
    guard mode == 1, (1...128).contains(stride), rows > 0, colour == 0 else {
      return .fault(.badParameter, length: 9)
    }
    guard let dots = data(9..<9 + stride * rows) else { return .incomplete }
    let raster = PrintedRaster(width_px: stride * 8, height_px: rows, rows: Array(dots))
    return .command(.block(raster), length: 9 + stride * rows)
  }

  /// ESC GS y S 0 n, S 1 n, S 2 n, D 1 0 nL nH data, P.
  private func symbol() -> StarParsed {
    guard let kind = self[3] else { return .incomplete }
    switch kind {
    case UInt8(ascii: "P"): return .command(.qr(.printStored), length: 4)
    case UInt8(ascii: "S"):
      guard let function = self[4], let value = self[5] else { return .incomplete }
      let setting: QRFunction? =
        switch function {
        case UInt8(ascii: "0"): (1...2).contains(value) ? .model(value) : nil
        case UInt8(ascii: "1"): QRErrorLevel(rawValue: value).map { .level($0) }
        case UInt8(ascii: "2"): (1...8).contains(value) ? .moduleSize(Int(value)) : nil
        default: nil
        }
      guard let setting else { return .fault(.badParameter, length: 6) }
      return .command(.qr(setting), length: 6)
    case UInt8(ascii: "D"):
      guard let function = self[4], let mode = self[5], let low = self[6], let high = self[7] else {
        return .incomplete
      }
      let count = Int(low) + Int(high) << 8
      guard function == UInt8(ascii: "1"), mode == 0, (1...7089).contains(count) else {
        return .fault(.badParameter, length: 8)
      }
      guard let text = data(8..<8 + count) else { return .incomplete }
      return .command(.qr(.store(Array(text))), length: 8 + count)
    default: return .fault(.unknownCommand, length: 4)
    }
  }

  /// Data of a barcode that nobody ended.
  private static let barcodeData_max = 1024

  /// ESC b n1 n2 n3 n4 data RS: whatever is wrong, all up to RS belongs to it.
  private func barcode() -> StarParsed {
    guard let kind = self[2], let text = self[3], let mode = self[4], let height = self[5] else {
      return .incomplete
    }
    guard let end = bytes.dropFirst(6).firstIndex(of: 0x1E) else {
      return bytes.count < Self.barcodeData_max
        ? .incomplete : .fault(.badParameter, length: Self.barcodeData_max)
    }
    let length = end - bytes.startIndex + 1
    let symbology: BarcodeSymbology? =
      switch CommandReader.small(kind, max: 8) {
      case 3: .ean13
      case 4: .code39
      case 6: .code128
      default: nil
      }
    guard let symbology else { return .fault(.unsupported, length: length) }
    let caption = CommandReader.small(text, max: 4)
    guard let mode = CommandReader.small(mode, max: 3), mode > 0, caption == 1 || caption == 2,
      height > 0, let payload = Self.payload(bytes[(bytes.startIndex + 6)..<end], symbology)
    else { return .fault(.badParameter, length: length) }
    let command = StarBarcodeCommand(
      symbology: symbology, text: payload, hasCaption: caption == 2,
      moduleWidth_px: Int(mode) + 1, height_px: Int(height))
    return .command(.barcode(command), length: length)
  }

  /// In Code 128 a percent sign begins a pair; of the pairs only the percent sign itself is known.
  private static func payload(
    _ data: ArraySlice<UInt8>, _ symbology: BarcodeSymbology
  ) -> String? {
    guard data.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
    let text = String(decoding: data, as: UTF8.self)
    guard symbology == .code128 else { return text }
    let parts = text.split(separator: "%", omittingEmptySubsequences: false)
    guard parts.dropFirst().allSatisfy({ $0.hasPrefix("0") }) else { return nil }
    return ([String(parts[0])] + parts.dropFirst().map { String($0.dropFirst()) })
      .joined(separator: "%")
  }
}
