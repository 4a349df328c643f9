import Branch
import BranchCore
import ESCPOS
import QueueProtocol

/// The branch of these tests: one kiosk with two printers, one counter with its sign, keypad and
/// smiley terminal, a main sign, and a small sign on the kiosk for refusals.
enum Plans {
  static let kiosk = TerminalID("kiosk")!
  static let keypad = TerminalID("keypad")!
  static let smiley = TerminalID("smiley")!
  static let front = PrinterID("front")!
  static let back = PrinterID("back")!
  static let counterSign = SignID("counter-sign")!
  static let mainSign = SignID("main-sign")!
  static let kioskSign = SignID("kiosk-sign")!
  static let one = CounterID("1")!
  static let cash = ServiceID("cash")!
  static let info = ServiceID("info")!

  /// Key codes: the kiosk has cash on 1 and info on 2.
  static let next: UInt16 = 10
  static let recall: UInt16 = 11
  static let noShow: UInt16 = 12
  static let end: UInt16 = 13
  /// 21 to 25 rate 1 to 5.
  static let rate: UInt16 = 20

  static func capabilities(processID: Bool = true) -> ESCPOSCapabilities {
    ESCPOSCapabilities(
      columns: 42, nativeQR: true, cut: .partial, feedBeforeCut_lines: 4,
      codePages: [.init(page: .cp437, number: 0), .init(page: .cp858, number: 19)],
      processID: processID, rasterWidth_px: 512)
  }

  static func printer(
    _ id: PrinterID, processID: Bool = true, asked: Bool = true, automatic: Bool = false,
    port: Bool = false
  ) -> PrinterPlan {
    var plan = PrinterPlan(id: id, capabilities: capabilities(processID: processID))
    plan.hasRealTimeStatus = asked
    plan.hasAutomaticStatus = automatic
    plan.hasPortStatus = port
    return plan
  }

  static func node(_ name: String = "n1", printers: [PrinterPlan]? = nil) -> NodePlan {
    var plan = NodePlan(
      node: NodeID(name)!, branch: BranchID("main")!, branchName: "Branch in the market")
    plan.services = [
      ServiceDeclaration(id: cash, prefix: "A", name: "Cash desk", numbers: 1...999),
      ServiceDeclaration(id: info, prefix: "B", name: "Information", numbers: 1...999),
    ]
    plan.counters = [(one, [cash, info])]
    plan.printers = printers ?? [printer(front), printer(back)]
    plan.signs = [
      SignPlan(
        id: counterSign, counter: one, format: "{ticket}", idle: "----", refresh: .seconds(60)),
      SignPlan(
        id: mainSign, counter: nil, format: "{ticket} > {counter}", idle: "WELCOME", refresh: nil),
      SignPlan(
        id: kioskSign, counter: nil, showsCalls: false, format: "", idle: "PRESS", refresh: nil),
    ]
    plan.terminals = [
      TerminalPlan(
        id: kiosk, actions: [1: .ticket(cash), 2: .ticket(info)],
        printers: plan.printers.map(\.id), sign: kioskSign, counter: nil),
      TerminalPlan(
        id: keypad,
        actions: [
          next: .request(.next), recall: .request(.recall), noShow: .request(.noShow),
          end: .request(.end),
        ], printers: [], sign: counterSign, counter: one),
      TerminalPlan(
        id: smiley,
        actions: Dictionary(uniqueKeysWithValues: (1...5).map { (rate + $0, .rate(Int($0))) }),
        printers: [], sign: nil, counter: one),
    ]
    plan.link.addresses = ["hub:7557"]
    plan.numbers.reserve = 6
    plan.numbers.reserveDays = 2
    return plan
  }
}
