// The text of a frame as its places have it.
extension FrameDescription {
  func field(for shown: String) -> [UInt8] {
    text.field(for: SignText.ascii(shown).map { isReserved($0) ? SignText.replacement : $0 })
  }

  /// A byte of the text that a sign would take for the frame's begin or end. Letters and digits
  /// are never reserved: as part of a head they are known by their place.
  private func isReserved(_ byte: UInt8) -> Bool {
    guard (heads + tails).contains(where: { $0.first == byte }) else { return false }
    return !SignText.isWord(byte) && byte != UInt8(ascii: " ") && byte != SignText.replacement
  }
}

extension FrameText {
  /// The bytes of the places, in the order of the line.
  /// - Parameter shown: printable ASCII.
  func field(for shown: [UInt8]) -> [UInt8] {
    var bytes = shown
    switch characters {
    case .ascii: break
    case .upperASCII: bytes = SignText.uppercased(bytes)
    case .digits: bytes = digits(of: bytes)
    case .sevenSegment: return ordered(segmentBytes(showable(bytes)))
    }
    return ordered(padded(TextFitting.fit(bytes, into: places_max), with: pad))
  }

  private func ordered(_ bytes: [UInt8]) -> [UInt8] {
    order == .leftFirst ? bytes : bytes.reversed()
  }

  /// The first run of digits; dashes when the text has none, so that `CLOSED` is not dark.
  private func digits(of bytes: [UInt8]) -> [UInt8] {
    if TextFitting.trimmed(bytes).isEmpty { return [] }
    let run = bytes.drop { !SignText.isDigit($0) }.prefix(while: SignText.isDigit)
    return run.isEmpty ? [UInt8](repeating: TextFitting.dash, count: places_max) : Array(run)
  }

  private func padded<Place>(_ places: [Place], with pad: Place) -> [Place] {
    guard isPadded else { return places }
    let missing = places_max - places.count
    let before: Int
    switch align {
    case .left: before = 0
    case .right: before = missing
    case .center: before = missing / 2
    }
    return [Place](repeating: pad, count: before) + places
      + [Place](repeating: pad, count: missing - before)
  }

  // MARK: seven segments

  /// The text in characters that have a shape. A ticket whose letters have none keeps its digits,
  /// as on any display of digits; elsewhere a dash stands for what has no shape.
  private func showable(_ bytes: [UInt8]) -> [UInt8] {
    let text = TextFitting.trimmed(bytes)
    let letters = text.prefix(while: SignText.isLetter)
    let digits = text.dropFirst(letters.count).prefix(while: SignText.isDigit)
    if !digits.isEmpty, letters.contains(where: { SevenSegments.shown($0) == nil }) {
      return Array(digits)
    }
    return text.enumerated().map { index, byte in
      if byte == Self.point, segments.hasPoint, index > 0, text[index - 1] != Self.point {
        return byte
      }
      return SevenSegments.shown(byte) ?? TextFitting.dash
    }
  }

  private static let point = UInt8(ascii: ".")

  private func segmentBytes(_ text: [UInt8]) -> [UInt8] {
    var fitting = text
    if places(text).count > places_max {
      fitting = TextFitting.fit(text, into: places_max)
      if fitting.first == Self.point { fitting = [] }
    }
    let pad = SevenSegments.shown(pad) ?? UInt8(ascii: " ")
    return padded(places(fitting).map(segments.byte), with: segments.byte(pad, point: false))
  }

  /// Characters with the point that follows them.
  private func places(_ text: [UInt8]) -> [(character: UInt8, point: Bool)] {
    var places: [(character: UInt8, point: Bool)] = []
    for byte in text {
      if byte == Self.point, segments.hasPoint, !places.isEmpty {
        places[places.count - 1].point = true
      } else {
        places.append((byte, false))
      }
    }
    return places
  }

  // MARK: reading

  /// Whether the sign could have got this byte in a place.
  func isPlace(_ byte: UInt8) -> Bool {
    characters == .sevenSegment ? segments.character(byte) != nil : SignText.isPrintable(byte)
  }

  /// What the places show, without what they were filled with.
  func shown(_ field: [UInt8]) -> String {
    var places = ordered(field).map(place)[...]
    if isPadded {
      let filling = characters == .sevenSegment ? SevenSegments.shown(pad) ?? 0x20 : pad
      func isFilling(_ place: (character: UInt8, point: Bool)) -> Bool {
        place.character == filling && !place.point
      }
      if align != .left { places = places.drop(while: isFilling) }
      if align != .right {
        while let last = places.last, isFilling(last) { places.removeLast() }
      }
    }
    return SignText.string(places.flatMap { [$0.character] + ($0.point ? [Self.point] : []) })
  }

  private func place(_ byte: UInt8) -> (character: UInt8, point: Bool) {
    guard characters == .sevenSegment else { return (byte, false) }
    return segments.character(byte) ?? (TextFitting.dash, false)
  }
}
