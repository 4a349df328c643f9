/// Offset of the first byte that does not belong to well-formed UTF-8; nil when all do.
/// Byte ranges by The Unicode Standard, table 3-7: no overlong forms, no surrogates, nothing
/// above U+10FFFF.
func firstOffsetOutsideUTF8(_ bytes: [UInt8]) -> Int? {
  var offset = 0
  while offset < bytes.count {
    let lead = bytes[offset]
    if lead < 0x80 {
      offset += 1
      continue
    }
    guard let (second, length) = secondByteRange(lead: lead) else { return offset }
    guard offset + length <= bytes.count, second.contains(bytes[offset + 1]) else { return offset }
    for index in (offset + 2)..<max(offset + 2, offset + length)
    where !(0x80...0xBF).contains(bytes[index]) {
      return offset
    }
    offset += length
  }
  return nil
}

/// What may follow a lead byte, and how long its sequence is; nil for a byte that leads nothing.
private func secondByteRange(lead: UInt8) -> (ClosedRange<UInt8>, Int)? {
  switch lead {
  case 0xC2...0xDF: (0x80...0xBF, 2)
  case 0xE0: (0xA0...0xBF, 3)
  case 0xE1...0xEC, 0xEE...0xEF: (0x80...0xBF, 3)
  case 0xED: (0x80...0x9F, 3)
  case 0xF0: (0x90...0xBF, 4)
  case 0xF1...0xF3: (0x80...0xBF, 4)
  case 0xF4: (0x80...0x8F, 4)
  default: nil
  }
}
