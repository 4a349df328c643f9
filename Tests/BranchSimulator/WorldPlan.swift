import Branch
import BranchCore
import CodePages
import QueueProtocol
import TicketLayout

/// The branch of a world: how many boxes, and what each of them drives.
enum WorldPlan {
  static let kiosk = TerminalID("kiosk")!
  static let keypad = TerminalID("keypad")!
  static let smiley = TerminalID("smiley")!
  static let cash = ServiceID("cash")!
  static let info = ServiceID("info")!
  static let ticketKeys: [UInt16] = [1, 2, 3]
  static let next: UInt16 = 10
  static let recall: UInt16 = 11
  static let noShow: UInt16 = 12
  static let end: UInt16 = 13
  /// 21 to 25 rate 1 to 5.
  static let rate: UInt16 = 20

  static func counter(_ index: Int) -> CounterID { CounterID("\(index + 1)")! }

  /// - Parameter knowsBox: it can tell one box from another; by hand nobody can.
  static func node(
    _ index: Int, of count: Int, knowsBox: Bool, _ random: inout Seeded
  ) -> NodePlan {
    var plan = NodePlan(
      node: NodeID("n\(index + 1)")!, branch: BranchID("main")!, branchName: "Branch")
    plan.services = [
      ServiceDeclaration(id: cash, prefix: "A", name: "Cash desk", numbers: 1...999),
      ServiceDeclaration(id: info, prefix: "B", name: "Information", numbers: 1...999),
    ]
    plan.counters = [(counter(index), random.oneIn(2) ? [cash, info] : [info, cash])]
    plan.printers = (0...random.below(2)).map { printer("p\(index + 1)\($0)", &random) }
    plan.signs = [
      sign("own", counter(index), &random), sign("other", counter((index + 1) % count), &random),
      SignPlan(
        id: SignID("kiosk-sign")!, counter: nil, showsCalls: false, format: "", idle: "PRESS",
        refresh: nil),
      hall(&random),
    ]
    plan.terminals = terminals(plan, counter(index))
    plan.link.addresses = ["hub:7557"]
    plan.link.heartbeat = .seconds(600)
    if knowsBox { plan.identity = BoxIdentity(boot: "", machine: "") }
    plan.numbers.reserve = random.oneIn(5) ? 0 : random.within(2, 12)
    // No world's line is down for longer; more days would only be more lines of the same kind.
    plan.numbers.reserveDays = 2
    return plan
  }

  private static func sign(
    _ name: String, _ counter: CounterID, _ random: inout Seeded
  ) -> SignPlan {
    var plan = SignPlan(
      id: SignID(name)!, counter: counter, format: "{ticket}", idle: "----",
      refresh: random.oneIn(3) ? .minutes(10) : nil)
    // Its own numbers: how a sign looks changes nothing else in a world.
    var looks = random
    plan.beeps = looks.oneIn(2)
    if looks.oneIn(2) { plan.flash = Span(ms: Int64(looks.within(1, 8_000))) }
    if looks.oneIn(3) { follow(clock: &plan, &looks) }
    return plan
  }

  /// Open and closed by turns, since no world lasts a day.
  private static func follow(clock plan: inout SignPlan, _ random: inout Seeded) {
    let length = random.within(5, 180)
    let stretches = stride(from: random.below(length), to: 1440 - length, by: 2 * length).map {
      $0..<$0 + length
    }
    plan.hours = OpeningHours(week: [[OpeningHours.Stretch]](repeating: stretches, count: 7))
    plan.idle = ["OPEN"]
    plan.closed = random.oneIn(2) ? ["SHUT"] : ["SHUT", "ZU"]
    plan.turn = .seconds(Int64(random.within(40, 600)))
    plan.brightness = DailyBrightness([
      .init(from_minute: 0, percent: 100), .init(from_minute: random.within(1, 1439), percent: 9),
    ])
  }

  /// A main sign, which lists calls.
  private static func hall(_ random: inout Seeded) -> SignPlan {
    var looks = random
    var plan = SignPlan(
      id: SignID("hall")!, counter: nil, format: "{ticket} {arrow} {counter}", idle: "HALL",
      refresh: nil)
    plan.board.calls_max = looks.within(1, boardRows)
    plan.board.newestLast = looks.oneIn(2)
    plan.arrows = [counter(0): .left, counter(1): .right]
    return plan
  }

  static let boardRows = 4

  private static func terminals(_ plan: NodePlan, _ counter: CounterID) -> [TerminalPlan] {
    [
      TerminalPlan(
        id: kiosk, actions: [1: .ticket(cash), 2: .ticket(info), 3: .ticket(cash, priority: true)],
        printers: plan.printers.map(\.id), sign: SignID("kiosk-sign"), counter: nil),
      TerminalPlan(
        id: keypad,
        actions: [
          next: .request(.next), recall: .request(.recall), noShow: .request(.noShow),
          end: .request(.end),
        ], printers: [], sign: SignID("own"), counter: counter),
      TerminalPlan(
        id: smiley,
        actions: [21: .rate(1), 22: .rate(2), 23: .rate(3), 24: .rate(4), 25: .rate(5)],
        printers: [], sign: nil, counter: counter),
    ]
  }

  /// What profiles say of real models, in all the ways that matter here.
  private static func printer(_ name: String, _ random: inout Seeded) -> PrinterPlan {
    let confirms = !random.oneIn(4)
    var plan = PrinterPlan(
      id: PrinterID(name)!,
      capabilities: PrinterCapabilities(
        columns: 42, nativeQR: true, cut: .partial, feedBeforeCut_lines: 4,
        codePages: [.init(page: .cp437, number: 0), .init(page: .cp858, number: 19)],
        processID: confirms, rasterWidth_px: 512))
    // Its own numbers: who speaks which language changes nothing else in a world.
    var language = random
    if random.oneIn(5) {
      plan.isSpooled = true
      plan.trustsSpooler = random.oneIn(2)
      return plan
    }
    switch random.below(4) {
    case 0: plan.hasAutomaticStatus = true
    case 1: plan.hasPortStatus = true
    case 2:
      plan.hasRealTimeStatus = true
      plan.hasPortStatus = random.oneIn(2)
    default: plan.hasRealTimeStatus = true
    }
    if language.below(7) < 2 { speakStar(&plan, &language) }
    return plan
  }

  /// ETBs are counted in the status that comes by itself; an echo needs no status.
  private static func speakStar(_ plan: inout PrinterPlan, _ random: inout Seeded) {
    plan.capabilities.language = random.oneIn(2) ? .starLine : .starPRNT
    plan.capabilities.codePages = [
      .init(page: .cp437, number: 1), .init(page: .cp858, number: 4),
    ]
    plan.capabilities.starMark = random.oneIn(2) ? .echoed : .counted
    guard plan.capabilities.starMark == .counted else { return }
    plan.hasAutomaticStatus = true
    plan.hasRealTimeStatus = false
  }
}
