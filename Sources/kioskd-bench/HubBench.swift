import Branch
import Glibc
import LinuxIO

/// What a hub costs that has thousands of nodes which have nothing to say.
struct HubBench {
  static let heartbeat = Span.seconds(15)
  static let arrive_max = Span.seconds(60)
  /// Until what is left of the greetings is over.
  static let settle = Span.seconds(1)

  let scratch: Scratch

  func run(nodes: Int, seconds: Int) throws(Problem) -> Measure {
    try Crowd.makeRoom(for: nodes)
    let hub = try HubChild(scratch)
    let empty = try ProcessFigures(hub.child.process)
    let crowd = try Crowd(nodes, port: hub.port)
    let arrival_s = try time { () throws(Problem) in try crowd.arrive(within: Self.arrive_max) }
    Wait.pause(Self.settle)
    let full = try ProcessFigures(hub.child.process)
    let before_ns = try Self.cpu_ns(hub.child.process)
    let start = Clock.nanoseconds()
    try crowd.beat(every: Self.heartbeat, for: .seconds(Int64(seconds)))
    let elapsed_ns = Double(Clock.nanoseconds() - start)
    let cpu_ns = Double(try Self.cpu_ns(hub.child.process) - before_ns)
    crowd.leave()
    let return_s = try time { () throws(Problem) in try crowd.arrive(within: Self.arrive_max) }
    let after = try ProcessFigures(hub.child.process)
    var measure = Measure("hub")
    measure.add("nodes", nodes)
    measure.add(
      "bytes_per_node", Double((full.rss_kib - empty.rss_kib) * 1024) / Double(nodes))
    measure.add("core_percent", cpu_ns * 100 / elapsed_ns, decimals: 2)
    measure.add("reconnect_s", return_s, decimals: 2)
    measure.add("first_connect_s", arrival_s, decimals: 2)
    measure.add("rss_kib", full.rss_kib)
    measure.add("rss_after_reconnect_kib", after.rss_kib)
    measure.add("seconds", seconds)
    measure.add("filesystem", scratch.fileSystem)
    return measure
  }

  private func time(_ body: () throws(Problem) -> Void) throws(Problem) -> Double {
    let start = Clock.nanoseconds()
    try body()
    return secondsSince(start)
  }

  /// Of all threads, on a processor (the first number of schedstat, proc(5)).
  private static func cpu_ns(_ process: pid_t) throws(Problem) -> UInt64 {
    var sum: UInt64 = 0
    for task in SmallFile.entries("/proc/\(process)/task") {
      let text = SmallFile.text("/proc/\(process)/task/\(task)/schedstat") ?? ""
      guard let time_ns = text.split(separator: " ").first.flatMap({ UInt64($0) }) else {
        throw benchProblem("the hub's CPU time cannot be read", "the kernel has no schedstat")
      }
      sum += time_ns
    }
    return sum
  }
}
