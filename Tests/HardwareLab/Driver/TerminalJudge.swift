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
  /// ticket or of its refusal; facts are in the order of their numbers.
  static func inOrder(typed: [String], facts: [Fact], terminal: String) -> Verdict {
    guard !typed.isEmpty else { return .fails("\(terminal) typed nothing") }
    let answers = facts.filter {
      $0.fields["terminal"] == terminal && $0.fields["code"] != nil
        && ($0.kind == FactKinds.issued || $0.kind == FactKinds.refused)
    }
    let heard = answers.sorted { ($0.seq ?? 0) < ($1.seq ?? 0) }.compactMap { $0.fields["code"] }
    guard let place = zip(typed, heard).enumerated().first(where: { $1.0 != $1.1 }) else {
      return Verdict(
        typed.count == heard.count, "\(typed.count) codes were typed, \(heard.count) were heard")
    }
    let (index, pair) = place
    return .fails("code \(index + 1) was typed as \(pair.0) and heard as \(pair.1)")
  }
}
