import Branch
import PositionedJSON

extension TerminalProfile {
  static func read(_ id: ProfileID, _ reader: ObjectReader) -> TerminalProfile? {
    let head = reader.profileHead()
    let usb = reader.known("usb")?.distinct(count_max: usbModels_max) { $0.usbModel() }
    let debounce = reader.known("debounceMs")?.milliseconds(in: Self.debounce)
    let keys = reader.required("keys", example: "{\"KEY_1\": {\"key\": \"button1\"}}")
      .map(readKeys)
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
      debounce: debounce ?? debounce_standard, keys: keys ?? [], okLED: leds.ok,
      errorLED: leds.error, beeper: beeper)
  }

  private static func readKeys(_ field: JSONField) -> [TerminalKey] {
    var keys: [TerminalKey] = []
    var names: [UInt16: String] = [:]
    for (member, entry) in field.members(count_max: codes_max) ?? [] {
      let code = keyCode(member, entry)
      if let code, let other = names.updateValue(member.key, forKey: code) {
        entry.findings.report(
          at: member.keyRange.start, field: entry.path, code: "key-code-doubled",
          message: "code \(code) is meant by \(quoted(other)) already",
          cure: "Keep one of the two.")
      }
      guard let (name, action) = readEntry(entry), let code else { continue }
      merge(TerminalKey(name: name, codes: [code], action: action), into: &keys, entry)
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
      name: first.name, codes: first.codes + key.codes, action: first.action ?? key.action)
  }

  /// `KEY_KP1`, or the bare number of a key that has no name here.
  private static func keyCode(_ member: JSONMember, _ entry: JSONField) -> UInt16? {
    if let code = LinuxKeys.code(of: member.key) { return code }
    if member.key.utf8.allSatisfy({ (48...57).contains($0) }), let code = UInt16(member.key),
      LinuxKeys.codes.contains(code)
    {
      return code
    }
    let near = nearestName(to: member.key, among: LinuxKeys.names)
    entry.findings.report(
      at: member.keyRange.start, field: entry.path, code: "key-name",
      message: "\(quoted(member.key)) is no Linux key name",
      cure: near.map { "Did you mean \(quoted($0))?" }
        ?? "Run kioskd keys and press the key; it shows the name or number.")
    return nil
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
