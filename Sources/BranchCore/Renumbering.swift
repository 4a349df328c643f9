import Branch
import QueueProtocol

/// The hub has facts of this epoch that the journal does not know, under numbers that this journal
/// gave anew: its end was lost, or it was brought back from an old copy. The facts that were
/// recorded since this start are new all the same and must not be taken for those. They are
/// recorded once more, under numbers that the hub has not seen, and name their former number as
/// `was`.
struct Renumbering: Hashable {
  /// Former numbers that still have to be recorded anew.
  var next: Seq
  var last: Seq
}

extension NodeMemory {
  /// `RENUMBER first=… last=… at=…`: the facts first to last come again from `at` on.
  mutating func applyRenumbering(_ line: Line) -> Bool {
    guard let first = line["first"].flatMap(Seq.init), let last = line["last"].flatMap(Seq.init),
      let start = line["at"].flatMap(Seq.init), first <= last, last < start
    else { return false }
    renumbering = Renumbering(next: first, last: last)
    // Those of the reserve may have been issued in what the journal lost.
    forgetNumbers()
    nextSeq = max(nextSeq, start)
    // What stands below needs no sending: the hub has other facts there, or gets these anew.
    acknowledged = max(acknowledged, start - 1)
    return true
  }

  /// A fact that stands further up already: nothing follows from it again.
  mutating func applyAgain(_ was: Seq, _ seq: Seq) {
    nextSeq = seq + 1
    guard let work = renumbering, was >= work.next else { return }
    renumbering = was < work.last ? Renumbering(next: was + 1, last: work.last) : nil
  }

  /// Facts up to this number are not needed in the journal any more.
  public var removable: Seq {
    renumbering.map { min(acknowledged, $0.next - 1) } ?? acknowledged
  }
}

extension BranchCore {
  /// A hub that is ahead by more than this has made its number up.
  static let ahead_max: UInt64 = 100_000_000

  /// What the hub says it has of what this process did not send; nil when all is as it should be.
  func unknownFacts(_ welcome: Welcome) -> Seq? {
    let known = max(opening - 1, uplink.sentThrough_max)
    return welcome.acknowledged > known ? welcome.acknowledged : nil
  }

  mutating func renumber(above mark: Seq, _ now: Now) {
    guard mark < opening + Self.ahead_max else {
      log(.error, "hub: it says that it has \(mark) facts of this journal, which cannot be")
      return perform(uplink.refused(after: nil, now: now.monotonic), now)
    }
    let problem = Problem(
      code: ProtocolError.behind.rawValue,
      what: "the hub has facts up to \(mark) of this journal, which was opened with \(opening - 1)",
      cause: "the journal lost its end, or was brought back from an old copy",
      cure: "Nothing to do: what was recorded since the start gets new numbers. Look at the disk "
        + "if nobody copied the journal.")
    log(.error, "hub: \(problem)")
    let last = memory.nextSeq - 1
    let start = max(mark, last) + 1
    recordOwn(
      Line(
        "RENUMBER", [],
        [
          Field("first", String(memory.renumbering?.next ?? opening)),
          Field("last", String(last)), Field("at", String(start)),
        ]))
    opening = start
    uplink.leap(to: start - 1)
    perform(uplink.refused(after: plan.link.backOff.lowerBound, now: now.monotonic), now)
    continueRenumbering()
  }

  /// Asks for the next former facts; at the start as well, when the last life did not finish.
  mutating func continueRenumbering() {
    guard let work = memory.renumbering else { return }
    output.effects.append(.reread(work.next...work.last))
  }

  /// - Parameter last: up to this former number the journal was looked through.
  mutating func reread(_ facts: [(seq: Seq, payload: [UInt8])], through last: Seq) {
    guard let work = memory.renumbering else { return }
    for former in facts where former.seq >= work.next {
      guard var fact = try? Fact(parsing: former.payload) else { continue }
      fact.more.removeAll { $0.key == "was" }
      fact.more.append(Field("was", String(former.seq)))
      let seq = memory.nextSeq
      output.records.append(DurableRecord(.fact, seq: seq, payload: fact.encoded()))
      memory.applyAgain(former.seq, seq)
    }
    // A hole in the journal: what stood there is lost, and told when the journal was opened.
    if let left = memory.renumbering, left.next <= last {
      memory.renumbering = last < left.last ? Renumbering(next: last + 1, last: left.last) : nil
    }
    continueRenumbering()
  }
}
