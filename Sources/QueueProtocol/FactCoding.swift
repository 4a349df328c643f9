public import Branch

/// A fact as the words after `FACT seq`: kind, `at`, then its fields. The same text is the payload
/// of a journal record, so that one codec serves the wire, the disk and `journal show`.
extension Fact {
  public func encoded() -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(160)
    encode(into: &out)
    return out
  }

  /// The text of `kind` and `fields`, without a string for each value: a node writes every fact
  /// once, a hub every fact of all its nodes.
  public func encode(into out: inout [UInt8]) {
    out += kind.rawValue.utf8
    put(" at=", at.ms, &out)
    if let ticket {
      out += " ticket=".utf8
      ticket.append(to: &out)
    }
    put(" service=", service?.text, &out)
    if let day {
      out += " day=".utf8
      day.append(to: &out)
    }
    put(" counter=", counter?.text, &out)
    put(" terminal=", terminal?.text, &out)
    put(" printer=", printer?.text, &out)
    if let device { append(Field("device", device), to: &out) }
    if let rating { put(" rating=", Int64(rating), &out) }
    if let reason { append(Field("reason", reason), to: &out) }
    if let waiting { put(" waiting_ms=", waiting.ms, &out) }
    if let transaction { put(" transaction_ms=", transaction.ms, &out) }
    for field in more { append(field, to: &out) }
  }

  private func put(_ key: StaticString, _ number: Int64, _ out: inout [UInt8]) {
    out.append(contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
    appendDecimal(number, to: &out)
  }

  /// A name: it never needs quotes.
  private func put(_ key: StaticString, _ name: String?, _ out: inout [UInt8]) {
    guard let name else { return }
    out.append(contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
    out += name.utf8
  }

  /// All named fields in their order on the wire, `at` first.
  public var fields: [Field] {
    var list = [Field("at", String(at.ms))]
    func add(_ key: String, _ value: String?) {
      if let value { list.append(Field(key, value)) }
    }
    add("ticket", ticket?.description)
    add("service", service?.text)
    add("day", day?.description)
    add("counter", counter?.text)
    add("terminal", terminal?.text)
    add("printer", printer?.text)
    add("device", device)
    add("rating", rating.map(String.init))
    add("reason", reason)
    add("waiting_ms", waiting.map { String($0.ms) })
    add("transaction_ms", transaction.map { String($0.ms) })
    return list + more
  }

  /// Reads `kind at=… …`; `.missingField` without `at`, `.badValue` for a field out of form.
  public init(parsing bytes: some Collection<UInt8>) throws(ProtocolError) {
    // A fact body is a line whose verb is lower case: read it behind a verb of our own.
    var record = Array("FACT ".utf8)
    record.reserveCapacity(record.count + bytes.count)
    record += bytes
    let line = try Line(record: record)
    guard let kind = line.words.first, line.words.count == 1 else { throw .syntax }
    try self.init(kind: kind, fields: line.fields)
  }

  public init(kind: String, fields: [Field]) throws(ProtocolError) {
    guard Self.isKind(kind) else { throw .badValue }
    self.init(FactKind(rawValue: kind), at: WallTime(ms: 0))
    var hasTime = false
    for field in fields {
      if field.key == "at" { hasTime = true }
      try set(field)
    }
    guard hasTime else { throw .missingField }
    for required in Self.required(by: self.kind)
    where !fields.contains(where: { $0.key == required }) {
      throw .missingField
    }
  }

  private mutating func set(_ field: Field) throws(ProtocolError) {
    let value = field.value
    switch field.key {
    case "at": at = try need(WallTime(onWire: value))
    case "ticket": ticket = try need(TicketNumber(value))
    case "service": service = try need(ServiceID(value))
    case "day": day = try need(ServiceDay(value))
    case "counter": counter = try need(CounterID(value))
    case "terminal": terminal = try need(TerminalID(value))
    case "printer": printer = try need(PrinterID(value))
    case "device": device = value
    case "rating":
      let number = try need(decimal(value)) as Int
      guard (1...5).contains(number) else { throw .badValue }
      rating = number
    case "reason": reason = value
    // A hub writes these next to the fields of the fact.
    case "kind", "node", "epoch", "seq": throw .badValue
    case "waiting_ms": waiting = Span(ms: try need(decimal(value)))
    case "transaction_ms": transaction = Span(ms: try need(decimal(value)))
    default: more.append(field)
    }
  }

  private static let ofTicket = ["ticket", "service", "day"]
  private static let ofRating = ["rating"]
  private static let ofReason = ["about", "reason"]
  private static let ofClerk = ["clerk", "counter"]
  private static let ofVisit = ["ticket", "day", "counter"]

  /// Fields without which a fact of that kind says nothing; other kinds need `at` only.
  static func required(by kind: FactKind) -> [String] {
    switch kind {
    case .ticketIssued, .ticketOrdered, .ticketSending, .ticketPrinted, .ticketUnconfirmed,
      .ticketFailed, .ticketVoided, .ticketTaken, .ticketNotTaken,
      .ticketShown:
      ofTicket
    case .ratingGiven: ofRating
    case .ratingReason: ofReason
    case .clerkLoggedOn, .clerkLoggedOff: ofClerk
    case .visitCalled, .visitRecalled, .visitNoShow, .visitEnded: ofVisit
    default: []
    }
  }

  /// 1 to 32 of `a-z 0-9 -`.
  static func isKind(_ text: String) -> Bool {
    (1...32).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-")
      }
  }
}
