public import Branch

/// The language of a sign, with all that its frames need.
public enum SignProtocol: Hashable, Sendable {
  case alpha(AlphaSettings)
  /// A frame that is described wholly by data.
  case frame(FrameDescription)
  case modbus(ModbusSettings)
  case customerDisplay(CustomerDisplay)

  /// All frames that show the picture, in order, with the silence and the answer behind each.
  /// - Parameter gap: silence that the profile wants between two frames.
  public func frames(
    for picture: SignPicture, on line: SerialSettings, gap: Span = Span(ms: 0)
  ) -> [SignFrame] {
    let frames =
      switch self {
      case .alpha(let settings): AlphaProtocol.frames(for: picture, settings)
      case .frame(let frame): frame.frames(for: picture)
      case .modbus(let settings): settings.frames(for: picture, on: line)
      case .customerDisplay(let display): display.frames(for: picture)
      }
    return frames.map { frame in
      SignFrame(
        frame.bytes, silence_us: max(frame.silence_us, Int(gap.ms) * 1000),
        question: frame.question, isLatch: frame.isLatch)
    }
  }

  /// What a sign gets once when its line was opened, before the first picture.
  public var opening: [SignFrame] {
    guard case .customerDisplay(let display) = self else { return [] }
    return [SignFrame(display.opening)]
  }

  /// The bytes that show the text, for a writer that knows no gaps and reads no answers: nothing
  /// is read back, and a Modbus sign gets all registers by one function 16. An empty text makes the
  /// sign dark.
  public func encode(_ text: String) -> [UInt8] {
    switch self {
    case .alpha(let settings): AlphaProtocol.encode(text, settings)
    case .frame(let frame): frame.frames(for: SignPicture([text])).flatMap(\.bytes)
    case .modbus(let settings): settings.encode(text)
    case .customerDisplay(let display):
      display.frames(for: SignPicture([text])).flatMap(\.bytes)
    }
  }

  /// How signs on one line are told apart; nil when their frames have no address.
  public var addressFormat: AddressFormat? {
    switch self {
    case .alpha: AlphaSettings.addressFormat
    case .frame(let frame): frame.address?.format
    case .modbus: ModbusSettings.addressFormat
    case .customerDisplay: nil
    }
  }

  /// Whom the frames are for, bytes of `addressFormat`; nil when they have no address.
  public var address: [UInt8]? {
    switch self {
    case .alpha(let settings): settings.address
    case .frame(let frame): frame.addressBytes
    case .modbus(let settings): [settings.unit]
    case .customerDisplay: nil
    }
  }

  /// Every sign on the line obeys, so far as that is known of the protocol.
  public var isForEverybody: Bool {
    switch self {
    case .alpha(let settings): settings.address == AlphaSettings.everybody
    case .modbus(let settings): settings.unit == Modbus.broadcast
    case .frame, .customerDisplay: false
    }
  }

  /// The same for the sign with this address, bytes of `addressFormat`. Throws `sign-frame` when a
  /// sign could not tell such frames apart, or cannot have such an address.
  public func addressed(_ address: [UInt8]) throws(Problem) -> SignProtocol {
    switch self {
    case .alpha(let settings): return .alpha(settings.addressed(address))
    case .frame(let frame): return .frame(try frame.addressed(address))
    case .modbus(let settings):
      if let addressed = settings.addressed(address) { return .modbus(addressed) }
      throw Self.noAddress(cure: "Use 1 to 247, or 0 for all signs on the line.")
    case .customerDisplay:
      throw Self.noAddress(cure: "Give each display a line of its own.")
    }
  }

  private static func noAddress(cure: String) -> Problem {
    Problem(
      code: "sign-frame", what: "the sign's frame cannot be used",
      cause: "it has no such address", cure: cure)
  }

  /// Whether its frames can go over a line with so many data bits.
  public func fits(dataBits: Int) -> Bool {
    guard dataBits < 8 else { return true }
    switch self {
    case .alpha, .customerDisplay: return true
    case .frame(let frame): return !frame.needsEightBits
    // RTU has bytes of eight bits ("MODBUS over Serial Line", 2.5.1).
    case .modbus: return false
    }
  }
}
