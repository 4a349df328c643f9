import Branch
import LinuxIO
import PrinterEmulator
import PrivateCUPS
import Testing

/// With a real cupsd each. One at a time: each looks at what its own has printed.
@Suite("A node with a printer behind CUPS", .serialized)
struct CupsRun {
  private struct Bench {
    let branch: RunBranch
    let cups: PrivateCUPS
    let node: RunNode
    let kiosk: RunTerminal
    static let probe: [UInt8] = [0]

    init(
      trustsCompleted: Bool = true, confirm_s: Int = 60, resumes: Bool = true,
      hasEvents: Bool = true
    ) throws {
      branch = try RunBranch()
      cups = try PrivateCUPS()
      try cups.start()
      try branch.startHub()
      node = try branch.add(RunNode("hall-1", in: branch, hub: ["127.0.0.1:\(branch.hubPort)"]))
      node.configuration["printers"] = """
        [{"id": "front", "profile": "generic-80mm", "confirmSeconds": \(confirm_s),
          "cups": {"queue": "\(PrivateCUPS.queue)", "server": "\(cups.socket)",
                   "feed": "\(hasEvents ? cups.feed : "/nowhere")",
                   "resume": \(resumes),
                   "trustCompleted": \(trustsCompleted)}}]
        """
      kiosk = try node.terminals().kiosk
    }

    func start() throws {
      try node.start()
      try branch.wait("the queue is found") {
        branch.facts(.deviceFound).contains { $0.fact.device == "front" }
          && branch.facts(.numbersLeased).count >= 4
      }
    }

    /// What stands on each ticket that the backend got; the printer may find no fault in it.
    func printed() -> [[String]] {
      cups.printed.filter { $0 != Self.probe }.map { document in
        var printer = EmulatedPrinter(
          EmulatedModel(width_px: 512, hasNativeQR: false, hasProcessID: false))
        printer.receive(document)
        #expect(printer.faultCount == 0 && printer.current.isBlank)
        return printer.takeTickets().flatMap(\.largeTexts)
      }
    }

    func end(of ticket: String) -> FactKind? {
      branch.facts().last {
        $0.fact.ticket?.description == ticket
          && [.ticketPrinted, .ticketUnconfirmed, .ticketVoided].contains($0.fact.kind)
      }?.fact.kind
    }
  }

  @Test("a ticket reaches the backend once, byte for byte, and completed is printed if trusted")
  func printsOnce() throws {
    let bench = try Bench()
    defer { bench.cups.kill() }
    try bench.start()
    for count in 1...2 {
      bench.kiosk.press(RunKey.button1)
      try bench.branch.wait("ticket \(count)") {
        bench.branch.facts(.ticketPrinted).count == count
      }
    }
    #expect(bench.printed() == [["A001"], ["A002"]])
    // As many bytes as the node journalled before the first of them left.
    let sent = bench.branch.facts(.ticketSending).compactMap { $0.fact.more["bytes"] }
    #expect(sent == bench.cups.printed.map { "\($0.count)" })
    try bench.branch.waitUntilSettled(bench.node)
    bench.branch.expectOnce(of: bench.node)
  }

  @Test("the word completed alone confirms nothing unless the configuration trusts it")
  func untrusted() throws {
    let bench = try Bench(trustsCompleted: false)
    defer { bench.cups.kill() }
    try bench.start()
    bench.kiosk.press(RunKey.button1)
    try bench.branch.wait("its end") { bench.end(of: "A001") != nil }
    #expect(bench.end(of: "A001") == .ticketUnconfirmed)
    #expect(bench.printed() == [["A001"]])
  }

  @Test("a queue that stopped for want of paper: unconfirmed, then refusals with the reason")
  func stoppedQueue() throws {
    let bench = try Bench()
    defer { bench.cups.kill() }
    try bench.cups.set(.outOfPaper)
    try bench.start()
    bench.kiosk.press(RunKey.button1)
    try bench.branch.wait("the queue's trouble is at the hub") {
      bench.branch.facts(.deviceCondition).contains {
        $0.fact.reason?.contains("media-empty") == true
      }
    }
    bench.kiosk.press(RunKey.button1)
    try bench.branch.wait("refused") { bench.branch.facts(.pressRefused).count == 1 }
    #expect(bench.branch.facts(.pressRefused).first?.fact.reason == "media-empty")
    #expect(bench.branch.facts(.ticketIssued).count == 1)
    #expect(bench.cups.printed.isEmpty)
  }

  @Test(
    "a roll that was refilled: the kiosk prints again, and nobody enabled the queue",
    arguments: [false, true])
  func refilled(hasEvents: Bool) throws {
    let bench = try Bench(confirm_s: 2, hasEvents: hasEvents)
    defer { bench.cups.kill() }
    try bench.cups.set(.outOfPaper)
    try bench.start()
    bench.kiosk.press(RunKey.button1)
    try bench.branch.wait("its end is recorded") { bench.end(of: "A001") != nil }
    #expect(bench.end(of: "A001") == .ticketUnconfirmed)
    bench.kiosk.press(RunKey.button1)
    try bench.branch.wait("refused") { bench.branch.facts(.pressRefused).count == 1 }
    try bench.cups.set(.prints)
    try bench.branch.wait("the condition is dropped at the hub") {
      bench.branch.facts(.deviceCondition).last?.fact.reason?.contains("media-empty") == false
    }
    bench.kiosk.press(RunKey.button1)
    try bench.branch.wait("the next ticket") { bench.end(of: "A002") == .ticketPrinted }
    #expect(bench.cups.printed.first == Bench.probe && bench.cups.printed.count == 2)
    #expect(bench.printed() == [["A002"]])
  }

