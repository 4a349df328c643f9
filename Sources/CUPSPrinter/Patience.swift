import LinuxIO
import Synchronization
import Branch

/// How long a silent server is waited for, and the owner's wish to stop waiting. Read on the
/// worker's thread, set on the loop's.
final class Patience: Sendable {
  /// Longest silence of a server within one errand.
  static let silence_max = Span.seconds(30)

  /// The job that is to be given up, plus one; 0: none.
  private let givenUp = Atomic<UInt64>(0)
  private let current = Atomic<UInt64>(0)
  private let startedAt_ms = Atomic<Int64>(0)

  func giveUp(_ job: UInt64) { givenUp.store(job &+ 1, ordering: .releasing) }

  /// Begins an errand; `job` is the one that is submitted by it.
  func begin(job: UInt64?) {
    current.store(job.map { $0 &+ 1 } ?? 0, ordering: .relaxed)
    startedAt_ms.store(Clock.monotonic().ms, ordering: .relaxed)
  }

  var isGivenUp: Bool {
    let job = current.load(ordering: .relaxed)
    return job != 0 && job == givenUp.load(ordering: .acquiring)
  }

  func goesOn() -> Bool {
    let started = MonotonicTime(ms: startedAt_ms.load(ordering: .relaxed))
    return !isGivenUp && Clock.monotonic() - started < Self.silence_max
  }
}
