import Branch
import BranchCore
import CodePages
import Configuration
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
  /// 30 begins and ends a PIN, 31 logs off, 40 to 49 are digits.
  static let logOn: UInt16 = 30
  static let logOff: UInt16 = 31
  static let digit: UInt16 = 40
  static let questions = ["courtesy", "speed"].compactMap { QuestionID($0) }
  static let pin = [4, 7, 1, 1]

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
    // Its own numbers as well.
    var feedback = random
    ask(&plan.terminals[2], &feedback)
    let recipe = PINHash.Recipe(rounds: 1, salt: [UInt8](repeating: 7, count: 8))
    plan.clerks = [ClerkPlan(id: ClerkID("anna")!, pin: recipe.hash(of: pin))]
    plan.link.addresses = ["hub:7557"]
    plan.link.heartbeat = .seconds(600)
    if knowsBox { plan.identity = BoxIdentity(boot: "", machine: "") }
    plan.numbers.reserve = random.oneIn(5) ? 0 : random.within(2, 12)
    // No world's line is down for longer; more days would only be more lines of the same kind.
    plan.numbers.reserveDays = 2
    return plan
  }

  /// One question or two, of one set of keys; reasons for bad ratings.
  private static func ask(_ smiley: inout TerminalPlan, _ random: inout Seeded) {
    smiley.feedback.correct = .seconds(Int64(random.pick([5, 20, 60])))
    smiley.feedback.next = .seconds(Int64(random.pick([5, 30])))
    if random.oneIn(2) {
      smiley.feedback.questions = questions.map { FeedbackConfiguration.Question(id: $0) }
    }
    guard random.oneIn(2) else { return }
    smiley.actions[21] = .rate(1, reason: ReasonID("noise"))
    smiley.actions[22] = .rate(2, reason: ReasonID("waiting-time"))
  }

  private static func terminals(_ plan: NodePlan, _ counter: CounterID) -> [TerminalPlan] {
    [
      TerminalPlan(
        id: kiosk, actions: [1: .ticket(cash), 2: .ticket(info), 3: .ticket(cash, priority: true)],
        printers: plan.printers.map(\.id), sign: SignID("kiosk-sign"), counter: nil),
      TerminalPlan(
        id: keypad,
        actions: [
          next: .request(.next), recall: .request(.recall), noShow: .request(.noShow),
          end: .request(.end), logOn: .logOn, logOff: .logOff,
        ].merging((0...9).map { (digit + $0, .digit(Int($0))) }) { $1 }, printers: [],
        sign: SignID("own"), counter: counter),
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
