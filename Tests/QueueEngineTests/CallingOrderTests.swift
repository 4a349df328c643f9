import Branch
import QueueProtocol
import TestSeeds
import Testing

@testable import QueueEngine

@Suite("Who is called before whom")
struct CallingOrderTests {
  let hub = Hub()

  init() {
    hub.connect(1)
    hub.openBranch()
  }

  private func issue(
    _ seq: Seq, _ ticket: String, _ more: String = "", of service: String = "cash"
  ) {
    hub.say(
      1,
      "FACT \(seq) ticket-issued at=\(hub.at) ticket=\(ticket) service=\(service) day=\(Hub.day) "
        + more)
  }

  private func calls(_ count: Int, counter: String = "1") -> [String?] {
    (0..<count).map { _ in
      hub.say(1, "NEXT counter=\(counter)")
      return hub.serving(counter)
    }
  }

  @Test("customers with priority go before others, in the order of issue")
  func priority() {
    issue(1, "A001", "")
    hub.pass(.seconds(1))
    issue(2, "A002", "priority=yes")
    hub.pass(.seconds(1))
    issue(3, "A003", "priority=yes")
    #expect(calls(3) == ["A002", "A003", "A001"])
  }

  @Test("also before those of the counter's first service")
  func services() {
    issue(1, "A001", "")
    issue(2, "B001", "priority=yes", of: "info")
    #expect(calls(2) == ["B001", "A001"])
  }

  @Test("an appointment goes before all others when its time has come, and behind all before")
  func appointments() {
    issue(1, "A001", "appointment=\(hub.at + 600_000) code=x")
    issue(2, "A002", "appointment=\(hub.at + 300_000) code=y")
    issue(3, "A003", "")
    issue(4, "A004", "")
    issue(5, "A005", "priority=yes")
    #expect(calls(2) == ["A005", "A003"], "no time has come")
    hub.pass(.minutes(5))
    #expect(calls(1) == ["A002"])
    #expect(calls(1) == ["A004"])
    #expect(calls(1) == ["A001"], "nobody else waits: better early than an idle clerk")
  }

  @Test("the earlier appointment goes first, whoever checked in first")
  func earlier() {
    issue(1, "A001", "appointment=\(hub.at - 1000)")
    issue(2, "A002", "appointment=\(hub.at - 2000)")
    #expect(calls(2) == ["A002", "A001"])
  }

  @Test("an appointment with priority has what is better: priority before its time")
  func both() {
    issue(1, "A001", "")
    issue(2, "A002", "appointment=\(hub.at + 600_000) priority=yes")
    #expect(calls(2) == ["A002", "A001"])
  }

  @Test("`ahead` of a lease counts those who would be called before")
  func ahead() {
    issue(1, "A001", "")
    issue(2, "A002", "priority=yes")
    issue(3, "A003", "appointment=\(hub.at - 1)")
    issue(4, "A004", "appointment=\(hub.at + 600_000)")
    let walkIn = hub.say(1, "LEASE service=cash day=\(Hub.day)").first ?? ""
    #expect(walkIn.contains("ahead=3") && !walkIn.contains("priority"))
    let priority = hub.say(1, "LEASE service=cash day=\(Hub.day) priority=yes").first ?? ""
    #expect(priority.contains("ahead=2 priority=yes"))
  }

  @Test("a customer with priority who gave up does not wait any more, and lapses like others")
  func ends() {
    issue(1, "A001", "priority=yes")
    hub.say(
      1, "FACT 2 ticket-voided at=\(hub.at) ticket=A001 service=cash day=\(Hub.day)")
    #expect(hub.say(1, "NEXT counter=1").first?.contains("code=empty") == true)
    issue(3, "A002", "priority=yes")
    hub.pass(.minutes(13 * 60))
    #expect(hub.say(1, "NEXT counter=1").first?.contains("code=empty") == true)
    #expect(hub.own(.visitLapsed).map(\.ticket?.description) == ["A002"])
  }

  /// The rule of PROTOCOL.md in its own words.
  private func rank(_ visit: Visit, _ now: WallTime) -> (Int, Int64) {
    if let appointment = visit.appointment, appointment <= now { return (1, appointment.ms) }
    if visit.isPriority { return (2, visit.issuedAt.ms) }
    return visit.appointment.map { (4, $0.ms) } ?? (3, visit.issuedAt.ms)
  }

  @Test("nobody is called while somebody of a better group waits", arguments: Seeds.some(20))
  func property(seed: UInt64) {
    var random = Seeded(seed)
    var seq: Seq = 0
    var called = 0
    for _ in 0..<150 {
      hub.pass(Span(ms: Int64.random(in: 1...90_000, using: &random)))
      if random.chance(2) {
        seq += 1
        let service = random.chance(2) ? ("cash", "A") : ("info", "B")
        let appointment = hub.at + Int64.random(in: -600_000...600_000, using: &random)
        let more =
          (random.chance(3) ? "priority=yes " : "")
          + (random.chance(3) ? "appointment=\(appointment)" : "")
        issue(seq, service.1 + padded(Int(seq), to: 3), more, of: service.0)
        continue
      }
      let services = hub.engine.memory.branches[BranchID("main")!]?.services ?? [:]
      let waiting = services.values.flatMap { $0.waiting + $0.favoured }
      let best = waiting.map { rank($0, hub.now.wall) }.min { $0 < $1 }
      hub.say(1, "NEXT counter=1")
      let serving = hub.engine.memory.branches[BranchID("main")!]?.counters[CounterID("1")!]?
        .serving
      guard let serving, let best else { continue }
      called += 1
      let mine = rank(serving, hub.now.wall)
      #expect(mine.0 == best.0, "seed \(seed): \(serving)")
      let same = waiting.filter {
        $0.service == serving.service && rank($0, hub.now.wall) < mine
      }
      #expect(same.isEmpty, "seed \(seed): \(serving) before \(same)")
    }
    #expect(called > 20)
  }
}
