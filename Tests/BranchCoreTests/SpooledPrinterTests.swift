import Branch
import ESCPOS
import Testing

@testable import BranchCore

@Suite("Printers behind a spooler")
struct SpooledPrinterTests {
  private func box(trusts: Bool) -> Box {
    var printer = PrinterPlan(id: Plans.front, capabilities: Plans.capabilities())
    printer.isSpooled = true
    printer.trustsSpooler = trusts
    let box = Box(Plans.node(printers: [printer]))
    box.openAll()
    box.link()
    box.lease(1, 1...999, more: "reserve=yes")
    box.cut()
    box.devices[Plans.front]?.isMute = true
    box.press(Plans.kiosk, 1)
    return box
  }

  private func job(_ box: Box) -> UInt64 { box.devices[Plans.front]?.jobsGot.last ?? 0 }

  @Test("completed counts as printed where it is trusted, else as unconfirmed")
  func completed() {
    for (trusts, end) in [(true, "printed"), (false, "unconfirmed")] {
      let box = box(trusts: trusts)
      #expect(box.story("A001") == ["issued", "sending"])
      box.handle(
        .printer(Plans.front, .spooled(job: job(box), completed: true, detail: "completed")))
      #expect(box.story("A001").last == end)
    }
  }

  @Test("aborted is unconfirmed: nobody knows what came out")
  func aborted() {
    let box = box(trusts: true)
    box.handle(.printer(Plans.front, .spooled(job: job(box), completed: false, detail: "aborted")))
    #expect(box.facts(.ticketUnconfirmed).last?.reason == "aborted")
  }

  @Test("a job that hangs in the queue is cancelled, so that it does not print an hour later")
  func hanging() {
    let box = box(trusts: true)
    box.pass(.seconds(20))
    #expect(box.story("A001").last == "unconfirmed")
    #expect(box.cancelled == [job(box)])
  }

  @Test("a spooler that is away for a moment tells the end when it is back")
  func away() {
    let box = box(trusts: true)
    box.handle(.printer(Plans.front, .lost(Device.gone)))
    #expect(box.story("A001") == ["issued", "sending"])
    box.press(Plans.kiosk, 1)
    #expect(box.refusals == ["offline"])
    box.handle(.printer(Plans.front, .arrived(identity: "queue")))
    box.handle(.printer(Plans.front, .spooled(job: job(box), completed: true, detail: "completed")))
    #expect(box.story("A001").last == "printed")
  }

  @Test("one that stays away: the job is given up and cancelled")
  func staysAway() {
    let box = box(trusts: true)
    box.handle(.printer(Plans.front, .lost(Device.gone)))
    box.pass(.seconds(20))
    #expect(box.story("A001").last == "unconfirmed")
    #expect(box.cancelled == [job(box)])
  }

  @Test("its conditions refuse presses") func conditions() {
    let box = box(trusts: true)
    box.handle(.printer(Plans.front, .conditions([.mediaEmpty, .offline])))
    box.press(Plans.kiosk, 1)
    #expect(box.refusals == ["media-empty"])
    #expect(box.facts(.deviceCondition).last?.reason == "media-empty")
  }
}
