import Branch
import CUPSPrinter
import LinuxIO
import PortBench
import PrivateCUPS
import Testing

/// With a real cupsd that dies of `kill -9` at every stage of a job, followed by looks and by
/// events.
@Suite("cupsd killed", .serialized)
struct KillTests {
  private func started() throws -> PrivateCUPS {
    let cups = try PrivateCUPS()
    try cups.start()
    return cups
  }

  @Test(
    "idle: the next job fails clean, and after the restart all is well", arguments: [false, true])
  func idle(hasEvents: Bool) throws {
    let cups = try started()
    defer { cups.kill() }
    let bench = try PortBench()
    let port = bench.printer(cups.socket, feed: hasEvents ? cups.feed : nil)
    port.start()
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    cups.kill()
    port.write(job: 1, bytes: ticketBytes(100))
    try bench.run("lost and refused") { events in
      events.contains { $0.lostCode == "spooler-away" } && events.contains { $0.stopped != nil }
    }
    #expect(bench.events.compactMap(\.stopped).map(\.accepted) == [0])
    bench.forget()
    try cups.start()
    try bench.run("back") { $0.contains(where: \.isArrived) }
    port.write(job: 2, bytes: ticketBytes(50))
    try bench.run("printed") { $0.contains(.spooled(job: 2, completed: true, detail: "completed")) }
    #expect(cups.printed == [ticketBytes(50)])
    port.close()
  }

  @Test(
    "with a job in the backend: it has one end, and the next ticket is printed",
    arguments: [false, true])
  func inBackend(hasEvents: Bool) throws {
    let cups = try started()
    defer { cups.kill() }
    let bench = try PortBench()
    let port = bench.printer(cups.socket, feed: hasEvents ? cups.feed : nil)
    port.start()
    try cups.set(.waits)
    port.write(job: 1, bytes: ticketBytes(100))
    try bench.run("written") { $0.contains(.written(job: 1)) }
    try bench.waitForBackend(of: cups)
    cups.kill()
    try bench.run("lost") { $0.contains { $0.lostCode == "spooler-away" } }
    #expect(bench.events.allSatisfy { $0.spooled == nil })
    try cups.set(.prints)
    try cups.release()
    try cups.start()
    try bench.run("end") { $0.contains { $0.spooled?.job == 1 } }
    #expect(bench.events.filter(\.isArrived).count == 2)
    port.write(job: 2, bytes: ticketBytes(9))
    try bench.run("printed") { $0.contains(.spooled(job: 2, completed: true, detail: "completed")) }
    #expect(bench.events.compactMap(\.spooled).map(\.job) == [1, 2])
    #expect(cups.printed.count { $0 == ticketBytes(9) } == 1)
    port.close()
  }

  @Test(
    "with a job behind another one: it is followed when cupsd is back, and printed once",
    arguments: [false, true])
  func pending(hasEvents: Bool) throws {
    let cups = try started()
    defer { cups.kill() }
    let bench = try PortBench()
    let other = bench.neighbour(cups.socket)
    other.start()
    try cups.set(.waits)
    other.write(job: 1, bytes: ticketBytes(30))
    try bench.waitForBackend(of: cups)
    let port = bench.printer(cups.socket, feed: hasEvents ? cups.feed : nil)
    port.start()
    port.write(job: 7, bytes: ticketBytes(100))
    try bench.run("written") { $0.contains(.written(job: 7)) }
    cups.kill()
    try bench.run("lost") { $0.contains { $0.lostCode == "spooler-away" } }
    try cups.set(.prints)
    try cups.release()
    try cups.start()
    try bench.run("printed") {
      $0.contains(.spooled(job: 7, completed: true, detail: "completed"))
    }
    #expect(cups.printed.count { $0 == ticketBytes(100) } == 1)
    #expect(bench.events.compactMap(\.spooled).map(\.job) == [7])
    port.close()
    other.close()
  }

  @Test(
    "between taking a job and saying so: it counts as possibly printed, and never comes late",
    arguments: [false, true])
  func beforeAnswer(hasEvents: Bool) throws {
    let cups = try started()
    defer { cups.kill() }
    let bench = try PortBench()
    // The backend is held by another one, so that the job would come out after the restart.
    let other = bench.neighbour(cups.socket)
    other.start()
    try cups.set(.waits)
    other.write(job: 1, bytes: ticketBytes(30))
    try bench.waitForBackend(of: cups)
    let proxy = try CuttingProxy(
      loop: bench.loop, path: cups.directory + "/proxy.sock", upstream: cups.socket,
      marker: ticketMarker)
    let port = bench.printer(proxy.path, feed: hasEvents ? cups.feed : nil)
    port.start()
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    proxy.cut = .answer
    var failure: (any Error)?
    proxy.onCut = {
      do { try cups.waitForSaved(jobs: 2) } catch { failure = error }
      cups.kill()
    }
    let bytes = ticketBytes(400)
    port.write(job: 7, bytes: bytes)
    try bench.run("stopped") { $0.contains { $0.stopped?.job == 7 } }
    let stopped = try #require(bench.events.compactMap(\.stopped).first)
    #expect(failure == nil)
    #expect(stopped.accepted == bytes.count && stopped.code == "spooler-unanswered")
    proxy.cut = .nowhere
    bench.forget()
    try cups.start()
    try bench.run("back") { $0.contains(where: \.isArrived) }
    try cups.set(.prints)
    try cups.release()
    port.write(job: 8, bytes: ticketBytes(2))
    try bench.run("printed") { $0.contains { $0.spooled?.job == 8 } }
    // It stood in the queue before job 8: not taken out, it would be on paper by now.
    #expect(!cups.printed.contains(bytes))
    #expect(cups.printed.count { $0 == ticketBytes(2) } == 1)
    port.close()
    other.close()
  }
}
