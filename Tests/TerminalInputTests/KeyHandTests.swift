import Branch
import TerminalInput
import TestSeeds
import Testing

@Suite("Strokes of keys")
struct KeyHandTests {
  /// (ms, code, value) as a device stamps and delivers them.
  typealias Step = (ms: Int64, code: UInt16, value: Int32)
  typealias Outcome = KeyHand.Outcome

  private let rules = KeyRules(
    debounce: .milliseconds(30), longPress: .milliseconds(800), longs: [2],
    chords: Set([KeyPair(2, 3), KeyPair(3, 4)].compactMap { $0 }))

  /// What a hand is told, with the time of each: at an event, or at a deadline before it.
  private func told(
    _ rules: KeyRules, _ steps: [Step], until end: Int64 = 100_000, stamped: Bool = true
  ) -> [String] {
    var hand = KeyHand(rules)
    var lines: [String] = []
    func note(_ ms: Int64, _ outcomes: [Outcome]) {
      for outcome in outcomes {
        switch outcome {
        case .pressed(let press): lines.append("\(ms) \(press.stroke)")
        case .burst(let stroke, let count): lines.append("\(ms) \(stroke) x\(count)")
        case .allUp, .needsKeyState: break
        }
      }
    }
    func pass(_ ms: Int64) {
      while let deadline = hand.deadline, deadline.ms <= ms {
        note(deadline.ms, hand.timePassed(deadline))
      }
    }
    for step in steps {
      pass(step.ms - 1)
      let stamp = InputTime(
        seconds: 1_700_000_000 + step.ms / 1000, microseconds: step.ms % 1000 * 1000)
      let event = InputEvent.key(step.code, step.value, at: stamped ? stamp : .zero)
      note(step.ms, hand.feed(event, at: MonotonicTime(ms: step.ms)))
    }
    pass(end)
    return lines
  }

  private func tap(_ code: UInt16, at ms: Int64, for held: Int64 = 60) -> [Step] {
    [(ms, code, 1), (ms + held, code, 0)]
  }

  @Test("an ordinary key is told when it goes down, however long it is held")
  func ordinary() {
    #expect(told(rules, tap(9, at: 0, for: 5000) + tap(9, at: 6000)) == ["0 9", "6000 9"])
  }

  @Test("a key with a long meaning is told when it came up, or while it is held")
  func long() {
    #expect(told(rules, tap(2, at: 0)) == ["90 2"])
    #expect(told(rules, tap(2, at: 0, for: 799)) == ["829 2"])
    #expect(told(rules, tap(2, at: 0, for: 5000)) == ["800 2:long"])
    #expect(told(rules, tap(2, at: 0, for: 900) + tap(2, at: 1000)) == ["800 2:long", "1090 2"])
  }

  @Test("bounces at the beginning and at the end do not cut a long press, nor double a short one")
  func bouncingLong() {
    let start: [Step] = [(0, 2, 1), (2, 2, 0), (4, 2, 1)]
    let end: [Step] = [(1000, 2, 0), (1003, 2, 1), (1005, 2, 0)]
    #expect(told(rules, start + end) == ["800 2:long"])
    #expect(told(rules, start + [(100, 2, 0), (103, 2, 1), (105, 2, 0)]) == ["135 2"])
  }

  @Test("auto-repeat of the kernel adds nothing")
  func repeats() {
    let steps: [Step] = [(0, 2, 1), (250, 2, 2), (283, 2, 2), (1000, 2, 2), (1100, 2, 0)]
    #expect(told(rules, steps) == ["800 2:long"])
    #expect(told(rules, [(0, 9, 1), (250, 9, 2), (283, 9, 2), (300, 9, 0)]) == ["0 9"])
  }

  @Test("two keys that go down together are a chord, whichever was first")
  func chord() {
    for (one, other) in [(UInt16(2), UInt16(3)), (3, 2)] {
      let steps: [Step] = [(0, one, 1), (60, other, 1), (3000, one, 0), (3050, other, 0)]
      #expect(told(rules, steps) == ["60 2+3"])
    }
  }

  @Test("two keys that go down one after the other are two presses")
  func noChord() {
    #expect(told(rules, tap(3, at: 0) + tap(4, at: 200)) == ["90 3", "290 4"])
    #expect(told(rules, [(0, 3, 1), (120, 4, 1), (900, 3, 0), (950, 4, 0)]) == ["100 3", "220 4"])
    #expect(told(rules, [(0, 2, 1), (10, 4, 1), (50, 2, 0), (60, 4, 0)]) == ["80 2", "90 4"])
  }

