import Branch
import TestSeeds

@testable import QueueProtocol

/// Random messages of every form, hostile texts included.
struct Samples {
  var random: Seeded

  init(seed: UInt64) { random = Seeded(seed) }

  mutating func number(_ max: UInt64 = Line.number_max) -> UInt64 {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: UInt64.random(in: 0...min(2, max), using: &random)
    case 1: max
    default: UInt64.random(in: 0...max, using: &random)
    }
  }

  mutating func int(_ range: ClosedRange<Int>) -> Int {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: range.lowerBound
    case 1: range.upperBound
    default: Int.random(in: range, using: &random)
    }
  }

  mutating func bool() -> Bool { Bool.random(using: &random) }

  mutating func time() -> WallTime { WallTime(ms: Int64(number(253_402_300_799_999))) }

  mutating func span() -> Span { Span(ms: Int64(number())) }

  mutating func name<Tag>(_ tag: Tag.Type = Tag.self) -> Name<Tag> {
    let letters = Array("abcXYZ019._-")
    let length = int(1...32)
    return Name<Tag>(String((0..<length).map { _ in letters.randomElement(using: &random)! }))!
  }

  /// A text with anything in it, up to `bytes_max` bytes.
  mutating func text(bytes_max: Int = 60) -> String {
    let pieces: [String] = [
      "a", "Z", "0", " ", "=", "\"", "\\", "\n", "\r", "\r\n", "\t", "\u{0}", "\u{1b}", "\u{7f}",
      "é", "日", "\u{2028}", "\u{85}", "\u{feff}", "👩‍👩‍👧", "e\u{301}", "\\n", "\\x00", "key=value",
      "\u{10FFFF}", ",",
    ]
    var text = ""
    for _ in 0..<int(0...12) {
      let piece = pieces.randomElement(using: &random)!
      if text.utf8.count + piece.utf8.count <= bytes_max { text += piece }
    }
    return text
  }

  mutating func ticket() -> TicketNumber {
    let letters = Array("ABQZ")
    let prefix = String((0..<int(1...3)).map { _ in letters.randomElement(using: &random)! })
    return TicketNumber(prefix: prefix, number: int(1...9999))
  }

  mutating func day() -> ServiceDay {
    ServiceDay(daysSince1970: Int64(int(-719_528...2_932_896)))
  }

  mutating func range(_ limits: ClosedRange<Int> = 1...9999) -> ClosedRange<Int> {
    let (one, other) = (int(limits), int(limits))
    return min(one, other)...max(one, other)
  }

  mutating func maybe<Value>(_ value: (inout Self) -> Value) -> Value? {
    bool() ? value(&self) : nil
  }

  static let kinds: [FactKind] = [
    .nodeStarted, .ticketIssued, .ticketSending, .ticketPrinted, .ticketUnconfirmed, .ticketFailed,
    .ticketVoided, .pressRefused, .ratingGiven, .deviceFound, .deviceLost, .deviceCondition,
    .numbersLeased, .visitCalled, .visitRecalled, .visitNoShow, .visitEnded, .visitLapsed,
    .factsMissing, .appointmentBooked, .appointmentCancelled, .ratingReason,
    .pressesIgnored, .clerkLoggedOn, .clerkLoggedOff, .clerkRefused,
    FactKind(rawValue: "of-a-newer-version-7"),
  ]

  mutating func fact() -> Fact {
    var fact = Fact(Self.kinds.randomElement(using: &random)!, at: time())
    fact.ticket = maybe { $0.ticket() }
    fact.service = maybe { $0.name() }
    fact.day = maybe { $0.day() }
    fact.counter = maybe { $0.name() }
    fact.terminal = maybe { $0.name() }
    fact.printer = maybe { $0.name() }
    fact.device = maybe { $0.text() }
    fact.rating = maybe { $0.int(1...5) }
    fact.reason = maybe { $0.text() }
    fact.waiting = maybe { $0.span() }
    fact.transaction = maybe { $0.span() }
    for index in 0..<int(0...3) { fact.more.append(Field("field_\(index)", text())) }
    for field in Fact.required(by: fact.kind) {
      switch field {
      case "ticket": fact.ticket = ticket()
      case "service": fact.service = name()
      case "day": fact.day = day()
      case "counter": fact.counter = name()
      case "rating": fact.rating = int(1...5)
      case "reason": fact.reason = text()
      case "about", "clerk": fact.more.append(Field(field, name(ClerkTag.self).text))
      default: break
      }
    }
    return fact
  }

  mutating func nodeMessage() -> NodeMessage {
    switch int(0...13) {
    case 0:
      .hello(
        Hello(
          node: name(), branch: name(), epoch: number(),
          next: max(1, number(NodeMessage.start_max)), commands: number(NodeMessage.start_max),
          now: time()))
    case 1:
      .service(
        ServiceDeclaration(
          id: name(), prefix: ticket().prefix, name: text(bytes_max: 256), numbers: range()))
    case 2: .counter(name(), services: (0..<int(1...64)).map { _ in name() })
    case 3: .fact(max(1, number()), fact())
    case 4: .acknowledge(number())
    case 5:
      .lease(
        NodeMessage.Lease(
          id: number(), service: name(), day: day(), count: int(1...500), isReserve: bool(),
          isPriority: bool()))
    case 6:
      .request(
        CounterRequest.allCases.randomElement(using: &random)!, id: number(), counter: name(),
        by: maybe { $0.time() }, clerk: maybe { $0.name() })
    case 7: .ping
    case 9:
      .checkIn(
        NodeMessage.CheckIn(
          id: number(), code: code(), terminal: name(), day: day(), by: maybe { $0.time() }))
    case 10:
      .book(
        Booking(
          branch: name(), code: code(), service: name(), at: time(), isPriority: bool(),
          notes: plainText(bytes_max: 512)), id: number())
    case 11: .unbook(name(), code(), id: number())
    case 12, 13: .tell(name(), .order(order()), id: number())
    case 8:
      .pingAbout(
        NodeMessage.SessionOwner(
          node: name(), epoch: maybe { $0.number() }, boot: maybe { $0.name(NodeTag.self).text }))
    default: .bye
    }
  }

  mutating func code() -> CheckInCode {
    let letters = Array("aZ09=\\\"!~-")
    let length = int(1...CheckInCode.length_max)
    return CheckInCode(
      String((0..<length).map { _ in letters.randomElement(using: &random)! }))!
  }

  /// Without control characters but line feeds.
  mutating func plainText(bytes_max: Int) -> String {
    let text = text(bytes_max: bytes_max)
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.filter { $0 == "\n" || ($0.value >= 0x20 && $0.value != 0x7F) }))
  }

  /// - Parameter canHaveCode: a block of several numbers has none.
  mutating func details(canHaveCode: Bool = true) -> TicketDetails {
    var details = TicketDetails()
    details.wait = maybe { $0.span() }
    details.isPriority = bool()
    details.appointment = maybe { $0.time() }
    if canHaveCode { details.code = maybe { $0.code() } }
    details.notes = plainText(bytes_max: 512)
    details.counter = plainText(bytes_max: 64).filter { $0 != "\n" }
    details.url = plainText(bytes_max: 256).filter { $0 != "\n" }
    return details
  }

  mutating func order() -> HubOrder {
    let standing = Span(ms: Int64(int(1_000...86_400_000)))
    let layer = HubOrder.Layer.allCases.randomElement(using: &random)!
    return switch int(0...5) {
    case 0: .show(name(), text: plainText(bytes_max: 256), for: standing, layer)
    case 1: .message(text: plainText(bytes_max: 256), for: standing, layer)
    case 2:
      .print(
        HubOrder.PrintOrder(
          printer: name(), ticket: ticket(), service: name(), day: day(), isReprint: bool(),
          ahead: maybe { $0.int(0...100_000) }, issuedAt: maybe { $0.time() },
          details: details()))
    case 3: .configure(key: name(NodeTag.self).text, value: plainText(bytes_max: 256))
    case 4: .newRoll(name())
    default: .ask(name(NodeTag.self).text)
    }
  }

  mutating func hubCommand() -> HubCommand {
    switch int(0...4) {
    case 0: .call(name(), ticket(), at: time(), again: bool())
    case 1: .clear(name())
    case 2: .lease(block())
    case 3: .order(order())
    default: .unknown("dance-9")
    }
  }

  mutating func block() -> NumberBlock {
    var block = NumberBlock(
      service: name(), prefix: ticket().prefix, day: day(), numbers: range(), isReserve: bool(),
      ahead: int(0...100_000))
    block.details = details(canHaveCode: block.numbers.count == 1 && !block.isReserve)
    return block
  }

  mutating func hubMessage() -> HubMessage {
    switch int(0...6) {
    case 0:
      .welcome(
        Welcome(
          hub: name(), acknowledged: number(), now: time(),
          heartbeat: Span(ms: Int64(int(100...600_000))), window: int(1...HubMessage.window_max)))
    case 1: .acknowledge(number())
    case 2: .command(max(1, number()), hubCommand())
    case 3: .ok(id: number(), ticket: maybe { $0.ticket() })
    case 4: .error(code: text(), id: maybe { $0.number() }, text: text())
    case 5: .pong(now: time(), hasSession: maybe { $0.bool() }, store: maybe { $0.number() })
    default: .bye
    }
  }
}
