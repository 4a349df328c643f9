import Branch

/// How a serial line is set; no flow control, which write-only signs do not have.
public struct SerialSettings: Hashable, Sendable, CustomStringConvertible {
  public enum Parity: String, Sendable, CaseIterable {
    case none, even, odd
  }

  /// The rates for which termios has a constant and which signs use.
  public static let bauds = [1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200]

  /// Bits a second, one of `bauds`.
  public let baud: Int
  /// 7 or 8.
  public let dataBits: Int
  public let parity: Parity
  /// 1 or 2.
  public let stopBits: Int

  public init(baud: Int, dataBits: Int, parity: Parity, stopBits: Int) {
    self.baud = baud
    self.dataBits = dataBits
    self.parity = parity
    self.stopBits = stopBits
  }

  /// `9600 7E1`
  public var description: String {
    let letter =
      switch parity {
      case .none: "N"
      case .even: "E"
      case .odd: "O"
      }
    return "\(baud) \(dataBits)\(letter)\(stopBits)"
  }
}

/// Settings of the Alpha protocol (EZ95 set) [Alpha Sign Communications Protocol, 9708-8061].
public struct AlphaSettings: Hashable, Sendable {
  /// Display position, the byte behind ESC.
  public enum Position: String, Sendable, CaseIterable {
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
  }

  /// Display mode, the byte behind the position.
  public enum Mode: String, Sendable, CaseIterable {
    case rotate, hold, flash

    public var byte: UInt8 {
      switch self {
      case .rotate: UInt8(ascii: "a")
      case .hold: UInt8(ascii: "b")
      case .flash: UInt8(ascii: "c")
      }
    }
  }

  /// Type code; `Z` is every type of sign.
  public let signType: UInt8
  /// Two hex digits; `00` is every sign on the line.
  public let address: [UInt8]
  /// Label of the TEXT file that is written.
  public let file: UInt8
  public let position: Position
  public let mode: Mode
  /// Whether ETX and four hex digits of checksum stand before EOT.
  public let checksum: Bool

  public init(
    signType: UInt8 = UInt8(ascii: "Z"), address: [UInt8] = [0x30, 0x30],
    file: UInt8 = UInt8(ascii: "A"), position: Position = .middle, mode: Mode = .hold,
    checksum: Bool = true
  ) {
    self.signType = signType
    self.address = address
    self.file = file
    self.position = position
    self.mode = mode
    self.checksum = checksum
  }
}

public enum SignProtocol: Hashable, Sendable {
  case alpha(AlphaSettings)
  /// An ASCII frame that the profile describes wholly.
  case frame(FrameFormat)
}

/// What is known about a model of sign on a serial line.
public struct SignProfile: Hashable, Sendable {
  public static let columns = 1...256
  public static let refresh = Span.seconds(1)...Span.seconds(86_400)

  public let id: ProfileID
  public let name: String
  public let vendor: String
  public let serial: SerialSettings
  /// Characters that can be seen at once.
  public let columns: Int
  public let signProtocol: SignProtocol
  /// How often the text is sent again, because most signs cannot tell that they lost it; nil: the
  /// model is not known to need it.
  public let refresh: Span?

  public init(
    id: ProfileID, name: String, vendor: String = "", serial: SerialSettings, columns: Int,
    signProtocol: SignProtocol, refresh: Span? = nil
  ) {
    self.id = id
    self.name = name
    self.vendor = vendor
    self.serial = serial
    self.columns = columns
    self.signProtocol = signProtocol
    self.refresh = refresh
  }

  /// The address as it stands in a frame; nil when the model cannot have this one.
  public func addressBytes(_ written: String) -> [UInt8]? {
    switch signProtocol {
    case .alpha: AddressFormat(form: .hex, digits: 2).bytes(written)
    case .frame(let frame): frame.addressFormat?.bytes(written)
    }
  }

  /// The address of the profile itself, as it stands in a frame; empty for frames without one.
  public var defaultAddress: [UInt8] {
    switch signProtocol {
    case .alpha(let settings): settings.address
    case .frame(let frame): frame.address
    }
  }

  /// What `addressBytes` takes, for a message; nil when the frame has no address.
  public var addressRule: String? {
    switch signProtocol {
    case .alpha: AddressFormat(form: .hex, digits: 2).rule
    case .frame(let frame): frame.addressFormat?.rule
    }
  }
}
