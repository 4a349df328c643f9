/// A cyclic redundancy check of 16 bits, described by data in the terms of Williams' "A painless
/// guide to CRC error detection algorithms" (1993): Modbus has polynomial 8005, initial value FFFF,
/// reflected both ways, nothing added at the end.
public struct CRC16: Hashable, Sendable {
  /// Without its highest term, the highest bit first.
  public let polynomial: UInt16
  public let initial: UInt16
  /// Bytes are taken lowest bit first, and the remainder is given likewise.
  public let isReflected: Bool
  /// What the remainder is xored with.
  public let final: UInt16

  public init(polynomial: UInt16, initial: UInt16, isReflected: Bool, final: UInt16 = 0) {
    self.polynomial = polynomial
    self.initial = initial
    self.isReflected = isReflected
    self.final = final
  }

  public static let modbus = CRC16(polynomial: 0x8005, initial: 0xFFFF, isReflected: true)

  public func value(_ bytes: some Sequence<UInt8>) -> UInt16 {
    let remainder =
      isReflected ? reflectedRemainder(bytes) : remainder(bytes)
    return remainder ^ final
  }

  private func remainder(_ bytes: some Sequence<UInt8>) -> UInt16 {
    bytes.reduce(initial) { value, byte in
      (0..<8).reduce(value ^ UInt16(byte) << 8) { value, _ in
        value & 0x8000 == 0 ? value << 1 : value << 1 ^ polynomial
      }
    }
  }

  private func reflectedRemainder(_ bytes: some Sequence<UInt8>) -> UInt16 {
    let mirrored = Self.mirrored(polynomial)
    return bytes.reduce(Self.mirrored(initial)) { value, byte in
      (0..<8).reduce(value ^ UInt16(byte)) { value, _ in
        value & 1 == 0 ? value >> 1 : value >> 1 ^ mirrored
      }
    }
  }

  private static func mirrored(_ value: UInt16) -> UInt16 {
    (0..<16).reduce(0) { $0 | (value >> $1 & 1) << (15 - $1) }
  }
}
