import Branch
import Testing

@testable import BranchCore

@Suite("When no printer can print")
struct NoPrinterTests: PrinterBoxes {
  private func box(show: Span? = .seconds(15)) -> Box {
    var plan = Plans.node(printers: [Plans.printer(Plans.front, asked: false, automatic: true)])
    plan.terminals[0].showsNumberFor = show
    let box = Box(plan)
    box.openAll()
    box.link()
    box.lease(1, 1...999, more: "reserve=yes")
    box.cut()
    return box
  }

  @Test("the number is shown, the record says that there is no paper, and the customer waits")
  func shows() {
    let box = box()
    box.change(Plans.front) { $0.paper.setPaper(.out) }
    box.press(Plans.kiosk, 1)
    #expect(box.story("A001") == ["issued", "shown"])
    let fact = box.facts(.ticketShown).last
    #expect(fact?.more["paper"] == "no" && fact?.reason == "media-empty")
    #expect(box.sees(Plans.kioskSign) == "A001")
    #expect(box.lamps[Plans.kiosk] == [.ok] && box.refusals.isEmpty)
    #expect(box.core.memory.open.isEmpty)
    box.pass(Span(ms: 14_999))
    #expect(box.sees(Plans.kioskSign) == "A001")
    box.pass(Span(ms: 1))
    #expect(box.sees(Plans.kioskSign) == "PRESS")
  }

  @Test("without that wish it is refused") func refuses() {
    let box = box(show: nil)
    box.change(Plans.front) { $0.paper.setPaper(.out) }
    box.press(Plans.kiosk, 1)
    #expect(box.issued.isEmpty && box.sees(Plans.kioskSign) == "NO PAPER")
  }

  @Test("each customer's number has its time; a hammering child hides none")
  func inTurn() {
    let box = box()
    box.change(Plans.front) { $0.paper.setPaper(.out) }
    for _ in 0..<7 { box.press(Plans.kiosk, 1) }
    #expect(box.issued == ["A001"] && box.sees(Plans.kioskSign) == "A001")
    #expect(box.refusals == ["busy", "busy"])
    box.pass(.seconds(15))
    #expect(box.sees(Plans.kioskSign) == "A002")
    box.pass(.seconds(60))
    #expect(box.issued == ["A001", "A002", "A003", "A004", "A005"])
    #expect(box.facts(.ticketShown).count == 5)
  }

  @Test("a printer that fails before the first byte: the number is shown, not voided")
  func failed() {
    let box = box()
    box.devices[Plans.front]?.takes = 0
    box.press(Plans.kiosk, 1)
    box.unplug(Plans.front)
    #expect(box.story("A001") == ["issued", "sending", "failed", "shown"])
    #expect(box.sees(Plans.kioskSign) == "A001")
  }

  @Test("a ticket that went in part is not shown: it may be in somebody's hand")
  func torn() {
    let box = box()
    box.devices[Plans.front]?.takes = 100
    box.press(Plans.kiosk, 1)
    box.unplug(Plans.front)
    #expect(box.story("A001") == ["issued", "sending", "unconfirmed"])
  }

  @Test("a sign that is dead, or shows calls, shows nothing: refused")
  func noSign() {
    let dead = box()
    dead.handle(.signLost(Plans.kioskSign, Device.gone))
    dead.change(Plans.front) { $0.paper.setPaper(.out) }
    dead.press(Plans.kiosk, 1)
    #expect(dead.issued.isEmpty && dead.refusals == ["media-empty"])
    var plan = Plans.node(printers: [Plans.printer(Plans.front)])
    plan.terminals[0].showsNumberFor = .seconds(15)
    plan.terminals[0].sign = Plans.mainSign
    let busy = Box(plan)
    busy.openAll()
    busy.link()
    busy.lease(1, 1...9)
    busy.change(Plans.front) { $0.paper.setPaper(.out) }
    busy.press(Plans.kiosk, 1)
    #expect(busy.issued.isEmpty)
  }

  @Test("killed before the number could be shown, it is void; killed behind that, it is held")
  func killed() {
    for (records, end) in [(1, "voided"), (2, "shown")] {
      let box = box()
      box.change(Plans.front) { $0.paper.setPaper(.out) }
      box.flushesAtOnce = false
      box.press(Plans.kiosk, 1)
      let (journal, devices) = box.kill(keeping: records)
      let again = Box(box.plan, journal: journal, devices: devices, now: box.now)
      #expect(again.story("A001").last == end, "\(records) records")
    }
  }

