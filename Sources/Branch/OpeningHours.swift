/// When a branch is open, by the clock on its wall: the same every week but on single days.
public struct OpeningHours: Hashable, Sendable {
  /// Minutes since local midnight, the last not included.
  public typealias Stretch = Range<Int>

  public static let stretches_max = 8
  public static let exceptions_max = 128

  /// Seven days, Monday first; those of a day do not overlap.
  public let week: [[Stretch]]
  /// Days that are unlike the others of their name; an empty list: closed.
  public let exceptions: [ServiceDay: [Stretch]]

  /// - Precondition: `week` has seven days.
  public init(week: [[Stretch]], exceptions: [ServiceDay: [Stretch]] = [:]) {
    precondition(week.count == 7)
    self.week = week
    self.exceptions = exceptions
  }

  public func stretches(on day: ServiceDay) -> [Stretch] {
    exceptions[day] ?? week[day.weekday]
  }

  public func isOpen(at time: LocalTime) -> Bool {
    let minute = Int(time.msOfDay / 60_000)
    return stretches(on: time.day).contains { $0.contains(minute) }
  }

  /// Minutes of the day at which it opens or closes.
  public func changes(on day: ServiceDay) -> [Int] {
    stretches(on: day).flatMap { [$0.lowerBound, $0.upperBound] }
  }
}

extension ServiceDay {
  /// 0 for Monday to 6 for Sunday. 1970-01-01 was a Thursday.
  public var weekday: Int { Int(((daysSince1970 + 3) % 7 + 7) % 7) }
}

/// How bright a sign is, by the clock on the branch's wall.
public struct DailyBrightness: Hashable, Sendable {
  public struct Step: Hashable, Sendable {
    /// Since local midnight.
    public let from_minute: Int
    /// One of `SignPicture.brightness_percent`.
    public let percent: Int

    public init(from_minute: Int, percent: Int) {
      self.from_minute = from_minute
      self.percent = percent
    }
  }

  public static let steps_max = 8
  /// In the order of the day; the last holds over midnight until the first.
  public let steps: [Step]

  /// - Precondition: there is a step, and each begins later than the one before.
  public init(_ steps: [Step]) {
    precondition(
      !steps.isEmpty
        && zip(steps, steps.dropFirst()).allSatisfy { pair in
          pair.0.from_minute < pair.1.from_minute
        })
    self.steps = steps
  }

  public func percent(at time: LocalTime) -> Int {
    let minute = Int(time.msOfDay / 60_000)
    return (steps.last { $0.from_minute <= minute } ?? steps[steps.count - 1]).percent
  }
}

/// Where a customer has to go from a sign.
public enum Arrow: String, Hashable, Sendable, CaseIterable {
  case left, right, up, down

  /// A sign without such a character gets what its protocol has for it, `<` and `>` in ASCII.
  public var character: String {
    switch self {
    case .left: "\u{2190}"
    case .right: "\u{2192}"
    case .up: "\u{2191}"
    case .down: "\u{2193}"
    }
  }
}
