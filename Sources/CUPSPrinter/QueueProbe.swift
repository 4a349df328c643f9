package import Branch
import LinuxIO

/// The times of a probe.
package struct ProbeTimes: Sendable {
  /// From the moment that nothing but its condition keeps a stopped queue from work to the first
  /// probe: less than a roll takes to be changed, more than a backend takes to say all it has to.
  package var first = Span.seconds(15)
  /// Between two probes at last; each wait before is twice the one before it.
  package var longest = Span.seconds(300)
  /// From a probe to its end; a byte that takes longer is waiting for a person.
  package var patience = Span.seconds(30)

  package init() {}
}

/// The question whether a printer works again that only its backend can answer, and that cupsd
/// asks only with a job. Every printer whose backend stopped its queue for want of paper would
/// otherwise wait for `cupsenable`, or for a customer whose ticket does not come.
///
///     not wanted ──▶ planned ──▶ due ──▶ open ──▶ completed: the conditions count no more
///         ▲             │         │        │
///         └─────────────┴─────────┘        └────▶ refused: they go on to count, and it is planned
///          the queue runs, a person paused it,
///          or a ticket of ours is in it
struct QueueProbe {
  /// NUL prints nothing and moves nothing in ESC/POS and in StarPRNT; nothing else is sent.
  static let document: [UInt8] = [0]
  /// Behind the owner's name, so that a later run cancels what a killed one left.
  static let name = "probe"

  let times: ProbeTimes
  private var pace: RetryPace
  /// Until it is due.
  var timer: TimerID?
  var isDue = false
  /// The one that the spooler has.
  var job: FollowedJob?
  /// Until the open one is given up.
  var deadline: TimerID?
  /// The last one did not come through, and the queue runs all the same: its backend gave the job
  /// back, or did not end. Nothing but this keeps tickets from it.
  var refusal: Problem?

  init(times: ProbeTimes) {
    self.times = times
    pace = RetryPace(first: times.first, longest: times.longest)
  }

  var isOpen: Bool { job != nil }

  mutating func wait() -> Span { pace.wait() }

  /// A ticket came out. A probe alone proves less: a printer may take a byte without paper.
  mutating func ticketCompleted() { pace.reset() }

  /// The conditions told last stay as they are, whatever the queue says while it runs.
  func keepsConditions(_ state: QueueState) -> Bool {
    isOpen || (refusal != nil && !state.isStopped && state.hasCondition)
  }
}
