import Branch
import PrinterEmulator
import TestSeeds
import TicketDesign
import TicketLayout
import Testing

@testable import BranchCore

@Suite("What is left on the roll")
struct RollTests: PrinterBoxes {
  private func box(roll_mm: Int? = 10_000, nearEnd_mm: Int? = nil, automatic: Bool = true) -> Box {
    var printer = Plans.printer(Plans.front, asked: !automatic, automatic: automatic)
    printer.roll_mm = roll_mm
    printer.nearEnd_mm = nearEnd_mm
    return self.box([printer])
  }

  private func changeRoll(_ box: Box) {
    box.change(Plans.front) { $0.paper.setPaper(.out) }
    box.change(Plans.front) { $0.paper.setPaper(.ok) }
  }

  private func left(_ box: Box) -> Int? { box.core.memory.rolls[Plans.front]?.left_mm }

  @Test("the paper of a ticket is what the printer used, but for the mechanics")
  func measure() throws {
    let box = box()
    changeRoll(box)
    box.press(Plans.kiosk, 1)
    let ticket = try #require(box.devices[Plans.front]?.paper.tickets.last)
    let dots = ticket.items.reduce(0) { sum, item in
      switch item {
      case .line(let line): sum + max(30, 24 * line.height)
      case .feed(let px): sum + px
      case .qr(let qr): sum + 25 * qr.moduleSize_px  // version 2
      case .raster(let raster, _): sum + raster.height_px
      case .barcode(let barcode): sum + barcode.height_px
      }
    }
    let used_mm = 10_000 - (try #require(left(box)))
    let wanted_mm = Double(dots) * 25.4 / Double(PaperMeasure.dpi_unknown)
    #expect(abs(Double(used_mm) - wanted_mm) <= 1, "\(used_mm) and \(wanted_mm)")
    #expect(used_mm > 60 && used_mm < 200)
    #expect(box.facts(.ticketSending).last?.more["paper_mm"] == String(used_mm))
  }

  @Test("pictures, barcodes, rules, breaks and the way to the knife are measured")
  func elements() throws {
    var capabilities = Plans.capabilities()
    capabilities.dpi = 254
    let measure = PaperMeasure(capabilities)
    let raster = try #require(
      Raster(width_px: 8, height_px: 77, rows: Array(repeating: 0, count: 77)))
    for (element, dots) in [
      (.feed(lines: 3), 90), (.rule, 30), (.raster(raster, align: .left), 77), (.bell, 0),
      (.text("a\nb", TextStyle()), 60), (.text("a", TextStyle(height: 4)), 96), (.cut, 120),
      (.text(String(repeating: "x", count: 43), TextStyle()), 60),
    ] as [(TicketElement, Int)] {
      #expect(measure.height_dots(TicketDocument([element])) == dots, "\(element)")
    }
    #expect(measure.height_mm(TicketDocument([.raster(raster, align: .left)])) == 8, "rounded up")
  }

  @Test("a roll that nobody saw put in is not guessed at")
  func unknown() {
    let box = box()
    for _ in 0..<5 { box.press(Plans.kiosk, 1) }
    #expect(left(box) == nil && box.core.ticketsLeft(Plans.front) == nil)
    changeRoll(box)
    #expect(left(box) == 10_000)
    #expect(box.facts(.deviceCondition).last?.more["tickets_left"] != nil)
  }

  @Test("a roll of unknown length is not guessed at, until the sensor tells")
  func noLength() {
    let box = box(roll_mm: nil, nearEnd_mm: 3000)
    changeRoll(box)
    box.press(Plans.kiosk, 1)
    #expect(left(box) == nil)
    box.change(Plans.front) { $0.paper.setPaper(.nearEnd) }
    box.pass(.seconds(4))
    #expect(left(box) == 3000)
    let fact = box.facts(.deviceCondition).last
    #expect(fact?.reason == "media-low" && fact?.more["tickets_left"] != nil)
  }

  @Test("the sensor corrects what was counted, once")
  func calibrated() {
    let box = box(nearEnd_mm: 3000)
    changeRoll(box)
    box.change(Plans.front) { $0.paper.setPaper(.nearEnd) }
    box.pass(.seconds(4))
    #expect(left(box) == 3000)
    box.press(Plans.kiosk, 1)
    let after = left(box) ?? 0
    #expect(after < 3000)
    box.pass(.seconds(30))
    #expect(left(box) == after)
  }

