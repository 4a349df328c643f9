public import Branch

/// What a clerk asks of the hub.
public enum CounterRequest: String, Sendable, CaseIterable {
  case next = "NEXT"
  case recall = "RECALL"
  case noShow = "NO-SHOW"
  case end = "END"
}

/// The numbers of a service, as a node declares them.
public struct ServiceDeclaration: Hashable, Sendable {
  public var id: ServiceID
  /// Letter prefix of its tickets.
  public var prefix: String
  public var name: String
  /// First and last number of a day, 1...9999.
  public var numbers: ClosedRange<Int>

  /// Bytes of a name at most.
  public static let name_bytes_max = 256

  public init(id: ServiceID, prefix: String, name: String, numbers: ClosedRange<Int>) {
    self.id = id
    self.prefix = prefix
    self.name = name
    self.numbers = numbers
  }
}

/// A line from a node to a hub.
public enum NodeMessage: Hashable, Sendable {
  case hello(Hello)
  case service(ServiceDeclaration)
  case counter(CounterID, services: [ServiceID])
  case fact(Seq, Fact)
  /// All commands up to this number are durable at the node.
  case acknowledge(UInt64)
  case lease(Lease)
  /// Numbers of a day that were given before: a hub that lost its store goes on behind them.
  case held(Held)
  /// `by`: hub time after which the request must not be carried out any more. `clerk`: who is
  /// logged on at the counter.
  case request(
    CounterRequest, id: UInt64, counter: CounterID, by: WallTime?, clerk: ClerkID? = nil)
  /// An operator's word to one node; not of a node itself.
  case tell(NodeID, HubCommand, id: UInt64)
  /// A customer showed a code at a terminal and wants the number that was booked with it.
  case checkIn(CheckIn)
  /// Of a booking system, not of a node.
  case book(Booking, id: UInt64)
  case unbook(BranchID, CheckInCode, id: UInt64)
  case ping
  /// Asks besides whether a session stands with this node.
  case pingAbout(SessionOwner)
  case bye

  /// A node, as somebody on its box knows it: another box may go by its name.
  public struct SessionOwner: Hashable, Sendable {
    public var node: NodeID
    /// Of its journal; nil: any.
    public var epoch: Epoch?
    /// Names the run of its kernel; nil: any.
    public var boot: String?

    public init(node: NodeID, epoch: Epoch? = nil, boot: String? = nil) {
      self.node = node
      self.epoch = epoch
      self.boot = boot
    }
  }

  /// Asks for ticket numbers; they come as a numbered command, so that a lost answer loses none.
  public struct Lease: Hashable, Sendable {
    public var id: UInt64
    public var service: ServiceID
    public var day: ServiceDay
    /// 1...`leaseCount_max`.
    public var count: Int
    /// For outages: taken from the end of the day's range, so that the ordinary order has no hole.
    public var isReserve: Bool
    /// For customers who go before others.
    public var isPriority: Bool

    public init(
      id: UInt64, service: ServiceID, day: ServiceDay, count: Int, isReserve: Bool,
      isPriority: Bool = false
    ) {
      self.id = id
      self.service = service
      self.day = day
      self.count = count
      self.isReserve = isReserve
      self.isPriority = isPriority
    }
  }

  /// Numbers up to `through` (0 for none) and those from `from` on (10,000 for none).
  public struct Held: Hashable, Sendable {
    public var service: ServiceID
    public var day: ServiceDay
    public var through: Int
    public var from: Int

    public init(service: ServiceID, day: ServiceDay, through: Int, from: Int) {
      self.service = service
      self.day = day
      self.through = through
      self.from = from
    }
  }

  public static let leaseCount_max = 500
  /// Greatest numbers from which a session may count on, so that counting never ends: 2^52.
  public static let start_max: UInt64 = 4_503_599_627_370_496
  /// Services that a counter may call from.
  public static let counterServices_max = 64
}

/// The version of the line protocol that this code speaks.
public let protocolVersion = 1

extension NodeMessage {
  public init(parsing bytes: some Collection<UInt8>) throws(ProtocolError) {
    try self.init(Line(parsing: bytes))
  }

  public init(_ line: Line) throws(ProtocolError) {
    switch line.verb {
    case "HELLO": self = .hello(try Hello(line))
    case "SERVICE": self = .service(try Self.service(line))
    case "COUNTER":
      let names = try line.required("services")
        .split(separator: ",", omittingEmptySubsequences: false)
      guard names.count <= Self.counterServices_max else { throw .badValue }
      var services: [ServiceID] = []
      for name in names { services.append(try need(ServiceID(String(name)))) }
      self = .counter(try need(CounterID(line.required("id"))), services: services)
    case "FACT":
      guard line.words.count == 2 else { throw .syntax }
      let seq: Seq = try need(decimal(line.words[0]))
      guard seq > 0 else { throw .badValue }
      self = .fact(seq, try Fact(kind: line.words[1], fields: line.fields))
    case "ACK": self = .acknowledge(try line.onlyNumber())
    case "LEASE": self = .lease(try Self.lease(line))
    case "HELD": self = .held(try Self.held(line))
    case "TELL":
      guard line.words.count == 2, HubOrder.words.contains(line.words[1]) else { throw .syntax }
      self = .tell(
        try need(NodeID(line.words[0])),
        try HubCommand(line.words[1], line.fields.filter { $0.key != "id" }),
        id: try line.number("id", default: 0))
    case "CHECK-IN": self = .checkIn(try CheckIn(line))
    case "BOOK": self = .book(try Booking(line), id: try line.number("id", default: 0))
    case "UNBOOK":
      guard let code = try line.code("code") else { throw .missingField }
      self = .unbook(
        try need(BranchID(line.required("branch"))), code, id: try line.number("id", default: 0))
    case "PING": self = try line["node"] == nil ? .ping : .pingAbout(SessionOwner(line))
    case "BYE": self = .bye
    default:
      guard let request = CounterRequest(rawValue: line.verb) else { throw .unknownVerb }
      self = .request(
        request, id: try line.number("id", default: 0),
        counter: try need(CounterID(line.required("counter"))),
        by: try line.instant("by"), clerk: try line["clerk"].map(Self.clerk))
    }
  }

