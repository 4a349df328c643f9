import BranchSimulator

/// What the command line asks for.
struct Order {
  enum Task {
    case run(ClosedRange<UInt64>)
    /// One process of several: its share of the seeds, a line each.
    case work(ClosedRange<UInt64>, every: UInt64)
    case trace(UInt64)
  }

  static let usage =
    "usage: simulate [--seeds N] [--from S] [--trace SEED] [--long | --rotten]\n"
    + "                [--bug NAME]"

  private(set) var task: Task
  private var size = ""
  private var bug: PlantedBug?

  /// nil when it cannot be understood.
  init?(_ words: ArraySlice<String>) {
    var rest = words
    var seeds: UInt64 = 1_000
    var first: UInt64 = 1
    var every: UInt64?
    var traced: UInt64?
    while let word = rest.popFirst() {
      if word == "--long" || word == "--rotten" {
        size = word
        continue
      }
      guard let value = rest.popFirst() else { return nil }
      if word == "--bug" {
        guard let planted = PlantedBug(rawValue: value) else { return nil }
        bug = planted
        continue
      }
      guard let number = UInt64(value), number <= UInt64(Int64.max) else { return nil }
      switch word {
      case "--seeds" where number > 0: seeds = number
      case "--from": first = number
      case "--every" where number > 0: every = number
      case "--trace": traced = number
      default: return nil
      }
    }
    let all = first...first + seeds - 1
    task = traced.map { .trace($0) } ?? every.map { .work(all, every: $0) } ?? .run(all)
  }

  func world(_ seed: UInt64, traced: Bool = false) -> World {
    let sizes: [String: WorldSize] = ["--long": .long, "--rotten": .rottenDisks]
    return World(seed: seed, size: sizes[size] ?? .short, bug: bug, traced: traced)
  }

  /// The words that make a worker do the same.
  var passedOn: [String] {
    (size.isEmpty ? [] : [size]) + (bug.map { ["--bug", $0.rawValue] } ?? [])
  }
}
