/// What a printer said, as far as it could be understood.
public enum StatusValue: Hashable, Sendable {
  /// An answer to `DLE EOT`.
  case realTime(RealTimeQuery, UInt8)
  /// An answer to `DLE EOT 20` (Custom).
  case full(FullStatus)
  /// An automatic status packet (`GS a`).
  case automatic(AutomaticStatus)
  /// Everything before this id has been printed (`GS ( H`).
  case finished(ProcessID)
  /// Its buffers are empty (`DLE DC4` function 8).
  case cleared
  /// Bytes that mean nothing here, or that nobody asked for; at most `StatusDecoder.garbage_max`.
  case garbage([UInt8])
}

/// The four bytes of an automatic status packet, the first in the highest bits.
public struct AutomaticStatus: Hashable, Sendable {
  public let packed: UInt32

  public init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
    packed = UInt32(first) << 24 | UInt32(second) << 16 | UInt32(third) << 8 | UInt32(fourth)
  }

  public var bytes: [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: packed >> UInt32($0)) }
  }
}

/// Bytes from a printer to values, fed in pieces of any size.
///
/// The kinds are told apart by fixed bits [Bixolon SRP-350 manual p. 8; Samsung STP-103 p. 44]:
///
///     0xx1xx10          answer to DLE EOT: which one is known from what was asked
///     0xx1xx00 ×4       first byte of a packet; bits 4 and 7 of the other three are 0
///     10 0F …           six bytes, when DLE EOT 20 was asked
///     37 22 d1…d4 00    process id, d 20 to 7E
///     37 25 00          cleared [Epson ESC/POS reference, DLE DC4 function 8]
///
/// Whatever fits nowhere is given back byte for byte, and reading goes on behind it.
public struct StatusDecoder: Sendable {
  /// Questions whose answers may be on their way; more are not remembered.
  public static let pending_max = 16
  public static let garbage_max = 64

  private enum Question: Hashable {
    case realTime(RealTimeQuery)
    case full
  }

  private var pending: [Question] = []
  /// The beginning of a packet or process id, 6 bytes at most.
  private var partial: [UInt8] = []
  private var garbage: [UInt8] = []

  public init() {}

  /// Says that a question was sent. Answers carry no number: they are matched in this order, so
  /// a question that stays unanswered must be taken back with `forgetPending`.
  public mutating func asked(_ query: RealTimeQuery) {
    if pending.count < Self.pending_max { pending.append(.realTime(query)) }
  }

  /// The same for `DLE EOT 20`.
  public mutating func askedFull() {
    if pending.count < Self.pending_max { pending.append(.full) }
  }

  public var pendingCount: Int { pending.count }

  /// No answer comes any more: a deadline passed or the printer was reopened.
  public mutating func forgetPending() {
    pending.removeAll(keepingCapacity: true)
    partial.removeAll(keepingCapacity: true)
  }

  public mutating func feed(_ bytes: some Sequence<UInt8>) -> [StatusValue] {
    var values: [StatusValue] = []
    for byte in bytes {
      partial.append(byte)
      // Each round either waits for more or takes at least one byte away.
      while !partial.isEmpty, let length = step(&values) { partial.removeFirst(length) }
    }
    flush(&values)
    return values
  }

  /// Length of what the partial bytes begin with; nil while more bytes are needed.
  private mutating func step(_ values: inout [StatusValue]) -> Int? {
    switch partial[0] {
    case let first where first & 0x93 == 0x12 && nextQuery != nil:
      if let (place, query) = nextQuery {
        pending.remove(at: place)
        append(.realTime(query, first), &values)
      }
      return 1
    case 0x10 where pending.contains(.full) && isFullStatus != false: return fullStatus(&values)
    case let first where first & 0x93 == 0x10:
      guard partial.dropFirst().allSatisfy({ $0 & 0x90 == 0 }) else { return reject(&values) }
      guard partial.count == 4 else { return nil }
      append(.automatic(AutomaticStatus(first, partial[1], partial[2], partial[3])), &values)
      return 4
    case 0x37:
      return processID(&values)
    default:
      return reject(&values)
    }
  }

  /// The question that a single byte answers.
  private var nextQuery: (place: Int, query: RealTimeQuery)? {
    for (place, question) in pending.enumerated() {
      if case .realTime(let query) = question { return (place, query) }
    }
    return nil
  }

  /// nil while that cannot be told.
  private var isFullStatus: Bool? {
    partial.count < FullStatus.head.count ? nil : partial.starts(with: FullStatus.head)
  }

  private mutating func fullStatus(_ values: inout [StatusValue]) -> Int? {
    guard partial.count == FullStatus.length, let place = pending.firstIndex(of: .full) else {
      return nil
    }
    pending.remove(at: place)
    let status = FullStatus(
      paper: partial[2], user: partial[3], recoverable: partial[4], unrecoverable: partial[5])
    append(.full(status), &values)
    return FullStatus.length
  }

  private mutating func processID(_ values: inout [StatusValue]) -> Int? {
    if partial.count >= 2, partial[1] == 0x25 { return cleared(&values) }
    if partial.count >= 2 && partial[1] != 0x22 { return reject(&values) }
    let digits = partial.dropFirst(2).prefix(4)
    guard digits.allSatisfy({ (0x20...0x7E).contains($0) }) else { return reject(&values) }
    guard partial.count == 7 else { return nil }
    guard partial[6] == 0, let id = ProcessID(digits) else { return reject(&values) }
    append(.finished(id), &values)
    return 7
  }

  private mutating func cleared(_ values: inout [StatusValue]) -> Int? {
    guard partial.count >= 3 else { return nil }
    guard partial[2] == 0 else { return reject(&values) }
    append(.cleared, &values)
    return 3
  }

  private mutating func append(_ value: StatusValue, _ values: inout [StatusValue]) {
    flush(&values)
    values.append(value)
  }

  private mutating func reject(_ values: inout [StatusValue]) -> Int {
    garbage.append(partial[0])
    if garbage.count == Self.garbage_max { flush(&values) }
    return 1
  }

  private mutating func flush(_ values: inout [StatusValue]) {
    guard !garbage.isEmpty else { return }
    values.append(.garbage(garbage))
    garbage.removeAll(keepingCapacity: true)
  }
}
