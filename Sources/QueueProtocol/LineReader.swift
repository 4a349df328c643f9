import Branch

/// Takes one line apart, left to right.
struct LineReader {
  private let bytes: [UInt8]
  private let bytes_max: Int
  private let parts_max: Int
  private var position = 0

  init(bytes: [UInt8], bytes_max: Int, _ parts_max: Int) {
    // A person at a terminal may send CR LF.
    self.bytes = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
    self.bytes_max = bytes_max
    self.parts_max = parts_max
  }

  mutating func read() throws(ProtocolError) -> Line {
    guard bytes.count <= bytes_max else { throw .tooLong }
    guard bytes.allSatisfy({ $0 < 0x80 }) || String(validating: bytes, as: UTF8.self) != nil
    else { throw .notUTF8 }
    skipSpaces()
    var line = Line(try verb())
    line.words.reserveCapacity(2)
    line.fields.reserveCapacity(8)
    while true {
      skipSpaces()
      if position == bytes.count { return line }
      guard line.words.count + line.fields.count < parts_max else { throw .syntax }
      if let field = try field() {
        guard line.fields[field.key] == nil else { throw .syntax }
        line.fields.append(field)
      } else {
        guard line.fields.isEmpty else { throw .syntax }
        line.words.append(try value())
      }
    }
  }

  private mutating func skipSpaces() {
    while position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
  }

  private mutating func verb() throws(ProtocolError) -> String {
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: " ") {
      let byte = bytes[position]
      guard (65...90).contains(byte) || byte == UInt8(ascii: "-") else { throw .syntax }
      position += 1
    }
    guard (1...16).contains(position - start) else { throw .syntax }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// `key=value`, or nil when a word stands here.
  private mutating func field() throws(ProtocolError) -> Field? {
    var end = position
    while end < bytes.count, isKey(bytes[end]) { end += 1 }
    guard end > position, end < bytes.count, bytes[end] == UInt8(ascii: "=") else { return nil }
    guard end - position <= 32 else { throw .syntax }
    let key = String(decoding: bytes[position..<end], as: UTF8.self)
    position = end + 1
    return Field(key, try value())
  }

  private mutating func value() throws(ProtocolError) -> String {
    if position < bytes.count, bytes[position] == UInt8(ascii: "\"") { return try quoted() }
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: " ") {
      guard isBare(bytes[position]) else { throw .syntax }
      position += 1
    }
    guard position > start else { throw .syntax }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func quoted() throws(ProtocolError) -> String {
    position += 1
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard position == bytes.count || bytes[position] == UInt8(ascii: " ") else {
          throw .syntax
        }
        guard let value = String(validating: text, as: UTF8.self) else { throw .syntax }
        return value
      case UInt8(ascii: "\\"): text.append(try escaped())
      case 0..<0x20, 0x7F: throw .syntax
      default: text.append(byte)
      }
    }
    throw .syntax
  }

  private mutating func escaped() throws(ProtocolError) -> UInt8 {
    guard position < bytes.count else { throw .syntax }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): return byte
    case UInt8(ascii: "n"): return UInt8(ascii: "\n")
    case UInt8(ascii: "t"): return UInt8(ascii: "\t")
    case UInt8(ascii: "x"):
      guard position + 2 <= bytes.count, let high = hexDigit(bytes[position]),
        let low = hexDigit(bytes[position + 1])
      else { throw .syntax }
      // One spelling each: what can stand for itself is not escaped.
      let value = high << 4 | low
      guard value < 0x20 || value == 0x7F else { throw .syntax }
      position += 2
      return value
    default: throw .syntax
    }
  }

  private func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
