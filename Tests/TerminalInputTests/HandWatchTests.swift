import Branch
import DeviceProfiles
import TerminalInput
import TestSeeds
import Testing

@Suite("What a hand does with unknown keys")
struct HandWatchTests {
  /// (ms, code, value)
  typealias Step = (ms: Int64, code: UInt16, value: Int32)

  private func gestures(_ steps: [Step], stamped: Bool = true) -> [HandGesture] {
    var watch = HandWatch()
    var told: [HandGesture] = []
    for step in steps {
      let now = MonotonicTime(ms: step.ms)
      if let deadline = watch.deadline, deadline < now, let gesture = watch.timePassed(deadline) {
        told.append(gesture)
      }
      let stamp = InputTime(seconds: 1000 + step.ms / 1000, microseconds: step.ms % 1000 * 1000)
      let event = InputEvent.key(step.code, step.value, at: stamped ? stamp : .zero)
      if let gesture = watch.feed(event, at: now) { told.append(gesture) }
    }
    if let deadline = watch.deadline, let gesture = watch.timePassed(deadline) {
      told.append(gesture)
    }
    return told
  }

  private func tap(_ code: UInt16, at ms: Int64, for held: Int64 = 80) -> [Step] {
    [(ms, code, 1), (ms + held, code, 0)]
  }

  @Test("one key down and up is a tap, held for a second it is held", arguments: [true, false])
  func one(stamped: Bool) {
    #expect(gestures(tap(2, at: 0), stamped: stamped).map(\.kind) == [.tap(2)])
    #expect(gestures(tap(2, at: 0, for: 999), stamped: stamped).map(\.kind) == [.tap(2)])
    let held = gestures(
      [(0, 2, 1), (250, 2, 2), (283, 2, 2), (1000, 2, 0)], stamped: stamped)
    #expect(held.map(\.kind) == [.held(2)])
    #expect(held.first?.repeats == 2)
    #expect(held.first?.held_us == 1_000_000)
  }

  @Test("a contact that closes again within the time was touched once")
  func bounces() throws {
    let steps: [Step] = [(0, 2, 1), (3, 2, 0), (5, 2, 1), (90, 2, 0), (99, 2, 1), (100, 2, 0)]
    let gesture = try #require(gestures(steps).first)
    #expect(gesture.kind == .tap(2))
    #expect(gesture.bounces == 2)
    #expect(gesture.bounce_us == 9_000)
    #expect(gesture.held_us == 100_000)
    let twice = try #require(gestures(tap(2, at: 0) + tap(2, at: 120)).first)
    #expect(twice.kind == .several)
    #expect(twice.bounces == 0)
  }

  @Test("two keys that overlap and begin within the chord's window are together")
  func together() throws {
    let pair = try #require(KeyPair(2, 3))
    #expect(
      gestures([(0, 3, 1), (99, 2, 1), (150, 3, 0), (160, 2, 0)]).map(\.kind) == [.together(pair)])
    #expect(gestures([(0, 3, 1), (100, 2, 1), (150, 3, 0), (160, 2, 0)]).map(\.kind) == [.several])
    #expect(gestures([(0, 3, 1), (50, 3, 0), (60, 2, 1), (160, 2, 0)]).map(\.kind) == [.several])
  }

  @Test("a gesture ends when all keys are up and stay so")
  func ends() {
    #expect(gestures(tap(2, at: 0) + tap(3, at: 281)).map(\.kind) == [.tap(2), .tap(3)])
    #expect(gestures(tap(2, at: 0) + tap(3, at: 279)).map(\.kind) == [.several])
    let rolled: [Step] = [(0, 2, 1), (900, 3, 1), (950, 2, 0), (990, 3, 0)]
    #expect(gestures(rolled).map(\.kind) == [.several])
  }

  /// The keys of a text on a keyboard, with Shift where it is needed, 8 ms apart.
  private func typed(_ codes: [(UInt16, shift: Bool)], gap: Int64 = 8) -> [Step] {
    var steps: [Step] = []
    var ms: Int64 = 0
    for (code, shift) in codes {
      if shift { steps.append((ms, 42, 1)) }
      steps += [(ms + 1, code, 1), (ms + 3, code, 0)]
      if shift { steps.append((ms + 4, 42, 0)) }
      ms += gap
    }
    return steps
  }

  @Test("keys faster than a hand are a scanner, doubled characters included")
  func scanner() throws {
    // a0011, then Enter, as an American keyboard has it
    let steps = typed([(30, false), (11, false), (11, false), (2, false), (2, false), (28, false)])
    let gesture = try #require(gestures(steps).first)
    #expect(gesture.kind == .typed)
    #expect(gesture.bounces == 0)
    let guess = ScanGuess(gesture)
    #expect(guess.suffix == .enter)
    #expect(guess.readings[.us] == "a0011")
    #expect(guess.matches(printed: "a0011").map(\.layout) == [.us, .uk, .de, .es])
    #expect(guess.timeout == ScannerSettings.timeout_standard)
  }

  @Test("slow hands are no scanner, and one key that hammers is none")
  func hands() {
    let slow = typed([(30, false), (11, false), (2, false), (28, false)], gap: 61)
    #expect(gestures(slow).map(\.kind) == [.several])
    let hammer = typed([(30, false), (30, false), (30, false), (30, false)], gap: 50)
    #expect(gestures(hammer).map(\.kind) == [.several])
  }

  @Test("what is printed tells the layout and what stands before it")
  func layouts() throws {
    // ]C1 before A-01, as a Belgian keyboard types it: AltGr is not needed for C1 alone.
    let steps = typed([
      (46, true), (16, true), (13, false), (11, true), (2, true), (15, false),
    ])
    let guess = ScanGuess(try #require(gestures(steps).first))
    #expect(guess.suffix == .tab)
    #expect(guess.readings[.be] == "CA-01")
    #expect(guess.matches(printed: "A-01") == [ScanGuess.Match(layout: .be, prefix: "C")])
    #expect(guess.matches(printed: "CA-01").map(\.prefix) == [""])
    #expect(guess.matches(printed: "B").isEmpty)
    #expect(guess.matches(printed: "fr").map(\.layout) == [.fr])
    // Nobody knows: what reads as codes do.
    #expect(guess.matches(printed: "").map(\.layout) == [.be])
  }

  @Test("no events, however wild, make a gesture of nothing", arguments: Seeds.some(20))
  func wild(seed: UInt64) {
    var random = Seeded(seed)
    var steps: [Step] = []
    var ms: Int64 = 0
    for _ in 0..<400 {
      ms += Int64.random(in: 0...120, using: &random)
      steps.append(
        (ms, UInt16.random(in: 1...5, using: &random), Int32.random(in: 0...2, using: &random)))
    }
    for gesture in gestures(steps) {
      #expect(!gesture.touches.isEmpty, "seed \(seed)")
      #expect(gesture.touches.count <= gesture.edges.count, "seed \(seed)")
      #expect(gesture.touches.allSatisfy { $0.held_us >= 0 && $0.down_us >= 0 }, "seed \(seed)")
      _ = ScanGuess(gesture)
    }
  }
}
