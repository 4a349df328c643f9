import Branch
import QueueProtocol

/// A customer's press that has no answer yet.
struct PendingPress {
  var id: UInt64
  var terminal: TerminalID
  var wish: Wish
  /// Until then a printer may say how it is.
  var checkedBy: MonotonicTime
  /// Until then a box that just started may find its printers and its hub.
  var startedBy: MonotonicTime
  /// Until then the hub may give a number in order.
  var numberBy: MonotonicTime?
  /// When to look at the press again, if nothing happens before.
  var wakeAt: MonotonicTime
  /// The hub was asked about its code.
  var checkIn: UInt64?

  /// What the customer wants.
  enum Wish: Hashable {
    case service(ServiceID, isPriority: Bool)
    /// The number that was booked with a code.
    case code(CheckInCode)
  }
}

/// Presses on their way to a ticket or a refusal, in order.
struct TicketDesk {
  /// Presses of one terminal that may wait at once; a hammering child gets refusals.
  static let pendingPerTerminal_max = 4
  /// How long printers may take to say how they are: twice the time of one answer.
  static let check: Span = Span(ms: 650)
  /// How long a press waits for devices of which nothing is known yet.
  static let start: Span = Span(ms: 2500)

  var pending: [PendingPress] = []
  /// Signs of terminals show a number without paper until then.
  var shownUntil: [TerminalID: MonotonicTime] = [:]
  var reprints: [PendingReprint] = []
  /// When a key last asked for a second paper of a printer.
  var reprintedAt: [PrinterID: MonotonicTime] = [:]
  private var nextID: UInt64 = 1

  mutating func add(
    _ terminal: TerminalID, _ wish: PendingPress.Wish, now: MonotonicTime
  ) -> UInt64 {
    defer { nextID += 1 }
    pending.append(
      PendingPress(
        id: nextID, terminal: terminal, wish: wish, checkedBy: now + Self.check,
        startedBy: now + Self.start, numberBy: nil, wakeAt: now))
    return nextID
  }

  var nextDeadline: MonotonicTime? { (pending.map(\.wakeAt) + reprints.map(\.checkedBy)).min() }

  mutating func wait(_ press: PendingPress, until instant: MonotonicTime) {
    guard let place = pending.firstIndex(where: { $0.id == press.id }) else { return }
    pending[place].wakeAt = instant
  }
}
