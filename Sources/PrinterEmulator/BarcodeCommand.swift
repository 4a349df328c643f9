import Barcodes

/// `GS k`, function B: the kind of symbol, a count, and so many bytes of data.
extension CommandReader {
  func barcode() -> Parsed {
    guard let system = self[2] else { return .incomplete }
    guard let symbology = Self.symbology(system) else {
      return .fault(
        (65...78).contains(system) || system <= 6 ? .unsupported : .badParameter, length: 3)
    }
    guard let count = self[3] else { return .incomplete }
    let length = 4 + Int(count)
    guard bytes.count >= length else { return .incomplete }
    let payload = Array(bytes[bytes.startIndex + 4..<bytes.startIndex + length])
    let text = symbology == .code128 ? Self.code128Text(payload) : Self.plainText(payload)
    guard let text, (try? Barcode(symbology, text)) != nil else {
      return .fault(.badParameter, length: length)
    }
    return .command(.barcode(symbology, text), length: length)
  }

  private static func symbology(_ system: UInt8) -> BarcodeSymbology? {
    switch system {
    case 67: .ean13
    case 69: .code39
    case 73: .code128
    default: nil
    }
  }

  private static func plainText(_ payload: [UInt8]) -> String? {
    payload.allSatisfy { (0x20...0x7E).contains($0) }
      ? String(decoding: payload, as: UTF8.self) : nil
  }

  /// The data begin with the choice of a code set: `{B` printable ASCII with doubled braces, `{C`
  /// pairs of digits as bytes 0 to 99. Set A and the functions have no place on a ticket.
  private static func code128Text(_ payload: [UInt8]) -> String? {
    let brace = UInt8(ascii: "{")
    var text = ""
    var isPairs: Bool?
    var index = 0
    while index < payload.count {
      if payload[index] == brace {
        guard index + 1 < payload.count else { return nil }
        switch (payload[index + 1], isPairs) {
        case (brace, false): text.append("{")
        case (UInt8(ascii: "B"), _): isPairs = false
        case (UInt8(ascii: "C"), _): isPairs = true
        default: return nil
        }
        index += 2
        continue
      }
      switch isPairs {
      case nil: return nil
      case true?:
        guard payload[index] <= 99 else { return nil }
        text += (payload[index] < 10 ? "0" : "") + String(payload[index])
      case false?:
        guard (0x20...0x7E).contains(payload[index]) else { return nil }
        text.unicodeScalars.append(Unicode.Scalar(payload[index]))
      }
      index += 1
    }
    return text
  }
}
