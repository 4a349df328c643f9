import Branch
import QueueProtocol
import Testing

@testable import BranchCore

@Suite("A hub that gives the same numbers twice")
struct GivenNumbersTests {
  private func box() -> Box {
    let box = Box()
    box.openAll()
    box.link()
    box.lease(1, 901...950, more: "reserve=yes")
    box.press(Plans.kiosk, 1)
    box.lease(2, 1...1)
    box.pass(.seconds(2))
    #expect(box.issued == ["A001"])
    return box
  }

  @Test("is told what was given, and its numbers are let go")
  func refused() {
    let box = box()
    box.press(Plans.kiosk, 1)
    _ = box.takeToHub()
    box.lease(3, 1...1)
    #expect(box.issued == ["A001"] && box.logs.contains { $0.contains("[number-twice]") })
    let said = box.takeToHub()
    #expect(said.contains("ACK 3"))
    #expect(said.contains("HELD service=cash day=2026-11-22 through=1 from=901"))
    #expect(said.contains { $0.hasPrefix("LEASE") }, "asks for another")
    box.lease(4, 2...2)
    #expect(box.issued == ["A001", "A002"])
  }

  @Test("after a restart as well, also from a checkpoint")
  func restarted() {
    let before = box()
    let checkpoint = DurableRecord(.checkpoint, payload: before.core.memory.checkpoint())
    for journal in [before.journal, [checkpoint]] {
      let box = Box(journal: journal)
      box.openAll()
      box.link()
      box.press(Plans.kiosk, 1)
      box.lease(3, 1...1)
      #expect(box.issued.filter { $0 == "A001" }.count == (journal.count == 1 ? 0 : 1))
      box.lease(4, 940...960, more: "reserve=yes")
      #expect(box.core.memory.stock[ServiceID("cash")!]?.map(\.block.numbers) == [901...950])
    }
  }

  @Test("a hub with fewer facts than it once had hears it before anything is asked of it")
  func forgetful() throws {
    let box = box()
    box.hub("ACK 3")
    box.cut()
    box.pass(.seconds(1))
    box.link(acked: 0)
    let said = box.takeToHub()
    let held = try #require(said.firstIndex { $0.hasPrefix("HELD service=cash") })
    if let lease = said.firstIndex(where: { $0.hasPrefix("LEASE") }) { #expect(held < lease) }
  }

  @Test("tells every hub in every session what was given, so that one with another store knows")
  func everySession() {
    let box = box()
    box.cut()
    box.pass(.seconds(1))
    box.link(acked: 3)
    #expect(box.takeToHub().contains { $0.hasPrefix("HELD service=cash day=2026-11-22") })
  }

  @Test("a hub with another store than the one before is told of, with a cure; the same is not")
  func otherStore() {
    let box = Box()
    box.openAll()
    let stores = [("store=5", 0), ("store=5", 0), ("", 0), ("store=6", 1), ("store=6", 1)]
    for (store, count) in stores {
      box.link(store)
      #expect(box.logs.count { $0.contains("[other-store]") } == count, "\(store)")
      let attempts = box.connects.count
      box.cut()
      for _ in 0..<1000 where box.connects.count == attempts { box.pass(.milliseconds(100)) }
    }
  }
}
