import Branch
import PrinterEmulator
import TicketLayout
import Testing

@testable import BranchCore

@Suite("A node with a Star printer")
struct StarPrinterTests: PrinterBoxes {
  /// What is known of a model, and the model.
  struct Kind: CustomTestStringConvertible {
    let language: PrinterLanguage
    let mark: StarMark
    /// Whether its state comes by itself; else it is asked for.
    let isAutomatic: Bool
    var model: EmulatedStarModel.Language {
      switch language {
      case .starLine: .line
      case .starGraphic: .graphic
      case .starPRNT, .escpos: .prnt
      }
    }
    var testDescription: String { "\(language.rawValue) \(mark) \(isAutomatic)" }

    static let all = [
      Kind(language: .starLine, mark: .counted, isAutomatic: true),
      Kind(language: .starPRNT, mark: .counted, isAutomatic: true),
      Kind(language: .starPRNT, mark: .echoed, isAutomatic: true),
      Kind(language: .starLine, mark: .echoed, isAutomatic: false),
      Kind(language: .starGraphic, mark: .counted, isAutomatic: true),
    ]
  }

  private func box(_ kind: Kind, extended: Bool = false) -> Box {
    var capabilities = PrinterCapabilities(
      columns: 48, nativeQR: true, cut: .partial, feedBeforeCut_lines: 4,
      codePages: [.init(page: .cp437, number: 1)], processID: true, rasterWidth_px: 576)
    capabilities.language = kind.language
    capabilities.starMark = kind.mark
    var plan = PrinterPlan(id: Plans.front, capabilities: capabilities)
    plan.hasAutomaticStatus = kind.isAutomatic
    plan.hasRealTimeStatus = !kind.isAutomatic
    var device = Device()
    device.star = EmulatedStarPrinter(
      EmulatedStarModel(
        kind.model, isPacketExtended: extended))
    let box = Box(Plans.node(printers: [plan]), devices: [Plans.front: device])
    box.openAll()
    box.link()
    box.lease(1, 1...999, more: "reserve=yes")
    box.cut()
    return box
  }

  private func star(_ box: Box) -> EmulatedStarPrinter? { box.devices[Plans.front]?.star }

  @Test(
    "each ticket is on paper once, and confirmed, over the end of the counter", arguments: Kind.all)
  func prints(kind: Kind) {
    let box = box(kind)
    // A ticket of dots takes its time to be drawn and read.
    let count = kind.language == .starGraphic ? 4 : 40
    for _ in 0..<count {
      box.press(Plans.kiosk, 1)
      box.pass(.seconds(1))
    }
    #expect(box.facts(.ticketPrinted).count == count && box.facts(.ticketUnconfirmed).isEmpty)
    #expect(box.devices[Plans.front]?.tickets.count == count)
    #expect(Set(box.devices[Plans.front]?.tickets ?? []).count == count)
    #expect(star(box)?.faults == [])
    #expect(box.facts(.deviceCondition).isEmpty)
  }

  @Test("a model with the longer packets is understood as well")
  func extended() {
    let box = box(Kind.all[1], extended: true)
    box.press(Plans.kiosk, 1)
    #expect(box.story("A001") == ["issued", "sending", "printed"])
  }

