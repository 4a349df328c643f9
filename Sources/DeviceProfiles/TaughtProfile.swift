public import Branch

/// A terminal's profile made of what was seen of it.
public struct TaughtProfile: Sendable {
  public struct TaughtKey: Hashable, Sendable {
    public let stroke: KeyStroke
    public let name: KeyName
    /// As a profile writes it, `"next"` or `{"rate": 5}`; nil: the configuration decides.
    public let action: String?

    public init(stroke: KeyStroke, name: KeyName, action: String? = nil) {
      self.stroke = stroke
      self.name = name
      self.action = action
    }
  }

  /// Characters of name and vendor at most.
  public static let text_length_max = ProfileHead.nameLength.upperBound

  public var name: String
  public var vendor: String?
  public var usb: USBModel?
  public var keys: [TaughtKey] = []
  public var scanner: ScannerSettings?
  /// Longest time after which a contact was seen to close again; 0: none did.
  public var bounce = Span(ms: 0)
  /// Codes of its LEDs and sounds.
  public var leds: Set<UInt16> = []
  public var sounds: Set<UInt16> = []
  /// What a person should know.
  public var remarks: [String] = []
  /// `2026-11-22`
  public var day: String

  public init(name: String, day: String) {
    self.name = name
    self.day = day
  }

  /// Twice what was seen, and no less than what is usual.
  public var debounce: Span {
    let wanted = max(bounce * 2, TerminalProfile.debounce_standard)
    return min(wanted, TerminalProfile.debounce.upperBound)
  }

  /// JSON with comments, as in the files under Devices/.
  public var text: String {
    let source = "observed on \(day) by kioskd teach"
    var draft = ProfileDraft(source: source)
    for remark in remarks { draft.remark(remark) }
    draft.open(kind: .terminal, name: name, vendor: vendor)
    if let usb { draft.fact("usb", "[\"\(usb)\"]", from: "ids of the device") }
    draft.fact(
      "debounceMs", "\(debounce.ms)",
      from: bounce.ms > 0 ? "contacts closed again after \(bounce.ms) ms" : "no bounce was seen")
    if let scanner { draft.fact("scanner", Self.text(scanner), from: "a code that it typed") }
    if !keys.isEmpty { draft.table("keys", keys.map(Self.text), from: "each was pressed") }
    addAnswers(&draft)
    return draft.text
  }

  /// Which lamp is which nobody can see from here: the first one says done, the next one refused;
  /// a single one says refused, because a ticket or a call is its own answer.
  private func addAnswers(_ draft: inout ProfileDraft) {
    let names = leds.sorted().filter { Int($0) < LinuxKeys.leds.count }.map {
      LinuxKeys.leds[Int($0)]
    }
    if let first = names.first {
      let ok = names.count > 1 ? "\"\(first)\"" : "null"
      let error = names.count > 1 ? names[1] : first
      draft.remark("It says that it has \(names.joined(separator: ", ")); see which are there.")
      draft.fact("leds", "{\"ok\": \(ok), \"error\": \"\(error)\"}", from: "its abilities")
    }
    let beeper = Beeper.allCases.reversed().first { sounds.contains($0.code) }
    if let beeper { draft.fact("beep", "\"\(beeper.rawValue)\"", from: "its abilities") }
  }

  private static func text(_ key: TaughtKey) -> String {
    let action = key.action.map { ", \"action\": \($0)" } ?? ""
    return "\"\(LinuxKeys.written(key.stroke))\": {\"key\": \"\(key.name)\"\(action)}"
  }

  private static func text(_ scanner: ScannerSettings) -> String {
    let prefix =
      scanner.prefix.isEmpty ? "" : "\"prefix\": \(ProfileDraft.quoted(scanner.prefix)), "
    return "{\"layout\": \"\(scanner.layout.rawValue)\", \(prefix)"
      + "\"suffix\": \"\(scanner.suffix.rawValue)\", \"timeoutMs\": \(scanner.timeout.ms)}"
  }
}
