/// Something that a Star printer said, as far as it could be understood.
public enum StarValue: Hashable, Sendable {
  case status(StarStatus)
  /// Everything before this mark has been printed (`ESC GS ETX`).
  case finished(mark: UInt16)
  /// Bytes that mean nothing here; at most `StarStatusDecoder.garbage_max`.
  case garbage([UInt8])
}

/// Bytes from a Star printer to values, fed in pieces of any size.
///
///     0xx0xxx1 ×n       a packet of so many bytes; bits 0, 4 and 7 of the others are 0, but bit 7
///                       of the second may be 1: two bytes of length and so many more follow then
///     1B 1D 03 s n1 n2 c 00   answer to ESC GS ETX s n1 n2, c the printer's own counter
///     11, 13            XON and XOFF of a serial line, also in the middle of a packet
///
/// [line 3-56, 5-7, 5-8, 5-13, 5-14]. The length is taken as lower byte first, as clients of Star's
/// read it. Whatever fits nowhere is given back byte for byte, and reading goes on behind it.
public struct StarStatusDecoder: Sendable {
  /// Requests whose answers may be on their way; more are not remembered.
  public static let pending_max = 16
  public static let garbage_max = 64
  /// Bytes behind a packet that its length may announce [line 5-14].
  static let appendix_bytes_max = 0x200
  private static let packet_bytes = 7...31
  private static let echo_bytes = 8

  public private(set) var pendingCount = 0
  /// The beginning of a packet or an echo.
  private var partial: [UInt8] = []
  /// Of a packet that was told already.
  private var appendixLeft_bytes = 0
  private var garbage: [UInt8] = []

  public init() {}

  /// Says that the status was asked for. A packet that came by itself counts as the answer too:
  /// it tells the same.
  public mutating func asked() { pendingCount = min(pendingCount + 1, Self.pending_max) }

  /// No answer comes any more: a deadline passed or the printer was reopened.
  public mutating func forgetPending() {
    pendingCount = 0
    partial.removeAll(keepingCapacity: true)
    appendixLeft_bytes = 0
  }

  public mutating func feed(_ bytes: some Sequence<UInt8>) -> [StarValue] {
    var values: [StarValue] = []
    for byte in bytes {
      if appendixLeft_bytes > 0 {
        appendixLeft_bytes -= 1
        continue
      }
      if isFlowControl(byte) { continue }
      partial.append(byte)
      // Each round either waits for more or takes at least one byte away.
      while !partial.isEmpty, let length = step(&values) { partial.removeFirst(length) }
    }
    flush(&values)
    return values
  }

  /// Within an echo the same bytes may be its mark or its counter.
  private func isFlowControl(_ byte: UInt8) -> Bool {
    (byte == 0x11 || byte == 0x13) && partial.first != 0x1B
  }

  /// Length of what the partial bytes begin with; nil while more bytes are needed.
  private mutating func step(_ values: inout [StarValue]) -> Int? {
    switch partial[0] {
    case 0x1B: return echo(&values)
    case let first where first & 0x91 == 0x01: return packet(&values)
    default: return reject(&values)
    }
  }

  private mutating func packet(_ values: inout [StarValue]) -> Int? {
    let count = Int(StarStatus.number(partial[0]))
    guard Self.packet_bytes.contains(count) else { return reject(&values) }
    if partial.count > 1, partial[1] & 0x11 != 0 { return reject(&values) }
    let others = partial.dropFirst(2).prefix(count - 2)
    guard others.allSatisfy({ $0 & 0x91 == 0 }) else { return reject(&values) }
    guard partial.count >= count else { return nil }
    let isExtended = partial[1] & 0x80 != 0
    guard partial.count == (isExtended ? count + 2 : count) else { return nil }
    if isExtended {
      let length = Int(partial[count]) | Int(partial[count + 1]) << 8
      guard length <= Self.appendix_bytes_max else { return reject(&values) }
      appendixLeft_bytes = length
    }
    pendingCount = 0
    append(.status(StarStatus(packet: partial[..<count])), &values)
    return partial.count
  }

  private mutating func echo(_ values: inout [StarValue]) -> Int? {
    let head: [UInt8] = [0x1B, 0x1D, 0x03]
    guard zip(partial, head).allSatisfy({ $0 == $1 }) else { return reject(&values) }
    if partial.count > 3, partial[3] > 1 { return reject(&values) }
    guard partial.count == Self.echo_bytes else { return nil }
    guard partial[7] == 0 else { return reject(&values) }
    // Function 0 tells the counter without waiting for anything: nobody here asks for it.
    guard partial[3] == 1 else { return reject(&values) }
    append(.finished(mark: UInt16(partial[4]) | UInt16(partial[5]) << 8), &values)
    return Self.echo_bytes
  }

  private mutating func append(_ value: StarValue, _ values: inout [StarValue]) {
    flush(&values)
    values.append(value)
  }

  private mutating func reject(_ values: inout [StarValue]) -> Int {
    garbage.append(partial[0])
    if garbage.count == Self.garbage_max { flush(&values) }
    return 1
  }

  private mutating func flush(_ values: inout [StarValue]) {
    guard !garbage.isEmpty else { return }
    values.append(.garbage(garbage))
    garbage.removeAll(keepingCapacity: true)
  }
}
