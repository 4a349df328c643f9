public import Branch

/// What a customer types or scans to check in: 1 to 64 visible characters of ASCII.
public struct CheckInCode: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let text: String

  public static let length_max = 64

  /// nil for any other text.
  public init?(_ text: String) {
    guard (1...Self.length_max).contains(text.utf8.count),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { return nil }
    self.text = text
  }

  public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
  public var description: String { text }
}

/// What a hub knows of a visit beyond its number, for the ticket. What is not known is not said.
public struct TicketDetails: Hashable, Sendable {
  /// Estimated time until the call.
  public var wait: Span?
  /// The customer goes before others.
  public var isPriority = false
  /// When the customer was asked to come.
  public var appointment: WallTime?
  public var code: CheckInCode?
  /// Hints for the customer, one a line; empty for none.
  public var notes = ""
  /// Where the customer is to go; empty when nobody knows yet.
  public var counter = ""
  /// What a phone reads from the QR symbol; empty for what the node makes up itself.
  public var url = ""

  public static let notes_bytes_max = 512
  public static let counter_bytes_max = 64
  public static let url_bytes_max = 256

  public init() {}
}

extension TicketDetails {
  init(_ line: Line) throws(ProtocolError) {
    wait = try line.span("wait_ms")
    isPriority = try line.flag("priority")
    appointment = try line.instant("appointment")
    code = try line.code("code")
    notes = try line.plainText("notes", bytes_max: Self.notes_bytes_max, allowing: "\n")
    counter = try line.plainText("counter", bytes_max: Self.counter_bytes_max)
    url = try line.plainText("url", bytes_max: Self.url_bytes_max)
  }

  var fields: [Field] {
    var list: [Field] = []
    if let wait { list.append(Field("wait_ms", String(wait.ms))) }
    if isPriority { list.append(Field("priority", "yes")) }
    if let appointment { list.append(Field("appointment", String(appointment.ms))) }
    if let code { list.append(Field("code", code.text)) }
    if !notes.isEmpty { list.append(Field("notes", notes)) }
    if !counter.isEmpty { list.append(Field("counter", counter)) }
    if !url.isEmpty { list.append(Field("url", url)) }
    return list
  }
}

extension Line {
  func span(_ key: String) throws(ProtocolError) -> Span? {
    guard let text = self[key] else { return nil }
    return Span(ms: try need(decimal(text)))
  }

  /// nil when the field is not there.
  func code(_ key: String) throws(ProtocolError) -> CheckInCode? {
    guard let text = self[key] else { return nil }
    return try need(CheckInCode(text))
  }

  /// Text without control characters, empty when the field is not there: it goes to paper.
  func plainText(_ key: String, bytes_max: Int, allowing allowed: Unicode.Scalar? = nil)
    throws(ProtocolError) -> String
  {
    let text = self[key] ?? ""
    guard text.utf8.count <= bytes_max,
      text.unicodeScalars.allSatisfy({ ($0.value >= 0x20 && $0.value != 0x7F) || $0 == allowed })
    else { throw .badValue }
    return text
  }
}
