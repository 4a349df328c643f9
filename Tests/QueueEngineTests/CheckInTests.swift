import Branch
import QueueProtocol
import TestSeeds
import Testing

@testable import QueueEngine

@Suite("Appointments and codes")
struct CheckInTests {
  private let hub = Hub()
  /// The booking system.
  private let desk: SessionID = 9

  init() {
    hub.connect(1)
    hub.openBranch()
    hub.engine.connected(desk)
  }

  @discardableResult
  private func book(
    _ code: String, in minutes: Int64 = 10, branch: String = "main", _ more: String = ""
  ) -> String? {
    hub.say(
      desk,
      "BOOK branch=\(branch) code=\(code) service=cash at=\(hub.at + minutes * 60_000) \(more)"
    ).first
  }

  private func checkIn(_ code: String, session: SessionID = 1, _ more: String = "") -> [String] {
    hub.say(session, "CHECK-IN id=5 code=\(code) terminal=kiosk day=\(Hub.day) \(more)")
  }

  private func error(_ lines: [String]) -> String? {
    lines.compactMap { try? HubMessage(parsing: $0.utf8) }.compactMap {
      if case .error(let code, _, _) = $0 { code } else { nil }
    }.first
  }

  private func ticket(_ lines: [String]) -> String? {
    lines.compactMap { try? HubMessage(parsing: $0.utf8) }.compactMap {
      if case .ok(5, let ticket) = $0 { ticket?.description } else { nil }
    }.first
  }

  private func leases(_ lines: [String]) -> [NumberBlock] {
    lines.compactMap { try? HubMessage(parsing: $0.utf8) }.compactMap {
      if case .command(_, .lease(let block)) = $0 { block } else { nil }
    }
  }

  @Test("a code gives a number with all that was booked")
  func gives() throws {
    let at = hub.now.wall + .minutes(10)
    #expect(book("K7F2", "priority=yes notes=\"Bring\\nthis\" id=3") == "OK id=3")
    let lines = checkIn("K7F2")
    let block = try #require(leases(lines).first)
    #expect(block.numbers == 1...1 && block.details.appointment == at && block.details.isPriority)
    #expect(block.details.code?.text == "K7F2" && block.details.notes == "Bring\nthis")
    #expect(ticket(lines) == "A001")
  }

  @Test("the wait is at least the time until the appointment")
  func wait() throws {
    for seq in 1...5 as ClosedRange<Seq> {
      hub.issue(seq, "A50\(seq)")
      hub.say(1, "NEXT counter=1")
      hub.pass(.minutes(2))
      hub.say(1, "END counter=1")
    }
    book("x", in: 10)
    let block = try #require(leases(checkIn("x")).first)
    #expect(block.details.wait == .minutes(10))
  }

  @Test("asked again before the node has the number, it is the same number and no second one")
  func lostAnswer() {
    book("x")
    #expect(ticket(checkIn("x")) == "A001")
    let again = checkIn("x")
    #expect(ticket(again) == "A001" && leases(again).isEmpty)
    hub.drop(1)
    hub.restart()
    hub.connect(2, "n1")
    hub.drop(2)
    hub.engine.connected(3)
    let resent = hub.say(3, "HELLO node=n1")
    #expect(leases(resent).map(\.numbers) == [1...1], "the command comes until the node has it")
    let third = checkIn("x", session: 3)
    #expect(ticket(third) == "A001" && leases(third).isEmpty)
  }

  @Test("once the node has the number the code is used, for it and for all others")
  func used() {
    hub.connect(2, "n2")
    book("x")
    _ = checkIn("x")
    #expect(error(checkIn("x", session: 2)) == "used", "another node has nothing on its way")
    hub.say(1, "ACK 1")
    #expect(error(checkIn("x")) == "used")
    hub.issue(1, "A001")
    hub.restart()
    hub.connect(3, "n1", "next=2 commands=1")
    #expect(error(checkIn("x", session: 3)) == "used")
  }

  @Test("a ticket that was voided frees its code, another one does not")
  func voided() {
    book("x")
    _ = checkIn("x")
    hub.say(1, "ACK 1")
    func void(_ seq: Seq, _ ticket: String) {
      hub.say(
        1,
        "FACT \(seq) ticket-voided at=\(hub.at) ticket=\(ticket) service=cash day=\(Hub.day) "
          + "code=x")
    }
    void(1, "A009")
    #expect(error(checkIn("x")) == "used")
    void(2, "A001")
    #expect(ticket(checkIn("x")) == "A002")
  }

  @Test("a code that nobody booked, of another branch, too early and too late is refused")
  func refused() {
    hub.connect(2, "n2", "branch=west")
    hub.say(2, "SERVICE id=cash prefix=A")
    book("w", in: 0, branch: "west")
    book("later", in: 61)
    book("now", in: 0)
    let before = hub.records.count
    #expect(error(checkIn("none")) == "unknown-code")
    #expect(error(checkIn("w")) == "wrong-branch")
    #expect(error(checkIn("later")) == "too-early")
    #expect(error(checkIn("now", "by=\(hub.at - 1)")) == "expired")
    hub.pass(.minutes(31))
    #expect(error(checkIn("now", "by=\(hub.at)")) == "too-late")
    #expect(hub.records.count == before, "a refusal changes nothing")
    #expect(ticket(checkIn("later")) == "A001", "its hour has begun")
    #expect(error(hub.say(9, "CHECK-IN code=w terminal=k day=\(Hub.day)")) == "no-session")
  }

