import Branch
import QueueProtocol

/// The whole memory as text, a line each in the grammar of the line protocol. It stands at the head
/// of a new journal segment, so that older ones are needed for their facts only.
extension NodeMemory {
  public func checkpoint() -> [UInt8] {
    var lines = [
      Line(
        "STATE", [],
        [
          Field("next", String(nextSeq)), Field("acked", String(acknowledged)),
          Field("commands", String(commands)),
        ])
    ]
    if let machine { lines.append(machine.line) }
    if let clock {
      lines.append(
        Line("CLOCK", [], [Field("boot", clock.boot), Field("offset", String(clock.offset.ms))]))
    }
    if let work = renumbering {
      lines.append(
        Line(
          "RENUMBERING", [],
          [Field("next", String(work.next)), Field("last", String(work.last))]))
    }
    for given in given.sorted(by: { $0.key < $1.key }) { lines.append(Self.given(given)) }
    for (key, value) in settings.sorted(by: { $0.key < $1.key }) {
      lines.append(Line("SETTING", [], [Field("key", key), Field("value", value)]))
    }
    for (printer, roll) in rolls.sorted(by: { $0.key < $1.key }) {
      lines.append(roll.line(printer))
    }
    for start in starts {
      lines.append(
        Line("START", [], [Field("seq", String(start.seq)), Field("name", start.name)]))
    }
    for service in stock.keys.sorted() {
      for stock in stock[service] ?? [] {
        let block = HubMessage.command(commands, .lease(stock.block)).line
        lines.append(Line("STOCK", [], block.fields + [Field("at", String(stock.next))]))
      }
    }
    // The oldest first: they are called again in this order.
    for call in calls.all.reversed() { lines.append(Self.line(of: call)) }
    for (seq, open) in open.sorted(by: { $0.key < $1.key }) {
      lines.append(Line("JOB", [], [Field("seq", String(seq))] + Self.fields(of: open)))
    }
    for (printer, last) in lastTickets.sorted(by: { $0.key < $1.key }) {
      lines.append(Line("PRINTED", [], [Field("on", printer.text)] + Self.fields(of: last)))
    }
    lines += ratings.lines + clerks.lines
    return lines.flatMap { $0.encoded() }
  }

  private static func line(of call: StandingCall) -> Line {
    Line(
      call.isOver ? "CALLED" : "CALL", [],
      [Field("counter", call.counter.text), Field("ticket", call.ticket.description)])
  }

  private static func fields(of open: OpenTicket) -> [Field] {
    var fields = [
      Field("ticket", open.ticket.description), Field("service", open.service.text),
      Field("day", open.day.description),
      Field("at", String(open.issuedAt.ms)), Field("bytes", String(open.byteCount)),
    ]
    if let terminal = open.terminal { fields.append(Field("terminal", terminal.text)) }
    if let printer = open.sendingTo { fields.append(Field("printer", printer.text)) }
    if open.paper_mm > 0 { fields.append(Field("paper_mm", String(open.paper_mm))) }
    if let code = open.code { fields.append(Field("code", code.text)) }
    if open.isReprint { fields.append(Field("reprint", "yes")) }
    if let given = open.givenAt { fields.append(Field("given", String(given.ms))) }
    if open.isOrdered { fields.append(Field("ordered", "yes")) }
    if !open.failedAt.isEmpty {
      fields.append(Field("failed", open.failedAt.map(\.text).joined(separator: ",")))
    }
    return fields
  }

  /// Whether it can be read, so that nothing before it is needed.
  public static func isWhole(checkpoint payload: [UInt8]) -> Bool {
    var memory = NodeMemory()
    return memory.restore(payload)
  }

  mutating func restore(_ payload: [UInt8]) -> Bool {
    var memory = NodeMemory()
    for bytes in payload.split(separator: UInt8(ascii: "\n")) {
      guard let line = try? Line(parsing: bytes), memory.restore(line) else { return false }
    }
    self = memory
    return true
  }

  private mutating func restore(_ line: Line) -> Bool {
    let counter = line["counter"].flatMap(CounterID.init)
    let ticket = line["ticket"].flatMap { TicketNumber($0) }
    switch line.verb {
    case "STATE":
      guard let next = line["next"].flatMap(Seq.init),
        let acknowledged = line["acked"].flatMap(Seq.init),
        let commands = line["commands"].flatMap(UInt64.init)
      else { return false }
      (nextSeq, self.acknowledged, self.commands) = (next, acknowledged, commands)
    case "MACHINE", "CLOCK", "RENUMBERING", "ROLL": return apply(own: line)
    case "GIVEN": return restoreGiven(line)
    case "RATED": return ratings.restore(line)
    case "CLERK", "PINS": return clerks.restore(line)
    case "SETTING":
      guard let key = line["key"], let value = line["value"] else { return false }
      settings[key] = value
    case "START":
      guard let seq = line["seq"].flatMap(Seq.init), let name = line["name"] else { return false }
      starts.append(StartMark(seq: seq, name: name))
    case "STOCK":
      guard case .lease(let block)? = try? HubCommand("lease", line.fields),
        let next = line["at"].flatMap(Int.init), block.numbers.contains(next)
      else { return false }
      stock[block.service, default: []].append(Stock(block: block, next: next))
    // LAST stands behind the CALLs of checkpoints that were written before these had an order.
    case "CALL", "CALLED", "LAST":
      guard let counter, let ticket else { return false }
      calls.call(counter, ticket)
      if line.verb == "CALLED" { calls.clear(counter) }
    case "JOB":
      guard let seq = line["seq"].flatMap(Seq.init), let job = Self.openTicket(line, ticket) else {
        return false
      }
      open[seq] = job
    case "PRINTED":
      guard let printer = line["on"].flatMap(PrinterID.init),
        let last = Self.openTicket(line, ticket), lastTickets.count < Self.rolls_max
      else { return false }
      lastTickets[printer] = last
    default: return false
    }
    return true
  }

  private static func openTicket(_ line: Line, _ ticket: TicketNumber?) -> OpenTicket? {
    guard let ticket,
      let service = line["service"].flatMap(ServiceID.init),
      let day = line["day"].flatMap({ ServiceDay($0) }),
      let at = line["at"].flatMap(Int64.init), let bytes = line["bytes"].flatMap(Int.init)
    else { return nil }
    return OpenTicket(
      ticket: ticket, service: service, day: day,
      terminal: line["terminal"].flatMap(TerminalID.init), issuedAt: WallTime(ms: at),
      sendingTo: line["printer"].flatMap(PrinterID.init), byteCount: bytes,
      paper_mm: line["paper_mm"].flatMap(Int.init) ?? 0, isOrdered: line["ordered"] == "yes",
      isReprint: line["reprint"] == "yes", code: line["code"].flatMap(CheckInCode.init),
      givenAt: line["given"].flatMap(Int64.init).map { WallTime(ms: $0) },
      failedAt: (line["failed"] ?? "").split(separator: ",").compactMap {
        PrinterID(String($0))
      })
  }
}
