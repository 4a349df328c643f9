public import Branch
public import Configuration
import DeviceProfiles
import SignProtocols

/// Text to the bytes of one configured sign.
public enum SignCodec: Sendable {
  case alpha(SignProtocols.AlphaSettings)
  case frame(FrameDescription)

  public init(_ sign: SignConfiguration) throws(Problem) {
    switch sign.profile.signProtocol {
    case .alpha(let settings):
      self = .alpha(
        try SignProtocols.AlphaSettings(
          typeCode: String(UnicodeScalar(settings.signType)),
          address: String(decoding: sign.address, as: UTF8.self),
          label: String(UnicodeScalar(settings.file)),
          position: AlphaPosition(rawValue: settings.position.byte) ?? .middle,
          mode: String(UnicodeScalar(settings.mode.byte)), hasChecksum: settings.checksum))
    case .frame(let format): self = .frame(try FrameDescription(format, sign))
    }
  }

  public func encode(_ text: String) -> [UInt8] {
    switch self {
    case .alpha(let settings): AlphaProtocol.encode(text, settings)
    case .frame(let frame): frame.encode(text)
    }
  }
}

extension FrameDescription {
  /// Prefix, address, text, checksum, suffix as the profile's layout has them.
  init(_ format: FrameFormat, _ sign: SignConfiguration) throws(Problem) {
    var prefix: [UInt8] = []
    var suffix: [UInt8] = []
    var checksumPlace = SignProtocols.FrameChecksum.Place.beforeSuffix
    var textIsPast = false
    for element in format.layout {
      switch element {
      case .bytes(let bytes): if textIsPast { suffix += bytes } else { prefix += bytes }
      case .text: textIsPast = true
      case .checksum: if !suffix.isEmpty { checksumPlace = .afterSuffix }
      case .address: break
      }
    }
    let checksum = format.checksum.map { sum in
      SignProtocols.FrameChecksum(
        kind: sum.kind == .sum8 ? .sum8 : .xor8, encoding: sum.form == .hex ? .hex : .byte,
        place: checksumPlace, coversPrefix: sum.firstElement == 0)
    }
    let align: FrameTextField.Align = format.text.align == .right ? .right : .left
    let text = FrameTextField(
      places_max: min(format.text.width ?? sign.profile.columns, FrameTextField.placesLimit),
      isPadded: format.text.width != nil, align: align, pad: format.text.pad,
      isUpperCased: format.text.characters == .upperASCII,
      characters: format.text.characters == .digits ? .digits : .ascii)
    try self.init(
      prefix: prefix, address: format.addressFormat == nil ? [] : sign.address, text: text,
      suffix: suffix, checksum: checksum)
  }
}
