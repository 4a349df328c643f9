import Branch
import PositionedJSON

extension TerminalProfile {
  static func read(_ id: ProfileID, _ reader: ObjectReader) -> TerminalProfile? {
    let head = reader.profileHead()
    let usb = reader.known("usb")?.distinct(count_max: usbModels_max) { $0.usbModel() }
    let debounce = reader.known("debounceMs")?.milliseconds(in: Self.debounce)
    let lockout = reader.known("lockoutMs")?.milliseconds(in: Self.lockout)
    let longPress = reader.known("longPressMs")?.milliseconds(in: Self.longPress)
    let scanner = reader.known("scanner").map { $0.scannerSettings(over: nil) }
    let keysField =
      scanner != nil
      ? reader.known("keys")
      : reader.required("keys", example: "{\"KEY_1\": {\"key\": \"button1\"}}")
    let keys = keysField.map(readKeys)
    var leds: (ok: UInt16?, error: UInt16?) = (nil, nil)
    _ = reader.known("leds")?.object { reader in
      leds.ok = reader.known("ok")?.led()
      leds.error = reader.known("error")?.led()
      return true
    }
    let beeper = reader.known("beep")?.choice(Beeper.self)
    reader.checkSources()
    return TerminalProfile(
      id: id, name: head.name ?? "", vendor: head.vendor, usb: usb ?? [],
      debounce: debounce ?? debounce_standard, lockout: lockout ?? Span(ms: 0),
      longPress: longPress ?? longPress_standard, scanner: scanner ?? nil, keys: keys ?? [],
      okLED: leds.ok, errorLED: leds.error, beeper: beeper)
  }

  private static func readKeys(_ field: JSONField) -> [TerminalKey] {
    var keys: [TerminalKey] = []
    var names: [KeyStroke: String] = [:]
    for (member, entry) in field.members(count_max: codes_max) ?? [] {
      let stroke = keyStroke(member, entry)
      if let stroke, let other = names.updateValue(member.key, forKey: stroke) {
        entry.findings.report(
          at: member.keyRange.start, field: entry.path, code: "key-code-doubled",
          message: "code \(stroke) is meant by \(quoted(other)) already",
          cure: "Keep one of the two.")
      }
      guard let (name, action) = readEntry(entry), let stroke else { continue }
      merge(TerminalKey(name: name, strokes: [stroke], action: action), into: &keys, entry)
    }
    if field.value.members?.isEmpty == true {
      field.report(
        code: "missing", "a terminal without keys is of no use",
        cure: "Add \"KEY_1\": {\"key\": \"button1\"}; kioskd keys shows the names.")
    }
    return keys
  }

  private static func readEntry(_ entry: JSONField) -> (KeyName, TerminalAction?)? {
    entry.object { reader in
      let name = reader.required("key", example: "\"button1\"")?.name(KeyTag.self)
      let action = reader.known("action")?.terminalAction()
      return name.map { ($0, action) }
    }
  }

  /// Several codes may mean one key; then they must not ask for different things.
  private static func merge(
    _ key: TerminalKey, into keys: inout [TerminalKey], _ entry: JSONField
  ) {
    guard let index = keys.firstIndex(where: { $0.name == key.name }) else {
      keys.append(key)
      return
    }
    let first = keys[index]
    if let one = first.action, let other = key.action, one != other {
      entry.report(
        code: "conflict", "the key \(quoted(key.name.text)) asks for \(one) already",
        cure: "Give it the same action everywhere, or another name.")
    }
    keys[index] = TerminalKey(
      name: first.name, strokes: first.strokes + key.strokes, action: first.action ?? key.action)
  }

  /// `KEY_KP1`, `KEY_KP1:long` or `KEY_1+KEY_2`.
  private static func keyStroke(_ member: JSONMember, _ entry: JSONField) -> KeyStroke? {
    let form = KeyForm(member.key)
    let codes = form.names.map { keyCode($0, member, entry) }
    guard let first = codes.first, let first else { return nil }
    switch form {
    case .press: return .press(first)
    case .long: return .long(first)
    case .chord:
      guard let second = codes[1] else { return nil }
      if let pair = KeyPair(first, second) { return .chord(pair) }
      entry.findings.report(
        at: member.keyRange.start, field: entry.path, code: "key-chord",
        message: "\(quoted(member.key)) is one key twice", cure: "Name two different keys.")
      return nil
    }
  }

  /// `KEY_KP1`, or the bare number of a key that has no name here.
  private static func keyCode(
    _ name: String, _ member: JSONMember, _ entry: JSONField
  ) -> UInt16? {
    if let code = LinuxKeys.code(of: name) { return code }
    if name.utf8.allSatisfy({ (48...57).contains($0) }), let code = UInt16(name),
      LinuxKeys.codes.contains(code)
    {
      return code
    }
    let near = nearestName(to: name, among: LinuxKeys.names)
    entry.findings.report(
      at: member.keyRange.start, field: entry.path, code: "key-name",
      message: "\(quoted(name)) is no Linux key name",
      cure: near.map { "Did you mean \(quoted($0))?" }
        ?? "Run kioskd keys and press the key; it shows the name or number.")
    return nil
  }
}

/// How a file writes a stroke: `button1`, `button1:long`, `button1+button2`.
public enum KeyForm: Hashable, Sendable {
  case press(String)
  case long(String)
  case chord(String, String)

  public init(_ text: String) {
    let long = ":long"
    if text.hasSuffix(long) {
      self = .long(String(text.dropLast(long.count)))
    } else if let plus = text.firstIndex(of: "+") {
      self = .chord(String(text[..<plus]), String(text[text.index(after: plus)...]))
    } else {
      self = .press(text)
    }
  }

  /// Of its keys.
  public var names: [String] {
    switch self {
    case .press(let name), .long(let name): [name]
    case .chord(let one, let other): [one, other]
    }
  }
}

extension JSONField {
  /// `{"layout": "de", "prefix": "", "suffix": "enter", "timeoutMs": 300}`; what is not said is as
  /// in `base`, else the standard.
  public func scannerSettings(over base: ScannerSettings?) -> ScannerSettings? {
    object { reader in
      let layout = reader.known("layout")?.choice(KeyboardLayout.self) ?? base?.layout
      let prefix = reader.known("prefix")?.text(length: ScannerSettings.prefixLength)
      let suffix = reader.known("suffix")?.choice(ScannerSettings.Suffix.self)
      let timeout = reader.known("timeoutMs")?.milliseconds(in: ScannerSettings.timeout)
      return ScannerSettings(
        layout: layout ?? .us, prefix: prefix ?? base?.prefix ?? "",
        suffix: suffix ?? base?.suffix ?? .enter,
        timeout: timeout ?? base?.timeout ?? ScannerSettings.timeout_standard)
    }
  }
}

extension JSONField {
  /// `"LED_NUML"`
  fileprivate func led() -> UInt16? {
    guard let text = text(length: 1...40) else { return nil }
    if let code = LinuxKeys.leds.firstIndex(of: text) { return UInt16(code) }
    reportUnknown(text, code: "led-name", known: LinuxKeys.leds)
    return nil
  }
}
