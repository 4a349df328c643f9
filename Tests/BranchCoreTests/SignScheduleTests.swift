import Branch
import Testing

@testable import BranchCore

/// Clocks of a zone with summer time: an hour ahead of UTC, two between the two instants.
enum Zone {
  /// 2026-03-29 01:00 UTC and 2026-10-25 01:00 UTC, as in Berlin.
  static let begin = WallTime(ms: 1_774_746_000_000)
  static let end = WallTime(ms: 1_792_890_000_000)

  static let offset: @Sendable (WallTime) -> Int32 = { $0 >= begin && $0 < end ? 7200 : 3600 }

  static func now(_ wall: WallTime) -> Now {
    Now(wall: wall, monotonic: MonotonicTime(ms: 1_000_000), zoneOffsetSeconds: offset(wall))
  }
}

private let hour_ms: Int64 = 3_600_000

@Suite("What the clock changes on a sign")
struct SignScheduleTests {
  /// Open on weekdays from eight to twelve and from one to four, and on a Sunday in October.
  private static let hours = OpeningHours(
    week: [[Range<Int>]](repeating: [480..<720, 780..<960], count: 5) + [[], []],
    exceptions: [ServiceDay("2026-10-25")!: [60..<300], ServiceDay("2026-12-25")!: []])

  private static let plan = LoneSign.plan {
    $0.hours = hours
    $0.idle = ["OPEN"]
    $0.closed = ["CLOSED"]
  }

  private func at(_ text: String, _ hour: Int64, minute: Int64 = 0) -> WallTime {
    let day = ServiceDay(text)!.daysSince1970
    let local = WallTime(ms: day * 24 * hour_ms + hour * hour_ms + minute * 60_000)
    return WallTime(ms: local.ms - Int64(Zone.offset(local)) * 1000)
  }

  private func sign(_ plan: SignPlan, _ wall: WallTime) -> LoneSign {
    var sign = LoneSign(plan, now: Zone.now(wall), offset: Zone.offset)
    sign.open()
    return sign
  }

  @Test("weekdays are counted from Monday")
  func weekdays() {
    #expect(ServiceDay("1970-01-01")!.weekday == 3)
    #expect(ServiceDay("2026-11-22")!.weekday == 6)
    #expect(ServiceDay("1969-12-28")!.weekday == 6)
    #expect(ServiceDay("2024-02-29")!.weekday == 3)
  }

  @Test("idle texts follow the opening hours to the millisecond")
  func day() {
    // 2026-11-20 was a Friday.
    var sign = sign(Self.plan, at("2026-11-20", 7))
    #expect(sign.text == "CLOSED")
    for (pause, before, after) in [
      (hour_ms, "CLOSED", "OPEN"), (4 * hour_ms, "OPEN", "CLOSED"),
      (hour_ms, "CLOSED", "OPEN"), (3 * hour_ms, "OPEN", "CLOSED"),
      (64 * hour_ms, "CLOSED", "OPEN"),
    ] {
      sign.pass(ms: pause - 1)
      #expect(sign.text == before)
      sign.pass(ms: 1)
      #expect(sign.text == after)
    }
    #expect(sign.written.count == 6, "nothing is written at midnight or on the weekend")
  }

  @Test("a day that is an exception has its own hours")
  func exception() {
    var sign = sign(Self.plan, at("2026-12-24", 23))
    sign.pass(ms: 30 * hour_ms)
    #expect(sign.text == "CLOSED" && sign.written.count == 1)
  }

  @Test("summer time begins: a night is an hour shorter")
  func spring() {
    // The Sunday before is closed anyway; Monday opens at eight by the new time.
    var sign = sign(Self.plan, at("2026-03-28", 20))
    #expect(sign.machine.nextDeadline == sign.now.monotonic + Span(ms: 35 * hour_ms))
    sign.pass(ms: 35 * hour_ms)
    #expect(sign.text == "OPEN")
  }

  @Test("summer time ends within the hours: both of its hours are open")
  func autumn() {
    var sign = sign(Self.plan, at("2026-10-25", 0))
    #expect(sign.text == "CLOSED")
    sign.pass(ms: hour_ms)
    #expect(sign.text == "OPEN")
    sign.pass(ms: 5 * hour_ms - 1)
    #expect(sign.text == "OPEN")
    sign.pass(ms: 1)
    #expect(sign.text == "CLOSED", "five by the wall, six hours from midnight")
  }

  @Test("texts take turns, all signs at one time, and rest under a call")
  func turns() {
    let plan = LoneSign.plan {
      $0.idle = ["Willkommen", "Welcome", "Bienvenue"]
      $0.turn = .seconds(5)
    }
    var one = sign(plan, at("2026-11-20", 7))
    var other = LoneSign(plan, now: one.now)
    other.move(3_210)
    other.open()
    one.pass(ms: 3_210)
    var seen: [String] = []
    for _ in 0..<4 {
      #expect(one.text == other.text)
      seen.append(one.text ?? "")
      one.pass(ms: 5_000)
      other.pass(ms: 5_000)
    }
    #expect(Set(seen.prefix(3)) == Set(plan.idle) && seen[3] == seen[0])
    one.call("A001")
    #expect(one.machine.nextDeadline == nil, "nobody sees a turn below a call")
  }

  @Test("brightness follows the day, whatever stands there")
  func brightness() {
    let plan = LoneSign.plan {
      $0.brightness = DailyBrightness([
        .init(from_minute: 360, percent: 100), .init(from_minute: 1200, percent: 20),
      ])
    }
    var sign = sign(plan, at("2026-11-20", 3))
    #expect(sign.last?.brightness_percent == 20, "the last of yesterday")
    sign.call("A001")
    sign.pass(ms: 3 * hour_ms)
    #expect(sign.last?.brightness_percent == 100 && sign.text == "A001")
    sign.pass(ms: 14 * hour_ms)
    #expect(sign.last?.brightness_percent == 20 && sign.written.count == 4)
  }

  @Test("a clock that is set changes what stands there at once, to either side")
  func clockSet() {
    var sign = sign(Self.plan, at("2026-11-20", 7))
    for (jump, text) in [(2 * hour_ms, "OPEN"), (-2 * hour_ms, "CLOSED")] {
      sign.now.wall.ms += jump
      #expect(sign.machine.clockWasSet(sign.now))
      sign.note(sign.machine.timePassed(now: sign.now))
      #expect(sign.text == text && !sign.machine.clockWasSet(sign.now))
    }
    sign.pass(ms: hour_ms)
    #expect(sign.text == "OPEN")
  }

  @Test("the core looks again when the hub says another time")
  func hubTime() {
    var plan = Plans.node()
    let day = Box.day.daysSince1970 * 24 * hour_ms
    plan.signs[1].hours = OpeningHours(week: [[Range<Int>]](repeating: [480..<720], count: 7))
    plan.signs[1].closed = ["CLOSED"]
    let box = Box(plan, now: Now(wall: WallTime(ms: day), monotonic: MonotonicTime(ms: 1_000_000)))
    box.openAll()
    #expect(box.sees(Plans.mainSign) == "CLOSED")
    box.pass(.seconds(1))
    box.connect()
    box.hub("WELCOME hub=hub now=\(day + 9 * hour_ms)")
    box.pass(Span(ms: 1))
    #expect(box.sees(Plans.mainSign) == "WELCOME")
    box.pass(Span(ms: 3 * hour_ms))
    #expect(box.sees(Plans.mainSign) == "CLOSED")
  }
}
