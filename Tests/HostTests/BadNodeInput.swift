import Branch
import LinuxIO
import Testing

@Suite("A node whose hub is no good")
struct BadNodeInput {
  /// A node with a printer and its bad hub; its numbers come from the hub's manners.
  private final class Bench {
    let branch: RunBranch
    let hub: BadHub
    private let desk: RunDesk
    var node: RunNode { desk.node }
    var printer: RunPrinter { desk.printer }
    var kiosk: RunTerminal { desk.kiosk }

    init(_ manner: BadHub.Manner, mistaken: BadHub.Mistake? = nil) throws {
      branch = try RunBranch()
      hub = try BadHub(manner)
      hub.mistaken = mistaken
      desk = try branch.desk("hall-1", hub: ["127.0.0.1:\(hub.port)"], with: [hub])
      try desk.start()
    }

    /// A real hub takes its place, at the same address.
    func replaceHub() throws {
      hub.leave()
      branch.hubPort = hub.port
      try branch.startHub()
    }

    /// Hangs up, and waits until the new manner was met.
    func turn(_ manner: BadHub.Manner, at location: SourceLocation = #_sourceLocation) throws {
      hub.turn(manner)
      try branch.wait("it was tried", at: location) { self.hub.connections >= 1 }
    }

    /// A press of each kind has its answer: a ticket or a refusal, a rating in the journal.
    func expectAnswers(_ what: String, at location: SourceLocation = #_sourceLocation) throws {
      let before = answers()
      let ratings = node.count(.ratingGiven)
      kiosk.press(RunKey.button1)
      desk.keypad.press(RunKey.next)
      desk.smileys.press(RunKey.smiley(2))
      try branch.wait("\(what): answers", at: location) {
        self.answers() > before && self.node.count(.ratingGiven) > ratings
      }
      #expect(node.program?.isRunning == true, "\(what)", sourceLocation: location)
    }

    private func answers() -> Int { node.count(.ticketIssued) + node.count(.pressRefused) }

    /// Over a second and more: a loop that spins would use all of it.
    func expectCalm(_ what: String, at location: SourceLocation = #_sourceLocation) throws {
      let start = Clock.monotonic()
      let before = node.program?.cpu_ticks ?? 0
      try branch.wait("a while", at: location) { Clock.monotonic() - start > .milliseconds(1200) }
      let used = (node.program?.cpu_ticks ?? 0) - before
      #expect(used < 30, "\(what): \(used) of 120 ticks", sourceLocation: location)
    }
  }

  @Test("it closes at once, or says nothing at all: refusals at once, and no spinning")
  func absentInSpirit() throws {
    let bench = try Bench(.closesAtOnce)
    try bench.branch.wait("it was tried") { bench.hub.connections >= 2 }
    try bench.expectAnswers("closes at once")
    try bench.expectCalm("closes at once")
    try bench.turn(.staysSilent)
    try bench.branch.wait("it was greeted") { bench.hub.heard.contains { $0.hasPrefix("HELLO") } }
    try bench.expectAnswers("stays silent")
    try bench.expectCalm("stays silent")
    try bench.replaceHub()
    try bench.branch.waitUntilSettled(bench.node)
    bench.branch.expectOnce(of: bench.node)
  }

  @Test("it raves without end: it is hung up on, and looked for again with pauses")
  func raving() throws {
    let bench = try Bench(.raves(RunRandom(seed: UInt64.random(in: 0...UInt64.max))))
    try bench.branch.wait("hung up on and tried again") { bench.hub.connections >= 3 }
    try bench.expectAnswers("raves")
    try bench.expectCalm("raves")
    #expect(bench.node.log.utf8.count < 100_000, "the log stays readable")
    try bench.replaceHub()
    try bench.branch.waitUntilSettled(bench.node)
    bench.branch.expectOnce(of: bench.node)
  }

