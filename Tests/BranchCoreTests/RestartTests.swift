import Branch
import QueueProtocol
import TestSeeds
import Testing

@testable import BranchCore

/// All that a node remembers, as text that two memories can be compared by.
private func picture(_ memory: NodeMemory) -> String {
  var lines = ["\(memory.nextSeq) \(memory.acknowledged) \(memory.commands)"]
  for (service, stock) in memory.stock.sorted(by: { $0.key < $1.key }) where !stock.isEmpty {
    lines.append("\(service): \(stock)")
  }
  for call in memory.calls.all {
    lines.append("\(call.counter) \(call.isOver ? "called" : "calls") \(call.ticket)")
  }
  for (job, open) in memory.open.sorted(by: { $0.key < $1.key }) { lines.append("\(job): \(open)") }
  return lines.joined(separator: "\n")
}

@Suite("A node that is ended at any record")
struct RestartTests {
  /// Records of a day with faults, of one box.
  private func history(seed: UInt64) -> (plan: NodePlan, records: [DurableRecord]) {
    var random = Seeded(seed)
    let world = World(1)
    world.exchange()
    world.pass(.seconds(1))
    while world.boxes[0].journal.count < 160 { world.step(&random) }
    return (world.boxes[0].plan, world.boxes[0].journal)
  }

  private func fold(_ records: some Sequence<DurableRecord>) -> NodeMemory {
    var memory = NodeMemory()
    for record in records {
      let isReadable = memory.apply(record)
      #expect(isReadable)
    }
    return memory
  }

  @Test("after a loss, blocks that the hub gives once more are not used, new ones are")
  func leasesInDoubt() {
    let box = Box()
    box.openAll()
    box.core.memory.forgetNumbers()
    box.link()
    #expect(box.takeToHub().contains("PING"))
    box.lease(1, 1...9)
    #expect(box.takeToHub().contains("ACK 1"))
    box.hub("PONG now=\(box.now.wall.ms)")
    box.lease(2, 10...19)
    box.press(Plans.kiosk, 1)
    #expect(box.issued == ["A010"])
    let again = Box(journal: box.kill(keeping: 0).journal)
    again.openAll()
    again.press(Plans.kiosk, 1)
    again.pass(.seconds(3))
    #expect(again.issued.last == "A011", "a replay does not use them either")
  }

  @Test("gives no number twice and prints nothing again", arguments: Seeds.some(4))
  func everyPrefix(seed: UInt64) {
    let (plan, records) = history(seed: seed)
    for count in 0...records.count {
      let box = Box(plan, journal: Array(records.prefix(count)), now: later)
      let before = Set(box.issued)
      #expect(box.core.memory.open.isEmpty, "all is settled at the start, \(count) records")
      box.openAll()
      #expect(box.devices.values.allSatisfy { $0.jobsGot.allSatisfy { $0 == 0 } })
      for _ in 0..<3 { box.press(Plans.kiosk, 1) }
      box.pass(.seconds(3))
      let new = box.issued.dropFirst(before.count)
      #expect(before.isDisjoint(with: new), "after \(count) records")
      #expect(Set(new).count == new.count)
      let printed = box.devices[Plans.front]?.tickets ?? []
      #expect(printed.allSatisfy(new.contains))
      #expect(box.facts.map(\.seq) == box.facts.indices.map { Seq($0 + 1) }, "no gap")
    }
  }

  /// Behind the history, on the same day.
  private var later: Now {
    Now(
      wall: Box.morning.wall + .minutes(10 * 60), monotonic: Box.morning.monotonic + .minutes(600))
  }

  @Test(
    "settles each open ticket: voided when no byte went, else unconfirmed", arguments: Seeds.some(3)
  )
  func settled(seed: UInt64) {
    let (plan, records) = history(seed: seed)
    for count in 0...records.count {
      let open = fold(records.prefix(count)).open
      guard !open.isEmpty else { continue }
      let box = Box(plan, journal: Array(records.prefix(count)), now: later)
      for ticket in open.values {
        let end = box.story(ticket.ticket.description).last
        #expect(end == (ticket.sendingTo == nil ? "voided" : "unconfirmed"))
      }
    }
  }

