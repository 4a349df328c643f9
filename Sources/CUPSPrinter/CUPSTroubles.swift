import Branch

/// What a queue and its jobs suffer from, with everything that its backend said about it.
extension CUPSProblem {
  /// What is wrong with the queue; nil: nothing that a technician has to know of.
  func trouble(_ state: QueueState) -> Problem? {
    let words = state.reasons.compactMap { BackendWords.words($0) }
    guard state.isStopped || !words.isEmpty else { return nil }
    let causes = words.map(\.text) + [BackendWords.quoted(state.message)].compactMap { $0 }
    guard !causes.isEmpty else { return paused("") }
    let what =
      state.isStopped
      ? "the CUPS queue \(queue) is stopped"
      : "the printer of the CUPS queue \(queue) reports trouble"
    let waiting = ", or wait: kioskd tries a queue that no person paused by itself (`cups.resume`)"
    let enabling =
      state.isStopped
      ? ["Then run `sudo cupsenable \(queue)`" + (state.hasCondition ? waiting : "") + "."] : []
    let cures = words.isEmpty ? [checkPrinter] : words.map(\.cure)
    return Problem(
      code: code(of: state), what: what, cause: causes.joined(separator: "; "),
      cure: (cures + enabling).joined(separator: " "))
  }

  /// The most telling condition.
  private func code(of state: QueueState) -> String {
    let conditions = state.conditions.filter { $0 != .paused && $0 != .mediaLow }
    let telling = conditions.filter { $0 != .offline && $0 != .other }.min() ?? conditions.min()
    return telling?.rawValue
      ?? (state.isStopped ? "queue-paused" : DeviceCondition.other.rawValue)
  }

  /// How the queue was set up, where that is bad for tickets.
  func setting(_ state: QueueState) -> Problem? {
    guard state.errorPolicy == "retry-current-job" else { return nil }
    return Problem(
      code: "queue-repeats", what: "the CUPS queue \(queue) may print a ticket twice",
      cause: "it starts a failed job again at once, before anybody can cancel it",
      cure: "Run `sudo lpadmin -p \(queue) -o printer-error-policy=abort-job`.")
  }

  /// The spooler gave a job back that it would print later.
  func setAside(_ fate: FollowedJob.Fate, _ state: JobState) -> Problem {
    let danger =
      switch fate {
      case .held: "late"
      case .repeated: "twice"
      }
    return job(
      code: "job-\(fate.rawValue)",
      what: "the CUPS queue \(queue) could not print a ticket, which was cancelled before it "
        + "comes out \(danger)", state)
  }

  /// A job that ended otherwise than printed, and not by us. nil: nothing is wrong.
  func ended(_ state: JobState) -> Problem? {
    switch state.state {
    case .aborted:
      return job(code: "job-aborted", what: "the CUPS queue \(queue) gave a ticket up", state)
    case .canceled:
      return job(
        code: "job-canceled",
        what: "a ticket was cancelled in the CUPS queue \(queue), by its backend or a person", state
      )
    case .forgotten:
      return Problem(
        code: "job-forgotten", what: "the CUPS server \(server) knows nothing of a ticket it took",
        cause: "it was restarted before it had saved the job, or it keeps no finished jobs",
        cure: "Set `DirtyCleanInterval 0` and `PreserveJobHistory Yes` in cupsd.conf.")
    case .pending, .held, .processing, .stopped, .completed: return nil
    }
  }

  /// A queue was resumed with a probe in it, and the probe did not come through.
  func probeFailed(_ state: JobState) -> Problem {
    let problem = job(
      code: "probe-failed",
      what: "the printer of the CUPS queue \(queue) does not take a test byte yet, so that it gets "
        + "no tickets", state)
    return Problem(
      code: problem.code, what: problem.what, cause: problem.cause,
      cure: problem.cure + " kioskd tries it again by itself.")
  }

  /// A job that did not end while it was waited for; nil: its backend said nothing of it.
  func waitedInVain(_ state: JobState) -> Problem? {
    guard !state.message.isEmpty else { return nil }
    return job(
      code: "job-unfinished",
      what: "a ticket in the CUPS queue \(queue) did not end in time and is cancelled", state)
  }

  private func job(code: String, what: String, _ state: JobState) -> Problem {
    let known = state.reasons.lazy.compactMap { BackendWords.words(ofJob: $0) }.first
    let causes = [known?.text, BackendWords.quoted(state.message)].compactMap { $0 }
    return Problem(
      code: code, what: what,
      cause: causes.isEmpty ? "the backend gave no reason" : causes.joined(separator: "; "),
      cure: known?.cure ?? checkPrinter)
  }

  private var checkPrinter: String {
    "Check that the printer is on, connected and in order; `lpstat -p \(queue)` shows the queue."
  }
}
