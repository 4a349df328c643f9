import Branch
import PrinterEmulator
import TicketLayout
import Testing

@testable import BranchCore

@Suite("The mouth of a printer that holds tickets out")
struct PresenterTests {
  private static let begin = MonotonicTime(ms: 0)
  private static let ticket = Presenter.Ticket(
    job: 3,
    open: NodeMemory.OpenTicket(
      ticket: TicketNumber("A001")!, service: Plans.cash, day: Box.day, terminal: nil,
      issuedAt: WallTime(ms: 0)))

  private func at(_ seconds: Int64) -> MonotonicTime { Self.begin + .seconds(seconds) }

  private func printed() -> Presenter {
    var presenter = Presenter(wait: .seconds(30))
    presenter.printed(Self.ticket, now: at(0))
    return presenter
  }

  @Test("it asks once a second until the ticket is taken, then never again")
  func taken() {
    var mouth = printed()
    #expect(mouth.nextDeadline == at(1))
    #expect(mouth.timePassed(now: at(1)) == [.ask])
    #expect(mouth.saw(false, now: at(1)) == [], "not cut yet")
    #expect(mouth.saw(true, now: at(2)) == [])
    #expect(mouth.timePassed(now: at(3)) == [.ask])
    #expect(mouth.saw(false, now: at(3)) == [.free, .taken(Self.ticket)])
    #expect(!mouth.isBusy && mouth.nextDeadline == nil)
  }

  @Test("nobody takes it: told once, ended, and free when it is gone")
  func notTaken() {
    var mouth = printed()
    _ = mouth.saw(true, now: at(2))
    #expect(mouth.timePassed(now: at(31)) == [.ask])
    #expect(mouth.timePassed(now: at(32)) == [.notTaken(Self.ticket), .end])
    #expect(mouth.saw(true, now: at(33)) == [] && mouth.isBusy)
    #expect(mouth.saw(false, now: at(34)) == [.free])
    #expect(mouth.nextDeadline == nil)
  }

  @Test("one that does not go is not waited for without end")
  func stuck() {
    var mouth = printed()
    _ = mouth.saw(true, now: at(0))
    _ = mouth.timePassed(now: at(30))
    #expect(mouth.timePassed(now: at(39)) == [.ask])
    #expect(mouth.timePassed(now: at(40)) == [.free])
  }

  @Test("one that was never seen at the output is neither taken nor left")
  func unseen() {
    var mouth = printed()
    var effects: [Presenter.Effect] = []
    while let due = mouth.nextDeadline { effects += mouth.timePassed(now: due) }
    #expect(effects == Array(repeating: .ask, count: 19) + [.free])
  }

  @Test("one that stood there before is taken away as well, and is no fact")
  func stranger() {
    var mouth = Presenter(wait: .seconds(5))
    #expect(mouth.saw(false, now: at(0)) == [] && !mouth.isBusy)
    #expect(mouth.saw(true, now: at(0)) == [] && mouth.isBusy)
    #expect(mouth.timePassed(now: at(5)) == [.end])
  }

  @Test("a printer that is gone holds nothing") func lost() {
    var mouth = printed()
    #expect(mouth.lost() == [.free] && !mouth.isBusy)
    #expect(mouth.lost() == [])
  }

  // MARK: with a printer

  private func box(
    _ kind: PresenterKind = .gsE, end: PresentEnd = .retract, behind: Bool = false
  ) -> Box {
    var printer = Plans.printer(Plans.front, processID: false, asked: false)
    printer.hasFullStatus = true
    printer.printsBehindPresented = behind
    printer.capabilities.cut = .full
    printer.capabilities.presenting = Presenting(kind, length_mm: 100, wait_s: 20, end: end)
    var model = EmulatedModel.tmT88V
    model.hasPresenter = true
    let box = Box(Plans.node(printers: [printer]))
    box.devices[Plans.front]?.paper = EmulatedPrinter(model)
    box.openAll()
    box.link()
    box.lease(1, 1...999, more: "reserve=yes")
    box.cut()
    return box
  }

