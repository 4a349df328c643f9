import Branch
import QueueProtocol

/// A day's numbers of a prefix.
struct GivenDay: Hashable, Comparable {
  var prefix: String
  var day: ServiceDay

  static func < (left: Self, right: Self) -> Bool {
    (left.day.daysSince1970, left.prefix) < (right.day.daysSince1970, right.prefix)
  }
}

/// How far the numbers of a day were given to this node. A hub gives ordinary numbers upwards and
/// those of the reserve downwards, so two numbers say it all. A hub that lost its store begins
/// again: this keeps the same number from standing on two tickets.
struct GivenNumbers: Hashable {
  /// Highest ordinary number, 0 for none.
  var through = 0
  /// Lowest number of the reserve; above all numbers when there is none.
  var from = TicketNumber.number_max + 1

  func allows(_ numbers: ClosedRange<Int>) -> Bool {
    numbers.lowerBound > through && numbers.upperBound < from
  }
}

extension NodeMemory {
  /// Whether the command leases numbers that this node had before.
  func wasGiven(_ command: HubCommand) -> Bool {
    guard case .lease(let block) = command else { return false }
    return !(given[key(block)] ?? GivenNumbers()).allows(block.numbers)
  }

  /// - Returns: false for numbers that were given before; they are not used.
  mutating func take(_ block: NumberBlock) -> Bool {
    var numbers = given[key(block)] ?? GivenNumbers()
    guard numbers.allows(block.numbers) else { return false }
    if block.isReserve {
      numbers.from = block.numbers.lowerBound
    } else {
      numbers.through = block.numbers.upperBound
    }
    given[key(block)] = numbers
    let oldest = block.day.daysSince1970 - Self.days_max
    given = given.filter { $0.key.day.daysSince1970 >= oldest }
    return true
  }

  private func key(_ block: NumberBlock) -> GivenDay {
    GivenDay(prefix: block.prefix, day: block.day)
  }

  static func given(_ entry: (key: GivenDay, value: GivenNumbers)) -> Line {
    Line(
      "GIVEN", [],
      [
        Field("prefix", entry.key.prefix), Field("day", entry.key.day.description),
        Field("through", String(entry.value.through)), Field("from", String(entry.value.from)),
      ])
  }

  mutating func restoreGiven(_ line: Line) -> Bool {
    guard let prefix = line["prefix"], let day = line["day"].flatMap({ ServiceDay($0) }),
      let through = line["through"].flatMap(Int.init), let from = line["from"].flatMap(Int.init)
    else { return false }
    given[GivenDay(prefix: prefix, day: day)] = GivenNumbers(through: through, from: from)
    return true
  }
}

extension BranchCore {
  /// The numbers stand on tickets already: they are let go, and the hub is told.
  mutating func refuseGiven(_ command: HubCommand, _ now: Now) {
    guard case .lease(let block) = command else { return }
    let problem = Problem(
      code: "number-twice",
      what:
        "the hub gave \(block.prefix)\(block.numbers.lowerBound) to \(block.numbers.upperBound) of "
        + "\(block.day) a second time",
      cause: "it lost its store", cure: "Look at the hub's disk; this node uses other numbers.")
    log(.error, "hub: \(problem)")
    tellGiven(now)
    leases.granted(block)
    workOnPresses(now)
  }

  /// So that the hub goes on behind the numbers that customers hold. Said in every session: a hub
  /// that lost its store, or has an old copy of it, finds it out by that.
  mutating func tellGiven(_ now: Now) {
    let today = now.local.day.daysSince1970
    for service in plan.services {
      let days = memory.given.filter { $0.key.prefix == service.prefix }
      for (day, numbers) in days.sorted(by: { $0.key < $1.key }).map({ ($0.key.day, $0.value) })
      where day.daysSince1970 >= today {
        say(
          .held(
            NodeMessage.Held(
              service: service.id, day: day, through: numbers.through, from: numbers.from)), now)
      }
    }
  }
}
