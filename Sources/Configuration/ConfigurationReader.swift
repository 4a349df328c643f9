import Branch
import DeviceProfiles
import PositionedJSON

/// Reads the objects of one configuration. Confined to the call that reads the file.
final class ConfigurationReader {
  let profiles: ProfileLibrary
  // Ids are gathered before anything is read, so that one wrong printer does not make each mention
  // of it wrong too.
  let serviceIDs: [String]
  let counterIDs: [String]
  let printerIDs: [String]
  let signIDs: [String]
  let hasClerks: Bool
  /// Signs that terminals show their refusals on.
  let refusalSigns: Set<String>
  /// Signs on which customers are called.
  let callSigns: Set<String>
  /// Whether the branch says when it is open.
  let hasHours: Bool
  /// What tickets may look like that signs have to show.
  let prefixes: [String]
  var numbers = NumberConfiguration.standard
  /// Who uses a device already, by what it is called in the file.
  private var users: [String: String] = [:]
  /// Signs by the serial port they hang on, in the order of the file.
  var lineBoards: [String: [LineBoard]] = [:]

  init(root: JSONValue, profiles: ProfileLibrary) {
    self.profiles = profiles
    func texts(_ list: String, _ key: String) -> [String] {
      (root[list]?.elements ?? []).compactMap { $0[key]?.string }
    }
    serviceIDs = texts("services", "id")
    counterIDs = texts("counters", "id")
    printerIDs = texts("printers", "id")
    signIDs = texts("signs", "id")
    prefixes = texts("services", "prefix").filter(TicketNumber.isPrefix)
    hasHours = root["branch"]?["hours"] != nil
    hasClerks = root["clerks"]?.elements?.isEmpty == false
    refusalSigns = Set(texts("terminals", "sign"))
    callSigns = Set(
      (root["signs"]?.elements ?? [])
        .filter { $0["counter"] != nil || $0["main"]?.content == .bool(true) }
        .compactMap { $0["id"]?.string })
  }

  func readNode(_ reader: ObjectReader) -> NodeConfiguration? {
    let node = reader.required("node", example: "\"kiosk-1\"")?.name(NodeTag.self)
    let branch = reader.required("branch", example: "{\"id\": \"main\", …}")?.object(readBranch)
    let journal = reader.required("journal", example: "{\"directory\": \"/var/lib/kioskd\"}")?
      .object(readJournal)
    let hub = reader.required("hub", example: "{\"address\": \"127.0.0.1:7557\"}")?
      .object(readHub)
    let devices = reader.optional("devices")?.absolutePath()
    let services = list(reader, "services", Settings.services_max, id: \.id, readService)
    checkPrefixes(reader)
    numbers = reader.optional("numbers")?.object(readNumbers) ?? .standard
    let counters = list(reader, "counters", Settings.counters_max, id: \.id, readCounter)
    let printers = list(reader, "printers", Settings.printers_max, id: \.id, readPrinter)
    checkAnyPrinterAlone(reader)
    let signs = list(reader, "signs", Settings.signs_max, id: \.id, readSign)
    let clerks = list(reader, "clerks", Settings.clerks_max, id: \.id, readClerk)
    checkPINs(clerks, reader)
    let mistakes = reader.field.findings.count
    let terminals = list(reader, "terminals", Settings.terminals_max, id: \.id, readTerminal)
    // A terminal with a mistake may have the key.
    if reader.field.findings.count == mistakes { checkClerkCounters(counters, terminals, reader) }
    let tickets = reader.optional("tickets")?.object(readTickets) ?? .standard
    guard let node, let branch, let journal, let hub else { return nil }
    return NodeConfiguration(
      node: node, branch: branch, journal: journal, hub: hub, devicesDirectory: devices,
      services: services, numbers: numbers, counters: counters, printers: printers, signs: signs,
      terminals: terminals, tickets: tickets, clerks: clerks)
  }

  /// The objects of a list, each with an id of its own.
  private func list<Element, Tag>(
    _ reader: ObjectReader, _ key: String, _ count_max: Int, id: (Element) -> Name<Tag>,
    _ read: (ObjectReader) -> Element?
  ) -> [Element] {
    var lines: [String: Int] = [:]
    return (reader.optional(key)?.elements(count_max: count_max) ?? []).compactMap { field in
      if let written = field.value["id"], let text = written.string {
        if let line = lines[text] {
          field.findings.report(
            at: written.start, field: field.path + ".id", code: "doubled-id",
            message: "\(quoted(text)) is the id of the one in line \(line) already",
            cure: "Give each its own id.")
        } else {
          lines[text] = written.start.line
        }
      }
      return field.object(read)
    }
  }

  // MARK: references

  /// An id that must be one of `known`.
  func reference<Tag>(
    _ field: JSONField?, to kind: String, _ known: [String], _ tag: Tag.Type = Tag.self
  ) -> Name<Tag>? {
    guard let field, let name = field.name(Tag.self) else { return nil }
    guard known.contains(name.text) else {
      reportUnknown(name.text, kind, known, field)
      return nil
    }
    return name
  }

  func references<Tag>(
    _ field: JSONField?, to kind: String, _ known: [String], count_max: Int
  ) -> [Name<Tag>] {
    var names: [Name<Tag>] = []
    for element in field?.elements(count_max: count_max) ?? [] {
      guard let name = reference(element, to: kind, known, Tag.self) else { continue }
      if names.contains(name) {
        element.report(
          code: "doubled", "\(quoted(name.text)) stands in the list already",
          cure: "Remove one of the two.")
      } else {
        names.append(name)
      }
    }
    return names
  }

  func reportUnknown(_ text: String, _ kind: String, _ known: [String], _ field: JSONField) {
    let near = nearestName(to: text, among: known)
    field.report(
      code: "unknown-\(kind)", "there is no \(kind) \(quoted(text))",
      cure: near.map { "Did you mean \(quoted($0))?" } ?? "Add it to \"\(kind)s\", or name another."
    )
  }

  /// A profile of the right kind.
  func profile<Profile>(
    _ field: JSONField?, _ kind: ProfileKind, _ all: [ProfileID: Profile]
  ) -> Profile? {
    guard let field, let id = field.name(ProfileTag.self) else { return nil }
    if let profile = all[id] { return profile }
    if let other = profiles.kind(of: id) {
      field.report(
        code: "wrong-profile-kind", "\(quoted(id.text)) is the profile of a \(other.rawValue)",
        cure: "Name the profile of a \(kind.rawValue).")
    } else if profiles.broken.contains(id) {
      field.report(
        code: "broken-profile", "the profile \(quoted(id.text)) has errors",
        cure: "Mend \(id.text).json first.")
    } else {
      let known = profiles.ids(of: kind).map(\.text)
      let near = nearestName(to: id.text, among: known)
      field.report(
        code: "unknown-profile", "there is no profile \(quoted(id.text))",
        cure: near.map { "Did you mean \(quoted($0))?" }
          ?? "Profiles of a \(kind.rawValue): \(known.joined(separator: ", ")).")
    }
    return nil
  }

  /// Two devices must not be the same thing. `selector` is what it is called in the file.
  func claim(_ selector: String, for field: JSONField) {
    if let user = users[selector] {
      field.report(
        code: "doubled-device", "\(user) uses the same device",
        cure: "Give each its own; kioskd devices shows what is plugged in.")
    } else {
      users[selector] = field.path
    }
  }
}
