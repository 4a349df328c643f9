import Branch
import TestSeeds
import Testing

@testable import BranchCore

/// A sign of any configuration, to which anything happens, around the days on which clocks move.
private struct AnySign {
  var random: Seeded
  var sign: LoneSign
  var isOpen = false

  init(seed: UInt64, waits: Bool = false) {
    random = Seeded(seed)
    var plan = LoneSign.plan()
    if waits { plan.board.stand = Span(ms: Int64(random.within(1, 5_000))) }
    plan.idle = Array(["IDLE", "BITTE", "PRIERE"].prefix(random.within(1, 3)))
    plan.turn = .seconds(Int64(random.pick([2, 7, 30, 3_600])))
    if random.chance(2) { plan.flash = Span(ms: Int64(random.within(1, 8_000))) }
    plan.beeps = random.chance(2)
    plan.board.calls_max = random.within(1, 3)
    plan.board.newestLast = random.chance(2)
    if random.chance(2) {
      plan.hours = Self.hours(&random)
      if !random.chance(4) { plan.closed = Array(["CLOSED", "ZU"].prefix(random.within(1, 2))) }
    }
    if random.chance(2) { plan.brightness = Self.brightness(&random) }
    let around = random.pick([Zone.begin, Zone.end])
    let start = around + Span(ms: Int64(random.within(-200_000_000, 100_000_000)))
    sign = LoneSign(plan, now: Zone.now(start), offset: Zone.offset)
  }

  private static func hours(_ random: inout Seeded) -> OpeningHours {
    func day(_ random: inout Seeded) -> [Range<Int>] {
      var edges = Set<Int>()
      for _ in 0..<random.below(5) { edges.insert(random.within(0, 1440)) }
      let sorted = edges.sorted()
      return stride(from: 0, to: sorted.count / 2 * 2, by: 2).map { sorted[$0]..<sorted[$0 + 1] }
    }
    let week = (0..<7).map { _ in day(&random) }
    return OpeningHours(week: week, exceptions: [ServiceDay("2026-03-29")!: day(&random)])
  }

  private static func brightness(_ random: inout Seeded) -> DailyBrightness {
    var minutes = Set([random.below(1440)])
    for _ in 0..<random.below(3) { minutes.insert(random.below(1440)) }
    return DailyBrightness(
      minutes.sorted().map { .init(from_minute: $0, percent: random.within(1, 3)) })
  }

  mutating func happen() {
    switch random.below(12) {
    case 0:
      isOpen = true
      sign.open()
    case 1:
      isOpen = false
      sign.machine.lost()
    case 2, 3: sign.call("A00\(random.within(1, 9))", "B001", isNew: random.chance(2))
    case 4: sign.call(isNew: false)
    case 5:
      sign.now.wall.ms += Int64(random.within(-20_000_000, 20_000_000))
      sign.now.zoneOffsetSeconds = Zone.offset(sign.now.wall)
      sign.note(sign.machine.timePassed(now: sign.now))
    case 6, 7, 8:
      let layer = random.pick(SignMessageLayer.allCases)
      let words = random.pick(["READ", "NO", "LEAVE"])
      sign.tell(words, layer, ms: Int64(random.chance(6) ? 0 : random.within(1, 9_000)))
    default:
      let long = min(90_000_000, 300 * Int(sign.machine.plan.turn.ms))
      sign.pass(ms: Int64(random.below(random.chance(3) ? long : 9_000)))
    }
  }

  func picture(after ms: Int64) -> SignPicture {
    var then = sign.now
    then.monotonic.ms += ms
    then.wall.ms += ms
    return sign.machine.picture(then)
  }
}

extension Seeded {
  fileprivate mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
  fileprivate mutating func within(_ low: Int, _ high: Int) -> Int {
    Int.random(in: low...high, using: &self)
  }
  fileprivate mutating func pick<T>(_ some: [T]) -> T { some[below(some.count)] }
}

extension SignPicture {
  fileprivate var silent: SignPicture {
    SignPicture(
      lines, colour: colour, flashes: flashes, brightness_percent: brightness_percent)
  }
}

@Suite("Whatever happens to a sign")
struct SignPropertyTests {
  @Test("what was written last is what its layers and the clock ask for", arguments: Seeds.some(60))
  func written(seed: UInt64) {
    var any = AnySign(seed: seed, waits: seed % 2 == 0)
    for _ in 0..<60 {
      any.happen()
      guard any.isOpen else { continue }
      #expect(any.sign.last?.silent == any.sign.machine.picture(any.sign.now), "seed \(seed)")
    }
  }

  @Test("its deadline is the next instant at which the picture changes", arguments: Seeds.some(60))
  func deadline(seed: UInt64) {
    var any = AnySign(seed: seed)
    any.isOpen = true
    any.sign.open()
    for _ in 0..<60 {
      any.happen()
      guard any.isOpen else {
        #expect(any.sign.machine.nextDeadline == nil, "seed \(seed)")
        continue
      }
      let now = any.picture(after: 0)
      let due = any.sign.machine.nextDeadline.map { $0.ms - any.sign.now.monotonic.ms }
      if let due {
        // A week without any change is as far as it looks.
        let isFar = due > 7 * 86_400_000
        #expect(due > 0 && (isFar || any.picture(after: due) != now), "seed \(seed)")
      }
      let end = due ?? 10 * 86_400_000
      for _ in 0..<20 {
        let pause = Int64(any.random.below(Int(end)))
        #expect(any.picture(after: pause) == now, "seed \(seed), \(pause) ms on")
      }
      if end > 1 { #expect(any.picture(after: end - 1) == now, "seed \(seed)") }
    }
  }

  @Test("a call is not hidden by answers longer than one of them stands", arguments: Seeds.some(60))
  func hidden(seed: UInt64) {
    var any = AnySign(seed: seed)
    any.sign.open()
    any.sign.call("A001")
    var hidden_ms: Int64 = 0
    for _ in 0..<400 {
      let pause = Int64(any.random.below(1_500))
      if any.random.chance(2) { any.sign.tell("NO", .answer, ms: 4_000) }
      if any.random.chance(9) { any.sign.call("A002") }
      let isHidden = any.sign.text == "NO"
      any.sign.pass(ms: pause)
      hidden_ms = isHidden && any.sign.text == "NO" ? hidden_ms + pause : 0
      #expect(hidden_ms < 4_000, "seed \(seed)")
    }
  }

  @Test(
    "each new call that can be seen is heard once, and nothing else is", arguments: Seeds.some(60))
  func heard(seed: UInt64) {
    var any = AnySign(seed: seed)
    any.sign = LoneSign(
      LoneSign.plan {
        $0.beeps = true
        $0.flash = .seconds(3)
        $0.refresh = .seconds(1)
      })
    any.sign.open()
    for number in 1...200 {
      let isNew = any.random.chance(2)
      let before = any.sign.written.count { $0.beeps }
      any.sign.tell("NO", .answer, ms: Int64(any.random.below(2) * 500))
      any.sign.call("A\(padded(number, to: 3))", isNew: isNew)
      any.sign.pass(ms: 600)
      let heard = any.sign.written.count { $0.beeps } - before
      #expect(heard == (isNew ? 1 : 0), "seed \(seed), call \(number)")
      if any.random.chance(5) {
        any.sign.machine.lost()
        any.sign.open()
      }
    }
  }
}
