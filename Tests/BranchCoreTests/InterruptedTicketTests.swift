import Branch
import ESCPOS
import Testing

@testable import BranchCore

@Suite("Tickets that are interrupted, stall, or wait too long")
struct InterruptedTicketTests: PrinterBoxes {
  @Test("pulled in mid-ticket: unconfirmed, never printed again, the next ticket comes out whole")
  func midTicket() throws {
    let box = onlyFront()
    box.devices[Plans.front]?.takes = 100
    box.press(Plans.kiosk, 1)
    let whole = try #require(box.devices[Plans.front]?.job?.bytes.count)
    box.unplug(Plans.front)
    #expect(box.story("A001") == ["issued", "sending", "unconfirmed"])
    box.devices[Plans.front]?.takes = nil
    let before = box.devices[Plans.front]?.bytesGot.count ?? 0
    box.plug(Plans.front)
    box.press(Plans.kiosk, 1)
    let got = box.devices[Plans.front]?.bytesGot.dropFirst(before) ?? []
    #expect(got.prefix { $0 == 0 }.count == whole, "zeros for what the device may still wait for")
    #expect(box.story("A002") == ["issued", "sending", "printed"])
    #expect(box.devices[Plans.front]?.jobsGot.count == 3)
    box.press(Plans.kiosk, 1)
    #expect(box.devices[Plans.front]?.jobsGot.filter { $0 == 0 }.count == 1, "once")
  }

