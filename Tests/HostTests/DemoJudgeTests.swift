import Branch
import BranchCore
import PrinterEmulator
import QueueEngine
import Testing

@testable import DemoBranch

/// A picture with one printer, made by hand.
private struct Studio {
  var picture = BranchPicture(branch: BranchID("b")!)
  let printer = PrinterID("p")!

  init() { picture.printers[printer] = BranchPicture.Printer(isPlugged: true) }

  /// Lets the strict emulator print a number in large letters, cut or torn off.
  mutating func print(_ number: String, torn: Bool = false) {
    var emulator = EmulatedPrinter(.tmT88V)
    emulator.receive([0x1B, 0x40, 0x1D, 0x21, 0x55] + Array(number.utf8) + [0x0A])
    if torn { emulator.powerCycle() } else { emulator.receive([0x1D, 0x56, 0x00]) }
    picture.printers[printer]?.tickets += emulator.takeTickets()
  }

  mutating func add(_ kind: FactKind, seq: Seq, _ change: (inout Fact) -> Void = { _ in }) {
    var fact = Fact(kind, at: WallTime(ms: 1000))
    change(&fact)
    picture.store.facts.append(
      StoredFact(node: NodeID("n")!, epoch: 1, seq: seq, fact: fact))
  }

  mutating func add(_ kind: FactKind, seq: Seq, ticket: String) {
    add(kind, seq: seq) {
      $0.ticket = TicketNumber(ticket)
      $0.day = ServiceDay("2026-11-22")
    }
  }

  func verdict(_ expectation: ScriptExpectation) -> Verdict {
    Judge(picture: picture).verdict(expectation)
  }
}

@Suite("Expectations are held against what is seen")
struct DemoJudgeTests {
  private let a001 = TicketNumber("A001")!

  @Test("a ticket counts when it is whole, and once")
  func tickets() {
    var studio = Studio()
    #expect(studio.verdict(.ticket(a001, on: nil)) == .notYet("nothing was printed"))
    studio.print("A002")
    #expect(studio.verdict(.ticket(a001, on: nil)) == .notYet("printed last: A002"))
    studio.print("A001", torn: true)
    #expect(studio.verdict(.ticket(a001, on: nil)) == .notYet("A001 was torn off in the middle"))
    studio.print("A001")
    #expect(studio.verdict(.ticket(a001, on: nil)) == .holds)
    #expect(studio.verdict(.ticket(a001, on: PrinterID("other")!)) != .holds)
    studio.print("A001")
    #expect(studio.verdict(.ticket(a001, on: nil)) == .never("A001 was printed 2 times"))
  }

  @Test("no ticket means none since the last press")
  func noTicket() {
    var studio = Studio()
    studio.print("A001")
    #expect(studio.verdict(.noTicket) == .never("1 came out of the printer"))
    studio.picture.ticketsAtLastPress = 1
    #expect(studio.verdict(.noTicket) == .holds)
    #expect(studio.verdict(.noTicketOf(a001)) == .never("A001 was printed"))
    #expect(studio.verdict(.noTicketOf(TicketNumber("A002")!)) == .holds)
  }

  @Test("a sign shows exactly the text, or is dark")
  func signs() {
    var studio = Studio()
    let hall = SignID("hall")!
    studio.picture.signs[hall] = BranchPicture.Sign(isPlugged: true)
    #expect(studio.verdict(.dark(hall)) == .holds)
    #expect(studio.verdict(.sign(hall, text: "")) == .notYet("it is dark"))
    studio.picture.signs[hall]?.text = "A001"
    #expect(studio.verdict(.sign(hall, text: "A001")) == .holds)
    #expect(studio.verdict(.sign(hall, text: "A01")) == .notYet("it shows \"A001\""))
    #expect(studio.verdict(.dark(hall)) == .notYet("it shows \"A001\""))
  }

  @Test("facts are counted by kind and fields; too many can never become fewer")
  func facts() {
    var studio = Studio()
    studio.add(.ratingGiven, seq: 1) { $0.rating = 4 }
    studio.add(.deviceCondition, seq: 2) { $0.reason = "media-empty,offline" }
    func facts(_ kind: FactKind, _ count: Int, _ key: String, _ value: String?) -> Verdict {
      let condition = FieldCondition(key: key, value: value)
      return studio.verdict(.facts(kind, count: count, conditions: [condition]))
    }
    #expect(facts(.ratingGiven, 1, "rating", "4") == .holds)
    #expect(facts(.ratingGiven, 1, "rating", "5") == .notYet("there are 0"))
    #expect(facts(.ratingGiven, 1, "rating", nil) == .holds)
    #expect(facts(.ratingGiven, 1, "counter", nil) == .notYet("there are 0"))
    #expect(facts(.ratingGiven, 0, "node", "n") == .never("there is 1"))
    #expect(facts(.deviceCondition, 1, "reason", "media-empty") == .holds)
    #expect(facts(.deviceCondition, 1, "reason", "media") == .notYet("there are 0"))
  }

  @Test("an answer is the lamp since the last press")
  func answers() {
    var studio = Studio()
    let kiosk = TerminalID("kiosk")!
    studio.picture.terminals[kiosk] = BranchPicture.Terminal(isPlugged: true)
    #expect(studio.verdict(.answered(kiosk, isRefused: true)) == .notYet("it has not answered"))
    studio.picture.terminals[kiosk]?.answer.turned(.ok, isOn: true)
    #expect(studio.verdict(.answered(kiosk, isRefused: false)) == .holds)
    #expect(studio.verdict(.answered(kiosk, isRefused: true)) == .notYet("it has accepted it"))
    studio.picture.terminals[kiosk]?.answer.pressed()
    #expect(studio.verdict(.answered(kiosk, isRefused: false)) == .notYet("it has not answered"))
  }

  @Test("a fact or a number that stands there twice is found")
  func eachOnce() {
    var studio = Studio()
    studio.add(.ticketIssued, seq: 1, ticket: "A001")
    studio.add(.ticketIssued, seq: 2, ticket: "A002")
    #expect(studio.verdict(.eachOnce) == .holds)
    var again = studio
    again.add(.ticketIssued, seq: 3, ticket: "A001")
    #expect(again.verdict(.eachOnce) == .never("A001 has ticket-issued twice"))
    studio.add(.ratingGiven, seq: 2)
    #expect(studio.verdict(.eachOnce) == .never("n/1/2 stands there twice"))
  }

  @Test("paper and record disagree in every way that they can")
  func paper() {
    var studio = Studio()
    #expect(studio.verdict(.paperAgrees) == .holds)
    studio.add(.ticketIssued, seq: 1, ticket: "A001")
    #expect(studio.verdict(.paperAgrees) == .notYet("nobody knows what became of A001"))
    var void = studio
    void.add(.ticketVoided, seq: 2, ticket: "A001")
    #expect(void.verdict(.paperAgrees) == .holds)
    void.print("A001")
    #expect(void.verdict(.paperAgrees) == .notYet("A001 is void, and on paper"))
    studio.add(.ticketPrinted, seq: 2, ticket: "A001")
    #expect(studio.verdict(.paperAgrees) == .notYet("A001 is on no paper"))
    studio.print("A001")
    #expect(studio.verdict(.paperAgrees) == .holds)
    studio.print("A001")
    #expect(studio.verdict(.paperAgrees) == .notYet("A001 was printed twice"))
    var unknown = Studio()
    unknown.print("A002")
    #expect(unknown.verdict(.paperAgrees) == .notYet("A002 is on paper, and no fact says so"))
  }
}
