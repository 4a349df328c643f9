/// The characters of a printer's double-byte set with their codes. The system's own tables fill
/// it (iconv), because a set has some twenty thousand characters.
public struct DoubleByteTable: Sendable {
  /// Code by scalar value of the basic plane; 0: the set lacks it.
  private var codes = [UInt16](repeating: 0, count: 65_536)

  /// Of several codes for a character the first counts; single bytes are left out.
  public init(_ characters: some Sequence<(code: UInt16, scalar: Unicode.Scalar)>) {
    for (code, scalar) in characters where code > 0xFF && scalar.value < 65_536 {
      if codes[Int(scalar.value)] == 0 { codes[Int(scalar.value)] = code }
    }
  }

  /// First byte in the upper half; nil: the set lacks the character.
  public func code(_ scalar: Unicode.Scalar) -> UInt16? {
    guard scalar.value >= 0x80, scalar.value < 65_536 else { return nil }
    let code = codes[Int(scalar.value)]
    return code == 0 ? nil : code
  }
}
