import Branch
import QueueProtocol
import Testing

@testable import BranchCore

@Suite("Numbers over midnight, wherever the branch is")
struct BranchDayTests {
  /// A box in a zone, with the reserve of two days, and no hub.
  private func box(local: String, wall_ms: Int64, offset_s: Int32) -> Box {
    let now = Now(
      wall: WallTime(ms: wall_ms), monotonic: MonotonicTime(ms: 1_000_000),
      zoneOffsetSeconds: offset_s)
    let box = Box(now: now)
    box.openAll()
    box.link()
    let today = now.local.day
    #expect(today.description == local)
    for (number, day) in [today, today.next].enumerated() {
      box.hub(
        "CMD \(number + 1) lease service=cash prefix=A day=\(day) first=950 last=999 "
          + "reserve=yes")
    }
    box.cut()
    return box
  }

  private func press(_ box: Box) -> (ticket: String, day: String)? {
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(3))
    let fact = box.facts(.ticketIssued).last
    return fact.map { ($0.ticket?.description ?? "", $0.day?.description ?? "") }
  }

  /// 2026-11-22T00:00:00Z.
  private static let midnight: Int64 = 1_795_305_600_000

  @Test(
    "the day begins at the branch's midnight, not at that of UTC",
    arguments: [Int32(0), 3600, -36_000, 20_700, 50_400, -43_200])
  func zones(offset_s: Int32) throws {
    // Half a minute before the branch's midnight.
    let wall = Self.midnight - Int64(offset_s) * 1000 - 30_000
    let box = box(local: "2026-11-21", wall_ms: wall, offset_s: offset_s)
    let before = try #require(press(box))
    #expect(before.day == "2026-11-21" && before.ticket == "A950")
    box.pass(.seconds(40))
    let after = try #require(press(box))
    #expect(after.day == "2026-11-22" && after.ticket == "A950", "numbers begin anew")
    let same = try #require(press(box))
    #expect(same.day == "2026-11-22" && same.ticket == "A951")
  }

  @Test("a line that is down for days: each day has its numbers, until the reserve of days ends")
  func daysOfOutage() throws {
    var plan = Plans.node()
    plan.numbers.reserveDays = 5
    let start = WallTime(ms: Self.midnight + 8 * 3_600_000)
    let box = Box(
      plan, now: Now(wall: start, monotonic: Box.morning.monotonic, zoneOffsetSeconds: 0))
    box.openAll()
    box.link()
    // The hub gives what it is asked for.
    var number: UInt64 = 0
    for line in box.takeToHub() {
      guard let message = try? NodeMessage(parsing: Array(line.utf8)),
        case .lease(let lease) = message, lease.isReserve
      else { continue }
      number += 1
      let prefix = lease.service.text == "cash" ? "A" : "B"
      box.hub(
        "CMD \(number) lease service=\(lease.service) prefix=\(prefix) day=\(lease.day) "
          + "first=\(1000 - lease.count) last=999 reserve=yes")
    }
    box.cut()
    for day in 22...26 {
      let ticket = try #require(press(box), "on the \(day)th")
      #expect(ticket.day == "2026-11-\(day)")
      box.pass(.minutes(24 * 60))
    }
    let issued = box.issued.count
    _ = press(box)
    #expect(box.issued.count == issued && box.refusals == ["no-numbers"])
    // A restart in between forgets none of the days.
    let again = Box(plan, journal: box.journal, now: box.now)
    #expect(again.core.memory.stock == box.core.memory.stock)
  }

  @Test("a hub that invents counters fills no memory")
  func inventedCounters() {
    let box = Box()
    box.openAll()
    box.link()
    for number in 1...StandingCalls.standing_max + 200 {
      box.hub("CMD \(number) call counter=c\(number) ticket=A\(1000 + number) at=1")
    }
    #expect(box.core.memory.commands == UInt64(StandingCalls.standing_max + 200))
    #expect(box.core.memory.calls.standing.count == StandingCalls.standing_max)
  }

  @Test("an hour that comes twice or never is of one day, and its numbers go on")
  func daylightSaving() throws {
    // 2026-10-25 in Berlin: at 01:00Z the offset falls from two hours to one.
    let change: Int64 = 1_792_890_000_000
    let box = box(local: "2026-10-25", wall_ms: change - 60_000, offset_s: 7200)
    #expect(try #require(press(box)).ticket == "A950")
    box.pass(.seconds(90))
    box.now.zoneOffsetSeconds = 3600
    let second = try #require(press(box))
    #expect(second.ticket == "A951" && second.day == "2026-10-25")
    // Somebody sets the box's clock back over midnight: the hub's time stays.
    box.pass(.minutes(60 * 23))
    let next = try #require(press(box))
    #expect(next.day == "2026-10-26" && next.ticket == "A950")
    box.now.wall = box.now.wall + .minutes(-60)
    let back = try #require(press(box))
    #expect(back.day == "2026-10-26" && back.ticket == "A951")
  }

  @Test("a restart at either side of midnight issues no number twice")
  func restarts() throws {
    let first = box(local: "2026-11-21", wall_ms: Self.midnight - 30_000, offset_s: 0)
    _ = press(first)
    var seen: Set<String> = ["2026-11-21 A950"]
    var journal = first.journal
    var now = first.now
    for _ in 0..<4 {
      now.wall = now.wall + .seconds(15)
      now.monotonic = now.monotonic + .seconds(15)
      let again = Box(journal: journal, now: now)
      again.openAll()
      let issued = try #require(press(again))
      #expect(seen.insert("\(issued.day) \(issued.ticket)").inserted, "\(issued)")
      journal = again.journal
      now = again.now
    }
    #expect(seen.contains("2026-11-22 A950"))
  }

  @Test("a re-imaged box begins a new epoch with no number of the old one")
  func reimaged() {
    let first = box(local: "2026-11-22", wall_ms: Self.midnight + 1000, offset_s: 0)
    _ = press(first)
    let fresh = Box(now: first.now, epoch: 8)
    fresh.openAll()
    #expect(press(fresh) == nil, "it has none before a hub gives some")
  }
}