  @Test(
    "paper out, cover, cutter and near end are told, refused where they stop it, and forgotten",
    arguments: Kind.all)
  func conditions(kind: Kind) {
    let box = box(kind)
    let changes:
      [(String, (inout EmulatedStarPrinter) -> Void, (inout EmulatedStarPrinter) -> Void)] = [
        ("media-empty", { $0.setPaper(.out) }, { $0.setPaper(.ok) }),
        ("cover-open", { $0.setCover(open: true) }, { $0.setCover(open: false) }),
        ("media-jam", { $0.setCutterJammed(true) }, { $0.setCutterJammed(false) }),
        ("offline", { $0.setOffline(true) }, { $0.setOffline(false) }),
      ]
    for (place, (reason, breaks, mends)) in changes.enumerated() {
      box.change(Plans.front) { if var star = $0.star { breaks(&star); $0.star = star } }
      box.press(Plans.kiosk, 1)
      #expect(box.refusals.last == reason)
      #expect(box.facts(.deviceCondition).last?.reason == reason)
      box.change(Plans.front) { if var star = $0.star { mends(&star); $0.star = star } }
      box.press(Plans.kiosk, 1)
      #expect(box.issued.count == place + 1)
      #expect(box.facts(.deviceCondition).last?.reason == "none")
    }
    box.change(Plans.front) { $0.star?.setPaper(.nearEnd) }
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(4))
    #expect(box.facts(.deviceCondition).last?.reason == "media-low")
    #expect(box.facts(.ticketPrinted).count == 5 && box.facts(.ticketUnconfirmed).isEmpty)
  }

  @Test(
    "out of paper within a ticket: printed when the roll is changed in time", arguments: Kind.all)
  func paperInTime(kind: Kind) {
    let box = box(kind)
    box.change(Plans.front) { $0.star?.linesUntilPaperOut = 3 }
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(5))
    #expect(box.story("A001") == ["issued", "sending"])
    box.change(Plans.front) { $0.star?.setPaper(.ok) }
    box.pass(.seconds(5))
    #expect(box.story("A001") == ["issued", "sending", "printed"])
    #expect(box.devices[Plans.front]?.tickets == ["A001"])
  }

  @Test(
    "given up without paper: unconfirmed, never printed again, and no word for the next one",
    arguments: Kind.all)
  func givenUp(kind: Kind) {
    let box = box(kind)
    box.change(Plans.front) { $0.star?.linesUntilPaperOut = 3 }
    box.press(Plans.kiosk, 1)
    box.pass(.minutes(3))
    #expect(box.story("A001") == ["issued", "sending", "unconfirmed"])
    // The old ticket comes out of the printer's buffer now; the next one right behind it.
    box.change(Plans.front) { $0.star?.setPaper(.ok) }
    box.press(Plans.kiosk, 1)
    box.pass(.minutes(1))
    box.press(Plans.kiosk, 1)
    box.pass(.minutes(1))
    #expect(box.devices[Plans.front]?.tickets == ["A001", "A002", "A003"])
    #expect(box.story("A001") == ["issued", "sending", "unconfirmed"])
    #expect(box.story("A003") == ["issued", "sending", "printed"])
    #expect(box.devices[Plans.front]?.jobsGot.filter { $0 > 0 }.count == 3)
    #expect(star(box)?.faults == [])
  }

  @Test("the mark of a ticket that was given up is no word for the one behind it")
  func olderMark() throws {
    let box = box(Kind.all[0])
    box.change(Plans.front) { $0.star?.linesUntilPaperOut = 1000 }
    box.press(Plans.kiosk, 1)
    #expect(box.story("A001").last == "printed")
    let lines = 1000 - (star(box)?.linesUntilPaperOut ?? 1000)
    box.change(Plans.front) { $0.star?.linesUntilPaperOut = 3 }
    box.press(Plans.kiosk, 1)
    box.pass(.minutes(3))
    #expect(box.story("A002").last == "unconfirmed")
    // It says that all is well before it goes on with what it holds.
    box.handle(.printer(Plans.front, .received([0x23, 6, 0, 0, 0, 0, 0, 0x02, 0])))
    box.press(Plans.kiosk, 1)
    box.change(Plans.front) {
      $0.star?.setCover(open: true)
      $0.star?.setPaper(.ok)
      // Enough for the rest of the old ticket, and the beginning of the new one.
      $0.star?.linesUntilPaperOut = lines - 3 + 2
      $0.star?.setCover(open: false)
    }
    #expect(box.devices[Plans.front]?.tickets == ["A001", "A002"])
    #expect(box.story("A003") == ["issued", "sending"], "its own mark has not been reached")
    box.change(Plans.front) { $0.star?.setPaper(.ok) }
    #expect(box.story("A003") == ["issued", "sending", "printed"])
    #expect(box.devices[Plans.front]?.tickets == ["A001", "A002", "A003"])
  }

  @Test(
    "pulled out within a ticket: the next one is whole and confirmed, the first one not reprinted",
    arguments: Kind.all)
  func pulled(kind: Kind) {
    for takes in [1, 9, 40, 70, 120, 160] {
      let box = box(kind)
      box.devices[Plans.front]?.takes = takes
      box.press(Plans.kiosk, 1)
      box.unplug(Plans.front)
      #expect(box.story("A001") == ["issued", "sending", "unconfirmed"])
      box.devices[Plans.front]?.takes = nil
      box.change(Plans.front) { $0.star?.powerCycle() }
      box.plug(Plans.front)
      box.pass(.seconds(2))
      box.press(Plans.kiosk, 1)
      box.pass(.minutes(1))
      #expect(box.devices[Plans.front]?.tickets.last == "A002", "after \(takes) bytes")
      box.press(Plans.kiosk, 1)
      box.pass(.minutes(1))
      #expect(box.story("A003") == ["issued", "sending", "printed"], "after \(takes) bytes")
      #expect(box.devices[Plans.front]?.tickets.filter { $0 == "A001" }.count ?? 9 <= 1)
      #expect(box.facts(.ticketSending).count == 3)
    }
  }

  @Test("what the profile does not vouch for counts for nothing")
  func untrusted() {
    var capabilities = PrinterCapabilities(columns: 48)
    capabilities.language = .starLine
    var device = Device()
    device.star = EmulatedStarPrinter(EmulatedStarModel(.line))
    let box = Box(
      Plans.node(printers: [PrinterPlan(id: Plans.front, capabilities: capabilities)]),
      devices: [Plans.front: device])
    box.openAll()
    box.link()
    box.lease(1, 1...999, more: "reserve=yes")
    box.cut()
    for packet: [UInt8] in [
      [0x23, 6, 0x28, 0, 0, 0x0C, 0, 0, 0], [0x1B, 0x1D, 3, 1, 0, 0, 1, 0],
    ] {
      box.handle(.printer(Plans.front, .received(packet)))
    }
    box.press(Plans.kiosk, 1)
    #expect(box.story("A001") == ["issued", "sending", "unconfirmed"])
    #expect(box.facts(.deviceCondition).isEmpty)
  }
}
