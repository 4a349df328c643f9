/// Reads `input_event` records of 24 bytes, little-endian, from any split of their bytes.
///
/// A device gives whole records only, but a FIFO or a captured file may hold anything. A record
/// that cannot be one starts a search, byte by byte, for a place where two records in a row can be;
/// two, because 24 bytes of a record's zeros look like a record at a wrong place. What was passed
/// over is told when the search ends.
public struct InputEventDecoder: Sendable {
  public enum Item: Hashable, Sendable {
    case event(InputEvent)
    /// Bytes that were no records.
    case garbage(bytes: Int)
  }

  private var buffer: [UInt8] = []
  private var isSearching = false
  /// Bytes passed over and not yet told as `garbage`.
  public private(set) var passedOver = 0

  public init() {}

  public mutating func feed(_ bytes: some Collection<UInt8>) -> [Item] {
    var items: [Item] = []
    buffer += bytes
    var start = 0
    while let step = self.step(at: start, &items) { start += step }
    buffer.removeFirst(start)
    return items
  }

  /// Forgets a partial record: the source was opened anew.
  public mutating func reset() { self = InputEventDecoder() }

  /// Takes a record or passes over a byte; nil when more bytes are needed to tell.
  private mutating func step(at start: Int, _ items: inout [Item]) -> Int? {
    let size = InputEvent.recordBytes
    guard buffer.count - start >= size else { return nil }
    guard let event = InputEvent(record: buffer[start..<(start + size)]) else { return passOver() }
    if isSearching {
      guard buffer.count - start >= 2 * size else { return nil }
      let next = buffer[(start + size)..<(start + 2 * size)]
      if InputEvent(record: next) == nil { return passOver() }
      items.append(.garbage(bytes: passedOver))
      passedOver = 0
      isSearching = false
    }
    items.append(.event(event))
    return size
  }

  private mutating func passOver() -> Int {
    isSearching = true
    passedOver += 1
    return 1
  }
}
