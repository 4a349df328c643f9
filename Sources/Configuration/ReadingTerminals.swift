import Branch
import DeviceProfiles
import PositionedJSON

extension ConfigurationReader {
  func readTerminal(_ reader: ObjectReader) -> TerminalConfiguration? {
    let id = reader.required("id", example: "\"kiosk\"")?.name(TerminalTag.self)
    let profileField = reader.required("profile", example: "\"kiosk-4-button\"")
    let profile = profile(profileField, .terminal, profiles.terminals)
    let device = reader.required("device", example: "{\"port\": \"1-3\"}")?
      .object { self.readTerminalDevice($0) }
    let printers: [PrinterID] = references(
      reader.optional("printers"), to: "printer", printerIDs, count_max: Settings.printers_max)
    let sign: SignID? = reference(reader.optional("sign"), to: "sign", signIDs)
    let counter: CounterID? = reference(reader.optional("counter"), to: "counter", counterIDs)
    let showsNumberFor = readWithoutPrinter(reader, sign)
    let (keys, strokes) = readKeys(reader.optional("keys"), profile)
    let ownScanner = reader.optional("scanner").map { $0.scannerSettings(over: profile?.scanner) }
    let lockout = reader.optional("lockoutMs")?.milliseconds(in: TerminalProfile.lockout)
    let feedback = reader.optional("feedback")?.object(readFeedback) ?? .standard
    let longPress = reader.optional("longPressMs")?.milliseconds(in: TerminalProfile.longPress)
    guard let profile, let profileField else { return nil }
    checkProfileTargets(profile, changed: keys, profileField)
    let actions = merge(profile, keys)
    let scanner = ownScanner ?? profile.scanner
    checkActions(Array(actions.values) + strokes.values, scans: scanner != nil, reader)
    guard let id, let device else { return nil }
    let terminal = TerminalConfiguration(
      id: id, profile: profile, device: device, actions: actions, strokes: strokes,
      scanner: scanner, lockout: lockout ?? profile.lockout,
      longPress: longPress ?? profile.longPress, printers: printers, sign: sign, counter: counter,
      showsNumberFor: showsNumberFor, feedback: feedback)
    checkPINEnd(terminal, reader)
    return terminal
  }

  /// A key with a digit on it is that digit while a PIN is typed, even if it began the PIN.
  private func checkPINEnd(_ terminal: TerminalConfiguration, _ reader: ObjectReader) {
    let pinKeys = terminal.pinKeys
    let begins = terminal.strokeActions.filter { $0.value.plain == .logOn }.keys
    let ends = begins.contains { stroke in
      guard case .press(let code) = stroke else { return true }
      return pinKeys.digits[code] == nil
    }
    guard !begins.isEmpty, !ends, pinKeys.enter.isEmpty else { return }
    reader.field.report(
      code: "no-log-on", "the key that begins a PIN is a digit of it then, and no key ends it",
      cure: "Give \"log-on\" to a key without a digit, or to one that is held: \"digit9:long\".")
  }

  private func readWithoutPrinter(_ reader: ObjectReader, _ sign: SignID?) -> Span? {
    let span = reader.seconds(Settings.showNumber)
    guard let field = reader.optional("whenNoPrinter"),
      field.choice(WithoutPrinter.self) == .show
    else { return nil }
    guard let sign, !callSigns.contains(sign.text) else {
      field.report(
        code: "show-sign", "a number without paper needs a sign that nothing else is called on",
        cure: "Give the terminal a \"sign\" without \"counter\" and \"main\".")
      return nil
    }
    return span
  }