  @Test(
    "a line of a hundred megabytes, before or in a session, is hung up on and not kept",
    arguments: [[], ["WELCOME hub=bad acked=0 heartbeat_ms=1000 window=64\n"]])
  func endlessLine(before: [String]) throws {
    let bench = try Bench(.staysSilent)
    try bench.branch.wait("it was greeted") { bench.hub.heard.contains { $0.hasPrefix("HELLO") } }
    let peak = try #require(bench.node.program?.peakMemory_kB)
    try bench.turn(.pours(start: Array(before.joined().utf8), count: 100 << 20))
    try bench.branch.wait("poured, hung up on, and tried again") { bench.hub.connections >= 4 }
    try bench.expectAnswers("endless line")
    try bench.expectCalm("endless line")
    #expect(bench.hub.poured > 0)
    let after = try #require(bench.node.program?.peakMemory_kB)
    #expect(after - peak < 4096, "kB: \(peak), then \(after), of \(bench.hub.poured) bytes taken")
    try bench.replaceHub()
    try bench.branch.waitUntilSettled(bench.node)
    bench.branch.expectOnce(of: bench.node)
  }

  @Test("a line that comes byte by byte and never ends is no sign of life")
  func slowLine() throws {
    let welcome = "WELCOME hub=bad acked=0 heartbeat_ms=1000 window=64\n"
    let bench = try Bench(.drips(start: Array(welcome.utf8)))
    try bench.branch.wait("it is found out") { bench.node.log.contains("[hub-silent]") }
    try bench.branch.wait("tried again") { bench.hub.connections >= 2 }
    try bench.expectAnswers("slow line")
    try bench.replaceHub()
    try bench.branch.waitUntilSettled(bench.node)
    bench.branch.expectOnce(of: bench.node)
  }

  @Test(
    "it takes the node for another: told, hung up on, nothing believed, and nothing lost",
    arguments: BadNodeInput.mistakes)
  func wrongNode(mistake: BadHub.Mistake) throws {
    let bench = try Bench(.polite(mistake.lines), mistaken: mistake)
    try bench.branch.wait("it is told") { bench.node.log.contains("[wrong-node]") }
    try bench.expectAnswers("wrong node")
    try bench.branch.wait("tried again") { bench.hub.connections >= 3 }
    try bench.expectCalm("wrong node")
    #expect(!bench.node.facts().contains { $0.kind == .ticketIssued }, "numbers of another")
    #expect(bench.hub.heard.allSatisfy { !$0.hasPrefix("ACK") }, "no command was taken")
    let ratings = bench.node.count(.ratingGiven)
    try bench.replaceHub()
    try bench.branch.wait("numbers of the right hub") {
      !bench.branch.facts(.numbersLeased).isEmpty
    }
    bench.kiosk.press(RunKey.button1)
    try bench.branch.wait("a ticket") { !bench.printer.tickets.isEmpty }
    #expect(bench.printer.numbers == ["A001"])
    try bench.branch.waitUntilSettled(bench.node)
    bench.branch.expectOnce(of: bench.node)
    #expect(bench.branch.facts(.ratingGiven).count == ratings)
    #expect(bench.branch.facts(.factsMissing).isEmpty)
  }

  @Test(
    "it lies: nothing of that is believed, and the right hub gets what was not acknowledged",
    arguments: BadNodeInput.lies)
  func lying(lie: [String]) throws {
    let bench = try Bench(.polite(lie))
    try bench.branch.wait("it was greeted") { bench.hub.heard.contains { $0.hasPrefix("FACT") } }
    try bench.expectAnswers("lies")
    #expect(!bench.node.facts().contains { $0.kind == .ticketIssued })
    #expect(bench.hub.heard.allSatisfy { !$0.hasPrefix("ACK") }, "no command was taken")
    // What this one acknowledged is gone with it; its successor is told so.
    try bench.replaceHub()
    try bench.branch.wait("numbers of the right hub") {
      !bench.branch.facts(.numbersLeased).isEmpty
    }
    bench.kiosk.press(RunKey.button1)
    try bench.branch.wait("a ticket") { !bench.printer.tickets.isEmpty }
    #expect(bench.printer.numbers == ["A2501"], "behind what the hub before may have given")
    try bench.branch.wait("its end") { !bench.branch.facts(.ticketPrinted).isEmpty }
    #expect(bench.branch.facts(.factsMissing).count == 1)
  }

  @Test("facts that no hub has acknowledged all arrive once a good one is there")
  func nothingUnacknowledgedIsLost() throws {
    let bench = try Bench(.staysSilent)
    for manner: BadHub.Manner in [
      .closesAtOnce, .blurts(Array("ACK 3\nCMD 1 clear counter=1\nBYE\n".utf8)),
      .blurts(Array("WELCOME hub=bad acked=0 window=0\nACK 1\n".utf8)),
    ] {
      try bench.turn(manner)
      try bench.expectAnswers("\(manner)")
    }
    try bench.replaceHub()
    try bench.branch.waitUntilSettled(bench.node)
    bench.branch.expectOnce(of: bench.node)
    #expect(bench.branch.facts(.ratingGiven).count == 3)
  }

