/// How a frame proves itself: one value over all bytes from one place up to the checksum itself.
public struct FrameChecksum: Hashable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// Sum of the bytes, low 8 bits.
    case sum8
    /// Two's complement of `sum8`: sum and checksum together give 0.
    case negatedSum8 = "negated-sum8"
    /// Exclusive or of the bytes.
    case xor8
    /// Exclusive or of the low 7 bits of each byte, the block check of ISO 1155.
    case lrc
    /// Sum of the bytes, low 16 bits.
    case sum16
    /// The remainder that `crc` describes.
    case crc16

    /// Bytes of the value.
    var width: Int { self == .sum16 || self == .crc16 ? 2 : 1 }
  }
  public enum Form: String, Sendable, CaseIterable {
    /// The value's one or two bytes.
    case byte
    /// Two upper-case hexadecimal digits for each.
    case hex
  }
  /// Which byte of two goes first.
  public enum Order: String, Sendable, CaseIterable {
    case highFirst = "high-first"
    case lowFirst = "low-first"
  }

  public let kind: Kind
  public let form: Form
  /// Bytes of the frame's begin that are not covered: 1 leaves out an STX.
  public let uncoveredBytes: Int
  /// Bytes of the tail that come before the checksum, and are covered: 0 puts it right behind the
  /// text, 1 behind an ETX.
  public let tailBytesBefore: Int
  public let order: Order
  /// What `crc16` computes.
  public let crc: CRC16

  public init(
    kind: Kind, form: Form = .byte, uncoveredBytes: Int = 0, tailBytesBefore: Int = 0,
    order: Order = .highFirst, crc: CRC16 = .modbus
  ) {
    self.kind = kind
    self.form = form
    self.uncoveredBytes = uncoveredBytes
    self.tailBytesBefore = tailBytesBefore
    self.order = order
    self.crc = crc
  }

  func encode(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let value = value(bytes)
    let all = [UInt8(value >> 8), UInt8(value & 0xFF)].suffix(kind.width)
    let ordered = order == .highFirst ? Array(all) : all.reversed()
    return form == .byte ? ordered : Array(SignText.hex(ordered).utf8)
  }

  private func value(_ bytes: some Sequence<UInt8>) -> UInt16 {
    switch kind {
    case .sum8: UInt16(bytes.reduce(UInt8(0), &+))
    case .negatedSum8: UInt16(0 &- bytes.reduce(UInt8(0), &+))
    case .xor8: UInt16(bytes.reduce(0, ^))
    case .lrc: UInt16(bytes.reduce(0, ^) & 0x7F)
    case .sum16: bytes.reduce(0) { $0 &+ UInt16($1) }
    case .crc16: crc.value(bytes)
    }
  }

  var length: Int { kind.width * (form == .byte ? 1 : 2) }
}
