import Branch
import Configuration
import Glibc
import HubRuntime
import JournalStore
import LinuxIO
import NodeRuntime

/// A node comes back to its hub after an outage: from the welcome until the hub has acknowledged,
/// and so made durable, every fact that waited in the node's journal.
struct LinkBench {
  /// An outage that takes longer to replay than this is no measure any more.
  static let replay_max = Span.seconds(300)

  let scratch: Scratch
  let profiles: Profiles

  func run(window: Int, facts: Int) throws(Problem) -> Measure {
    let day_ms: Int64 = 86_400_000
    let replay = ReplayFacts(seed: Clock.wall().ms - 2 * day_ms)
    let payload_bytes = try replay.fill(scratch.file("node"), count: facts)
    let hub = try HubChild(scratch, window: window)
    let result = try replayAll(facts, port: hub.port)
    hub.end()
    try checkStored(facts)
    var measure = Measure("link")
    measure.add("window", window)
    measure.add("facts_per_s", Double(facts) / result.elapsed_s)
    measure.add("facts", facts)
    measure.add("seconds", result.elapsed_s, decimals: 3)
    measure.add("fact_bytes", Double(payload_bytes) / Double(facts), decimals: 1)
    measure.add("node_cpu_us_per_fact", result.cpu_s * 1e6 / Double(facts), decimals: 2)
    measure.add("hub_cpu_us_per_fact", hub.child.cpu_s * 1e6 / Double(facts), decimals: 2)
    measure.add("filesystem", scratch.fileSystem)
    return measure
  }

  private func replayAll(_ facts: Int, port: UInt16) throws(Problem) -> (
    elapsed_s: Double, cpu_s: Double
  ) {
    let services = zip(ReplayFacts.services, ["A", "B", "C", "D"]).map {
      #"{"id": "\#($0)", "prefix": "\#($1)", "name": "\#($0)"}"#
    }
    let text = """
      {
        "node": "bench-1",
        "branch": {"id": "bench", "name": "Town Hall", "timezone": "Europe/Berlin"},
        "journal": {"directory": "\(scratch.file("node"))"},
        "hub": {"addresses": ["127.0.0.1:\(port)"]},
        "services": [\(services.joined(separator: ", "))],
        "counters": [{"id": "1", "services": ["cash"]}],
      }
      """
    let run = try ReplayRun(try profiles.configuration(text), facts: Seq(facts))
    return try run.replay()
  }

  /// Reads the hub's store as a restart would: each fact once.
  private func checkStored(_ facts: Int) throws(Problem) {
    var seen = 0
    do throws(JournalError) {
      var records = try JournalInspection.records(directory: scratch.file("hub"))
      let node = Array("bench-1 ".utf8)
      while let record = try records.next() {
        if record.kind == .fact, record.payload.starts(with: node) { seen += 1 }
      }
    } catch {
      throw error.problem
    }
    // The node's own start is a fact too.
    guard (facts...facts + 8).contains(seen) else {
      throw benchProblem("the hub has \(seen) facts", "the node sent \(facts)")
    }
  }
}

/// The node's side of a replay, on this thread.
private final class ReplayRun {
  private let facts: Seq
  private let loop: EventLoop
  private let node: NodeRuntime
  private var startedAt: (time_ns: UInt64, cpu_s: Double)?
  private var result: (elapsed_s: Double, cpu_s: Double)?

  init(_ configuration: NodeConfiguration, facts: Seq) throws(Problem) {
    self.facts = facts
    do throws(SystemError) {
      loop = try EventLoop()
    } catch {
      throw benchProblem("no event loop", error.text)
    }
    node = try NodeRuntime(loop: loop, configuration: configuration, log: { _, _ in })
  }

  func replay() throws(Problem) -> (elapsed_s: Double, cpu_s: Double) {
    loop.afterEachBatch { [unowned self] in look() }
    node.start()
    _ = loop.schedule(after: LinkBench.replay_max) { [loop] in loop.stop() }
    loop.run()
    guard let result else {
      throw benchProblem(
        "the replay did not end",
        "\(node.acknowledged) of \(facts) facts after "
          + "\(LinkBench.replay_max.ms / 1000) s")
    }
    var isStopped = false
    node.stop { [loop] in
      isStopped = true
      loop.stop()
    }
    if !isStopped { loop.run() }
    return result
  }

  private func look() {
    guard result == nil else { return }
    if startedAt == nil, node.isLinked { startedAt = (Clock.nanoseconds(), ownCPU_s()) }
    guard let startedAt, node.acknowledged >= facts else { return }
    result = (secondsSince(startedAt.time_ns), ownCPU_s() - startedAt.cpu_s)
    loop.stop()
  }
}
