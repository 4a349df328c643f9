import Branch
import QueueProtocol
import Testing

@testable import BranchCore

@Suite("Commands of an operator")
struct OrderTests {
  private let box: Box

  init() {
    box = Box()
    box.openAll()
    box.link()
    _ = box.takeToHub()
  }

  @Test("a text stands on one sign for its time, then what stood there")
  func shows() {
    let before = box.sees(Plans.counterSign)
    box.hub("CMD 1 show sign=counter-sign text=\"Back at two\" for_ms=5000")
    #expect(box.sees(Plans.counterSign) == "Back at two")
    #expect(box.takeToHub().contains("ACK 1"))
    box.pass(.seconds(4))
    #expect(box.sees(Plans.counterSign) == "Back at two")
    box.pass(.seconds(2))
    #expect(box.sees(Plans.counterSign) == before)
    box.hub("CMD 2 message text=Closed for_ms=1000")
    #expect(box.sees(Plans.counterSign) == "Closed" && box.sees(Plans.mainSign) == "Closed")
  }

  @Test("information gives way to a call, an alert does not, and an empty text ends either")
  func layers() {
    box.hub("CMD 1 show sign=counter-sign text=\"Back at two\" for_ms=60000")
    box.hub("CMD 2 call counter=1 ticket=A001 at=1")
    #expect(box.sees(Plans.counterSign) == "A001")
    box.hub("CMD 3 message text=\"PLEASE LEAVE\" layer=alert for_ms=60000")
    #expect(box.sees(Plans.counterSign) == "PLEASE LEAVE")
    box.hub("CMD 4 call counter=1 ticket=A002 at=1")
    #expect(box.sees(Plans.counterSign) == "PLEASE LEAVE")
    box.hub("CMD 5 message text=\"\" layer=alert")
    #expect(box.sees(Plans.counterSign) == "A002" && box.sees(Plans.mainSign) == "A002 > 1")
    box.hub("CMD 6 clear counter=1")
    #expect(box.sees(Plans.counterSign) == "Back at two")
    box.hub("CMD 7 show sign=counter-sign text=\"\"")
    #expect(box.sees(Plans.counterSign) == "----")
  }

  @Test("each is carried out once, however often it comes, also after a restart")
  func once() {
    box.hub("CMD 1 print printer=front ticket=A500 service=cash day=2026-11-22")
    box.hub("CMD 1 print printer=front ticket=A500 service=cash day=2026-11-22")
    box.pass(.seconds(3))
    #expect(box.devices[Plans.front]?.tickets == ["A500"])
    #expect(box.story("A500") == ["ordered", "sending", "printed"])
    let again = Box(box.plan, journal: box.journal)
    again.openAll()
    again.link()
    again.hub("CMD 1 print printer=front ticket=A500 service=cash day=2026-11-22")
    again.pass(.seconds(3))
    #expect(again.devices[Plans.front]?.tickets == [])
    #expect(again.takeToHub().contains("ACK 1"))
  }

  @Test("one that comes too late is told as expired and not carried out")
  func expires() {
    box.hub("CMD 1 show sign=counter-sign text=Late expires=\(box.now.wall.ms - 1)")
    #expect(box.sees(Plans.counterSign) != "Late" && box.takeToHub().contains("ACK 1"))
    #expect(box.facts(.commandRefused).map(\.reason) == ["expired"])
    box.hub("CMD 2 show sign=counter-sign text=Early expires=\(box.now.wall.ms + 1000)")
    #expect(box.sees(Plans.counterSign) == "Early")
    box.hub("CMD 3 call counter=1 ticket=A001 expires=\(box.now.wall.ms - 1)")
    #expect(box.sees(Plans.counterSign) == "Early")
    let again = Box(box.plan, journal: box.journal)
    #expect(again.core.memory.commands == 3)
    #expect(again.core.memory.calls.all.isEmpty)
  }

  @Test(
    "what cannot be done is told with the reason",
    arguments: [
      ("show sign=none text=x", "unknown-sign"), ("configure key=colour value=3", "bad-setting"),
      ("configure key=reserve value=-3", "bad-setting"),
      ("configure key=reserve value=9999", "bad-setting"), ("ask what=weather", "unknown-question"),
      ("print printer=none ticket=A500 service=cash day=2026-11-22", "unknown-printer"),
    ])
  func refused(command: String, reason: String) throws {
    box.hub("CMD 1 \(command)")
    let fact = try #require(box.facts(.commandRefused).last)
    #expect(fact.reason == reason && fact.more["command"] == "1")
    #expect(box.takeToHub().contains("ACK 1"))
  }

