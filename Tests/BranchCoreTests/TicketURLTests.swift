import Branch
import Testing
import TicketDesign

@testable import BranchCore

@Suite("The page about a ticket")
struct TicketURLTests {
  @Test("stands in the QR symbol of the built-in ticket; without one stand branch, day and number")
  func onPaper() throws {
    for url in [nil, TicketURL("https://q.example/{branch}/{service}/{day}?n={number}")] {
      var plan = Plans.node()
      plan.ticketURL = url
      let box = Box(plan)
      box.openAll()
      box.link()
      box.lease(1, 1...9)
      box.press(Plans.kiosk, 1)
      box.pass(.seconds(3))
      let ticket = try #require(box.devices[Plans.front]?.paper.tickets.first)
      let wanted =
        url == nil ? "main/\(Box.day)/A001" : "https://q.example/main/cash/\(Box.day)?n=A001"
      #expect(ticket.qrTexts == [wanted])
    }
  }

  @Test(
    "is refused without the number, with other places, or with what no address has",
    arguments: [
      "", "https://q.example/", "https://q.example/{nummer}", "{number}{", "{number}}", "{{number}",
      "https://q.example/ {number}", "https://q.example/ä{number}", "\"{number}\"",
      "{number}" + String(repeating: "x", count: 200),
    ])
  func refused(text: String) {
    #expect(TicketURL(text) == nil)
  }
}
