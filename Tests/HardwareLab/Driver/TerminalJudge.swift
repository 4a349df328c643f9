import CLinux
import Glibc

/// Conditions about boxes and scanners.
struct TerminalJudge {
  let world: World

  func look(at condition: Condition) throws(LabError) -> Verdict {
    switch condition {
    case .grabbed(let box, let isWanted): return try grabbed(box, isWanted)
    case .lit(let box, let lamp, let isWanted):
      let lit = try world.box(box).lampsLit
      return Verdict(lit.contains(lamp) == isWanted, "lit on \(box): \(lit)")
    case .codesInOrder(let scanner):
      return Self.inOrder(
        typed: world.codesTyped[scanner] ?? [], facts: try world.facts(), terminal: scanner)
    default: throw LabError("this is no condition of a terminal")
    }
  }

  /// Only one program can have a box for itself: a try tells, and gives it back at once.
  private func grabbed(_ box: String, _ isWanted: Bool) throws(LabError) -> Verdict {
    let nodes = try world.cable(box).nodes.filter { $0.hasPrefix("/dev/input/event") }
    guard !nodes.isEmpty else { return .fails("\(box) has no event node") }
    var taken: [String] = []
    for node in nodes {
      let descriptor = kioskd_open(node, O_RDONLY | O_NONBLOCK, 0)
      guard descriptor >= 0 else { throw failed("open \(node)") }
      defer { close(descriptor) }
      if kioskd_evdev_grab(descriptor, 1) == 0 {
        _ = kioskd_evdev_grab(descriptor, 0)
      } else {
        taken.append(node)
      }
    }
    let isRight = isWanted ? taken == nodes : taken.isEmpty
    return Verdict(isRight, "of \(nodes) somebody has for himself: \(taken)")
  }

  /// The terminal has the scanner's name. A code that the hub heard stands in the fact of its
  /// ticket or of its refusal; facts are in the order of their numbers. A code for which too many
  /// wait already is refused as `busy` at once, before those that wait.
  static func inOrder(typed: [String], facts: [Fact], terminal: String) -> Verdict {
    let heard = facts.filter {
      $0.fields["terminal"] == terminal && $0.fields["code"] != nil
        && ($0.kind == FactKinds.issued || $0.kind == FactKinds.refused)
    }.sorted { ($0.seq ?? 0) < ($1.seq ?? 0) }
    var places = Dictionary(grouping: typed.indices, by: { typed[$0] })
    var last: [Bool: Int] = [:]
    for fact in heard {
      let code = fact.fields["code"] ?? ""
      guard let place = places[code]?.first else {
        return .fails("\(code) was heard and not typed, or not so often")
      }
      places[code]?.removeFirst()
      let isBusy = fact.fields["reason"] == "busy"
      guard place > last[isBusy] ?? -1 else { return .fails("\(code) was heard too late") }
      last[isBusy] = place
    }
    let missing = places.values.joined().sorted().map { typed[$0] }
    return Verdict(
      missing.isEmpty && !typed.isEmpty,
      "\(typed.count) codes were typed, \(heard.count) heard; missing: \(missing.prefix(5))")
  }
}
