import BranchSimulator
import Foundation
import Testing

@Suite("A branch made of one seed")
struct SimulatorTests {
  /// Seeds of a run, in parts, so that both cores have something to do. `Tests/run --quick` asks
  /// for fewer; two thousand are what a plain `swift test` owes.
  static let seedsAPart: UInt64 =
    ProcessInfo.processInfo.environment["KIOSKD_TEST_QUICKLY"] == nil ? 250 : 50
  static let parts: [UInt64] = Array(0..<8)

  @Test("what was promised holds in each of them", arguments: parts)
  func promises(part: UInt64) {
    var tickets = 0
    var kills = 0
    var checkIns = 0
    var corrections = 0
    for seed in part * Self.seedsAPart + 1...(part + 1) * Self.seedsAPart {
      let report = World(seed: seed).run()
      tickets += report.tickets
      kills += report.kills
      checkIns += report.checkIns
      corrections += report.corrections
      guard let failure = report.failure else { continue }
      let trace = World(seed: seed, traced: true).run().trace.suffix(60).joined(separator: "\n")
      Issue.record("seed \(seed): \(failure)\n\(trace)\nTests/simulate --trace \(seed) shows all.")
    }
    #expect(tickets > 8 * Self.seedsAPart, "worlds in which nobody presses prove nothing")
    #expect(kills > Self.seedsAPart)
    #expect(checkIns > Self.seedsAPart / 4, "nor do those in which no code is shown")
    #expect(corrections > Self.seedsAPart / 4, "nor do those in which nobody changes her mind")
  }

  @Test("the same seed is the same world, event for event", arguments: [3, 8, 21] as [UInt64])
  func repeats(seed: UInt64) {
    let first = World(seed: seed, traced: true).run()
    let second = World(seed: seed, traced: true).run()
    #expect(first.trace == second.trace)
    #expect(first.trace.count > 100)
  }

  @Test("another seed is another world")
  func differs() {
    #expect(World(seed: 3, traced: true).run().trace != World(seed: 4, traced: true).run().trace)
  }
}
