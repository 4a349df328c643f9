import Branch
import BranchCore

/// What the lamps of a terminal said since its last press.
struct TerminalAnswer: Equatable, Sendable {
  /// The lamps that came on.
  var answers: Set<Lamp> = []
  /// The lamps that are on now.
  var lit: Set<Lamp> = []

  mutating func pressed() { answers = [] }

  mutating func turned(_ lamp: Lamp, isOn: Bool) {
    if isOn {
      answers.insert(lamp)
      lit.insert(lamp)
    } else {
      lit.remove(lamp)
    }
  }
}
