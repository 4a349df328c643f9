import Branch
import CUPSPrinter
import LinuxIO
import PortBench
import PrivateCUPS
import Testing

/// With a real cupsd that writes its events into a feed of ours.
@Suite("the events of a CUPS server", .serialized)
struct EventTests {
  private func started() throws -> PrivateCUPS {
    let cups = try PrivateCUPS()
    try cups.start()
    return cups
  }

  /// Longer than any wait between two looks by the clock at an open job.
  private static let longerThanALook = Span.seconds(3)

  /// Runs the loop until cupsd has saved so many subscriptions.
  private func waitForSubscriptions(_ count: Int, _ cups: PrivateCUPS, _ bench: PortBench) throws {
    let watch = try PathWatch(loop: bench.loop, path: cups.root, watchesContents: true) {
      bench.check()
    }
    defer { watch.close() }
    try bench.run("\(count) subscriptions") { _ in cups.subscriptions.count == count }
  }

  /// Runs the loop until nothing happens any more, and gives the looks at jobs until then.
  private func looksAfterAWhile(_ cups: PrivateCUPS, _ bench: PortBench) throws -> Int {
    var isOver = false
    _ = bench.loop.schedule(after: Self.longerThanALook) {
      isOver = true
      bench.check()
    }
    try bench.run("a while later") { _ in isOver }
    return cups.requests("Get-Printer-Attributes")
  }

  @Test("an open job is not looked at by the clock, and its end is told by an event")
  func followed() throws {
    let cups = try started()
    defer { cups.kill() }
    let bench = try PortBench()
    let port = bench.printer(cups.socket, feed: cups.feed)
    port.start()
    try cups.set(.waits)
    port.write(job: 1, bytes: ticketBytes(100))
    try bench.run("written") { $0.contains(.written(job: 1)) }
    let before = try looksAfterAWhile(cups, bench)
    let after = try looksAfterAWhile(cups, bench)
    #expect(before == after)
    try cups.release()
    try bench.run("printed") { $0.contains(.spooled(job: 1, completed: true, detail: "completed")) }
    #expect(cups.printed == [ticketBytes(100)])
    // Nor is the idle queue.
    let idle = try looksAfterAWhile(cups, bench)
    #expect(try looksAfterAWhile(cups, bench) == idle)
    port.close()
  }

  @Test("paper that ends within a ticket and is filled up is told both times, by events")
  func refilled() throws {
    let cups = try started()
    defer { cups.kill() }
    let bench = try PortBench()
    let port = bench.printer(cups.socket, feed: cups.feed)
    port.start()
    try cups.set(.refilled)
    port.write(job: 1, bytes: ticketBytes(100))
    try bench.run("out of paper") { $0.compactMap(\.conditions).last == [.mediaEmpty] }
    let before = try looksAfterAWhile(cups, bench)
    #expect(try looksAfterAWhile(cups, bench) == before)
    try cups.release()
    try bench.run("printed") { $0.contains { $0.spooled?.completed == true } }
    try bench.run("in order") { $0.compactMap(\.conditions).last == [] }
    let troubles = bench.events.compactMap(\.trouble)
    #expect(troubles.map(\.code) == ["media-empty"])
    #expect(troubles.first?.cause == "the paper is out")
    #expect(cups.printed == [ticketBytes(100)])
    port.close()
  }

  @Test("what others do to an idle queue is told: stopped, and started again")
  func idle() throws {
    let cups = try started()
    defer { cups.kill() }
    let bench = try PortBench()
    let port = bench.printer(cups.socket, feed: cups.feed)
    port.start()
    try bench.run("in order") { $0.compactMap(\.conditions).last == [] }
    let other = bench.neighbour(cups.socket)
    other.start()
    try cups.set(.fails)
    other.write(job: 1, bytes: ticketBytes(9))
    try bench.run("stopped") { $0.compactMap(\.conditions).last == [.paused] }
    // It starts the queue again when nothing stands in it.
    other.cancel(job: 1)
    try bench.run("in order again") { $0.compactMap(\.conditions).last == [] }
    port.close()
    other.close()
  }

  @Test("one subscription for a printer: taken over after a kill, taken back at the end")
  func oneSubscription() throws {
    let cups = try started()
    defer { cups.kill() }
    let bench = try PortBench()
    var ports: [CUPSPrinter] = []
    // Killed, as far as the server can see: none of them says goodbye.
    for _ in 0..<3 {
      bench.forget()
      let port = bench.printer(cups.socket, feed: cups.feed)
      port.start()
      try bench.run("arrived") { $0.contains(where: \.isArrived) }
      ports.append(port)
    }
    #expect(cups.requests("Create-Printer-Subscriptions") == 1)
    try waitForSubscriptions(1, cups, bench)
    #expect(cups.subscriptions.allSatisfy { $0.contains("rss:///kioskd-kioskd-test") })
    ports.removeLast().close()
    try waitForSubscriptions(0, cups, bench)
    for port in ports { port.close() }
  }

