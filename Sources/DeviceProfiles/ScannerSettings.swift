public import Branch

/// The keyboard that a barcode scanner believes to be.
public enum KeyboardLayout: String, Hashable, Sendable, CaseIterable {
  case us
  case uk
  case de
  case fr
  case be
  case es
}

/// How a scanner was set up.
public struct ScannerSettings: Hashable, Sendable {
  /// The key that ends a code.
  public enum Suffix: String, Hashable, Sendable, CaseIterable {
    /// KEY_ENTER or KEY_KPENTER
    case enter
    /// KEY_TAB
    case tab
    /// A code ends when nothing follows for `timeout`.
    case none
  }

  public static let timeout = Span(ms: 20)...Span(ms: 5000)
  /// A scanner leaves 1 to 50 ms between two characters, a slow radio link a few hundred.
  public static let timeout_standard = Span(ms: 300)
  public static let prefixLength = 0...16
  /// The code of an appointment has 64 characters at most; a long URL in a QR code has more.
  public static let length_max = 512

  public let layout: KeyboardLayout
  /// Stands before every code and does not belong to it; what comes without it is no code. May be
  /// empty.
  public let prefix: String
  public let suffix: Suffix
  /// Longest time between two characters of one code.
  public let timeout: Span

  public init(
    layout: KeyboardLayout, prefix: String = "", suffix: Suffix = .enter,
    timeout: Span = timeout_standard
  ) {
    self.layout = layout
    self.prefix = prefix
    self.suffix = suffix
    self.timeout = timeout
  }
}
