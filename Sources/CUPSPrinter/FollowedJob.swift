/// A job that the spooler has, until its end is known.
struct FollowedJob {
  let job: UInt64
  let spoolID: Int
  /// It is to be cancelled, and nobody waits for it.
  var isGivenUp = false
  /// The last that was read.
  private(set) var last = JobState(.pending)
  /// When a backend got it, by the server's clock.
  private var startedAt: Int?

  /// What a new state of it asks for.
  enum News: Equatable {
    case none
    /// The spooler gave the job back and would take it up again later: it is to be cancelled.
    case setAside(Fate)
    case over(completed: Bool, detail: String)
  }

  /// Why a job was cancelled by us that the spooler had not finished.
  enum Fate: String, Sendable {
    /// It waits for a person or for a time.
    case held
    /// A backend had it and failed, and another has it now or will have it at once.
    case repeated
  }

  private var fate: Fate?

  init(job: UInt64, spoolID: Int, isGivenUp: Bool) {
    self.job = job
    self.spoolID = spoolID
    self.isGivenUp = isGivenUp
  }

  /// - Parameter isQueueStopped: a stopped queue repeats no job by itself, and who enables it may
  ///   want to see this job printed.
  mutating func became(_ state: JobState, isQueueStopped: Bool) -> News {
    last = state
    let startedBefore = startedAt
    startedAt = isQueueStopped ? nil : state.startedAt
    if state.state.isOver {
      let isOurs = state.state == .canceled || state.state == .aborted
      let detail = isOurs ? fate?.rawValue : nil
      return .over(
        completed: state.state == .completed, detail: detail ?? state.state.rawValue)
    }
    guard fate == nil, !isGivenUp else { return .none }
    if state.state == .held || state.state == .stopped { return setAside(.held) }
    guard !isQueueStopped, let startedBefore else { return .none }
    let isRepeated = state.state == .pending || state.startedAt != startedBefore
    return isRepeated ? setAside(.repeated) : .none
  }

  private mutating func setAside(_ fate: Fate) -> News {
    self.fate = fate
    isGivenUp = true
    return .setAside(fate)
  }
}
