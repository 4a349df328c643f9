import Branch
import PositionedJSON
import SignProtocols

/// A part of a frame as a profile's layout lists it.
private enum FrameElement: Hashable {
  case bytes([UInt8])
  case address, text, checksum
}

extension FrameDescription {
  static let elements_max = 32
  static let literal_bytes_max = 32

  /// The frame with the address that is used when the configuration gives none, and the silence
  /// after it. nil, and something reported, when a sign could not make anything of it.
  /// - Parameter columns: places of a text without a width.
  static func read(_ field: JSONField, columns: Int?) -> (frame: FrameDescription, gap: Span)? {
    let before = field.findings.count
    return field.object { reader in
      let layoutField = reader.required("layout", example: "[\"STX\", \"{text}\", \"ETX\"]")
      let layout = layoutField.map(readLayout) ?? []
      let address = reader.optional("address").flatMap(readAddress)
      let checksum = reader.optional("checksum")?.object { readChecksum($0, layout) }
      let text = reader.required("text", example: "{\"width\": 8}")?
        .object { readText($0, columns: columns) }
      let gap = reader.known("gapMs")?.milliseconds(in: SignProfile.gap) ?? Span(ms: 0)
      demand(.address, described: reader.optional("address"), "address", reader, layout)
      demand(.checksum, described: reader.optional("checksum"), "checksum", reader, layout)
      guard field.findings.count == before, let layoutField, let text else { return nil }
      let frame = layoutField.usable { () throws(Problem) in
        try FrameDescription(layout, text, address, checksum)
      }
      return frame.map { ($0, gap) }
    }
  }

  /// Head and tail from the elements before and after the text.
  private init(
    _ layout: [FrameElement], _ text: FrameText,
    _ address: (format: AddressFormat, bytes: [UInt8])?,
    _ checksum: (kind: FrameChecksum.Kind, form: FrameChecksum.Form, firstElement: Int)?
  ) throws(Problem) {
    var head: [UInt8] = []
    var tail: [UInt8] = []
    var isBehindText = false
    var uncoveredBytes = 0
    var tailBytesBefore = 0
    var place = FrameAddress.Place.head(0)
    func add(_ bytes: [UInt8]) {
      if isBehindText { tail += bytes } else { head += bytes }
    }
    for (index, element) in layout.enumerated() {
      if index == checksum?.firstElement { uncoveredBytes = head.count }
      switch element {
      case .text: isBehindText = true
      case .checksum: tailBytesBefore = tail.count
      case .bytes(let bytes): add(bytes)
      case .address:
        place = isBehindText ? .tail(tail.count) : .head(head.count)
        add(address?.bytes ?? [])
      }
    }
    try self.init(
      head: head, text: text, tail: tail,
      checksum: checksum.map {
        FrameChecksum(
          kind: $0.kind, form: $0.form, uncoveredBytes: uncoveredBytes,
          tailBytesBefore: tailBytesBefore)
      },
      address: address.map { FrameAddress(format: $0.format, place: place) })
  }

  /// An element of the layout and its description must both be there, or neither.
  private static func demand(
    _ element: FrameElement, described: JSONField?, _ key: String, _ reader: ObjectReader,
    _ layout: [FrameElement]
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

  private static func readLayout(_ field: JSONField) -> [FrameElement] {
    var layout: [FrameElement] = []
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
    if let text = layout.firstIndex(of: .text), let sum = layout.firstIndex(of: .checksum),
      sum < text
    {
      field.report(
        code: "frame-checksum", "the checksum stands before the text and cannot cover it",
        cure: "Put \"{checksum}\" behind \"{text}\".")
    }
    return layout
  }

  private static func readElement(_ field: JSONField) -> FrameElement? {
    guard let written = field.text(length: 1...Self.literal_bytes_max + 2) else {
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
      guard let form, let digits, let standard else { return nil }
      let format = AddressFormat(form: form, digits: digits)
      return standard.address(format).map { (format, $0) }
    }
  }

  private static func readText(_ reader: ObjectReader, columns: Int?) -> FrameText? {
    let pad = reader.optional("pad")
    let padText = pad?.text(length: 1...1) ?? " "
    if let pad, !padText.utf8.allSatisfy(isPrintableASCII) {
      pad.report(
        code: "frame-pad", "\(quoted(padText)) is not ASCII", cure: "Give one ASCII character.")
    }
    let width = reader.known("width")?.integer(in: FrameText.places)
    return FrameText(
      places_max: width ?? columns ?? FrameText.places.upperBound, isPadded: width != nil,
      align: reader.optional("align")?.choice() ?? .left, pad: padText.utf8.first ?? 0x20,
      characters: reader.optional("characters")?.choice() ?? .ascii)
  }

  private static func readChecksum(
    _ reader: ObjectReader, _ layout: [FrameElement]
  ) -> (kind: FrameChecksum.Kind, form: FrameChecksum.Form, firstElement: Int)? {
    let kind: FrameChecksum.Kind? = reader.required("kind", example: "\"xor8\"")?.choice()
    let form: FrameChecksum.Form = reader.optional("form")?.choice() ?? .byte
    // What is covered begins at the text at the latest.
    let last = layout.firstIndex(of: .text) ?? Self.elements_max
    let first = reader.optional("firstElement")?.integer(in: 0...last) ?? 0
    return kind.map { ($0, form, first) }
  }
}

func isPrintableASCII(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) }
