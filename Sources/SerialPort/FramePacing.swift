public import Branch

/// Keeps the silence that a sign needs between two frames, one picture after the other.
///
///     picture A ─┐  B   C                 (B gives way to C, which is newer)
///     kernel     └─── took A
///     line        AAAAAAAAAA······gap······CCCCCCCCCC
///
/// The kernel takes bytes before they are on the line. The silence is counted from when they must
/// have left even if none had when the kernel took the last of them.
///
/// States: free → sending → silent → free; any → free when the line is lost or opened anew.
public struct FramePacing: Sendable {
  private enum State {
    case free
    /// The kernel has not taken the whole frame.
    case sending(bytes: Int)
    case silent(until: MonotonicTime)
  }

  public let settings: SerialSettings
  /// 0: frames may follow each other without a pause.
  public let gap: Span
  private var state = State.free
  private var waiting: [UInt8]?

  public init(settings: SerialSettings, gap: Span) {
    self.settings = settings
    self.gap = gap
  }

  /// When `timePassed` has something to do.
  public var deadline: MonotonicTime? {
    if case .silent(let end) = state { end } else { nil }
  }

  /// What is to be seen from now on. Gives the frame to write, or nil: it waits, and what waited
  /// is not sent any more.
  public mutating func shown(_ frame: [UInt8]) -> [UInt8]? {
    waiting = frame
    return next()
  }

  /// The kernel took all bytes. Gives the frame to write now.
  public mutating func drained(now: MonotonicTime) -> [UInt8]? {
    guard case .sending(let bytes) = state else { return nil }
    state = gap.ms > 0 ? .silent(until: now + settings.duration(bytes: bytes) + gap) : .free
    return next()
  }

  /// Gives the frame to write now.
  public mutating func timePassed(now: MonotonicTime) -> [UInt8]? {
    guard case .silent(let end) = state, end <= now else { return nil }
    state = .free
    return next()
  }

  /// The line was opened or lost: nothing is on its way.
  public mutating func reset() {
    state = .free
    waiting = nil
  }

  private mutating func next() -> [UInt8]? {
    guard case .free = state, let frame = waiting.take() else { return nil }
    state = .sending(bytes: frame.count)
    return frame
  }
}
