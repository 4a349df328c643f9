import Branch
import QueueProtocol
import TestSeeds
import Testing

@Suite("A fact that is kept as it came")
struct PlainFactTests {
  private func plain(_ line: [UInt8]) -> PlainFact? {
    line.withUnsafeBytes { PlainFact(line: $0) }
  }

  private func plain(_ line: String) -> PlainFact? { plain(Array(line.utf8)) }

  /// Whatever is plain says the same when it is taken apart, and is written with the same bytes.
  private func check(_ line: [UInt8]) -> Bool {
    guard let plain = plain(line) else { return false }
    let text = String(decoding: line, as: UTF8.self)
    guard case .fact(let seq, let fact)? = try? NodeMessage(parsing: line) else {
      Issue.record("\(text) is no fact")
      return false
    }
    #expect(seq == plain.seq, "\(text)")
    #expect(fact.encoded() == Array(line[plain.text]), "\(text)")
    #expect(fact.more["mono"] == nil, "\(text)")
    switch plain.content {
    case .ticketIssued(let ticket, let service, let day, let at):
      #expect(fact.kind == .ticketIssued && fact.at == at, "\(text)")
      #expect(fact.ticket == ticket && fact.service == service && fact.day == day, "\(text)")
    case .ratingGiven(let counter):
      #expect(fact.kind == .ratingGiven && fact.counter == counter, "\(text)")
      #expect(fact.ticket == nil, "\(text)")
    case .other:
      #expect([.ticketSending, .ticketPrinted, .ticketUnconfirmed].contains(fact.kind), "\(text)")
    }
    return true
  }

  @Test("what a node writes in an outage is plain")
  func ordinary() {
    let ticket = "ticket=A012 service=cash day=2026-11-22"
    let facts = [
      "ticket-issued at=1795334460000 \(ticket) terminal=kiosk offline=yes",
      "ticket-sending at=1795334460000 \(ticket) printer=front job=2 bytes=412",
      "ticket-printed at=1795334461000 \(ticket) printer=front job=2",
      "ticket-unconfirmed at=1795334461000 \(ticket) printer=front reason=silent job=2 wall=5",
      "rating-given at=0 counter=1 terminal=smiley rating=5", "rating-given at=1 rating=1",
    ]
    for fact in facts { #expect(check(Array("FACT 9007199254740991 \(fact)".utf8)), "\(fact)") }
  }

  @Test(
    "what a hub changes, refuses, would write otherwise or has to act on is not plain",
    arguments: [
      "PING", "FACT", "FACT 1", "FACT 1 ", "FACT 0 rating-given at=1 rating=5",
      "FACT 01 rating-given at=1 rating=5", "FACT 9007199254740992 rating-given at=1 rating=5",
      "FACT 1  rating-given at=1 rating=5", "FACT 1 rating-given at=1 rating=5 ",
      "FACT 1 rating-given at=1 rating=5\r", " FACT 1 rating-given at=1 rating=5",
      "FACT 1 rating-given at=01 rating=5", "FACT 1 rating-given at=1 rating=05",
      "FACT 1 rating-given at=1", "FACT 1 rating-given rating=5 at=1",
      "FACT 1 rating-given at=1 rating=6", "FACT 1 rating-given at=1 rating=5 counter=1",
      "FACT 1 rating-given at=1 rating=5 mono=7", "FACT 1 rating-given at=1 rating=5 node=b",
      "FACT 1 rating-given at=1 rating=5 at=2", "FACT 1 rating-given at=1 rating=5 a=1 a=2",
      "FACT 1 rating-given at=1 rating=5 a=\"1\"", "FACT 1 rating-given at=1 rating=5 a=",
      "FACT 1 rating-given at=1 rating=5 a=b=c", "FACT 1 rating-given at=1 rating=5 a=\u{e9}",
      "FACT 1 rating-given at=253402300800000 rating=5",
      "FACT 1 rating-given at=1 ticket=A001 day=2026-11-22 rating=5",
      "FACT 1 rating-given-2 at=1 rating=5", "FACT 1 node-started at=1 start=x",
      "FACT 1 ticket-issued at=1 ticket=A001 service=cash",
      "FACT 1 ticket-issued at=1 ticket=A000 service=cash day=2026-11-22",
      "FACT 1 ticket-issued at=1 ticket=A001 service=cash day=2026-02-29",
      "FACT 1 ticket-printed at=1 ticket=A0012 service=cash day=2026-11-22",
      "FACT 1 ticket-voided at=1 ticket=A001 service=cash day=2026-11-22",
      "FACT 1 visit-called at=1 ticket=A001 day=2026-11-22 counter=1",
      "FACT 1 x-y at=1",
    ])
  func others(line: String) { #expect(plain(line) == nil) }

  @Test(
    "random facts, whole and with a byte changed, left out or put in", arguments: Seeds.some(20))
  func random(seed: UInt64) {
    var samples = Samples(seed: seed)
    let bytes = Array("\" =\\\r\n\tA0a1.-_/\u{7f}".utf8) + [0xC3, 0]
    for round in 0..<400 {
      let fact = round % 2 == 0 ? ordinary(&samples) : samples.fact()
      var line = Array(NodeMessage.fact(max(1, samples.number()), fact).line.encoded().dropLast())
      let isPlain = check(line)
      if round % 2 == 0 { #expect(isPlain, "\(String(decoding: line, as: UTF8.self))") }
      for _ in 0..<10 {
        let place = Int.random(in: 0..<line.count, using: &samples.random)
        let byte = bytes.randomElement(using: &samples.random)!
        switch samples.int(0...2) {
        case 0: line[place] = byte
        case 1: line.insert(byte, at: place)
        default: line.remove(at: place)
        }
        _ = check(line)
      }
    }
  }

  /// A fact such as a node writes by the thousand, with any values.
  private func ordinary(_ samples: inout Samples) -> Fact {
    var fact = samples.fact()
    let kinds: [FactKind] = [
      .ticketIssued, .ticketSending, .ticketPrinted, .ticketUnconfirmed, .ratingGiven,
    ]
    fact.kind = kinds.randomElement(using: &samples.random)!
    let isRating = fact.kind == .ratingGiven
    fact.ticket = isRating ? nil : samples.ticket()
    fact.service = samples.name()
    fact.day = samples.day()
    fact.rating = samples.int(1...5)
    (fact.device, fact.reason, fact.waiting, fact.transaction) = (nil, nil, nil, nil)
    fact.more = [Field("job", String(samples.number())), Field("offline", "yes")]
    return fact
  }
}
