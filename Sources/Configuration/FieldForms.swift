import Branch
import PositionedJSON
import TicketTemplates

/// Forms of text that only a configuration has.
extension JSONField {
  func absolutePath() -> String? {
    guard let text = text(length: Settings.pathLength) else { return nil }
    if text.hasPrefix("/") { return text }
    report(
      code: "path", "\(quoted(text)) is not an absolute path", cure: "Begin it with a slash.")
    return nil
  }

  func language() -> String? {
    guard let text = text(length: 1...16) else { return nil }
    if TicketTemplate.isLanguageCode(text) { return text }
    report(
      code: "language", "\(quoted(text)) is no code of a language",
      cure: "Write it as \"de\" or \"en-US\".")
    return nil
  }

  func hubAddress() -> HubAddress? {
    guard let text = text(length: 1...300) else { return nil }
    if let address = HubAddress(text) { return address }
    report(
      code: "address", "\(quoted(text)) is no host and port",
      cure: "Write \"192.0.2.7:7557\", \"hub.example:7557\" or \"[2001:db8::7]:7557\".")
    return nil
  }

  /// Letters, digits, _ + - in one to three parts between slashes, as IANA names its zones.
  func timeZone() -> String? {
    guard let text = text(length: Settings.nameLength) else { return nil }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let isPlausible =
      (1...3).contains(parts.count) && text.first?.isLetter == true
      && parts.allSatisfy { part in !part.isEmpty && part.utf8.allSatisfy(Self.isZoneByte) }
    if isPlausible { return text }
    report(
      code: "timezone", "\(quoted(text)) cannot be the name of a time zone",
      cure: "Use a name such as \"Europe/Berlin\"; timedatectl list-timezones shows them.")
    return nil
  }

  private static func isZoneByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }

  func servicePrefix() -> String? {
    guard let text = text(length: 0...64) else { return nil }
    if TicketNumber.isPrefix(text) { return text }
    report(
      code: "prefix", "\(quoted(text)) cannot stand before a ticket number",
      cure: "Use one to \(TicketNumber.prefixLength_max) capital letters A to Z.")
    return nil
  }

  /// A physical USB port as the kernel names it in sysfs: bus, hyphen, ports of the hubs.
  func usbPort() -> String? {
    guard let text = text(length: 1...64) else { return nil }
    let halves = text.split(separator: "-", omittingEmptySubsequences: false)
    let isPort =
      halves.count == 2 && Self.isNumber(halves[0])
      && halves[1].split(separator: ".", omittingEmptySubsequences: false)
        .allSatisfy(Self.isNumber)
    if isPort { return text }
    report(
      code: "usb-port", "\(quoted(text)) is no USB port",
      cure: "Write it as kioskd devices shows it, \"1-2\" or \"1-2.3\".")
    return nil
  }

  private static func isNumber(_ text: some StringProtocol) -> Bool {
    (1...3).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) }
  }

  /// A path that leads to the same device after a replug: the kernel counts event nodes anew.
  func terminalPath() -> String? {
    guard let path = absolutePath() else { return nil }
    let node = "/dev/input/event"
    let plain = plainPath(path)
    guard plain.hasPrefix(node), Self.isNumber(plain.dropFirst(node.count)) else { return path }
    report(
      code: "path", "\(quoted(path)) may be another device after the next replug",
      cure: "Use \"byId\", \"serial\" or \"port\" as kioskd devices shows them.")
    return nil
  }

  /// A name in `/dev/input/by-id`, without its directory.
  func byIDName() -> String? {
    guard let text = text(length: 1...255) else { return nil }
    if !text.contains("/"), text != ".", text != ".." { return text }
    report(
      code: "by-id", "\(quoted(text)) is no name in /dev/input/by-id",
      cure: "Give the name alone, without its directory.")
    return nil
  }

  /// CUPS takes any printable ASCII but blank, slash and # in the name of a queue [lpadmin(8)].
  func queueName() -> String? {
    guard let text = text(length: 1...127) else { return nil }
    let forbidden: [UInt8] = [UInt8(ascii: "/"), UInt8(ascii: "#")]
    if text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !forbidden.contains($0) }) {
      return text
    }
    report(
      code: "cups-queue", "\(quoted(text)) cannot be the name of a CUPS queue",
      cure: "Give the name as lpstat -p shows it.")
    return nil
  }

  func cupsServer() -> String? {
    guard let text = text(length: Settings.pathLength) else { return nil }
    if text.hasPrefix("/") || HubAddress(text) != nil { return text }
    report(
      code: "address", "\(quoted(text)) is neither host and port nor the path of a socket",
      cure: "Write \"\(CUPSQueue.server_standard)\" or \"/run/cups/cups.sock\".")
    return nil
  }

  func signFormat() -> SignFormat? {
    guard let text = linesOfText(length: Settings.formatLength) else { return nil }
    do {
      return try SignFormat(text)
    } catch {
      report(error, in: text)
      return nil
    }
  }

  private func report(_ mistake: SignFormat.Mistake, in text: String) {
    switch mistake {
    case .brace:
      report(
        code: "format", "a brace in \(quoted(text)) has no partner",
        cure: "Write fields as {ticket}, {counter} and {arrow}; braces have no other use.")
    case .unknownField(let name):
      report(
        code: "format-field", "there is no field {\(name)}",
        cure: "Use {ticket}, {counter} or {arrow}.")
    case .noTicket:
      report(
        code: "format-ticket", "the ticket is not shown in \(quoted(text))",
        cure: "Add {ticket}.")
    }
  }
}

extension ObjectReader {
  func seconds(_ setting: Setting<Span>) -> Span {
    optional(setting.key)?.seconds(in: setting.range) ?? setting.standard
  }

  func milliseconds(_ setting: Setting<Span>) -> Span {
    optional(setting.key)?.milliseconds(in: setting.range) ?? setting.standard
  }

  func integer(_ setting: Setting<Int>) -> Int {
    optional(setting.key)?.integer(in: setting.range) ?? setting.standard
  }
}
