import Branch
import ESCPOS
import Testing

@testable import BranchCore

@Suite("Printers that fail, and what the customer gets")
struct PrinterTests {
  /// A box with numbers of the reserve and no hub.
  private func box(_ printers: [PrinterPlan]? = nil) -> Box {
    let box = Box(Plans.node(printers: printers))
    box.openAll()
    box.link()
    box.lease(1, 1...999, more: "reserve=yes")
    box.cut()
    return box
  }

  private func onlyFront(
    processID: Bool = true, asked: Bool = true, automatic: Bool = false, port: Bool = false
  ) -> Box {
    box([
      Plans.printer(
        Plans.front, processID: processID, asked: asked, automatic: automatic, port: port)
    ])
  }

  @Test("absent: a refusal, and no number is used")
  func absent() {
    let box = box()
    box.unplug(Plans.front)
    box.unplug(Plans.back)
    box.press(Plans.kiosk, 1)
    #expect(box.issued.isEmpty)
    #expect(box.refusals == ["offline"])
    #expect(box.sees(Plans.kioskSign) == "NO TICKET")
    #expect(box.lamps[Plans.kiosk] == [.error])
    box.plug(Plans.front)
    box.press(Plans.kiosk, 1)
    #expect(box.issued == ["A001"])
  }

  @Test("out of paper: a refusal that says so, and no number is used")
  func paperOut() {
    let box = onlyFront()
    box.change(Plans.front) { $0.paper.setPaper(.out) }
    box.press(Plans.kiosk, 1)
    #expect(box.issued.isEmpty)
    #expect(box.refusals == ["media-empty"])
    #expect(box.sees(Plans.kioskSign) == "NO PAPER")
    #expect(box.facts(.deviceCondition).last?.reason == "media-empty")
    box.change(Plans.front) { $0.paper.setPaper(.ok) }
    box.press(Plans.kiosk, 1)
    #expect(box.devices[Plans.front]?.tickets == ["A001"], "asked again at the press")
    #expect(box.facts(.deviceCondition).last?.reason == "none")
  }

  @Test("cover open: the same") func coverOpen() {
    let box = onlyFront()
    box.change(Plans.front) { $0.paper.setCover(open: true) }
    box.press(Plans.kiosk, 1)
    #expect(box.refusals == ["cover-open"])
  }

  @Test("a printer that tells by itself is not asked at every press")
  func automatic() {
    let box = onlyFront(asked: false, automatic: true)
    box.change(Plans.front) { $0.paper.setPaper(.out) }
    #expect(box.facts(.deviceCondition).last?.reason == "media-empty")
    box.press(Plans.kiosk, 1)
    #expect(box.refusals == ["media-empty"])
    box.change(Plans.front) { $0.paper.setPaper(.ok) }
    box.press(Plans.kiosk, 1)
    #expect(box.devices[Plans.front]?.tickets == ["A001"])
  }

  @Test("little paper is told and printed on")
  func low() {
    let box = onlyFront()
    box.change(Plans.front) { $0.paper.setPaper(.nearEnd) }
    box.press(Plans.kiosk, 1)
    #expect(box.issued == ["A001"])
    #expect(box.facts(.deviceCondition).last?.reason == "media-low")
  }

  @Test("out of paper at the first printer: the second one prints")
  func second() {
    let box = box()
    box.change(Plans.front) { $0.paper.setPaper(.out) }
    box.press(Plans.kiosk, 1)
    #expect(box.devices[Plans.back]?.tickets == ["A001"])
    #expect(box.refusals.isEmpty)
  }

  @Test("pulled before the first byte: the second printer prints the same ticket")
  func fallback() {
    let box = box()
    box.devices[Plans.front]?.takes = 0
    box.press(Plans.kiosk, 1)
    #expect(box.devices[Plans.front]?.job != nil)
    box.unplug(Plans.front)
    #expect(box.story("A001") == ["issued", "sending", "failed", "sending", "printed"])
    #expect(box.devices[Plans.back]?.tickets == ["A001"])
    #expect(box.issued == ["A001"], "no second number")
  }

  @Test("the loss is told before the bytes are counted: still no doubt about the ticket")
  func lostFirst() {
    for (takes, ending) in [(0, ["failed", "sending", "printed"]), (100, ["unconfirmed"])] {
      let box = box()
      // The transport's reports of progress are behind: it says nothing of the bytes it took.
      box.press(Plans.kiosk, 1)
      #expect(box.story("A001").last == "printed")
      box.devices[Plans.front]?.takes = takes
      box.press(Plans.kiosk, 1)
      box.unplug(Plans.front, lostFirst: true)
      #expect(box.story("A002") == ["issued", "sending"] + ending, "\(takes) bytes")
    }
  }