  @Test("it claims facts that this journal never had: told with a cure, and customers are served")
  func claimsTooMuch() throws {
    let bench = try Bench(.blurts(Array("WELCOME hub=bad acked=99999999\n".utf8)))
    try bench.branch.wait("it is told") { bench.node.log.contains("[behind]") }
    try bench.expectAnswers("claims too much")
    try bench.expectCalm("claims too much")
  }

  @Test("numbers that it gave are used while it hangs, none twice, and then presses are refused")
  func reserveOfABadHub() throws {
    let lease = "lease service=cash prefix=A day=\(Self.day) first=901 last=903 reserve=yes"
    let bench = try Bench(.polite(["CMD 1 \(lease)", "CMD 1 \(lease)"]))
    try bench.branch.wait("the numbers are acknowledged") { bench.hub.heard.contains("ACK 1") }
    bench.hub.turn(.staysSilent)
    for count in 1...5 {
      bench.kiosk.press(RunKey.button1)
      try bench.branch.wait("answer \(count)") {
        bench.node.count(.ticketPrinted) + bench.node.count(.pressRefused) == count
      }
    }
    #expect(bench.printer.numbers == ["A901", "A902", "A903"])
    #expect(bench.node.count(.pressRefused) == 2)
  }

  /// Today, where the branch stands.
  private static var day: ServiceDay { LocalTime(Clock.wall(), zoneOffsetSeconds: 0).day }

  static let mistakes: [BadHub.Mistake] = {
    let lease = "CMD 1 lease service=cash prefix=A day=\(day) first=901 last=903 reserve=yes"
    return [
      BadHub.Mistake(inWelcome: "node=hall-2"),
      BadHub.Mistake(inWelcome: "branch=other"),
      BadHub.Mistake(inWelcome: "epoch=1"),
      BadHub.Mistake(inAcknowledgement: "epoch=1"),
      BadHub.Mistake(inAcknowledgement: "node=hall-2"),
      BadHub.Mistake(lines: [lease + " node=hall-2", lease + " branch=other"]),
      BadHub.Mistake(lines: ["CMD 1 message text=Closed node=hall-2"]),
      BadHub.Mistake(lines: ["CMD 1 call counter=1 ticket=A001 epoch=1"]),
    ]
  }()

  /// Each list is told at the beginning of a session.
  static let lies: [[String]] = [
    ["ACK 5000", "ACK 9007199254740991", "ACK -3", "ACK", "ACK 1 2"],
    ["CMD 0 clear counter=1", "CMD 1", "CMD x call counter=1 ticket=A001", "CMD 1 \"\" \"\""],
    ["CMD 9007199254740991 clear counter=1", "CMD 18446744073709551615 clear counter=1"],
    [
      "CMD 1 call counter=1 ticket=a-1", "CMD 1 call counter= ticket=A001",
      "CMD 1 call counter=1 ticket=A00001",
    ],
    [
      "CMD 1 lease service=cash prefix=A day=2026-03-01 first=9 last=3",
      "CMD 1 lease service=cash prefix=A day=2026-03-01 first=0 last=3",
      "CMD 1 lease service=cash prefix=A day=2026-03-01 first=1 last=10000",
      "CMD 1 lease service=cash prefix=A day=2026-03-01 first=1 last=99999999999999999999",
      "CMD 1 lease service=cash prefix=ABCD day=2026-03-01 first=1 last=3",
      "CMD 1 lease service=cash prefix=A day=2026-13-01 first=1 last=3",
      "CMD 1 lease service=cash prefix=A first=1 last=3",
    ],
    [
      "OK", "OK id=77", "OK id=18446744073709551616", "OK id=1 ticket=zero", "ERROR",
      "ERROR code=made-up id=5", "ERROR code=\"\\x00\"", "PONG now=-1", "WELCOME",
      "WELCOME hub=again acked=0", "FACT 1 rating-given at=1 rating=3", "HELLO node=you",
      "\u{7F}",
    ],
  ]
}
