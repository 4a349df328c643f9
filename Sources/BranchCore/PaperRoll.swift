import Branch
import QueueProtocol

/// What is left on the roll of one printer, as far as anyone can know.
public struct PaperRoll: Hashable, Sendable {
  /// Tickets whose lengths tell how long the next ones will be.
  static let lengths_max = 16

  /// nil: nobody said how long it is, or saw it put in.
  public internal(set) var left_mm: Int?
  /// Of the last tickets, the newest last.
  var lengths_mm: [Int] = []

  mutating func printed(_ length_mm: Int) {
    guard length_mm > 0 else { return }
    left_mm = left_mm.map { max(0, $0 - length_mm) }
    lengths_mm = lengths_mm.suffix(Self.lengths_max - 1) + [length_mm]
  }

  public var ticketsLeft: Int? {
    guard let left_mm, !lengths_mm.isEmpty else { return nil }
    let sum = lengths_mm.reduce(0, +)
    return left_mm * lengths_mm.count / sum
  }

  /// `ROLL printer=front left_mm=80000 lengths=94,95`
  func line(_ printer: PrinterID) -> Line {
    var fields = [Field("printer", printer.text)]
    if let left_mm { fields.append(Field("left_mm", String(left_mm))) }
    if !lengths_mm.isEmpty {
      fields.append(Field("lengths", lengths_mm.map(String.init).joined(separator: ",")))
    }
    return Line("ROLL", [], fields)
  }

  init() {}

  init?(_ line: Line) {
    let left = line["left_mm"].map { Int($0) }
    let lengths = (line["lengths"] ?? "").split(separator: ",").map { Int($0) }
    guard left != .some(nil), !lengths.contains(nil), lengths.count <= Self.lengths_max else {
      return nil
    }
    left_mm = left ?? nil
    lengths_mm = lengths.compactMap { $0 }.filter { $0 > 0 }
  }
}

extension NodeMemory {
  /// Printers whose rolls are remembered: more than a configuration can have.
  static let rolls_max = 64

  mutating func apply(roll line: Line) -> Bool {
    guard let printer = line["printer"].flatMap(PrinterID.init), let roll = PaperRoll(line) else {
      return false
    }
    keep(roll, of: printer)
    return true
  }

  mutating func printed(_ open: OpenTicket, on printer: PrinterID) {
    var roll = rolls[printer] ?? PaperRoll()
    roll.printed(open.paper_mm)
    keep(roll, of: printer)
    if rolls[printer] != nil { lastTickets[printer] = open }
  }

  private mutating func keep(_ roll: PaperRoll, of printer: PrinterID) {
    guard rolls[printer] != nil || rolls.count < Self.rolls_max else { return }
    rolls[printer] = roll
  }
}

/// Rolls are changed, run low, and are told of before they end.
extension BranchCore {
  /// Tickets left at which it is told, once on the way down.
  static let fewTickets = [100, 50, 20, 10]

  mutating func rollChanged(_ id: PrinterID) {
    setRoll(id, left_mm: printers[id]?.spool.plan.roll_mm)
    log(.notice, "\(id): a new roll\(ticketsLeft(id).map { " for about \($0) tickets" } ?? "")")
  }

  /// The sensor knows better than what was counted.
  mutating func rollRunsLow(_ id: PrinterID) {
    guard let left_mm = printers[id]?.spool.plan.nearEnd_mm else { return }
    setRoll(id, left_mm: left_mm)
  }

  private mutating func setRoll(_ id: PrinterID, left_mm: Int?) {
    var roll = memory.rolls[id] ?? PaperRoll()
    guard roll.left_mm != left_mm else { return }
    roll.left_mm = left_mm
    recordOwn(roll.line(id))
  }

  func ticketsLeft(_ id: PrinterID) -> Int? { memory.rolls[id]?.ticketsLeft }

  /// - Parameter before: what was left before the last ticket.
  mutating func tellFewTickets(_ id: PrinterID, before: Int?, _ now: Now) {
    guard let before, let left = ticketsLeft(id),
      Self.fewTickets.contains(where: { before > $0 && left <= $0 })
    else { return }
    recordCondition(id, reportedConditions[id, default: "none"], now)
    log(.warning, "\(id): paper for about \(left) tickets is left")
  }
}
