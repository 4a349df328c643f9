import Branch
import QueueProtocol

/// A clerk's request on its way to the hub.
struct CounterRequestInFlight: Hashable {
  var id: UInt64
  var terminal: TerminalID
  var counter: CounterID
  var request: CounterRequest
  var until: MonotonicTime
}

/// At most one request a terminal and counter: a second press while the first is on its way is
/// dropped.
struct CounterRequests {
  private var inFlight: [UInt64: CounterRequestInFlight] = [:]

  func isBusy(_ terminal: TerminalID, _ counter: CounterID) -> Bool {
    inFlight.values.contains { $0.terminal == terminal && $0.counter == counter }
  }

  mutating func add(_ request: CounterRequestInFlight) { inFlight[request.id] = request }

  mutating func take(_ id: UInt64) -> CounterRequestInFlight? { inFlight.removeValue(forKey: id) }

  mutating func takeAll() -> [CounterRequestInFlight] {
    defer { inFlight = [:] }
    return inFlight.values.sorted { $0.id < $1.id }
  }

  mutating func takeLate(now: MonotonicTime) -> [CounterRequestInFlight] {
    let late = inFlight.values.filter { $0.until <= now }.sorted { $0.id < $1.id }
    for request in late { inFlight.removeValue(forKey: request.id) }
    return late
  }

  var nextDeadline: MonotonicTime? { inFlight.values.map(\.until).min() }
}

/// What keys mean, and those of clerks.
extension BranchCore {
  mutating func pressed(_ id: TerminalID, _ stroke: KeyStroke, _ now: Now) {
    guard let terminal = terminals[id]?.plan, !typed(terminal, stroke, now),
      let action = terminal.action(stroke)
    else { return }
    if isJournalFailing || isJournalFull && !action.isUnrecorded {
      return refuseUnrecorded(terminal, now)
    }
    perform(action, terminal, terminal.counter, now)
  }

  private mutating func perform(
    _ action: KeyAction, _ terminal: TerminalPlan, _ counter: CounterID?, _ now: Now
  ) {
    switch action {
    case .ticket(let service, let isPriority):
      ticketPressed(terminal, .service(service, isPriority: isPriority), now)
    case .request(let request): requestPressed(terminal, counter, request, now)
    case .rate(_, _, let reason?) where expectsReason(terminal, counter, now):
      explained(terminal, counter, reason, now)
    case .rate(let rating, let question, _): rated(terminal, counter, rating, question, now)
    case .reason(let reason): explained(terminal, counter, reason, now)
    case .reprint(let printer): reprintPressed(terminal, printer, now)
    case .logOn: beginPIN(terminal, counter, now)
    case .logOff: logOffPressed(terminal, counter, now)
    case .digit(let digit): beginPIN(terminal, counter, digit: digit, now)
    case .at(let counter, let action): perform(action, terminal, counter, now)
    }
  }

  /// Stale inputs die: without a hub that answers now, the clerk gets an error signal and the press
  /// is forgotten (DESIGN §3 rule 4). `by` keeps the hub from carrying it out later.
  private mutating func requestPressed(
    _ terminal: TerminalPlan, _ counter: CounterID?, _ request: CounterRequest, _ now: Now
  ) {
    guard let counter, !requests.isBusy(terminal.id, counter) else { return }
    let clerk = clerk(at: counter, now)
    guard clerk != nil || !plan.clerkCounters.contains(counter) else {
      log(.info, "counter \(counter): \(request.rawValue) refused: no clerk has logged on")
      signal(terminal.id, .error, now)
      return tell(terminal, Self.logOnText, for: SignMachine.answer, now)
    }
    let inFlight = CounterRequestInFlight(
      id: nextRequest, terminal: terminal.id, counter: counter, request: request,
      until: now.monotonic + plan.link.answer)
    nextRequest += 1
    guard uplink.isReady else { return requestFailed(inFlight, "offline", now) }
    requests.add(inFlight)
    let hubTime = clock.hubTimeNeverLate(now.monotonic) ?? now.wall
    let by = min(.onWire_max, hubTime + plan.link.answer)
    say(.request(request, id: inFlight.id, counter: counter, by: by, clerk: clerk), now)
  }

  mutating func answered(_ id: UInt64, refusal: String?, _ now: Now) {
    if let key = leases.answered(id, isRefusal: refusal != nil) {
      uplink.wasOfUse()
      if refusal != nil, !key.isReserve { leaseRefused(key, now) }
      return
    }
    if checkInAnswered(id, refusal: refusal, now) { return uplink.wasOfUse() }
    guard let request = requests.take(id) else { return }
    uplink.wasOfUse()
    if let refusal { return requestFailed(request, refusal, now) }
    signal(request.terminal, .ok, now)
  }

  /// Presses that wait for the number that will not come take one of the reserve.
  private mutating func leaseRefused(_ key: LeaseRequests.Key, _ now: Now) {
    let wish = PendingPress.Wish.service(key.service, isPriority: key.isPriority)
    for place in desk.pending.indices
    where desk.pending[place].numberBy != nil && desk.pending[place].wish == wish {
      desk.pending[place].numberBy = now.monotonic
    }
    workOnPresses(now)
  }

  mutating func giveUpRequests(_ now: Now) {
    for request in requests.takeLate(now: now.monotonic) {
      requestFailed(request, "timed-out", now)
    }
  }

  mutating func requestFailed(_ request: CounterRequestInFlight, _ reason: String, _ now: Now) {
    log(.info, "counter \(request.counter): \(request.request.rawValue) refused: \(reason)")
    signal(request.terminal, .error, now)
    // "Nobody waits" is an answer for the clerk, not a fault for the public to read.
    guard reason != ProtocolError.empty.rawValue, reason != ProtocolError.nobody.rawValue,
      let sign = terminals[request.terminal]?.plan.sign
    else { return }
    show(signs[sign]?.told("NO LINE", now: now) ?? nil, on: sign)
  }
}
