import BranchSimulator
import Glibc

/// One process of a run: says each seed before it begins, so that the seed of a crash is known, and
/// what became of it.
struct Worker {
  let order: Order

  func run(_ seeds: ClosedRange<UInt64>, every: UInt64) {
    for seed in stride(from: seeds.lowerBound, through: seeds.upperBound, by: Int(every)) {
      Terminal.say("begin \(seed)\n")
      let report = order.world(seed).run()
      let counts = [
        report.virtual_ms, Int64(report.steps), Int64(report.tickets), Int64(report.facts),
        Int64(report.faults), Int64(report.kills), Int64(report.missing),
      ]
      let numbers = counts.map(String.init).joined(separator: " ")
      Terminal.say("end \(seed) \(numbers) \(report.failure ?? "")\n")
    }
  }
}

/// Unbuffered, so that nothing is lost when a process dies.
enum Terminal {
  static func say(_ text: String) { put(text, STDOUT_FILENO) }
  static func tell(_ text: String) { put(text + "\n", STDERR_FILENO) }

  static func put(_ text: String, _ descriptor: CInt) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}
