import Branch
import CUPSPrinter
import LinuxIO
import PrivateCUPS
import Technician
import Testing

/// What `kioskd doctor` and `kioskd print-test` find out about a queue, with a real cupsd.
@Suite("the trial of a CUPS queue", .serialized)
struct TrialTests {
  private func started() throws -> PrivateCUPS {
    let cups = try PrivateCUPS()
    try cups.start()
    return cups
  }

  /// Runs a trial to its end.
  private func trial(
    _ cups: PrivateCUPS, ticket: [UInt8]?, confirmation: Span = .seconds(20), trusts: Bool = true
  ) throws -> PrinterTrial {
    let loop = try EventLoop()
    var plan = PrinterTrialPlan()
    plan.isSpooled = true
    plan.trustsSpooler = trusts
    plan.confirmation = confirmation
    let run = PrinterTrialRun(
      loop: loop, plan: plan, ticket: ticket,
      makePort: {
        CUPSPrinter(
          loop: loop, queue: PrivateCUPS.queue, server: cups.socket, owner: "test", onEvent: $0)
      },
      onEnd: { _ in loop.stop() })
    run.start()
    loop.run()
    run.close()
    return run.trial
  }

  @Test("a queue in order is usable, and nothing is printed")
  func usable() throws {
    let cups = try started()
    defer { cups.kill() }
    #expect(try trial(cups, ticket: nil).outcome == .usable(.told([])))
    #expect(cups.printed.isEmpty)
  }

  @Test("a ticket through a trusted queue is printed, through another unconfirmed")
  func printed() throws {
    let cups = try started()
    defer { cups.kill() }
    #expect(try trial(cups, ticket: ticketBytes(100)).outcome == .printed)
    let doubted = try trial(cups, ticket: ticketBytes(50), trusts: false)
    #expect(doubted.outcome == .unconfirmed(.cannotTell))
    #expect(cups.printed == [ticketBytes(100), ticketBytes(50)])
  }

  @Test("paper that is out is told after the ticket, which is cancelled, and before the next")
  func outOfPaper() throws {
    let cups = try started()
    defer { cups.kill() }
    try cups.set(.outOfPaper)
    let first = try trial(cups, ticket: ticketBytes(100), confirmation: .seconds(2))
    #expect(first.outcome == .unconfirmed(.stopped([.mediaEmpty, .paused])))
    let second = try trial(cups, ticket: ticketBytes(100))
    guard case .unusable(let problem) = second.outcome else {
      Issue.record("\(String(describing: second.outcome))")
      return
    }
    #expect(problem.code == "media-empty")
    #expect(problem.cure.contains("cupsenable"))
    #expect(cups.printed.isEmpty)
  }

  @Test("a server that is not there is told at once")
  func away() throws {
    let cups = try PrivateCUPS()
    guard case .unusable(let problem) = try trial(cups, ticket: nil).outcome else {
      Issue.record("it was there")
      return
    }
    #expect(problem.code == "spooler-away")
  }
}