  @Test("a booking may be said again, changed and taken back, until a number was given")
  func changes() {
    book("x", in: 10)
    let count = hub.records.count
    #expect(book("x", in: 10) == "OK id=0")
    #expect(hub.records.count == count, "said again, it changes nothing")
    book("x", in: 90)
    #expect(error(checkIn("x")) == "too-early")
    book("x", in: 10)
    #expect(ticket(checkIn("x")) == "A001")
    #expect(error([book("x", in: 20) ?? ""]) == "used")
    #expect(hub.say(desk, "UNBOOK branch=main code=x id=4") == ["OK id=4"])
    #expect(error(hub.say(desk, "UNBOOK branch=main code=x")) == "unknown-code")
    hub.say(1, "ACK 1")
    #expect(error(checkIn("x")) == "unknown-code")
    book("x", in: 10)
    #expect(ticket(checkIn("x")) == "A002", "a person decided so")
  }

  @Test(
    "a booking that makes no sense is refused",
    arguments: [
      ("branch=none service=cash", "unknown-service"),
      ("branch=main service=tea", "unknown-service"),
    ])
  func nonsense(fields: String, code: String) {
    #expect(error(hub.say(desk, "BOOK \(fields) code=x at=\(hub.at)")) == code)
    #expect(hub.engine.memory.bookings.count == 0)
  }

  @Test("neither one long past nor one years ahead is taken")
  func far() {
    #expect(error([book("x", in: -31) ?? ""]) == "too-late")
    #expect(error([book("x", in: 367 * 24 * 60) ?? ""]) == "bad-value")
    #expect(book("x", in: -29) == "OK id=0")
  }

  @Test("no more than a bound is remembered, of a branch and of all; old ones make room")
  func bounded() {
    var settings = QueueEngine.Settings(hub: NodeID("hub")!)
    settings.bounds.branchBookings_max = 3
    settings.bounds.bookings_max = 4
    let hub = Hub(settings: settings)
    hub.connect(1)
    hub.openBranch()
    hub.connect(2, "n2", "branch=west")
    hub.openBranch(2)
    func book(_ code: String, _ branch: String = "main") -> Bool {
      hub.say(1, "BOOK branch=\(branch) code=\(code) service=cash at=\(hub.at)") == ["OK id=0"]
    }
    #expect(["a", "b", "c", "d"].map { book($0) } == [true, true, true, false])
    #expect(["a", "e"].map { book($0, "west") } == [true, false])
    #expect(book("a"), "the same code once more needs no room")
    hub.pass(.minutes(24 * 60 - 1))
    #expect(!book("d"), "kept for a day")
    hub.pass(.minutes(24 * 60))
    hub.say(1, "UNBOOK branch=main code=a")
    #expect(book("d"), "the first booking of a new day forgets")
    #expect(hub.engine.memory.bookings.count == 1)
    #expect(hub.engine.memory.bookings.count(of: BranchID("west")!) == 0)
  }

  @Test(
    "random bookings and check-ins never give two numbers that are held", arguments: Seeds.some(15))
  func property(seed: UInt64) {
    var random = Seeded(seed)
    hub.connect(2, "n2")
    hub.openBranch(2)
    var seqs: [SessionID: Seq] = [1: 0, 2: 0]
    var held: [String: Set<String>] = [:]
    var count = 0
    for _ in 0..<200 {
      let session = SessionID.random(in: 1...2, using: &random)
      let code = "c\(Int.random(in: 1...6, using: &random))"
      hub.pass(Span(ms: Int64.random(in: 0...20_000, using: &random)))
      switch Int.random(in: 0..<8, using: &random) {
      case 0, 1: book(code, in: Int64.random(in: -20...20, using: &random))
      case 2:
        hub.drop(session)
        let life = HubMemory.Life(node: NodeID("n\(session)")!, epoch: 1)
        let known = hub.engine.memory.lives[life]
        hub.connect(
          session, "n\(session)",
          "next=\((known?.mark ?? 0) + 1) commands=\(known?.commandsAcknowledged ?? 0)")
      case 3:
        let life = HubMemory.Life(node: NodeID("n\(session)")!, epoch: 1)
        hub.say(session, "ACK \(hub.engine.memory.lives[life]?.lastCommand ?? 0)")
      case 4:
        guard let ticket = held[code]?.first, let mark = seqs[session] else { continue }
        let mine = hub.engine.memory.lives[HubMemory.Life(node: NodeID("n\(session)")!, epoch: 1)]
        seqs[session] = max(mark, mine?.mark ?? 0) + 1
        hub.say(
          session,
          "FACT \(seqs[session]!) ticket-voided at=\(hub.at) ticket=\(ticket) service=cash "
            + "day=\(Hub.day) code=\(code)")
        held[code]?.remove(ticket)
      default:
        guard let ticket = ticket(checkIn(code, session: session)) else { continue }
        held[code, default: []].insert(ticket)
        count += 1
        #expect(held[code]?.count == 1, "seed \(seed): \(code) has \(held[code] ?? [])")
      }
    }
    #expect(count > 5, "seed \(seed)")
  }
}
