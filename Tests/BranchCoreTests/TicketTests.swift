import Branch
import QueueProtocol
import Testing

@testable import BranchCore

@Suite("A press becomes a ticket")
struct TicketTests {
  let box = Box()

  init() {
    box.openAll()
    box.link()
    box.lease(1, 994...999, "A", more: "reserve=yes")
    box.lease(2, 994...999, "B", more: "reserve=yes")
    _ = box.takeToHub()
  }

  @Test("press, lease, issue, sending, paper, confirmation: in this order")
  func whole() {
    box.press(Plans.kiosk, 1)
    #expect(box.issued.isEmpty, "the hub's number comes first")
    let lease = box.takeToHub()
    #expect(lease.count == 1 && lease[0].contains("LEASE "))
    #expect(lease[0].contains("service=cash day=2026-11-22 count=1"))
    box.lease(3, 1...1, more: "ahead=4")
    #expect(box.story("A001") == ["issued", "sending", "printed"])
    #expect(box.devices[Plans.front]?.tickets == ["A001"])
    #expect(box.devices[Plans.front]?.paper.faults.isEmpty == true)
    #expect(box.devices[Plans.front]?.paper.tickets.last?.plainText.contains("ahead: 4") == true)
    #expect(box.lamps[Plans.kiosk] == [.ok])
    let facts = box.takeToHub().filter { $0.hasPrefix("FACT ") }
    #expect(facts.count == 3)
  }

  @Test("the paper carries branch, service, number and a QR symbol that names the visit")
  func paper() throws {
    box.press(Plans.kiosk, 2)
    box.lease(3, 7...7, "B")
    let ticket = try #require(box.devices[Plans.front]?.paper.tickets.last)
    for text in ["Branch in the market", "Information", "B007", "08:00"] {
      #expect(ticket.plainText.contains(text), "\(text) in \(ticket.plainText)")
    }
    #expect(ticket.qrTexts == ["main/2026-11-22/B007"])
  }

  @Test("nothing is sent to the printer before its record is durable")
  func journalFirst() {
    box.flushesAtOnce = false
    box.press(Plans.kiosk, 1)
    box.lease(3, 1...1)
    #expect(box.devices[Plans.front]?.jobsGot.isEmpty == true)
    #expect(box.issued.isEmpty)
    box.flush()
    box.lease(3, 1...1)
    box.flush()
    #expect(box.devices[Plans.front]?.tickets == ["A001"])
  }

  @Test("with the hub away, the reserve is used in the same way, and the fact says offline")
  func offline() {
    box.cut()
    box.press(Plans.kiosk, 1)
    #expect(box.story("A994") == ["issued", "sending", "printed"])
    #expect(box.facts(.ticketIssued).last?.more["offline"] == "yes")
    #expect(box.devices[Plans.front]?.paper.tickets.last?.plainText.contains("ahead") == false)
  }

  @Test("a hub that does not answer in time makes no customer wait: one of the reserve is taken")
  func slowHub() {
    box.press(Plans.kiosk, 1)
    box.pass(Span(ms: 299))
    #expect(box.issued.isEmpty)
    box.pass(Span(ms: 1))
    #expect(box.issued == ["A994"])
    box.lease(3, 1...1)
    box.press(Plans.kiosk, 1)
    #expect(box.issued == ["A994", "A001"], "the late number is not lost")
  }

  @Test("a hub that refuses the lease makes no customer wait either")
  func refusedLease() {
    box.press(Plans.kiosk, 1)
    let id = box.takeToHub()[0].split(separator: " ").first { $0.hasPrefix("id=") }!
    box.hub("ERROR code=exhausted \(id) text=x")
    #expect(box.issued == ["A994"])
  }

  @Test("a refused reserve does not hurry a press that waits for its number")
  func refusedReserve() throws {
    // What was asked for tomorrow at the hello is taken as lost, and asked for again.
    box.pass(.seconds(6))
    box.press(Plans.kiosk, 1)
    _ = box.takeToHub()
    box.core.topUpReserve(box.now)
    box.handle(.timePassed)
    for line in box.takeToHub() where line.contains("reserve=yes") {
      let id = try #require(line.split(separator: " ").first { $0.hasPrefix("id=") })
      box.hub("ERROR code=exhausted \(id) text=x")
    }
    #expect(box.logs.contains { $0.contains("exhausted") })
    #expect(box.issued.isEmpty)
    box.lease(3, 1...1)
    #expect(box.issued == ["A001"])
  }

