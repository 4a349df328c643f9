import Branch
import CUPSPrinter
import LinuxIO
import PortBench
import PrivateCUPS
import Testing

/// With a real cupsd whose backend prints the whole ticket and then fails in every way that
/// cups-backend(7) knows: the worst case, since each repetition is a second ticket.
@Suite("a backend that fails", .serialized)
struct BackendTests {
  struct Failure: CustomTestStringConvertible, Sendable {
    let name: String
    let script: String
    var policy = "retry-job"
    /// What becomes of the job without our help, or after our cancel.
    let detail: String
    let code: String
    let cause: String
    var testDescription: String { name }
  }

  static let message = #"echo "ERROR: The head is too hot" >&2; "#
  static let says = "the backend says \"The head is too hot\""

  static let failures = [
    Failure(
      name: "CUPS_BACKEND_FAILED, which cupsd tries again later", script: message + "exit 1",
      detail: "held", code: "job-held", cause: says),
    Failure(
      name: "CUPS_BACKEND_FAILED in a queue that gives up", script: message + "exit 1",
      policy: "abort-job", detail: "aborted", code: "job-aborted", cause: says),
    Failure(
      name: "CUPS_BACKEND_AUTH_REQUIRED", script: message + "exit 2", detail: "held",
      code: "job-held", cause: "the printer wants a user and a password; " + says),
    Failure(
      name: "CUPS_BACKEND_HOLD", script: message + "exit 3", detail: "held", code: "job-held",
      cause: says),
    Failure(
      name: "CUPS_BACKEND_CANCEL", script: message + "exit 5", detail: "canceled",
      code: "job-canceled", cause: says),
    Failure(
      name: "CUPS_BACKEND_RETRY", script: message + "exit 6", detail: "held", code: "job-held",
      cause: says),
    Failure(
      name: "an exit code that nobody knows", script: "exit 77", detail: "held",
      code: "job-held", cause: "the backend gave no reason"),
    Failure(
      name: "a crash", script: "kill -SEGV $$", detail: "held", code: "job-held",
      cause: "the backend says \"Backend failed\""),
  ]

  /// Longer than cupsd waits before it starts a job again.
  private static let afterRetry = Span.seconds(Int64(PrivateCUPS.jobRetry_s) + 2)

  private func wait(_ span: Span, _ bench: PortBench) throws {
    var isOver = false
    _ = bench.loop.schedule(after: span) {
      isOver = true
      bench.check()
    }
    try bench.run("a while later") { _ in isOver }
  }

  @Test("is told in plain words, and prints nothing twice", arguments: failures)
  func fails(_ failure: Failure) throws {
    let cups = try PrivateCUPS()
    defer { cups.kill() }
    try cups.writeQueue(errorPolicy: failure.policy)
    try cups.start()
    let bench = try PortBench()
    let port = bench.printer(cups.socket, feed: cups.feed)
    port.start()
    try cups.set(script: failure.script)
    port.write(job: 1, bytes: ticketBytes(100))
    let end = PrinterPortEvent.spooled(job: 1, completed: false, detail: failure.detail)
    try bench.run("its end") { $0.contains(end) }
    let troubles = bench.events.compactMap(\.trouble)
    #expect(troubles.map(\.code) == [failure.code])
    #expect(troubles.map(\.cause) == [failure.cause])
    #expect(troubles.allSatisfy { !$0.cure.isEmpty && $0.what.contains(PrivateCUPS.queue) })
    // The queue takes the next one, and the first does not come again.
    try cups.set(.prints)
    port.write(job: 2, bytes: ticketBytes(9))
    try bench.run("printed") { $0.contains(.spooled(job: 2, completed: true, detail: "completed")) }
    try wait(Self.afterRetry, bench)
    #expect(cups.printed == [ticketBytes(100), ticketBytes(9)])
    #expect(cups.backendRuns == 2)
    #expect(bench.events.compactMap(\.spooled).map(\.job) == [1, 2])
    port.close()
  }

