import Branch
import QueueEngine
import QueueProtocol
import TestSeeds
import Testing

@testable import BranchCore

@Suite("Two boxes and a hub, with everything that can go wrong")
struct WholeLoopTests {
  @Test("after a day of faults all that was promised is true", arguments: Seeds.some(10))
  func day(seed: UInt64) {
    var random = Seeded(seed)
    let world = World(2)
    world.exchange()
    world.pass(.seconds(1))
    for _ in 0..<150 { world.step(&random) }
    world.recover()
    checkFacts(world)
    checkNumbers(world)
    checkPaper(world)
    checkQueue(world)
    checkSigns(world)
    checkHubReplay(world)
    #expect(world.kills > 0, "the day was no quiet one")
  }

  /// Every fact is in the hub exactly once and in order.
  private func checkFacts(_ world: World) {
    for box in world.boxes {
      #expect(box.core.isLinked)
      let there = world.hubFacts.filter { $0.node == box.plan.node }
      #expect(there.map(\.seq) == box.facts.map(\.seq), "of \(box.plan.node)")
      for (stored, own) in zip(there, box.facts) where own.fact.kind != .ratingGiven {
        #expect(stored.fact == own.fact)
      }
      #expect(there.count > 50, "the day was no empty one")
    }
    #expect(world.hubFacts.filter { $0.fact.kind == .factsMissing }.isEmpty)
  }

  /// No number is given twice, and every ticket has one end.
  private func checkNumbers(_ world: World) {
    let issued = world.boxes.flatMap(\.issued)
    #expect(Set(issued).count == issued.count)
    #expect(issued.count > 10)
    for box in world.boxes {
      #expect(box.core.memory.open.isEmpty)
      #expect(box.core.desk.pending.isEmpty)
      for ticket in box.issued {
        let story = box.story(ticket)
        let ends = story.filter { ["printed", "unconfirmed", "voided"].contains($0) }
        #expect(ends.count == 1, "\(ticket): \(story)")
        #expect(story.first == "issued" && story.last == ends.last, "\(ticket): \(story)")
        #expect(follows(story), "\(ticket): \(story)")
      }
    }
  }

  /// issued (sending failed)* (sending (printed | unconfirmed) | failed* voided)
  private func follows(_ story: [String]) -> Bool {
    for (before, after) in zip(story, story.dropFirst()) {
      let allowed: [String] =
        switch before {
        case "issued": ["sending", "failed", "voided"]
        case "sending": ["printed", "unconfirmed", "failed"]
        case "failed": ["sending", "failed", "voided"]
        default: []
        }
      if !allowed.contains(after) { return false }
    }
    return true
  }

  /// No ticket is on paper twice, what was confirmed is there, and what was voided is not.
  private func checkPaper(_ world: World) {
    for box in world.boxes {
      let paper = box.devices.values.flatMap { $0.paper.tickets }.flatMap(\.largeTexts)
      for ticket in box.issued {
        let count = paper.filter { $0 == ticket }.count
        let story = box.story(ticket)
        #expect(count <= 1, "\(ticket): \(story)")
        if story.last == "printed" { #expect(count == 1, "\(ticket): \(story)") }
        if story.last == "voided" { #expect(count == 0, "\(ticket): \(story)") }
      }
    }
  }

  /// Who waits in the hub is who holds a ticket and was not called.
  private func checkQueue(_ world: World) {
    let services = world.memory.branches[BranchID("main")!]?.services.values.flatMap { $0.waiting }
    let waiting = Set((services ?? []).map(\.key.ticket.description))
    let called = world.hubFacts.filter { $0.fact.kind == .visitCalled }
      .compactMap { $0.fact.ticket?.description }
    #expect(Set(called).count == called.count, "called twice")
    let held = world.boxes.flatMap { box in
      box.issued.filter { box.story($0).last != "voided" }
    }
    #expect(waiting == Set(held).subtracting(called))
  }

  private func checkSigns(_ world: World) {
    for (index, box) in world.boxes.enumerated() {
      let counter = world.memory.branches[BranchID("main")!]?.counters[CounterID("\(index + 1)")!]
      #expect(
        box.sees(Plans.counterSign) == counter?.serving?.key.ticket.description ?? "----")
    }
  }

  private func checkHubReplay(_ world: World) {
    var memory = HubMemory()
    for record in world.hubRecords {
      let isReadable = memory.apply(record)
      #expect(isReadable)
    }
    #expect(memory.factCount == world.memory.factCount)
    #expect(memory.lives.mapValues(\.mark) == world.memory.lives.mapValues(\.mark))
  }

  @Test("holes in a box's journal cost what was in them and nothing else", arguments: Seeds.some(6))
  func holes(seed: UInt64) {
    var random = Seeded(seed)
    let world = World(2)
    world.exchange()
    world.setHub(up: false)
    for _ in 0..<40 { world.boxes[0].press(Plans.smiley, 25) }
    var lost: Set<Seq> = []
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let first = Seq.random(in: 1...55, using: &random)
      lost.formUnion(first...first + Seq.random(in: 0...6, using: &random))
    }
    let box = world.boxes[0]
    lost.formIntersection(box.facts.map(\.seq))
    box.lose(lost)
    world.recover()
    box.press(Plans.smiley, 21)
    world.exchange()
    let there = world.hubFacts.filter { $0.node == box.plan.node }
    #expect(there.map(\.seq) == box.facts.map(\.seq))
    var missing: Set<Seq> = []
    for fact in world.hubFacts.map(\.fact) where fact.kind == .factsMissing {
      let first = fact.more["first"].flatMap(Seq.init) ?? 0
      missing.formUnion(first...(fact.more["last"].flatMap(Seq.init) ?? first))
    }
    #expect(missing == lost)
    #expect(box.core.isLinked)
    #expect(box.connects.count < 12, "the line was not torn down for each hole")
  }

  @Test("customers of two kiosks see numbers in order while the hub answers")
  func inOrder() {
    let world = World(2)
    world.exchange()
    world.pass(.seconds(1))
    for number in 0..<20 {
      world.boxes[number % 2].press(Plans.kiosk, 1)
      world.exchange()
      world.pass(.seconds(1))
    }
    let issued = world.boxes.flatMap { $0.facts(.ticketIssued) }.sorted { $0.at < $1.at }
    #expect(issued.map { $0.ticket?.number } == Array(1...20))
  }

  @Test("a press is answered within seconds, whatever is broken", arguments: Seeds.some(8))
  func answered(seed: UInt64) {
    var random = Seeded(seed)
    let world = World(1)
    world.exchange()
    world.pass(.seconds(1))
    for _ in 0..<80 {
      world.step(&random)
      world.pass(.seconds(3))
      #expect(world.boxes[0].core.desk.pending.isEmpty)
    }
  }
}
