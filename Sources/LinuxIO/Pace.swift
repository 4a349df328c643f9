public import Branch

/// How long to wait before the next try: doubles from the first to the longest wait, so that
/// a device that is away for days costs nothing and one that is back in a second is found at once.
public struct RetryPace: Equatable, Sendable {
  public let first: Span
  public let longest: Span
  private var next: Span

  public init(first: Span, longest: Span) {
    precondition(first > .milliseconds(0) && first <= longest)
    self.first = first
    self.longest = longest
    next = first
  }

  /// The wait before the try that follows.
  public mutating func wait() -> Span {
    defer { next = min(next * 2, longest) }
    return next
  }

  public mutating func reset() { next = first }
}

/// When to read again from a printer's way back. Some printers answer every read at once with
/// nothing (zero-length packets; usblp then reports 0 bytes): asked again at once they would keep
/// a core busy. After an empty read comes a pause: short while a question may be unanswered,
/// long otherwise.
public struct ReadPace: Equatable, Sendable {
  /// Pause between empty reads while an answer may be on its way.
  public static let expecting = Span.milliseconds(250)
  /// How long after something was sent an answer may be on its way.
  public static let answerTime = Span.seconds(5)
  /// Pause between empty reads at rest: unasked status still comes, at no cost worth naming.
  public static let resting = Span.seconds(60)

  private var sentAt: MonotonicTime?

  public init() {}

  /// Something was sent that may be answered.
  public mutating func sent(at now: MonotonicTime) { sentAt = now }

  /// The pause after a read that gave nothing.
  public func pauseAfterEmptyRead(at now: MonotonicTime) -> Span {
    guard let sentAt, now < sentAt + Self.answerTime else { return Self.resting }
    return Self.expecting
  }
}
