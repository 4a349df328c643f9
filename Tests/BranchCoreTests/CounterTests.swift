import Branch
import QueueProtocol
import Testing

@testable import BranchCore

@Suite("A clerk's keys")
struct CounterTests {
  let box = Box()

  init() {
    box.openAll()
    box.link()
    _ = box.takeToHub()
  }

  /// Presses, gives the request's id on the line.
  private func request(_ code: UInt16) -> (line: String, id: String)? {
    box.press(Plans.keypad, code)
    guard let line = box.takeToHub().last(where: { !$0.hasPrefix("FACT") }),
      let id = line.split(separator: " ").first(where: { $0.hasPrefix("id=") })
    else { return nil }
    return (line, String(id))
  }

  @Test("go to the hub with the counter, a number, and until when they hold")
  func sent() throws {
    for (code, verb) in [
      (Plans.next, "NEXT"), (Plans.recall, "RECALL"), (Plans.noShow, "NO-SHOW"), (Plans.end, "END"),
    ] {
      let (line, id) = try #require(request(code))
      #expect(line.hasPrefix("\(verb) "))
      #expect(line.contains("counter=1"))
      #expect(line.contains("by=\(box.now.wall.ms + 3000)"))
      box.hub("OK \(id)")
    }
    #expect(box.lamps[Plans.keypad] == [.ok, .ok, .ok, .ok])
  }

  @Test("hold by the hub's clock, not by ours")
  func clocks() throws {
    box.cut()
    box.pass(.seconds(1))
    box.connect()
    box.hub("WELCOME hub=hub now=\(box.now.wall.ms + 86_400_000)")
    _ = box.takeToHub()
    let (line, _) = try #require(request(Plans.next))
    #expect(line.contains("by=\(box.now.wall.ms + 86_400_000 + 3000)"))
  }

  @Test("hold by the clock of the session that stands, whatever was said in the one before")
  func newSession() throws {
    box.cut()
    box.pass(.seconds(1))
    box.connect()
    box.hub("WELCOME hub=hub now=\(box.now.wall.ms - 3_600_000)")
    _ = box.takeToHub()
    let (line, _) = try #require(request(Plans.next))
    #expect(line.contains("by=\(box.now.wall.ms - 3_600_000 + 3000)"))
  }

  @Test("hold by the hub's clock though ours jumps while the session stands", arguments: [-1, 1])
  func jump(direction: Int64) throws {
    let asHubSays = box.now.wall.ms + 3000
    box.now.wall = box.now.wall + Span.minutes(60) * direction
    let (line, _) = try #require(request(Plans.next))
    #expect(line.contains("by=\(asHubSays)"))
  }

  @Test("hold by the latest word of the hub on the time, unless it was long on its way")
  func pong() throws {
    let hubTime = box.now.wall.ms
    box.hub("PONG now=\(hubTime + 200)")
    let (first, id) = try #require(request(Plans.next))
    #expect(first.contains("by=\(hubTime + 3200)"))
    box.hub("OK \(id)")
    box.hub("PONG now=\(hubTime - 4000)")
    let (second, _) = try #require(request(Plans.next))
    #expect(second.contains("by=\(hubTime + 3200)"))
  }

  @Test("a second press while the first is on its way is dropped")
  func twice() throws {
    let (_, id) = try #require(request(Plans.next))
    #expect(request(Plans.next) == nil)
    box.hub("OK \(id)")
    #expect(request(Plans.next) != nil)
  }

  @Test("with the hub away they fail at once, and are not sent later")
  func offline() {
    box.cut()
    box.press(Plans.keypad, Plans.next)
    #expect(box.lamps[Plans.keypad] == [.error])
    #expect(box.sees(Plans.counterSign) == "NO LINE")
    box.pass(.seconds(1))
    box.link()
    box.pass(.seconds(20))
    #expect(!box.takeToHub().contains { $0.hasPrefix("NEXT") })
  }

  @Test("with the line cut meanwhile they fail, and are not sent again")
  func cutMeanwhile() {
    #expect(request(Plans.next) != nil)
    box.cut()
    #expect(box.lamps[Plans.keypad] == [.error])
    box.pass(.seconds(1))
    box.link()
    #expect(!box.takeToHub().contains { $0.hasPrefix("NEXT") })
  }

