import Branch
import ESCPOS
import TestSeeds
import Testing

@testable import BranchCore

@Suite("What printers answer, and what they do not")
struct PrinterAnswerTests: PrinterBoxes {
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

  @Test("a printer that tells its state by itself is not blind behind the first ticket's ESC @")
  func tellsOn() {
    var front = Plans.printer(Plans.front, asked: false, automatic: true)
    front.capabilities.storesPictures = true
    let box = Box(Plans.node(printers: [front, Plans.printer(Plans.back)]))
    box.openAll()
    box.link()
    box.lease(1, 1...9, more: "reserve=yes")
    box.cut()
    for _ in 0..<2 { box.press(Plans.kiosk, 1) }
    #expect(box.devices[Plans.front]?.tickets == ["A001", "A002"])
    box.change(Plans.front) { $0.paper.setPaper(.out) }
    box.press(Plans.kiosk, 1)
    #expect(box.devices[Plans.back]?.tickets == ["A003"], "the other printer does it")
    #expect(box.devices[Plans.front]?.paper.faults.map(\.description) == [])
  }

  @Test("a ticket without its confirmation, and one that was not printed, stand in the log")
  func logged() {
    let box = Box(Plans.node(printers: [Plans.printer(Plans.front)]))
    box.openAll()
    box.link()
    box.lease(1, 1...9)
    box.devices[Plans.front]?.takes = 100
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(30))
    #expect(box.logs.contains { $0.hasPrefix("front: A001 may be printed or not") }, "\(box.logs)")
  }
}
