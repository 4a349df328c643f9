// The text of a frame as its places have it.
extension FrameDescription {
  func field(for shown: String) -> [UInt8] {
    var bytes = SignText.ascii(shown).map { isReserved($0) ? SignText.replacement : $0 }
    if text.characters == .upperASCII { bytes = SignText.uppercased(bytes) }
    if text.characters == .digits { bytes = digits(of: bytes) }
    return padded(TextFitting.fit(bytes, into: text.places_max))
  }

  /// A byte of the text that a sign would take for the frame's begin or end. Letters and digits
  /// are never reserved: as part of a head they are known by their place.
  private func isReserved(_ byte: UInt8) -> Bool {
    guard byte == head.first || byte == tail.first else { return false }
    return !SignText.isWord(byte) && byte != UInt8(ascii: " ") && byte != SignText.replacement
  }

  /// The first run of digits; dashes when the text has none, so that `CLOSED` is not dark.
  private func digits(of bytes: [UInt8]) -> [UInt8] {
    if TextFitting.trimmed(bytes).isEmpty { return [] }
    let run = bytes.drop { !SignText.isDigit($0) }.prefix(while: SignText.isDigit)
    return run.isEmpty ? [UInt8](repeating: TextFitting.dash, count: text.places_max) : Array(run)
  }

  private func padded(_ bytes: [UInt8]) -> [UInt8] {
    guard text.isPadded else { return bytes }
    let missing = text.places_max - bytes.count
    let before: Int
    switch text.align {
    case .left: before = 0
    case .right: before = missing
    case .center: before = missing / 2
    }
    return [UInt8](repeating: text.pad, count: before) + bytes
      + [UInt8](repeating: text.pad, count: missing - before)
  }
}
