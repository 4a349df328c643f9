/// How a ticket number stands on a sign that may be too small for it. Chosen once for all numbers
/// of a branch, so that no two of them look the same.
public enum TicketForm: Hashable, Sendable {
  /// `A012`
  case whole
  /// `A12`: the letters, and the number without the zeros that it has beyond so many digits.
  case lettersAndNumber(digits: Int)
  /// `012`: the number alone, without the zeros beyond so many digits.
  case number(digits: Int)

  /// A number that has more digits keeps them all: it is never cut.
  public func text(_ ticket: TicketNumber) -> String {
    switch self {
    case .whole: ticket.description
    case .lettersAndNumber(let digits): ticket.prefix + padded(ticket.number, to: digits)
    case .number(let digits): padded(ticket.number, to: digits)
    }
  }
}
