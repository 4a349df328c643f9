import Branch
import QueueProtocol

/// An operator's commands to a node: numbered and kept like all others until the node says that it
/// has them, also while it is away.
extension QueueEngine {
  /// A ticket is printed for the hub's date in UTC and for so many days before and behind it.
  static let printDays_max: Int64 = 1
  /// What is not carried out by then is out of date; settings never are.
  static let orderLife: Span = .minutes(60)

  mutating func tell(
    _ node: NodeID, _ command: HubCommand, id: UInt64, _ session: SessionID, now: Now
  ) throws(ProtocolError) {
    guard let epoch = memory.current[node] else { throw .unknownNode }
    let life = HubMemory.Life(node: node, epoch: epoch)
    guard let state = memory.lives[life], state.outbox.count < Self.outbox_max else {
      throw .busy
    }
    var command = command
    if case .order(.print(let order)) = command.undated {
      command = command.printing(try settled(order, life, state.branch, now))
    }
    let dated = Self.dated(command, now)
    let number = state.lastCommand + 1
    record(HubJournal.command(life, number, dated))
    if let theirs = sessionOf[node], sessions[theirs]?.life == life {
      send(.command(number, dated), to: theirs)
    }
    send(.ok(id: id, ticket: nil), to: session)
  }

  /// A new paper is for a number that is given by it, one of the next few: a slip of the hand must
  /// neither give a number twice nor use up a day's numbers. A second paper is for a number that
  /// somebody holds, and says what is known of its visit.
  static let nextNumbers_max = 10

  private mutating func settled(
    _ order: HubOrder.PrintOrder, _ life: HubMemory.Life, _ branch: BranchID, _ now: Now
  ) throws(ProtocolError) -> HubOrder.PrintOrder {
    guard let state = memory.branches[branch], let service = state.services[order.service] else {
      throw .unknownService
    }
    let today = LocalTime(now.wall, zoneOffsetSeconds: 0).day.daysSince1970
    guard abs(order.day.daysSince1970 - today) <= Self.printDays_max else { throw .badValue }
    guard order.ticket.prefix == service.prefix else {
      detail = "tickets of \(order.service) begin with \(service.prefix)"
      throw .badValue
    }
    let number = order.ticket.number
    let left = state.numbersLeft(
      of: NumberDay(prefix: service.prefix, day: order.day), whole: service.numbers)
    let key = VisitKey(day: order.day, ticket: order.ticket)
    guard !order.isReprint else {
      let isGiven = service.numbers.contains(number) && left?.contains(number) != true
      guard isGiven, !state.voided.contains(key) else {
        detail = "\(order.ticket) of \(order.day)"
        throw .notGiven
      }
      return order.told(of: state.visit(key))
    }
    guard let left, left.contains(number) else {
      detail = "\(order.ticket) of \(order.day)"
      throw .given
    }
    guard number - left.lowerBound < Self.nextNumbers_max else {
      let next = TicketNumber(prefix: service.prefix, number: left.lowerBound)
      detail = "the next number of \(order.service) is \(next)"
      throw .badValue
    }
    recordLeased(
      left.lowerBound...number, order.service, order.day, service.prefix, life, branch, [], now)
    return order
  }

  private static func dated(_ command: HubCommand, _ now: Now) -> HubCommand {
    switch command {
    case .until, .order(.configure): command
    default: .until(min(.onWire_max, now.wall + orderLife), command)
    }
  }
}

extension HubOrder.PrintOrder {
  /// With what the hub knows of the visit, where the operator says nothing of it.
  fileprivate func told(of visit: Visit?) -> Self {
    guard let visit else { return self }
    var order = self
    order.issuedAt = issuedAt ?? visit.issuedAt
    order.details.isPriority = details.isPriority || visit.isPriority
    order.details.appointment = details.appointment ?? visit.appointment
    return order
  }
}

extension HubCommand {
  fileprivate func printing(_ order: HubOrder.PrintOrder) -> HubCommand {
    if case .until(let instant, let command) = self {
      return .until(instant, command.printing(order))
    }
    return .order(.print(order))
  }

  fileprivate var undated: HubCommand {
    if case .until(_, let command) = self { return command.undated }
    return self
  }
}
