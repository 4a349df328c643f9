import Branch

/// A key of a terminal: its name, the codes that mean it, and what it usually asks for.
public struct TerminalKey: Hashable, Sendable {
  public let name: KeyName
  /// Codes of Linux EV_KEY events.
  public let codes: [UInt16]
  /// nil: the configuration decides.
  public let action: TerminalAction?

  public init(name: KeyName, codes: [UInt16], action: TerminalAction? = nil) {
    self.name = name
    self.codes = codes
    self.action = action
  }
}

/// How a terminal's beeper is sounded (linux/input-event-codes.h, EV_SND).
public enum Beeper: String, Hashable, Sendable, CaseIterable {
  /// On or off, with one pitch.
  case bell = "SND_BELL"
  /// A frequency in hertz.
  case tone = "SND_TONE"

  public var code: UInt16 {
    switch self {
    case .bell: 1
    case .tone: 2
    }
  }
}

/// What is known about a model of button box, keypad or feedback terminal.
public struct TerminalProfile: Hashable, Sendable {
  public static let debounce = Span(ms: 0)...Span(ms: 1000)
  public static let debounce_standard = Span(ms: 30)
  public static let codes_max = 256
  public static let usbModels_max = 32

  public let id: ProfileID
  public let name: String
  public let vendor: String
  /// Empty: nothing tells this model on the bus.
  public let usb: [USBModel]
  /// A contact that closes again within this time was not pressed again.
  public let debounce: Span
  /// In the order of the file; no code belongs to two keys.
  public let keys: [TerminalKey]
  /// Code of the EV_LED that says "done"; nil: there is none.
  public let okLED: UInt16?
  /// Code of the EV_LED that says "refused"; nil: there is none.
  public let errorLED: UInt16?
  /// nil: there is none.
  public let beeper: Beeper?

  public init(
    id: ProfileID, name: String, vendor: String = "", usb: [USBModel] = [],
    debounce: Span = debounce_standard, keys: [TerminalKey], okLED: UInt16? = nil,
    errorLED: UInt16? = nil, beeper: Beeper? = nil
  ) {
    self.id = id
    self.name = name
    self.vendor = vendor
    self.usb = usb
    self.debounce = debounce
    self.keys = keys
    self.okLED = okLED
    self.errorLED = errorLED
    self.beeper = beeper
  }

  public func key(code: UInt16) -> TerminalKey? { keys.first { $0.codes.contains(code) } }
  public func key(named name: KeyName) -> TerminalKey? { keys.first { $0.name == name } }
}
