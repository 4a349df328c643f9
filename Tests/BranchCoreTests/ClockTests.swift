import Branch
import QueueProtocol
import Testing

@testable import BranchCore

@Suite("A box whose clock is wrong")
struct ClockTests {
  private static let hubTime = Box.morning.wall
  private static let year: Int64 = 365 * 86_400_000

  private func box(wall: WallTime, journal: [DurableRecord] = [], boot: String = "b1") -> Box {
    var plan = Plans.node()
    plan.identity = BoxIdentity(boot: boot, machine: "m1")
    let box = Box(
      plan, journal: journal, now: Now(wall: wall, monotonic: Box.morning.monotonic), seed: 99)
    box.openAll()
    return box
  }

  private func link(_ box: Box) {
    box.pass(Span(ms: 0))
    box.connect()
    let passed = box.now.monotonic - Box.morning.monotonic
    box.hub("WELCOME hub=hub now=\((Self.hubTime + passed).ms)")
  }

  @Test("facts bear the hub's time as soon as it is known, and what the box's clock said")
  func corrected() throws {
    let box = box(wall: WallTime(ms: 1000))
    box.press(Plans.smiley, 25)
    let before = try #require(box.facts(.ratingGiven).last)
    #expect(before.at.ms < Self.year && before.more["mono"] == "1000000")
    link(box)
    box.pass(.seconds(10))
    box.press(Plans.smiley, 25)
    let after = try #require(box.facts(.ratingGiven).last)
    #expect(abs(after.at.ms - (Self.hubTime.ms + 10_000)) < 2000)
    #expect(after.more["wall"] == "\(box.now.wall.ms)" && after.more["mono"] == nil)
  }

  @Test("a clock that jumps changes no fact", arguments: [-year, -3_600_000, 3_600_000, year])
  func jumps(by jump: Int64) throws {
    let box = box(wall: Self.hubTime)
    link(box)
    box.cut()
    box.now.wall = box.now.wall + Span(ms: jump)
    box.press(Plans.smiley, 25)
    let fact = try #require(box.facts(.ratingGiven).last)
    #expect(abs(fact.at.ms - Self.hubTime.ms) < 2000)
    #expect(fact.more["wall"] == "\(box.now.wall.ms)")
  }

  @Test("a small difference is the box's own business")
  func small() throws {
    let box = box(wall: Self.hubTime + Span(ms: 1500))
    link(box)
    box.press(Plans.smiley, 25)
    let fact = try #require(box.facts(.ratingGiven).last)
    #expect(fact.at == box.now.wall && fact.more.isEmpty)
  }

  @Test("the next start under the same kernel knows the time without a hub; another kernel's not")
  func restarts() throws {
    let first = box(wall: WallTime(ms: 1000))
    link(first)
    let same = box(wall: WallTime(ms: 1000), journal: first.journal)
    same.press(Plans.smiley, 25)
    #expect(abs(try #require(same.facts(.ratingGiven).last).at.ms - Self.hubTime.ms) < 2000)
    let other = box(wall: WallTime(ms: 1000), journal: first.journal, boot: "b2")
    other.press(Plans.smiley, 25)
    #expect(try #require(other.facts(.ratingGiven).last).at.ms < Self.year)
  }

  @Test("a hub that has lost its own clock is not followed", arguments: [0, 1, 5_000_000_000_000])
  func hubWithoutClock(ms: Int64) throws {
    let box = box(wall: Self.hubTime)
    box.pass(Span(ms: 0))
    box.connect()
    box.hub("WELCOME hub=hub now=\(ms)")
    box.press(Plans.smiley, 25)
    #expect(try #require(box.facts(.ratingGiven).last).at == box.now.wall)
  }

  @Test("an exact answer is not replaced by a slow one, unless it is old or the hub was set")
  func exact() {
    var clock = ClockEstimate(offset: nil)
    let start = MonotonicTime(ms: 0)
    clock.heard(Self.hubTime, asked: start, now: start + Span(ms: 10))
    let first = clock.offset
    clock.heard(Self.hubTime + Span(ms: 300), asked: start, now: start + Span(ms: 600))
    #expect(clock.offset == first)
    clock.heard(Self.hubTime + .seconds(90), asked: start, now: start + Span(ms: 600))
    #expect(clock.offset != first)
    let set = clock.offset
    let later = start + .minutes(11)
    clock.heard(Self.hubTime + .minutes(12), asked: later, now: later + Span(ms: 800))
    #expect(clock.offset != set)
  }

  @Test("another machine under the journal gives up the numbers that were put by")
  func otherMachine() {
    let first = box(wall: Self.hubTime)
    link(first)
    first.lease(1, 901...950, more: "reserve=yes")
    for (machine, isKept) in [("m1", true), ("m2", false)] {
      var plan = Plans.node()
      plan.identity = BoxIdentity(boot: "b2", machine: machine)
      let box = Box(plan, journal: first.journal, now: first.now)
      #expect(box.core.memory.stock.values.contains { !$0.isEmpty } == isKept, "\(machine)")
      // And for every later start of that machine.
      let again = Box(plan, journal: box.journal, now: first.now)
      #expect(again.core.memory.stock.values.contains { !$0.isEmpty } == isKept, "\(machine)")
    }
  }

  @Test("a network card that is dead, late or new makes no other box, and one more does not either")
  func sameMachine() {
    let (card, other) = (HardwarePart(.card, "c1"), HardwarePart(.card, "c2"))
    let (disk, copy) = (HardwarePart(.disk, "d1"), HardwarePart(.disk, "d2"))
    func goesOn(_ starts: [Set<HardwarePart>]) -> Bool {
      var journal: [DurableRecord] = []
      var isKept = true
      for (index, parts) in starts.enumerated() {
        var plan = Plans.node()
        plan.identity = BoxIdentity(boot: "b\(index)", machine: "m\(index)", parts: parts)
        let box = Box(plan, journal: journal)
        if index == 0 {
          box.openAll()
          box.link()
          box.lease(1, 901...950, more: "reserve=yes")
        } else {
          isKept = isKept && box.core.memory.stock.values.contains { !$0.isEmpty }
          #expect((box.core.plan.identity?.machine == "m0") == isKept)
        }
        journal = box.journal
      }
      return isKept
    }
    #expect(goesOn([[card, disk], [disk]]), "the card is dead")
    #expect(goesOn([[disk], [card, disk], [card, disk]]), "the card was late at first")
    #expect(goesOn([[card], []]), "nothing can be seen")
    #expect(goesOn([[card], [card, other], [other]]), "cards are exchanged one by one")
    #expect(goesOn([[card, disk], [card, copy]]), "a new disk")
    #expect(
      !goesOn([[card, disk], [other, disk]]), "a virtual machine's copy has its disk's serial")
    #expect(!goesOn([[disk], [copy]]), "a copy of the disk, both without a network card")
  }
}
