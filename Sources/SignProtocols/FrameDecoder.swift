/// Why bytes were not a frame of the description.
public enum FrameFault: Hashable, Sendable {
  /// Bytes that begin no frame.
  case noise(bytes: Int)
  case badChecksum(given: [UInt8], computed: [UInt8])
}

/// Reads the frames of one description from any split of their bytes: for virtual signs, tests
/// and the lab. It keeps at most one frame's bytes; noise is counted and never stops it.
public struct FrameDecoder: Sendable {
  public enum Event: Hashable, Sendable {
    /// What the sign shows now, without the filling around it.
    case shown(String)
    case fault(FrameFault)
  }

  private enum Match {
    case needsMore
    case mismatch
    case frame(length: Int, field: [UInt8], given: [UInt8], computed: [UInt8])
  }

  public let description: FrameDescription
  private var buffer: [UInt8] = []
  /// Bytes outside of frames that were not yet told as a fault.
  public private(set) var noise = 0

  public init(_ description: FrameDescription) { self.description = description }

  public mutating func feed(_ bytes: some Sequence<UInt8>) -> [Event] {
    var events: [Event] = []
    for byte in bytes {
      buffer.append(byte)
      settle(&events)
    }
    return events
  }

  /// Takes from the head of the buffer until it could be the beginning of a frame.
  private mutating func settle(_ events: inout [Event]) {
    while !buffer.isEmpty {
      switch match() {
      case .needsMore: return
      case .mismatch:
        buffer.removeFirst()
        noise += 1
      case .frame(let length, let field, let given, let computed):
        buffer.removeFirst(length)
        if noise > 0 { events.append(.fault(.noise(bytes: noise))) }
        noise = 0
        if given == computed {
          events.append(.shown(shown(field)))
        } else {
          events.append(.fault(.badChecksum(given: given, computed: computed)))
        }
      }
    }
  }

  private func match() -> Match {
    for (index, byte) in description.head.enumerated() {
      guard index < buffer.count else { return .needsMore }
      if buffer[index] != byte { return .mismatch }
    }
    switch fieldLength(from: description.head.count) {
    case .none: return .mismatch
    case .some(.none): return .needsMore
    case .some(.some(let length)): return matchTail(description.head.count, length)
    }
  }

  /// Bytes of the text: nil when it is none, `.some(nil)` while its end is not there yet.
  private func fieldLength(from start: Int) -> Int?? {
    let text = description.text
    let there = buffer[start...].prefix(text.places_max)
    if text.isPadded {
      guard there.allSatisfy(SignText.isPrintable) else { return nil }
      return there.count == text.places_max ? .some(there.count) : .some(nil)
    }
    // The checksum's digits may stand between the text and the tail, and look like text.
    let digits = description.checksum?.tailBytesBefore == 0 ? 2 : 0
    let run = buffer[start...].prefix { $0 != description.tail[0] }
    guard run.allSatisfy(SignText.isPrintable), run.count <= text.places_max + digits else {
      return nil
    }
    if start + run.count == buffer.count { return .some(nil) }
    return run.count >= digits ? .some(run.count - digits) : nil
  }

  private func matchTail(_ start: Int, _ fieldLength: Int) -> Match {
    let field = Array(buffer[start..<(start + fieldLength)])
    let expected = description.assemble(field)
    let sumStart = start + fieldLength + (description.checksum?.tailBytesBefore ?? 0)
    let sum = sumStart..<(sumStart + (description.checksum?.length ?? 0))
    for index in (start + fieldLength)..<expected.count where !sum.contains(index) {
      guard index < buffer.count else { return .needsMore }
      if buffer[index] != expected[index] { return .mismatch }
    }
    guard buffer.count >= expected.count else { return .needsMore }
    return .frame(
      length: expected.count, field: field, given: Array(buffer[sum]),
      computed: Array(expected[sum]))
  }

  private func shown(_ field: [UInt8]) -> String {
    let text = description.text
    guard text.isPadded else { return SignText.string(field) }
    var bytes = field[...]
    if text.align != .left { bytes = bytes.drop { $0 == text.pad } }
    if text.align != .right { while bytes.last == text.pad { bytes.removeLast() } }
    return SignText.string(bytes)
  }
}
