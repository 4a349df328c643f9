import Branch
import QueueProtocol
import Testing
import TicketTemplates

@testable import BranchCore

@Suite("A code that was entered or scanned")
struct CheckInTests {
  private let box: Box

  init() {
    box = Box()
    box.openAll()
    box.link("can=check-in")
    _ = box.takeToHub()
  }

  private func enter(_ code: String, _ terminal: TerminalID = Plans.kiosk, _ box: Box? = nil) {
    (box ?? self.box).handle(.codeEntered(terminal, code: code))
  }

  /// The ids of the check-ins that the hub was asked since the last look.
  private func asked() -> [String] {
    box.takeToHub().filter { $0.hasPrefix("CHECK-IN") }
      .compactMap { $0.split(separator: " ").first { $0.hasPrefix("id=") } }.map(String.init)
  }

  private func give(_ number: UInt64, _ ticket: Int, code: String, _ box: Box? = nil) {
    (box ?? self.box).lease(
      number, ticket...ticket, more: "ahead=1 appointment=1795335000000 code=\(code) priority=yes")
  }

  private var printed: [String] { box.devices[Plans.front]?.tickets ?? [] }

  @Test("is asked about at the hub, and the number that comes is printed and told")
  func whole() throws {
    enter("K7F2")
    let line = try #require(box.takeToHub().first { $0.hasPrefix("CHECK-IN") })
    #expect(line.contains("code=K7F2 terminal=kiosk day=\(Box.day) by=\(box.now.wall.ms + 3000)"))
    #expect(printed == [], "not before the hub said so")
    give(1, 7, code: "K7F2")
    box.pass(.seconds(3))
    #expect(printed == ["A007"])
    let fact = try #require(box.facts(.ticketIssued).first)
    #expect(fact.more["code"] == "K7F2" && fact.more["appointment"] == "1795335000000")
    #expect(fact.more["priority"] == "yes" && fact.terminal == Plans.kiosk)
    #expect(box.refusals == [])
  }

  @Test(
    "that the hub refuses is a visible refusal",
    arguments: [
      ("unknown-code", "BAD CODE"), ("too-early", "EARLY"), ("too-late", "TOO LATE"),
      ("used", "USED"), ("wrong-branch", "NOT HERE"), ("exhausted", "NO TICKET"),
    ])
  func refused(code: String, text: String) throws {
    enter("x")
    let id = try #require(asked().first)
    box.hub("ERROR code=\(code) \(id)")
    #expect(box.refusals == [code] && box.sees(Plans.kioskSign) == text)
    #expect(box.lamps[Plans.kiosk]?.last == .error)
    let fact = try #require(box.facts(.pressRefused).last)
    #expect(fact.more["code"] == "x" && fact.service == nil)
  }

  @Test("that could not be read whole is a visible refusal, with and without a hub")
  func unreadable() throws {
    box.handle(.codeUnreadable(Plans.kiosk))
    #expect(box.refusals == ["unknown-code"] && box.sees(Plans.kioskSign) == "BAD CODE")
    #expect(box.lamps[Plans.kiosk]?.last == .error && asked() == [])
    let fact = try #require(box.facts(.pressRefused).last)
    #expect(fact.terminal == Plans.kiosk && fact.more["code"] == nil)
    box.cut()
    box.handle(.codeUnreadable(Plans.kiosk))
    #expect(box.refusals == ["unknown-code", "unknown-code"])
  }

  @Test("is refused at once while the hub is away, with nothing kept for later")
  func away() {
    box.cut()
    enter("x")
    #expect(box.refusals == ["no-hub"] && box.sees(Plans.kioskSign) == "NO LINE")
    box.pass(.seconds(1))
    box.link("can=check-in")
    #expect(box.core.isLinked && asked() == [])
  }