  @Test("without an answer in time they fail, and the late answer changes nothing")
  func timeout() throws {
    let (_, id) = try #require(request(Plans.next))
    box.pass(Span(ms: 2999))
    #expect(box.lamps[Plans.keypad] == nil)
    box.pass(Span(ms: 1))
    #expect(box.lamps[Plans.keypad] == [.error])
    #expect(box.sees(Plans.counterSign) == "NO LINE")
    box.hub("OK \(id)")
    #expect(box.lamps[Plans.keypad] == [.error])
    box.pass(.seconds(4))
    #expect(box.sees(Plans.counterSign) == "----")
  }

  @Test("nobody waits: an error for the clerk, nothing for the public")
  func empty() throws {
    let (_, id) = try #require(request(Plans.next))
    let before = box.shown[Plans.counterSign]?.count
    box.hub("ERROR code=empty \(id) text=x")
    #expect(box.lamps[Plans.keypad] == [.error])
    #expect(box.shown[Plans.counterSign]?.count == before)
  }

  @Test("an answer to a request that nobody made changes nothing")
  func strayAnswer() {
    let records = box.journal.count
    box.hub("OK id=4711")
    box.hub("ERROR code=empty id=4711 text=x")
    #expect(box.journal.count == records && box.lamps[Plans.keypad] == nil)
  }

  @Test("lamps go out by themselves")
  func lampsEnd() throws {
    let (_, id) = try #require(request(Plans.next))
    box.hub("OK \(id)")
    #expect(box.core.nextDeadline == box.now.monotonic + .seconds(2))
    box.pass(.seconds(2))
    #expect(box.darkened == 1)
  }

  @Test("a terminal that is not there gets no lamp")
  func noTerminal() {
    box.handle(.terminalLost(Plans.keypad, Device.gone))
    box.cut()
    box.press(Plans.keypad, Plans.next)
    #expect(box.lamps[Plans.keypad] == nil)
  }
}

@Suite("A rating")
struct RatingFactTests {
  @Test("is journalled with its counter, with a hub and without", arguments: [true, false])
  func journalled(isLinked: Bool) {
    let box = Box()
    box.openAll()
    if isLinked { box.link() }
    for rating in 1...5 { box.press(Plans.smiley, Plans.rate + UInt16(rating)) }
    #expect(box.facts(.ratingGiven).map(\.rating) == [1, 2, 3, 4, 5])
    #expect(box.facts(.ratingGiven).allSatisfy { $0.counter == Plans.one })
    #expect(box.facts(.ratingGiven).allSatisfy { $0.terminal == Plans.smiley })
    #expect(box.lamps[Plans.smiley] == Array(repeating: .ok, count: 5))
  }

  @Test("given during an outage goes to the hub afterwards, in order, each once")
  func replayed() {
    let box = Box()
    box.openAll()
    for rating in 1...5 { box.press(Plans.smiley, Plans.rate + UInt16(rating)) }
    box.link()
    let facts = box.takeToHub().filter { $0.hasPrefix("FACT ") }
    #expect(facts.count == box.facts.count)
    #expect(facts.enumerated().allSatisfy { $1.hasPrefix("FACT \($0 + 1) ") })
    #expect(facts.filter { $0.contains(" rating-given ") }.count == 5)
  }

  @Test("is no secret of the lamp: the answer comes when the record is durable")
  func durable() {
    let box = Box()
    box.openAll()
    box.flushesAtOnce = false
    box.press(Plans.smiley, Plans.rate + 5)
    #expect(box.lamps[Plans.smiley] == nil)
    box.flush()
    #expect(box.lamps[Plans.smiley] == [.ok])
  }
}

@Suite("Signs")
struct SignTests {
  let box = Box()

  init() {
    box.openAll()
    box.link()
  }

  private func call(_ number: UInt64, _ ticket: String, _ more: String = "") {
    box.hub("CMD \(number) call counter=1 ticket=\(ticket) at=1 \(more)")
  }

  @Test("show a call, at the counter and in the hall")
  func calls() {
    #expect(box.sees(Plans.counterSign) == "----" && box.sees(Plans.mainSign) == "WELCOME")
    call(1, "A001")
    #expect(box.sees(Plans.counterSign) == "A001")
    #expect(box.sees(Plans.mainSign) == "A001 > 1")
    #expect(box.sees(Plans.kioskSign) == "PRESS", "that one tells refusals only")
    box.hub("CMD 2 clear counter=1")
    #expect(box.sees(Plans.counterSign) == "----" && box.sees(Plans.mainSign) == "WELCOME")
  }