  @Test(
    "opened while little was left and closed with much: a new roll; just looked at: the old one")
  func opened() {
    let box = box()
    changeRoll(box)
    box.press(Plans.kiosk, 1)
    let used = left(box)
    box.change(Plans.front) { $0.paper.setCover(open: true) }
    box.change(Plans.front) { $0.paper.setCover(open: false) }
    #expect(left(box) == used, "nothing was low")
    box.change(Plans.front) { $0.paper.setPaper(.nearEnd) }
    box.pass(.seconds(4))
    box.change(Plans.front) { $0.paper.setCover(open: true) }
    box.change(Plans.front) { $0.paper.setCover(open: false) }
    #expect(left(box) == used, "it is low still")
    box.change(Plans.front) { $0.paper.setCover(open: true) }
    box.change(Plans.front) { $0.paper.setPaper(.ok) }
    box.change(Plans.front) { $0.paper.setCover(open: false) }
    #expect(left(box) == 10_000)
    #expect(box.facts(.deviceCondition).last?.reason == "none", "at once: it is another roll")
  }

  @Test("a cover that hides the paper from its sensor while it is open changes no roll")
  func hidden() {
    let box = box()
    changeRoll(box)
    box.press(Plans.kiosk, 1)
    let used = left(box)
    box.change(Plans.front) { $0.paper.setCover(open: true) }
    box.change(Plans.front) { $0.paper.setPaper(.out) }
    box.change(Plans.front) { $0.paper.setPaper(.ok) }
    box.change(Plans.front) { $0.paper.setCover(open: false) }
    #expect(left(box) == used)
  }

  @Test("few tickets are told at each mark, once, on the way down")
  func marks() {
    let box = box(roll_mm: 8000)
    box.press(Plans.kiosk, 1)
    changeRoll(box)
    for _ in 0..<90 {
      box.press(Plans.kiosk, 1)
      box.pass(.seconds(1))
    }
    let told = box.facts(.deviceCondition).compactMap { $0.more["tickets_left"].flatMap(Int.init) }
    let marks = told.filter { BranchCore.fewTickets.contains($0) }
    #expect(marks == [50, 20, 10], "\(told)")
    #expect(box.logs.filter { $0.contains("is left") }.count == 3)
    #expect(left(box) == 0)
  }

  @Test("a ticket that did not come out takes no paper")
  func failed() {
    let box = box()
    changeRoll(box)
    box.devices[Plans.front]?.takes = 0
    box.press(Plans.kiosk, 1)
    box.unplug(Plans.front)
    #expect(left(box) == 10_000)
  }

  @Test("the hub says that a roll was changed, and hears how much is left")
  func ordered() throws {
    var printer = Plans.printer(Plans.front, asked: false, automatic: true)
    printer.roll_mm = 10_000
    let box = Box(Plans.node(printers: [printer]))
    box.openAll()
    box.link()
    box.lease(1, 1...9)
    box.press(Plans.kiosk, 1)
    box.hub("CMD 2 roll printer=front")
    #expect(left(box) == 10_000)
    box.hub("CMD 3 ask what=state")
    let answer = try #require(box.facts(.nodeAnswered).last?.more["tickets_left"])
    #expect(answer == "front=\(box.core.ticketsLeft(Plans.front) ?? 0)")
    box.hub("CMD 4 roll printer=none")
    #expect(box.facts(.commandRefused).last?.reason == "unknown-printer")
  }

  @Test("what is left is known after a restart, from records or a checkpoint")
  func restart() {
    let box = box()
    changeRoll(box)
    for _ in 0..<20 {
      box.press(Plans.kiosk, 1)
      box.pass(.seconds(1))
    }
    let rolls = box.core.memory.rolls
    #expect(rolls[Plans.front]?.lengths_mm.count == PaperRoll.lengths_max)
    let checkpoint = DurableRecord(.checkpoint, payload: box.core.memory.checkpoint())
    #expect(Box(box.plan, journal: box.journal).core.memory.rolls == rolls)
    #expect(Box(box.plan, journal: [checkpoint]).core.memory.rolls == rolls)
  }

  @Test("a record that was tampered with is no roll")
  func tampered() {
    for text in [
      "left_mm=x", "lengths=1,x",
      "lengths=" + Array(repeating: "1", count: 17).joined(separator: ","),
    ] {
      let line = DurableRecord(.local, payload: Array("ROLL printer=front \(text)".utf8))
      var memory = NodeMemory()
      let isReadable = memory.apply(line)
      #expect(!isReadable, "\(text)")
    }
  }
}