  @Test("a reprint says so on the paper and in all its facts, and voids nothing")
  func reprints() throws {
    box.lease(1, 1...9)
    box.press(Plans.kiosk, 1)
    box.pass(.seconds(3))
    let again = "printer=front ticket=A001 service=cash day=\(Box.day) reprint=yes"
    box.hub("CMD 2 print \(again)")
    box.pass(.seconds(3))
    let tickets = try #require(box.devices[Plans.front]?.paper.tickets)
    #expect(tickets.map { $0.plainText.contains("REPRINT") } == [false, true])
    #expect(tickets.map(\.largeTexts.first) == ["A001", "A001"])
    #expect(
      box.story("A001") == ["issued", "sending", "printed", "ordered", "sending", "printed"])
    let marked = box.facts.map(\.fact).filter { $0.more["reprint"] == "yes" }.map(\.kind)
    #expect(marked == [.ticketOrdered, .ticketSending, .ticketPrinted])
    box.hub("CMD 3 print \(again.replacing("yes", with: "perhaps"))")
    #expect(box.facts(.ticketOrdered).count == 1, "a flag is yes or no")
  }

  @Test("the word on a second paper is that of the ticket's language")
  func languages() throws {
    var plan = Plans.node()
    plan.ticketLanguage = "de-AT"
    plan.serviceLanguages[Plans.info] = "fr"
    let box = Box(plan)
    box.openAll()
    box.link()
    for (number, service) in [(UInt64(1), "cash"), (2, "info")] {
      box.hub(
        "CMD \(number) print printer=front ticket=A00\(number) service=\(service) day=\(Box.day) "
          + "reprint=yes")
      box.pass(.seconds(3))
    }
    let texts = box.devices[Plans.front]?.paper.tickets.map(\.plainText) ?? []
    try #require(texts.count == 2)
    #expect(texts[0].contains("NACHDRUCK") && texts[0].contains("Danke, dass Sie warten."))
    #expect(texts[1].contains("DUPLICATA") && !texts[1].contains("REPRINT"))
  }

  @Test("a reprint that was interrupted is still one after a restart")
  func interruptedReprint() {
    box.devices[Plans.front]?.takes = 50
    box.hub("CMD 1 print printer=front ticket=A001 service=cash day=\(Box.day) reprint=yes")
    let checkpoint = DurableRecord(.checkpoint, payload: box.core.memory.checkpoint())
    let open = Box(journal: [checkpoint]).facts(.ticketUnconfirmed)
    #expect(open.map { $0.more["reprint"] } == ["yes"])
  }

  @Test("a printer without paper refuses an order and no number is made void")
  func noPaper() {
    box.change(Plans.front) { $0.paper.setPaper(.out) }
    box.hub("CMD 1 print printer=front ticket=A500 service=cash day=2026-11-22")
    box.pass(.minutes(3))
    #expect(box.facts(.ticketVoided).isEmpty && box.devices[Plans.front]?.tickets == [])
    let ends = box.facts(.commandRefused, .ticketFailed, .ticketUnconfirmed)
    #expect(ends.count == 1, "\(ends)")
  }

  @Test("an ordered ticket that fails is failed, not void, and is settled at a restart")
  func failed() {
    box.flushesAtOnce = false
    box.hub("CMD 1 print printer=front ticket=A500 service=cash day=2026-11-22")
    let (journal, _) = box.kill(keeping: 2)
    let again = Box(box.plan, journal: journal)
    #expect(again.core.memory.open.isEmpty)
    #expect(again.facts(.ticketVoided).isEmpty)
    #expect(again.facts(.ticketFailed, .ticketUnconfirmed).count == 1)
  }

  @Test("a setting is kept over restarts and checkpoints")
  func configures() {
    box.hub("CMD 1 configure key=reserve value=7")
    #expect(box.core.plan.numbers.reserve == 7)
    let checkpoint = DurableRecord(.checkpoint, payload: box.core.memory.checkpoint())
    for journal in [box.journal, [checkpoint]] {
      #expect(Box(journal: journal).core.plan.numbers.reserve == 7)
    }
  }

  @Test("a question is answered by a fact with the state of all devices")
  func asks() throws {
    box.unplug(Plans.back)
    box.hub("CMD 1 ask what=state")
    let answer = try #require(box.facts(.nodeAnswered).last)
    let devices = try #require(answer.more["devices"])
    #expect(devices.contains("front=ok") && devices.contains("back=offline"))
    #expect(answer.more["command"] == "1" && answer.more["waiting"] != nil)
  }
}
