import Branch

/// What the clock alone changes on a sign: idle texts and brightness.
struct SignSchedule {
  private static let day_ms: Int64 = 86_400_000

  private let plan: SignPlan
  /// Seconds east of UTC at an instant.
  private let offset: @Sendable (WallTime) -> Int32

  init(_ plan: SignPlan, offset: @escaping @Sendable (WallTime) -> Int32) {
    self.plan = plan
    self.offset = offset
  }

  /// Nothing ever changes.
  static func isNone(_ plan: SignPlan) -> Bool {
    plan.hours == nil && plan.idle.count < 2 && (plan.brightness?.steps.count ?? 0) < 2
  }

  private func local(_ wall: WallTime) -> LocalTime {
    LocalTime(wall, zoneOffsetSeconds: offset(wall))
  }

  private func texts(_ wall: WallTime) -> [String] {
    guard let hours = plan.hours, !plan.closed.isEmpty else { return plan.idle }
    return hours.isOpen(at: local(wall)) ? plan.idle : plan.closed
  }

  /// Whose turn it is depends on the clock alone, so that all signs of a branch turn together.
  func idle(_ wall: WallTime) -> String {
    let texts = texts(wall)
    guard texts.count > 1 else { return texts.first ?? "" }
    return texts[Int(turn(wall) % Int64(texts.count))]
  }

  private func turn(_ wall: WallTime) -> Int64 { max(0, wall.ms) / plan.turn.ms }

  func brightness_percent(_ wall: WallTime) -> Int? {
    plan.brightness?.percent(at: local(wall))
  }

  /// The first instant after this one at which anything here may change; nil: never.
  /// - Parameter isIdle: idle texts are seen.
  func next(after wall: WallTime, isIdle: Bool) -> WallTime? {
    let hours = isIdle && !plan.closed.isEmpty ? plan.hours : nil
    var next: WallTime?
    let steps = plan.brightness?.steps ?? []
    if hours != nil || steps.count > 1 {
      next = boundary(after: wall) { day in
        (hours?.changes(on: day) ?? []) + steps.map(\.from_minute)
      }
    }
    guard isIdle, texts(wall).count > 1 else { return next }
    let turned = WallTime(ms: (turn(wall) + 1) * plan.turn.ms)
    return min(next ?? turned, turned)
  }

  /// The first instant at which the branch's clock shows one of the minutes, or midnight, or at
  /// which that clock itself is moved.
  private func boundary(after wall: WallTime, _ minutes: (ServiceDay) -> [Int]) -> WallTime {
    let offset = offset(wall)
    let local = LocalTime(wall, zoneOffsetSeconds: offset)
    let later = minutes(local.day).map { Int64($0) * 60_000 }.filter { $0 > local.msOfDay }
    let found = wall + Span(ms: (later.min() ?? Self.day_ms) - local.msOfDay)
    return self.offset(found) == offset ? found : moved(after: wall, until: found)
  }

  /// When summer time begins or ends: zones move on a full second.
  private func moved(after wall: WallTime, until found: WallTime) -> WallTime {
    let before = offset(wall)
    var (low, high) = (wall.ms / 1000, (found.ms + 999) / 1000)
    while high - low > 1 {
      let middle = (low + high) / 2
      if offset(WallTime(ms: middle * 1000)) == before { low = middle } else { high = middle }
    }
    return WallTime(ms: high * 1000)
  }
}
