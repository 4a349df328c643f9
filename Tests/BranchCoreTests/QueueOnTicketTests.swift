import Branch
import PrinterEmulator
import QueueProtocol
import Testing
import TicketTemplates

@testable import BranchCore

@Suite("What a ticket says of the queue and of its customer")
struct QueueOnTicketTests {
  private static let text = #"""
    {"elements": [
      {"text": "{number}", "style": {"size": 4}},
      {"text": "ahead {ahead}"},
      {"text": "wait {wait}"},
      {"text": "at {appointment}"},
      {"text": "code {code}"},
      {"text": "{notes}"},
      {"text": "go to {counter}"},
      {"text": "{url}"},
      {"when": "priority", "text": "PRIORITY"},
      {"cut": true},
    ]}
    """#
  private static let priorityKey: UInt16 = 3
  private let box: Box

  init() throws {
    let (read, mistakes) = TicketTemplate.read(file: "t", bytes: Array(Self.text.utf8)) { _ in [] }
    #expect(mistakes.map(\.description) == [])
    let template = try #require(read)
    var front = Plans.printer(Plans.front)
    front.template = template
    var plan = Plans.node(printers: [front])
    plan.terminals[0].actions[Self.priorityKey] = .ticket(Plans.cash, priority: true)
    box = Box(plan)
    box.openAll()
    box.link("can=check-in")
    _ = box.takeToHub()
  }

  private var papers: [String] {
    box.pass(.seconds(3))
    return box.devices[Plans.front]?.paper.tickets.map(\.plainText) ?? []
  }

  private func leases() -> [String] {
    box.takeToHub().filter { $0.hasPrefix("LEASE") && !$0.contains("reserve") }
  }

  @Test("the wait comes with the number, in whole minutes, rounded up")
  func wait() {
    box.press(Plans.kiosk, 1)
    box.lease(1, 1...1, more: "ahead=3 wait_ms=300001")
    #expect(papers.first?.contains("ahead 3\nwait 6") == true, "\(papers)")
  }

  @Test("nothing is said of the queue on a number of the reserve")
  func reserve() {
    box.lease(1, 900...905, more: "reserve=yes ahead=3 wait_ms=300000")
    box.cut()
    box.press(Plans.kiosk, 1)
    #expect(papers.count == 1 && !papers[0].contains("wait") && !papers[0].contains("ahead"))
  }

  @Test("a number that comes for nobody says nothing of the queue a minute later")
  func stale() {
    box.lease(1, 1...1, more: "ahead=3 wait_ms=300000")
    box.pass(.seconds(61))
    box.press(Plans.kiosk, 1)
    #expect(papers.count == 1 && !papers[0].contains("wait") && !papers[0].contains("ahead"))
  }

  @Test("the second number of a block says no wait: it is that of the first customer")
  func second() {
    box.lease(1, 1...2, more: "ahead=3 wait_ms=300000")
    for _ in 0..<2 { box.press(Plans.kiosk, 1) }
    #expect(papers.map { $0.contains("wait 5") } == [true, false])
  }

  @Test("a key for customers who go before others asks for such a number and says so")
  func priority() throws {
    box.press(Plans.kiosk, Self.priorityKey)
    let lease = try #require(leases().first)
    #expect(lease.contains("priority=yes"))
    box.lease(1, 1...1, more: "ahead=0 wait_ms=60000 priority=yes")
    #expect(papers.first?.contains("ahead 0\nwait 1") == true)
    #expect(papers.first?.contains("PRIORITY") == true)
    #expect(box.facts(.ticketIssued).map { $0.more["priority"] } == ["yes"])
  }

  @Test("each of two who press at once gets the number that was asked for her")
  func both() {
    box.press(Plans.kiosk, 1)
    box.press(Plans.kiosk, Self.priorityKey)
    #expect(leases().map { $0.contains("priority=yes") } == [false, true])
    box.lease(1, 1...1, more: "ahead=0 priority=yes")
    box.lease(2, 2...2, more: "ahead=9")
    let facts = box.facts(.ticketIssued)
    #expect(facts.map(\.ticket?.description) == ["A001", "A002"])
    #expect(facts.map { $0.more["priority"] } == ["yes", nil])
    #expect(papers.map { $0.contains("ahead 9") } == [false, true])
  }

  @Test("without a hub a customer with priority has a number of the reserve, and priority")
  func offline() {
    box.lease(1, 900...905, more: "reserve=yes")
    box.cut()
    box.press(Plans.kiosk, Self.priorityKey)
    #expect(papers.first?.contains("PRIORITY") == true)
    let fact = box.facts(.ticketIssued).first
    #expect(fact?.more["priority"] == "yes" && fact?.more["offline"] == "yes")
  }

  @Test("a hub that does not know the word gives a number all the same, and nothing wrong is said")
  func oldHub() {
    box.press(Plans.kiosk, Self.priorityKey)
    box.lease(1, 1...1, more: "ahead=9 wait_ms=60000")
    #expect(papers.count == 1 && !papers[0].contains("ahead") && !papers[0].contains("wait"))
    #expect(papers[0].contains("PRIORITY"))
  }

  @Test("a check-in prints the appointment, the code and the notes")
  func checkIn() {
    box.handle(.codeEntered(Plans.kiosk, code: "K7F2"))
    box.lease(
      1, 1...1, more: "ahead=0 appointment=1795336200000 code=K7F2 notes=\"Passport\\nPhoto\"")
    #expect(papers.first?.contains("at 08:30\ncode K7F2\nPassport\nPhoto") == true, "\(papers)")
  }

  @Test("an order to print fills a ticket with all that another queue service knows")
  func order() {
    box.hub(
      "CMD 1 print printer=front ticket=A500 service=cash day=\(Box.day) ahead=2 wait_ms=120000 "
        + "appointment=1795336200000 code=Z9 priority=yes notes=Hello counter=\"Room 4\" "
        + "url=https://q.example/A500")
    let paper = papers.first ?? ""
    for text in [
      "A500", "ahead 2", "wait 2", "at 08:30", "code Z9", "Hello", "go to Room 4",
      "https://q.example/A500", "PRIORITY",
    ] {
      #expect(paper.contains(text), "\(text) in \(paper)")
    }
  }

  @Test("what nobody said is not on the paper of an order")
  func plainOrder() {
    box.hub("CMD 1 print printer=front ticket=A500 service=cash day=\(Box.day)")
    #expect(papers == ["A500"])
  }
}
