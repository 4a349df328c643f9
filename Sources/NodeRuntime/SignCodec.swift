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
  /// The elements of the profile's layout around the text, in their order.
  init(_ format: FrameFormat, _ sign: SignConfiguration) throws(Problem) {
    var head: [UInt8] = []
    var tail: [UInt8] = []
    var isPastText = false
    var uncovered = 0
    var tailBytesBefore = 0
    for (index, element) in format.layout.enumerated() {
      if index == format.checksum?.firstElement { uncovered = head.count }
      switch element {
      case .bytes(let bytes): if isPastText { tail += bytes } else { head += bytes }
      case .address: if isPastText { tail += sign.address } else { head += sign.address }
      case .text: isPastText = true
      case .checksum:
        let covered = format.layout.prefix(index).dropFirst(format.checksum?.firstElement ?? 0)
        guard covered.contains(.text) else { throw Self.checksumWithoutText }
        tailBytesBefore = tail.count
      }
    }
    let checksum = format.checksum.map { sum in
      SignProtocols.FrameChecksum(
        kind: sum.kind == .sum8 ? .sum8 : .xor8, encoding: sum.form == .hex ? .hex : .byte,
        uncoveredBytes: uncovered, tailBytesBefore: tailBytesBefore)
    }
    let text = FrameTextField(
      places_max: min(format.text.width ?? sign.profile.columns, FrameTextField.placesLimit),
      isPadded: format.text.width != nil, align: format.text.align == .right ? .right : .left,
      pad: format.text.pad, isUpperCased: format.text.characters == .upperASCII,
      characters: format.text.characters == .digits ? .digits : .ascii)
    try self.init(head: head, text: text, tail: tail, checksum: checksum)
  }

  private static var checksumWithoutText: Problem {
    Problem(
      code: "sign-frame", what: "the sign's frame cannot be used",
      cause: "its checksum does not cover the text",
      cure: "Put {checksum} behind {text} in the layout, and firstElement at or before {text}.")
  }
}
