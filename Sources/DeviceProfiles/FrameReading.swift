import Branch
import PositionedJSON

extension FrameFormat {
  static func read(_ field: JSONField) -> FrameFormat? {
    field.object { reader in
      let layout =
        reader.required("layout", example: "[\"STX\", \"{text}\", \"ETX\"]")
        .map(readLayout) ?? []
      let address = reader.optional("address").flatMap(readAddress)
      let checksum = reader.optional("checksum")?.object { readChecksum($0, layout) }
      let text = reader.required("text", example: "{\"width\": 8}")?.object(readText)
      let gap = reader.known("gapMs")?.milliseconds(in: Self.gap) ?? Span(ms: 0)
      demand(.address, described: reader.optional("address"), "address", reader, layout)
      demand(.checksum, described: reader.optional("checksum"), "checksum", reader, layout)
      return FrameFormat(
        layout: layout, addressFormat: address?.format, address: address?.bytes ?? [],
        text: text ?? FrameText(width: nil), checksum: checksum, gap: gap)
    }
  }

  /// An element of the layout and its description must both be there, or neither.
  private static func demand(
    _ element: Element, described: JSONField?, _ key: String, _ reader: ObjectReader,
    _ layout: [Element]
  ) {
    if layout.contains(element), described == nil {
      reader.reportMissing(
        key, "the layout has an element {\(key)} that is not described",
        cure: "Add \"\(key)\": {…}, or remove it from the layout.")
    }
    if let described, !layout.isEmpty, !layout.contains(element) {
      described.report(
        code: "conflict", "the layout has no element {\(key)}",
        cure: "Add \"{\(key)}\" to the layout, or remove this.")
    }
  }

  // MARK: layout

  private static func readLayout(_ field: JSONField) -> [Element] {
    var layout: [Element] = []
    var complete = true
    for part in field.elements(count_max: elements_max) ?? [] {
      guard let element = readElement(part) else {
        complete = false
        continue
      }
      let isField = if case .bytes = element { false } else { true }
      if isField, layout.contains(element) {
        part.report(
          code: "doubled", "this element stands in the layout already", cure: "Keep one of them.")
      }
      layout.append(element)
    }
    if complete, field.value.elements != nil, !layout.contains(.text) {
      field.report(
        code: "frame-text", "the layout has no place for the text", cure: "Add \"{text}\" to it.")
    }
    return layout
  }

  private static func readElement(_ field: JSONField) -> Element? {
    guard let written = field.text(length: 1...FrameFormat.literal_bytes_max + 2) else {
      return nil
    }
    switch written {
    case "{address}": return .address
    case "{text}": return .text
    case "{checksum}": return .checksum
    default: break
    }
    if let bytes = literalBytes(written) { return .bytes(bytes) }
    field.report(
      code: "frame-element", "\(quoted(written)) is no part of a frame",
      cure: "Use a control character such as \"STX\", a byte such as \"0x41\", a text in single "
        + "quotes such as \"'CALL'\", or \"{address}\", \"{text}\", \"{checksum}\".")
    return nil
  }

  /// `STX`, `0x41` or `'CALL'`.
  static func literalBytes(_ written: String) -> [UInt8]? {
    if let code = controlCharacters.firstIndex(of: written) { return [UInt8(code)] }
    if written == "DEL" { return [0x7F] }
    let bytes = Array(written.utf8)
    if bytes.count == 4, written.hasPrefix("0x"), let byte = UInt8(written.dropFirst(2), radix: 16),
      bytes[2] != UInt8(ascii: "+")
    {
      return [byte]
    }
    let quote = UInt8(ascii: "'")
    guard bytes.count >= 3, bytes.first == quote, bytes.last == quote else { return nil }
    let text = Array(bytes[1..<bytes.count - 1])
    return text.allSatisfy(isPrintableASCII) ? text : nil
  }

  /// Names of 0x00 to 0x1F [ISO 646].
  private static let controlCharacters = [
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR",
    "SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC",
    "FS", "GS", "RS", "US",
  ]

  // MARK: fields

  private static func readAddress(
    _ field: JSONField
  ) -> (format: AddressFormat, bytes: [UInt8])? {
    field.object { reader in
      let form: AddressFormat.Form? = reader.required("form", example: "\"decimal\"")?.choice()
      let digits =
        form == .byte
        ? 1
        : reader.required("digits", example: "2")?.integer(in: AddressFormat.digits)
      let standard = reader.required("default", example: "\"01\"")
      guard let form, let digits, let text = standard?.text(length: 1...8) else { return nil }
      let format = AddressFormat(form: form, digits: digits)
      guard let bytes = format.bytes(text) else {
        standard?.report(
          code: "address", "\(quoted(text)) does not fit", cure: "Give \(format.rule).")
        return nil
      }
      return (format, bytes)
    }
  }

  private static func readText(_ reader: ObjectReader) -> FrameText? {
    let pad = reader.optional("pad")
    let padText = pad?.text(length: 1...1) ?? " "
    if let pad, !padText.utf8.allSatisfy(isPrintableASCII) {
      pad.report(
        code: "frame-pad", "\(quoted(padText)) is not ASCII", cure: "Give one ASCII character.")
    }
    return FrameText(
      width: reader.known("width")?.integer(in: FrameText.width),
      align: reader.optional("align")?.choice() ?? .left, pad: padText.utf8.first ?? 0x20,
      characters: reader.optional("characters")?.choice() ?? .ascii)
  }

  private static func readChecksum(
    _ reader: ObjectReader, _ layout: [Element]
  ) -> FrameChecksum? {
    let kind: FrameChecksum.Kind? = reader.required("kind", example: "\"xor8\"")?.choice()
    let form: FrameChecksum.Form = reader.optional("form")?.choice() ?? .byte
    let from = reader.optional("firstElement")
    let place = layout.firstIndex(of: .checksum) ?? 0
    let first = from?.integer(in: 0...max(0, place - 1)) ?? 0
    return kind.map { FrameChecksum(kind: $0, form: form, firstElement: first) }
  }
}

func isPrintableASCII(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) }