  @Test("after a chord its keys count again")
  func chordAgain() {
    let chord: [Step] = [(0, 2, 1), (20, 3, 1), (200, 2, 0), (210, 3, 0)]
    let again = chord.map { Step($0.ms + 1000, $0.code, $0.value) }
    #expect(told(rules, chord + again + tap(3, at: 2000)) == ["20 2+3", "1020 2+3", "2090 3"])
  }

  @Test("records without a release make each press one press")
  func noReleases() {
    let steps: [Step] = [(0, 3, 1), (500, 3, 1), (900, 3, 1)]
    #expect(told(rules, steps) == ["100 3", "600 3", "1000 3"])
    #expect(told(rules, [(0, 2, 1), (500, 2, 1)]) == ["500 2", "1300 2:long"])
  }

  @Test("a busy process that reads all at once tells the same by the stamps")
  func readLate() {
    var hand = KeyHand(rules)
    let steps = tap(2, at: 0, for: 900) + tap(2, at: 2000) + [(3000, 3, 1), (3200, 4, 1)]
    var outcomes: [Outcome] = []
    for step in steps {
      let stamp = InputTime(seconds: 1 + step.ms / 1000, microseconds: step.ms % 1000 * 1000)
      outcomes += hand.feed(
        .key(step.code, step.value, at: stamp), at: MonotonicTime(ms: 50_000))
    }
    let strokes = outcomes.compactMap { outcome -> KeyStroke? in
      if case .pressed(let press) = outcome { press.stroke } else { nil }
    }
    #expect(strokes == [.long(2), .press(2), .press(3)])
    #expect(hand.deadline == MonotonicTime(ms: 50_100))
  }

  // MARK: Lock-out

  @Test("does not lock a digit of a PIN out")
  func unlocked() {
    let rules = KeyRules(
      debounce: .milliseconds(30), lockout: .milliseconds(2000), unlocked: [.press(2)])
    let steps = tap(2, at: 0) + tap(2, at: 300) + tap(3, at: 600) + tap(3, at: 900)
    #expect(told(rules, steps) == ["0 2", "300 2", "600 3", "2900 3 x1"])
  }

  private let smileys = KeyRules(debounce: .milliseconds(30), lockout: .milliseconds(2000))

  @Test("a child that hammers a smiley gives one press and a counted burst")
  func hammering() {
    let steps = (0..<40).flatMap { tap(5, at: Int64($0) * 150) }
    #expect(told(smileys, steps) == ["0 5", "7850 5 x39"])
    #expect(told(smileys, steps, stamped: false) == ["0 5", "7850 5 x39"])
  }

  @Test("another smiley within the time counts: it corrects the first")
  func correction() {
    #expect(told(smileys, tap(5, at: 0) + tap(2, at: 400)) == ["0 5", "400 2"])
  }

  @Test("after the quiet time the key counts again, and no burst is told where there was none")
  func again() {
    #expect(told(smileys, tap(5, at: 0) + tap(5, at: 2000)) == ["0 5", "2000 5"])
    #expect(told(smileys, tap(5, at: 0) + tap(5, at: 1999)) == ["0 5", "3999 5 x1"])
  }

  @Test("a burst that does not end is told every minute, and its presses add up")
  func endless() {
    let presses = (0..<1000).flatMap { tap(5, at: Int64($0) * 150) }
    let lines = told(smileys, presses, until: 1_000_000)
    #expect(lines.first == "0 5")
    let counts = lines.dropFirst().compactMap { $0.split(separator: "x").last.flatMap { Int($0) } }
    #expect(counts.reduce(0, +) == 999)
    #expect(counts.count == 3)
  }

  // MARK: Lost events and devices

  private let dropped: [InputEvent] = [InputEvent(type: 0, code: 3, value: 0), .report()]

