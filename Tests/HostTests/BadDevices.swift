import Branch
import LinuxIO
import PrinterEmulator
import Testing

@Suite("A node with bad devices")
struct BadDevices {
  private struct Bench {
    let branch: RunBranch
    let node: RunNode
    let printer: RunPrinter
    let sign: RunSign
    let kiosk: RunTerminal
    let keypad: RunTerminal
    let smileys: RunTerminal

    init(_ temper: RunPrinter.Temper = .honest, confirmSeconds: Int = 10) throws {
      branch = try RunBranch()
      try branch.startHub()
      node = try branch.add(RunNode("hall-1", in: branch, hub: ["127.0.0.1:\(branch.hubPort)"]))
      printer = try RunPrinter(temper: temper)
      sign = try RunSign()
      node.devices = [printer]
      node.printer(printer.path, confirmSeconds: confirmSeconds)
      node.sign(sign)
      (kiosk, keypad, smileys) = try node.terminals(sign: true)
    }

    func start() throws {
      try node.start()
      try branch.wait("numbers are there") { branch.facts(.numbersLeased).count >= 4 }
    }

    /// One ticket, called, ended and rated: all of it on paper, sign and at the hub.
    func expectWholeJob(_ ticket: String, at location: SourceLocation = #_sourceLocation) throws {
      let ratings = branch.facts(.ratingGiven).count
      kiosk.press(RunKey.button1)
      try branch.wait("\(ticket) is out", at: location) { printer.numbers.contains(ticket) }
      try branch.wait("\(ticket) waits", at: location) {
        branch.facts(.ticketIssued).contains { $0.fact.ticket?.description == ticket }
      }
      keypad.press(RunKey.next)
      try branch.wait("\(ticket) is shown", at: location) { sign.text == ticket }
      keypad.press(RunKey.end)
      try branch.wait("the sign is free", at: location) { sign.text == "FREE" }
      smileys.press(RunKey.smiley(5))
      try branch.wait("rated", at: location) { branch.facts(.ratingGiven).count > ratings }
      #expect(
        branch.facts(.ratingGiven).last?.fact.ticket?.description == ticket,
        sourceLocation: location)
      #expect(node.program?.isRunning == true, sourceLocation: location)
    }

    /// A loop that spins would use all of a second.
    func expectCalm(at location: SourceLocation = #_sourceLocation) throws {
      let start = Clock.monotonic()
      let before = node.program?.cpu_ticks ?? 0
      try branch.wait("a while", at: location) { Clock.monotonic() - start > .milliseconds(1200) }
      let used = (node.program?.cpu_ticks ?? 0) - before
      #expect(used < 40, "\(used) of 120 ticks", sourceLocation: location)
    }
  }

  private static func random() -> RunRandom { RunRandom(seed: UInt64.random(in: 0...UInt64.max)) }

  @Test("a sign that answers noise without end shows what it should, and nothing else suffers")
  func noisySign() throws {
    let bench = try Bench()
    try bench.start()
    // From here on the line is raw: before, a terminal would echo what comes in.
    try bench.branch.wait("the sign is idle") { bench.sign.text == "FREE" }
    bench.sign.noise = Self.random()
    try bench.expectWholeJob("A001")
    try bench.expectCalm()
    #expect(bench.node.log.utf8.count < 20_000, "the log stays readable")
    #expect(bench.sign.faults.isEmpty)
  }

  @Test("a printer that floods with garbage still prints, and nothing else suffers")
  func floodingPrinter() throws {
    let bench = try Bench(.floods(Self.random()), confirmSeconds: 2)
    try bench.start()
    try bench.expectWholeJob("A001")
    try bench.expectWholeJob("A002")
    try bench.expectCalm()
    #expect(bench.node.log.utf8.count < 20_000, "the log stays readable")
    #expect(bench.printer.numbers == ["A001", "A002"])
    try bench.branch.wait("each has its end") {
      bench.branch.facts(.ticketPrinted).count + bench.branch.facts(.ticketUnconfirmed).count == 2
    }
  }

  @Test("a printer whose answers cannot be true confirms nothing: unconfirmed, printed once")
  func lyingPrinter() throws {
    let bench = try Bench(.lies, confirmSeconds: 1)
    try bench.start()
    try bench.expectWholeJob("A001")
    try bench.branch.wait("its end") { bench.branch.facts(.ticketUnconfirmed).count == 1 }
    // Silence is not trusted any more than lies, and honesty is believed again.
    bench.printer.temper = .mute
    try bench.expectWholeJob("A002")
    bench.printer.temper = .honest
    try bench.expectWholeJob("A003")
    try bench.branch.wait("ends") {
      bench.branch.facts(.ticketUnconfirmed).count + bench.branch.facts(.ticketPrinted).count == 3
    }
    #expect(bench.printer.numbers == ["A001", "A002", "A003"])
  }

  @Test("a printer without paper: a refusal on the sign, and tickets again with a new roll")
  func noPaper() throws {
    let bench = try Bench()
    bench.printer.setPaper(.out)
    try bench.start()
    bench.kiosk.press(RunKey.button1)
    try bench.branch.wait("refused") { bench.branch.facts(.pressRefused).count == 1 }
    #expect(bench.branch.facts(.pressRefused).first?.fact.reason == "media-empty")
    try bench.branch.wait("seen") { bench.sign.texts.contains("NO PAPER") }
    bench.printer.setPaper(.ok)
    try bench.branch.wait("the roll is seen") {
      bench.branch.facts(.deviceCondition).last?.fact.reason == "none"
    }
    try bench.expectWholeJob("A001")
    #expect(bench.printer.numbers == ["A001"])
  }

  @Test("a terminal that yields garbage presses nothing, and its next true press counts")
  func garbageFromTerminal() throws {
    var random = Self.random()
    let bench = try Bench()
    try bench.start()
    for _ in 0..<200 {
      // No multiple of a record, and no record that makes sense by chance.
      bench.kiosk.write(random.bytes(Int.random(in: 1...200, using: &random)).map { $0 | 0x80 })
      try bench.branch.wait("read") { bench.kiosk.unread_bytes == 0 }
    }
    #expect(bench.node.count(.ticketIssued) == 0, "seed \(random.seed)")
    try bench.expectCalm()
    try bench.branch.wait("a true press is understood again, seed \(random.seed)") {
      if bench.kiosk.unread_bytes == 0, bench.printer.numbers.isEmpty {
        bench.kiosk.press(RunKey.button1)
      }
      return bench.printer.numbers.contains("A001")
    }
    #expect(bench.node.log.utf8.count < 20_000, "the log stays readable")
  }
}
