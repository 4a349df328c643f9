import Branch
import CUPSPrinter
import LinuxIO
import PortBench
import PrivateCUPS
import Testing

/// With a real cupsd. One at a time: each runs a cupsd and looks at what it prints.
@Suite("a printer behind a CUPS queue", .serialized)
struct CUPSPrinterTests {
  private func started() throws -> PrivateCUPS {
    let cups = try PrivateCUPS()
    try cups.start()
    return cups
  }

  @Test("a ticket reaches the printer byte for byte, and is followed to its end")
  func printsRaw() throws {
    let cups = try started()
    defer { cups.kill() }
    let bench = try PortBench()
    let port = bench.printer(cups.socket)
    port.start()
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    let identity = "CUPS queue ticket-printer on \(cups.socket): Hall, left kiosk"
    guard case .arrived(let told)? = bench.events.first else {
      Issue.record("arrived is not first: \(bench.events)")
      return
    }
    #expect(told.hasPrefix(identity))
    let small = ticketBytes(450)
    let large = ticketBytes(300_000)
    port.write(job: 1, bytes: small)
    let end = PrinterPortEvent.spooled(job: 1, completed: true, detail: "completed")
    try bench.run("printed") { $0.contains(end) }
    port.write(job: 2, bytes: large)
    try bench.run("printed") { $0.contains(.spooled(job: 2, completed: true, detail: "completed")) }
    #expect(cups.printed == [small, large])
    let written = bench.events.firstIndex(of: .written(job: 1))
    let spooled = bench.events.firstIndex(of: end)
    #expect(try #require(written) < (try #require(spooled)))
    #expect(bench.events.compactMap(\.conditions) == [[]])
    port.close()
  }

  @Test("an idle queue in order is not asked")
  func idleSleeps() throws {
    let cups = try started()
    defer { cups.kill() }
    let bench = try PortBench()
    let port = bench.printer(cups.socket)
    port.start()
    port.write(job: 1, bytes: ticketBytes(10))
    try bench.run("printed") { $0.contains { $0.spooled?.completed == true } }
    let before = bench.loop.wakeups
    var isOver = false
    _ = bench.loop.schedule(after: .milliseconds(700)) {
      isOver = true
      bench.check()
    }
    try bench.run("a moment later") { _ in isOver }
    #expect(bench.loop.wakeups - before <= 2)
    port.close()
  }

  @Test("out of paper stops the queue: told, not completed, cancelled, and refused until enabled")
  func outOfPaper() throws {
    let cups = try started()
    defer { cups.kill() }
    let bench = try PortBench()
    let port = bench.printer(cups.socket)
    port.start()
    try cups.set(.outOfPaper)
    port.write(job: 7, bytes: ticketBytes(100))
    try bench.run("conditions") {
      $0.compactMap(\.conditions).last == [.mediaEmpty, .paused]
    }
    #expect(bench.events.contains(.written(job: 7)))
    #expect(bench.events.allSatisfy { $0.spooled == nil })
    port.cancel(job: 7)
    try bench.run("cancelled") {
      $0.contains(.spooled(job: 7, completed: false, detail: "canceled"))
    }
    // The roll is changed, and the queue is stopped all the same.
    try cups.set(.prints)
    port.write(job: 8, bytes: ticketBytes(100))
    try bench.run("refused") { $0.contains { $0.stopped?.code == "queue-paused" } }
    #expect(bench.events.compactMap(\.stopped).first?.accepted == 0)
    // Somebody enables it.
    cups.kill()
    try cups.writeQueue()
    try cups.start()
    port.requestPortStatus()
    try bench.run("in order") { $0.compactMap(\.conditions).last == [] }
    port.write(job: 9, bytes: ticketBytes(9))
    try bench.run("printed") { $0.contains { $0.spooled?.job == 9 } }
    #expect(cups.printed == [ticketBytes(9)])
    port.close()
  }

  @Test("a queue that its backend stopped is started again, when no ticket stands in it")
  func resumed() throws {
    let cups = try started()
    defer { cups.kill() }
    let bench = try PortBench()
    let port = bench.printer(cups.socket)
    port.start()
    try cups.set(.fails)
    port.write(job: 1, bytes: ticketBytes(100))
    try bench.run("stopped") { $0.compactMap(\.conditions).last == [.paused] }
    try cups.set(.prints)
    port.write(job: 2, bytes: ticketBytes(5))
    try bench.run("refused") { $0.contains { $0.stopped?.job == 2 } }
    let causes = bench.events.compactMap { event in
      if case .stopped(_, _, let problem) = event { problem.cause } else { nil }
    }
    #expect(causes == ["the server says: The head is too hot"])
    #expect(cups.printed == [], "the first ticket might be printed for the second time")
    port.cancel(job: 1)
    try bench.run("in order again") { $0.compactMap(\.conditions).last == [] }
    port.write(job: 3, bytes: ticketBytes(9))
    try bench.run("printed") { $0.contains { $0.spooled?.job == 3 } }
    #expect(cups.printed == [ticketBytes(9)])
    port.close()
  }

  @Test("a queue that a person paused stays so, and the refusal says what the person wrote")
  func pausedByHand() throws {
    let cups = try PrivateCUPS()
    defer { cups.kill() }
    try cups.writeQueue(pausedWith: "Roll is being changed")
    try cups.start()
    let bench = try PortBench()
    let port = bench.printer(cups.socket)
    port.start()
    try bench.run("paused") { $0.compactMap(\.conditions).last == [.paused] }
    port.write(job: 1, bytes: ticketBytes(9))
    try bench.run("refused") { $0.contains { $0.stopped?.code == "queue-paused" } }
    let causes = bench.events.compactMap { event in
      if case .stopped(_, _, let problem) = event { problem.cause } else { nil }
    }
    #expect(causes == ["the server says: Roll is being changed"])
    #expect(cups.printed == [])
    port.close()
  }

