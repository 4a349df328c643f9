public import Branch

/// The language of a sign, with all that its frames need.
public enum SignProtocol: Hashable, Sendable {
  case alpha(AlphaSettings)
  /// An ASCII frame that is described wholly by data.
  case frame(FrameDescription)

  /// The frame that shows the text; an empty text makes the sign dark.
  public func encode(_ text: String) -> [UInt8] {
    switch self {
    case .alpha(let settings): AlphaProtocol.encode(text, settings)
    case .frame(let frame): frame.encode(text)
    }
  }

  /// How signs on one line are told apart; nil when their frames have no address.
  public var addressFormat: AddressFormat? {
    switch self {
    case .alpha: AlphaSettings.addressFormat
    case .frame(let frame): frame.address?.format
    }
  }

  /// The same for the sign with this address, bytes of `addressFormat`. Throws `sign-frame` when a
  /// sign could not tell such frames apart.
  public func addressed(_ address: [UInt8]) throws(Problem) -> SignProtocol {
    switch self {
    case .alpha(let settings): .alpha(settings.addressed(address))
    case .frame(let frame): .frame(try frame.addressed(address))
    }
  }

  /// Whether its frames can go over a line with so many data bits.
  public func fits(dataBits: Int) -> Bool {
    guard dataBits < 8, case .frame(let frame) = self else { return true }
    return !frame.needsEightBits
  }
}
