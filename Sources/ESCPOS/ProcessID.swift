/// The four bytes that `GS ( H` function 48 sends back when everything before it has printed.
/// Each is 0x20 to 0x7E (Epson ESC/POS, GS ( H).
public struct ProcessID: Hashable, Sendable {
  /// The first byte in the highest bits.
  private let packed: UInt32

  /// Distinct ids; jobs so far apart share one.
  public static let count: UInt64 = 95 * 95 * 95 * 95

  /// The id of a job: its number in base 95, least significant digit last.
  public init(job: UInt64) {
    var rest = job % Self.count
    var packed: UInt32 = 0
    for shift in [0, 8, 16, 24] as [UInt32] {
      packed |= UInt32(0x20 + rest % 95) << shift
      rest /= 95
    }
    self.packed = packed
  }

  /// Four bytes from a reply; nil when one is outside of 0x20 to 0x7E.
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == 4, bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
    packed = bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }

  public var bytes: [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: packed >> UInt32($0)) }
  }

  /// Appends without an array in between.
  func append(to bytes: inout [UInt8]) {
    bytes.append(UInt8(truncatingIfNeeded: packed >> 24))
    bytes.append(UInt8(truncatingIfNeeded: packed >> 16))
    bytes.append(UInt8(truncatingIfNeeded: packed >> 8))
    bytes.append(UInt8(truncatingIfNeeded: packed))
  }
}
