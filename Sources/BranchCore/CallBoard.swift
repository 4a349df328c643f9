import Branch

/// Which calls stand on a sign. On a main sign a new call waits, before it pushes out another one,
/// until that one was seen for `stand`: two clerks who call within a second must not hide a
/// customer's number. The more calls wait, the shorter each is seen, so that the last of them does
/// not come much later.
///
///     called  A001 A002          A003 A004
///     seen    A001......... A002......... A003..... A004.........
///
/// One that is called again while others wait does not make them wait longer. In the end the newest
/// call stands first all the same:
///
///     called  A001 A002 A001
///     seen    A001......... A002......... A001.........
struct CallBoard: Hashable {
  /// No number is seen for less.
  static let stand_min: Span = .seconds(1)
  /// When more wait, the first of them pushes out another at once.
  static let waiting_max = 8
  private static let longAgo = MonotonicTime(ms: .min / 2)

  private struct Put: Hashable {
    var call: StandingCall
    /// When it could be seen first.
    var seenFirst: MonotonicTime
  }

  private let rows: Int
  private let stand: Span
  /// The newest first, also those that have no row any more.
  private var up: [Put] = []
  /// The oldest first.
  private var waiting: [StandingCall] = []
  /// All, as they were called last, the newest first.
  private var called: [StandingCall] = []

  init(_ board: BoardPlan) {
    rows = max(1, board.calls_max)
    stand = board.stand
  }

  /// What stands there, the newest first.
  var shown: [StandingCall] { up.prefix(rows).map(\.call) }

  /// - Parameters:
  ///   - calls: the newest first.
  ///   - isNew: the newest was called, or called again, just now.
  ///   - isSeen: somebody can see the sign; otherwise nothing waits.
  ///   - seenFirst: when what is put up now can be seen.
  /// - Returns: whether a new call was put up.
  mutating func called(
    _ calls: [StandingCall], isNew: Bool, isSeen: Bool, seenFirst: MonotonicTime,
    now: MonotonicTime
  ) -> Bool {
    forget(allBut: calls)
    called = calls
    let new = isNew ? calls.first : nil
    for call in calls where call != new && !up.contains(where: { $0.call == call }) {
      // A call of an earlier day, or one that was over before it was its turn.
      if !waiting.contains(call) { up.append(Put(call: call, seenFirst: Self.longAgo)) }
    }
    if let new, !waiting.contains(new) {
      if let place = up.prefix(rows).firstIndex(where: { $0.call == new }) {
        put(new, waiting.isEmpty ? seenFirst : up[place].seenFirst)
        return true
      }
      waiting.append(new)
    }
    return isSeen ? release(seenFirst: seenFirst, now: now) : flush()
  }

  /// Puts up what has waited long enough.
  /// - Returns: whether a new call was put up.
  mutating func release(seenFirst: MonotonicTime, now: MonotonicTime) -> Bool {
    var isNew = false
    while let next = waiting.first, let due = releaseAt, due <= now {
      waiting.removeFirst()
      put(next, seenFirst)
      isNew = true
    }
    if let due = settleAt, due <= now { settle(seenFirst) }
    return isNew
  }

  /// Nobody sees the sign any more: nothing waits.
  mutating func flush() -> Bool {
    let isNew = !waiting.isEmpty
    for call in waiting { put(call, Self.longAgo) }
    waiting = []
    settle(Self.longAgo)
    return isNew
  }

  /// Something covers the calls until `end`, or uncovers them, which was `before` so far: what was
  /// to be seen meanwhile is seen as much longer.
  mutating func coverChanged(from before: MonotonicTime, to end: MonotonicTime) {
    for place in up.indices where up[place].seenFirst + stand > before {
      up[place].seenFirst = up[place].seenFirst + (end - before)
    }
  }

  /// When `release` has something to do; nil: never.
  var changeAt: MonotonicTime? { releaseAt ?? settleAt }

  /// When the first of those that wait is put up; nil when none does.
  private var releaseAt: MonotonicTime? {
    guard !waiting.isEmpty else { return nil }
    let isFull = up.count >= rows && waiting.count <= Self.waiting_max
    guard isFull, stand > Span(ms: 0) else { return Self.longAgo }
    let part = Span(ms: stand.ms / Int64(waiting.count))
    return up[rows - 1].seenFirst + min(stand, max(part, Self.stand_min))
  }

  // MARK: called again

  private var standing: [StandingCall] { up.map(\.call).filter { !$0.isOver } }

  /// When nothing waits any more and calls do not stand in their order: when they do.
  private var settleAt: MonotonicTime? {
    guard waiting.isEmpty, let last = up.prefix(rows).last,
      standing != called.filter({ !$0.isOver })
    else { return nil }
    return last.seenFirst + stand
  }

  /// Brings those that are not over into the order in which they were called last.
  private mutating func settle(_ seenFirst: MonotonicTime) {
    let before = up
    var next = called.filter { !$0.isOver }[...]
    for place in up.indices where !up[place].call.isOver {
      guard let call = next.popFirst() else { return }
      let was = before.prefix(rows).first { $0.call == call }
      up[place] = Put(call: call, seenFirst: was?.seenFirst ?? seenFirst)
    }
  }

  private mutating func put(_ call: StandingCall, _ seenFirst: MonotonicTime) {
    up.removeAll { $0.call == call }
    up.insert(Put(call: call, seenFirst: seenFirst), at: 0)
  }

  private mutating func forget(allBut calls: [StandingCall]) {
    let left = Set(calls)
    // One that is over meanwhile is another value: it goes to the end, as one that nobody awaits.
    waiting.removeAll { !left.contains($0) }
    for place in up.indices where !left.contains(up[place].call) {
      up[place].call.isOver = true
    }
    up.removeAll { !left.contains($0.call) }
  }
}
