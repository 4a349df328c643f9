/// Bytes of a connection to lines. A line longer than `Line.length_max` ends the connection: what
/// comes after it cannot be trusted to be a line.
public struct LineFramer: Sendable {
  private var pending: [UInt8] = []

  public init() {}

  /// Feeds what was read, calls `line` for each whole line, without its line feed. The bytes of the
  /// line are good until `line` returns.
  /// Throws `.tooLong` once a line outgrows the limit; feed nothing after that.
  public mutating func feed(
    _ chunk: UnsafeRawBufferPointer, lines line: (UnsafeRawBufferPointer) -> Void
  ) throws(ProtocolError) {
    var start = 0
    while start < chunk.count {
      let end = Self.lineEnd(in: chunk, from: start)
      let part = UnsafeRawBufferPointer(rebasing: chunk[start..<end])
      guard pending.count + part.count < Line.length_max else { throw .tooLong }
      guard end < chunk.count else { return pending.append(contentsOf: part) }
      start = end + 1
      if pending.isEmpty {
        line(part)
      } else {
        // Given away, not emptied: ten thousand idle connections hold no room for a line each.
        let whole = pending + part
        pending = []
        whole.withUnsafeBytes(line)
      }
    }
  }

  /// The same for bytes that stand in any sequence, and lines to keep.
  public mutating func feed(
    _ chunk: some Sequence<UInt8>, _ line: ([UInt8]) -> Void
  ) throws(ProtocolError) {
    let outcome = Array(chunk).withUnsafeBytes { bytes in
      Result { () throws(ProtocolError) in try feed(bytes) { line(Array($0)) } }
    }
    try outcome.get()
  }

  /// Bytes of an unfinished line.
  public var unfinishedCount: Int { pending.count }

  /// Place of the next line feed, or the end. Eight bytes in one step.
  private static func lineEnd(in chunk: UnsafeRawBufferPointer, from start: Int) -> Int {
    let feeds: UInt64 = 0x0A0A_0A0A_0A0A_0A0A
    let ones: UInt64 = 0x0101_0101_0101_0101
    var place = start
    while place + 8 <= chunk.count {
      let word = UInt64(littleEndian: chunk.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      let zeroWhereFeed = word ^ feeds
      // The lowest byte that is zero sets its high bit; only bytes above it may do so wrongly.
      let found = (zeroWhereFeed &- ones) & ~zeroWhereFeed & (ones << 7)
      if found != 0 { return place + found.trailingZeroBitCount / 8 }
      place += 8
    }
    while place < chunk.count, chunk[place] != UInt8(ascii: "\n") { place += 1 }
    return place
  }
}