  private func readTerminalDevice(_ reader: ObjectReader) -> TerminalDevice? {
    let keys = ["serial", "port", "byId", "path"]
    guard let (key, field) = reader.exactlyOne(of: keys, example: "\"port\": \"1-3\"") else {
      return nil
    }
    let device: TerminalDevice? =
      switch key {
      case "serial": field.text(length: 1...126).map { .serial($0) }
      case "port": field.usbPort().map { .port($0) }
      case "byId": field.byIDName().map { .byID($0) }
      default: field.terminalPath().map { .path($0) }
      }
    // A path may also be that of a printer or sign; USB selectors are those of terminals only.
    switch device {
    case .path(let path)?: claim(plainPath(path), for: field)
    case .byID(let name)?: claim("/dev/input/by-id/" + name, for: field)
    case let other?: claim("terminal \(other)", for: field)
    case nil: break
    }
    return device
  }

  private typealias KeyChanges = (
    keys: [KeyName: TerminalAction?], strokes: [KeyStroke: TerminalAction]
  )

  /// What the configuration says of keys; a key that is set to null does nothing.
  private func readKeys(_ field: JSONField?, _ profile: TerminalProfile?) -> KeyChanges {
    var changes: KeyChanges = ([:], [:])
    for (member, entry) in field?.members(count_max: TerminalProfile.codes_max) ?? [] {
      let form = KeyForm(member.key)
      let keys = form.names.map { KeyName($0) }
      for (key, name) in zip(keys, form.names) {
        guard let profile, key.flatMap(profile.key(named:)) == nil else { continue }
        reportUnknownKey(name, member, entry, profile)
      }
      let action = entry.isNull ? nil : entry.terminalAction()
      if let action { checkTarget(action, entry) }
      guard entry.isNull || action != nil else { continue }
      switch form {
      case .press:
        if let key = keys[0] { changes.keys[key] = .some(action) }
      case .long, .chord:
        guard let action, let profile else { continue }
        for stroke in strokes(form, member, entry, profile) { changes.strokes[stroke] = action }
      }
    }
    return changes
  }

  /// Of every code that means the key; of a chord every two.
  private func strokes(
    _ form: KeyForm, _ member: JSONMember, _ entry: JSONField, _ profile: TerminalProfile
  ) -> [KeyStroke] {
    let codes = form.names.map { name in
      KeyName(name).flatMap(profile.key(named:))?.codes ?? []
    }
    guard case .chord(let one, let other) = form else { return codes[0].map { .long($0) } }
    if one == other {
      entry.findings.report(
        at: member.keyRange.start, field: entry.path, code: "key-chord",
        message: "\(quoted(member.key)) is one key twice", cure: "Name two different keys.")
    }
    return codes[0].flatMap { first in
      codes[1].compactMap { KeyPair(first, $0).map { .chord($0) } }
    }
  }

  private func reportUnknownKey(
    _ name: String, _ member: JSONMember, _ entry: JSONField, _ profile: TerminalProfile
  ) {
    let known = profile.keys.map(\.name.text)
    let near = nearestName(to: name, among: known)
    entry.findings.report(
      at: member.keyRange.start, field: entry.path, code: "unknown-terminal-key",
      message: "the profile \(quoted(profile.id.text)) has no key \(quoted(name))",
      cure: near.map { "Did you mean \(quoted($0))?" }
        ?? "Its keys are: \(known.joined(separator: ", ")).")
  }

  private func checkTarget(_ action: TerminalAction, _ entry: JSONField) {
    if case .at(let counter, _) = action, !counterIDs.contains(counter.text) {
      reportUnknown(counter.text, "counter", counterIDs, place(of: "counter", in: entry))
    }
    if action.plain == .logOn, !hasClerks {
      entry.report(
        code: "no-clerks", "there are no clerks who could log on",
        cure: "Add \"clerks\"; kioskd pin makes what stands there of a PIN.")
    }
    switch action {
    case .ticket(let service, _) where !serviceIDs.contains(service.text):
      reportUnknown(service.text, "service", serviceIDs, place(of: "ticket", in: entry))
    case .reprint(let printer) where !printerIDs.contains(printer.text):
      reportUnknown(printer.text, "printer", printerIDs, place(of: "reprint", in: entry))
    default: break
    }
  }

