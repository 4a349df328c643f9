/// Tells which ticket an ETB belongs to. The printer only counts them, modulo 32, and a ticket that
/// was given up may still stand in its buffer: its ETB must not confirm another one.
///
///     known      no mark is on its way: the next count is that of the next ticket
///     doubtful   older marks may come: a ticket is confirmed when all of them were counted
///
/// Doubt ends when the count has caught up, or with a doubtful ticket during which nothing stopped
/// the printer: what stood before it is out, or was never whole.
public struct MarkLedger: Hashable, Sendable {
  /// The counter has five bits [line 5-12].
  static let modulus = 32

  private struct Ticket: Hashable {
    let job: UInt64
    /// Confirms it; nil while there is doubt.
    let count: UInt8?
  }

  /// As last told.
  private var counter: UInt8?
  /// Marks that may still be counted, that of the ticket in work included.
  private var outstanding = 0
  /// In work.
  private var current: Ticket?
  /// The last ticket began in doubt.
  private var wasDoubtful = false
  /// Something stopped the printer since the last ticket began, or since it came.
  private var wasStopped = false

  public init() {}

  /// The printer came, perhaps anew, and perhaps with a ticket that nobody heard the end of.
  public mutating func connected() {
    let isDoubtful = outstanding > 0
    self = MarkLedger()
    if isDoubtful { doubt() }
  }

  /// A ticket of an earlier life may stand in the printer.
  public mutating func doubt() {
    outstanding = Self.modulus - 1
    wasStopped = true
  }

  /// A ticket with a mark at its end goes to the printer.
  public mutating func began(_ job: UInt64) {
    if wasDoubtful, !wasStopped { outstanding = 0 }
    wasDoubtful = outstanding > 0
    wasStopped = false
    current = Ticket(job: job, count: outstanding == 0 ? counter.map { Self.sum($0, 1) } : nil)
    outstanding = min(outstanding + 1, Self.modulus - 1)
  }

  /// A packet came. Returns the ticket that is on paper with it.
  public mutating func told(_ count: UInt8?, isStopped: Bool) -> UInt64? {
    if isStopped { wasStopped = true }
    guard let count else { return nil }
    guard let old = counter else {
      counter = count
      // Nobody knows what stands in a printer that came in this state.
      if isStopped { outstanding = Self.modulus - 1 }
      return nil
    }
    let step = Int(Self.sum(count, Self.modulus - Int(old)))
    counter = count
    guard step > 0 else { return nil }
    guard step <= outstanding else {
      // Begun anew without power, or counted for somebody else.
      outstanding = 0
      current = nil
      return nil
    }
    outstanding -= step
    guard let ticket = current, ticket.count == count || ticket.count == nil && outstanding == 0
    else { return nil }
    current = nil
    return ticket.job
  }

  private static func sum(_ count: UInt8, _ more: Int) -> UInt8 {
    UInt8((Int(count) + more) % modulus)
  }
}
