import Branch
import LinuxIO

/// What the worker found, told to the owner.
extension CUPSPrinter {
  func found(_ report: Report) {
    isBusy = false
    guard !isClosed else { return }
    pace.isSubscribed = report.isSubscribed && events != nil
    switch report.finding {
    case .seen(let state, let jobs, let cancelled): seen(state, jobs, cancelled)
    case .unusable(let problem): lose(problem)
    case .taken(let job, let spoolID, let state): taken(job, spoolID, state)
    case .probing(let spoolID, let state): probing(spoolID, state)
    case .notTaken(let job, let accepted, let problem, let state):
      submission = nil
      if let state { arrive(state) }
      onEvent(.stopped(job: job, accepted: accepted, problem))
      if state == nil || problem.code.hasPrefix("spooler-") { lose(problem) }
    }
    isSafetyLook = false
    let isWorking = !openJobs.isEmpty || probe.isOpen
    events?.hold(isWorking && pace.isProven ? report.lifeline : nil)
    events?.looked(pause: isWorking ? LookPace.betweenEvents : LookPace.betweenIdleEvents)
    advance()
  }

  private func seen(_ state: QueueState, _ jobs: [Int: JobState], _ cancelled: [Int]) {
    cancels.removeAll { cancelled.contains($0) }
    let before = (conditions, openJobs.count, probe.isOpen)
    followProbe(jobs, state)
    arrive(state)
    for (spoolID, jobState) in jobs { follow(spoolID, jobState, state) }
    // Now that no ticket stands in it, a stopped queue may be started again; no event says so.
    if state.isStopped, openJobs.isEmpty, before.1 > 0 { wantsLook = true }
    // Nobody told us of this.
    if isSafetyLook, before != (conditions, openJobs.count, probe.isOpen) {
      pace.eventMissed()
      doubtsEvents = true
    }
  }

  private func taken(_ job: UInt64, _ spoolID: Int, _ state: QueueState) {
    var isGivenUp = false
    if case .running(job, let wasGivenUp) = submission { isGivenUp = wasGivenUp }
    submission = nil
    openJobs.append(FollowedJob(job: job, spoolID: spoolID, isGivenUp: isGivenUp))
    arrive(state)
    onEvent(.written(job: job))
    if isGivenUp { cancelLater(spoolID) }
  }

  private func follow(_ spoolID: Int, _ state: JobState, _ queue: QueueState) {
    guard let index = openJobs.firstIndex(where: { $0.spoolID == spoolID }) else { return }
    let job = openJobs[index]
    switch openJobs[index].became(state, isQueueStopped: queue.isStopped) {
    case .none: break
    case .setAside(let fate):
      onEvent(.troubled(problems.setAside(fate, state)))
      cancelLater(spoolID)
    case .over(let completed, let detail):
      openJobs.remove(at: index)
      if completed { probe.ticketCompleted() }
      cancels.removeAll { $0 == spoolID }
      if !completed, !job.isGivenUp, let problem = problems.ended(state) {
        onEvent(.troubled(problem))
      }
      onEvent(.spooled(job: job.job, completed: completed, detail: detail))
    }
  }

  // MARK: - Presence and conditions

  func arrive(_ state: QueueState) {
    pace.serverAnswered()
    if !isHere {
      isHere = true
      reported = nil
      onEvent(.arrived(identity: identity(state)))
      if let problem = problems.setting(state) { onEvent(.troubled(problem)) }
    }
    judge(state)
    planProbe(state)
  }

  private func judge(_ state: QueueState) {
    guard !probe.keepsConditions(state) else { return }
    probe.refusal = nil
    let state = reasons.judge(state, now: Clock.monotonic())
    let found = state.conditions
    if found != conditions {
      conditions = found
      pace.conditionsChanged()
      onEvent(.conditions(found))
    }
    if let news = troubles.news(state) { onEvent(.troubled(news)) }
  }

  private func identity(_ state: QueueState) -> String {
    let place = server.map { " on \($0)" } ?? ""
    let words = [state.info, state.model].filter { !$0.isEmpty && $0 != queue }
    let about = words.isEmpty ? "" : ": " + words.joined(separator: ", ")
    return "CUPS queue \(queue)\(place)\(about)"
  }

  private func lose(_ problem: Problem) {
    isHere = false
    conditions = nil
    reasons = ReasonMemory()
    dropProbe()
    // It may have come back without our subscription.
    doubtsEvents = true
    report(problem)
    // A job that was given up cannot be cancelled now. That is tried until the server is back;
    // meanwhile nobody waits for it.
    let given = openJobs.filter(\.isGivenUp)
    openJobs.removeAll(where: \.isGivenUp)
    for open in given {
      onEvent(.spooled(job: open.job, completed: false, detail: "unreachable"))
    }
  }

  func report(_ problem: Problem) {
    guard problem.code != reported?.code else { return }
    reported = problem
    onEvent(.lost(problem))
  }
}
