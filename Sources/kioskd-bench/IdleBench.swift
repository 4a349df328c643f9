import Branch
import Glibc
import LinuxIO

/// What a kioskd costs while nobody comes, with a hub.
struct IdleBench {
  /// Opening of devices, first facts and their way to the hub are over by then.
  static let settle = Span.seconds(4)
  static let start_max = Span.seconds(20)

  let scratch: Scratch
  let profiles: Profiles
  /// nil for the program beside this one.
  let kioskd: String?
  let devices: IdleDevices

  func run(seconds: Int) throws(Problem) -> Measure {
    let program = kioskd ?? Self.neighbour
    let hub = try HubChild(scratch)
    let configuration = try scratch.write(
      profiles.configurationText(
        journal: scratch.file("node"), hubPort: hub.port, devices.configurationText),
      to: "kioskd.json")
    let node = try Child(program, ["run", "--config", configuration], reading: 2)
    _ = try node.line(within: Self.start_max) { $0.contains("hub: session with") ? true : nil }
    try devices.answer(for: Self.settle)
    let before = try ProcessFigures(node.process)
    let start = Clock.nanoseconds()
    Wait.pause(.seconds(Int64(seconds)))
    let after = try ProcessFigures(node.process)
    let elapsed_s = secondsSince(start)
    node.end()
    // Until here: without a session the node would try to get one.
    hub.end()
    return measure(after, since: before, elapsed_s: elapsed_s, program: program)
  }

  private static var neighbour: String {
    let own = SmallFile.linkTarget("/proc/self/exe") ?? ""
    return "/" + own.split(separator: "/").dropLast().joined(separator: "/") + "/kioskd"
  }

  private func measure(
    _ after: ProcessFigures, since before: ProcessFigures, elapsed_s: Double, program: String
  ) -> Measure {
    let wakeups = after.wakeups - before.wakeups
    var measure = Measure(devices.name)
    measure.add("rss_kib", after.rss_kib)
    measure.add("pss_kib", after.pss_kib)
    measure.add("private_kib", after.private_kib)
    measure.add("wakeups_per_10_s", Double(wakeups) * 10 / elapsed_s, decimals: 1)
    measure.add("wakeups", wakeups)
    measure.add("cpu_us_per_10_s", (after.cpu_us - before.cpu_us) * 10 / elapsed_s, decimals: 0)
    measure.add("preemptions", after.preemptions - before.preemptions)
    measure.add("seconds", elapsed_s, decimals: 1)
    measure.add("threads", after.threads)
    measure.add("program", program)
    return measure
  }
}

/// What the kernel counts for a process (proc(5)).
struct ProcessFigures {
  let rss_kib: Int
  /// Pages shared with others count in part.
  let pss_kib: Int
  /// Pages of nobody else.
  let private_kib: Int
  let threads: Int
  /// How often a thread gave up the processor by itself: each time it went to sleep again.
  let wakeups: Int
  /// How often a thread had to give it up to others.
  let preemptions: Int
  /// Time on a processor, of all threads.
  let cpu_us: Double

  init(_ process: pid_t) throws(Problem) {
    let directory = "/proc/\(process)"
    let memory = Self.fields("\(directory)/smaps_rollup")
    guard let rss = memory["Rss"], let pss = memory["Pss"] else {
      throw benchProblem("process \(process) cannot be looked at", "it ended, or is another user's")
    }
    rss_kib = rss
    pss_kib = pss
    private_kib = memory["Private_Clean", default: 0] + memory["Private_Dirty", default: 0]
    let tasks = SmallFile.entries("\(directory)/task")
    threads = tasks.count
    let counts = tasks.map { Self.fields("\(directory)/task/\($0)/status") }
    wakeups = counts.reduce(0) { $0 + ($1["voluntary_ctxt_switches"] ?? 0) }
    cpu_us = tasks.reduce(0) { $0 + Self.time_us("\(directory)/task/\($1)/schedstat") }
    preemptions = counts.reduce(0) { $0 + ($1["nonvoluntary_ctxt_switches"] ?? 0) }
  }

  /// Nanoseconds on the processor are the first number of a thread's `schedstat`.
  private static func time_us(_ path: String) -> Double {
    let text = SmallFile.bytes(path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return (text.split(separator: " ").first.flatMap { Double($0) } ?? 0) / 1000
  }

  /// The first number behind each name.
  private static func fields(_ path: String) -> [String: Int] {
    var fields: [String: Int] = [:]
    let text = SmallFile.bytes(path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    for line in text.split(separator: "\n") {
      let parts = line.split { $0 == ":" || $0 == " " || $0 == "\t" }
      if parts.count > 1, let number = Int(parts[1]) { fields[String(parts[0])] = number }
    }
    return fields
  }
}
