import Branch
import ESCPOS
import Testing

@testable import BranchCore

@Suite("Printers that fail, and what the customer gets")
struct PrinterTests: PrinterBoxes {
  @Test("absent: a refusal, and no number is used")
  func absent() {
    let box = box()
    box.unplug(Plans.front)
    box.unplug(Plans.back)
    box.press(Plans.kiosk, 1)
    #expect(box.issued.isEmpty)
    #expect(box.refusals == ["offline"])
    #expect(box.sees(Plans.kioskSign) == "NO TICKET")
    #expect(box.lamps[Plans.kiosk] == [.error])
    box.plug(Plans.front)
    box.press(Plans.kiosk, 1)
    #expect(box.issued == ["A001"])
  }

  @Test("out of paper: a refusal that says so, and no number is used")
  func paperOut() {
    let box = onlyFront()
    box.change(Plans.front) { $0.paper.setPaper(.out) }
    box.press(Plans.kiosk, 1)
    #expect(box.issued.isEmpty)
    #expect(box.refusals == ["media-empty"])
    #expect(box.sees(Plans.kioskSign) == "NO PAPER")
    #expect(box.facts(.deviceCondition).last?.reason == "media-empty")
    box.change(Plans.front) { $0.paper.setPaper(.ok) }
    box.press(Plans.kiosk, 1)
    #expect(box.devices[Plans.front]?.tickets == ["A001"], "asked again at the press")
    #expect(box.facts(.deviceCondition).last?.reason == "none")
  }

  @Test("cover open: the same") func coverOpen() {
    let box = onlyFront()
    box.change(Plans.front) { $0.paper.setCover(open: true) }
    box.press(Plans.kiosk, 1)
    #expect(box.refusals == ["cover-open"])
  }

  @Test("a printer that tells by itself is not asked at every press")
  func automatic() {
    let box = onlyFront(asked: false, automatic: true)
    box.change(Plans.front) { $0.paper.setPaper(.out) }
    #expect(box.facts(.deviceCondition).last?.reason == "media-empty")
    box.press(Plans.kiosk, 1)
    #expect(box.refusals == ["media-empty"])
    box.change(Plans.front) { $0.paper.setPaper(.ok) }
    box.press(Plans.kiosk, 1)
    #expect(box.devices[Plans.front]?.tickets == ["A001"])
  }

  @Test("little paper is told and printed on")
  func low() {
    let box = onlyFront()
    box.change(Plans.front) { $0.paper.setPaper(.nearEnd) }
    box.press(Plans.kiosk, 1)
    #expect(box.issued == ["A001"])
    box.pass(.seconds(4))
    #expect(box.facts(.deviceCondition).last?.reason == "media-low")
  }

  @Test("out of paper at the first printer: the second one prints")
  func second() {
    let box = box()
    box.change(Plans.front) { $0.paper.setPaper(.out) }
    box.press(Plans.kiosk, 1)
    #expect(box.devices[Plans.back]?.tickets == ["A001"])
    #expect(box.refusals.isEmpty)
  }

  @Test("pulled before the first byte: the second printer prints the same ticket")
  func fallback() {
    let box = box()
    box.devices[Plans.front]?.takes = 0
    box.press(Plans.kiosk, 1)
    #expect(box.devices[Plans.front]?.job != nil)
    box.unplug(Plans.front)
    #expect(box.story("A001") == ["issued", "sending", "failed", "sending", "printed"])
    #expect(box.devices[Plans.back]?.tickets == ["A001"])
    #expect(box.issued == ["A001"], "no second number")
  }

  @Test("the loss is told before the bytes are counted: still no doubt about the ticket")
  func lostFirst() {
    for (takes, ending) in [(0, ["failed", "sending", "printed"]), (100, ["unconfirmed"])] {
      let box = box()
      // The transport's reports of progress are behind: it says nothing of the bytes it took.
      box.press(Plans.kiosk, 1)
      #expect(box.story("A001").last == "printed")
      box.devices[Plans.front]?.takes = takes
      box.press(Plans.kiosk, 1)
      box.unplug(Plans.front, lostFirst: true)
      #expect(box.story("A002") == ["issued", "sending"] + ending, "\(takes) bytes")
    }
  }

  @Test("a transport that never has a last word leaves nobody in doubt for long")
  func noLastWord() {
    let box = box()
    box.devices[Plans.front]?.takes = 0
    box.press(Plans.kiosk, 1)
    box.handle(.printer(Plans.front, .lost(Device.gone)))
    box.pass(.seconds(1))
    #expect(box.story("A001") == ["issued", "sending", "unconfirmed"], "and is not printed again")
  }

  @Test("its order to write waits behind a slow disk: nothing else is written before its end")
  func slowDisk() {
    let box = onlyFront(asked: false)
    box.flushesAtOnce = false
    box.press(Plans.kiosk, 1)
    // Lost and back again before the transport has heard of the ticket at all.
    box.handle(.printer(Plans.front, .lost(Device.gone)))
    box.pass(.seconds(2))
    box.handle(.printer(Plans.front, .arrived(identity: "back")))
    box.press(Plans.kiosk, 1)
    box.flush()
    box.flushesAtOnce = true
    #expect(box.story("A001") == ["issued", "sending", "unconfirmed"])
    #expect(box.devices[Plans.front]?.tickets.count == 1, "it came out all the same, once")
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(1))
    #expect(box.story(box.issued.last ?? "").last == "printed")
    #expect(box.devices[Plans.front]?.tickets.last == box.issued.last)
  }

  @Test("its zeros wait behind a slow disk: they are not written twice at once")
  func slowDiskBehindZeros() {
    let box = onlyFront()
    box.devices[Plans.front]?.takes = 100
    box.press(Plans.kiosk, 1)
    box.unplug(Plans.front)
    box.devices[Plans.front]?.takes = 0
    box.flushesAtOnce = false
    box.plug(Plans.front)
    box.handle(.printer(Plans.front, .lost(Device.gone)))
    box.handle(.printer(Plans.front, .arrived(identity: "back")))
    box.press(Plans.kiosk, 1)
    box.flush()
    box.flushesAtOnce = true
    box.change(Plans.front) { $0.takes = nil }
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(1))
    #expect(box.story(box.issued.last ?? "").last == "printed")
  }

  @Test("all printers fail: the number is voided and the customer is told")
  func allFail() {
    let box = box()
    box.devices[Plans.front]?.takes = 0
    box.devices[Plans.back]?.takes = 0
    box.press(Plans.kiosk, 1)
    box.unplug(Plans.front)
    box.unplug(Plans.back)
    #expect(
      box.story("A001") == ["issued", "sending", "failed", "sending", "failed", "voided"])
    #expect(box.refusals == ["device-lost"])
    #expect(box.sees(Plans.kioskSign) == "NO TICKET")
  }

  @Test("a second printer that the plan names and nobody knows is none")
  func unknownPrinter() {
    var plan = Plans.node(printers: [Plans.printer(Plans.front)])
    plan.terminals[0].printers.append(PrinterID("ghost")!)
    let box = Box(plan)
    box.openAll()
    box.link()
    box.lease(1, 1...9, more: "reserve=yes")
    box.cut()
    box.devices[Plans.front]?.takes = 0
    box.press(Plans.kiosk, 1)
    box.unplug(Plans.front)
    #expect(box.story("A001").last == "voided")
    box.press(Plans.kiosk, 1)
    #expect(box.refusals == ["device-lost", "offline"])
  }
}