  private func place(of key: String, in entry: JSONField) -> JSONField {
    entry.value[key].map {
      JSONField(value: $0, path: entry.path + "." + key, findings: entry.findings)
    } ?? entry
  }

  /// A profile may name services and printers that this branch does not have.
  private func checkProfileTargets(
    _ profile: TerminalProfile, changed: [KeyName: TerminalAction?], _ field: JSONField
  ) {
    for key in profile.keys where changed[key.name] == nil {
      if case .at(let counter, _)? = key.action, !counterIDs.contains(counter.text) {
        field.report(
          code: "unknown-counter",
          "its key \(quoted(key.name.text)) is for counter \(quoted(counter.text))",
          cure: "Add the counter, or give the key another action under \"keys\".")
      }
      if case .reprint(let printer)? = key.action, !printerIDs.contains(printer.text) {
        field.report(
          code: "unknown-printer",
          "its key \(quoted(key.name.text)) reprints tickets of \(quoted(printer.text))",
          cure: "Add the printer, or give the key another action under \"keys\".")
      }
      guard case .ticket(let service, _)? = key.action, !serviceIDs.contains(service.text) else {
        continue
      }
      field.report(
        code: "unknown-service",
        "its key \(quoted(key.name.text)) takes tickets for \(quoted(service.text))",
        cure: "Add the service, or give the key another action under \"keys\".")
    }
  }

  private func merge(
    _ profile: TerminalProfile, _ keys: [KeyName: TerminalAction?]
  ) -> [KeyName: TerminalAction] {
    var actions: [KeyName: TerminalAction] = [:]
    for key in profile.keys {
      if let changed = keys[key.name] {
        actions[key.name] = changed
      } else {
        actions[key.name] = key.action
      }
    }
    return actions
  }

  /// A reason is about a rating, and a PIN ends with a key.
  private func checkFeedback(_ actions: [TerminalAction], _ reader: ObjectReader) {
    let plain = actions.map(\.plain)
    let rates = plain.contains { if case .rate = $0 { true } else { false } }
    if !rates, plain.contains(where: { if case .reason = $0 { true } else { false } }) {
      reader.field.report(
        code: "reason-alone", "its keys say why, and none of them rates",
        cure: "Add a key with {\"rate\": 1 to 5}.")
    }
    if !plain.contains(.logOn),
      plain.contains(where: { if case .digit = $0 { true } else { false } })
    {
      reader.field.report(
        code: "no-log-on", "its keys are digits of a PIN, and no key says that it is typed",
        cure: "Give one key the action \"log-on\".")
    }
  }

  /// What the keys ask for needs something to do it with.
  private func checkActions(
    _ actions: [TerminalAction], scans: Bool, _ reader: ObjectReader
  ) {
    let takesTickets =
      scans || actions.contains { if case .ticket = $0 { true } else { false } }
    if takesTickets, reader.optional("printers").map({ $0.value.elements == [] }) ?? true {
      reader.reportMissing(
        "printers", "\(scans ? "its codes" : "its keys") take tickets, and no printer is named",
        cure: "Add \"printers\": [\"…\"], the one to fall back to behind the usual one.")
    }
    if actions.contains(where: \.needsCounter), reader.optional("counter") == nil {
      reader.reportMissing(
        "counter", "its keys call or rate, and no counter is named",
        cure: "Add \"counter\": \"…\", the counter at which it stands.")
    }
    checkFeedback(actions, reader)
    guard actions.isEmpty, !scans else { return }
    guard let keys = reader.optional("keys"), keys.value.members != [] else {
      reader.reportMissing(
        "keys", "none of its keys does anything",
        cure: "Add \"keys\": {\"button1\": {\"ticket\": SERVICE}}.")
      return
    }
    // An action that could not be read was told already.
    if keys.value.members?.allSatisfy({ $0.value.content == .null }) == true {
      keys.report(
        code: "no-action", "none of its keys does anything", cure: "Give one of them an action.")
    }
  }
}
