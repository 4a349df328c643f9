import Branch
import QueueProtocol

/// After an outage facts come by the hundred thousand, one like the other: those that are kept as
/// they came go from the line to the record without being taken apart.
extension QueueEngine {
  /// Facts of one session, one behind the other. Good while nothing else is said and nobody leaves.
  struct FactRun {
    let session: SessionID
    let life: HubMemory.Life
    let branch: BranchID
    /// `node epoch `, with which every record of the run begins.
    let head: [UInt8]
    var mark: Seq
    var isOwedAcknowledgement = false
  }

  /// Takes a fact as it came. false when the line has to be read as all others are: it is no such
  /// fact, not the next one, of nobody who said hello, or a rating that may belong to a visit.
  mutating func keep(_ line: UnsafeRawBufferPointer, from session: SessionID, now: Now) -> Bool {
    guard let fact = PlainFact(line: line) else { return false }
    if run?.session != session { startRun(of: session, now: now) }
    guard let run, fact.seq == run.mark + 1 else { return false }
    if case .ratingGiven(let counter?) = fact.content,
      memory.branches[run.branch]?.counters[counter]?.ended.isEmpty == false
    {
      return false
    }
    let text = UnsafeRawBufferPointer(rebasing: line[fact.text])
    output.records.append(
      DurableRecord(
        .fact, seq: memory.factCount + 1, payload: Self.payload(run.head, fact.seq, text)))
    memory.apply(fact, of: run.life, run.branch)
    if !run.isOwedAcknowledgement { owedAcknowledgement.insert(session) }
    self.run?.isOwedAcknowledgement = true
    self.run?.mark = fact.seq
    return true
  }

  private mutating func startRun(of session: SessionID, now: Now) {
    run = nil
    guard let life = sessions[session]?.life, let branch = sessions[session]?.branch,
      let mark = memory.lives[life]?.mark
    else { return }
    sessions[session]?.heardAt = now.monotonic
    run = FactRun(
      session: session, life: life, branch: branch,
      head: StoredFact.head(node: life.node, epoch: life.epoch), mark: mark)
  }

  /// What `StoredFact.encoded` gives, in one piece of memory.
  private static func payload(_ head: [UInt8], _ seq: Seq, _ text: UnsafeRawBufferPointer)
    -> [UInt8]
  {
    var payload: [UInt8] = []
    payload.reserveCapacity(head.count + 17 + text.count)
    payload += head
    appendDecimal(seq, to: &payload)
    payload.append(UInt8(ascii: " "))
    payload += text
    return payload
  }
}