  @Test("is refused when the line is lost before the answer, and when no answer comes")
  func lost() {
    enter("x")
    box.cut()
    #expect(box.refusals == ["no-hub"])
    box.pass(.seconds(1))
    box.link("can=check-in")
    enter("y")
    box.pass(.seconds(4))
    #expect(box.refusals == ["no-hub", "timed-out"])
  }

  @Test("whose number comes too late prints nothing; entered again it prints without a hub")
  func late() {
    enter("x")
    box.pass(.seconds(4))
    give(1, 7, code: "x")
    box.pass(.seconds(5))
    #expect(printed == [] && box.issued == [], "its customer was told no")
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(2))
    #expect(box.issued == [], "and nobody else gets it")
    _ = box.takeToHub()
    box.cut()
    enter("x")
    box.pass(.seconds(3))
    #expect(printed == ["A007"])
    enter("x")
    #expect(box.issued == ["A007"] && box.refusals.last == "no-hub", "once")
  }

  @Test("keeps its number over a restart and a checkpoint, and never prints it twice")
  func restarts() {
    enter("x")
    box.pass(.seconds(4))
    give(1, 7, code: "x")
    let checkpoint = DurableRecord(.checkpoint, payload: box.core.memory.checkpoint())
    for journal in [box.journal, [checkpoint]] {
      let again = Box(box.plan, journal: journal)
      again.openAll()
      again.link("can=check-in")
      give(1, 7, code: "x", again)
      enter("x", Plans.kiosk, again)
      again.pass(.seconds(3))
      #expect(again.devices[Plans.front]?.tickets == ["A007"])
      enter("x", Plans.kiosk, again)
      #expect(again.issued == ["A007"])
    }
  }

  @Test("read twice by a scanner is one question, one ticket")
  func twice() {
    for _ in 0..<3 { enter("x") }
    #expect(asked().count == 1)
    give(1, 7, code: "x")
    box.pass(.seconds(3))
    #expect(printed == ["A007"] && box.refusals == [])
  }

  @Test("is not sent to a hub that knows no appointments")
  func oldHub() {
    let box = Box()
    box.openAll()
    box.link()
    enter("x", Plans.kiosk, box)
    #expect(box.refusals == ["no-check-in"])
    #expect(!box.takeToHub().contains { $0.hasPrefix("CHECK-IN") })
  }

  @Test("of no form that a code has is refused", arguments: ["", "a b", "é", "\u{1b}"])
  func form(text: String) {
    enter(text)
    enter(String(repeating: "9", count: 65))
    #expect(box.refusals == ["unknown-code", "unknown-code"] && asked() == [])
  }

  @Test("is not asked about while no printer can print, so that it is not used up")
  func noPaper() {
    for id in [Plans.front, Plans.back] { box.change(id) { $0.paper.setPaper(.out) } }
    enter("x")
    box.pass(.seconds(3))
    #expect(box.refusals == ["media-empty"] && asked() == [])
  }

  @Test("whose ticket could not be printed is told as void with its code, also after a restart")
  func void() {
    box.flushesAtOnce = false
    enter("x")
    box.flush()
    give(1, 7, code: "x")
    // The ticket is journalled, the first byte is not sent.
    let (journal, _) = box.kill(keeping: 2)
    let again = Box(box.plan, journal: journal)
    let voided = again.facts(.ticketVoided)
    #expect(voided.map { $0.more["code"] } == ["x"] && voided.map(\.reason) == ["restarted"])
  }

  @Test("a lost line and the same command once more make one ticket")
  func commandTwice() {
    enter("x")
    give(1, 7, code: "x")
    box.pass(.seconds(3))
    box.cut()
    box.pass(.seconds(1))
    box.link("can=check-in")
    give(1, 7, code: "x")
    box.pass(.seconds(3))
    #expect(printed == ["A007"] && box.issued == ["A007"])
  }

  @Test("a customer who comes while the journal takes nothing is told so")
  func journalFull() {
    box.handle(.journalFilled(true))
    enter("x")
    #expect(box.sees(Plans.kioskSign) == "NO TICKET" && asked() == [])
  }
}
