public import Branch

/// A status packet of a Star printer (ASB), as far as it is understood here.
///
/// Bytes of the packet, the first one being 1 ["STAR Line Mode Command Specifications" Rev. 1.12,
/// 5.2.3, pages 5-7 to 5-12]:
///
///     1  how many bytes there are: bits 1, 2, 3, 5, 6, the lowest first; bit 0 is 1
///     2  version of the packet; bit 7: two bytes of length and so many more follow the packet
///     3  08 offline, 20 cover open, 02 an ETB was executed, 04 drawer switch
///     4  40 head too hot, 20 unrecoverable, 08 cutter, 04 mechanism
///     5  40 buffer overflow, 08 black mark, 04 paper jam in the presenter
///     6  08 paper end, 04 and 02 near end
///     8  counter of ETBs, 0 to 31: bits 1, 2, 3, 5, 6, the lowest first
public struct StarStatus: Hashable, Sendable {
  /// Bytes 3 to 8; those that the packet does not have are 0.
  private let packed: UInt64
  /// Bytes that the packet has, 7 to 31.
  public let byteCount: Int

  /// Of ETBs, 0 to 31; nil where the packet is too short for one.
  public var counter: UInt8? { byteCount >= 8 ? Self.number(byte(8)) : nil }

  /// - Parameter bytes: a whole packet without what may follow it.
  init(packet bytes: ArraySlice<UInt8>) {
    byteCount = bytes.count
    packed = bytes.dropFirst(2).prefix(6).enumerated().reduce(0) { packed, byte in
      packed | UInt64(byte.element) << UInt64(8 * byte.offset)
    }
  }

  /// The five bits that count something, in a byte of this packet.
  static func number(_ byte: UInt8) -> UInt8 { byte >> 1 & 0x07 | byte >> 2 & 0x18 }

  private func byte(_ place: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: packed >> UInt64(8 * (place - 3)))
  }

  public var conditions: Set<DeviceCondition> {
    var conditions: Set<DeviceCondition> = []
    func add(_ place: Int, _ mask: UInt8, _ condition: DeviceCondition) {
      if byte(place) & mask != 0 { conditions.insert(condition) }
    }
    add(3, 0x08, .offline)
    add(3, 0x20, .coverOpen)
    // What stops a cutter or a mechanism is paper, as a rule.
    add(4, 0x0C, .mediaJam)
    add(4, 0x60, .other)
    // A buffer that ran over is told once and stops nothing: no condition.
    add(5, 0x04, .mediaJam)
    add(5, 0x08, .other)
    if byte(6) & 0x08 != 0 { conditions.insert(.mediaEmpty) } else { add(6, 0x06, .mediaLow) }
    return conditions
  }
}
