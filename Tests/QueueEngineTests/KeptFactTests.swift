import Branch
import QueueProtocol
import TestSeeds
import Testing

@testable import QueueEngine

@Suite("Facts that are kept as they came")
struct KeptFactTests {
  /// The same history with a hub that takes every fact apart: a second space makes no fact plain.
  private final class Pair {
    let kept = Hub()
    let apart = Hub()

    func say(_ session: SessionID, _ line: String) {
      let other = line.hasPrefix("FACT ") ? "FACT  " + line.dropFirst(5) : line
      let answers = (kept.say(session, line), apart.say(session, other))
      #expect(answers.0 == answers.1, "\(line)")
    }

    /// Several lines of one batch.
    func sayAll(_ lines: [(session: SessionID, text: String)]) {
      for (session, line) in lines {
        let other = line.hasPrefix("FACT ") ? "FACT  " + line.dropFirst(5) : line
        kept.engine.received(Array(line.utf8), from: session, now: kept.now)
        apart.engine.received(Array(other.utf8), from: session, now: apart.now)
      }
      kept.settle()
      apart.settle()
      for session in 1...3 as ClosedRange<SessionID> {
        #expect(kept.heard(session) == apart.heard(session), "\(lines)")
      }
      #expect(kept.records == apart.records, "\(lines)")
    }

    func mark(_ session: SessionID) -> Seq {
      kept.engine.memory.lives[HubMemory.Life(node: NodeID("n\(session)")!, epoch: 1)]?.mark ?? 0
    }
  }

  private func line(_ pair: Pair, _ next: inout [SessionID: Seq], _ random: inout Seeded) -> (
    session: SessionID, text: String
  ) {
    let session = SessionID.random(in: 1...3, using: &random)
    let seq = next[session] ?? pair.mark(session) + 1
    let at = pair.kept.at - Int64.random(in: 0...400_000, using: &random)
    let ticket =
      "ticket=A\(padded(Int.random(in: 1...60, using: &random), to: 3)) service="
      + "\(random.chance(4) ? "none" : "cash") day=\(Hub.day)"
    let counter = Int.random(in: 1...3, using: &random)
    let bodies = [
      "ticket-issued at=\(at) \(ticket) terminal=kiosk", "ticket-issued at=\(at) \(ticket)",
      "ticket-sending at=\(at) \(ticket) printer=p job=\(seq)", "ticket-printed at=\(at) \(ticket)",
      "ticket-voided at=\(at) \(ticket)", "rating-given at=\(at) rating=4",
      "rating-given at=\(at) counter=\(counter) rating=4", "device-lost at=\(at) device=p",
      "rating-given at=\(at) counter=\(counter) rating=4 mono=17",
    ]
    let others = [
      "NEXT counter=\(counter)", "END counter=\(counter)", "NO-SHOW counter=\(counter)", "PING",
      "HELLO node=n\(session) next=\(seq)", "what is this",
      "FACT \(seq + 1) \(bodies[0])", "FACT \(max(1, seq - 1)) \(bodies[1])",
    ]
    if random.chance(5) { return (session, others.randomElement(using: &random)!) }
    next[session] = seq + 1
    return (session, "FACT \(seq) \(bodies.randomElement(using: &random)!)")
  }

  @Test(
    "leave the same records, answers and state as when they are taken apart",
    arguments: Seeds.some(12))
  func same(seed: UInt64) {
    var random = Seeded(seed)
    let pair = Pair()
    for hub in [pair.kept, pair.apart] {
      for session in 1...3 as ClosedRange<SessionID> { hub.connect(session, "n\(session)") }
      hub.openBranch()
    }
    for _ in 0..<60 {
      let pause = Span(ms: Int64.random(in: 0...60_000, using: &random))
      pair.kept.pass(pause)
      pair.apart.pass(pause)
      var next: [SessionID: Seq] = [:]
      let count = Int.random(in: 1...12, using: &random)
      pair.sayAll((0..<count).map { _ in line(pair, &next, &random) })
    }
    #expect(picture(pair.kept.engine.memory) == picture(pair.apart.engine.memory))
    #expect(pair.kept.facts.count > 100, "the history is no empty one")
  }

  @Test("are the bytes of the line behind the node's name")
  func bytes() {
    let hub = Hub()
    hub.connect(1)
    let text = "ticket-printed at=5 ticket=A001 service=cash day=2026-11-22 printer=p job=7"
    #expect(hub.say(1, "FACT 1 \(text)") == ["ACK 1"])
    #expect(hub.records.last?.payload == Array("n1 1 1 \(text)".utf8))
  }

  @Test("are acknowledged once a batch, and not for a fact that leaves a gap")
  func acknowledgements() {
    let hub = Hub()
    hub.connect(1)
    let text = "rating-given at=5 rating=1"
    for seq in 1...3 {
      hub.engine.received(Array("FACT \(seq) \(text)".utf8), from: 1, now: hub.now)
    }
    hub.settle()
    #expect(hub.heard(1) == ["ACK 3"])
    #expect(hub.say(1, "FACT 5 \(text)").map { $0.prefix(14) } == ["ERROR code=gap"])
    #expect(hub.say(1, "FACT 2 \(text)") == ["ACK 3"])
  }
}
