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
    /// What the sign shows now, without the filling around it, on its first or only line.
    case shown(String)
    /// What it shows on another line, from 1.
    case line(Int, String)
    /// What is sent besides texts.
    case word(FrameWord)
    case fault(FrameFault)
  }

  private enum Match {
    case needsMore
    case mismatch
    case frame(length: Int, line: Int, field: [UInt8], given: [UInt8], computed: [UInt8])
    case word(FrameWord)
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
      case .word(let word):
        buffer.removeFirst(word.bytes.count)
        tellNoise(&events)
        events.append(.word(word))
      case .frame(let length, let line, let field, let given, let computed):
        buffer.removeFirst(length)
        tellNoise(&events)
        if given == computed {
          let shown = description.text.shown(field)
          events.append(line == 0 ? .shown(shown) : .line(line, shown))
        } else {
          events.append(.fault(.badChecksum(given: given, computed: computed)))
        }
      }
    }
  }

  private mutating func tellNoise(_ events: inout [Event]) {
    if noise > 0 { events.append(.fault(.noise(bytes: noise))) }
    noise = 0
  }

  /// The first of words and lines that the buffer has whole; `needsMore` while it may become one.
  private func match() -> Match {
    var isOpen = false
    for word in description.conversation.words {
      guard zip(word.bytes, buffer).allSatisfy({ $0 == $1 }) else { continue }
      if buffer.count >= word.bytes.count { return .word(word) }
      isOpen = true
    }
    for line in 0..<(description.conversation.lines?.values.count ?? 1) {
      switch match(line: line) {
      case .needsMore: isOpen = true
      case .mismatch: continue
      case let found: return found
      }
    }
    return isOpen ? .needsMore : .mismatch
  }

  private func match(line: Int) -> Match {
    let (head, tail) = description.parts(line: line)
    for (index, byte) in head.enumerated() {
      guard index < buffer.count else { return .needsMore }
      if buffer[index] != byte { return .mismatch }
    }
    switch fieldLength(from: head.count, tail) {
    case .none: return .mismatch
    case .some(.none): return .needsMore
    case .some(.some(let length)): return matchTail(head.count, length, line)
    }
  }

  /// Bytes of the text: nil when it is none, `.some(nil)` while its end is not there yet.
  private func fieldLength(from start: Int, _ tail: [UInt8]) -> Int?? {
    let text = description.text
    let there = buffer[start...].prefix(text.places_max)
    if text.isPadded {
      guard there.allSatisfy(text.isPlace) else { return nil }
      return there.count == text.places_max ? .some(there.count) : .some(nil)
    }
    // The checksum's digits may stand between the text and the tail, and look like text.
    let digits = description.checksum.map { $0.tailBytesBefore == 0 ? $0.length : 0 } ?? 0
    let run = buffer[start...].prefix { $0 != tail[0] }
    guard run.allSatisfy(text.isPlace), run.count <= text.places_max + digits else { return nil }
    if start + run.count == buffer.count { return .some(nil) }
    return run.count >= digits ? .some(run.count - digits) : nil
  }

  private func matchTail(_ start: Int, _ fieldLength: Int, _ line: Int) -> Match {
    let field = Array(buffer[start..<(start + fieldLength)])
    let expected = description.assemble(field, line: line)
    let sumStart = start + fieldLength + (description.checksum?.tailBytesBefore ?? 0)
    let sum = sumStart..<(sumStart + (description.checksum?.length ?? 0))
    for index in (start + fieldLength)..<expected.count where !sum.contains(index) {
      guard index < buffer.count else { return .needsMore }
      if buffer[index] != expected[index] { return .mismatch }
    }
    guard buffer.count >= expected.count else { return .needsMore }
    return .frame(
      length: expected.count, line: line, field: field, given: Array(buffer[sum]),
      computed: Array(expected[sum]))
  }
}
