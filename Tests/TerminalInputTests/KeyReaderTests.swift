import Branch
import TerminalInput
import Testing

@Suite("Key presses")
struct KeyReaderTests {
  /// (ms, code, value) as a device stamps and delivers them.
  typealias Step = (ms: Int64, code: UInt16, value: Int32)

  private func stamp(_ ms: Int64) -> InputTime {
    InputTime(seconds: 1_700_000_000 + ms / 1000, microseconds: ms % 1000 * 1000)
  }

  /// Times of the presses that a reader with 30 ms of debounce takes from the steps.
  private func presses(
    _ steps: [Step], stamped: Bool = true, arrival: (Int64) -> Int64 = { $0 }
  ) -> [Int64] {
    var reader = KeyReader(debounce: .milliseconds(30))
    return steps.compactMap { step in
      let event = InputEvent.key(step.code, step.value, at: stamped ? stamp(step.ms) : .zero)
      let outcome = reader.feed(event, at: MonotonicTime(ms: arrival(step.ms)))
      if case .pressed = outcome { return step.ms }
      return nil
    }
  }

  private let bouncy: [Step] = [
    (0, 2, 1), (2, 2, 0), (3, 2, 1), (120, 2, 0), (121, 2, 1), (122, 2, 0), (500, 2, 1),
    (750, 2, 2), (800, 2, 2), (1900, 2, 0),
  ]

  @Test("bounces of both edges and repeats are no presses")
  func bounce() {
    #expect(presses(bouncy) == [0, 500])
    #expect(presses(bouncy, stamped: false) == [0, 500])
  }

  @Test("what a busy process reads late is judged by its stamps")
  func lateReading() {
    #expect(presses(bouncy, arrival: { _ in 9_000 }) == [0, 500])
    #expect(presses(bouncy, arrival: { $0 * 100 }) == [0, 500])
  }

  @Test("fast presses of a person all count")
  func fast() {
    let steps: [Step] = (0..<10).flatMap { [($0 * 120, 2, 1), ($0 * 120 + 60, 2, 0)] }
    #expect(presses(steps).count == 10)
  }

  @Test("keys bounce each for itself")
  func independent() {
    #expect(presses([(0, 2, 1), (5, 3, 1), (10, 2, 0), (12, 3, 0)]) == [0, 5])
  }

  @Test("a clock that was set back does not silence a key")
  func clockStep() {
    var reader = KeyReader(debounce: .milliseconds(30))
    var count = 0
    for (index, ms) in [Int64(90_000), 90_100, 10_000, 10_100].enumerated() {
      let event = InputEvent.key(2, index % 2 == 0 ? 1 : 0, at: stamp(ms))
      let outcome = reader.feed(event, at: MonotonicTime(ms: Int64(index) * 100))
      if case .pressed = outcome { count += 1 }
    }
    #expect(count == 2)
  }

  @Test("without debounce every press counts")
  func noDebounce() {
    var reader = KeyReader(debounce: .milliseconds(0))
    var count = 0
    for _ in 0..<5 {
      for value: Int32 in [1, 0] {
        let outcome = reader.feed(.key(2, value), at: MonotonicTime(ms: 7))
        if case .pressed = outcome { count += 1 }
      }
    }
    #expect(count == 5)
  }

  @Test("a contact that chatters for ever gives one press and is counted")
  func chatter() {
    let steps: [Step] = (0..<10_000).map { (Int64($0) * 3, 2, Int32(1 - $0 % 2)) }
    #expect(presses(steps) == [0])
  }

  @Test("all keys up is told once the last one came up")
  func allUp() {
    var reader = KeyReader(debounce: .milliseconds(0))
    let now = MonotonicTime(ms: 0)
    reader.adopt([2, 3])
    let outcomes = [
      reader.feed(.key(2, 0), at: now), reader.feed(.key(3, 0), at: now),
      reader.feed(.key(3, 0), at: now),
    ]
    #expect(outcomes == [nil, .allUp, nil])
  }

  @Test("dropped events: nothing counts up to the report, then the key state is asked for")
  func dropped() {
    var reader = KeyReader(debounce: .milliseconds(30))
    let now = MonotonicTime(ms: 50)
    let outcomes = [
      reader.feed(InputEvent(type: 0, code: 3, value: 0), at: now),
      reader.feed(.key(2, 1, at: stamp(50)), at: now),
      reader.feed(.report(), at: now),
      reader.feed(.report(), at: now),
    ]
    #expect(outcomes == [nil, nil, .needsKeyState, nil])
    #expect(reader.down.isEmpty)
  }

  @Test("after dropped events a key that is down now was pressed, one that still is was not")
  func keyState() {
    var reader = KeyReader(debounce: .milliseconds(30))
    _ = reader.feed(.key(2, 1, at: stamp(0)), at: MonotonicTime(ms: 0))
    _ = reader.feed(.key(3, 1, at: stamp(10)), at: MonotonicTime(ms: 10))
    _ = reader.feed(InputEvent(type: 0, code: 3, value: 0), at: MonotonicTime(ms: 400))
    _ = reader.feed(.report(), at: MonotonicTime(ms: 400))
    let now = MonotonicTime(ms: 401)
    let found = reader.keyState([3, 5], at: now)
    #expect(found == [KeyPress(code: 5, at: now)])
    #expect(reader.down == [3, 5])
    // 2 came up in the gap; its next press counts, as does the next one of 5 after it came up.
    let second = reader.feed(.key(2, 1, at: stamp(900)), at: MonotonicTime(ms: 900))
    #expect(second == .pressed(KeyPress(code: 2, at: MonotonicTime(ms: 900))))
    let release = reader.feed(.key(5, 0, at: stamp(1000)), at: MonotonicTime(ms: 1000))
    #expect(release == nil)
    let third = reader.feed(.key(5, 1, at: stamp(1200)), at: MonotonicTime(ms: 1200))
    #expect(third == .pressed(KeyPress(code: 5, at: MonotonicTime(ms: 1200))))
  }

  @Test("keys held when a device is opened are no presses until they came up")
  func adopted() {
    var reader = KeyReader(debounce: .milliseconds(30))
    reader.adopt([2])
    let repeated = reader.feed(.key(2, 2, at: stamp(0)), at: MonotonicTime(ms: 0))
    let released = reader.feed(.key(2, 0, at: stamp(100)), at: MonotonicTime(ms: 100))
    let pressed = reader.feed(.key(2, 1, at: stamp(300)), at: MonotonicTime(ms: 300))
    #expect(repeated == nil)
    #expect(released == .allUp)
    #expect(pressed == .pressed(KeyPress(code: 2, at: MonotonicTime(ms: 300))))
  }

  @Test("wild events never trap and what is kept stays bounded")
  func wild() {
    let seed = UInt64.random(in: 0 ... .max)
    var state = seed
    func random() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 20
    }
    var reader = KeyReader(debounce: .milliseconds(30))
    for _ in 0..<50_000 {
      let event = InputEvent(
        seconds: Int64(bitPattern: random() &* random()), microseconds: Int64(random() % 1_000_000),
        type: UInt16(truncatingIfNeeded: random() % 3), code: UInt16(truncatingIfNeeded: random()),
        value: Int32(truncatingIfNeeded: random()) % 4)
      if reader.feed(event, at: MonotonicTime(ms: Int64(random()))) == .needsKeyState {
        _ = reader.keyState([UInt16(random() % 1_000)], at: MonotonicTime(ms: Int64(random())))
      }
    }
    #expect(reader.down.count <= 0x300, "seed \(seed)")
  }
}
