/// Counts what is not wanted (bytes that mean nothing, callers that are turned away) and says when
/// to tell of it: at once, then once a minute while it goes on, so that a device that chatters day
/// and night does not fill the log.
public struct NoiseMeter: Hashable, Sendable {
  /// Between two words about the same source.
  public static let pause: Span = .minutes(1)

  private var untold = 0
  private var toldAt: MonotonicTime?

  public init() {}

  /// How many to tell of now; nil: keep silent.
  public mutating func heard(_ count: Int, now: MonotonicTime) -> Int? {
    untold += count
    if let toldAt, now - toldAt < Self.pause { return nil }
    toldAt = now
    defer { untold = 0 }
    return untold
  }
}
