import Branch

/// The end of a connection is told; one that ends for the same reason at each attempt (nobody
/// listens there, the journal cannot be read) is told once a minute.
struct LinkReport {
  static let pause: Span = .minutes(1)

  private var last: (problem: Problem, at: MonotonicTime)?

  mutating func isNews(_ problem: Problem, now: MonotonicTime) -> Bool {
    if let last, last.problem == problem, now - last.at < Self.pause { return false }
    last = (problem, now)
    return true
  }
}
