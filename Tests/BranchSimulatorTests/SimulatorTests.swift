import BranchSimulator
import Testing

@Suite("A branch made of one seed")
struct SimulatorTests {
  @Test("a world is the same whenever its seed is", arguments: [3, 8, 21] as [UInt64])
  func repeats(seed: UInt64) {
    let first = World(seed: seed, traced: true).run()
    let second = World(seed: seed, traced: true).run()
    #expect(first.trace == second.trace)
    #expect(first.trace.count > 100)
  }

  @Test("what was promised holds in every world")
  func promises() {
    for seed in UInt64(1)...40 {
      let report = World(seed: seed).run()
      #expect(report.failure == nil, "seed \(seed)")
    }
  }
}
