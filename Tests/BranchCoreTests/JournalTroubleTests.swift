import Branch
import Testing

@testable import BranchCore

@Suite("A journal that takes nothing for a while")
struct JournalTroubleTests {
  private func box() -> Box {
    let box = Box()
    box.openAll()
    box.link()
    box.lease(1, 1...50, more: "reserve=yes")
    box.cut()
    box.flushesAtOnce = false
    return box
  }

  @Test("a press gets its refusal at once, and nothing is promised")
  func refused() {
    let box = box()
    box.failJournal(true)
    let before = box.lamps[Plans.kiosk]?.count ?? 0
    box.press(Plans.kiosk, 1)
    #expect(box.lamps[Plans.kiosk]?.dropFirst(before) == [.error])
    box.press(Plans.smiley, Plans.rate + 4)
    #expect(box.lamps[Plans.smiley]?.last == .error)
    box.press(Plans.keypad, Plans.next)
    #expect(box.lamps[Plans.keypad]?.last == .error)
    box.failJournal(false)
    box.flush()
    #expect(box.issued.isEmpty && box.facts(.ratingGiven).isEmpty)
  }

  @Test("a ticket that was decided on and is not durable is not printed later; its number is void")
  func withdrawn() {
    let box = box()
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(1))
    #expect(box.undoneCount > 0)
    box.failJournal(true)
    #expect(box.lamps[Plans.kiosk]?.last == .error)
    box.pass(.seconds(75))
    box.failJournal(false)
    box.flush()
    box.pass(.seconds(10))
    box.flush()
    #expect(box.devices[Plans.front]?.tickets == [])
    #expect(box.story("A001") == ["issued", "sending", "failed", "voided"])
    box.flushesAtOnce = true
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(3))
    #expect(box.devices[Plans.front]?.tickets == ["A002"])
  }

  @Test("what describes the box is left out and counted; what customers did is not")
  func shed() throws {
    let box = box()
    box.flushesAtOnce = true
    box.handle(.journalTight(true))
    for _ in 0..<5 {
      box.unplug(Plans.front)
      box.plug(Plans.front)
    }
    box.press(Plans.smiley, Plans.rate + 4)
    #expect(box.facts(.deviceLost).isEmpty && box.facts(.ratingGiven).count == 1)
    box.handle(.journalTight(false))
    let count = try #require(box.facts(.factsShed).first?.more["count"].flatMap(Int.init))
    #expect(count == 10)
    box.unplug(Plans.front)
    #expect(box.facts(.deviceLost).count == 1)
  }
}