  @Test("show nothing before the command is durable, and then acknowledge it")
  func journalFirst() {
    _ = box.takeToHub()
    box.flushesAtOnce = false
    call(1, "A001")
    #expect(box.sees(Plans.counterSign) == "----")
    #expect(box.takeToHub().isEmpty)
    box.flush()
    #expect(box.sees(Plans.counterSign) == "A001")
    #expect(box.takeToHub().first == "ACK 1")
  }

  @Test("a command that comes again is acknowledged and not carried out again")
  func repetition() {
    call(1, "A001")
    let shown = box.shown[Plans.counterSign]?.count
    let records = box.journal.count
    _ = box.takeToHub()
    call(1, "A001")
    #expect(box.shown[Plans.counterSign]?.count == shown)
    #expect(box.journal.count == records)
    #expect(box.takeToHub() == ["ACK 1"])
  }

  @Test("a recall is written again though the text stays")
  func recall() {
    call(1, "A001")
    let shown = box.shown[Plans.counterSign]?.count ?? 0
    call(2, "A001", "again=yes")
    #expect(box.shown[Plans.counterSign]?.count == shown + 1)
    #expect(box.sees(Plans.counterSign) == "A001")
  }

  @Test("another counter's call is for the hall only")
  func otherCounter() {
    box.hub("CMD 1 call counter=2 ticket=B005 at=1")
    #expect(box.sees(Plans.counterSign) == "----")
    #expect(box.sees(Plans.mainSign) == "B005 > 2")
    call(2, "A001")
    box.hub("CMD 3 clear counter=2")
    #expect(box.sees(Plans.mainSign) == "A001 > 1", "the last call still stands")
  }

  @Test("pulled and back: the current number again")
  func replug() {
    call(1, "A001")
    box.handle(.signLost(Plans.counterSign, Device.gone))
    call(2, "A002")
    #expect(box.sees(Plans.counterSign) == "A001", "nothing is written to a sign that is away")
    box.handle(.signOpened(Plans.counterSign))
    #expect(box.sees(Plans.counterSign) == "A002")
    #expect(box.facts(.deviceLost).map(\.device) == ["counter-sign"])
  }

  @Test("one that cannot say what it shows is written again now and then")
  func refresh() {
    call(1, "A001")
    let shown = box.shown[Plans.counterSign]?.count ?? 0
    box.hub("PONG")
    box.pass(Span(ms: 59_999))
    #expect(box.shown[Plans.counterSign]?.count == shown)
    box.pass(Span(ms: 1))
    #expect(box.shown[Plans.counterSign]?.count == shown + 1)
    box.handle(.signLost(Plans.counterSign, Device.gone))
    box.pass(.minutes(5))
    #expect(box.shown[Plans.counterSign]?.count == shown + 1, "not while it is away")
  }

  @Test("a call waits for the end of a refusal, and no longer")
  func messages() {
    box.cut()
    box.press(Plans.keypad, Plans.next)
    #expect(box.sees(Plans.counterSign) == "NO LINE")
    box.pass(.seconds(1))
    box.link()
    box.hub("CMD 1 clear counter=1")
    #expect(box.sees(Plans.counterSign) == "NO LINE")
    call(2, "A001")
    #expect(box.sees(Plans.counterSign) == "NO LINE")
    box.pass(Span(ms: 2999))
    #expect(box.sees(Plans.counterSign) == "NO LINE")
    box.pass(Span(ms: 1))
    #expect(box.sees(Plans.counterSign) == "A001")
  }

  @Test("a message to a sign that is away is over when the sign is back later")
  func messageWhileAway() {
    box.handle(.signLost(Plans.counterSign, Device.gone))
    box.cut()
    box.press(Plans.keypad, Plans.next)
    box.pass(.seconds(5))
    box.handle(.signOpened(Plans.counterSign))
    #expect(box.sees(Plans.counterSign) == "----")
  }

  @Test("noise from a sign changes nothing")
  func noise() {
    let records = box.journal.count
    box.handle(.signNoise(Plans.counterSign, bytes: 4))
    box.handle(.signNoise(SignID("who")!, bytes: 1))
    #expect(box.journal.count == records)
  }

  @Test("formats may repeat their words and hold other braces")
  func formats() {
    let ticket = TicketNumber("A012")!
    for (format, text) in [
      ("{ticket}", "A012"), ("{ticket}{ticket}", "A012A012"), ("{counter}: {ticket}!", "1: A012!"),
      ("{", "{"), ("{x}{ticket", "{x}{ticket"), ("", ""),
    ] {
      #expect(SignFill.text(format, ticket: ticket.description, counter: "1") == text)
    }
  }
}
