import Branch
import QueueEngine
import QueueProtocol
import TestSeeds
import Testing

@testable import BranchCore

@Suite("Customers with appointments and priority, from the booking to the call")
struct JourneyTests {
  private static let priorityKey: UInt16 = 3

  private func world(_ count: Int = 1) -> World {
    let world = World(count) {
      $0.terminals[0].actions[Self.priorityKey] = .ticket(Plans.cash, priority: true)
    }
    world.exchange()
    world.pass(.seconds(1))
    return world
  }

  private func book(_ world: World, _ code: String, in minutes: Int64) {
    let at = world.boxes[0].now.wall.ms + minutes * 60_000
    world.tell("BOOK branch=main code=\(code) service=cash at=\(at) notes=\"Room 4\"")
  }

  private func enter(_ world: World, _ code: String, at index: Int = 0) {
    world.boxes[index].handle(.codeEntered(Plans.kiosk, code: code))
    world.exchange()
    world.pass(.seconds(3))
  }

  private func call(_ world: World) -> String? {
    world.boxes[0].press(Plans.keypad, Plans.next)
    world.exchange()
    world.pass(.seconds(1))
    return world.boxes[0].sees(Plans.counterSign)
  }

  @Test("are printed, counted and called as PROTOCOL.md says")
  func whole() {
    let world = world()
    book(world, "K7F2", in: 5)
    world.boxes[0].press(Plans.kiosk, 1)
    world.exchange()
    world.pass(.seconds(3))
    enter(world, "K7F2")
    world.boxes[0].press(Plans.kiosk, Self.priorityKey)
    world.exchange()
    world.pass(.seconds(3))
    #expect(world.boxes[0].devices[Plans.front]?.tickets == ["A001", "A002", "A003"])
    #expect(call(world) == "A003", "priority before the walk-in")
    world.pass(.minutes(5))
    #expect(call(world) == "A002", "her time has come")
    #expect(call(world) == "A001")
    #expect(world.boxes[0].refusals == [])
  }

  @Test("hear the same no at every box once the code has its ticket")
  func used() {
    let world = world(2)
    book(world, "x", in: 0)
    enter(world, "x")
    enter(world, "x")
    enter(world, "x", at: 1)
    enter(world, "y", at: 1)
    #expect(world.boxes[0].issued == ["A001"] && world.boxes[0].refusals == ["used"])
    #expect(world.boxes[1].refusals == ["used", "unknown-code"])
  }

  @Test("may try again when the ticket could not be printed, also at another box")
  func voided() {
    let world = world(2)
    book(world, "x", in: 0)
    for printer in [Plans.front, Plans.back] {
      world.boxes[0].change(printer) { $0.takes = 0 }
    }
    enter(world, "x")
    for printer in [Plans.front, Plans.back] { world.boxes[0].unplug(printer) }
    world.exchange()
    world.pass(.minutes(4))
    #expect(world.boxes[0].story("A001").last == "voided")
    enter(world, "x", at: 1)
    #expect(world.boxes[1].devices[Plans.front]?.tickets == ["A002"])
  }

  @Test("never hold two tickets of one code, whoever is killed when", arguments: Seeds.some(12))
  func faults(seed: UInt64) {
    var random = Seeded(seed)
    let world = world(2)
    for _ in 0..<120 {
      let code = "c\(Int.random(in: 0...5, using: &random))"
      let index = Int.random(in: 0...1, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: if world.isHubUp { book(world, code, in: 5) }
      case 1: world.step(&random)
      default: world.boxes[index].handle(.codeEntered(Plans.kiosk, code: code))
      }
      if random.chance(2) { world.exchange() }
      if random.chance(4) { world.pass(.seconds(2)) }
    }
    world.recover()
    book(world, "last", in: 0)
    enter(world, "last")
    var held: [String: Set<String>] = [:]
    for box in world.boxes {
      for fact in box.facts(.ticketIssued) {
        guard let code = fact.more["code"], let ticket = fact.ticket?.description else { continue }
        if box.story(ticket).last != "voided" { held[code, default: []].insert(ticket) }
      }
      #expect(box.core.desk.pending.isEmpty, "seed \(seed): a customer waits for ever")
    }
    #expect(held.values.allSatisfy { $0.count == 1 }, "seed \(seed): \(held)")
    #expect(held["last"] != nil, "seed \(seed): who comes when all is well gets a ticket")
  }
}
