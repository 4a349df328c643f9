import Branch
import LinuxIO

/// A node starts with a long outage in its journal, and with a short one beside it.
struct StartBench {
  static let few = 1_000
  static let start_max = Span.seconds(60)
  static let attempts = 3

  let scratch: Scratch
  let profiles: Profiles

  func run(facts: Int) throws(Problem) -> Measure {
    let short = try start(facts: Self.few, "few")
    let long = try start(facts: facts, "many")
    var measure = Measure("start")
    measure.add("facts", facts)
    measure.add("start_s", long.seconds, decimals: 3)
    measure.add("rss_kib", long.rss_kib)
    measure.add("facts_few", Self.few)
    measure.add("start_few_s", short.seconds, decimals: 3)
    measure.add("rss_few_kib", short.rss_kib)
    measure.add("attempts", Self.attempts)
    measure.add("filesystem", scratch.fileSystem)
    return measure
  }

  /// The median of some starts, each with the facts that the one before left.
  private func start(facts: Int, _ name: String) throws(Problem) -> (seconds: Double, rss_kib: Int)
  {
    let directory = scratch.file(name)
    let replay = ReplayFacts(seed: Clock.wall().ms - 2 * 86_400_000)
    _ = try replay.fill(directory, count: facts)
    // No hub listens there.
    let configuration = try scratch.write(
      profiles.configurationText(journal: directory, hubPort: 1, ""), to: "\(name).json")
    var seconds: [Double] = []
    var sizes: [Double] = []
    for _ in 0..<Self.attempts {
      let start = Clock.nanoseconds()
      let node = try Child.node(configuration, profiles, within: Self.start_max)
      seconds.append(secondsSince(start))
      sizes.append(Double(try ProcessFigures(node.process).rss_kib))
      node.end()
    }
    return (Sorted(seconds).median, Int(Sorted(sizes).median))
  }
}