  @Test("the line that goes down meanwhile does not hold a press")
  func lineCut() {
    box.press(Plans.kiosk, 1)
    box.cut()
    #expect(box.issued == ["A994"])
  }

  @Test("four presses that wait get four numbers, the fifth is told to wait")
  func hammering() {
    for _ in 0..<5 { box.press(Plans.kiosk, 1) }
    #expect(box.refusals == ["busy"])
    #expect(box.sees(Plans.kioskSign) == "WAIT")
    #expect(box.takeToHub().filter { $0.contains("LEASE ") }.count == 4)
    for number in 1...4 { box.lease(UInt64(number + 2), number...number) }
    #expect(box.issued == ["A001", "A002", "A003", "A004"])
    #expect(box.devices[Plans.front]?.tickets == ["A001", "A002", "A003", "A004"])
  }

  @Test("no numbers at all: a visible refusal and a record")
  func noNumbers() {
    box.cut()
    for _ in 0..<7 { box.press(Plans.kiosk, 1) }
    #expect(box.issued.count == 6)
    #expect(box.refusals == ["no-numbers"])
    #expect(box.sees(Plans.kioskSign) == "NO TICKET")
    #expect(box.lamps[Plans.kiosk]?.last == .error)
  }

  @Test("the refusal's text goes away by itself")
  func refusalEnds() {
    box.unplug(Plans.front)
    box.unplug(Plans.back)
    box.press(Plans.kiosk, 1)
    #expect(box.sees(Plans.kioskSign) == "NO TICKET")
    box.pass(.seconds(4))
    #expect(box.sees(Plans.kioskSign) == "PRESS")
  }

  @Test("the reserve is filled up again when half of it is gone")
  func topUp() {
    box.cut()
    for _ in 0..<3 { box.press(Plans.kiosk, 1) }
    box.pass(.seconds(2))
    box.link()
    let asked = box.takeToHub().filter { $0.contains("reserve=yes") }
    #expect(asked.contains { $0.contains("service=cash day=2026-11-22 count=3") }, "\(asked)")
  }

  @Test("tomorrow's reserve is asked for today, and after every midnight, with nobody pressing")
  func midnight() {
    var days: Set<String> = []
    for _ in 0..<(3 * 24 * 60 * 6) {
      box.pass(.seconds(10))
      for line in box.takeToHub() {
        if line == "PING" { box.hub("PONG") }
        if line.contains("reserve=yes"),
          let day = line.split(separator: " ")
            .first(where: { $0.hasPrefix("day=") })
        {
          days.insert(String(day.dropFirst(4)))
        }
      }
    }
    #expect(box.core.isLinked)
    #expect(days.isSuperset(of: ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"]))
  }

  @Test("numbers of yesterday are not used today")
  func yesterday() {
    box.cut()
    box.pass(.minutes(24 * 60))
    box.press(Plans.kiosk, 1)
    #expect(box.issued.isEmpty)
    #expect(box.refusals == ["no-numbers"])
  }

  @Test("the branch's day counts, not that of UTC")
  func zone() {
    box.cut()
    box.now.zoneOffsetSeconds = 13 * 3600
    box.pass(.minutes(4 * 60))
    box.press(Plans.kiosk, 1)
    #expect(box.refusals == ["no-numbers"], "at 01:00 of the 23rd in Auckland")
  }

  @Test("keys without a meaning, and terminals that nobody knows, change nothing")
  func unknownKeys() {
    let records = box.journal.count
    box.press(Plans.kiosk, 99)
    box.press(TerminalID("who")!, 1)
    #expect(box.journal.count == records)
  }

  @Test("with the journal full, presses and ratings are refused visibly, calls go on")
  func journalFull() {
    box.handle(.journalFilled(true))
    let records = box.journal.count
    box.press(Plans.kiosk, 1)
    box.press(Plans.smiley, Plans.rate + 5)
    #expect(box.journal.count == records)
    #expect(box.lamps[Plans.kiosk]?.last == .error && box.lamps[Plans.smiley]?.last == .error)
    #expect(box.sees(Plans.kioskSign) == "NO TICKET")
    box.press(Plans.keypad, Plans.next)
    #expect(box.takeToHub().last?.hasPrefix("NEXT ") == true)
    box.handle(.journalFilled(false))
    box.press(Plans.smiley, Plans.rate + 5)
    #expect(box.facts(.ratingGiven).count == 1)
  }
}
