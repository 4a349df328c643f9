import Branch
import BranchCore
import Testing

@Suite("A clerk's key for the last paper of a printer")
struct ReprintTests {
  private static let again: UInt16 = 14
  private let box: Box

  init() {
    box = Box(Self.plan)
    box.openAll()
    box.link()
    box.lease(1, 1...9)
  }

  private static var plan: NodePlan {
    var plan = Plans.node()
    plan.terminals[1].actions[again] = .reprint(Plans.front)
    return plan
  }

  private func press() { box.press(Plans.keypad, Self.again) }

  @Test("prints the same number once more, marked, with the time at which it was given")
  func reprints() throws {
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(3))
    let issued = try #require(box.facts(.ticketIssued).first)
    box.pass(.minutes(10))
    press()
    box.pass(.seconds(3))
    let tickets = try #require(box.devices[Plans.front]?.paper.tickets)
    #expect(tickets.map { $0.plainText.contains("REPRINT") } == [false, true])
    #expect(tickets.map(\.largeTexts.first) == ["A001", "A001"])
    let time = LocalTime(issued.at, zoneOffsetSeconds: box.now.zoneOffsetSeconds).hourMinute
    #expect(tickets.allSatisfy { $0.plainText.contains(time) }, "\(tickets.map(\.plainText))")
    #expect(box.story("A001") == ["issued", "sending", "printed", "ordered", "sending", "printed"])
    let ordered = try #require(box.facts(.ticketOrdered).first)
    #expect(ordered.terminal == Plans.keypad && ordered.printer == Plans.front)
  }

  @Test("works without a hub and after a restart, also from a checkpoint")
  func remembers() {
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(3))
    let checkpoint = DurableRecord(.checkpoint, payload: box.core.memory.checkpoint())
    for journal in [box.journal, [checkpoint]] {
      let later = Box(Self.plan, journal: journal)
      later.openAll()
      later.press(Plans.keypad, Self.again)
      later.pass(.seconds(3))
      #expect(later.devices[Plans.front]?.tickets == ["A001"])
      #expect(later.story("A001").suffix(3) == ["ordered", "sending", "printed"])
    }
  }

  @Test("a hammered key makes one paper, and a reprint can be printed again")
  func once() {
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(3))
    for _ in 1...5 {
      press()
      box.pass(.milliseconds(200))
    }
    box.pass(.seconds(3))
    #expect(box.devices[Plans.front]?.tickets == ["A001", "A001"])
    press()
    box.pass(.seconds(3))
    #expect(box.devices[Plans.front]?.tickets == ["A001", "A001", "A001"])
    #expect(Set(box.facts(.ticketOrdered).map { $0.more["issued_at"] }).count == 1)
  }

  @Test("without a ticket of today or a printer that can, the clerk sees a refusal")
  func refuses() {
    press()
    #expect(box.lamps[Plans.keypad] == [.error] && box.facts(.ticketOrdered).isEmpty)
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(3))
    box.change(Plans.front) { $0.paper.setPaper(.out) }
    box.pass(.minutes(1))
    press()
    box.pass(.seconds(3))
    #expect(box.lamps[Plans.keypad]?.last == .error)
    #expect(box.devices[Plans.front]?.tickets == ["A001"])
    #expect(box.facts(.ticketVoided).isEmpty, "somebody holds the first paper")
  }
}
