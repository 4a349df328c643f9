/// Bytes of a connection to lines. A line longer than `Line.length_max` ends the connection: what
/// comes after it cannot be trusted to be a line.
public struct LineFramer: Sendable {
  private var pending: [UInt8] = []

  public init() {}

  /// Feeds what was read, calls `line` for each whole line, without its line feed.
  /// Throws `.tooLong` once a line outgrows the limit; feed nothing after that.
  public mutating func feed(
    _ chunk: some Sequence<UInt8>, _ line: ([UInt8]) -> Void
  ) throws(ProtocolError) {
    for byte in chunk {
      if byte == UInt8(ascii: "\n") {
        line(pending)
        pending.removeAll(keepingCapacity: true)
      } else {
        guard pending.count < Line.length_max - 1 else { throw .tooLong }
        pending.append(byte)
      }
    }
  }

  /// Bytes of an unfinished line.
  public var unfinishedCount: Int { pending.count }
}