  @Test("a transport that never has a last word leaves nobody in doubt for long")
  func noLastWord() {
    let box = box()
    box.devices[Plans.front]?.takes = 0
    box.press(Plans.kiosk, 1)
    box.handle(.printer(Plans.front, .lost(Device.gone)))
    box.pass(.seconds(1))
    #expect(box.story("A001") == ["issued", "sending", "unconfirmed"], "and is not printed again")
  }

  @Test("its order to write waits behind a slow disk: nothing else is written before its end")
  func slowDisk() {
    let box = onlyFront(asked: false)
    box.flushesAtOnce = false
    box.press(Plans.kiosk, 1)
    // Lost and back again before the transport has heard of the ticket at all.
    box.handle(.printer(Plans.front, .lost(Device.gone)))
    box.pass(.seconds(2))
    box.handle(.printer(Plans.front, .arrived(identity: "back")))
    box.press(Plans.kiosk, 1)
    box.flush()
    box.flushesAtOnce = true
    #expect(box.story("A001") == ["issued", "sending", "unconfirmed"])
    #expect(box.devices[Plans.front]?.tickets.count == 1, "it came out all the same, once")
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(1))
    #expect(box.story(box.issued.last ?? "").last == "printed")
    #expect(box.devices[Plans.front]?.tickets.last == box.issued.last)
  }

  @Test("its zeros wait behind a slow disk: they are not written twice at once")
  func slowDiskBehindZeros() {
    let box = onlyFront()
    box.devices[Plans.front]?.takes = 100
    box.press(Plans.kiosk, 1)
    box.unplug(Plans.front)
    box.devices[Plans.front]?.takes = 0
    box.flushesAtOnce = false
    box.plug(Plans.front)
    box.handle(.printer(Plans.front, .lost(Device.gone)))
    box.handle(.printer(Plans.front, .arrived(identity: "back")))
    box.press(Plans.kiosk, 1)
    box.flush()
    box.flushesAtOnce = true
    box.change(Plans.front) { $0.takes = nil }
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(1))
    #expect(box.story(box.issued.last ?? "").last == "printed")
  }

  @Test("all printers fail: the number is voided and the customer is told")
  func allFail() {
    let box = box()
    box.devices[Plans.front]?.takes = 0
    box.devices[Plans.back]?.takes = 0
    box.press(Plans.kiosk, 1)
    box.unplug(Plans.front)
    box.unplug(Plans.back)
    #expect(
      box.story("A001") == ["issued", "sending", "failed", "sending", "failed", "voided"])
    #expect(box.refusals == ["device-lost"])
    #expect(box.sees(Plans.kioskSign) == "NO TICKET")
  }

  @Test("a second printer that the plan names and nobody knows is none")
  func unknownPrinter() {
    var plan = Plans.node(printers: [Plans.printer(Plans.front)])
    plan.terminals[0].printers.append(PrinterID("ghost")!)
    let box = Box(plan)
    box.openAll()
    box.link()
    box.lease(1, 1...9, more: "reserve=yes")
    box.cut()
    box.devices[Plans.front]?.takes = 0
    box.press(Plans.kiosk, 1)
    box.unplug(Plans.front)
    #expect(box.story("A001").last == "voided")
    box.press(Plans.kiosk, 1)
    #expect(box.refusals == ["device-lost", "offline"])
  }

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

  @Test(
    "a printer that never answers: three questions, then unconfirmed at once, and quick presses")
  func mute() {
    let box = onlyFront()
    box.devices[Plans.front]?.isMute = true
    box.unplug(Plans.front)
    box.plug(Plans.front)
    let begin = box.now.monotonic
    box.press(Plans.kiosk, 1)
    box.pass(Span(ms: 650))
    #expect(box.story("A001").prefix(2) == ["issued", "sending"])
    box.pass(Span(ms: 350))
    #expect(box.core.printers[Plans.front]?.spool.isMute == true)
    box.press(Plans.kiosk, 1)
    #expect(box.story("A002").prefix(2) == ["issued", "sending"], "without any wait")
    box.pass(.seconds(20))
    #expect(box.story("A001").last == "unconfirmed" && box.story("A002").last == "unconfirmed")
    #expect(box.now.monotonic - begin < .seconds(22))
    box.pass(.minutes(10))
    #expect(box.core.nextDeadline.map { $0 > box.now.monotonic } ?? true)
  }

  @Test(
    "a mute printer is not waited for: its tickets are unconfirmed as soon as the bytes are out")
  func muteEnds() {
    let box = onlyFront()
    box.devices[Plans.front]?.isMute = true
    box.unplug(Plans.front)
    box.plug(Plans.front)
    box.pass(.seconds(2))
    box.press(Plans.kiosk, 1)
    #expect(box.story("A001") == ["issued", "sending", "unconfirmed"])
    box.devices[Plans.front]?.isMute = false
    box.pass(.seconds(1))
    box.press(Plans.kiosk, 1)
    #expect(box.story("A002").last == "printed", "it found its voice again")
  }

  @Test("a printer that answers GET_PORT_STATUS only is not asked without end")
  func portOnly() {
    let box = onlyFront(port: true)
    box.devices[Plans.front]?.isMute = true
    box.unplug(Plans.front)
    box.plug(Plans.front)
    box.pass(.seconds(3))
    let queries = box.queries
    #expect(queries > 0)
    box.pass(.minutes(10))
    #expect(box.queries == queries, "an idle box sleeps")
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(1))
    #expect(box.issued == ["A001"])
  }

  @Test("a press during a job asks nothing, and a busy printer does not become mute by that")
  func busyPrinter() {
    let box = onlyFront()
    box.devices[Plans.front]?.takes = 50
    box.press(Plans.kiosk, 1)
    for _ in 0..<4 {
      box.press(Plans.kiosk, 1)
      box.pass(.seconds(1))
    }
    #expect(box.core.printers[Plans.front]?.spool.isMute == false)
    box.change(Plans.front) { $0.takes = nil }
    #expect(box.devices[Plans.front]?.tickets == ["A001", "A002", "A003", "A004", "A005"])
    #expect(box.facts(.ticketPrinted).count == 5)
  }

  @Test("a confirmation that is faster than the transport does not start the next job on top of it")
  func earlyConfirmation() throws {
    let box = onlyFront()
    box.devices[Plans.front]?.takes = 1
    box.press(Plans.kiosk, 1)
    box.press(Plans.kiosk, 1)
    let job = try #require(box.core.printers[Plans.front]?.spool.jobInWork)
    let id = ProcessID(job: job).bytes
    box.handle(.printer(Plans.front, .received([0x37, 0x22] + id + [0])))
    #expect(box.story("A001") == ["issued", "sending", "printed"])
    #expect(box.story("A002") == ["issued"], "the transport has not let go")
    box.change(Plans.front) { $0.takes = nil }
    #expect(box.story("A002") == ["issued", "sending", "printed"])
    #expect(box.story("A001") == ["issued", "sending", "printed"], "one outcome")
  }

  @Test("late and double words of the transport change nothing")
  func doubleWords() throws {
    let box = onlyFront()
    box.press(Plans.kiosk, 1)
    let job = try #require(box.devices[Plans.front]?.jobsGot.last)
    let records = box.journal.count
    for event: PrinterPortEvent in [
      .written(job: job), .stopped(job: job, accepted: 0, Device.told),
      .progress(job: job, accepted: 5), .spooled(job: job, completed: false, detail: "aborted"),
      .received([0x37, 0x22] + ProcessID(job: job).bytes + [0]), .written(job: 999),
      .stopped(job: 0, accepted: 9, Device.gone),
    ] {
      box.handle(.printer(Plans.front, event))
    }
    #expect(box.journal.count == records)
  }

  @Test("garbage from the printer changes nothing", arguments: Seeds.some(8))
  func garbage(seed: UInt64) {
    var random = Seeded(seed)
    let box = onlyFront()
    box.press(Plans.kiosk, 1)
    for _ in 0..<200 {
      // No process id by accident: that would need seven bytes in a row.
      let bytes = (0..<Int.random(in: 1...6, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      box.handle(.printer(Plans.front, .received(bytes)))
    }
    #expect(box.facts(.deviceCondition).isEmpty, "this model has no automatic status")
    box.press(Plans.kiosk, 1)
    #expect(box.devices[Plans.front]?.tickets == ["A001", "A002"])
    box.pass(.minutes(5))
  }

  @Test("one answer of another job's id is no confirmation")
  func wrongID() throws {
    let box = onlyFront()
    box.press(Plans.kiosk, 1)
    box.devices[Plans.front]?.takes = 0
    box.press(Plans.kiosk, 1)
    let job = try #require(box.core.printers[Plans.front]?.spool.jobInWork)
    box.handle(
      .printer(Plans.front, .received([0x37, 0x22] + ProcessID(job: job - 1).bytes + [0])))
    #expect(box.story("A002") == ["issued", "sending"])
  }

  @Test("a printer of another maker gets another's status bytes ignored")
  func untrusted() {
    let box = onlyFront(processID: false, asked: false)
    box.handle(.printer(Plans.front, .received([0x1C, 0x00, 0x0F, 0x00])))
    box.handle(.printer(Plans.front, .portStatus(0x20)))
    box.press(Plans.kiosk, 1)
    #expect(box.story("A001") == ["issued", "sending", "unconfirmed"])
  }

  @Test("device texts of any length and content fit into facts")
  func longTexts() {
    let box = onlyFront()
    let long = String(repeating: "\u{1}é\u{301}\n", count: 2000)
    box.handle(.printer(Plans.front, .lost(Device.gone)))
    box.handle(.printer(Plans.front, .arrived(identity: long)))
    box.handle(
      .printer(
        Plans.front, .lost(Problem(code: long, what: "w", cause: "c", cure: "c"))))
    box.handle(.terminalOpened(TerminalID("nobody")!, identity: long))
    #expect(box.facts(.deviceFound).count >= 2)
  }
}

@Suite("Printers behind a spooler")
struct SpooledPrinterTests {
  private func box(trusts: Bool) -> Box {
    var printer = PrinterPlan(id: Plans.front, capabilities: Plans.capabilities())
    printer.isSpooled = true
    printer.trustsSpooler = trusts
    let box = Box(Plans.node(printers: [printer]))
    box.openAll()
    box.link()
    box.lease(1, 1...999, more: "reserve=yes")
    box.cut()
    box.devices[Plans.front]?.isMute = true
    box.press(Plans.kiosk, 1)
    return box
  }

  private func job(_ box: Box) -> UInt64 { box.devices[Plans.front]?.jobsGot.last ?? 0 }

  @Test("completed counts as printed where it is trusted, else as unconfirmed")
  func completed() {
    for (trusts, end) in [(true, "printed"), (false, "unconfirmed")] {
      let box = box(trusts: trusts)
      #expect(box.story("A001") == ["issued", "sending"])
      box.handle(
        .printer(Plans.front, .spooled(job: job(box), completed: true, detail: "completed")))
      #expect(box.story("A001").last == end)
    }
  }

  @Test("aborted is unconfirmed: nobody knows what came out")
  func aborted() {
    let box = box(trusts: true)
    box.handle(.printer(Plans.front, .spooled(job: job(box), completed: false, detail: "aborted")))
    #expect(box.facts(.ticketUnconfirmed).last?.reason == "aborted")
  }

  @Test("a job that hangs in the queue is cancelled, so that it does not print an hour later")
  func hanging() {
    let box = box(trusts: true)
    box.pass(.seconds(20))
    #expect(box.story("A001").last == "unconfirmed")
    #expect(box.cancelled == [job(box)])
  }

  @Test("a spooler that is away for a moment tells the end when it is back")
  func away() {
    let box = box(trusts: true)
    box.handle(.printer(Plans.front, .lost(Device.gone)))
    #expect(box.story("A001") == ["issued", "sending"])
    box.press(Plans.kiosk, 1)
    #expect(box.refusals == ["offline"])
    box.handle(.printer(Plans.front, .arrived(identity: "queue")))
    box.handle(.printer(Plans.front, .spooled(job: job(box), completed: true, detail: "completed")))
    #expect(box.story("A001").last == "printed")
  }

  @Test("one that stays away: the job is given up and cancelled")
  func staysAway() {
    let box = box(trusts: true)
    box.handle(.printer(Plans.front, .lost(Device.gone)))
    box.pass(.seconds(20))
    #expect(box.story("A001").last == "unconfirmed")
    #expect(box.cancelled == [job(box)])
  }

  @Test("its conditions refuse presses") func conditions() {
    let box = box(trusts: true)
    box.handle(.printer(Plans.front, .conditions([.mediaEmpty, .offline])))
    box.press(Plans.kiosk, 1)
    #expect(box.refusals == ["media-empty"])
    #expect(box.facts(.deviceCondition).last?.reason == "media-empty")
  }
}