  private func paper(_ box: Box) -> EmulatedPrinter? { box.devices[Plans.front]?.paper }

  @Test(
    "a ticket is held out until it is taken, and that is recorded",
    arguments: PresenterKind.allCases)
  func holdsOut(kind: PresenterKind) {
    let box = box(kind)
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(5))
    #expect(paper(box)?.isTicketOut == true)
    #expect(paper(box)?.faults.map(\.description) == [])
    #expect(box.devices[Plans.front]?.tickets == ["A001"])
    box.change(Plans.front) { $0.paper.takePresented() }
    box.pass(.seconds(1))
    #expect(box.story("A001") == ["issued", "sending", "unconfirmed", "taken"])
    #expect(box.facts(.ticketTaken).last?.printer == Plans.front)
    let queries = box.queries
    box.pass(.minutes(60))
    #expect(box.queries == queries, "an idle box sleeps")
  }

  @Test(
    "one that nobody takes is retracted or ejected, as was said", arguments: PresentEnd.allCases)
  func ends(end: PresentEnd) {
    let box = box(end: end)
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(25))
    #expect(box.story("A001").last == "not-taken")
    #expect(box.facts(.ticketNotTaken).last?.reason == end.rawValue)
    #expect(paper(box)?.retracted == (end == .retract ? 1 : 0))
    #expect(paper(box)?.ejected == (end == .eject ? 1 : 0))
  }

  @Test("a printer that retracts by itself is told when, and is not told again")
  func byItself() {
    let box = box(.fsP)
    box.press(Plans.kiosk, 1)
    #expect(paper(box)?.presentedFor_s == 20 && paper(box)?.endsByRetracting == true)
    box.pass(.seconds(30))
    #expect(box.story("A001").last == "not-taken")
    #expect(paper(box)?.retracted == 0, "by its own clock only")
  }

  @Test("no second ticket is printed over one that stands there; it follows when that is gone")
  func second() {
    let box = box()
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(3))
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(3))
    #expect(box.story("A002") == ["issued"])
    box.change(Plans.front) { $0.paper.takePresented() }
    box.pass(.seconds(1))
    #expect(box.story("A002").prefix(2) == ["issued", "sending"])
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(40))
    #expect(box.devices[Plans.front]?.tickets == ["A001", "A002", "A003"])
    #expect(paper(box)?.faults.map(\.description) == [], "never one over another")
  }

  @Test("where the profile allows it, the next one is printed at once")
  func behind() {
    let box = box(behind: true)
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(3))
    box.press(Plans.kiosk, 1)
    #expect(box.story("A002").prefix(2) == ["issued", "sending"])
  }

  @Test("one that stood there when the box came up is seen before anything is printed")
  func leftOver() {
    let box = box()
    box.unplug(Plans.front)
    box.press(Plans.kiosk, 1)
    #expect(box.refusals == ["offline"])
    box.devices[Plans.front]?.paper.receive([0x1D, 0x65, 3, 100])
    box.plug(Plans.front)
    box.press(Plans.kiosk, 1)
    #expect(box.story("A001") == ["issued"])
    box.pass(.seconds(25))
    #expect(paper(box)?.retracted == 1 && box.devices[Plans.front]?.tickets == ["A001"])
    #expect(paper(box)?.faults.map(\.description) == [])
  }

  @Test("cover and paper are told by the full status")
  func conditions() {
    let box = box()
    box.change(Plans.front) { $0.paper.setPaper(.out) }
    box.press(Plans.kiosk, 1)
    #expect(box.refusals == ["media-empty"])
    box.change(Plans.front) { $0.paper.setPaper(.ok) }
    box.change(Plans.front) { $0.paper.setCover(open: true) }
    box.press(Plans.kiosk, 1)
    #expect(box.refusals.last == "cover-open")
  }
}