  @Test("after lost events a slow key that came up is a press, one that is held goes on")
  func lostEvents() {
    var hand = KeyHand(rules)
    _ = hand.feed(.key(2, 1), at: MonotonicTime(ms: 0))
    let asked = dropped.flatMap { hand.feed($0, at: MonotonicTime(ms: 100)) }
    #expect(asked == [.needsKeyState])
    var held = hand
    #expect(held.keyState([2], at: MonotonicTime(ms: 100)).isEmpty)
    #expect(
      held.timePassed(MonotonicTime(ms: 800))
        == [.pressed(KeyPress(stroke: .long(2), at: MonotonicTime(ms: 800)))])
    #expect(hand.keyState([], at: MonotonicTime(ms: 100)).isEmpty)
    #expect(
      hand.timePassed(MonotonicTime(ms: 130))
        == [.pressed(KeyPress(code: 2, at: MonotonicTime(ms: 100)))])
  }

  @Test("a chord that went down in the gap is a chord")
  func chordInGap() {
    var hand = KeyHand(rules)
    for event in dropped { _ = hand.feed(event, at: MonotonicTime(ms: 0)) }
    let outcomes = hand.keyState([3, 4], at: MonotonicTime(ms: 10))
    #expect(outcomes.count == 1)
    guard case .pressed(let press)? = outcomes.first else { return }
    #expect(press.stroke.description == "3+4")
  }

  @Test("lost events do not open a lock")
  func lockedInGap() {
    var hand = KeyHand(smileys)
    _ = hand.feed(.key(5, 1), at: MonotonicTime(ms: 0))
    for event in dropped { _ = hand.feed(event, at: MonotonicTime(ms: 100)) }
    #expect(hand.keyState([], at: MonotonicTime(ms: 100)).isEmpty)
    for event in dropped { _ = hand.feed(event, at: MonotonicTime(ms: 200)) }
    #expect(hand.keyState([5], at: MonotonicTime(ms: 200)).isEmpty)
    #expect(
      hand.timePassed(MonotonicTime(ms: 2200)) == [.burst(.press(5), count: 1)])
  }

  @Test("a key that is held at unplug is no stroke, one that came up is; bursts are told")
  func unplugged() {
    let now = MonotonicTime(ms: 50)
    var held = KeyHand(rules)
    _ = held.feed(.key(2, 1), at: MonotonicTime(ms: 0))
    #expect(held.deviceLost(at: now).isEmpty)
    #expect(held.deadline == nil)
    #expect(held.down.isEmpty)
    var up = KeyHand(rules)
    _ = up.feed(.key(2, 1), at: MonotonicTime(ms: 0))
    _ = up.feed(.key(2, 0), at: MonotonicTime(ms: 40))
    #expect(up.deviceLost(at: now) == [.pressed(KeyPress(code: 2, at: now))])
    var child = KeyHand(smileys)
    for ms in [0, 200, 400] {
      for value: Int32 in [1, 0] {
        _ = child.feed(.key(5, value), at: MonotonicTime(ms: Int64(ms) + 50 * Int64(1 - value)))
      }
    }
    #expect(child.deviceLost(at: now) == [.burst(.press(5), count: 2)])
  }

  @Test("a key that is held at plugging in is no stroke, and counts after it came up")
  func heldAtOpen() {
    var hand = KeyHand(rules)
    hand.adopt([2, 3])
    #expect(hand.deadline == nil)
    _ = hand.feed(.key(3, 0), at: MonotonicTime(ms: 0))
    #expect(hand.feed(.key(2, 0), at: MonotonicTime(ms: 10)) == [.allUp])
    _ = hand.feed(.key(2, 1), at: MonotonicTime(ms: 500))
    #expect(hand.deadline == MonotonicTime(ms: 1300))
  }

  @Test("no press is lost or doubled, whatever is pressed", arguments: Seeds.some(50))
  func accounting(seed: UInt64) {
    var random = Seeded(seed)
    let chords = Set([KeyPair(2, 3), KeyPair(3, 4)].compactMap { $0 })
    let rules = KeyRules(
      debounce: .milliseconds(10), lockout: .milliseconds(random.chance(2) ? 0 : 700),
      longPress: .milliseconds(500), longs: [2, 5], chords: chords)
    var hand = KeyHand(rules)
    var pressed = 0
    var counted = 0
    func count(_ outcomes: [Outcome]) {
      for outcome in outcomes {
        switch outcome {
        case .pressed(let press): counted += press.stroke.codes.count
        case .burst(let stroke, let count): counted += count * stroke.codes.count
        case .allUp, .needsKeyState: break
        }
      }
    }
    var ms: Int64 = 0
    var isDown: [UInt16: Bool] = [:]
    for _ in 0..<2000 {
      ms += Int64.random(in: 11...300, using: &random)
      while let deadline = hand.deadline, deadline.ms < ms { count(hand.timePassed(deadline)) }
      let code = UInt16.random(in: 2...6, using: &random)
      let goesDown = !(isDown[code] ?? false)
      isDown[code] = goesDown
      if goesDown { pressed += 1 }
      count(hand.feed(.key(code, goesDown ? 1 : 0), at: MonotonicTime(ms: ms)))
    }
    for code: UInt16 in 2...6 { count(hand.feed(.key(code, 0), at: MonotonicTime(ms: ms + 1000))) }
    while let deadline = hand.deadline { count(hand.timePassed(deadline)) }
    #expect(counted == pressed, "seed \(seed)")
  }
}
