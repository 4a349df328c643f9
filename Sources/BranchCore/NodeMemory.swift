public import Branch
public import QueueProtocol

/// All that a node has to remember, as a fold over its journal. The running core changes it through
/// the same calls, so that a restart after `kill -9` continues from what was durable.
public struct NodeMemory: Sendable {
  /// Numbers of a block that are left.
  public struct Stock: Hashable, Sendable {
    public var block: NumberBlock
    public var next: Int
    var left: Int { block.numbers.upperBound - next + 1 }
  }

  /// A ticket whose end is not known yet.
  public struct OpenTicket: Hashable, Sendable {
    public var ticket: TicketNumber
    public var service: ServiceID
    public var day: ServiceDay
    public var terminal: TerminalID?
    public var issuedAt: WallTime
    /// Where its bytes may have gone.
    public var sendingTo: PrinterID?
    public var byteCount = 0
    /// Of the roll, when it is printed.
    var paper_mm = 0
    /// The hub gave the number and holds it: this node cannot void it.
    public var isOrdered = false
    /// A second paper for a number that was printed before.
    var isReprint = false
    /// The customer checked in with it.
    var code: CheckInCode?
    /// When a reprinted number was given; nil: at `issuedAt`.
    var givenAt: WallTime?
    /// Where it failed before.
    public var failedAt: [PrinterID] = []
  }

  /// Days between the oldest and the newest for which numbers are kept: those to come, and some
  /// that a box with a wrong clock may take for today.
  static let days_max = Int64(NumberPlan.reserveDays_max) + 3

  public internal(set) var nextSeq: Seq = 1
  /// Highest fact number that the hub has, as far as this node knows.
  public internal(set) var acknowledged: Seq = 0
  /// Highest command number carried out.
  public internal(set) var commands: UInt64 = 0
  public internal(set) var stock: [ServiceID: [Stock]] = [:]
  public internal(set) var calls = StandingCalls()
  public internal(set) var open: [Seq: OpenTicket] = [:]
  /// Records are lost, perhaps that of a block from which numbers were issued: when the hub never
  /// heard that it was there, it gives the same block again.
  var doubtsOldLeases = false

  /// Starts of the process: the last that the hub has, and those behind it.
  var starts: [StartMark] = []
  /// The hardware that wrote last.
  var machine: KnownMachine?
  /// Facts that are being recorded anew.
  var renumbering: Renumbering?
  /// How far the numbers of the last days were given.
  var given: [GivenDay: GivenNumbers] = [:]
  /// What the hub's time is under a kernel, see `ClockEstimate`.
  var clock: (boot: String, offset: Span)?
  /// Records were lost: what stands here may lack something.
  public private(set) var isDamaged = false

  /// Settings that the hub made.
  var settings: [String: String] = [:]
  public internal(set) var rolls: [PrinterID: PaperRoll] = [:]
  var ratings = RatingRounds()
  var clerks = ClerksAtWork()
  /// The ticket that each printer printed last, or may have.
  var lastTickets: [PrinterID: OpenTicket] = [:]

  public init() {}

  /// Folds in a record of the journal. false when it cannot be read. A record that is in the
  /// memory already changes nothing, so that a checkpoint may stand before or behind its records.
  public mutating func apply(_ record: DurableRecord) -> Bool {
    switch record.kind {
    case .fact:
      guard record.seq >= nextSeq else { return true }
      guard let fact = try? Fact(parsing: record.payload) else {
        nextSeq = record.seq + 1
        return false
      }
      apply(fact, record.seq)
      return true
    case .local:
      guard let line = try? Line(record: record.payload) else { return false }
      guard line.verb == "CMD" else { return apply(own: line) }
      guard case .command(let number, let command)? = try? HubMessage(line) else {
        return false
      }
      apply(command, number)
      return true
    case .checkpoint: return restore(record.payload)
    }
  }

  /// Facts up to this number are at the hub; kept in checkpoints only, since a hub tells it anew
  /// at the start of each session.
  public mutating func noteAcknowledged(_ seq: Seq) { acknowledged = max(acknowledged, seq) }

  /// Gives up all numbers that were leased before now and not issued, those included that the hub
  /// will give once more because it does not know that they came.
  public mutating func forgetNumbers() {
    stock = [:]
    doubtsOldLeases = true
  }

  /// The journal has lost records. What is left of the leased numbers is not used any more, since
  /// a lost record may have said that one was issued.
  /// - Parameter seqs: as `skipNumbersOfFacts` takes them.
  public mutating func noteLoss(seqsInDoubt seqs: UInt64) {
    isDamaged = true
    forgetNumbers()
    skipNumbersOfFacts(seqs)
  }

  /// Leaves out numbers of facts that may have been given to lost ones: the queue service may have
  /// taken those, and a number that it knows would not be taken again.
  public mutating func skipNumbersOfFacts(_ count: UInt64) { nextSeq += count }

