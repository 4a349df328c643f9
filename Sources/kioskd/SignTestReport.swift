import Branch
import CommandLineKit
import SignTraffic
import Technician

/// What a technician reads of a sign that was tried out.
struct SignTestReport {
  private let report: SignTrial.Report
  /// What the lines begin with: the sign, or the port of several.
  private let name: String
  private let isWalk: Bool

  init(_ report: SignTrial.Report, name: String, isWalk: Bool) {
    self.report = report
    self.name = name
    self.isWalk = isWalk
  }

  func tell() -> ExitCode {
    if let identity = report.identity { say(identity) }
    for note in report.notes { say(note, to: .error) }
    let isFine = isWalk ? tellWalk() : report.results.map(tell).allSatisfy { $0 }
    if let problem = report.problem {
      say("failed: \(problem)")
      return .failure
    }
    guard isFine else { return .failure }
    say("look at the sign; kioskd shows its own text when it starts")
    return .success
  }

  private func say(_ text: String, to stream: StandardStream = .output) {
    Output.line("\(name): \(CheckLine.printable(text))", to: stream)
  }

  private func dump(_ bytes: [UInt8]) { for row in hexDump(bytes) { Output.line("  " + row) } }

  /// Gives whether all was as it should be.
  private func tell(_ result: SignTrial.Result) -> Bool {
    let fate = result.isSent ? "sent" : "not all sent"
    say("\(result.step.label), \(fate): \(result.sent.count) bytes")
    dump(result.sent)
    if result.received.isEmpty {
      let isOdd = result.hasFailed || result.setting != nil
      say(isOdd ? "nothing came back" : "nothing came back, as it should be")
    } else if !result.isEchoOnly {
      say("came back:")
      dump(result.received)
    }
    if result.echoed > 0 { say("adapter hears itself: \(result.echoed) bytes echoed") }
    for (board, _) in result.step.pictures {
      let head = result.step.pictures.count == 1 ? "" : "\(board.id) "
      if let problem = result.problems[board.id] {
        say("failed: \(problem)")
      } else if let words = result.outcomes[board.id]?.words {
        say(head + words)
      }
    }
    if let problem = result.setting { say("failed: \(problem)") }
    if let problem = result.noiseProblem(of: name), !result.hasFailed {
      say("failed: \(problem)")
      return false
    }
    return !result.hasFailed && result.setting == nil
  }

  private func tellWalk() -> Bool {
    var answered: [String] = []
    var mute: [String] = []
    var silent = 0
    let echoed = report.results.reduce(0) { $0 + $1.echoed }
    if echoed > 0 { say("adapter hears itself: \(echoed) bytes echoed") }
    let troubles = report.results.compactMap { $0.setting ?? $0.collision }
    if let problem = troubles.first { say("failed: \(problem)") }
    for result in report.results {
      guard let id = result.step.pictures.first?.board.id else { continue }
      switch result.outcomes[id] {
      case .sent: mute.append(result.step.label)
      case .accepted, .verified:
        answered.append(result.step.label)
        say("address \(result.step.label): \(result.outcomes[id]?.words ?? "")")
      case .failed(.silent) where result.noise == 0: silent += 1
      case .failed(.spoilt): break
      case .failed, nil:
        guard let problem = result.problems[id] else { continue }
        answered.append(result.step.label)
        say("address \(result.step.label) answered: \(problem)")
      }
    }
    if let first = mute.first, let last = mute.last {
      say(
        "addresses \(first) to \(last) were sent, each to show itself; signs of this kind do not "
          + "answer")
      return report.results.allSatisfy(\.isSent) && troubles.isEmpty
    }
    let none = "nobody answered; check power, the cable with A and B, speed and parity"
    say(answered.isEmpty ? none : "answered: \(answered.joined(separator: ", "))")
    if silent > 0, !answered.isEmpty { say("\(silent) others were silent") }
    return !answered.isEmpty && troubles.isEmpty
  }
}

extension SignOutcome {
  fileprivate var words: String? {
    switch self {
    case .sent, .failed: nil
    case .accepted: "it says that it took it"
    case .verified: "read back: it holds what was written"
    }
  }
}