  @Test("a server that was killed keeps the subscription, one that lost it gets it again")
  func restarted() throws {
    let cups = try started()
    defer { cups.kill() }
    let bench = try PortBench()
    let port = bench.printer(cups.socket, feed: cups.feed)
    port.start()
    for round in 1...3 {
      try bench.run("arrived") { $0.contains(where: \.isArrived) }
      try waitForSubscriptions(1, cups, bench)
      port.write(job: UInt64(round), bytes: ticketBytes(round))
      try bench.run("printed") { $0.contains { $0.spooled?.job == UInt64(round) } }
      #expect(cups.requests("Create-Printer-Subscriptions") == (round == 3 ? 2 : 1))
      cups.kill()
      if round == 2 { cups.forgetSubscriptions() }
      port.requestPortStatus()
      try bench.run("lost") { $0.contains { $0.lostCode == "spooler-away" } }
      bench.forget()
      try cups.start()
    }
    #expect(cups.printed == [ticketBytes(1), ticketBytes(2), ticketBytes(3)])
    port.close()
  }

  @Test("a subscription that went behind our back is missed by the next ticket, and made anew")
  func lostBehindOurBack() throws {
    let cups = try started()
    defer { cups.kill() }
    let bench = try PortBench()
    let port = bench.printer(cups.socket, feed: cups.feed)
    port.start()
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    try waitForSubscriptions(1, cups, bench)
    cups.kill()
    cups.forgetSubscriptions()
    try cups.start()
    try cups.set(.waits)
    port.write(job: 1, bytes: ticketBytes(7))
    try waitForSubscriptions(1, cups, bench)
    #expect(cups.requests("Create-Printer-Subscriptions") == 2)
    try cups.release()
    try bench.run("printed") { $0.contains { $0.spooled?.job == 1 } }
    #expect(cups.printed == [ticketBytes(7)])
    port.close()
  }

  @Test("cupsd killed while a job is followed by events is missed at once")
  func killed() throws {
    let cups = try started()
    defer { cups.kill() }
    let bench = try PortBench()
    let port = bench.printer(cups.socket, feed: cups.feed)
    port.start()
    try cups.set(.waits)
    port.write(job: 1, bytes: ticketBytes(100))
    try bench.run("written") { $0.contains(.written(job: 1)) }
    let quiet = try looksAfterAWhile(cups, bench)
    #expect(try looksAfterAWhile(cups, bench) == quiet, "nothing but the connection can tell")
    cups.kill()
    // Half of the wait for the look that would find it as well.
    var isLate = false
    let limit = bench.loop.schedule(after: .seconds(10)) {
      isLate = true
      bench.check()
    }
    try bench.run("lost") { events in isLate || events.contains { $0.lostCode == "spooler-away" } }
    bench.loop.cancel(limit)
    #expect(!isLate)
    port.close()
  }

  @Test("a server without the notifier is looked at by the clock")
  func noNotifier() throws {
    let cups = try PrivateCUPS()
    defer { cups.kill() }
    cups.removeNotifier()
    try cups.start()
    let bench = try PortBench()
    let port = bench.printer(cups.socket, feed: cups.feed)
    port.start()
    for job in 1...3 as ClosedRange<UInt64> {
      port.write(job: job, bytes: ticketBytes(Int(job)))
      try bench.run("printed") {
        $0.contains(.spooled(job: job, completed: true, detail: "completed"))
      }
    }
    #expect(cups.printed == (1...3).map(ticketBytes))
    #expect(cups.subscriptions.isEmpty)
    // It is not asked with each of them.
    #expect(cups.requests("Create-Printer-Subscriptions") == 1)
    port.close()
  }

  @Test("a feed that stays still, since another server writes it, makes no ticket wait")
  func wrongFeed() throws {
    let cups = try started()
    let other = try started()
    defer {
      cups.kill()
      other.kill()
    }
    let bench = try PortBench()
    let port = bench.printer(cups.socket, feed: other.feed)
    port.start()
    try cups.set(.waits)
    port.write(job: 1, bytes: ticketBytes(100))
    try bench.run("written") { $0.contains(.written(job: 1)) }
    let before = try looksAfterAWhile(cups, bench)
    #expect(try looksAfterAWhile(cups, bench) > before)
    try cups.release()
    try bench.run("printed") { $0.contains { $0.spooled?.job == 1 } }
    port.close()
  }

  @Test("a directory that nobody may read, or that is not there, is no reason to complain")
  func noFeed() throws {
    let cups = try started()
    defer { cups.kill() }
    let bench = try PortBench()
    let port = bench.printer(cups.socket, feed: "/nowhere/rss")
    port.start()
    port.write(job: 1, bytes: ticketBytes(100))
    try bench.run("printed") { $0.contains { $0.spooled?.job == 1 } }
    #expect(cups.requests("Create-Printer-Subscriptions") == 0)
    port.close()
  }
}
