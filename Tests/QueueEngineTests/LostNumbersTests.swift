import Branch
import QueueProtocol
import Testing

@testable import QueueEngine

@Suite("Numbers of a store that lost records")
struct LostNumbersTests {
  private func lease(
    _ hub: Hub, _ session: SessionID, count: Int = 1, reserve: Bool = false,
    day: ServiceDay = Hub.day
  ) -> [Int] {
    let lines = hub.say(
      session, "LEASE service=cash day=\(day) count=\(count)\(reserve ? " reserve=yes" : "")")
    for line in lines {
      guard case .command(let number, .lease(let block))? = try? HubMessage(parsing: line.utf8)
      else { continue }
      hub.say(session, "ACK \(number)")
      return Array(block.numbers)
    }
    return []
  }

  private func open(_ hub: Hub, _ session: SessionID, _ node: String, _ more: String = "") {
    hub.connect(session, node, more)
    hub.openBranch(session)
  }

  /// Two kiosks, each with a reserve, that took turns, and issued what they got.
  private func morning(presses: Int = 6) -> (hub: Hub, given: [String: [Int]]) {
    let hub = Hub()
    var given: [String: [Int]] = [:]
    for (session, node) in [(1, "n1"), (2, "n2")] as [(SessionID, String)] {
      open(hub, session, node)
      given[node] = lease(hub, session, count: 50, reserve: true)
    }
    for press in 1...presses {
      let (session, node) = press % 2 == 0 ? (1, "n1") : (2 as SessionID, "n2")
      let numbers = lease(hub, session)
      given[node, default: []] += numbers
      hub.issue(Seq((press + 1) / 2), "A" + padded(numbers[0], to: 3), session: session)
    }
    return (hub, given)
  }

  /// What a third kiosk gets.
  private func newcomer(_ hub: Hub) -> [Int] {
    open(hub, 9, "n9")
    let reserve = lease(hub, 9, count: 50, reserve: true)
    let ordinary = (1...12).flatMap { _ in lease(hub, 9) }
    return reserve + ordinary + lease(hub, 9, count: 50, reserve: true)
  }

  @Test("are given once, whichever one record is gone, and none has to be skipped for it")
  func oneRecord() {
    let records = morning().hub.records.count
    for place in 0..<records {
      let (hub, given) = morning()
      hub.restart(without: place..<place + 1)
      let fresh = newcomer(hub)
      #expect(Set(fresh).isDisjoint(with: given.values.joined()), "without \(hub.records[place])")
      #expect(fresh.count == 112)
    }
  }

  @Test("are given once, whichever records in a row are gone", arguments: [2, 3, 5, 8, 13, 30])
  func someRecords(count: Int) {
    let records = morning().hub.records.count
    for place in 0...max(0, records - count) {
      let (hub, given) = morning()
      hub.restart(without: place..<min(records, place + count))
      let fresh = newcomer(hub)
      #expect(Set(fresh).isDisjoint(with: given.values.joined()), "without \(count) at \(place)")
      #expect(!fresh.isEmpty)
    }
  }

  @Test("that later records vouch for are not skipped")
  func vouched() throws {
    let (hub, _) = morning()
    let lost = try #require(hub.records.firstIndex { $0.kind == .fact }) + 2
    _ = lease(hub, 1, count: 10, reserve: true)
    hub.restart(without: lost..<lost + 3)
    open(hub, 9, "n9")
    #expect(lease(hub, 9) == [7])
    #expect(hub.own(.numbersSkipped).isEmpty)
  }

  @Test("are skipped once, which is recorded and told, and days that none was given of are not")
  func skipped() {
    let (hub, _) = morning()
    let count = hub.records.count
    hub.restart(without: count - 4..<count)
    open(hub, 9, "n9")
    let first = lease(hub, 9)
    #expect(lease(hub, 9) == first.map { $0 + 1 })
    #expect(hub.own(.numbersSkipped).count == 2)
    #expect(hub.problems.map(\.code) == ["numbers-skipped", "numbers-skipped"])
    hub.pass(.minutes(60 * 24 * 3))
    #expect(lease(hub, 9, day: hub.now.local.day) == [1])
  }

  /// What a node says when it comes to a hub again.
  private func again(_ hub: Hub, _ node: String, _ given: [Int], held: Bool) {
    open(hub, 1, node, "commands=\(given.count - 49) next=\(given.count - 49)")
    guard held else { return }
    let through = given.filter { $0 < 500 }.max() ?? 0
    let from = given.filter { $0 > 500 }.min() ?? 10_000
    hub.say(1, "HELD service=cash day=\(Hub.day) through=\(through) from=\(from)")
  }

  @Test("that a node away may hold are given to nobody, once one knows that the store is another")
  func deletedStore() {
    for (node, other) in [("n1", "n2"), ("n2", "n1")] {
      let given = morning(presses: 40).given
      let hub = Hub()
      again(hub, node, given[node] ?? [], held: true)
      let fresh = newcomer(hub)
      #expect(Set(fresh).isDisjoint(with: given[node] ?? []))
      #expect(Set(fresh).isDisjoint(with: given[other] ?? []))
      #expect(fresh.count == 112)
      hub.restart()
      #expect(lease(hub, 1).isEmpty, "no session")
      #expect(Set(newcomer(hub)).isDisjoint(with: fresh), "nor after a restart")
      #expect(hub.own(.numbersSkipped).count == 2, "once is enough")
    }
  }

  @Test("are skipped once for all nodes that come back to a lost store, so that numbers are left")
  func manyNodes() {
    let hub = Hub()
    for session in SessionID(1)...12 {
      open(hub, session, "n\(session)", "commands=3 next=7")
      hub.say(session, "HELD service=cash day=\(Hub.day) through=\(session) from=950")
      #expect(!lease(hub, session).isEmpty, "node \(session)")
    }
    #expect(hub.own(.numbersSkipped).count == 2)
    hub.restart()
    open(hub, 20, "n20", "commands=3 next=7")
    #expect(!lease(hub, 20).isEmpty)
    #expect(hub.own(.numbersSkipped).count == 2)
  }

  @Test("are skipped also for what a node says in HELLO alone")
  func helloAlone() {
    let given = morning(presses: 40).given
    for hello in ["commands=3", "next=7"] {
      let hub = Hub()
      open(hub, 1, "n1", hello)
      #expect(Set(newcomer(hub)).isDisjoint(with: given.values.joined()), "\(hello)")
    }
  }

  @Test("are given once when the store is an old copy, whichever node comes first")
  func rolledBack() {
    for node in ["n1", "n2"] {
      let (hub, given) = morning(presses: 40)
      let copy = hub.records.count / 3
      hub.restart(keeping: copy)
      again(hub, node, given[node] ?? [], held: true)
      #expect(Set(newcomer(hub)).isDisjoint(with: given.values.joined()))
    }
  }

  @Test("of a branch are not skipped because of another branch's node")
  func otherBranch() {
    let (hub, _) = morning()
    hub.connect(5, "n5", "branch=other commands=9")
    open(hub, 9, "n9")
    #expect(lease(hub, 9) == [7])
  }

  @Test("of a damaged node's journal are no sign of a lost store")
  func damagedNode() {
    let (hub, _) = morning()
    hub.connect(1, "n1", "next=90 commands=2 damaged=yes")
    open(hub, 9, "n9")
    #expect(lease(hub, 9) == [7])
  }
}