  private static func clerk(_ text: String) throws(ProtocolError) -> ClerkID {
    try need(ClerkID(text))
  }

  private static func service(_ line: Line) throws(ProtocolError) -> ServiceDeclaration {
    let id = try need(ServiceID(line.required("id")))
    let prefix = try line.required("prefix")
    let first: Int = try line.number("first", default: 1)
    let last: Int = try line.number("last", default: 999)
    let name = line["name"] ?? id.text
    guard TicketNumber.isPrefix(prefix), first >= 1, first <= last, last <= TicketNumber.number_max,
      name.utf8.count <= ServiceDeclaration.name_bytes_max
    else { throw .badValue }
    return ServiceDeclaration(id: id, prefix: prefix, name: name, numbers: first...last)
  }

  private static func lease(_ line: Line) throws(ProtocolError) -> Lease {
    let count: Int = try line.number("count", default: 1)
    guard (1...leaseCount_max).contains(count) else { throw .badValue }
    return Lease(
      id: try line.number("id", default: 0), service: try need(ServiceID(line.required("service"))),
      day: try need(ServiceDay(line.required("day"))), count: count,
      isReserve: try line.flag("reserve"), isPriority: try line.flag("priority"))
  }

  private static func held(_ line: Line) throws(ProtocolError) -> Held {
    let none = TicketNumber.number_max + 1
    let through: Int = try line.number("through", default: 0)
    let from: Int = try line.number("from", default: none)
    guard (0...TicketNumber.number_max).contains(through), (1...none).contains(from) else {
      throw .badValue
    }
    return Held(
      service: try need(ServiceID(line.required("service"))),
      day: try need(ServiceDay(line.required("day"))), through: through, from: from)
  }

  public var line: Line {
    switch self {
    case .hello(let hello): hello.line
    case .service(let service):
      Line(
        "SERVICE", [],
        [
          Field("id", service.id.text), Field("prefix", service.prefix),
          Field("name", service.name), Field("first", String(service.numbers.lowerBound)),
          Field("last", String(service.numbers.upperBound)),
        ])
    case .counter(let id, let services):
      Line(
        "COUNTER", [],
        [Field("id", id.text), Field("services", services.map(\.text).joined(separator: ","))])
    case .fact(let seq, let fact): Line("FACT", [String(seq), fact.kind.rawValue], fact.fields)
    case .acknowledge(let number): Line("ACK", [String(number)])
    case .lease(let lease):
      Line(
        "LEASE", [],
        [
          Field("id", String(lease.id)), Field("service", lease.service.text),
          Field("day", lease.day.description), Field("count", String(lease.count)),
        ] + (lease.isReserve ? [Field("reserve", "yes")] : [])
          + (lease.isPriority ? [Field("priority", "yes")] : []))
    case .held(let held):
      Line(
        "HELD", [],
        [
          Field("service", held.service.text), Field("day", held.day.description),
          Field("through", String(held.through)), Field("from", String(held.from)),
        ])
    case .request(let request, let id, let counter, let by, let clerk):
      Line(
        request.rawValue, [],
        [Field("id", String(id)), Field("counter", counter.text)]
          + (by.map { [Field("by", String($0.ms))] } ?? [])
          + (clerk.map { [Field("clerk", $0.text)] } ?? []))
    case .tell(let node, let command, let id):
      Line(
        "TELL", [node.text, command.word],
        command.fields + (id == 0 ? [] : [Field("id", String(id))])
      )
    case .checkIn(let checkIn): checkIn.line
    case .book(let booking, let id):
      Line("BOOK", [], booking.fields + (id == 0 ? [] : [Field("id", String(id))]))
    case .unbook(let branch, let code, let id):
      Line(
        "UNBOOK", [],
        [Field("branch", branch.text), Field("code", code.text)]
          + (id == 0 ? [] : [Field("id", String(id))]))
    case .ping: Line("PING")
    case .pingAbout(let owner): owner.line
    case .bye: Line("BYE")
    }
  }
}

extension NodeMessage.SessionOwner {
  init(_ line: Line) throws(ProtocolError) {
    self.init(
      node: try need(NodeID(line.required("node"))),
      epoch: try line["epoch"].map { (text) throws(ProtocolError) in try need(decimal(text)) },
      boot: try line.name("boot"))
  }

  var line: Line {
    Line(
      "PING", [],
      [Field("node", node.text)] + (epoch.map { [Field("epoch", String($0))] } ?? [])
        + (boot.map { [Field("boot", $0)] } ?? []))
  }
}
