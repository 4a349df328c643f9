/// Wall-clock instant, milliseconds since 1970-01-01T00:00:00Z. May jump; for records and people.
public struct WallTime: Hashable, Sendable, Comparable {
  public var ms: Int64
  public init(ms: Int64) { self.ms = ms }
  public static func < (left: Self, right: Self) -> Bool { left.ms < right.ms }
  public static func - (left: Self, right: Self) -> Span { Span(ms: left.ms - right.ms) }
  public static func + (left: Self, right: Span) -> Self { Self(ms: left.ms + right.ms) }
}

/// Instant of a clock that never jumps (CLOCK_MONOTONIC), milliseconds. For deadlines.
public struct MonotonicTime: Hashable, Sendable, Comparable {
  public var ms: Int64
  public init(ms: Int64) { self.ms = ms }
  public static func < (left: Self, right: Self) -> Bool { left.ms < right.ms }
  public static func - (left: Self, right: Self) -> Span { Span(ms: left.ms - right.ms) }
  public static func + (left: Self, right: Span) -> Self { Self(ms: left.ms + right.ms) }
}

/// A length of time in milliseconds; may be negative.
public struct Span: Hashable, Sendable, Comparable {
  public var ms: Int64
  public init(ms: Int64) { self.ms = ms }
  public static func milliseconds(_ count: Int64) -> Span { Span(ms: count) }
  public static func seconds(_ count: Int64) -> Span { Span(ms: count * 1000) }
  public static func minutes(_ count: Int64) -> Span { Span(ms: count * 60_000) }
  public static func < (left: Self, right: Self) -> Bool { left.ms < right.ms }
  public static func * (left: Self, right: Int64) -> Self { Span(ms: left.ms * right) }
}

/// Both clocks, read once per batch of events and passed into every state machine.
public struct Now: Hashable, Sendable {
  public var wall: WallTime
  public var monotonic: MonotonicTime
  /// Offset of the branch's zone from UTC at `wall`, seconds east.
  public var zoneOffsetSeconds: Int32
  /// What the machine's own clock says, where `wall` is corrected by the hub's time.
  public var box: WallTime

  /// - Parameter box: `wall` itself when it is not given.
  public init(
    wall: WallTime, monotonic: MonotonicTime, zoneOffsetSeconds: Int32 = 0, box: WallTime? = nil
  ) {
    self.wall = wall
    self.box = box ?? wall
    self.monotonic = monotonic
    self.zoneOffsetSeconds = zoneOffsetSeconds
  }
  public var local: LocalTime { LocalTime(wall, zoneOffsetSeconds: zoneOffsetSeconds) }
}
