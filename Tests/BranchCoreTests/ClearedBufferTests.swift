import Branch
import DeviceProfiles
import PrinterEmulator
import Testing

@testable import BranchCore

@Suite("Nothing of an interrupted ticket comes out later")
struct ClearedBufferTests: PrinterBoxes {
  private static let ways: [Set<BufferClearing>] = [
    [], [.dleENQ], [.softReset], [.dleENQ, .softReset],
  ]

  private func cleared(_ clears: Set<BufferClearing>, automatic: Bool = true) -> Box {
    var printer = Plans.printer(Plans.front, asked: !automatic, automatic: automatic)
    printer.clears = clears
    return box([printer])
  }

  private func paper(_ box: Box) -> EmulatedPrinter? { box.devices[Plans.front]?.paper }

  /// Bytes of a whole ticket.
  private func length() -> Int {
    let box = cleared([])
    box.press(Plans.kiosk, 1)
    return box.devices[Plans.front]?.bytesGot.count ?? 0
  }

  @Test(
    "cut at every byte of a ticket, the next one is whole and the first never comes",
    arguments: ways)
  func everyByte(clears: Set<BufferClearing>) {
    let whole = length()
    #expect(whole > 150)
    var cuts = 0
    for takes in 1..<whole {
      let box = cleared(clears, automatic: takes % 2 == 0)
      box.devices[Plans.front]?.takes = takes
      box.press(Plans.kiosk, 1)
      guard box.devices[Plans.front]?.job != nil else { continue }
      cuts += 1
      box.unplug(Plans.front)
      box.devices[Plans.front]?.takes = nil
      box.plug(Plans.front)
      box.press(Plans.kiosk, 1)
      #expect(box.story("A001") == ["issued", "sending", "unconfirmed"], "cut at \(takes)")
      #expect(box.story("A002") == ["issued", "sending", "printed"], "cut at \(takes)")
      let last = paper(box)?.tickets.last
      #expect(last?.largeTexts == ["A002"] && last?.isTorn == false, "cut at \(takes)")
      let pieces = paper(box)?.tickets.filter { $0.cut != nil } ?? []
      // Behind the knife's command only the question for the confirmation is left: then a bare
      // piece of paper follows the first ticket.
      #expect(pieces.count == 2 || takes > whole - 17, "cut at \(takes)")
      #expect(pieces.dropLast().allSatisfy { !$0.largeTexts.contains("A002") }, "cut at \(takes)")
      box.press(Plans.kiosk, 1)
      #expect(box.devices[Plans.front]?.jobsGot.filter { $0 == 0 }.count == 1, "cleaned once")
    }
    #expect(cuts > 150)
  }

  @Test(
    "cut at every byte while the paper is out, it does not come out of the new roll",
    arguments: [[.softReset], [.dleENQ]] as [Set<BufferClearing>])
  func paperOut(clears: Set<BufferClearing>) {
    let whole = length()
    for takes in stride(from: 8, to: whole, by: 1) {
      let box = cleared(clears)
      box.devices[Plans.front]?.paper.linesUntilPaperOut = 1
      box.devices[Plans.front]?.takes = takes
      box.press(Plans.kiosk, 1)
      guard box.devices[Plans.front]?.job != nil, paper(box)?.paper == .out else { continue }
      box.unplug(Plans.front)
      box.devices[Plans.front]?.takes = nil
      box.plug(Plans.front)
      box.change(Plans.front) { $0.paper.setPaper(.ok) }
      box.press(Plans.kiosk, 1)
      #expect(box.story("A002").last == "printed", "cut at \(takes)")
      let numbers = paper(box)?.tickets.flatMap(\.largeTexts) ?? []
      #expect(numbers == ["A002"], "cut at \(takes)")
    }
  }

  @Test("a whole ticket that waits for paper is emptied out when its time is over", arguments: ways)
  func expired(clears: Set<BufferClearing>) {
    let box = cleared(clears)
    box.devices[Plans.front]?.paper.linesUntilPaperOut = 1
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(61))
    #expect(box.story("A001") == ["issued", "sending", "unconfirmed"])
    box.pass(.minutes(60))
    box.change(Plans.front) { $0.paper.setPaper(.ok) }
    let numbers = paper(box)?.tickets.flatMap(\.largeTexts) ?? []
    #expect(numbers == (clears.isEmpty ? ["A001"] : []), "only a model that cannot be emptied")
    box.press(Plans.kiosk, 1)
    #expect(box.devices[Plans.front]?.tickets.last == "A002")
  }

  @Test("a ticket that stood in a printer when it was pulled is emptied out when it is back")
  func pulled() {
    let box = cleared([.softReset])
    box.devices[Plans.front]?.paper.linesUntilPaperOut = 1
    box.press(Plans.kiosk, 1)
    box.unplug(Plans.front)
    box.plug(Plans.front)
    box.change(Plans.front) { $0.paper.setPaper(.ok) }
    #expect(paper(box)?.tickets.flatMap(\.largeTexts) == [])
  }

  @Test("a restart empties out what the last life left there")
  func restarted() {
    let box = cleared([.softReset])
    box.devices[Plans.front]?.paper.linesUntilPaperOut = 1
    box.press(Plans.kiosk, 1)
    let (journal, devices) = box.kill(keeping: 0)
    let again = Box(box.plan, journal: journal, devices: devices, now: box.now)
    again.openAll()
    again.change(Plans.front) { $0.paper.setPaper(.ok) }
    #expect(again.facts(.ticketUnconfirmed).count == 1)
    #expect(paper(again)?.tickets.flatMap(\.largeTexts) == [])
  }

  @Test("the order to clear stands behind the zeros and before the knife, and is not counted")
  func counted() {
    let box = cleared([.dleENQ])
    box.devices[Plans.front]?.takes = 100
    box.press(Plans.kiosk, 1)
    box.unplug(Plans.front)
    box.devices[Plans.front]?.takes = 5
    box.plug(Plans.front)
    let first = box.devices[Plans.front]?.job?.bytes ?? []
    #expect(first.first == 0 && first.contains([0, 0x10, 0x05, 0x02, 0x1B, 0x40]))
    box.unplug(Plans.front)
    box.plug(Plans.front)
    let second = box.devices[Plans.front]?.job?.bytes ?? []
    #expect(second.contains([0, 0x10, 0x05, 0x02, 0x1B, 0x40]) && second.count == first.count - 5)
  }
}
