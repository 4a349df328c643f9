import Branch
import LinuxIO

// What the ends of a printer's and a sign's line have in common.
extension PseudoTerminal {
  /// A new one, or why there is none.
  static func forDevice() throws(Problem) -> PseudoTerminal {
    do throws(SystemError) {
      return try PseudoTerminal()
    } catch {
      throw benchProblem("no pseudo terminal", error.text)
    }
  }

  /// When the first byte came, nanoseconds of the monotonic clock.
  /// - Parameter what: what was to come, for the words.
  func firstByte(of what: String, within limit: Span) throws(Problem) -> UInt64 {
    let isThere = Wait.untilReadable(master.raw, Clock.monotonic() + limit)
    let now = Clock.nanoseconds()
    guard isThere else { throw benchProblem("no \(what) came", "\(limit.ms) ms passed") }
    return now
  }
}
