import Glibc

/// What a logged disk was asked to do, in order, with the moments at which something was seen from
/// outside. The file: for each entry its kind, offset and length (little-endian, 1, 8 and 4 bytes),
/// then the bytes.
struct BlockLog {
  enum Kind: UInt8 {
    /// May still be in the disk's cache.
    case write = 0x57
    /// FUA: durable by itself.
    case durableWrite = 0x55
    /// All writes before are durable.
    case flush = 0x46
    /// Bytes of the marks line: what the driver in the guest saw.
    case mark = 0x4D
  }

  struct Entry {
    var kind: Kind
    var offset: Int
    var bytes: [UInt8]
  }

  static let head_bytes = 13

  static func head(_ kind: Kind, offset: Int, count: Int) -> [UInt8] {
    [kind.rawValue] + (0..<8).map { UInt8(truncatingIfNeeded: offset >> (8 * $0)) }
      + (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
  }

  /// Reads a log up to the first entry that is not whole.
  static func entries(_ bytes: [UInt8]) -> [Entry] {
    var entries: [Entry] = []
    var place = 0
    func number(_ start: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
    }
    while place + head_bytes <= bytes.count, let kind = Kind(rawValue: bytes[place]) {
      let count = number(place + 9, 4)
      let start = place + head_bytes
      guard start + count <= bytes.count else { break }
      entries.append(
        Entry(
          kind: kind, offset: number(place + 1, 8), bytes: Array(bytes[start..<start + count])))
      place = start + count
    }
    return entries
  }
}