  mutating func apply(_ fact: Fact, _ seq: Seq) {
    if let was = fact.more["was"].flatMap(Seq.init) { return applyAgain(was, seq) }
    nextSeq = seq + 1
    let job = fact.more["job"].flatMap(Seq.init)
    switch fact.kind {
    case .ticketIssued:
      guard let ticket = fact.ticket, let service = fact.service, let day = fact.day else { return }
      use(ticket, service, day)
      open[seq] = OpenTicket(
        ticket: ticket, service: service, day: day, terminal: fact.terminal, issuedAt: fact.at,
        code: fact.more["code"].flatMap(CheckInCode.init))
    case .ticketSending:
      guard let job else { return }
      open[job]?.sendingTo = fact.printer
      open[job]?.byteCount = fact.more["bytes"].flatMap(Int.init) ?? 0
      open[job]?.paper_mm = fact.more["paper_mm"].flatMap(Int.init) ?? 0
    case .ticketOrdered:
      guard let ticket = fact.ticket, let service = fact.service, let day = fact.day else { return }
      open[seq] = OpenTicket(
        ticket: ticket, service: service, day: day, terminal: fact.terminal, issuedAt: fact.at,
        isOrdered: true, isReprint: fact.more["reprint"] == "yes",
        givenAt: fact.more["issued_at"].flatMap(Int64.init).map { WallTime(ms: $0) })
    case .ticketFailed:
      guard let job else { return }
      if open[job]?.isOrdered == true { open.removeValue(forKey: job) }
      if let printer = fact.printer { open[job]?.failedAt.append(printer) }
      open[job]?.sendingTo = nil
    case .ratingGiven: ratings.given(fact, seq)
    case .ratingReason: ratings.explained(fact)
    case .clerkLoggedOn, .clerkLoggedOff, .clerkRefused: clerks.apply(fact)
    case .nodeStarted:
      if let name = fact.more["start"] { note(start: StartMark(seq: seq, name: name)) }
    case .ticketShown: if let job { open.removeValue(forKey: job) }
    case .ticketPrinted, .ticketUnconfirmed, .ticketVoided:
      guard let job, let ticket = open.removeValue(forKey: job) else { return }
      if fact.kind != .ticketVoided, let printer = fact.printer { printed(ticket, on: printer) }
    default: break
    }
  }

  mutating func apply(_ command: HubCommand, _ number: UInt64) {
    guard number > commands else { return }
    commands = number
    switch command {
    case .call(let counter, let ticket, _, _):
      calls.call(counter, ticket)
    case .clear(let counter): calls.clear(counter)
    case .lease(let block):
      guard take(block) else { return }
      var list = stock[block.service] ?? []
      list.removeAll { $0.block.day.daysSince1970 < block.day.daysSince1970 - Self.days_max }
      list.append(Stock(block: block, next: block.numbers.lowerBound))
      stock[block.service] = list
    case .order(.configure(let key, let value)):
      if BranchCore.settings.contains(key) { settings[key] = value }
    // `until` is taken off before a command is journalled.
    case .order, .until, .unknown: break
    }
  }

  /// The number that is issued next, of the reserve only when allowed. Numbers for codes are for
  /// those who have the code.
  func nextNumber(_ service: ServiceID, _ day: ServiceDay, priority: Bool, reserve: Bool)
    -> FoundNumber?
  {
    let usable = (stock[service] ?? []).filter {
      $0.block.day == day && $0.left > 0 && $0.block.details.code == nil
    }
    let ordinary = usable.filter { !$0.block.isReserve }
    let meant = ordinary.first { $0.block.details.isPriority == priority }
    // One that was asked for another press is that one's, as long as it may still come for it.
    let chosen = meant ?? (reserve ? ordinary.first ?? usable.first : nil)
    return chosen.map { FoundNumber(of: $0, isMeant: meant != nil) }
  }

  /// The number that was given for a code and not issued yet.
  func number(for code: CheckInCode, _ day: ServiceDay) -> FoundNumber? {
    for stock in stock.values.joined()
    where stock.block.details.code == code && stock.block.day == day && stock.left > 0 {
      return FoundNumber(of: stock, isMeant: true)
    }
    return nil
  }

  func reserveLeft(_ service: ServiceID, _ day: ServiceDay) -> Int {
    (stock[service] ?? []).filter { $0.block.day == day && $0.block.isReserve }
      .reduce(0) { $0 + $1.left }
  }

  private mutating func use(_ ticket: TicketNumber, _ service: ServiceID, _ day: ServiceDay) {
    var list = stock[service] ?? []
    guard
      let place = list.firstIndex(where: {
        $0.block.day == day && $0.block.prefix == ticket.prefix
          && $0.block.numbers.contains(ticket.number)
      })
    else { return }
    list[place].next = max(list[place].next, ticket.number + 1)
    if list[place].left == 0 { list.remove(at: place) }
    stock[service] = list
  }
}
