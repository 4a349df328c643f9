import Branch
import CCUPS
import LinuxIO

/// When a stopped queue is probed, and what follows from it.
extension CUPSPrinter {
  /// Plans a probe at a queue that waits for one, and gives the plan up at one that does not.
  func planProbe(_ state: QueueState) {
    let isWanted = state.isStopped ? state.hasCondition : probe.refusal != nil
    guard isWanted, state.mayBeProbed, mayProbe else { return forgetProbePlan() }
    guard probe.timer == nil, !probe.isDue else { return }
    probe.timer = loop.schedule(after: probe.wait()) { [weak self] in
      guard let self else { return }
      probe.timer = nil
      probe.isDue = true
      advance()
    }
  }

  /// No ticket of ours could come out of the queue, or is about to go there.
  var mayProbe: Bool {
    isHere && !probe.isOpen && submission == nil && openJobs.isEmpty && cancels.isEmpty
  }

  private func forgetProbePlan() {
    if let timer = probe.timer { loop.cancel(timer) }
    probe.timer = nil
    probe.isDue = false
  }

  /// - Parameter spoolID: nil when the queue was not as it was thought to be.
  func probing(_ spoolID: Int?, _ state: QueueState) {
    if let spoolID {
      probe.job = FollowedJob(job: 0, spoolID: spoolID, isGivenUp: false)
      probe.deadline = loop.schedule(after: probe.times.patience) { [weak self] in
        guard let self else { return }
        probe.deadline = nil
        giveUpProbe()
        advance()
      }
    }
    arrive(state)
  }

  func followProbe(_ jobs: [Int: JobState], _ queue: QueueState) {
    guard var job = probe.job, let state = jobs[job.spoolID] else { return }
    let news = job.became(state, isQueueStopped: queue.isStopped)
    probe.job = job
    switch news {
    case .over(let completed, _):
      endProbe()
      cancels.removeAll { $0 == job.spoolID }
      if completed { probe.refusal = nil } else { refuseProbe(state, queue) }
    case .setAside: giveUpProbe()
    case .none: if queue.isStopped { giveUpProbe() }
    }
  }

  /// It stays open until the spooler has let go of it.
  private func giveUpProbe() {
    guard let job = probe.job, !cancels.contains(job.spoolID) else { return }
    probe.job?.isGivenUp = true
    cancelLater(job.spoolID)
  }

  private func refuseProbe(_ state: JobState, _ queue: QueueState) {
    // Of a queue that stopped again, that is told.
    let isNews = probe.refusal == nil && !queue.isStopped
    let problem = problems.probeFailed(state)
    probe.refusal = problem
    if isNews { onEvent(.troubled(problem)) }
  }

  private func endProbe() {
    if let deadline = probe.deadline { loop.cancel(deadline) }
    probe.deadline = nil
    probe.job = nil
  }

  /// The server is away, or we go. What stands in the queue is cancelled at the next contact.
  func dropProbe() {
    forgetProbePlan()
    if let job = probe.job, cancels.count < Self.open_max { cancels.append(job.spoolID) }
    endProbe()
    probe.refusal = nil
  }

  /// What a ticket is told that must not be the one that tries the printer; nil: it may go.
  var refusalOfProbe: Problem? {
    guard let job = probe.job else { return probe.refusal }
    return job.isGivenUp ? problems.probeFailed(job.last) : nil
  }
}

extension CUPSErrands {
  /// The queue with a probe in it, when it may be probed. The probe goes in first and then the
  /// queue is resumed, so that nobody's ticket comes before it.
  func probe(_ errand: Errand, ofRunningQueue: Bool) throws(Problem) -> Finding {
    // No old ticket of ours may come out.
    cleans = max(cleans, 1)
    let connection = try begin(errand)
    let state = try readQueue(connection)
    guard state.mayBeProbed, state.isStopped || ofRunningQueue, try isEmpty(connection) else {
      return .probing(spoolID: nil, state)
    }
    // Until it is known to be followed, it is a leftover.
    let owed = cleans
    cleans = 2
    guard let id = try submitProbe(connection) else { return .probing(spoolID: nil, state) }
    if state.isStopped, try !resume(connection) {
      try cancel(id, connection)
      return .probing(spoolID: nil, try readQueue(connection))
    }
    cleans = owed
    return .probing(spoolID: id, state)
  }

  /// Sees to it that `jobMessage` is known: a run before this one may have left the queue stopped.
  func readLastMessage(_ connection: borrowing CUPSConnection) throws(Problem) {
    guard !knowsJobMessage else { return }
    knowsJobMessage = true
    let request = try request(IPP_OP_GET_JOBS, connection.library)
    request.add(IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "which-jobs", "completed")
    request.add(IPP_TAG_OPERATION, "my-jobs", true)
    // cupsd sends those first that ended last, to the second.
    request.add(IPP_TAG_OPERATION, IPP_TAG_INTEGER, "limit", 10)
    let message = "job-printer-state-message"
    request.add(IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes", ["job-id", message])
    let answer = try ask(request, connection)
    guard answer.isSuccess else { return }
    jobMessage = answer.pairs("job-id", message).max { $0.number < $1.number }?.text ?? ""
  }

  /// nil: the queue takes none.
  private func submitProbe(_ connection: borrowing CUPSConnection) throws(Problem) -> Int? {
    do throws(Problem) {
      let request = try printRequest(QueueProbe.name, connection.library)
      return try send(request, QueueProbe.document, connection)
    } catch {
      if error.code.hasPrefix("spooler-") { throw error }
      return nil
    }
  }

  /// Whether nobody's job stands in the queue: what others left there would come out, and be the
  /// one that tries the printer.
  private func isEmpty(_ connection: borrowing CUPSConnection) throws(Problem) -> Bool {
    let request = try request(IPP_OP_GET_JOBS, connection.library)
    request.add(IPP_TAG_OPERATION, IPP_TAG_INTEGER, "limit", 1)
    request.add(IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "which-jobs", "not-completed")
    request.add(IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes", "job-id")
    let answer = try ask(request, connection)
    guard answer.isSuccess else { throw refusal(answer, connection.library) }
    return answer.integer("job-id") == nil
  }
}