  @Test("nothing takes a number without paper from the sign before its time")
  func stays() {
    var plan = Plans.node(printers: [Plans.printer(Plans.front)])
    plan.terminals[0].showsNumberFor = .seconds(15)
    plan.terminals[1].sign = Plans.kioskSign
    plan.terminals[1].actions[14] = .reprint(Plans.front)
    let box = Box(plan)
    box.openAll()
    box.link()
    box.lease(1, 1...9)
    box.unplug(Plans.front)
    box.press(Plans.kiosk, 1)
    #expect(box.sees(Plans.kioskSign) == "A001")
    box.press(Plans.keypad, 14)
    box.pass(.seconds(1))
    box.hub("CMD 2 message text=Closed for_ms=1000")
    box.hub("CMD 3 show sign=kiosk-sign text=Closed for_ms=1000")
    #expect(box.sees(Plans.kioskSign) == "A001" && box.sees(Plans.mainSign) == "Closed")
    #expect(box.facts(.commandRefused).map(\.reason) == ["busy"])
  }

  // MARK: two kiosks, three printers

  private static let shared = PrinterID("shared")!
  private static let other = TerminalID("other-kiosk")!

  /// Each kiosk has its own printer, and both fall back to the third.
  private func hall() -> Box {
    var plan = Plans.node(printers: [
      Plans.printer(Plans.front), Plans.printer(Plans.back), Plans.printer(Self.shared),
    ])
    plan.terminals[0].printers = [Plans.front, Self.shared]
    plan.terminals.append(
      TerminalPlan(
        id: Self.other, actions: [1: .ticket(Plans.cash)], printers: [Plans.back, Self.shared],
        sign: nil, counter: nil))
    let box = Box(plan)
    box.openAll()
    box.link()
    box.lease(1, 1...999, more: "reserve=yes")
    box.cut()
    return box
  }

  @Test("one printer's jam, stall or loss never delays another")
  func apart() {
    let box = hall()
    box.devices[Plans.front]?.takes = 30
    box.press(Plans.kiosk, 1)
    let stalled = box.now.monotonic
    box.press(Self.other, 1)
    #expect(box.story("A002") == ["issued", "sending", "printed"], "at once")
    #expect(box.now.monotonic == stalled)
    box.change(Plans.back) { $0.paper.setCutterJammed(true) }
    box.press(Self.other, 1)
    #expect(box.story("A003") == ["issued", "sending", "printed"])
    #expect(box.devices[Self.shared]?.tickets == ["A003"])
    box.pass(.seconds(10))
    #expect(box.story("A001").last == "unconfirmed")
    box.unplug(Plans.front)
    box.press(Plans.kiosk, 1)
    #expect(box.devices[Self.shared]?.tickets == ["A003", "A004"])
  }

  @Test("jobs that wait behind a stalled printer go to the one that both kiosks share")
  func moved() {
    let box = hall()
    box.devices[Plans.front]?.takes = 0
    for _ in 0..<3 { box.press(Plans.kiosk, 1) }
    box.press(Self.other, 1)
    #expect(box.devices[Plans.back]?.tickets == ["A004"])
    box.unplug(Plans.front)
    #expect(box.devices[Self.shared]?.tickets.sorted() == ["A001", "A002", "A003"])
    #expect(box.core.memory.open.isEmpty)
  }

  @Test("when all three are gone, numbers that nobody holds are void, each once")
  func allGone() {
    let box = hall()
    for id in [Plans.front, Plans.back, Self.shared] { box.devices[id]?.takes = 0 }
    box.press(Plans.kiosk, 1)
    box.press(Self.other, 1)
    for id in [Plans.front, Plans.back, Self.shared] { box.unplug(id) }
    box.pass(.minutes(5))
    #expect(
      box.facts(.ticketVoided).compactMap { $0.ticket?.description }.sorted() == ["A001", "A002"])
    for id in [Plans.front, Plans.back, Self.shared] { box.plug(id) }
    box.pass(.minutes(5))
    #expect([Plans.front, Plans.back, Self.shared].allSatisfy { box.devices[$0]?.tickets == [] })
  }
}
