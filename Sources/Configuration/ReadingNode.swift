import Branch
import TicketDesign
import PositionedJSON

/// The node itself, its branch, journal, hub, services and counters.
extension ConfigurationReader {
  func readBranch(_ reader: ObjectReader) -> BranchConfiguration? {
    let id = reader.required("id", example: "\"main\"")?.name(BranchTag.self)
    let name = reader.required("name", example: "\"Town Hall\"")?
      .text(length: Settings.nameLength)
    let zone = reader.required("timezone", example: "\"Europe/Berlin\"")?.timeZone()
    let hours = reader.optional("hours")?.object(readHours)
    guard let id, let name, let zone else { return nil }
    return BranchConfiguration(id: id, name: name, timeZone: zone, hours: hours)
  }

  func readJournal(_ reader: ObjectReader) -> JournalConfiguration? {
    let directory = reader.required("directory", example: "\"/var/lib/kioskd/journal\"")?
      .absolutePath()
    let segment_mib = reader.integer(Settings.segment_mib)
    let cap_mib = reader.integer(Settings.cap_mib)
    if cap_mib < 4 * segment_mib {
      (reader.optional(Settings.cap_mib.key) ?? reader.field).report(
        code: "journal-cap", "\(cap_mib) MiB hold fewer than four segments of \(segment_mib) MiB",
        cure: "Give a capMiB of at least four times segmentMiB.")
    }
    guard let directory else { return nil }
    return JournalConfiguration(
      directory: directory, segment_bytes: segment_mib << 20, cap_bytes: cap_mib << 20)
  }

  func readHub(_ reader: ObjectReader) -> HubConfiguration? {
    let example = "\"address\": \"127.0.0.1:7557\""
    var addresses: [HubAddress] = []
    switch reader.exactlyOne(of: ["address", "addresses"], example: example) {
    case ("address", let field)?: addresses = field.hubAddress().map { [$0] } ?? []
    case (_, let field)?: addresses = readAddresses(field)
    case nil: break
    }
    return HubConfiguration(
      addresses: addresses, heartbeat: reader.seconds(Settings.heartbeat),
      answer: reader.seconds(Settings.answer))
  }

  private func readAddresses(_ field: JSONField) -> [HubAddress] {
    var addresses: [HubAddress] = []
    let fields = field.elements(count_max: Settings.hubAddresses_max)
    for element in fields ?? [] {
      guard let address = element.hubAddress() else { continue }
      if addresses.contains(address) {
        element.report(
          code: "doubled", "\(address) stands in the list already", cure: "Remove one of the two.")
      }
      addresses.append(address)
    }
    if fields?.isEmpty == true {
      field.report(
        code: "missing", "the list is empty", cure: "Add an address such as \"127.0.0.1:7557\".")
    }
    return addresses
  }

  func readService(_ reader: ObjectReader) -> ServiceConfiguration? {
    let id = reader.required("id", example: "\"cash\"")?.name(ServiceTag.self)
    let prefix = reader.required("prefix", example: "\"A\"")?.servicePrefix()
    let name = reader.required("name", example: "\"Cash desk\"")?
      .text(length: Settings.nameLength)
    let language = reader.optional("language")?.language()
    guard let id, let prefix, let name else { return nil }
    return ServiceConfiguration(id: id, prefix: prefix, name: name, language: language)
  }

  func readTickets(_ reader: ObjectReader) -> TicketConfiguration? {
    TicketConfiguration(
      template: reader.optional("template")?.absolutePath(),
      language: reader.optional("language")?.language(),
      url: reader.optional("url").flatMap(readURL))
  }

  private func readURL(_ field: JSONField) -> TicketURL? {
    guard let text = field.text(length: 1...TicketURL.bytes_max) else { return nil }
    if let url = TicketURL(text) { return url }
    field.report(
      code: "ticket-url", "\(quoted(text)) is no address of a ticket",
      cure: "Use ASCII and {branch}, {service}, {day}, {number}: "
        + "\"https://queue.example/{branch}/{day}/{number}\".")
    return nil
  }

  /// Two services with one prefix would issue the same ticket twice.
  func checkPrefixes(_ reader: ObjectReader) {
    var owners: [String: String] = [:]
    for (index, service) in (reader.optional("services")?.value.elements ?? []).enumerated() {
      guard let written = service["prefix"], let prefix = written.string else { continue }
      if let owner = owners[prefix] {
        reader.field.findings.report(
          at: written.start, field: "services[\(index)].prefix", code: "doubled-prefix",
          message: "the service \(quoted(owner)) has the prefix \(quoted(prefix)) already",
          cure: "Give each service its own prefix.")
      } else {
        owners[prefix] = service["id"]?.string ?? ""
      }
    }
  }

  func readNumbers(_ reader: ObjectReader) -> NumberConfiguration? {
    let numbers = NumberConfiguration(
      first: reader.integer(Settings.numberFirst), last: reader.integer(Settings.numberLast),
      reserve: reader.integer(Settings.reserve),
      reserveDays: reader.integer(Settings.reserveDays),
      leaseAnswer: reader.milliseconds(Settings.leaseAnswer))
    if numbers.last < numbers.first {
      (reader.optional("last") ?? reader.field).report(
        code: "numbers-order", "last, \(numbers.last), is below first, \(numbers.first)",
        cure: "Give a last number that is not below the first.")
    } else if numbers.reserve > numbers.last - numbers.first + 1 {
      (reader.optional("reserve") ?? reader.field).report(
        code: "numbers-reserve",
        "\(numbers.reserve) is more than the \(numbers.last - numbers.first + 1) numbers of a day",
        cure: "Give a smaller reserve or more numbers.")
    }
    return numbers
  }

  func readCounter(_ reader: ObjectReader) -> CounterConfiguration? {
    let id = reader.required("id", example: "\"1\"")?.name(CounterTag.self)
    let field = reader.required("services", example: "[\"cash\"]")
    let services: [ServiceID] = references(
      field, to: "service", serviceIDs, count_max: Settings.services_max)
    if let field, field.value.elements?.isEmpty == true {
      field.report(
        code: "missing", "a counter without services can call nobody",
        cure: "Name the services in the order in which they are called.")
    }
    let needsClerk = reader.optional("needsClerk")
    if needsClerk?.bool() == true, !hasClerks {
      needsClerk?.report(
        code: "no-clerks", "nobody could call here: there are no clerks",
        cure: "Add \"clerks\", or leave needsClerk out.")
    }
    return id.map {
      CounterConfiguration(
        id: $0, services: services, needsClerk: needsClerk?.value.content == .bool(true))
    }
  }
}

extension NumberConfiguration {
  static let standard = NumberConfiguration(
    first: Settings.numberFirst.standard, last: Settings.numberLast.standard,
    reserve: Settings.reserve.standard, reserveDays: Settings.reserveDays.standard,
    leaseAnswer: Settings.leaseAnswer.standard)
}
