package import Branch

/// Which troubles of a queue were told already.
///
/// cupsd's message of a queue (`printer-state-message`) changes with every job, also with a probe
/// that is cancelled. While a condition with a name stands, such words are no news: the log would
/// say every few seconds that the paper is out. A queue that is stopped for no reason with a name
/// has nothing but the message, and there each new one is told.
package struct TroubleMemory {
  private let problems: CUPSProblem
  /// What is wrong now; nil: nothing.
  private(set) var current: Problem?
  private var essence: Problem?

  init(_ problems: CUPSProblem) { self.problems = problems }

  /// - Parameters:
  ///   - queue: its name, for the words.
  ///   - server: that of the CUPS server, for the words.
  package init(queue: String, server: String) {
    problems = CUPSProblem(queue: queue, server: server)
  }

  /// - Returns: what a technician has to hear of the queue as it is now.
  package mutating func news(_ state: QueueState) -> Problem? {
    current = problems.trouble(state)
    let last = essence
    essence = state.hasNamedCondition ? problems.trouble(state.withoutMessage) : current
    return essence == last ? nil : current
  }
}

extension QueueState {
  fileprivate var hasNamedCondition: Bool {
    conditions.contains { $0 != .paused && $0 != .other && $0.stopsPrinting }
  }

  fileprivate var withoutMessage: QueueState {
    var state = self
    state.message = ""
    return state
  }
}