  @Test("has the current calls on its signs as soon as they are there", arguments: Seeds.some(3))
  func signs(seed: UInt64) {
    let (plan, records) = history(seed: seed)
    var call: String?
    for count in 0...records.count {
      if count > 0, records[count - 1].kind == .local,
        case .command(_, let command)? = try? HubMessage(parsing: records[count - 1].payload)
      {
        switch command {
        case .call(Plans.one, let ticket, _, _): call = ticket.description
        case .clear(Plans.one): call = nil
        default: break
        }
      }
      let box = Box(plan, journal: Array(records.prefix(count)), now: later)
      box.handle(.signOpened(Plans.counterSign))
      box.handle(.signOpened(Plans.mainSign))
      #expect(box.sees(Plans.counterSign) == call ?? "----", "after \(count) records")
      #expect(box.sees(Plans.mainSign) == call.map { "\($0) > 1" } ?? "WELCOME")
    }
  }

  @Test("has in a checkpoint all that its records say", arguments: Seeds.some(4))
  func checkpoints(seed: UInt64) {
    let (_, records) = history(seed: seed)
    var random = Seeded(seed)
    var memory = NodeMemory()
    let whole = picture(fold(records))
    for (index, record) in records.enumerated() {
      _ = memory.apply(record)
      if random.chance(5) { memory.noteAcknowledged(memory.nextSeq - 1) }
      let checkpoint = DurableRecord(.checkpoint, payload: memory.checkpoint())
      var restored = fold([checkpoint])
      #expect(picture(restored) == picture(memory), "after \(index + 1) records")
      // Records that stand behind a checkpoint and are in it already change nothing.
      let from = Int.random(in: 0...index, using: &random)
      for record in records[from...] { _ = restored.apply(record) }
      restored.acknowledgedForComparison(0)
      #expect(picture(restored) == whole, "records from \(from) behind a checkpoint at \(index)")
    }
  }

  @Test(
    "a checkpoint with any line spoilt is refused and changes nothing", arguments: Seeds.some(4))
  func spoiltCheckpoint(seed: UInt64) {
    let (_, records) = history(seed: seed)
    var random = Seeded(seed)
    let memory = fold(records.prefix(100))
    let payload = memory.checkpoint()
    for _ in 0..<200 {
      var spoilt = payload
      let place = Int.random(in: 0..<spoilt.count, using: &random)
      spoilt[place] = UInt8.random(in: 0...255, using: &random)
      var other = NodeMemory()
      if !other.apply(DurableRecord(.checkpoint, payload: spoilt)) {
        #expect(picture(other) == picture(NodeMemory()))
      }
    }
  }

  @Test("passes over a fact that it cannot read, and does not give its number again")
  func unreadable() {
    var memory = NodeMemory()
    let isReadable = memory.apply(DurableRecord(.fact, seq: 4, payload: Array("noise".utf8)))
    #expect(!isReadable)
    #expect(memory.nextSeq == 5)
    let isCommand = memory.apply(DurableRecord(.local, payload: Array("CMD 1 call".utf8)))
    #expect(!isCommand)
    #expect(memory.commands == 0)
  }

  @Test("owes the printer zeros for the ticket that was on its way")
  func zeros() throws {
    let first = Box(Plans.node(printers: [Plans.printer(Plans.front)]))
    first.openAll()
    first.link()
    first.lease(1, 1...9, more: "reserve=yes")
    first.cut()
    first.devices[Plans.front]?.takes = 80
    first.press(Plans.kiosk, 1)
    let bytes = try #require(first.facts(.ticketSending).last?.more["bytes"].flatMap(Int.init))
    let found = first.kill(keeping: 0)
    var devices = found.devices
    devices[Plans.front]?.takes = nil
    let box = Box(first.plan, journal: found.journal, devices: devices, now: first.now)
    #expect(box.story("A001") == ["issued", "sending", "unconfirmed"])
    box.openAll()
    #expect(
      box.devices[Plans.front]?.bytesGot.dropFirst(80).prefix { $0 == 0 }.count == bytes)
    box.press(Plans.kiosk, 1)
    #expect(box.story("A002").last == "printed")
    #expect(box.devices[Plans.front]?.paper.tickets.last?.largeTexts.last == "A002")
  }
}

extension NodeMemory {
  /// What a hub acknowledged stands in checkpoints only.
  fileprivate mutating func acknowledgedForComparison(_ seq: Seq) { acknowledged = seq }
}
