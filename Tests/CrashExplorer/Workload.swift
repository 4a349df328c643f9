import Branch
import Glibc
import JournalFormat

/// What a writer does, from an empty directory on.
struct Workload {
  enum Step {
    case append([DurableRecord])
    /// With a checkpoint that no start can read, the older one and all behind it still count.
    case rotate(checkpoint_bytes: Int, isReadable: Bool = true)
    case remove(keeping: Seq)
    /// Everything stops and starts again; the seed chooses what is left.
    case crash(seed: UInt64)
  }

  static let names = ["groups", "sectors", "rotation", "restarts", "large", "full"]

  let name: String
  let steps: [Step]

  init(_ name: String, seed: UInt64) {
    self.name = name
    var maker = Maker(numbers: Numbers(state: mixed(seed ^ UInt64(name.utf8.count) << 40)))
    steps = maker.steps(of: name)
  }
}

struct Numbers: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return mixed(state)
  }
}

private struct Maker {
  var numbers: Numbers
  private var seq: Seq = 0

  init(numbers: Numbers) { self.numbers = numbers }

  mutating func steps(of name: String) -> [Workload.Step] {
    switch name {
    case "groups": groups(14, records: 1...4, payload_bytes: 0...260)
    case "sectors": groups(6, records: 1...3, payload_bytes: 300...1700)
    case "rotation": rotation()
    case "restarts": restarts()
    case "large": groups(2, records: 1...2, payload_bytes: 6_000...14_000) + moreLarge()
    default: full()
    }
  }

  private mutating func groups(
    _ count: Int, records: ClosedRange<Int>, payload_bytes: ClosedRange<Int>
  ) -> [Workload.Step] {
    (0..<count).map { _ in .append(group(records, payload_bytes)) }
  }

  private mutating func group(
    _ records: ClosedRange<Int>, _ payload_bytes: ClosedRange<Int>
  ) -> [DurableRecord] {
    (0..<Int.random(in: records, using: &numbers)).map { _ in
      let payload = self.payload(Int.random(in: payload_bytes, using: &numbers))
      if Int.random(in: 0..<4, using: &numbers) == 0 { return .local(payload) }
      seq += 1
      return .fact(seq, payload)
    }
  }

  /// Any bytes; zeros wholly, or in a run, are what a torn write is told by.
  private mutating func payload(_ count: Int) -> [UInt8] {
    var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &numbers) }
    switch Int.random(in: 0..<8, using: &numbers) {
    case 0: for index in bytes.indices { bytes[index] = 0 }
    case 1: for index in (count / 4)..<max(count / 4, count * 3 / 4) { bytes[index] = 0 }
    default: break
    }
    return bytes
  }

  private mutating func rotation() -> [Workload.Step] {
    var steps: [Workload.Step] = []
    for (checkpoint_bytes, isReadable) in [(0, true), (300, true), (5_000, false), (40, true)] {
      steps += groups(2, records: 1...3, payload_bytes: 0...400)
      steps.append(.rotate(checkpoint_bytes: checkpoint_bytes, isReadable: isReadable))
      steps += groups(1, records: 1...2, payload_bytes: 0...900)
      steps.append(.remove(keeping: Seq.random(in: 0...4, using: &numbers)))
    }
    // Several go at once.
    for _ in 0..<3 {
      steps += groups(1, records: 1...1, payload_bytes: 0...40)
      steps.append(.rotate(checkpoint_bytes: 0))
    }
    return steps + [.remove(keeping: 0)] + groups(1, records: 1...1, payload_bytes: 0...40)
  }

  private mutating func restarts() -> [Workload.Step] {
    var steps: [Workload.Step] = []
    for round in 0..<4 {
      steps += groups(2, records: 1...4, payload_bytes: 0...500)
      if round == 1 { steps.append(.rotate(checkpoint_bytes: 100)) }
      steps.append(.crash(seed: numbers.next()))
    }
    return steps + groups(1, records: 1...2, payload_bytes: 0...500)
  }

  /// A group of many records, one of the largest payload, and a state larger than a segment.
  private mutating func moreLarge() -> [Workload.Step] {
    [.append(group(20...30, 0...60))]
      + [.append(group(1...1, 65_536...65_536)), .rotate(checkpoint_bytes: 600_000)]
      + groups(1, records: 2...2, payload_bytes: 0...200)
  }

  /// Until the segment has no more room and the keeper turns to the next one.
  private mutating func full() -> [Workload.Step] {
    groups(3, records: 3...3, payload_bytes: 40_000...60_000)
      + groups(2, records: 1...2, payload_bytes: 0...100)
  }
}
