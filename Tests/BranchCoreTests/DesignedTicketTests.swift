import Branch
import BranchCore
import PrinterEmulator
import Testing
import TicketTemplates

@Suite("Tickets by a template, and logos that printers keep")
struct DesignedTicketTests: PrinterBoxes {
  /// 64 × 40 black dots on white in a fine pattern.
  private static let picture = Array("P4\n64 40\n".utf8) + (0..<320).map { UInt8($0 * 37 & 0xFF) }

  private static let text = #"""
    {"languages": ["en", "de", "fr"], "elements": [
      {"logo": {"file": "logo.pbm", "key": "L1"}},
      {"text": "{number}", "style": {"size": 4}},
      {"text": {"en": "{weekday} in {branch}", "de": "{weekday}: {service}", "fr": "{weekday} !"}},
      {"when": "offline", "text": "offline"},
      {"text": "{ahead} before you"},
      {"cut": true},
    ]}
    """#

  private func template() throws -> TicketTemplate {
    let (template, mistakes) = TicketTemplate.read(file: "t", bytes: Array(Self.text.utf8)) { _ in
      Self.picture
    }
    #expect(mistakes.map(\.description) == [])
    return try #require(template)
  }

  private func plan(processID: Bool = true) throws -> PrinterPlan {
    var plan = Plans.printer(Plans.front, processID: processID)
    plan.capabilities.storesPictures = true
    plan.template = try template()
    return plan
  }

  /// How often the logo was sent, to be kept and as dots of a ticket.
  private func sent(_ box: Box) -> (stored: Int, drawn: Int) {
    let bytes = box.devices[Plans.front]?.bytesGot ?? []
    func count(_ command: [UInt8]) -> Int {
      bytes.indices.count { bytes[$0...].starts(with: command) }
    }
    // GS ( L with its length of 11 + 320, function 83; GS v 0.
    return (count([0x1D, 0x28, 0x4C, 0x4B, 0x01, 0x30, 0x53]), count([0x1D, 0x76, 0x30]))
  }

  private func expectLogos(_ box: Box, tickets: Int) {
    let paper = box.devices[Plans.front]?.paper
    #expect(paper?.faults.map(\.description) == [])
    let whole = paper?.tickets.filter { !$0.isTorn && !$0.largeTexts.isEmpty } ?? []
    #expect(whole.count == tickets)
    for ticket in whole { #expect(ticket.rasters.map(\.rows) == [Array(Self.picture.suffix(320))]) }
  }

  @Test("the logo goes to the printer once after each arrival, and stands on every ticket")
  func once() throws {
    let box = box([try plan()])
    for _ in 0..<3 { box.press(Plans.kiosk, 1) }
    expectLogos(box, tickets: 3)
    #expect(sent(box) == (1, 0))
    box.unplug(Plans.front)
    box.devices[Plans.front]?.paper.powerCycle()
    box.plug(Plans.front)
    for _ in 0..<2 { box.press(Plans.kiosk, 1) }
    expectLogos(box, tickets: 5)
    #expect(sent(box) == (2, 0))
  }

  @Test("pulled at any byte of the logo or the ticket, the next ticket has its logo")
  func pulled() throws {
    let whole = box([try plan()])
    whole.press(Plans.kiosk, 1)
    let length = whole.devices[Plans.front]?.bytesGot.count ?? 0
    #expect(length > 400)
    for cut in stride(from: 1, to: length, by: 23) {
      let box = box([try plan()])
      box.devices[Plans.front]?.takes = cut
      box.press(Plans.kiosk, 1)
      box.unplug(Plans.front)
      box.devices[Plans.front]?.paper.powerCycle()
      box.devices[Plans.front]?.takes = nil
      box.plug(Plans.front)
      box.press(Plans.kiosk, 1)
      let ticket = box.devices[Plans.front]?.paper.tickets.last
      #expect(ticket?.rasters.map(\.rows) == [Array(Self.picture.suffix(320))], "cut at \(cut)")
      // Zeros that clean a device are no command by themselves.
      let faults = box.devices[Plans.front]?.paper.faults.filter { $0.bytes != [0] }
      #expect(faults?.map(\.description) == [], "cut at \(cut)")
    }
  }

  @Test("tickets that waited behind one that stalled have their logo, and nothing of that one")
  func stalled() throws {
    let whole = box([try plan()])
    whole.press(Plans.kiosk, 1)
    let length = whole.devices[Plans.front]?.bytesGot.count ?? 0
    for cut in stride(from: 400, to: length, by: 7) {
      let box = box([try plan()])
      box.press(Plans.kiosk, 1)
      box.devices[Plans.front]?.takes = cut - 370
      for _ in 0..<3 { box.press(Plans.kiosk, 1) }
      box.pass(.seconds(9))
      box.devices[Plans.front]?.takes = nil
      box.pass(.seconds(20))
      #expect(box.story("A002").last == "unconfirmed", "cut at \(cut)")
      let tickets = box.devices[Plans.front]?.paper.tickets.suffix(2) ?? []
      #expect(tickets.map(\.largeTexts) == [["A003"], ["A004"]], "cut at \(cut)")
      for ticket in tickets {
        #expect(ticket.rasters.map(\.rows) == [Array(Self.picture.suffix(320))], "cut at \(cut)")
        #expect(!ticket.plainText.contains("A002"), "cut at \(cut)")
      }
      #expect(sent(box).stored >= 2, "cut at \(cut)")
    }
  }

  @Test("what a printer does not confirm is not relied on: the logo comes again")
  func unconfirmed() throws {
    let box = box([try plan(processID: false)])
    for _ in 0..<2 { box.press(Plans.kiosk, 1) }
    expectLogos(box, tickets: 2)
    #expect(sent(box) == (2, 0))
  }

  @Test("behind a spooler, and in a printer without memory, the logo is drawn on each ticket")
  func drawn() throws {
    var spooled = try plan()
    spooled.isSpooled = true
    var plain = try plan()
    plain.capabilities.storesPictures = false
    for plan in [spooled, plain] {
      let box = box([plan])
      box.press(Plans.kiosk, 1)
      expectLogos(box, tickets: 1)
      #expect(sent(box) == (0, 1))
    }
  }

  @Test("tickets speak the language of their service, else that of the branch")
  func languages() throws {
    var node = Plans.node(printers: [try plan()])
    node.ticketLanguage = "de"
    node.serviceLanguages[Plans.info] = "fr-CA"
    let box = Box(node)
    box.openAll()
    box.link()
    box.lease(1, 1...999, more: "reserve=yes")
    box.lease(2, 1...999, "B", more: "reserve=yes")
    box.cut()
    box.press(Plans.kiosk, 1)
    box.press(Plans.kiosk, 2)
    let texts = box.devices[Plans.front]?.paper.tickets.map(\.plainText) ?? []
    try #require(texts.count == 2)
    #expect(texts[0].contains("tag: Cash desk") || texts[0].contains("woch: Cash desk"))
    #expect(texts[1].contains("di !") || texts[1].contains("dimanche !"))
    #expect(texts.allSatisfy { $0.hasSuffix("offline") })
  }
}