  @Test(
    "cut at any byte, and asked how it is before anything else, it prints the next ticket whole")
  func everyByte() {
    var cuts = 0
    for takes in 1...200 {
      let box = onlyFront(automatic: takes % 2 == 0, port: true)
      box.devices[Plans.front]?.takes = takes
      box.press(Plans.kiosk, 1)
      guard box.devices[Plans.front]?.job != nil else { continue }
      cuts += 1
      box.unplug(Plans.front)
      box.devices[Plans.front]?.takes = nil
      box.plug(Plans.front)
      box.press(Plans.kiosk, 1)
      #expect(box.story("A002") == ["issued", "sending", "printed"], "cut at \(takes)")
      #expect(
        box.devices[Plans.front]?.paper.tickets.last?.largeTexts.last == "A002",
        "cut at \(takes)")
    }
    #expect(cuts > 150)
  }

  @Test("zeros that were interrupted themselves do not pile up")
  func zerosStay() {
    let box = onlyFront()
    box.devices[Plans.front]?.takes = 100
    box.press(Plans.kiosk, 1)
    box.unplug(Plans.front)
    var zeros: [Int] = []
    for _ in 0..<5 {
      box.devices[Plans.front]?.takes = 1
      box.plug(Plans.front)
      zeros.append(box.devices[Plans.front]?.job?.bytes.count ?? 0)
      box.press(Plans.kiosk, 1)
      box.unplug(Plans.front)
    }
    #expect(zeros == (0..<5).map { zeros[0] - $0 }, "\(zeros)")
    #expect(zeros[0] > 50 && zeros[0] < 250)
    #expect(box.facts(.ticketSending).count == 1, "no ticket began")
    #expect(box.devices[Plans.front]?.bytesGot.dropFirst(100) == Array(repeating: 0, count: 5)[...])
  }

  @Test("a device that does not even take zeros is refused until it does")
  func clogged() {
    let box = onlyFront()
    box.devices[Plans.front]?.takes = 100
    box.press(Plans.kiosk, 1)
    box.unplug(Plans.front)
    box.devices[Plans.front]?.takes = 0
    box.plug(Plans.front)
    box.press(Plans.kiosk, 1)
    box.pass(Span(ms: 650))
    #expect(box.story("A002") == ["issued"], "it may still take them")
    box.pass(.seconds(10))
    #expect(box.story("A002") == ["issued", "failed", "voided"])
    #expect(box.facts(.deviceCondition).last?.reason == "timed-out")
    box.press(Plans.kiosk, 1)
    box.pass(Span(ms: 650))
    #expect(box.refusals == ["timed-out", "timed-out"])
    box.change(Plans.front) { $0.takes = nil }
    #expect(box.facts(.deviceCondition).last?.reason == "none")
    box.press(Plans.kiosk, 1)
    #expect(box.story("A003") == ["issued", "sending", "printed"])
    #expect(box.devices[Plans.front]?.paper.tickets.last?.largeTexts.last == "A003")
  }

  @Test("a printer that takes no byte for ten seconds is cancelled")
  func stall() {
    let box = onlyFront()
    box.devices[Plans.front]?.takes = 0
    box.press(Plans.kiosk, 1)
    box.pass(Span(ms: 9999))
    #expect(box.story("A001") == ["issued", "sending"])
    box.pass(Span(ms: 1))
    #expect(box.story("A001") == ["issued", "sending", "failed", "voided"])
    #expect(box.refusals == ["cancelled"])
  }

  @Test("progress puts the stall off")
  func progress() {
    let box = onlyFront()
    box.devices[Plans.front]?.takes = 1
    box.press(Plans.kiosk, 1)
    for takes in 2...5 {
      box.pass(.seconds(9))
      box.change(Plans.front) { $0.takes = takes }
    }
    #expect(box.story("A001") == ["issued", "sending"])
    box.change(Plans.front) { $0.takes = nil }
    #expect(box.story("A001").last == "printed")
  }

  @Test("a transport that does not even cancel: the ticket is settled, the printer counts as stuck")
  func stuck() {
    let box = box()
    box.handle(.printer(Plans.back, .lost(Device.gone)))
    box.devices[Plans.front]?.takes = 0
    box.press(Plans.kiosk, 1)
    let spool = box.core.printers[Plans.front]?.spool
    let job = spool?.jobInWork ?? 0
    // The cancel is lost: the device below never hears of it.
    box.flushesAtOnce = false
    box.pass(.seconds(20))
    let output = box.core
    #expect(output.printers[Plans.front]?.spool.refusal == "timed-out")
    #expect(box.core.nextDeadline.map { $0 > box.now.monotonic } ?? true)
    box.press(Plans.kiosk, 1)
    #expect(box.core.memory.open.isEmpty, "both presses are settled")
    box.core.handle(
      .printer(Plans.front, .stopped(job: job, accepted: 0, Device.told)), now: box.now)
    #expect(box.core.printers[Plans.front]?.spool.refusal == nil, "it let go")
  }

  @Test("bytes accepted and no word: unconfirmed after the time for a confirmation")
  func confirmationTimeout() {
    let box = onlyFront()
    box.press(Plans.kiosk, 1)
    #expect(box.story("A001").last == "printed")
    // Answers the question at the press, then falls silent.
    box.devices[Plans.front]?.takes = 0
    box.press(Plans.kiosk, 1)
    box.change(Plans.front) {
      $0.isMute = true
      $0.takes = nil
    }
    #expect(box.story("A002") == ["issued", "sending"])
    box.pass(Span(ms: 19_999))
    #expect(box.story("A002") == ["issued", "sending"])
    box.pass(Span(ms: 1))
    #expect(box.story("A002") == ["issued", "sending", "unconfirmed"])
    #expect(box.facts(.ticketUnconfirmed).last?.reason == "no-confirmation")
  }

  @Test("paper ends in mid-ticket and is loaded soon: printed after all")
  func refill() {
    let box = onlyFront(automatic: true)
    box.devices[Plans.front]?.paper.linesUntilPaperOut = 3
    box.press(Plans.kiosk, 1)
    #expect(box.story("A001") == ["issued", "sending"])
    #expect(box.facts(.deviceCondition).last?.reason?.contains("media-empty") == true)
    box.pass(.seconds(40))
    #expect(box.story("A001") == ["issued", "sending"], "it stands in the printer")
    box.change(Plans.front) { $0.paper.setPaper(.ok) }
    #expect(box.story("A001").last == "printed")
  }

  @Test("paper ends in mid-ticket and nobody comes: unconfirmed when the job is too old")
  func noRefill() {
    let box = onlyFront(automatic: true)
    box.devices[Plans.front]?.paper.linesUntilPaperOut = 3
    box.press(Plans.kiosk, 1)
    box.press(Plans.kiosk, 1)
    #expect(box.refusals == ["media-empty"], "the next one is refused meanwhile")
    box.pass(.seconds(61))
    #expect(box.story("A001") == ["issued", "sending", "unconfirmed"])
  }

  @Test("a ticket that waited too long behind others is not printed any more, and voided")
  func expiry() {
    let box = onlyFront(automatic: true)
    box.devices[Plans.front]?.takes = 0
    box.press(Plans.kiosk, 1)
    box.press(Plans.kiosk, 1)
    #expect(box.story("A002") == ["issued"])
    for takes in 1...7 {
      box.pass(.seconds(9))
      box.change(Plans.front) { $0.takes = takes }
    }
    #expect(box.story("A002") == ["issued", "failed", "voided"])
    #expect(box.refusals == ["expired"])
    box.change(Plans.front) { $0.takes = nil }
    #expect(box.devices[Plans.front]?.tickets == ["A001"])
  }

  @Test("jobs that wait behind a printer that goes away move to the second one")
  func waitingMove() {
    let box = box()
    box.devices[Plans.front]?.takes = 0
    box.press(Plans.kiosk, 1)
    box.press(Plans.kiosk, 1)
    box.press(Plans.kiosk, 1)
    box.unplug(Plans.front)
    #expect(box.devices[Plans.back]?.tickets.sorted() == ["A001", "A002", "A003"])
    #expect(box.core.memory.open.isEmpty)
  }
}
