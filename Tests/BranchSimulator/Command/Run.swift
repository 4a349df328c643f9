import BranchSimulator
import Glibc

/// All seeds of an order, shared out to one process a core.
final class Run {
  static let traces_max = 3
  static let traceLines_max = 80
  static let barWidth = 40

  private let order: Order
  private let seeds: ClosedRange<UInt64>
  private let processes: UInt64
  private var done: UInt64 = 0
  private var counts = [Int64](repeating: 0, count: 7)
  private var failures: [(seed: UInt64, text: String, isCrash: Bool)] = []
  private let began = Run.now()
  private var drawn = -1

  init(order: Order, seeds: ClosedRange<UInt64>) {
    self.order = order
    self.seeds = seeds
    processes = min(UInt64(max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN)))), UInt64(seeds.count))
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// - Returns: whether all checks held.
  func run() -> Bool {
    var children: [Child] = []
    for place in 0..<processes { children += start(from: seeds.lowerBound + place) }
    while !children.isEmpty {
      var waits = children.map { pollfd(fd: $0.output, events: Int16(POLLIN), revents: 0) }
      guard poll(&waits, nfds_t(waits.count), -1) > 0 else { continue }
      var stillThere: [Child] = []
      for (child, wait) in zip(children, waits) {
        guard wait.revents != 0 else {
          stillThere.append(child)
          continue
        }
        if let lines = child.lines() {
          lines.forEach(take)
          stillThere.append(child)
        } else {
          stillThere += ended(child)
        }
      }
      children = stillThere
      draw()
    }
    return report()
  }

  private func start(from seed: UInt64) -> [Child] {
    guard seed <= seeds.upperBound else { return [] }
    let words = [
      "--from", String(seed), "--seeds", String(seeds.upperBound - seed + 1), "--every",
      String(processes),
    ]
    guard let child = Child(words + order.passedOn) else {
      failures.append((seed, "no process can be started", true))
      return []
    }
    return [child]
  }

  private func take(_ words: [Substring]) {
    guard words.count >= 9, let seed = UInt64(words[1]) else { return }
    done += 1
    for place in counts.indices { counts[place] += Int64(words[place + 2]) ?? 0 }
    if words.count > 9 { failures.append((seed, String(words[9]), false)) }
  }

  /// One that crashed is followed by another, from its next seed on.
  private func ended(_ child: Child) -> [Child] {
    let seed = child.seed
    guard let signal = child.end() else { return [] }
    guard let seed else { return [] }
    done += 1
    failures.append((seed, "the process died of signal \(signal)", true))
    return start(from: seed + processes)
  }

  private func draw() {
    let width = Int(done) * Self.barWidth / seeds.count
    guard isatty(STDERR_FILENO) == 1, width != drawn else { return }
    drawn = width
    let bar = String(repeating: "#", count: width)
    let rest = String(repeating: ".", count: Self.barWidth - width)
    Terminal.put(
      "\r[\(bar)\(rest)] \(done)/\(seeds.count), \(failures.count) failed ", STDERR_FILENO)
    if done == UInt64(seeds.count) { Terminal.put("\n", STDERR_FILENO) }
  }

  private func report() -> Bool {
    let seconds = Run.now() - began
    failures.sort { $0.seed < $1.seed }
    for failure in failures { print("seed \(failure.seed): \(failure.text)") }
    for failure in failures.prefix(Self.traces_max) where !failure.isCrash {
      print("\nthe end of seed \(failure.seed); all of it: Tests/simulate --trace \(failure.seed)")
      let trace = order.world(failure.seed, traced: true).run().trace
      for line in trace.suffix(Self.traceLines_max) { print("  \(line)") }
    }
    let times = Int(Double(counts[0]) / 1000 / max(seconds, 0.001))
    print(
      "\(done) worlds, \(counts[0] / 3_600_000) hours: \(counts[4]) faults, \(counts[5]) kills, "
        + "\(counts[2]) tickets, \(counts[3]) facts, \(counts[6]) holes told")
    print("\(Int(seconds)) s on \(processes) cores, \(times) times real time")
    print("\(done - UInt64(failures.count)) passed, \(failures.count) failed")
    return failures.isEmpty
  }
}