  @Test("a node killed with its probe in the queue: the next run cancels it and goes on")
  func killedWithProbe() throws {
    let bench = try Bench(confirm_s: 2)
    defer { bench.cups.kill() }
    try bench.cups.set(.outOfPaper)
    try bench.start()
    bench.kiosk.press(RunKey.button1)
    try bench.branch.wait("its end is recorded") { bench.end(of: "A001") != nil }
    try bench.cups.set(.waits)
    try bench.branch.wait("the probe is at the backend") { bench.cups.isBackendWaiting }
    bench.node.kill()
    let cancels = bench.cups.requests("Cancel-Job")
    try bench.cups.set(.prints)
    try bench.node.start()
    try bench.branch.wait("it is cancelled") {
      bench.cups.requests("Cancel-Job") == cancels + 1
    }
    try bench.cups.release()
    bench.kiosk.press(RunKey.button1)
    try bench.branch.wait("the next ticket") { bench.end(of: "A002") == .ticketPrinted }
    #expect(bench.printed() == [["A002"]] && bench.cups.printed.count == 1)
  }

  @Test("cupsd killed with a ticket in it: what the record says agrees with the paper")
  func killedWithJob() throws {
    let bench = try Bench()
    defer { bench.cups.kill() }
    try bench.cups.set(.waits)
    try bench.start()
    bench.kiosk.press(RunKey.button1)
    try bench.branch.wait("the backend has it") {
      bench.branch.facts(.ticketSending).count == 1 && bench.cups.isBackendWaiting
    }
    bench.cups.kill()
    try bench.branch.wait("the loss is told") {
      bench.branch.facts(.deviceLost).contains { $0.fact.device == "front" }
    }
    try bench.cups.set(.prints)
    try bench.cups.release()
    try bench.cups.start()
    try bench.branch.wait("its end is recorded") { bench.end(of: "A001") != nil }
    try bench.branch.wait("the queue is back") {
      bench.branch.facts(.deviceFound).count { $0.fact.device == "front" } == 2
    }
    bench.kiosk.press(RunKey.button1)
    try bench.branch.wait("the next ticket") { bench.end(of: "A002") == .ticketPrinted }
    let papers = bench.printed()
    // The one that was in it: whether it came out or not, nobody may say that it did not when it
    // did, and nobody prints it a second time by himself. cupsd itself may repeat its own job.
    #expect(bench.end(of: "A001") != .ticketVoided || !papers.contains(["A001"]))
    #expect(bench.end(of: "A001") != .ticketPrinted || papers.contains(["A001"]))
    #expect(papers.last == ["A002"])
    #expect(bench.branch.facts(.ticketSending).count == 2, "each was sent once")
  }

  @Test(
    "a backend that fails: its words are in the log, the ticket is unconfirmed and not repeated")
  func failingBackend() throws {
    let bench = try Bench()
    defer { bench.cups.kill() }
    try bench.cups.set(script: #"echo "ERROR: The head is too hot" >&2; exit 1"#)
    try bench.start()
    bench.kiosk.press(RunKey.button1)
    try bench.branch.wait("its end is recorded") { bench.end(of: "A001") != nil }
    #expect(bench.end(of: "A001") == .ticketUnconfirmed)
    #expect(bench.branch.facts(.ticketUnconfirmed).first?.fact.reason == "held")
    #expect(bench.node.log.contains("the backend says \"The head is too hot\" [job-held]"))
    try bench.cups.set(.prints)
    bench.kiosk.press(RunKey.button1)
    try bench.branch.wait("the next ticket") { bench.end(of: "A002") == .ticketPrinted }
    #expect(bench.printed() == [["A001"], ["A002"]])
    #expect(bench.cups.backendRuns == 2)
  }

  @Test("a check beside a running node touches neither its tickets nor its subscription")
  func checkedBeside() throws {
    let bench = try Bench()
    defer { bench.cups.kill() }
    try bench.cups.set(.waits)
    try bench.start()
    bench.kiosk.press(RunKey.button1)
    try bench.branch.wait("the backend has it") { bench.cups.isBackendWaiting }
    try bench.branch.wait("one subscription") { bench.cups.subscriptions.count == 1 }
    let doctor = try RunProgram(
      "kioskd", ["doctor", "--config", bench.node.configPath],
      log: bench.node.directory + "/doctor.log")
    try bench.branch.wait("the check is over") { !doctor.isRunning }
    #expect(doctor.log.contains("followed by events"))
    #expect(bench.cups.requests("Cancel-Job") == 0)
    #expect(bench.cups.subscriptions.count == 1)
    try bench.cups.release()
    try bench.branch.wait("printed") { bench.end(of: "A001") == .ticketPrinted }
    #expect(bench.printed() == [["A001"]])
  }

  @Test("a node that was killed takes its subscription over when it is back")
  func killedNode() throws {
    let bench = try Bench()
    defer { bench.cups.kill() }
    try bench.start()
    for _ in 0..<3 {
      try bench.branch.wait("one subscription") { bench.cups.subscriptions.count == 1 }
      bench.node.kill()
      let found = bench.branch.facts(.deviceFound).count
      try bench.node.start()
      try bench.branch.wait("the queue is found") {
        bench.branch.facts(.deviceFound).count > found
      }
    }
    #expect(bench.cups.requests("Create-Printer-Subscriptions") == 1)
    bench.kiosk.press(RunKey.button1)
    try bench.branch.wait("a ticket") { bench.branch.facts(.ticketPrinted).count == 1 }
    #expect(bench.cups.subscriptions.count == 1)
  }
}
