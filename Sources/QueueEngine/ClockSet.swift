public import Branch
import QueueProtocol

/// The hub's wall clock was set: by NTP on a box without a battery, or by hand. Nobody has waited
/// longer for that. What is open is moved along, so that nobody lapses and no time is wrong.
extension QueueEngine {
  /// Looks at both clocks: before anything else is done with a line, and now and then.
  public mutating func look(at now: Now) {
    guard let before = clocks else {
      clocks = now
      return
    }
    let should = before.wall + (now.monotonic - before.monotonic)
    let jump = now.wall - should
    guard abs(jump.ms) > settings.clockSlack.ms else { return }
    clocks = now
    run = nil
    for branch in memory.branches.keys.sorted() { recordSet(from: should, now, branch) }
    // Their clocks are those of their sessions, and count from what was wrong.
    for id in sessionOf.values.sorted() {
      send(.bye, to: id)
      output.hangUps.append(id)
    }
    let problem = Problem(
      code: "clock-set", what: "the clock jumped from \(should) to \(now.wall)",
      cause: "NTP or a person set it, or the machine was suspended",
      cure: "Nothing to do; start queuehub behind time-sync.target if it happens at each boot.")
    output.problems.append(problem)
  }

  /// `since`: what the wall clock would have shown at the boot, had it been as it was before. All
  /// times from there on come from a clock that was wrong in the same way.
  private mutating func recordSet(from: WallTime, _ now: Now, _ branch: BranchID) {
    guard memory.branches[branch]?.hasOpenVisits == true else { return }
    var fact = Fact(.clockSet, at: now.wall)
    fact.more = [
      Field("since", String(max(0, from.ms - now.monotonic.ms))), Field("from", String(from.ms)),
    ]
    recordOwn(fact, branch: branch)
  }
}

extension BranchState {
  var hasOpenVisits: Bool {
    services.values.contains { $0.waitingCount > 0 }
      || counters.values.contains { $0.serving != nil || !$0.ended.isEmpty }
  }

  /// So far the clock of a node may be ahead of the hub's, with what is on the way.
  static let nodeAhead_max: Span = .seconds(5)

  /// Folds in that the clock was set.
  mutating func clockWasSet(_ fact: Fact) {
    guard let since = fact.more["since"].flatMap(Int64.init),
      let from = fact.more["from"].flatMap(Int64.init)
    else { return }
    // A node's clock may be a little ahead.
    let wrong = WallTime(ms: since)...WallTime(ms: from) + Self.nodeAhead_max
    let jump = fact.at - WallTime(ms: from)
    func moved(_ time: WallTime) -> WallTime { wrong.contains(time) ? time + jump : time }
    for id in services.keys {
      services[id]?.moveWaiting(moved)
    }
    for id in counters.keys {
      counters[id]?.serving?.move(moved)
      counters[id]?.moveServed(moved)
    }
  }
}

extension BranchState.ServiceState {
  fileprivate mutating func moveWaiting(_ moved: (WallTime) -> WallTime) {
    let visits = waiting + favoured
    waiting = []
    favoured = []
    for var visit in visits {
      visit.move(moved)
      add(visit)
    }
  }
}

extension BranchState.CounterState {
  fileprivate mutating func moveServed(_ moved: (WallTime) -> WallTime) {
    for place in served.indices { served[place].endedAt = moved(served[place].endedAt) }
    for place in ended.indices { ended[place].endedAt = moved(ended[place].endedAt) }
  }
}

extension Visit {
  fileprivate mutating func move(_ moved: (WallTime) -> WallTime) {
    issuedAt = moved(issuedAt)
    calledAt = calledAt.map(moved)
  }
}
