import Branch
import QueueProtocol

/// Who is logged on where, and how often PINs were wrong: a fold over the facts, so that neither a
/// restart logs anybody off nor a pulled plug gives new tries.
struct ClerksAtWork: Hashable {
  struct Shift: Hashable {
    var clerk: ClerkID
    /// She is logged off when it is over.
    var day: ServiceDay?
  }

  /// Counters and terminals of a node, and of its configurations before.
  static let counters_max = 1024
  static let terminals_max = 256
  static let tries_max = 1_000

  private(set) var shifts: [CounterID: Shift] = [:]
  /// Wrong PINs in a row.
  private(set) var wrong: [TerminalID: Int] = [:]

  mutating func apply(_ fact: Fact) {
    switch fact.kind {
    case .clerkLoggedOn:
      guard let counter = fact.counter, let clerk = fact.more["clerk"].flatMap({ ClerkID($0) }),
        shifts[counter] != nil || shifts.count < Self.counters_max
      else { return }
      shifts[counter] = Shift(clerk: clerk, day: fact.day)
      if let terminal = fact.terminal { wrong.removeValue(forKey: terminal) }
    case .clerkLoggedOff: if let counter = fact.counter { shifts.removeValue(forKey: counter) }
    case .clerkRefused:
      guard let terminal = fact.terminal,
        wrong[terminal] != nil || wrong.count < Self.terminals_max
      else { return }
      wrong[terminal] = min(Self.tries_max, wrong[terminal, default: 0] + 1)
    default: break
    }
  }

  // MARK: checkpoint

  var lines: [Line] {
    let shifts = shifts.sorted { $0.key < $1.key }.map { counter, shift in
      Line(
        "CLERK", [],
        [Field("counter", counter.text), Field("clerk", shift.clerk.text)]
          + (shift.day.map { [Field("day", $0.description)] } ?? []))
    }
    let wrong = wrong.sorted { $0.key < $1.key }.map { terminal, count in
      Line("PINS", [], [Field("terminal", terminal.text), Field("wrong", String(count))])
    }
    return shifts + wrong
  }

  mutating func restore(_ line: Line) -> Bool {
    if line.verb == "PINS" {
      guard let terminal = line["terminal"].flatMap({ TerminalID($0) }),
        let count = line["wrong"].flatMap({ Int($0) }), (1...Self.tries_max).contains(count),
        wrong.count < Self.terminals_max
      else { return false }
      wrong[terminal] = count
      return true
    }
    guard let counter = line["counter"].flatMap({ CounterID($0) }),
      let clerk = line["clerk"].flatMap({ ClerkID($0) }), shifts.count < Self.counters_max
    else { return false }
    shifts[counter] = Shift(clerk: clerk, day: line["day"].flatMap { ServiceDay($0) })
    return true
  }
}
