public import Branch

/// What an operator wants of one node, beyond calls and numbers.
public enum HubOrder: Hashable, Sendable {
  /// A text on one sign for a time; an empty one ends what stands in its layer.
  case show(SignID, text: String, for: Span, Layer = .information)
  /// The same on all signs of the node.
  case message(text: String, for: Span, Layer = .information)
  case print(PrintOrder)
  /// A setting of the node, kept by it until it is set again.
  case configure(key: String, value: String)
  /// A new roll was put into a printer that cannot see it.
  case newRoll(PrinterID)
  /// A question; the answer is a fact.
  case ask(String)

  /// What a text on a sign gives way to.
  public enum Layer: String, Sendable, CaseIterable {
    /// Below calls: read while nobody is called.
    case information = "info"
    /// Above everything.
    case alert
  }

  /// A ticket whose number the hub gave itself, for a visit that did not begin at a kiosk.
  public struct PrintOrder: Hashable, Sendable {
    public var printer: PrinterID
    public var ticket: TicketNumber
    public var service: ServiceID
    public var day: ServiceDay
    /// A second paper for a number that was printed before; the paper says so.
    public var isReprint: Bool
    /// Customers before this one; nil when nobody says.
    public var ahead: Int?
    /// When a reprinted number was given; nil when nobody says.
    public var issuedAt: WallTime?
    public var details: TicketDetails

    public init(
      printer: PrinterID, ticket: TicketNumber, service: ServiceID, day: ServiceDay,
      isReprint: Bool = false, ahead: Int? = nil, issuedAt: WallTime? = nil,
      details: TicketDetails = TicketDetails()
    ) {
      self.printer = printer
      self.ticket = ticket
      self.service = service
      self.day = day
      self.isReprint = isReprint
      self.ahead = ahead
      self.issuedAt = issuedAt
      self.details = details
    }
  }

  public static let words: Set<String> = ["show", "message", "print", "configure", "roll", "ask"]
  public static let text_bytes_max = 256
  /// How long a text may stand.
  public static let standing: ClosedRange<Span> = .seconds(1)...Span.minutes(24 * 60)
  public static let standing_default: Span = .seconds(10)

  /// nil when the word is none of these.
  init?(_ word: String, _ line: Line) throws(ProtocolError) {
    switch word {
    case "show":
      self = .show(
        try need(SignID(line.required("sign"))), text: try Self.text(line),
        for: try Self.standing(line), try Self.layer(line))
    case "message":
      self = .message(
        text: try Self.text(line), for: try Self.standing(line), try Self.layer(line))
    case "print":
      self = .print(
        PrintOrder(
          printer: try need(PrinterID(line.required("printer"))),
          ticket: try need(TicketNumber(line.required("ticket"))),
          service: try need(ServiceID(line.required("service"))),
          day: try need(ServiceDay(line.required("day"))),
          isReprint: try line.flag("reprint"),
          ahead: try line["ahead"].map { (text) throws(ProtocolError) in
            try need(decimal(text))
          }, issuedAt: try line.instant("issued_at"), details: try TicketDetails(line)))
    case "configure":
      self = .configure(
        key: try need(NodeID(line.required("key"))).text, value: try Self.text(line, "value"))
    case "roll": self = .newRoll(try need(PrinterID(line.required("printer"))))
    case "ask": self = .ask(try need(NodeID(line.required("what"))).text)
    default: return nil
    }
  }

  private static func text(_ line: Line, _ key: String = "text") throws(ProtocolError) -> String {
    let text = try line.required(key)
    guard text.utf8.count <= text_bytes_max else { throw .badValue }
    return text
  }

  private static func standing(_ line: Line) throws(ProtocolError) -> Span {
    let span = Span(ms: try line.number("for_ms", default: standing_default.ms))
    guard standing.contains(span) else { throw .badValue }
    return span
  }

  private static func layer(_ line: Line) throws(ProtocolError) -> Layer {
    guard let word = line["layer"] else { return .information }
    return try need(Layer(rawValue: word))
  }

  /// As it stands behind `CMD n`.
  public var word: String {
    switch self {
    case .show: "show"
    case .message: "message"
    case .print: "print"
    case .configure: "configure"
    case .newRoll: "roll"
    case .ask: "ask"
    }
  }

  var fields: [Field] {
    switch self {
    case .show(let sign, let text, let span, let layer):
      [Field("sign", sign.text)] + Self.fields(text, span, layer)
    case .message(let text, let span, let layer): Self.fields(text, span, layer)
    case .print(let order):
      [
        Field("printer", order.printer.text), Field("ticket", order.ticket.description),
        Field("service", order.service.text), Field("day", order.day.description),
      ] + (order.isReprint ? [Field("reprint", "yes")] : [])
        + (order.ahead.map { [Field("ahead", String($0))] } ?? [])
        + (order.issuedAt.map { [Field("issued_at", String($0.ms))] } ?? [])
        + order.details.fields
    case .configure(let key, let value): [Field("key", key), Field("value", value)]
    case .newRoll(let printer): [Field("printer", printer.text)]
    case .ask(let what): [Field("what", what)]
    }
  }

  private static func fields(_ text: String, _ span: Span, _ layer: Layer) -> [Field] {
    [Field("text", text), Field("for_ms", String(span.ms))]
      + (layer == .information ? [] : [Field("layer", layer.rawValue)])
  }
}
