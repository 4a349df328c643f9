/// PNG (ISO/IEC 15948; W3C Portable Network Graphics, second edition), all kinds of pictures.
/// Colours become shades, transparent dots the white of the paper. Gamma and profiles are passed
/// over: paper knows black and white.
struct PNGReader {
  private var bytes: [UInt8]
  private var place = PNGSignature.bytes.count
  private var palette: [UInt8] = []
  private var transparency: [UInt8]?
  private var packed: [UInt8] = []

  static func read(_ bytes: [UInt8]) throws(PictureError) -> GreyPicture {
    var reader = PNGReader(bytes: bytes)
    return try reader.read()
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func read() throws(PictureError) -> GreyPicture {
    guard bytes.count >= PNGSignature.bytes.count else { throw .truncated }
    let (name, data) = try part()
    guard name == "IHDR" else { throw .malformed("it does not begin with its size") }
    let header = try PNGHeader(data)
    try readParts(header)
    let unpacked = try Inflate.zlib(packed, size_max: header.unpacked_bytes)
    guard unpacked.count == header.unpacked_bytes else { throw .truncated }
    let shades = try PNGShades(header, palette: palette, transparency: transparency)
    var picture = GreyPicture(white: header.width, header.height)
    var start = 0
    for pass in header.passes where pass.width > 0 && pass.height > 0 {
      try draw(pass, header, shades, unpacked, &start, &picture)
    }
    return picture
  }

  private mutating func readParts(_ header: PNGHeader) throws(PictureError) {
    while true {
      let (name, data) = try part()
      switch name {
      case "IEND": return
      case "IDAT": packed += data
      case "PLTE":
        guard data.count % 3 == 0, (3...768).contains(data.count) else {
          throw .malformed("its palette has no whole colours")
        }
        palette = Array(data)
      case "tRNS": transparency = Array(data)
      case "IHDR": throw .malformed("it tells its size twice")
      // A part that one may pass over has a small first letter (5.4).
      default:
        guard name.utf8.first.map({ $0 & 0x20 != 0 }) ?? false else {
          throw .malformed("it has a part \(name), which is not known")
        }
      }
    }
  }

  /// Length, name, data, checksum of name and data.
  private mutating func part() throws(PictureError) -> (name: String, data: ArraySlice<UInt8>) {
    guard place + 8 <= bytes.count else { throw .truncated }
    let length = Int(word(place))
    let name = bytes[place + 4..<place + 8]
    guard name.allSatisfy({ ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }) else {
      throw .malformed("a part has no sound name")
    }
    let end = place + 8 + length
    guard end + 4 <= bytes.count else { throw .truncated }
    let text = String(decoding: name, as: UTF8.self)
    guard CRC32.of(bytes[place + 4..<end]) == word(end) else { throw .badChecksum(of: text) }
    defer { place = end + 4 }
    return (text, bytes[place + 8..<end])
  }

  private func word(_ place: Int) -> UInt32 {
    bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  // MARK: rows

  private func draw(
    _ pass: PNGHeader.Pass, _ header: PNGHeader, _ shades: PNGShades, _ data: [UInt8],
    _ start: inout Int, _ picture: inout GreyPicture
  ) throws(PictureError) {
    let count = header.row_bytes(pass.width)
    var above = [UInt8](repeating: 0, count: count)
    for row in 0..<pass.height {
      var line = Array(data[start + 1..<start + 1 + count])
      try Self.restore(&line, above, filter: data[start], step: header.step_bytes)
      start += 1 + count
      var place = (pass.y + row * pass.dy) * header.width + pass.x
      for column in 0..<pass.width {
        picture.luminance[place] = try shades.shade(line, column)
        place += pass.dx
      }
      above = line
    }
  }

  /// Takes a filter back (clause 9.2).
  private static func restore(
    _ line: inout [UInt8], _ above: [UInt8], filter: UInt8, step: Int
  ) throws(PictureError) {
    switch filter {
    case 0: break
    case 1: for place in line.indices.dropFirst(step) { line[place] &+= line[place - step] }
    case 2: for place in line.indices { line[place] &+= above[place] }
    case 3:
      for place in line.indices {
        let left = place < step ? 0 : Int(line[place - step])
        line[place] &+= UInt8((left + Int(above[place])) / 2)
      }
    case 4:
      for place in line.indices {
        let left = place < step ? 0 : Int(line[place - step])
        let corner = place < step ? 0 : Int(above[place - step])
        line[place] &+= paeth(left, Int(above[place]), corner)
      }
    default: throw .malformed("a row has a filter that does not exist")
    }
  }

  private static func paeth(_ left: Int, _ up: Int, _ corner: Int) -> UInt8 {
    let guess = left + up - corner
    let (toLeft, toUp, toCorner) = (abs(guess - left), abs(guess - up), abs(guess - corner))
    if toLeft <= toUp && toLeft <= toCorner { return UInt8(left) }
    return UInt8(toUp <= toCorner ? up : corner)
  }
}