  @Test(
    "that stops the queue is told with what it said, and the ticket is cancelled, not repeated",
    arguments: [("exit 4", "retry-job"), ("exit 1", "stop-printer")])
  func stops(_ exit: String, _ policy: String) throws {
    let cups = try PrivateCUPS()
    defer { cups.kill() }
    try cups.writeQueue(errorPolicy: policy)
    try cups.start()
    let bench = try PortBench()
    let port = bench.printer(cups.socket, feed: cups.feed)
    port.start()
    try cups.set(script: Self.message + exit)
    port.write(job: 1, bytes: ticketBytes(100))
    try bench.run("stopped") { $0.compactMap(\.conditions).last == [.paused] }
    #expect(bench.events.allSatisfy { $0.spooled == nil })
    let trouble = try #require(bench.events.compactMap(\.trouble).first)
    #expect(trouble.code == "queue-paused" && trouble.cause == Self.says)
    #expect(trouble.cure.contains("cupsenable ticket-printer"))
    try cups.set(.prints)
    port.cancel(job: 1)
    try bench.run("cancelled") {
      $0.contains(.spooled(job: 1, completed: false, detail: "canceled"))
    }
    try bench.run("in order again") { $0.compactMap(\.conditions).last == [] }
    port.write(job: 2, bytes: ticketBytes(9))
    try bench.run("printed") { $0.contains { $0.spooled?.job == 2 } }
    #expect(cups.printed == [ticketBytes(100), ticketBytes(9)])
    port.close()
  }

  @Test(
    "and whose job cupsd repeats at once is stopped in that, and the queue's setting is told",
    arguments: [("exit 7", "retry-job"), ("exit 1", "retry-current-job")])
  func repeats(_ exit: String, _ policy: String) throws {
    let cups = try PrivateCUPS()
    defer { cups.kill() }
    try cups.writeQueue(errorPolicy: policy)
    try cups.start()
    let bench = try PortBench()
    let port = bench.printer(cups.socket, feed: cups.feed)
    port.start()
    try cups.set(script: Self.message + "sleep 0.2; " + exit)
    port.write(job: 1, bytes: ticketBytes(100))
    try bench.run("its end") { $0.contains { $0.spooled?.job == 1 } }
    #expect(bench.events.contains(.spooled(job: 1, completed: false, detail: "repeated")))
    let codes = bench.events.compactMap(\.trouble).map(\.code)
    #expect(codes == (policy == "retry-job" ? [] : ["queue-repeats"]) + ["job-repeated"])
    let runs = cups.backendRuns
    try wait(Self.afterRetry, bench)
    #expect(cups.backendRuns == runs, "it does not go on")
    port.close()
  }

  @Test(
    "with an error in its vendor's words is told with that word, and refuses no ticket for ever")
  func vendorWords() throws {
    let cups = try PrivateCUPS()
    defer { cups.kill() }
    try cups.start()
    let bench = try PortBench()
    let port = bench.printer(cups.socket, feed: cups.feed)
    port.start()
    try cups.set(script: #"echo "STATE: +com.example-head-hot-error,output-area-full" >&2; exit 4"#)
    port.write(job: 1, bytes: ticketBytes(100))
    try bench.run("stopped") { $0.compactMap(\.conditions).last == [.other, .paused] }
    let trouble = try #require(bench.events.compactMap(\.trouble).last)
    #expect(trouble.code == "other")
    #expect(
      trouble.cause == "the printer reports \"com.example-head-hot\"; its output is full")
    port.cancel(job: 1)
    try bench.run("cancelled") { $0.contains { $0.spooled?.job == 1 } }
    // A person looks at the printer and enables the queue; cupsd keeps the backend's words.
    try cups.enable()
    try bench.run("in order") { $0.compactMap(\.conditions).last == [] }
    try cups.set(.prints)
    port.write(job: 2, bytes: ticketBytes(9))
    try bench.run("printed") { $0.contains { $0.spooled?.job == 2 } }
    #expect(cups.printed == [ticketBytes(100), ticketBytes(9)])
    port.close()
  }

  @Test("with a ticket that waits in it: what it says is told when nobody waits any longer")
  func waits() throws {
    let cups = try PrivateCUPS()
    defer { cups.kill() }
    try cups.start()
    let bench = try PortBench()
    let port = bench.printer(cups.socket, feed: cups.feed)
    port.start()
    try cups.set(script: #"echo "INFO: Waiting for the printer" >&2; sleep 60"#)
    port.write(job: 1, bytes: ticketBytes(100))
    try bench.run("written") { $0.contains(.written(job: 1)) }
    try wait(.seconds(1), bench)
    port.cancel(job: 1)
    try bench.run("cancelled") {
      $0.contains(.spooled(job: 1, completed: false, detail: "canceled"))
    }
    let trouble = try #require(bench.events.compactMap(\.trouble).first)
    #expect(trouble.code == "job-unfinished")
    #expect(trouble.cause == "the backend says \"Waiting for the printer\"")
    port.close()
  }
}
