import Branch
import BranchCore
import Testing
import TicketTemplates

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

  @Test("says what the first paper said, by key and by order, but no wait that is over")
  func saysTheSame() throws {
    var plan = Self.plan
    let text = #"""
      {"elements": [{"text": "{number}"}, {"text": "{notes}"}, {"text": "at {appointment}"},
        {"text": "wait {wait}"}, {"text": "ahead {ahead}"}, {"cut": true}]}
      """#
    plan.printers[0].template =
      TicketTemplate.read(file: "t", bytes: Array(text.utf8)) { _ in [] }.0
    let box = Box(plan)
    box.openAll()
    box.link()
    box.press(Plans.kiosk, 1)
    box.lease(
      1, 1...1,
      more: "ahead=3 wait_ms=300000 appointment=\(box.now.wall.ms) notes=\"Bring a pen\"")
    box.pass(.seconds(3))
    let first = try #require(box.devices[Plans.front]?.paper.tickets.last?.plainText)
    #expect(first.contains("Bring a pen") && first.contains("wait 5") && first.contains("at "))
    box.press(Plans.keypad, Self.again)
    box.pass(.seconds(3))
    box.hub("CMD 2 print printer=front ticket=A001 service=cash day=\(Box.day) reprint=yes")
    box.pass(.seconds(3))
    let tickets = box.devices[Plans.front]?.paper.tickets.map(\.plainText) ?? []
    #expect(tickets.count == 3)
    for text in tickets.dropFirst() {
      #expect(text.contains("Bring a pen") && text.contains("ahead 3") && text.contains("at "))
      #expect(text.contains("REPRINT") && !text.contains("wait"), "\(text)")
    }
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
