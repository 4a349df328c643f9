public import Branch

/// Says when to tell of a journal that cannot be written, which is tried again every other second:
/// each kind of error at once, then once a minute while it lasts, and its end once.
public struct JournalTrouble: Sendable {
  /// Between two words about the same kind of error.
  public static let pause: Span = .minutes(1)

  /// When each code was told last; nothing stands here while all is well.
  private var told: [String: MonotonicTime] = [:]

  public init() {}

  /// Another attempt failed. Whether to tell of it now.
  public mutating func failed(_ problem: Problem, now: MonotonicTime) -> Bool {
    // By code: the words name a file, which may be another one at each attempt.
    if let last = told[problem.code], now - last < Self.pause { return false }
    told[problem.code] = now
    return true
  }

  /// An attempt succeeded. Whether that is news.
  public mutating func ended() -> Bool {
    defer { told = [:] }
    return !told.isEmpty
  }
}
