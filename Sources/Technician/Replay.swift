public import Branch
public import Captures
public import DeviceProfiles
import TerminalInput

/// How a capture would be read: the words of `kioskd replay`, and of the expectations beside the
/// captures in Tests/Captures.
public struct Replay {
  /// What a person may say about it.
  public struct Options: Hashable, Sendable {
    /// Instead of the profile that the capture names.
    public var profile: ProfileID?
    /// Read as a scanner with this keyboard, whatever the profile says.
    public var layout: KeyboardLayout?

    public init(profile: ProfileID? = nil, layout: KeyboardLayout? = nil) {
      self.profile = profile
      self.layout = layout
    }
  }

  private enum Reader {
    case keys(KeyReplay, String)
    case sign(SignProfile)
    case printer(PrinterProfile)
    case bytes
  }

  public let capture: Capture
  private let reader: Reader

  /// Throws `replay-…` when the options do not fit the capture.
  public init(_ capture: Capture, _ profiles: ProfileLibrary, _ options: Options) throws(Problem) {
    self.capture = capture
    let wanted = options.profile ?? ProfileID(capture.header.profile)
    if let wanted, profiles.kind(of: wanted) == nil, options.profile != nil {
      throw Problem(
        code: "replay-profile", what: "there is no profile \(wanted)",
        cause: "no file of that name is among the profiles",
        cure: "Run `kioskd devices`, or look into the folder of the profiles.")
    }
    if let kind = wanted.flatMap(profiles.kind), kind != capture.header.kind.profileKind {
      throw Problem(
        code: "replay-profile", what: "the profile does not fit this capture",
        cause: "it is of a \(kind.rawValue), and the capture is of kind "
          + capture.header.kind.rawValue,
        cure: "Give the profile of a \(capture.header.kind.profileKind.rawValue).")
    }
    guard options.layout == nil || capture.header.kind == .evdev else {
      throw Problem(
        code: "replay-layout", what: "a keyboard layout does not fit this capture",
        cause: "it is of kind \(capture.header.kind.rawValue)", cure: "Leave --layout out.")
    }
    switch capture.header.kind {
    case .evdev: reader = Self.keys(wanted.flatMap { profiles.terminals[$0] }, options.layout)
    case .serial: reader = wanted.flatMap { profiles.signs[$0] }.map { .sign($0) } ?? .bytes
    case .printer: reader = wanted.flatMap { profiles.printers[$0] }.map { .printer($0) } ?? .bytes
    }
  }

  private static func keys(_ profile: TerminalProfile?, _ layout: KeyboardLayout?) -> Reader {
    guard let layout else {
      guard let profile else {
        let rules = TerminalRules(debounce: TerminalProfile.debounce_standard)
        return .keys(KeyReplay(rules) { _ in (nil, nil) }, "no profile, each key alone")
      }
      return .keys(KeyReplay(profile), "profile \(profile.id)")
    }
    let base = profile?.scanner
    let settings = ScannerSettings(
      layout: layout, prefix: base?.prefix ?? "", suffix: base?.suffix ?? .enter,
      timeout: base?.timeout ?? ScannerSettings.timeout_standard)
    let rules = TerminalRules(
      strokes: profile?.keys.flatMap(\.strokes) ?? [], scanner: settings,
      debounce: profile?.debounce ?? TerminalProfile.debounce_standard,
      lockout: profile?.lockout ?? Span(ms: 0),
      longPress: profile?.longPress ?? TerminalProfile.longPress_standard)
    let replay = KeyReplay(rules) { stroke in
      let key = profile?.key(stroke: stroke)
      return (key?.name.text, key?.action?.description)
    }
    let name = profile.map { "profile \($0.id), " } ?? ""
    return .keys(replay, "\(name)scanner with keyboard \(layout.rawValue)")
  }

  /// By what it is read.
  public var readAs: String {
    switch reader {
    case .keys(_, let name): name
    case .sign(let profile): "profile \(profile.id)"
    case .printer(let profile): "profile \(profile.id)"
    case .bytes: "no profile, bytes as they are"
    }
  }

  public var lines: [ReplayLine] {
    switch reader {
    case .keys(let replay, _): KeyReplay.lines(of: capture, replay)
    case .sign(let profile): SignReplay.lines(of: capture, profile)
    case .printer(let profile): PrinterReplay.lines(of: capture, profile)
    case .bytes: ByteReplay.lines(of: capture)
    }
  }
}

extension Capture.Kind {
  /// Of the profiles that describe such a device.
  public var profileKind: ProfileKind {
    switch self {
    case .evdev: .terminal
    case .serial: .sign
    case .printer: .printer
    }
  }
}
