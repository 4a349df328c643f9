import Branch
import QueueProtocol
import TestSeeds
import Testing

@testable import QueueEngine

@Suite("The journal is the state")
struct ReplayTests {
  /// Says something plausible or wild on one of three sessions.
  private func step(_ hub: Hub, _ random: inout Seeded) {
    let session = SessionID.random(in: 1...3, using: &random)
    let node = "n\(session)"
    let epoch = Epoch.random(in: 1...2, using: &random)
    let known = hub.engine.memory.lives[HubMemory.Life(node: NodeID(node)!, epoch: epoch)]
    let current = hub.engine.memory.current[NodeID(node)!] ?? 1
    let mark =
      hub.engine.memory.lives[HubMemory.Life(node: NodeID(node)!, epoch: current)]?.mark ?? 0
    let number = Int.random(in: 1...40, using: &random)
    let service = random.chance(2) ? ("cash", "A") : ("info", "B")
    let ticket = service.1 + padded(number, to: 3)
    let at = hub.at - Int64.random(in: 0...3_600_000, using: &random)
    let counter = Int.random(in: 1...3, using: &random)
    hub.pass(Span(ms: Int64.random(in: 0...120_000, using: &random)))
    switch Int.random(in: 0..<16, using: &random) {
    case 0:
      if random.chance(2) { hub.drop(session) }
      hub.engine.connected(session)
      let next = (known?.mark ?? 0) + (random.chance(8) ? 3 : 1)
      let commands = (known?.lastCommand ?? 0) &+ (random.chance(8) ? 2 : 0)
      hub.say(
        session,
        "HELLO node=\(node) epoch=\(epoch) next=\(next) commands=\(random.chance(4) ? 0 : commands)"
          + (random.chance(9) ? " branch=other" : ""))
    case 1: hub.openBranch(session)
    case 2: hub.say(session, "COUNTER id=\(counter) services=info,cash")
    case 3:
      hub.say(
        session,
        "LEASE service=\(service.0) day=\(Hub.day) count=\(number)"
          + (random.chance(2) ? " reserve=yes" : ""))
    case 4: hub.say(session, "ACK \(Int.random(in: 0...20, using: &random))")
    case 5: hub.say(session, "RECALL counter=\(counter)")
    case 6: hub.say(session, "NO-SHOW counter=\(counter)")
    case 7: hub.say(session, "END counter=\(counter)")
    case 8:
      hub.say(session, "FACT \(mark + 1) rating-given at=\(hub.at) rating=3 counter=\(counter)")
    case 9:
      hub.say(
        session,
        "FACT \(mark + 1) ticket-voided at=\(at) ticket=\(ticket) service=\(service.0) "
          + "day=\(Hub.day)")
    case 10: hub.say(session, "SERVICE id=\(service.0) prefix=\(random.chance(2) ? "A" : "C")")
    case 11, 12: hub.say(session, "NEXT counter=\(counter)")
    default:
      hub.say(
        session,
        "FACT \(mark + (random.chance(9) ? 2 : 1)) ticket-issued at=\(at) ticket=\(ticket) "
          + "service=\(service.0) day=\(Hub.day)")
    }
  }

  @Test(
    "every prefix of a random history folds to the state that wrote it", arguments: Seeds.some(12))
  func prefixes(seed: UInt64) {
    var random = Seeded(seed)
    let hub = Hub()
    // `Hub` compares both memories after every line; here is the whole, from nothing, at the end.
    for _ in 0..<250 { step(hub, &random) }
    var fresh = HubMemory()
    for record in hub.records {
      let isReadable = fresh.apply(record)
      #expect(isReadable)
    }
    #expect(picture(fresh) == picture(hub.engine.memory))
    #expect(hub.records.filter { $0.kind == .fact }.map(\.seq) == Array(1...fresh.factCount))
    let identities = hub.facts.map { "\($0.node) \($0.epoch) \($0.seq)" }
    #expect(Set(identities).count == identities.count, "an identity twice")
    #expect(hub.facts.count > 20, "the history is no empty one")
  }

  @Test("a hub that is ended at any record goes on from there", arguments: Seeds.some(4))
  func everyCrash(seed: UInt64) {
    var random = Seeded(seed)
    let hub = Hub()
    for _ in 0..<60 { step(hub, &random) }
    for count in 0...hub.records.count {
      var memory = HubMemory()
      for record in hub.records.prefix(count) { _ = memory.apply(record) }
      var engine = QueueEngine(settings: hub.engine.settings, epoch: 1, memory: memory)
      for session in 1...3 as ClosedRange<SessionID> {
        engine.connected(session)
        let life = HubMemory.Life(node: NodeID("n\(session)")!, epoch: 1)
        let mark = memory.lives[life]?.mark ?? 0
        let known = memory.lives[life]?.acknowledged ?? 0
        for line in [
          "HELLO node=n\(session) next=\(mark + 1) commands=\(known)", "SERVICE id=cash prefix=A",
          "COUNTER id=1 services=cash", "FACT \(mark + 1) x-y at=1", "NEXT counter=1",
        ] {
          engine.received(Array(line.utf8), from: session, now: hub.now)
        }
      }
      let output = engine.takeOutput()
      for record in output.records {
        let isReadable = memory.apply(record)
        #expect(isReadable)
      }
      #expect(picture(memory) == picture(engine.memory), "after \(count) records")
      var last: [SessionID: UInt64] = [:]
      for (session, line) in output.lines {
        guard case .command(let number, _)? = try? HubMessage(line) else { continue }
        if let last = last[session] { #expect(number == last + 1, "a gap after \(count) records") }
        last[session] = number
      }
    }
  }
}
