package import Branch

/// Which reasons of a queue are about now, and which are history.
///
/// cupsd keeps what a backend said (`STATE: +media-empty-error`) until a backend takes it back
/// (`STATE: -media-empty-error`): over the refill of the roll, over `cupsenable`, over jobs that
/// print well and over its own restarts (observed with CUPS 2.4.2). Only a backend can say more, so
/// a printer that takes no ticket because of such a reason would never print again. What is
/// believed:
/// - a stopped queue: all of it;
/// - one that runs again after it was stopped: somebody who saw the printer started it, or the
///   cause was gone. What was said before does not count until it is said anew;
/// - one that is idle: nobody looks at the printer any more. What the last backend said counts for
///   `idle_max`, then the next ticket may try.
package struct ReasonMemory {
  /// How long the last words of a backend count on an idle queue.
  package static let idle_max = Span.seconds(60)
  static let idle = 3

  private var wasStopped = false
  private var history: Set<String> = []
  private var idleSince: MonotonicTime?
  private var isFirst = true

  package init() {}

  /// The queue as it is now.
  package mutating func judge(_ state: QueueState, now: MonotonicTime) -> QueueState {
    defer { isFirst = false }
    history.formIntersection(state.reasons)
    if state.isStopped {
      history = []
      idleSince = nil
    } else if wasStopped || (isFirst && state.state == Self.idle) {
      history = Set(state.reasons.filter(Self.stopsPrinting))
    }
    wasStopped = state.isStopped
    if state.state == Self.idle { grow(state, now) } else { idleSince = nil }
    return state.without(history)
  }

  private mutating func grow(_ state: QueueState, _ now: MonotonicTime) {
    guard let since = idleSince else { return idleSince = now }
    guard now - since >= Self.idle_max else { return }
    history.formUnion(state.reasons.filter(Self.stopsPrinting))
  }

  private static func stopsPrinting(_ reason: String) -> Bool {
    QueueState.condition(reason)?.stopsPrinting ?? false
  }
}
