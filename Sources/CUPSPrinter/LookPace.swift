import Branch
import LinuxIO

/// When a queue is looked at. Where the server's events reach us they say when, and what stays is
/// a slow look for the case that one was lost; else the clock says when.
///
/// Events are believed for a job only after one came for this job: a server that lost our
/// subscription, or a feed that belongs to another server, must not make a ticket wait.
struct LookPace {
  /// Waits between looks at an open job of which no events come.
  static let first = Span.milliseconds(250)
  static let longest = Span.seconds(2)
  /// Between looks while a condition stops printing, no job is open and no events come.
  static let troubleFirst = Span.seconds(5)
  static let troubleLongest = Span.seconds(30)
  /// Between looks while the server is away.
  static let retryFirst = Span.seconds(1)
  static let retryLongest = Span.seconds(60)
  /// Between looks at an open job, or at a queue in trouble, of which events come. Not the 30 s
  /// after which the notifier ends: what it is sent in that moment is lost.
  static let safety = Span.seconds(20)
  /// Least time between two looks because of events: a queue under somebody else's load sends
  /// hundreds in a second.
  static let betweenEvents = Span.milliseconds(50)
  static let betweenIdleEvents = Span.seconds(1)

  /// The server said that it writes our feed.
  var isSubscribed = false
  /// The feed was written, perhaps before that word came.
  private var isHeard = false
  private var wasDoubted = false
  private var looks = RetryPace(first: first, longest: longest)
  private var troubles = RetryPace(first: troubleFirst, longest: troubleLongest)
  private var retries = RetryPace(first: retryFirst, longest: retryLongest)

  /// Events come.
  var isProven: Bool { isSubscribed && isHeard }

  /// The feed was written.
  mutating func eventCame() { isHeard = true }

  /// A job goes out: events about it prove that events come.
  mutating func jobBegins() {
    isHeard = false
    wasDoubted = false
    looks.reset()
  }

  /// Whether the server is to be asked about our subscription with the next look: once for a job,
  /// when its first look comes before an event.
  mutating func doubts() -> Bool {
    defer { wasDoubted = true }
    return isSubscribed && !isProven && !wasDoubted
  }

  /// Something had happened and no event told it.
  mutating func eventMissed() { isHeard = false }

  mutating func serverAnswered() { retries.reset() }
  mutating func conditionsChanged() { troubles.reset() }

  /// The wait for the next look; nil: none is needed.
  mutating func wait(isHere: Bool, isWorking: Bool, isInTrouble: Bool) -> Span? {
    if !isHere { return retries.wait() }
    if isWorking { return isProven ? Self.safety : looks.wait() }
    if isInTrouble { return isProven ? Self.safety : troubles.wait() }
    return isSubscribed ? EventSubscription.renewal : nil
  }
}
