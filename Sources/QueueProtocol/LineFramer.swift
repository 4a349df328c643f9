/// Bytes of a connection to lines. A line longer than `Line.length_max` ends the connection: what
/// comes after it cannot be trusted to be a line.
public struct LineFramer: Sendable {
  private var pending: [UInt8] = []

  public init() {}

  /// Feeds what was read, calls `line` for each whole line, without its line feed.
  /// Throws `.tooLong` once a line outgrows the limit; feed nothing after that.
  public mutating func feed(
    _ chunk: UnsafeRawBufferPointer, _ line: ([UInt8]) -> Void
  ) throws(ProtocolError) {
    var start = 0
    while start < chunk.count {
      let rest = chunk[start...]
      let end = rest.firstIndex(of: UInt8(ascii: "\n"))
      let part = chunk[start..<(end ?? chunk.count)]
      guard pending.count + part.count < Line.length_max else { throw .tooLong }
      guard let end else { return pending.append(contentsOf: part) }
      start = end + 1
      if pending.isEmpty {
        line([UInt8](part))
      } else {
        pending.append(contentsOf: part)
        line(pending)
        pending.removeAll(keepingCapacity: true)
      }
    }
  }

  /// The same for bytes that stand in any sequence.
  public mutating func feed(
    _ chunk: some Sequence<UInt8>, _ line: ([UInt8]) -> Void
  ) throws(ProtocolError) {
    let outcome = Array(chunk).withUnsafeBytes { bytes in
      Result { () throws(ProtocolError) in try feed(bytes, line) }
    }
    try outcome.get()
  }

  /// Bytes of an unfinished line.
  public var unfinishedCount: Int { pending.count }
}
