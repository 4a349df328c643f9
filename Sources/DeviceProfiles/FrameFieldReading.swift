import Branch
import PositionedJSON
import SignProtocols

// Address, text and checksum of a frame.
extension FrameDescription {
  static func readAddress(
    _ field: JSONField
  ) -> (format: AddressFormat, bytes: [UInt8])? {
    field.object { reader in
      let form: AddressFormat.Form? = reader.required("form", example: "\"decimal\"")?.choice()
      let offset = reader.optional("offset")
      let added = offset?.integer(in: 0...255) ?? 0
      if let offset, let form, form != .byte {
        offset.report(
          code: "conflict", "only an address of one byte has an offset", cure: "Remove it.")
      }
      let digits =
        form == .byte
        ? 1
        : reader.required("digits", example: "2")?.integer(in: AddressFormat.digits)
      let standard = reader.required("default", example: "\"01\"")
      guard let form, let digits, let standard else { return nil }
      let format = AddressFormat(form: form, digits: digits, offset: UInt8(added))
      return standard.address(format).map { (format, $0) }
    }
  }

  static func readText(_ reader: ObjectReader, columns: Int?) -> FrameText? {
    let pad = reader.optional("pad")
    let padText = pad?.text(length: 1...1) ?? " "
    if let pad, !padText.utf8.allSatisfy(isPrintableASCII) {
      pad.report(
        code: "frame-pad", "\(quoted(padText)) is not ASCII", cure: "Give one ASCII character.")
    }
    let width = reader.known("width")?.integer(in: FrameText.places)
    let characters: FrameText.Characters = reader.optional("characters")?.choice() ?? .ascii
    let segmentsField = reader.optional("segments")
    let segments = segmentsField?.object(readSegments)
    if let segmentsField, characters != .sevenSegment {
      segmentsField.report(
        code: "conflict", "only \"seven-segment\" characters have segments", cure: "Remove it.")
    }
    return FrameText(
      places_max: width ?? columns ?? FrameText.places.upperBound, isPadded: width != nil,
      align: reader.optional("align")?.choice() ?? .left, pad: padText.utf8.first ?? 0x20,
      characters: characters, segments: segments ?? SevenSegments(),
      order: reader.optional("order")?.choice() ?? .leftFirst)
  }

  private static func readSegments(_ reader: ObjectReader) -> SevenSegments? {
    let field = reader.required("bits", example: "\"abcdefgp\"")
    let isInverted = reader.optional("inverted")?.bool() ?? false
    let hasPoint = reader.optional("point")?.bool() ?? true
    guard let field, let written = field.text(length: 8...8) else { return nil }
    if let segments = SevenSegments(
      bits: Array(written.utf8), isInverted: isInverted, hasPoint: hasPoint)
    {
      return segments
    }
    field.report(
      code: "frame-segments", "\(quoted(written)) does not name each segment once",
      cure: "Write the letters a to g, and p for the point, in the order of bits 0 to 7.")
    return nil
  }

  static func readChecksum(_ reader: ObjectReader, _ layout: [FrameElement]) -> FrameSum? {
    let kind: FrameChecksum.Kind? = reader.required("kind", example: "\"xor8\"")?.choice()
    let form: FrameChecksum.Form = reader.optional("form")?.choice() ?? .byte
    let order: FrameChecksum.Order = reader.optional("order")?.choice() ?? .highFirst
    // What is covered begins at the text at the latest.
    let last = layout.firstIndex(of: .text) ?? Self.elements_max
    let first = reader.optional("firstElement")?.integer(in: 0...last) ?? 0
    let crcField = reader.optional("crc")
    let crc = crcField?.object(readCRC)
    if kind == .crc16, crcField == nil {
      reader.reportMissing(
        "crc", "there are many checksums of this kind",
        cure: "Add \"crc\": {\"polynomial\": \"0x8005\", \"initial\": \"0xFFFF\", "
          + "\"reflected\": true}, which is that of Modbus.")
    }
    if let crcField, let kind, kind != .crc16 {
      crcField.report(
        code: "conflict", "\"\(kind.rawValue)\" has no polynomial", cure: "Remove it.")
    }
    return kind.map {
      FrameSum(kind: $0, form: form, order: order, crc: crc ?? .modbus, firstElement: first)
    }
  }

  private static func readCRC(_ reader: ObjectReader) -> CRC16? {
    let polynomial = reader.required("polynomial", example: "\"0x8005\"")?.word()
    let initial = reader.required("initial", example: "\"0xFFFF\"")?.word()
    let isReflected = reader.required("reflected", example: "true")?.bool()
    let final = reader.optional("final").map { $0.word() } ?? 0
    guard let polynomial, let initial, let isReflected, let final else { return nil }
    return CRC16(
      polynomial: polynomial, initial: initial, isReflected: isReflected, final: final)
  }
}

extension JSONField {
  /// 16 bits, `"0x8005"`.
  fileprivate func word() -> UInt16? {
    guard let written = text(length: 1...16) else { return nil }
    let digits = written.dropFirst(2)
    if written.hasPrefix("0x"), digits.utf8.count == 4, digits.utf8.first != UInt8(ascii: "+"),
      let word = UInt16(digits, radix: 16)
    {
      return word
    }
    report(
      code: "frame-crc", "\(quoted(written)) is no number of 16 bits",
      cure: "Write four hex digits, \"0x8005\".")
    return nil
  }
}
