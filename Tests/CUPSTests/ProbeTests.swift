import Branch
import CUPSPrinter
import LinuxIO
import PortBench
import PrivateCUPS
import Testing

/// With a real cupsd, which keeps `media-empty-error` over the refill of the roll.
@Suite("a queue that stopped for want of paper", .serialized)
struct ProbeTests {
  static let probe: [UInt8] = [0]
  static let empty: Set<DeviceCondition> = [.mediaEmpty, .paused]

  @Test("prints again after the refill without a person", arguments: [false, true])
  func refilled(hasEvents: Bool) throws {
    let scene = try ProbeScene(hasEvents: hasEvents)
    defer { scene.close() }
    try scene.runOutOfPaper()
    scene.port.write(job: 2, bytes: ticketBytes(5))
    try scene.bench.run("refused") { $0.contains { $0.stopped?.job == 2 } }
    scene.port.cancel(job: 1)
    try scene.cups.set(.prints)
    try scene.bench.run("in order again") { $0.compactMap(\.conditions).last == [] }
    #expect(scene.cups.printed == [Self.probe])
    scene.port.write(job: 3, bytes: ticketBytes(9))
    try scene.bench.run("printed") {
      $0.contains(.spooled(job: 3, completed: true, detail: "completed"))
    }
    #expect(scene.cups.printed == [Self.probe, ticketBytes(9)])
    #expect(scene.conditions == [[], Self.empty, []])
    #expect(scene.troubles.map(\.code) == ["media-empty"], "\(scene.troubles)")
    #expect(scene.ends == [1, 3], "\(scene.bench.events)")
  }

  @Test(
    "and still has none is asked ever more slowly, and takes no ticket", arguments: [false, true])
  func stillOut(hasEvents: Bool) throws {
    var times = ProbeTimes()
    times.first = .milliseconds(500)
    times.longest = .seconds(4)
    let scene = try ProbeScene(hasEvents: hasEvents, times: times)
    defer { scene.close() }
    try scene.runOutOfPaper()
    scene.port.cancel(job: 1)
    // After 0.5, 1.5 and 3.5 s; the fourth would come after 7.5 s.
    try scene.pass(.seconds(6))
    let probes = scene.cups.requests("Print-Job") - 1
    #expect((1...3).contains(probes))
    #expect(scene.cups.backendRuns == 1 + probes)
    #expect(scene.cups.requests("Cancel-Job") == 1 + probes, "each is cancelled")
    scene.port.write(job: 2, bytes: ticketBytes(5))
    try scene.bench.run("refused") { $0.contains { $0.stopped?.job == 2 } }
    #expect(scene.bench.events.compactMap(\.stopped).map(\.code) == ["queue-paused"])
    #expect(scene.conditions == [[], Self.empty])
    #expect(scene.troubles.map(\.code) == ["media-empty"], "\(scene.troubles)")
    #expect(scene.cups.printed == [])
  }

  @Test("and that a person paused then is never probed", arguments: [false, true])
  func pausedByPerson(hasEvents: Bool) throws {
    let scene = try ProbeScene(hasEvents: hasEvents)
    defer { scene.close() }
    try scene.runOutOfPaper()
    try scene.cups.disable()
    scene.port.cancel(job: 1)
    try scene.cups.set(.prints)
    try scene.pass(.seconds(3))
    #expect(scene.cups.requests("Print-Job") == 1)
    #expect(scene.cups.backendRuns == 1)
    #expect(scene.conditions == [[], Self.empty])
    try scene.cups.enable()
    scene.port.requestPortStatus()
    try scene.bench.run("in order") { $0.compactMap(\.conditions).last == [] }
    #expect(scene.cups.printed == [])
  }

  @Test("is never probed where the configuration forbids to resume it", arguments: [false, true])
  func forbidden(hasEvents: Bool) throws {
    let scene = try ProbeScene(hasEvents: hasEvents, resumes: false)
    defer { scene.close() }
    try scene.runOutOfPaper()
    scene.port.cancel(job: 1)
    try scene.cups.set(.prints)
    try scene.pass(.seconds(3))
    #expect(scene.cups.requests("Print-Job") == 1)
    #expect(scene.cups.backendRuns == 1)
    #expect(scene.conditions == [[], Self.empty])
  }