  @Test("a frozen cupsd holds neither the loop nor a cancel")
  func frozen() throws {
    let cups = try started()
    defer { cups.kill() }
    let bench = try PortBench()
    let port = bench.printer(cups.socket)
    port.start()
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    cups.freeze()
    port.write(job: 1, bytes: ticketBytes(100))
    _ = bench.loop.schedule(after: .milliseconds(50)) { port.cancel(job: 1) }
    try bench.run("stopped") { $0.contains { $0.stopped?.job == 1 } }
    #expect(bench.events.compactMap(\.stopped).first?.accepted == 0)
    bench.forget()
    cups.thaw()
    try bench.run("back") { $0.contains(where: \.isArrived) }
    port.write(job: 2, bytes: ticketBytes(5))
    try bench.run("printed") { $0.contains { $0.spooled?.completed == true } }
    #expect(cups.printed == [ticketBytes(5)])
    port.close()
  }

  @Test("a connection that breaks within the document leaves no job, whatever the byte")
  func brokenDocument() throws {
    let cups = try started()
    defer { cups.kill() }
    let bench = try PortBench()
    let proxy = try CuttingProxy(
      loop: bench.loop, path: cups.directory + "/proxy.sock", upstream: cups.socket,
      marker: ticketMarker)
    let port = bench.printer(proxy.path)
    port.start()
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    let bytes = ticketBytes(2_000_000)
    for (job, count) in [13, 5000, 1_000_000].enumerated() {
      proxy.cut = .document(bytes: count)
      bench.forget()
      port.write(job: UInt64(job), bytes: bytes)
      try bench.run("stopped") { $0.contains { $0.stopped?.job == UInt64(job) } }
      #expect(bench.events.compactMap(\.stopped).first?.accepted == 0)
      proxy.cut = .nowhere
      try bench.run("back") { $0.contains(where: \.isArrived) }
    }
    #expect(proxy.cuts == 3)
    port.write(job: 9, bytes: ticketBytes(9))
    try bench.run("printed") { $0.contains { $0.spooled?.job == 9 } }
    #expect(cups.printed == [ticketBytes(9)])
    port.close()
  }

  @Test("a whole document without an answer counts as possibly printed, and is not sent again")
  func lostAnswer() throws {
    let cups = try started()
    defer { cups.kill() }
    let bench = try PortBench()
    let proxy = try CuttingProxy(
      loop: bench.loop, path: cups.directory + "/proxy.sock", upstream: cups.socket,
      marker: ticketMarker)
    let port = bench.printer(proxy.path)
    port.start()
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    proxy.cut = .answer
    let bytes = ticketBytes(400)
    port.write(job: 1, bytes: bytes)
    try bench.run("stopped") { $0.contains { $0.stopped?.job == 1 } }
    let stopped = try #require(bench.events.compactMap(\.stopped).first)
    #expect(stopped.accepted == bytes.count && stopped.code == "spooler-unanswered")
    proxy.cut = .nowhere
    bench.forget()
    try bench.run("back") { $0.contains(where: \.isArrived) }
    port.write(job: 2, bytes: ticketBytes(2))
    try bench.run("printed") { $0.contains { $0.spooled?.job == 2 } }
    #expect(cups.printed == [bytes, ticketBytes(2)])
    port.close()
  }

  @Test("what an earlier run left in the queue is cancelled, what others left is not")
  func leftovers() throws {
    let cups = try started()
    defer { cups.kill() }
    try cups.set(.waits)
    let bench = try PortBench()
    let earlier = bench.printer(cups.socket, owner: "kioskd node-1 front")
    earlier.start()
    earlier.write(job: 1, bytes: ticketBytes(100))
    try bench.run("written") { $0.contains(.written(job: 1)) }
    let other = try PortBench()
    let neighbour = other.printer(cups.socket, owner: "kioskd node-2 front")
    neighbour.start()
    neighbour.write(job: 5, bytes: ticketBytes(200))
    try other.run("written") { $0.contains(.written(job: 5)) }

    let laterBench = try PortBench()
    let later = laterBench.printer(cups.socket, owner: "kioskd node-1 front")
    later.start()
    try laterBench.run("arrived") { $0.contains(where: \.isArrived) }
    try bench.run("cancelled") {
      $0.contains(.spooled(job: 1, completed: false, detail: "canceled"))
    }
    try cups.release()
    try other.run("printed") {
      $0.contains(.spooled(job: 5, completed: true, detail: "completed"))
    }
    #expect(cups.printed == [ticketBytes(200)])
    earlier.close()
    neighbour.close()
    later.close()
  }

  @Test("an unknown queue is told with its cure")
  func unknownQueue() throws {
    let cups = try started()
    defer { cups.kill() }
    let bench = try PortBench()
    let port = bench.printer(cups.socket, queue: "no such/queue")
    port.start()
    try bench.run("lost") { $0.contains { $0.lostCode == "queue-unknown" } }
    port.write(job: 1, bytes: [1])
    try bench.run("stopped") { $0.contains { $0.stopped?.code == "queue-unknown" } }
    port.close()
  }
}
