import PositionedJSON
import SignProtocols

// The parts of a frame: its layout, and constants that are sent or awaited besides it.
extension FrameDescription {
  static func readLayout(_ field: JSONField) -> [FrameElement] {
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
    case "{line}": return .line
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

  // MARK: constants

  static func readLines(_ field: JSONField) -> [[UInt8]]? {
    let values = (field.elements(count_max: FrameLines.count.upperBound) ?? []).map(readLiteral)
    let known = values.compactMap { $0 }
    return known.count == values.count ? known : nil
  }

  static func readBefore(_ field: JSONField?, _ address: [UInt8]?) -> [FrameWord] {
    (field?.elements(count_max: FrameConversation.before_max) ?? []).compactMap {
      readWord($0, address)
    }
  }

  /// Bytes that always are the same, with the address where it stands.
  static func readWord(_ field: JSONField, _ address: [UInt8]?) -> FrameWord? {
    var bytes: [UInt8] = []
    var addressIndex: Int?
    for part in field.elements(count_max: elements_max) ?? [] {
      if part.value.string == "{address}" {
        guard let address, addressIndex == nil else {
          part.report(
            code: "frame-element",
            address == nil
              ? "the frame has no address" : "the address stands in the list already",
            cure: "Remove it, or describe the \"address\".")
          return nil
        }
        addressIndex = bytes.count
        bytes += address
      } else if let literal = readLiteral(part) {
        bytes += literal
      } else {
        return nil
      }
    }
    guard isLength(bytes, FrameWord.length, field) else { return nil }
    return FrameWord(bytes, addressIndex: addressIndex)
  }

  static func readAnswer(_ reader: ObjectReader) -> FrameAnswer? {
    let accepts = reader.required("accept", example: "[\"ACK\"]").flatMap(readAnswerBytes)
    let refuses = reader.optional("refuse").map(readAnswerBytes)
    let within = reader.required("withinMs", example: "500")?.integer(in: FrameAnswer.within_ms)
    guard let accepts, let within else { return nil }
    return FrameAnswer(accepts: accepts, refuses: (refuses ?? []) ?? [], within_ms: within)
  }

  private static func readAnswerBytes(_ field: JSONField) -> [UInt8]? {
    let parts = (field.elements(count_max: elements_max) ?? []).map(readLiteral)
    let known = parts.compactMap { $0 }
    guard known.count == parts.count, isLength(known.flatMap { $0 }, FrameAnswer.length, field)
    else { return nil }
    return known.flatMap { $0 }
  }

  private static func isLength(
    _ bytes: [UInt8], _ length: ClosedRange<Int>, _ field: JSONField
  ) -> Bool {
    if length.contains(bytes.count) || field.value.elements == nil { return !bytes.isEmpty }
    field.report(
      code: "list-length", "this has \(bytes.count) bytes",
      cure: "Give \(length.lowerBound) to \(length.upperBound) bytes.")
    return false
  }

  private static func readLiteral(_ field: JSONField) -> [UInt8]? {
    guard let written = field.text(length: 1...literal_bytes_max + 2) else { return nil }
    if let bytes = literalBytes(written) { return bytes }
    field.report(
      code: "frame-element", "\(quoted(written)) cannot stand here",
      cure: "Use a control character such as \"STX\", a byte such as \"0x41\", or a text in single "
        + "quotes such as \"'CALL'\".")
    return nil
  }
}
