public import Branch

/// Ticket numbers that a node may issue, given by the hub once and for good.
public struct NumberBlock: Hashable, Sendable {
  public var service: ServiceID
  public var prefix: String
  public var day: ServiceDay
  public var numbers: ClosedRange<Int>
  public var isReserve: Bool
  /// Customers who waited for the service when the block was given.
  public var ahead: Int
  /// Of the customer for whom the block was asked.
  public var details: TicketDetails

  public init(
    service: ServiceID, prefix: String, day: ServiceDay, numbers: ClosedRange<Int>,
    isReserve: Bool, ahead: Int, details: TicketDetails = TicketDetails()
  ) {
    self.service = service
    self.prefix = prefix
    self.day = day
    self.numbers = numbers
    self.isReserve = isReserve
    self.ahead = ahead
    self.details = details
  }
}

/// What a hub tells a node to do: numbered, kept until acknowledged, carried out once.
public indirect enum HubCommand: Hashable, Sendable {
  /// A ticket is called to a counter; `again` for a recall.
  case call(CounterID, TicketNumber, at: WallTime, again: Bool)
  /// Nobody is at the counter any more.
  case clear(CounterID)
  case lease(NumberBlock)
  case order(HubOrder)
  /// Not carried out after this instant of the hub's clock.
  case until(WallTime, HubCommand)
  /// A command of a newer hub; acknowledged, so that it does not come for ever.
  case unknown(String)
}

/// A line from a hub to a node.
public enum HubMessage: Hashable, Sendable {
  case welcome(Welcome)
  /// All facts up to this number are durable at the hub.
  case acknowledge(Seq)
  case command(UInt64, HubCommand)
  /// The request was carried out.
  case ok(id: UInt64, ticket: TicketNumber?)
  case error(code: String, id: UInt64?, text: String)
  /// `hasSession`: whether one stands with the node that was asked about. `store`: see `Welcome`.
  case pong(now: WallTime, hasSession: Bool? = nil, store: Epoch? = nil)
  case bye

  public static let window_max = 4096
}

extension HubMessage {
  public init(parsing bytes: some Collection<UInt8>) throws(ProtocolError) {
    try self.init(Line(parsing: bytes))
  }

  public init(_ line: Line) throws(ProtocolError) {
    switch line.verb {
    case "WELCOME": self = .welcome(try Welcome(line))
    case "ACK": self = .acknowledge(try line.onlyNumber())
    case "CMD":
      guard line.words.count == 2 else { throw .syntax }
      let number: UInt64 = try need(decimal(line.words[0]))
      guard number > 0 else { throw .badValue }
      self = .command(number, try HubCommand(line.words[1], line.fields))
    case "OK":
      self = .ok(
        id: try line.number("id", default: 0),
        ticket: try line["ticket"].map { (text) throws(ProtocolError) in
          try need(TicketNumber(text))
        })
    case "ERROR":
      self = .error(
        code: try line.required("code"),
        id: try line["id"].map { (text) throws(ProtocolError) in try need(decimal(text)) },
        text: line["text"] ?? "")
    case "PONG":
      self = .pong(
        now: try line.instant("now") ?? WallTime(ms: 0),
        hasSession: line["session"] == nil ? nil : try line.flag("session"),
        store: try line.store())
    case "BYE": self = .bye
    default: throw .unknownVerb
    }
  }

  public var line: Line {
    switch self {
    case .welcome(let welcome): welcome.line
    case .acknowledge(let seq): Line("ACK", [String(seq)])
    case .command(let number, let command):
      Line("CMD", [String(number), command.word], command.fields)
    case .ok(let id, let ticket):
      Line(
        "OK", [],
        [Field("id", String(id))] + (ticket.map { [Field("ticket", $0.description)] } ?? []))
    case .error(let code, let id, let text):
      Line(
        "ERROR", [],
        [Field("code", code)] + (id.map { [Field("id", String($0))] } ?? [])
          + [Field("text", text)])
    case .pong(let now, let hasSession, let store):
      Line(
        "PONG", [],
        [Field("now", String(now.ms))]
          + (hasSession.map { [Field("session", $0 ? "yes" : "no")] } ?? [])
          + (store.map { [Field("store", String($0))] } ?? []))
    case .bye: Line("BYE")
    }
  }
}

extension HubCommand {
  /// Reads what stands behind `CMD n`.
  public init(_ word: String, _ fields: [Field]) throws(ProtocolError) {
    let line = Line("CMD", [], fields)
    if let instant = try line.instant("expires") {
      self = .until(instant, try HubCommand(word, fields.filter { $0.key != "expires" }))
      return
    }
    switch word {
    case "call":
      self = .call(
        try need(CounterID(line.required("counter"))),
        try need(TicketNumber(line.required("ticket"))),
        at: try line.instant("at") ?? WallTime(ms: 0), again: try line.flag("again"))
    case "clear": self = .clear(try need(CounterID(line.required("counter"))))
    case "lease":
      let first: Int = try line.number("first", default: 0)
      let last: Int = try line.number("last", default: 0)
      let prefix = try line.required("prefix")
      guard first >= 1, first <= last, last <= TicketNumber.number_max,
        TicketNumber.isPrefix(prefix)
      else { throw .badValue }
      let details = try TicketDetails(line)
      let isReserve = try line.flag("reserve")
      // A code is one customer's, who stands there: it has one number, and none put by.
      guard details.code == nil || first == last && !isReserve else { throw .badValue }
      self = .lease(
        NumberBlock(
          service: try need(ServiceID(line.required("service"))), prefix: prefix,
          day: try need(ServiceDay(line.required("day"))), numbers: first...last,
          isReserve: isReserve, ahead: try line.number("ahead", default: 0), details: details))
    default:
      guard Fact.isKind(word) else { throw .badValue }
      self = try HubOrder(word, line).map { .order($0) } ?? .unknown(word)
    }
  }

  /// `call counter=1 ticket=A012 at=…`: the text that both journals keep.
  public init(parsing bytes: some Collection<UInt8>) throws(ProtocolError) {
    let line = try Line(parsing: Array("CMD ".utf8) + bytes)
    guard line.words.count == 1 else { throw .syntax }
    try self.init(line.words[0], line.fields)
  }

  public var text: String {
    let line = Line("CMD", [word], fields)
    return String(line.description.dropFirst(4))
  }

  var word: String {
    switch self {
    case .call: "call"
    case .clear: "clear"
    case .lease: "lease"
    case .order(let order): order.word
    case .until(_, let command): command.word
    case .unknown(let word): word
    }
  }

  var fields: [Field] {
    switch self {
    case .call(let counter, let ticket, let at, let again):
      [
        Field("counter", counter.text), Field("ticket", ticket.description),
        Field("at", String(at.ms)),
      ] + (again ? [Field("again", "yes")] : [])
    case .clear(let counter): [Field("counter", counter.text)]
    case .lease(let block):
      [
        Field("service", block.service.text), Field("prefix", block.prefix),
        Field("day", block.day.description), Field("first", String(block.numbers.lowerBound)),
        Field("last", String(block.numbers.upperBound)), Field("ahead", String(block.ahead)),
      ] + (block.isReserve ? [Field("reserve", "yes")] : []) + block.details.fields
    case .order(let order): order.fields
    case .until(let instant, let command):
      command.fields + [Field("expires", String(instant.ms))]
    case .unknown: []
    }
  }
}
