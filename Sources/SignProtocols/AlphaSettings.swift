/// Where on the sign a text stands: the byte behind ESC (appendix of the protocol: display
/// positions). The raw value is the word in sign profiles.
public enum AlphaPosition: String, Sendable, CaseIterable {
  case middle, top, bottom, fill, left, right

  public var byte: UInt8 {
    switch self {
    case .middle: 0x20
    case .top: 0x22
    case .bottom: 0x26
    case .fill: 0x30
    case .left: 0x31
    case .right: 0x32
    }
  }

  public init?(byte: UInt8) {
    guard let match = Self.allCases.first(where: { $0.byte == byte }) else { return nil }
    self = match
  }
}

/// Whom an Alpha frame is for and how its text is shown. Every byte is checked here once, so that
/// encoding cannot fail.
public struct AlphaSettings: Hashable, Sendable {
  /// Codes of sign models.
  public static let typeCodes: ClosedRange<UInt8> = 0x21...0x7A
  /// Labels of files in the sign's memory.
  public static let labels: ClosedRange<UInt8> = 0x21...0x7E
  /// How signs of this protocol are told apart.
  public static let addressFormat = AddressFormat(form: .hex, digits: 2)
  public static let everybody = Array("00".utf8)

  /// `Z`: every sign; others name a model.
  public let typeCode: UInt8
  /// Two hexadecimal digits, the sign's own address; `00` is every sign.
  public let address: [UInt8]
  /// The TEXT file to write.
  public let label: UInt8
  public let position: AlphaPosition
  /// `hold`: the text stands still.
  public let mode: AlphaMode
  public let hasChecksum: Bool
  /// Longer texts are cut. A TEXT file has the size that the sign's memory was set up with; 125
  /// fits the memory of a sign as delivered.
  public let textBytes_max: Int

  public static let textBytesDefault = 125

  /// - Precondition: the bytes are within `typeCodes`, `labels` and `addressFormat`, and there is
  ///   room for at least one byte of text.
  public init(
    typeCode: UInt8 = UInt8(ascii: "Z"), address: [UInt8] = Self.everybody,
    label: UInt8 = UInt8(ascii: "A"), position: AlphaPosition = .middle, mode: AlphaMode = .hold,
    hasChecksum: Bool = true, textBytes_max: Int = Self.textBytesDefault
  ) {
    precondition(Self.typeCodes.contains(typeCode) && Self.labels.contains(label))
    precondition(Self.addressFormat.isValid(address) && textBytes_max > 0)
    self.typeCode = typeCode
    self.address = address
    self.label = label
    self.position = position
    self.mode = mode
    self.hasChecksum = hasChecksum
    self.textBytes_max = textBytes_max
  }

  /// The same for the sign with this address.
  public func addressed(_ address: [UInt8]) -> AlphaSettings {
    with(address: address, label: label, mode: mode)
  }

  /// The same for another file.
  public func labelled(_ label: UInt8) -> AlphaSettings {
    with(address: address, label: label, mode: mode)
  }

  func moving(_ mode: AlphaMode) -> AlphaSettings {
    with(address: address, label: label, mode: mode)
  }

  private func with(address: [UInt8], label: UInt8, mode: AlphaMode) -> AlphaSettings {
    AlphaSettings(
      typeCode: typeCode, address: address, label: label, position: position, mode: mode,
      hasChecksum: hasChecksum, textBytes_max: textBytes_max)
  }
}
