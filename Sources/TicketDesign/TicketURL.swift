/// The address of a page about a ticket, with places for what differs from ticket to ticket:
/// `https://queue.example/{branch}/{day}/{number}`.
public struct TicketURL: Hashable, Sendable {
  /// A QR symbol of it has to be small enough for a ticket.
  public static let bytes_max = 200
  /// What may stand in braces.
  public static let places = ["branch", "service", "day", "number"]

  private enum Piece: Hashable {
    case text(String)
    case place(String)
  }
  private var pieces: [Piece] = []

  /// nil when it has no `{number}`, another word in braces, or a character that no address has.
  public init?(_ text: String) {
    guard text.utf8.count <= Self.bytes_max, text.contains("{number}"),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
    else { return nil }
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}") else { return nil }
      let word = String(rest[rest.index(after: open)..<close])
      guard Self.places.contains(word), !rest[..<open].contains("}") else { return nil }
      pieces += [.text(String(rest[..<open])), .place(word)]
      rest = rest[rest.index(after: close)...]
    }
    guard !rest.contains("}") else { return nil }
    pieces.append(.text(String(rest)))
  }

  /// The address for one ticket. Ids and numbers have no character that an address has to escape.
  public func text(branch: String, service: String, day: String, number: String) -> String {
    let values = ["branch": branch, "service": service, "day": day, "number": number]
    return pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .place(let word): values[word] ?? ""
      }
    }.joined()
  }
}
