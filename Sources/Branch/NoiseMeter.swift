/// Counts bytes that mean nothing and says when to tell of them: at once, then once a minute while
/// they go on, so that a device that chatters day and night does not fill the log.
public struct NoiseMeter: Hashable, Sendable {
  /// Between two words about the same source.
  public static let pause: Span = .minutes(1)

  private var untold_bytes = 0
  private var toldAt: MonotonicTime?

  public init() {}

  /// How many bytes to tell of now; nil: keep silent.
  public mutating func heard(_ bytes: Int, now: MonotonicTime) -> Int? {
    untold_bytes += bytes
    if let toldAt, now - toldAt < Self.pause { return nil }
    toldAt = now
    defer { untold_bytes = 0 }
    return untold_bytes
  }
}