  @Test(
    "and gives a probe back or does not end it stays refused in plain words, though it runs",
    arguments: ["exit 1", "exit 3", "exit 5", "exit 6", "exit 7", "sleep 60"])
  func refused(_ script: String) throws {
    var times = ProbeTimes()
    times.first = .milliseconds(300)
    times.patience = .seconds(1)
    let scene = try ProbeScene(hasEvents: true, times: times)
    defer { scene.close() }
    try scene.runOutOfPaper()
    scene.port.cancel(job: 1)
    try scene.cups.set(script: #"echo "ERROR: The head is too hot" >&2; "# + script)
    try scene.bench.run("the probe fails") {
      $0.compactMap(\.trouble).map(\.code).contains("probe-failed")
    }
    let trouble = try #require(scene.bench.events.compactMap(\.trouble).last)
    // With exit 7 cupsd starts it anew, perhaps before we could read what it said.
    let says = "the backend says \"The head is too hot\""
    #expect(trouble.cause.contains(says) || script == "exit 7")
    #expect(scene.conditions == [[], Self.empty])
    scene.port.write(job: 2, bytes: ticketBytes(5))
    try scene.bench.run("refused") { $0.contains { $0.stopped?.job == 2 } }
    #expect(scene.bench.events.compactMap(\.stopped).first?.accepted == 0)
    try scene.cups.set(.prints)
    try scene.bench.run("in order again") { $0.compactMap(\.conditions).last == [] }
    scene.port.write(job: 3, bytes: ticketBytes(9))
    try scene.bench.run("printed") { $0.contains { $0.spooled?.job == 3 } }
    #expect(scene.cups.printed.last == ticketBytes(9))
    #expect(scene.cups.printed.dropLast().allSatisfy { $0 == Self.probe })
    let told = scene.bench.events.compactMap(\.trouble).filter { $0.code == "probe-failed" }
    #expect(told.count == 1, "told once")
  }

  @Test("lets a ticket wait while the probe is open, and prints it behind the probe")
  func ticketBehind() throws {
    let scene = try ProbeScene(hasEvents: true)
    defer { scene.close() }
    try scene.runOutOfPaper()
    scene.port.cancel(job: 1)
    try scene.cups.set(.waits)
    try scene.bench.waitForBackend(of: scene.cups)
    scene.port.write(job: 2, bytes: ticketBytes(5))
    try scene.pass(.seconds(1))
    #expect(scene.cups.requests("Print-Job") == 2, "the first ticket and the probe")
    try scene.cups.release()
    try scene.bench.run("printed") {
      $0.contains(.spooled(job: 2, completed: true, detail: "completed"))
    }
    #expect(scene.cups.printed == [Self.probe, ticketBytes(5)])
  }

  @Test("sends a ticket that waited for a probe nowhere when the paper is still out")
  func ticketRefused() throws {
    let scene = try ProbeScene(hasEvents: true)
    defer { scene.close() }
    try scene.runOutOfPaper()
    scene.port.cancel(job: 1)
    let directory = scene.cups.directory
    try scene.cups.set(
      script: """
        : > \(directory)/waiting
        while [ -d \(directory) ] && [ ! -e \(directory)/release ]; do sleep 0.02; done
        echo "STATE: +media-empty-error" >&2
        exit 4
        """)
    try scene.bench.waitForBackend(of: scene.cups)
    scene.port.write(job: 2, bytes: ticketBytes(5))
    try scene.pass(.milliseconds(300))
    try scene.cups.set(.outOfPaper)
    try scene.cups.release()
    try scene.bench.run("refused") { $0.contains { $0.stopped?.job == 2 } }
    #expect(scene.bench.events.compactMap(\.stopped).first?.accepted == 0)
    #expect(scene.conditions == [[], Self.empty])
    #expect(scene.cups.printed == [Self.probe])
  }

  @Test("is not probed while somebody else's job stands in it")
  func othersJob() throws {
    let scene = try ProbeScene(hasEvents: true)
    defer { scene.close() }
    try scene.runOutOfPaper()
    // It goes into the stopped queue as from a program that does not look first.
    let id = try scene.cups.submit([0x41])
    scene.port.cancel(job: 1)
    try scene.cups.set(.prints)
    try scene.pass(.seconds(2))
    #expect(scene.cups.backendRuns == 1)
    #expect(scene.conditions == [[], Self.empty])
    try scene.cups.cancel(job: id)
    try scene.bench.run("in order again") { $0.compactMap(\.conditions).last == [] }
    #expect(scene.cups.printed == [Self.probe])
  }

  @Test("and whose backend said so in words is known for that by a run that comes later")
  func laterRun() throws {
    let scene = try ProbeScene(hasEvents: false)
    defer { scene.close() }
    try scene.cups.set(script: #"echo "INFO: All is well" >&2"#)
    scene.port.write(job: 1, bytes: ticketBytes(1))
    try scene.bench.run("printed") { $0.contains { $0.spooled?.completed == true } }
    try scene.cups.set(
      script: #"echo "STATE: +media-empty-error" >&2; echo "ERROR: No roll" >&2; exit 4"#)
    scene.port.write(job: 2, bytes: ticketBytes(2))
    try scene.bench.run("out of paper") { $0.compactMap(\.conditions).last == Self.empty }
    try scene.cups.cancel(job: 2)
    scene.port.close()
    try scene.cups.set(.prints)
    let bench = try PortBench()
    let next = bench.printer(scene.cups.socket)
    next.probeTimes = ProbeScene.soon
    next.start()
    try bench.run("in order again") { $0.compactMap(\.conditions).last == [] }
    #expect(scene.cups.printed == [ticketBytes(1), ticketBytes(2), Self.probe])
    next.close()
  }

  @Test("and its probe do not survive a killed run: the next one cancels it")
  func killedRun() throws {
    let scene = try ProbeScene(hasEvents: false)
    defer { scene.close() }
    try scene.runOutOfPaper()
    scene.port.cancel(job: 1)
    try scene.cups.set(.waits)
    try scene.bench.waitForBackend(of: scene.cups)
    let cancels = scene.cups.requests("Cancel-Job")
    // Says nothing to the server, as a killed one.
    scene.port.close()
    try scene.cups.set(.prints)
    let bench = try PortBench()
    let next = bench.printer(scene.cups.socket)
    next.start()
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    #expect(scene.cups.requests("Cancel-Job") == cancels + 1)
    try scene.cups.release()
    next.write(job: 3, bytes: ticketBytes(9))
    try bench.run("printed") { $0.contains { $0.spooled?.job == 3 } }
    #expect(scene.cups.printed == [ticketBytes(9)])
    next.close()
  }
}

/// A queue of a cupsd of its own, and a printer on it that is probed soon.
private final class ProbeScene {
  let cups: PrivateCUPS
  let bench: PortBench
  let port: CUPSPrinter

  static var soon: ProbeTimes {
    var times = ProbeTimes()
    times.first = .milliseconds(300)
    return times
  }

  init(hasEvents: Bool, resumes: Bool = true, times: ProbeTimes = soon) throws {
    cups = try PrivateCUPS()
    try cups.start()
    bench = try PortBench()
    port = bench.printer(cups.socket, resumes: resumes, feed: hasEvents ? cups.feed : nil)
    port.probeTimes = times
    port.start()
  }

  /// Told so far. Between the reason and the stop there may be a look.
  var conditions: [Set<DeviceCondition>] {
    bench.events.compactMap(\.conditions).filter { $0 != [.mediaEmpty] }
  }

  /// Tickets that came to their end. On a busy machine cupsd was seen to take one and to hang up
  /// before its answer.
  var ends: [UInt64] {
    bench.events.compactMap { event in
      if event.stopped?.code == "spooler-unanswered" { return event.stopped?.job }
      return event.spooled?.job
    }
  }

  /// As with conditions.
  var troubles: [Problem] {
    bench.events.compactMap(\.trouble).filter {
      $0.code != "media-empty" || $0.what.contains("is stopped")
    }
  }

  func close() {
    port.close()
    cups.kill()
  }

  /// Ticket 1 stops the queue and stands in it.
  func runOutOfPaper() throws {
    try cups.set(.outOfPaper)
    port.write(job: 1, bytes: ticketBytes(100))
    try bench.run("out of paper") { $0.compactMap(\.conditions).last == ProbeTests.empty }
  }

  func pass(_ span: Span) throws {
    var isOver = false
    _ = bench.loop.schedule(after: span) { [bench] in
      isOver = true
      bench.check()
    }
    try bench.run("a while later") { _ in isOver }
  }
}
