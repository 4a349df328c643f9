import Branch

/// A key of a terminal: its name, the strokes that mean it, and what it usually asks for.
public struct TerminalKey: Hashable, Sendable {
  public let name: KeyName
  /// In the order of the file.
  public let strokes: [KeyStroke]
  /// nil: the configuration decides.
  public let action: TerminalAction?

  public init(name: KeyName, strokes: [KeyStroke], action: TerminalAction? = nil) {
    self.name = name
    self.strokes = strokes
    self.action = action
  }

  /// - Parameter codes: of Linux EV_KEY events, each of which means the key.
  public init(name: KeyName, codes: [UInt16], action: TerminalAction? = nil) {
    self.init(name: name, strokes: codes.map { .press($0) }, action: action)
  }

  /// Codes whose ordinary press means the key.
  public var codes: [UInt16] {
    strokes.compactMap { if case .press(let code) = $0 { code } else { nil } }
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
  public static let lockout = Span(ms: 0)...Span(ms: 60_000)
  public static let longPress = Span(ms: 200)...Span(ms: 10_000)
  public static let longPress_standard = Span(ms: 1000)
  public static let codes_max = 256
  public static let usbModels_max = 32

  public let id: ProfileID
  public let name: String
  public let vendor: String
  /// Empty: nothing tells this model on the bus.
  public let usb: [USBModel]
  /// A contact that closes again within this time was not pressed again.
  public let debounce: Span
  /// The same stroke counts again when it was quiet for so long; 0: always.
  public let lockout: Span
  /// A key that is held so long was pressed long.
  public let longPress: Span
  /// nil: it reads no codes.
  public let scanner: ScannerSettings?
  /// In the order of the file; no stroke belongs to two keys. Not empty without a scanner.
  public let keys: [TerminalKey]
  /// Code of the EV_LED that says "done"; nil: there is none.
  public let okLED: UInt16?
  /// Code of the EV_LED that says "refused"; nil: there is none.
  public let errorLED: UInt16?
  /// nil: there is none.
  public let beeper: Beeper?

  public init(
    id: ProfileID, name: String, vendor: String = "", usb: [USBModel] = [],
    debounce: Span = debounce_standard, lockout: Span = Span(ms: 0),
    longPress: Span = longPress_standard, scanner: ScannerSettings? = nil, keys: [TerminalKey],
    okLED: UInt16? = nil, errorLED: UInt16? = nil, beeper: Beeper? = nil
  ) {
    self.id = id
    self.name = name
    self.vendor = vendor
    self.usb = usb
    self.debounce = debounce
    self.lockout = lockout
    self.longPress = longPress
    self.scanner = scanner
    self.keys = keys
    self.okLED = okLED
    self.errorLED = errorLED
    self.beeper = beeper
  }

  public func key(code: UInt16) -> TerminalKey? { keys.first { $0.codes.contains(code) } }
  public func key(stroke: KeyStroke) -> TerminalKey? {
    keys.first { $0.strokes.contains(stroke) }
  }
  public func key(named name: KeyName) -> TerminalKey? { keys.first { $0.name == name } }

  /// Every key that takes part in a stroke, for finding the device's nodes; empty when any may.
  public var wantedCodes: Set<UInt16> {
    scanner == nil ? Set(keys.flatMap(\.strokes).flatMap(\.codes)) : []
  }
}
