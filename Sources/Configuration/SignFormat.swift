/// What a sign shows of a call, `{ticket} > {counter}`; a line feed begins the sign's next line.
public struct SignFormat: Hashable, Sendable, CustomStringConvertible {
  public enum Part: Hashable, Sendable {
    case text(String)
    case ticket
    case counter
    case arrow
  }

  public enum Mistake: Error, Equatable {
    /// A brace without its partner.
    case brace
    /// Braces around a word that is no field.
    case unknownField(String)
    /// A call is shown without its ticket.
    case noTicket
  }

  public static let fields = ["ticket", "counter", "arrow"]
  public static let ticketOnly = SignFormat(parts: [.ticket])
  public static let ticketAndCounter = SignFormat(parts: [.ticket, .text(" > "), .counter])

  public let parts: [Part]

  private init(parts: [Part]) { self.parts = parts }

  public init(_ written: String) throws(Mistake) {
    var parts: [Part] = []
    var rest = Substring(written)
    while !rest.isEmpty {
      let text = rest.prefix { $0 != "{" && $0 != "}" }
      if !text.isEmpty { parts.append(.text(String(text))) }
      rest = rest.dropFirst(text.count)
      guard !rest.isEmpty else { break }
      guard rest.first == "{", let close = rest.firstIndex(of: "}") else { throw .brace }
      let field = String(rest[..<close].dropFirst())
      switch field {
      case "ticket": parts.append(.ticket)
      case "counter": parts.append(.counter)
      case "arrow": parts.append(.arrow)
      default: throw .unknownField(field)
      }
      rest = rest[close...].dropFirst()
    }
    guard parts.contains(.ticket) else { throw .noTicket }
    self.parts = parts
  }

  public func text(ticket: String, counter: String, arrow: String = "") -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .ticket: ticket
      case .counter: counter
      case .arrow: arrow
      }
    }.joined()
  }

  public var description: String {
    text(ticket: "{ticket}", counter: "{counter}", arrow: "{arrow}")
  }
}
