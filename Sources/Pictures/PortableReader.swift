/// Netpbm's formats in black and white and in shades: P1, P2, P4, P5 (netpbm: pbm(5), pgm(5)).
struct PortableReader {
  private let bytes: [UInt8]
  private var place = 2
  private static let shades_max = 65_535

  static func read(_ bytes: [UInt8]) throws(PictureError) -> GreyPicture {
    guard bytes.count >= 2 else { throw .truncated }
    var reader = PortableReader(bytes: bytes)
    switch bytes[1] {
    case UInt8(ascii: "1"): return try reader.readBits(asText: true)
    case UInt8(ascii: "4"): return try reader.readBits(asText: false)
    case UInt8(ascii: "2"): return try reader.readShades(asText: true)
    case UInt8(ascii: "5"): return try reader.readShades(asText: false)
    default: throw .unknownKind
    }
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func readSize() throws(PictureError) -> GreyPicture {
    let width = try number()
    let height = try number()
    try GreyPicture.check(width: width, height: height)
    // As many bytes as even the densest form needs, before any room is made for dots.
    guard bytes.count - place >= width * height / 8 else { throw .truncated }
    return GreyPicture(white: width, height)
  }

  private mutating func readBits(asText: Bool) throws(PictureError) -> GreyPicture {
    var picture = try readSize()
    if asText {
      for index in picture.luminance.indices where try digit() { picture.luminance[index] = 0 }
      return picture
    }
    try endHeader()
    let stride = (picture.width_px + 7) / 8
    guard bytes.count - place >= stride * picture.height_px else { throw .truncated }
    for y in 0..<picture.height_px {
      for x in 0..<picture.width_px
      where bytes[place + y * stride + x / 8] & (0x80 >> UInt8(x % 8)) != 0 {
        picture.luminance[y * picture.width_px + x] = 0
      }
    }
    return picture
  }

  private mutating func readShades(asText: Bool) throws(PictureError) -> GreyPicture {
    var picture = try readSize()
    let most = try number()
    guard (1...Self.shades_max).contains(most) else {
      throw .malformed("its lightest shade is not within 1 to \(Self.shades_max)")
    }
    if !asText { try endHeader() }
    let width = most > 255 ? 2 : 1
    guard asText || bytes.count - place >= picture.luminance.count * width else {
      throw .truncated
    }
    for index in picture.luminance.indices {
      let value = asText ? try number() : raw(width)
      guard value <= most else { throw .malformed("a dot is lighter than the lightest shade") }
      picture.luminance[index] = UInt8((value * 255 + most / 2) / most)
    }
    return picture
  }

  private mutating func raw(_ width: Int) -> Int {
    defer { place += width }
    return width == 1 ? Int(bytes[place]) : Int(bytes[place]) << 8 | Int(bytes[place + 1])
  }

  // MARK: text

  /// Blanks and comments up to the end of their line.
  private mutating func skipBlanks() {
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "#") {
        while place < bytes.count, bytes[place] != 0x0A, bytes[place] != 0x0D { place += 1 }
      } else if Self.isBlank(bytes[place]) {
        place += 1
      } else {
        return
      }
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }

  private mutating func number() throws(PictureError) -> Int {
    skipBlanks()
    var value = 0
    let start = place
    while place < bytes.count, (48...57).contains(bytes[place]) {
      value = min(value * 10 + Int(bytes[place]) - 48, 1_000_000)
      place += 1
    }
    guard place > start else {
      throw place < bytes.count ? .malformed("a number is missing in it") : .truncated
    }
    return value
  }

  /// A single 0 or 1; blanks between them may be missing.
  private mutating func digit() throws(PictureError) -> Bool {
    skipBlanks()
    guard place < bytes.count else { throw .truncated }
    defer { place += 1 }
    switch bytes[place] {
    case UInt8(ascii: "0"): return false
    case UInt8(ascii: "1"): return true
    default: throw .malformed("a dot is neither 0 nor 1")
    }
  }

  /// Exactly one blank stands before raw dots.
  private mutating func endHeader() throws(PictureError) {
    guard place < bytes.count else { throw .truncated }
    guard Self.isBlank(bytes[place]) else { throw .malformed("no blank stands before its dots") }
    place += 1
  }
}
