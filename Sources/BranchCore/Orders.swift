import Branch
import QueueProtocol

/// Commands of an operator. Each is journalled with its number before it is carried out, so that it
/// is carried out at most once, and what was not carried out is told with the reason.
extension BranchCore {
  /// Settings that may be changed from afar.
  static let settings = ["reserve", "lease_answer_ms", "answer_ms"]

  mutating func obey(_ order: HubOrder, number: UInt64, _ now: Now) {
    switch order {
    case .show(let sign, let text, let span, let layer):
      guard signs[sign] != nil else { return refuseOrder(order, number, "unknown-sign", now) }
      guard layer == .alert || !isShowingNumber(sign, now) else {
        return refuseOrder(order, number, "busy", now)
      }
      tell(sign, text, span, layer, now)
    case .message(let text, let span, let layer):
      for sign in plan.signs.map(\.id) where layer == .alert || !isShowingNumber(sign, now) {
        tell(sign, text, span, layer, now)
      }
    case .print(let ticket): printOrdered(ticket, order, number, now)
    case .configure(let key, let value):
      // The memory has it already, when it is one; a wrong one changes nothing.
      guard plan.set(key, value) else { return refuseOrder(order, number, "bad-setting", now) }
      log(.notice, "the hub set \(key) to \(value)")
    case .newRoll(let printer):
      guard printers[printer] != nil else {
        return refuseOrder(order, number, "unknown-printer", now)
      }
      rollChanged(printer)
      recordCondition(printer, reportedConditions[printer, default: "none"], now)
    case .ask(let what): answer(what, order, number, now)
    }
  }

  private mutating func tell(
    _ sign: SignID, _ text: String, _ span: Span, _ layer: HubOrder.Layer, _ now: Now
  ) {
    let layer: SignMessageLayer = layer == .alert ? .alert : .information
    show(
      signs[sign]?.told(text, layer, for: text.isEmpty ? Span(ms: 0) : span, now: now) ?? nil,
      on: sign)
  }

  mutating func refuseOrder(
    _ order: HubOrder?, _ number: UInt64, _ reason: String, _ now: Now
  ) {
    var fact = Fact(.commandRefused, at: now.wall)
    fact.reason = reason
    fact.more = [Field("command", String(number))]
    if let order { fact.more.append(Field("word", order.word)) }
    record(fact)
    log(.warning, "hub: command \(number) is not carried out: \(reason)")
  }

  private mutating func printOrdered(
    _ ticket: HubOrder.PrintOrder, _ order: HubOrder, _ number: UInt64, _ now: Now
  ) {
    guard let spool = printers[ticket.printer]?.spool else {
      return refuseOrder(order, number, "unknown-printer", now)
    }
    if let reason = spool.refusal { return refuseOrder(order, number, reason, now) }
    var fact = Fact(.ticketOrdered, at: now.wall)
    fact.ticket = ticket.ticket
    fact.service = ticket.service
    fact.day = ticket.day
    fact.printer = ticket.printer
    fact.more = [Field("command", String(number))]
    let known = ticket.isReprint ? known(ticket.ticket, ticket.day, on: ticket.printer) : nil
    if ticket.isReprint { fact.more.append(Field("reprint", "yes")) }
    if let issuedAt = known?.issuedAt ?? ticket.issuedAt {
      fact.more.append(Field("issued_at", String(issuedAt.ms)))
    }
    let job = record(fact)
    told[job] = known?.told ?? ToldTicket(ahead: ticket.ahead, details: ticket.details)
    submit(job, to: ticket.printer, now)
  }

  private mutating func answer(
    _ what: String, _ order: HubOrder, _ number: UInt64, _ now: Now
  ) {
    guard what == "state" else { return refuseOrder(order, number, "unknown-question", now) }
    var fact = Fact(.nodeAnswered, at: now.wall)
    let devices =
      printers.sorted { $0.key < $1.key }.map { id, machine in
        let conditions = machine.spool.conditions.sorted().map(\.rawValue).joined(separator: "+")
        return
          "\(id)=\(!machine.spool.isPresent ? "offline" : conditions.isEmpty ? "ok" : conditions)"
      }
      + signs.sorted { $0.key < $1.key }.map { "\($0)=\($1.isOpen ? "ok" : "offline")" }
      + terminals.sorted { $0.key < $1.key }.map { "\($0)=\($1.isPresent ? "ok" : "offline")" }
    fact.more = [
      Field("command", String(number)), Field("what", what),
      Field("waiting", String(memory.nextSeq - 1 - min(memory.nextSeq - 1, uplink.acknowledged))),
      Field("devices", devices.joined(separator: " ").cut(toBytes: Self.answer_bytes_max)),
    ]
    let rolls = printers.keys.sorted().compactMap { id in ticketsLeft(id).map { "\(id)=\($0)" } }
    if !rolls.isEmpty { fact.more.append(Field("tickets_left", rolls.joined(separator: " "))) }
    record(fact)
  }

  /// A fact must fit its line.
  private static let answer_bytes_max = 2048
}

extension NodePlan {
  /// - Returns: false for a key that cannot be set or a value out of its range.
  mutating func set(_ key: String, _ value: String) -> Bool {
    guard let number = Int64(value), number >= 0 else { return false }
    switch key {
    case "reserve":
      guard number <= Int64(NodeMessage.leaseCount_max) else { return false }
      numbers.reserve = Int(number)
    case "lease_answer_ms":
      guard (50...5000).contains(number) else { return false }
      numbers.leaseAnswer = Span(ms: number)
    case "answer_ms":
      guard (500...30_000).contains(number) else { return false }
      link.answer = Span(ms: number)
    default: return false
    }
    return true
  }
}
