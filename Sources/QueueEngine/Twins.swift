import Branch
import QueueProtocol

/// Two boxes with one journal: made from one disk image, or one of them from an old copy. Whatever
/// the second one says would be taken for a repetition of the first one's facts, so it is refused
/// before it says anything.
extension QueueEngine {
  /// A node says something at least every heartbeat; one more second for the way.
  private var silence_max: Span { Span(ms: settings.heartbeat.ms + 1000) }

  func refuseTwin(_ hello: Hello, _ session: SessionID, now: Now) throws(ProtocolError) {
    // By hand, and for simpler nodes: nothing is known of where the journal has been.
    guard !hello.starts.isEmpty, !hello.isDamaged else { return }
    if let known = memory.lives[HubMemory.Life(node: hello.node, epoch: hello.epoch)],
      // A hub that lost facts has an older memory than the node: it cannot judge.
      hello.next <= known.mark + 1,
      // The same hardware with an old copy of its own journal: the node finds that out itself.
      known.machine == nil || known.machine != hello.machine
    {
      if hello.commands < known.commandsAcknowledged { throw .twin }
      if let start = known.start, hello.starts.count < Hello.starts_max,
        !hello.starts.contains(start)
      {
        throw .twin
      }
    }
    guard let boot = hello.boot, let older = sessionOf[hello.node], older != session,
      let other = sessions[older], let otherBoot = other.boot, otherBoot != boot,
      now.monotonic - other.heardAt <= silence_max
    else { return }
    throw .taken
  }

  /// The time of a fact that was journalled before the node knew the hub's: by its clock that never
  /// jumps, when its kernel still runs.
  func timed(_ fact: Fact, _ life: HubMemory.Life, _ session: SessionID, now: Now) -> Fact {
    guard let mono = fact.more["mono"].flatMap(Int64.init), mono >= 0,
      let clock = sessions[session]?.clock,
      fact.more["boot"] ?? memory.lives[life]?.boot == sessions[session]?.boot
    else { return fact }
    let age_ms = (now.monotonic - clock.heardAt).ms + clock.node.ms - mono
    let at = WallTime(ms: min(max(0, now.wall.ms - age_ms), WallTime.onWire_max.ms))
    guard abs(at.ms - fact.at.ms) > settings.clockSlack.ms else { return fact }
    var fact = fact
    if fact.more["wall"] == nil { fact.more.append(Field("wall", String(fact.at.ms))) }
    fact.at = at
    return fact
  }
}
