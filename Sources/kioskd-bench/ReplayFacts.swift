import Branch
import JournalStore
import LinuxIO
import QueueProtocol

/// What a node writes down in days without a hub: for each customer a ticket issued, sent, printed,
/// and a rating.
struct ReplayFacts {
  static let services = ["cash", "info", "post", "loan"]
  static let factsPerTicket = 4
  static let numbers_max = 999

  private let firstMoment: WallTime
  private let firstDay: Int64

  /// - Parameter seed: instant of the first fact, milliseconds since 1970.
  init(seed: Int64) {
    firstMoment = WallTime(ms: seed)
    firstDay = LocalTime(firstMoment, zoneOffsetSeconds: 0).day.daysSince1970
  }

  /// The fact of that number, from 1.
  func fact(_ seq: Seq) -> Fact {
    let index = Int(seq - 1)
    let customer = index / Self.factsPerTicket
    let at = firstMoment + Span(ms: Int64(index) * 250)
    switch index % Self.factsPerTicket {
    case 0:
      var fact = ticketFact(.ticketIssued, customer, at)
      fact.terminal = TerminalID("kiosk")
      fact.more = [Field("offline", "yes")]
      return fact
    case 1:
      var fact = ticketFact(.ticketSending, customer, at)
      fact.printer = PrinterID("front")
      fact.more = [Field("job", String(seq - 1)), Field("bytes", "245")]
      return fact
    case 2:
      var fact = ticketFact(.ticketPrinted, customer, at)
      fact.printer = PrinterID("front")
      fact.more = [Field("job", String(seq - 2))]
      return fact
    default:
      var fact = Fact(.ratingGiven, at: at)
      fact.terminal = TerminalID("smileys-1")
      fact.counter = CounterID("1")
      fact.rating = 1 + customer % 5
      return fact
    }
  }

  /// Numbers of a service start anew each day, so that none is given twice.
  private func ticketFact(_ kind: FactKind, _ customer: Int, _ at: WallTime) -> Fact {
    let service = customer % Self.services.count
    let round = customer / Self.services.count
    var fact = Fact(kind, at: at)
    fact.ticket = TicketNumber(
      prefix: ["A", "B", "C", "D"][service], number: 1 + round % Self.numbers_max)
    fact.service = ServiceID(Self.services[service])
    fact.day = ServiceDay(daysSince1970: firstDay + Int64(round / Self.numbers_max))
    return fact
  }

  /// Writes facts 1 to `count` into a new journal. Returns the bytes of all payloads.
  func fill(_ directory: String, count: Int) throws(Problem) -> Int {
    let store: JournalStore
    do throws(JournalError) {
      store = try JournalStore.open(
        directory: directory, makeEpoch: { Epoch(Clock.wall().ms) }, replay: { _ in })
    } catch {
      throw error.problem
    }
    var bytes = 0
    var durable: Seq = 0
    // What a node has to know of these facts when no ticket is open: a new segment begins behind
    // whole customers.
    let keeper = JournalKeeper(
      store: store,
      checkpoint: { Array("STATE next=\(durable + 1) acked=0 commands=0\n".utf8) },
      becameDurable: {
        bytes += $0.payload.count
        durable = $0.seq
      }, removableThrough: { 0 })
    var next = 1
    while next <= count {
      let last = min(next + 999, count)
      let records = (next...last).map {
        DurableRecord(.fact, seq: Seq($0), payload: fact(Seq($0)).encoded())
      }
      if case .failed(let error, _) = keeper.write(records) { throw error.problem }
      next = last + 1
    }
    return bytes
  }
}
